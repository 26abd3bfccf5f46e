"""MAVLink telemetry logs as ground stations write them: eight octets of time, then a frame, again and again.

pymavlink would be 100 MB for the two messages that say a position, and one object a message is too slow for a long
log; frames are split here and checked by their own check code.

References
----------
MAVLink developer guide, "Packet Serialization" and "MAVLink Common Message Set" (messages 24 and 33).
"""

from __future__ import annotations

import math
import re
import struct
from typing import NamedTuple

from upwind.readers.files import File
from upwind.readers.telemetry.samples import Sample, many, trajectory_from
from upwind.records import Trajectory

__all__ = ["check_code", "read"]

_BEGIN_1, _BEGIN_2 = 0xFE, 0xFD
_HEADER_1, _HEADER_2 = 6, 10
_CHECK = 2
_SIGNED, _SIGNATURE = 0x01, 13
_CLOCK = 8

#: Where a frame begins behind a time of the years 1998 to 2096.
_NEXT = re.compile(rb"\x00[\x03-\x0e].{6}[\xfd\xfe]", re.DOTALL)

_GPS_RAW, _POSITION = 24, 33
#: The octet that is added to the check code of each message, and how much of it is read, as it stands on the wire.
_KNOWN = {_GPS_RAW: (24, struct.Struct("<Qiii")), _POSITION: (104, struct.Struct("<Iiiii"))}
#: Where MAVLink 2 adds the height above the ellipsoid to message 24. [octets]
_ELLIPSOID = slice(30, 34)


class _Frame(NamedTuple):
    """One frame: the time of its arrival [s], who sent it, which message it is, and what it says."""

    time: float
    sender: tuple[int, int]
    message: int
    says: bytes


def read(file: File) -> Trajectory:
    """Return the trajectory of a telemetry log; a flight is a vehicle, by its system number.

    The fused position (GLOBAL_POSITION_INT) is taken; where a vehicle sends none, that of its first receiver
    (GPS_RAW_INT). Heights above home are not heights above ground and are left alone. Positions of 0,0, before the
    first fix, stay.

    Raises
    ------
    FormatError
        There is no whole frame in it, or no position.
    """
    frames, notes = _frames(file)
    fused = [frame for frame in frames if frame.message == _POSITION]
    has = {frame.sender[0] for frame in fused}
    chosen = fused if len(has) == len({frame.sender[0] for frame in frames}) else _with_raw(frames, has)
    return trajectory_from(file, (_sample(row, frame) for row, frame in enumerate(chosen)), notes)


def _with_raw(frames: list[_Frame], has: set[int]) -> list[_Frame]:
    """Return fused positions, and raw ones of the vehicles that send no fused one."""
    return [frame for frame in frames if frame.message == _POSITION or frame.sender[0] not in has]


def _frames(file: File) -> tuple[list[_Frame], list[str]]:
    """Return the frames that hold a position, and what was lost of a damaged log."""
    content = file.content
    frames: list[_Frame] = []
    place = messages = lost = 0
    cut = False
    while place < len(content):
        end = _end(content, place)
        if end and (frame := _frame(content, place, end)):
            messages += 1
            frames.extend([frame] * (frame.message in _KNOWN))
            place = end
            continue
        found = _NEXT.search(content, place + 1)
        place = found.start() if found else len(content)
        lost += found is not None
        cut = found is None
    if not messages:
        raise file.fault(0, "", "no whole MAVLink frame in it", "give a telemetry log (.tlog) of a ground station")
    notes = [f"damaged in {many(lost, 'place')}, {many(messages, 'whole message')} read"] * bool(lost)
    return frames, [*notes, *[f"cut off after {many(messages, 'message')}"] * cut]


def _end(content: bytes, place: int) -> int:
    """Return where the frame ends whose time stands there; 0 where none does or it is cut off."""
    start = place + _CLOCK
    head = content[start : start + 3]
    if len(head) < 3 or head[0] not in (_BEGIN_1, _BEGIN_2):  # noqa: PLR2004 (octets)
        return 0
    if head[0] == _BEGIN_1:
        end = start + _HEADER_1 + head[1] + _CHECK
    else:
        end = start + _HEADER_2 + head[1] + _CHECK + _SIGNATURE * (head[2] & _SIGNED)
    return end if end <= len(content) else 0


def _frame(content: bytes, place: int, end: int) -> _Frame | None:
    """Return the frame between two places; None where it is of a known message and its check code is wrong."""
    start = place + _CLOCK
    length = content[start + 1]
    if content[start] == _BEGIN_1:
        system, component, message = content[start + 3 : start + 6]
        says = start + _HEADER_1
    else:
        system, component = content[start + 5 : start + 7]
        message = int.from_bytes(content[start + 7 : start + 10], "little")
        says = start + _HEADER_2
    if message in _KNOWN:
        check = int.from_bytes(content[says + length : says + length + _CHECK], "little")
        if check != check_code(content[start + 1 : says + length] + bytes([_KNOWN[message][0]])):
            return None
    elif end < len(content) and content[end + _CLOCK : end + _CLOCK + 1] not in (b"\xfe", b"\xfd", b""):
        return None
    time = int.from_bytes(content[place:start], "big") / 1e6
    return _Frame(time, (system, component), message, content[says : says + length])


def check_code(octets: bytes) -> int:
    """Return the check code of X.25 (CRC-16/MCRF4XX) of octets."""
    crc = 0xFFFF
    for octet in octets:
        mixed = (octet ^ crc) & 0xFF
        mixed ^= (mixed << 4) & 0xFF
        crc = (crc >> 8) ^ (mixed << 8) ^ (mixed << 3) ^ (mixed >> 4)
    return crc


def _sample(row: int, frame: _Frame) -> Sample:
    """Return the position that a frame says; what a short frame of MAVLink 2 leaves out is zero."""
    layout = _KNOWN[frame.message][1]
    _clock, latitude, longitude, altitude, *_ = layout.unpack(frame.says.ljust(layout.size, b"\0")[: layout.size])
    vehicle = f"system {frame.sender[0]}"
    return Sample(
        row=row,
        time=frame.time,
        longitude=longitude / 1e7,
        latitude=latitude / 1e7,
        altitude=altitude / 1e3,
        ellipsoidal_height=_ellipsoidal_height(frame),
        flight=vehicle,
        platform=vehicle,
    )


def _ellipsoidal_height(frame: _Frame) -> float:
    """Return the height above the ellipsoid where a receiver's frame says one; zero is how MAVLink says nothing."""
    millimetres = int.from_bytes(frame.says[_ELLIPSOID], "little", signed=True) if frame.message == _GPS_RAW else 0
    return millimetres / 1e3 if millimetres else math.nan
