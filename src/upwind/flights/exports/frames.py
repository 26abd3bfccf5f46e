"""MAVLink 2 frames of the mission protocol, put together and taken apart.

References
----------
MAVLink developer guide, "Packet Serialization" and "MAVLink Common Message Set"; the octets that messages add to their
check code follow from their definitions there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from upwind.readers.telemetry.mavlink import check_code

__all__ = ["GROUND", "Frame", "Kind", "framed", "frames_in"]

_BEGIN, _HEADER, _CHECK, _SIGNED, _SIGNATURE = 0xFD, 10, 2, 0x01, 13
#: Who speaks for a ground station: system 255, component 190 (MAV_COMP_ID_MISSIONPLANNER).
GROUND = (255, 190)


class Kind(IntEnum):
    """The messages that are spoken."""

    HEARTBEAT = 0
    MISSION_REQUEST = 40
    MISSION_REQUEST_LIST = 43
    MISSION_COUNT = 44
    MISSION_ACK = 47
    MISSION_REQUEST_INT = 51
    MISSION_ITEM_INT = 73


_EXTRA = {
    Kind.HEARTBEAT: 50,
    Kind.MISSION_REQUEST: 230,
    Kind.MISSION_REQUEST_LIST: 132,
    Kind.MISSION_COUNT: 221,
    Kind.MISSION_ACK: 153,
    Kind.MISSION_REQUEST_INT: 196,
    Kind.MISSION_ITEM_INT: 38,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message: who sent it (system, component), which it is, and what it says, trailing zeros left out."""

    sender: tuple[int, int]
    kind: Kind
    says: bytes


def framed(frame: Frame, count: int) -> bytes:
    """Return the octets of a frame; `count` numbers what this sender sends, modulo 256."""
    says = frame.says.rstrip(b"\0") or b"\0"
    head = bytes([len(says), 0, 0, count % 256, *frame.sender]) + int(frame.kind).to_bytes(3, "little")
    check = check_code(head + says + bytes([_EXTRA[frame.kind]]))
    return bytes([_BEGIN]) + head + says + check.to_bytes(2, "little")


def frames_in(octets: bytes) -> list[Frame]:
    """Return the whole frames of the messages known here that octets hold; the others, and damage, are passed over."""
    found, place = [], 0
    while (place := octets.find(_BEGIN, place)) >= 0 and place + _HEADER <= len(octets):
        length, flags = octets[place + 1], octets[place + 2]
        says = octets[place + _HEADER : place + _HEADER + length]
        kind = int.from_bytes(octets[place + 7 : place + 10], "little")
        check = octets[place + _HEADER + length : place + _HEADER + length + _CHECK]
        known = next((one for one in Kind if one == kind), None)
        if known is not None:
            right = check_code(octets[place + 1 : place + _HEADER + length] + bytes([_EXTRA[known]]))
            if check == right.to_bytes(2, "little"):
                found.append(Frame(sender=(octets[place + 5], octets[place + 6]), kind=known, says=says))
                place += _HEADER + length + _CHECK + _SIGNATURE * (flags & _SIGNED)
                continue
        place += 1
    return found
