"""Raw Mode S frames with the time of each: extended squitters (ADS-B) are decoded by rs1090.

References
----------
ICAO Annex 10, Volume IV, 3.1.2.3.3: the parity of 24 bits, by the polynomial 0x1FFF409.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import rs1090

from upwind.arrays import BoolArray, IntArray
from upwind.readers.files import File
from upwind.readers.telemetry.samples import FEET, Sample, known_platforms, many, number, time_of, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]

_HEX = re.compile(r"(?:[*@]|@[0-9A-Fa-f]{12})?([0-9A-Fa-f]{28}|[0-9A-Fa-f]{14})")
_BETWEEN = re.compile(r"[,;\t]\s*")
_GENERATOR = 0xFFF409
_LONG = 28
_CHECKED_BYTES = 11
#: Downlink formats that carry positions: 17, and 18 of what is no transponder.
_SQUITTERS = frozenset({17, 18})
#: Two hours of any century begin after this many seconds: shorter numbers are other things than times.
_LEAST_TIME_S = 1e8


class _Frame(NamedTuple):
    """One line: its row, the time [s] and the frame as hexadecimal digits."""

    row: int
    time: float
    digits: str


def read(file: File) -> Trajectory:
    """Return the trajectory of a file of Mode S frames, a line a frame: `time,frame`, or AVR behind a time.

    Frames of bad parity are left out, as are those of no position; an aircraft on the ground is at height 0.

    Raises
    ------
    FormatError
        The frames have no times, or no position can be decoded.
    """
    if file.content.startswith(b"\x1a"):
        fault = "Beast frames carry a counter and no date"
        raise file.fault(0, "", fault, "give the frames as lines of time,hex")
    frames, notes = _frames(file)
    squitters = [
        frame for frame in frames if len(frame.digits) == _LONG and int(frame.digits[:2], 16) >> 3 in _SQUITTERS
    ]
    if not squitters:
        raise file.fault(0, "", "no ADS-B frame (DF 17 or 18) in it", "give frames of 28 hexadecimal digits with times")
    whole = _whole(squitters)
    if not whole.all():
        notes.append(f"{many(int((~whole).sum()), 'frame')} of bad parity left out")
    good = [frame for frame, keep in zip(squitters, whole.tolist(), strict=True) if keep]
    samples = list(_samples(good))
    return trajectory_from(file, known_platforms(samples, {sample.flight: sample.flight for sample in samples}), notes)


def _frames(file: File) -> tuple[list[_Frame], list[str]]:
    """Return the frames that have a time, in the file's order, and a note of the lines that are none."""
    lines = file.content.decode("utf-8-sig", "replace").splitlines()
    frames: list[_Frame] = []
    timeless = broken = 0
    row = 0
    for line in lines:
        cells = _BETWEEN.split(line.strip())
        cells = [cell.strip("\"' ") for cell in (cells if len(cells) > 1 and cells[1] else line.split())]
        found = next((match for cell in cells if (match := _HEX.fullmatch(cell.rstrip(";")))), None)
        if found is None and (not line.strip() or not (frames or timeless or broken or row)):
            continue  # blank, or a header
        time = next((time for cell in cells if (time := time_of(cell)) >= _LEAST_TIME_S and cell != found), math.nan)
        if found is None:
            broken += 1
        elif math.isnan(time):
            timeless += 1
        else:
            frames.append(_Frame(row, time, found[1].lower()))
        row += 1
    if not frames:
        fault = "the frames have no times" if timeless else "no frame in it"
        raise file.fault(0, "", fault, "give lines of time,hex with the time in seconds since 1970 (UTC)")
    lost = broken + timeless
    return frames, [f"{many(lost, 'line')} without a whole frame or its time left out"] * bool(lost)


def _whole(frames: list[_Frame]) -> BoolArray:
    """Return which frames of 112 bits have the right parity."""
    octets = np.frombuffer(bytes.fromhex("".join(frame.digits for frame in frames)), dtype=np.uint8)
    octets = octets.reshape(len(frames), _LONG // 2).astype(np.int64)
    table = _remainders()
    remainder = np.zeros(len(frames), dtype=np.int64)
    for place in range(_CHECKED_BYTES):
        remainder = ((remainder << 8) & 0xFFFFFF) ^ table[(remainder >> 16) ^ octets[:, place]]
    sent = (octets[:, 11] << 16) | (octets[:, 12] << 8) | octets[:, 13]
    return np.asarray(remainder == sent, dtype=np.bool_)


def _remainders() -> IntArray:
    """Return the remainder of each octet, shape (256,)."""
    table = np.arange(256, dtype=np.int64) << 16
    for _ in range(8):
        table = ((table << 1) & 0xFFFFFF) ^ np.where(table & 0x800000, _GENERATOR, 0)
    return table


def _samples(frames: list[_Frame]) -> Iterator[Sample]:
    """Yield a sample a decoded frame; those that only tell the call sign have no position."""
    decoded: Any = rs1090.decode([frame.digits for frame in frames], [frame.time for frame in frames])
    left = iter(frames)
    for message in decoded:  # frames that rs1090 does not know are missing from its answer
        frame = next(frame for frame in left if frame.digits == message["frame"])
        yield _sample(frame, message)


def _sample(frame: _Frame, message: Mapping[str, Any]) -> Sample:
    """Return what one decoded message says."""
    feet = message.get("altitude")
    metres = math.nan if feet is None else float(feet) * FEET
    satellite = message.get("source") == "GNSS"
    address = str(message.get("icao24", ""))
    return Sample(
        row=frame.row,
        time=frame.time,
        longitude=number(message.get("longitude")),
        latitude=number(message.get("latitude")),
        height=0.0 if message.get("bds") == "06" else math.nan,
        ellipsoidal_height=metres if satellite else math.nan,
        pressure_altitude=math.nan if satellite else metres,
        flight=address,
        platform=str(message.get("callsign") or "").replace("#", "").strip(),
    )
