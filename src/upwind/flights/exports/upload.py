"""A mission's way to an aircraft, after its fence: offered, asked for item by item, acknowledged, and read back.

What is said next follows from what was heard; sockets and clocks stand elsewhere. Lost and doubled datagrams are what
the protocol is made for: whoever waits too long says the last thing again.

References
----------
MAVLink developer guide, mission protocol, mavlink.io/en/services/mission.html.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from upwind.errors import InputError
from upwind.flights.exports.frames import GROUND, Frame, Kind, framed, frames_in
from upwind.flights.exports.items import Item, fence_items, home_of, items_of, rally_items
from upwind.records import Autopilot, Route

__all__ = ["Upload"]

_ITEM = struct.Struct("<ffffiifHHBBBBBB")
#: Count or number, whom it is for, and of which list; and whom for, result, and of which list.
_COUNT, _ASKED, _ACK = struct.Struct("<HBBB"), struct.Struct("<HBBB"), struct.Struct("<BBBB")
#: MAV_TYPE_GCS, MAV_AUTOPILOT_INVALID, MAV_STATE_ACTIVE, version 3.
_HEARTBEAT = struct.pack("<IBBBBB", 0, 6, 8, 0, 4, 3)
_AUTOPILOTS = {3: Autopilot.ARDUPILOT, 12: Autopilot.PX4}
#: MAV_MISSION_RESULT.
_ACCEPTED, _UNSUPPORTED = 0, 3
#: MAV_MISSION_TYPE.
_MISSION = 0
#: So often the last thing is said again before nobody is thought to listen.
_TRIES = 8
_HEIGHT_ERROR_M = 0.01
_GLOBAL, _MISSION_FRAME, _WAYPOINT = 0, 2, 16


_Message = tuple[Kind, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """What is offered as one: its MAV_MISSION_TYPE, what it is called, and the items that an aircraft is to hold."""

    kind: int
    called: str
    items: list[Item]


class Upload:
    """One upload; `hear` takes what came in, and `wait` tells that nothing came: both return what to send.

    The fence comes first, then the rally points, which replace those of another day, then the mission: none can be
    flown without its fence.

    Parameters
    ----------
    route
        As exported to files: the same positions to 1e-7 degrees.
    """

    def __init__(self, route: Route) -> None:
        self._route = route
        self._lists: list[_List] = []
        self._vehicle: tuple[int, int] | None = None
        self._is_accepted = False
        self._back: dict[int, bytes] = {}
        self._last = (Kind.HEARTBEAT, _HEARTBEAT)
        self._silences = self._sent = 0
        self.held: list[str] = []
        self.is_done = False

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
            self._silences = 0 if said else self._silences
            answers += [self._say(*one) for one in said]
        return answers

    def _answer(self, frame: Frame) -> list[_Message]:
        if frame.kind is Kind.HEARTBEAT:
            return self._met(frame) if self._vehicle is None else []
        if self._vehicle is None or self.is_done:
            return []
        own = self._lists[0]
        if frame.kind in (Kind.MISSION_REQUEST_INT, Kind.MISSION_REQUEST) and not self._is_accepted:
            seq, *_, kind = _ASKED.unpack(frame.says.ljust(_ASKED.size, b"\0")[: _ASKED.size])
            is_due = kind == own.kind and seq < len(own.items)
            return [(Kind.MISSION_ITEM_INT, self._item(seq))] if is_due else []
        if frame.kind is Kind.MISSION_ACK:
            *_, result, kind = _ACK.unpack(frame.says.ljust(_ACK.size, b"\0")[: _ACK.size])
            return self._acknowledged(result) if kind == own.kind else []
        return self._reading_back(frame) if self._is_accepted else []

    def _met(self, frame: Frame) -> list[_Message]:
        """Offer the first list; ArduPilot keeps home as its mission's first item."""
        self._vehicle = frame.sender
        autopilot = _AUTOPILOTS.get(frame.says.ljust(9, b"\0")[5])
        home = home_of(self._route)
        place = (home.latitude, home.longitude, home.height_m)
        first = [Item(command=_WAYPOINT, frame=_GLOBAL, params=(0, 0, 0, 0, *place))]
        mission = (first if autopilot is Autopilot.ARDUPILOT else []) + items_of(self._route)
        fence = fence_items(self._route)
        if fence:
            self._lists.append(_List(kind=1, called="fence", items=fence))
        self._lists.append(_List(kind=2, called="rally", items=rally_items(self._route, autopilot)))
        self._lists.append(_List(kind=0, called="mission", items=mission))
        return self._offered()

    def _offered(self) -> list[_Message]:
        own = self._lists[0]
        self._is_accepted, self._back = False, {}
        return self._now(Kind.MISSION_COUNT, _COUNT.pack(len(own.items), *self._who, own.kind))

    @property
    def _who(self) -> tuple[int, int]:
        return self._vehicle or (0, 0)

    def _acknowledged(self, result: int) -> list[_Message]:
        own = self._lists[0]
        if result == _UNSUPPORTED and own.kind != _MISSION and not self._is_accepted:
            return self._next(f"no {own.called} (it knows none)")
        if result != _ACCEPTED:
            msg = f"the aircraft refuses the {own.called} (MAV_MISSION_RESULT {result}); nothing of it may be flown"
            raise InputError(msg)
        if self._is_accepted:
            return []
        self._is_accepted = True
        return self._now(Kind.MISSION_REQUEST_LIST, bytes([*self._who, own.kind]))

    def _next(self, held: str) -> list[_Message]:
        """Go on to the next list, if any; `held` says what became of this one."""
        self.held.append(held)
        if len(self._lists) > 1:
            self._lists.pop(0)
            return self._offered()
        self.is_done = True
        return []

    def _reading_back(self, frame: Frame) -> list[_Message]:
        """Ask for the next item until all are there, and hold them against what was sent."""
        own = self._lists[0]
        if frame.kind is Kind.MISSION_COUNT:
            held, *_, kind = _COUNT.unpack(frame.says.ljust(_COUNT.size, b"\0")[: _COUNT.size])
            if kind != own.kind:
                return []
            if held != len(own.items):
                msg = f"the aircraft holds {held} items of the {own.called}'s {len(own.items)}; upload it again"
                raise InputError(msg)
        elif frame.kind is Kind.MISSION_ITEM_INT:
            says = frame.says.ljust(_ITEM.size, b"\0")[: _ITEM.size]
            seq, kind = _ITEM.unpack(says)[7], says[-1]
            if kind != own.kind or seq >= len(own.items):
                return []
            self._require_same(seq, says)
            self._back[seq] = says
        else:
            return []
        missing = next((seq for seq in range(len(own.items)) if seq not in self._back), None)
        if missing is not None:
            return self._now(Kind.MISSION_REQUEST_INT, _ASKED.pack(missing, *self._who, own.kind))
        done = (Kind.MISSION_ACK, _ACK.pack(*self._who, _ACCEPTED, own.kind))
        return [done, *self._next(_counted(own))]

    def _require_same(self, seq: int, says: bytes) -> None:
        sent, held = (_ITEM.unpack(octets) for octets in (self._item(seq), says))
        # Whom it is addressed to differs on the way back.
        same = (sent[4:6], sent[7:9], sent[11]) == (held[4:6], held[7:9], held[11])
        near = all(_is_near(one, other) for one, other in zip((*sent[:4], sent[6]), (*held[:4], held[6]), strict=True))
        if not (same and near):
            called = self._lists[0].called
            fault = f"{called} item {seq} on the aircraft is not the one that was sent"
            msg = f"{fault}; upload it again, and do not fly this"
            raise InputError(msg)

    def _item(self, seq: int) -> bytes:
        own = self._lists[0]
        item = own.items[seq]
        first, second, third, fourth, latitude, longitude, height = item.params
        scale = 1 if item.frame == _MISSION_FRAME else 10_000_000
        x, y = (round(value * scale) for value in (latitude, longitude))
        up = 0.0 if math.isnan(height) else height
        is_current = own.kind == _MISSION and seq == 0
        places = (first, second, third, fourth, x, y, up)
        return _ITEM.pack(*places, seq, item.command, *self._who, item.frame, is_current, 1, own.kind)

    def _now(self, kind: Kind, says: bytes) -> list[_Message]:
        """Return what is to be said, and said again if it stays silent."""
        self._last = (kind, says)
        return [self._last]

    def _say(self, kind: Kind, says: bytes) -> bytes:
        self._sent += 1
        return framed(Frame(sender=GROUND, kind=kind, says=says), self._sent)


def _counted(own: _List) -> str:
    """Return what an aircraft holds, in words."""
    return f"{len(own.items)} {own.called} item{'s' * (len(own.items) != 1)}"


def _is_near(one: float, other: float) -> bool:
    """Return whether two numbers are one on the wire; unknown may come back as zero."""
    return abs((0.0 if math.isnan(one) else one) - (0.0 if math.isnan(other) else other)) <= _HEIGHT_ERROR_M
