"""QGroundControl `.plan`: simple items alone, which every version reads; a fence, and home as a rally point.

References
----------
QGroundControl developer guide, Plan file format, docs.qgroundcontrol.com (file_formats/plan).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from upwind.flights.exports.items import Item, fence_items, home_of, items_of, rally_items
from upwind.records import Autopilot, Route

__all__ = ["write"]

#: MAV_AUTOPILOT, generic where it is not known: then QGroundControl asks the aircraft. MAV_TYPE_FIXED_WING.
_AUTOPILOTS = {None: 0, Autopilot.ARDUPILOT: 3, Autopilot.PX4: 12}
_VEHICLE = 1
#: QGroundControl's own name of a height's datum, by frame: relative to home, above the sea, above terrain.
_ALTITUDE_MODE = {3: 1, 0: 2, 10: 4}


def write(route: Route, said: Mapping[str, Any]) -> bytes:
    """Return the plan; what is said of it stands under the key "upwind", which QGroundControl passes over."""
    home = home_of(route)
    speed = route.speed_m_s or 0.0
    rally = rally_items(route, route.autopilot)
    mission = {
        "cruiseSpeed": speed,
        "firmwareType": _AUTOPILOTS[route.autopilot],
        "globalPlanAltitudeMode": 0,
        "hoverSpeed": speed,
        "items": [_simple(number, item) for number, item in enumerate(items_of(route), start=1)],
        "plannedHomePosition": [home.latitude, home.longitude, _null(home.height_m)],
        "vehicleType": _VEHICLE,
        "version": 2,
    }
    document = {
        "fileType": "Plan",
        "geoFence": {"circles": [], "polygons": _fence(route), "version": 2},
        "groundStation": "QGroundControl",
        "mission": mission,
        "rallyPoints": {"points": [list(item.params[4:]) for item in rally], "version": 2},
        "upwind": said,
        "version": 1,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _fence(route: Route) -> list[dict[str, Any]]:
    """Return the polygon that must not be left, if any: latitude before longitude."""
    corners = [list(item.params[4:6]) for item in fence_items(route)]
    return [{"inclusion": True, "polygon": corners, "version": 1}] if corners else []


def _simple(number: int, item: Item) -> dict[str, Any]:
    """Return one simple item; what is not said is null."""
    placed = (
        {"AMSLAltAboveTerrain": None, "Altitude": _null(item.params[6]), "AltitudeMode": _ALTITUDE_MODE[item.frame]}
        if item.frame in _ALTITUDE_MODE
        else {}
    )
    return {
        **placed,
        "autoContinue": True,
        "command": item.command,
        "doJumpId": number,
        "frame": item.frame,
        "params": [_null(value) for value in item.params],
        "type": "SimpleItem",
    }


def _null(value: float) -> float | None:
    return None if math.isnan(value) else value
