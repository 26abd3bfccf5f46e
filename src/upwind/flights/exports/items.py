"""A route as MAVLink mission items: take-off, waypoints, the sensor switched on and off about each line, return.

References
----------
MAVLink, common message set: MAV_CMD, MAV_FRAME; mission protocol, mavlink.io/en/services/mission.html.
ArduPilot, AP_Rally.cpp; PX4, navigator/rtl.cpp: what the height of a rally point is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from upwind.records import Autopilot, HeightOver, Home, Route

__all__ = ["FRAMES", "Item", "fence_items", "home_of", "items_of", "rally_items"]

#: MAV_FRAME_GLOBAL, _GLOBAL_RELATIVE_ALT, _GLOBAL_TERRAIN_ALT; no frame is above the ellipsoid.
FRAMES = {HeightOver.SEA: 0, HeightOver.HOME: 3, HeightOver.GROUND: 10}
_MISSION_FRAME = 2
_TAKE_OFF, _RETURN, _TRIGGER = 22, 20, 206
#: MAV_CMD_NAV_FENCE_POLYGON_VERTEX_INCLUSION, MAV_CMD_NAV_RALLY_POINT.
_CORNER, _RALLY = 5001, 5100
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


def fence_items(route: Route) -> list[Item]:
    """Return a corner an item, of the ground that must not be left; none where there is no fence."""
    corners = [] if route.fence is None else route.fence.tolist()
    return [
        Item(command=_CORNER, frame=0, params=(len(corners), 0, 0, 0, latitude, longitude, 0))
        for longitude, latitude in corners
    ]


def rally_items(route: Route, autopilot: Autopilot | None) -> list[Item]:
    """Return home as the place that a lost link leads to, over which its height is known; none where either is not.

    To ArduPilot a rally point's height is that of the way there; to PX4 it is that of the ground it lands on.
    """
    lost = route.lost_link
    if route.home is None or lost is None or lost.over is not HeightOver.HOME or autopilot is None:
        return []
    height = lost.height_m if autopilot is Autopilot.ARDUPILOT else 0.0
    place = (route.home.latitude, route.home.longitude, height)
    return [Item(command=_RALLY, frame=FRAMES[HeightOver.HOME], params=(0, 0, 0, 0, *place))]


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
