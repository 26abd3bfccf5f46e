"""A mission's way to an aircraft: offered, asked for item by item, acknowledged, and read back.

What is said next follows from what was heard; sockets and clocks stand elsewhere. Lost and doubled datagrams are what
the protocol is made for: whoever waits too long says the last thing again.

References
----------
MAVLink developer guide, mission protocol, mavlink.io/en/services/mission.html.
"""

from __future__ import annotations

import math
import struct

from upwind.errors import InputError
from upwind.flights.exports.frames import GROUND, Frame, Kind, framed, frames_in
from upwind.flights.exports.items import Item, home_of, items_of
from upwind.records import Route

__all__ = ["Upload"]

_ITEM = struct.Struct("<ffffiifHHBBBBBB")
_COUNT, _ASKED = struct.Struct("<HBB"), struct.Struct("<HBB")
#: MAV_TYPE_GCS, MAV_AUTOPILOT_INVALID, MAV_STATE_ACTIVE, version 3.
_HEARTBEAT = struct.pack("<IBBBBB", 0, 6, 8, 0, 4, 3)
_ARDUPILOT = 3
_ACCEPTED = 0
#: So often the last thing is said again before nobody is thought to listen.
_TRIES = 8
_HEIGHT_ERROR_M = 0.01
_GLOBAL, _MISSION_FRAME, _WAYPOINT = 0, 2, 16


class Upload:
    """One upload; `hear` takes what came in, and `wait` tells that nothing came: both return what to send.

    Parameters
    ----------
    route
        As exported to files: the same positions to 1e-7 degrees.
    """

    def __init__(self, route: Route) -> None:
        home = home_of(route)
        place = (home.latitude, home.longitude, home.height_m)
        self._home = Item(command=_WAYPOINT, frame=_GLOBAL, params=(0, 0, 0, 0, *place))
        self._items = items_of(route)
        self._vehicle: tuple[int, int] | None = None
        self._is_accepted = False
        self._back: dict[int, bytes] = {}
        self._last = (Kind.HEARTBEAT, _HEARTBEAT)
        self._silences = self._sent = 0
        self.is_done = False

    @property
    def count(self) -> int:
        """How many items the aircraft is given."""
        return len(self._items)

    def begin(self) -> list[bytes]:
        """Return the first thing to send."""
        return [self._say(*self._last)]

    def wait(self) -> list[bytes]:
        """Return what to send again after a silence.

        Raises
        ------
        InputError
            It has been silent for too long.
        """
        self._silences += 1
        if self._silences > _TRIES:
            who = (
                "no aircraft answers" if self._vehicle is None else "the aircraft fell silent; its mission is not known"
            )
            msg = f"{who}; check the address and that its link is up"
            raise InputError(msg)
        return [self._say(*self._last)]

    def hear(self, octets: bytes) -> list[bytes]:
        """Return what to send after a datagram.

        Raises
        ------
        InputError
            The aircraft refuses the mission, or holds another than was sent.
        """
        answers = []
        for frame in frames_in(octets):
            if frame.sender == GROUND or (self._vehicle is not None and frame.sender != self._vehicle):
                continue
            said = self._answer(frame)
            if said is not None:
                self._silences = 0
                answers.append(self._say(*said))
        return answers

    def _answer(self, frame: Frame) -> tuple[Kind, bytes] | None:
        if frame.kind is Kind.HEARTBEAT:
            return self._met(frame) if self._vehicle is None else None
        if self._vehicle is None or self.is_done:
            return None
        if frame.kind in (Kind.MISSION_REQUEST_INT, Kind.MISSION_REQUEST) and not self._is_accepted:
            (seq, *_) = _ASKED.unpack(frame.says.ljust(_ASKED.size, b"\0")[: _ASKED.size])
            return (Kind.MISSION_ITEM_INT, self._item(seq)) if seq < len(self._items) else None
        if frame.kind is Kind.MISSION_ACK:
            return self._acknowledged(frame.says.ljust(3, b"\0")[2])
        return self._reading_back(frame) if self._is_accepted else None

    def _met(self, frame: Frame) -> tuple[Kind, bytes]:
        """Offer the mission; ArduPilot keeps home as its first item."""
        self._vehicle = frame.sender
        if frame.says.ljust(9, b"\0")[5] == _ARDUPILOT:
            self._items = [self._home, *self._items]
        return self._now(Kind.MISSION_COUNT, _COUNT.pack(len(self._items), *frame.sender))

    def _acknowledged(self, result: int) -> tuple[Kind, bytes] | None:
        if result != _ACCEPTED:
            msg = f"the aircraft refuses the mission (MAV_MISSION_RESULT {result}); nothing of it may be flown"
            raise InputError(msg)
        if self._is_accepted:
            return None
        self._is_accepted = True
        return self._now(Kind.MISSION_REQUEST_LIST, bytes(self._vehicle or ()))

    def _reading_back(self, frame: Frame) -> tuple[Kind, bytes] | None:
        """Ask for the next item until all are there, and hold them against what was sent."""
        if frame.kind is Kind.MISSION_COUNT:
            (held, *_) = _COUNT.unpack(frame.says.ljust(_COUNT.size, b"\0")[: _COUNT.size])
            if held != len(self._items):
                msg = f"the aircraft holds {held} items of the mission's {len(self._items)}; upload it again"
                raise InputError(msg)
        elif frame.kind is Kind.MISSION_ITEM_INT:
            says = frame.says.ljust(_ITEM.size, b"\0")[: _ITEM.size]
            seq = _ITEM.unpack(says)[7]
            self._require_same(seq, says)
            self._back[seq] = says
        else:
            return None
        missing = next((seq for seq in range(len(self._items)) if seq not in self._back), None)
        if missing is not None:
            return self._now(Kind.MISSION_REQUEST_INT, _ASKED.pack(missing, *(self._vehicle or (0, 0))))
        self.is_done = True
        return self._now(Kind.MISSION_ACK, bytes([*(self._vehicle or (0, 0)), _ACCEPTED]))

    def _require_same(self, seq: int, says: bytes) -> None:
        sent, held = (_ITEM.unpack(octets) for octets in (self._item(seq), says))
        # Whom it is addressed to differs on the way back.
        same = (sent[4:6], sent[7:9], sent[11]) == (held[4:6], held[7:9], held[11])
        near = all(_is_near(one, other) for one, other in zip((*sent[:4], sent[6]), (*held[:4], held[6]), strict=True))
        if not (same and near):
            msg = f"item {seq} on the aircraft is not the one that was sent; upload it again, and do not fly this"
            raise InputError(msg)

    def _item(self, seq: int) -> bytes:
        item = self._items[seq]
        first, second, third, fourth, latitude, longitude, height = item.params
        scale = 1 if item.frame == _MISSION_FRAME else 10_000_000
        x, y = (round(value * scale) for value in (latitude, longitude))
        up = 0.0 if math.isnan(height) else height
        who = self._vehicle or (0, 0)
        return _ITEM.pack(first, second, third, fourth, x, y, up, seq, item.command, *who, item.frame, seq == 0, 1, 0)

    def _now(self, kind: Kind, says: bytes) -> tuple[Kind, bytes]:
        """Return what is to be said, and said again if it stays silent."""
        self._last = (kind, says)
        return self._last

    def _say(self, kind: Kind, says: bytes) -> bytes:
        self._sent += 1
        return framed(Frame(sender=GROUND, kind=kind, says=says), self._sent)


def _is_near(one: float, other: float) -> bool:
    """Return whether two numbers are one on the wire; unknown may come back as zero."""
    return abs((0.0 if math.isnan(one) else one) - (0.0 if math.isnan(other) else other)) <= _HEIGHT_ERROR_M
