"""QGroundControl `.plan`: simple items alone, which every version reads.

References
----------
QGroundControl developer guide, Plan file format, docs.qgroundcontrol.com (file_formats/plan).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from upwind.flights.exports.items import Item, home_of, items_of
from upwind.records import Route

__all__ = ["write"]

#: MAV_AUTOPILOT_GENERIC and MAV_TYPE_FIXED_WING: what flies is not known here, and QGroundControl asks the aircraft.
_AUTOPILOT, _VEHICLE = 0, 1
#: QGroundControl's own name of a height's datum, by frame: relative to home, above the sea, above terrain.
_ALTITUDE_MODE = {3: 1, 0: 2, 10: 4}


def write(route: Route, said: Mapping[str, Any]) -> bytes:
    """Return the plan; what is said of it stands under the key "upwind", which QGroundControl passes over."""
    home = home_of(route)
    speed = route.speed_m_s or 0.0
    mission = {
        "cruiseSpeed": speed,
        "firmwareType": _AUTOPILOT,
        "globalPlanAltitudeMode": 0,
        "hoverSpeed": speed,
        "items": [_simple(number, item) for number, item in enumerate(items_of(route), start=1)],
        "plannedHomePosition": [home.latitude, home.longitude, _null(home.height_m)],
        "vehicleType": _VEHICLE,
        "version": 2,
    }
    document = {
        "fileType": "Plan",
        "geoFence": {"circles": [], "polygons": [], "version": 2},
        "groundStation": "QGroundControl",
        "mission": mission,
        "rallyPoints": {"points": [], "version": 2},
        "upwind": said,
        "version": 1,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


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
