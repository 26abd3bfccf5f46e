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
#: Registers of positions in the air and on the ground.
_AIRBORNE, _SURFACE = "05", "06"
#: So long a last position tells which half is meant: nothing flies 180 nautical miles in it.
_NEAR_S = 60.0
#: Smaller numbers are other things than seconds since 1970.
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
    samples = list(_samples(good, notes))
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
        others = (time_of(cell) for cell in cells if not _HEX.fullmatch(cell.rstrip(";")))
        time = next((time for time in others if time >= _LEAST_TIME_S), math.nan)
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


def _samples(frames: list[_Frame], notes: list[str]) -> Iterator[Sample]:
    """Yield a sample a decoded frame; those that only tell the call sign have no position.

    A position is sent in two halves. Where rs1090 finds none, as it does where times are rounded to seconds, the one
    half is read beside the aircraft's last position.
    """
    decoded: Any = rs1090.decode([frame.digits for frame in frames], [frame.time for frame in frames])
    left = iter(frames)
    last: dict[str, Sample] = {}
    lone = 0
    for message in decoded:  # frames that rs1090 does not know are missing from its answer
        frame = next(frame for frame in left if frame.digits == message["frame"])
        sample = _sample(frame, message)
        before = last.get(sample.flight)
        half = message.get("bds") == _AIRBORNE and math.isnan(sample.latitude)
        if half and before is not None and abs(frame.time - before.time) <= _NEAR_S:
            sample = _sample(frame, rs1090.decode(frame.digits, reference=(before.latitude, before.longitude)))
        if math.isfinite(sample.latitude):
            last[sample.flight] = sample
        lone += half and math.isnan(sample.latitude)
        yield sample
    if lone:
        notes.append(f"{many(lone, 'half position')} left out: the other half is missing")


def _sample(frame: _Frame, message: Mapping[str, Any]) -> Sample:
    """Return what one decoded message says."""
    metres = number(message.get("altitude")) * FEET
    satellite = message.get("source") == "GNSS"
    return Sample(
        row=frame.row,
        time=frame.time,
        longitude=number(message.get("longitude")),
        latitude=number(message.get("latitude")),
        height=0.0 if message.get("bds") == _SURFACE else math.nan,
        ellipsoidal_height=metres if satellite else math.nan,
        pressure_altitude=math.nan if satellite else metres,
        flight=str(message.get("icao24", "")),
        platform=str(message.get("callsign") or "").replace("#", "").strip(),
    )
