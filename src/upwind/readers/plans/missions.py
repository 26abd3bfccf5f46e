"""MAVLink mission items, as QGroundControl and Mission Planner write them, put together as a route.

References
----------
MAVLink, common message set: MAV_CMD, MAV_FRAME; mission protocol, mavlink.io/en/services/mission.html.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from upwind.readers.files import File
from upwind.records import Action, HeightOver, Home, Route

__all__ = ["Item", "is_switch", "is_waypoint", "route_of"]

#: Commands that lead to a place and on: waypoint, loiter (unlimited, turns, time, to altitude), spline waypoint.
_WAYPOINTS = (16, 17, 18, 19, 31, 82)
#: Take-offs begin a sortie where one has been flown: of any aircraft, and as a VTOL.
_TAKE_OFFS = (22, 84)
#: A camera or sensor at work: trigger by distance or time, with 0 in the first parameter for off; pictures, video.
_TRIGGERS = (206, 214)
_ON, _OFF = (2000, 2500), (2001, 2501)

_OVER = {
    0: HeightOver.SEA,
    3: HeightOver.HOME,
    5: HeightOver.SEA,
    6: HeightOver.HOME,
    10: HeightOver.GROUND,
    11: HeightOver.GROUND,
}
_FRAMES = "the frames are 0 (above the sea), 3 (above home) and 10 (above ground)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One mission item; `params` are seven, NaN where none is said; `place` is where in the file it stands.

    `line` is the survey line that the leg from this item to the next waypoint is a part of, where the plan tells it
    otherwise than by a camera; -1 for none, None where a camera tells.
    """

    place: str
    text_line: int
    command: int
    frame: int
    params: tuple[float, float, float, float, float, float, float]
    line: int | None = None


def is_waypoint(item: Item) -> bool:
    """Return whether an item is a place to fly to and on from."""
    return item.command in _WAYPOINTS


def is_switch(item: Item) -> bool | None:
    """Return whether an item turns a camera or sensor on (True) or off (False); None where it does neither."""
    if item.command in _TRIGGERS:
        return item.params[0] > 0.0
    return True if item.command in _ON else False if item.command in _OFF else None


def route_of(file: File, items: Sequence[Item], home: Home | None, speed_m_s: float | None) -> Route:
    """Return the route of mission items.

    A leg is surveyed where a camera or sensor works on it. A take-off after waypoints begins another sortie.

    Raises
    ------
    FormatError
        There is no waypoint, or one of them has no place on the globe.
    """
    found: list[Item] = []
    actions: list[Action] = []
    sorties: list[int] = []
    lines: list[int] = []
    sortie, works, line = 0, False, -1
    for item in items:
        switch = is_switch(item)
        if is_waypoint(item):
            _require_place(file, item)
            found.append(item)
            sorties.append(sortie)
            lines.append(-1 if not works else line)
            continue
        if item.command in _TAKE_OFFS and found and sorties[-1] == sortie:
            sortie, works = sortie + 1, False
        if switch is not None:
            line += switch and not works
            works = switch
        actions.append(Action(before=len(found), command=item.command, frame=item.frame, params=item.params))
    if not found:
        raise file.fault(0, "", "there is no waypoint in this plan", "plan the way before comparing with it")
    table = np.array([item.params for item in found])
    return Route(
        name=file.name,
        sha256=file.sha256,
        longitude=table[:, 5],
        latitude=table[:, 4],
        height=table[:, 6],
        over=tuple(_OVER[item.frame] for item in found),
        sortie=np.array(sorties),
        line=_lines(found, lines, sorties),
        command=np.array([item.command for item in found]),
        params=table[:, :4].copy(),
        actions=tuple(actions),
        home=home,
        speed_m_s=speed_m_s,
    )


def _lines(
    found: Sequence[Item], switched: Sequence[int], sorties: Sequence[int]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the line of each leg, numbered from 0 in the order of the way; a switch leads to the leg's end."""
    told = [
        -1 if sorties[at] != sorties[at + 1] else found[at].line if found[at].line is not None else switched[at + 1]
        for at in range(len(found) - 1)
    ]
    keys = [None if line == -1 else (found[at].line is not None, line) for at, line in enumerate(told)]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(key for key in keys if key is not None))}
    return np.array([-1 if key is None else numbers[key] for key in keys], dtype=np.int64)


def _require_place(file: File, item: Item) -> None:
    """Raise `FormatError` unless a waypoint is somewhere on the globe."""
    latitude, longitude, height = item.params[4:]
    if item.frame not in _OVER:
        raise file.fault(item.text_line, item.place, f"frame {item.frame} has no place on the globe", _FRAMES)
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):  # noqa: PLR2004 - the globe
        raise file.fault(
            item.text_line, item.place, "the waypoint is not on the globe", "give latitude and longitude in degrees"
        )
    if not (math.isnan(height) or -1000.0 <= height <= 100_000.0):  # noqa: PLR2004 - as `ROUTE` has it
        raise file.fault(item.text_line, item.place, f"a height of {height:g} m cannot be", "give metres")
