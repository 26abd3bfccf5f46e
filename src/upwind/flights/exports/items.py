"""A route as MAVLink mission items: take-off, waypoints, the sensor switched on and off about each line, return.

References
----------
MAVLink, common message set: MAV_CMD, MAV_FRAME; mission protocol, mavlink.io/en/services/mission.html.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from upwind.records import HeightOver, Home, Route

__all__ = ["FRAMES", "Item", "home_of", "items_of"]

#: MAV_FRAME_GLOBAL, _GLOBAL_RELATIVE_ALT, _GLOBAL_TERRAIN_ALT; no frame is above the ellipsoid.
FRAMES = {HeightOver.SEA: 0, HeightOver.HOME: 3, HeightOver.GROUND: 10}
_MISSION_FRAME = 2
_TAKE_OFF, _RETURN, _TRIGGER = 22, 20, 206
_NAN = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One mission item; `params` are seven, the last three latitude, longitude [deg] and height [m], NaN for none."""

    command: int
    frame: int
    params: tuple[float, float, float, float, float, float, float]


def home_of(route: Route) -> Home:
    """Return where the route starts from: its home, or else its first waypoint."""
    first = Home(longitude=float(route.longitude[0]), latitude=float(route.latitude[0]), height_m=_NAN)
    return route.home if route.home is not None else first


def items_of(route: Route) -> list[Item]:
    """Return the route's mission items; a take-off begins every sortie, so that they can be told apart again."""
    return [item for at in range(len(route.longitude)) for item in _about(route, at)]


def _about(route: Route, at: int) -> Iterator[Item]:
    """Yield a waypoint with what is to be done before and after it."""
    last = len(route.longitude) - 1
    before = int(route.line[at - 1]) if at > 0 else -1
    after = int(route.line[at]) if at < last else -1
    place = (float(route.latitude[at]), float(route.longitude[at]), float(route.height[at]))
    frame = FRAMES[route.over[at]]
    if at == 0 or route.sortie[at] != route.sortie[at - 1]:
        home = home_of(route)
        yield Item(command=_TAKE_OFF, frame=frame, params=(0, 0, 0, _NAN, home.latitude, home.longitude, place[2]))
    hold, accept, passing, yaw = map(float, route.params[at])
    yield Item(command=int(route.command[at]), frame=frame, params=(hold, accept, passing, yaw, *place))
    if before >= 0 and after != before:
        yield _trigger(on=False)
    if after >= 0 and after != before:
        yield _trigger(on=True)
    if at == last or route.sortie[at + 1] != route.sortie[at]:
        yield Item(command=_RETURN, frame=_MISSION_FRAME, params=(0, 0, 0, 0, 0, 0, 0))


def _trigger(*, on: bool) -> Item:
    """Return the switch of the sensor: MAV_CMD_DO_SET_CAM_TRIGG_DIST, every metre or never."""
    return Item(command=_TRIGGER, frame=_MISSION_FRAME, params=(float(on), 0, float(on), 0, 0, 0, 0))
