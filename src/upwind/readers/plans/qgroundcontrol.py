"""QGroundControl `.plan`: simple items, and surveys with the items that they were broken down to.

References
----------
QGroundControl developer guide, Plan file format, docs.qgroundcontrol.com (file_formats/plan).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

import numpy as np

from upwind.readers.files import File
from upwind.readers.keys import parsed
from upwind.readers.plans.missions import Item, is_switch, is_waypoint, route_of
from upwind.records import Home, Route

__all__ = ["read"]

_LAYOUT = "QGroundControl plans"
_PARAMS = 7
#: A survey's legs this near to its main direction are lines. [deg]
_STRAY_DEG = 10.0


def read(file: File) -> Route:
    """Return the route of a QGroundControl plan; its fence and rally points are left to others.

    Of surveys and corridors the items count that they were broken down to; of landing patterns none are legs.

    Raises
    ------
    FormatError
        It is no JSON, a key is missing or of the wrong kind, or there is no waypoint in it.
    """
    document = parsed(file, _LAYOUT)
    mission = document.get("mission")
    if not isinstance(mission, dict):
        raise file.fault(0, 'key "mission"', "this is missing or no table", "save the plan in QGroundControl again")
    said = mission.get("items")
    if not isinstance(said, list):
        raise file.fault(0, 'key "mission": key "items"', "this is missing or no list", "save the plan again")
    items: list[Item] = []
    lines = 0
    for count, item in enumerate(said, start=1):
        part, lines = _items(file, f"mission item {count}", item, lines)
        items += part
    return route_of(file, items, _home(file, mission.get("plannedHomePosition")), _speed(mission))


def _items(file: File, place: str, said: object, lines: int) -> tuple[list[Item], int]:
    """Return the mission items of one item of a plan, and how many lines have been told by their direction."""
    if not isinstance(said, dict):
        raise file.fault(0, place, "this is no table", "save the plan in QGroundControl again")
    if said.get("type", "SimpleItem") == "SimpleItem":
        return [_simple(file, place, said)], lines
    style = said.get("TransectStyleComplexItem")
    if isinstance(style, dict) and isinstance(style.get("Items"), list):
        parts = [
            _simple(file, f"{place}, its item {number}", part) for number, part in enumerate(style["Items"], start=1)
        ]
        return _surveyed(parts, lines)
    if "landCoordinate" in said:
        return [], lines
    kind = str(said.get("complexItemType", "unknown"))
    fault = f"a complex item of kind {kind!r} has no items that it was broken down to"
    raise file.fault(0, place, fault, "save the plan with a recent QGroundControl")


def _simple(file: File, place: str, said: object) -> Item:
    """Return a simple item; a missing parameter, null in the file, is NaN."""
    if not isinstance(said, dict):
        raise file.fault(0, place, "this is no table", "save the plan in QGroundControl again")
    command, frame, params = said.get("command"), said.get("frame"), said.get("params")
    if not _is_whole(command) or not _is_whole(frame):
        raise file.fault(0, place, '"command" or "frame" is missing or no whole number', "see MAV_CMD and MAV_FRAME")
    if not isinstance(params, list) or len(params) != _PARAMS or not all(map(_is_param, params)):
        raise file.fault(0, place, '"params" is not seven numbers', "give seven, null where there is none")
    p1, p2, p3, p4, latitude, longitude, height = (math.nan if value is None else float(value) for value in params)
    return Item(
        place=place,
        text_line=0,
        command=command,
        frame=frame,
        params=(p1, p2, p3, p4, latitude, longitude, height),
    )


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 31


def _is_param(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300  # noqa: PLR2004 - finite


def _surveyed(items: list[Item], lines: int) -> tuple[list[Item], int]:
    """Return a survey's items; where its camera works throughout or never, its legs' direction tells the lines."""
    ways = [index for index, item in enumerate(items) if is_waypoint(item)]
    switches = list(_works(items))
    if len(set(switches[:-1])) > 1 or len(ways) < 2:  # noqa: PLR2004 - a leg has two ends
        return items, lines
    number = lines
    for leg, is_line in enumerate(_along([items[index] for index in ways])):
        items[ways[leg]] = replace(items[ways[leg]], line=number if is_line else -1)
        number += not is_line
    items[ways[-1]] = replace(items[ways[-1]], line=-1)
    return items, number + 1


def _works(items: Sequence[Item]) -> Iterator[bool]:
    """Yield whether the camera works on the leg after each waypoint."""
    works, begun = False, False
    for item in items:
        if is_waypoint(item):
            if begun:
                yield works
            begun = True
        works = works if (switch := is_switch(item)) is None else switch
    yield works


def _along(waypoints: Sequence[Item]) -> list[bool]:
    """Return whether each leg runs along the direction that most of the way has, forth or back."""
    latitude = np.array([item.params[4] for item in waypoints])
    longitude = np.array([item.params[5] for item in waypoints])
    east = ((np.diff(longitude) + 180.0) % 360.0 - 180.0) * np.cos(np.radians(latitude[:-1]))
    legs = east + 1j * np.diff(latitude)
    length = np.abs(legs)
    doubled = np.where(length > 0.0, legs, 1.0) ** 2 / np.where(length > 0.0, length, 1.0)  # forth and back are one
    main = np.angle(np.nansum(np.where(length > 0.0, doubled, 0.0)))
    stray = np.abs(np.angle(doubled * np.exp(-1j * main))) / 2.0
    return [bool(near) for near in (stray <= np.radians(_STRAY_DEG)) & (length > 0.0)]


def _home(file: File, said: object) -> Home | None:
    """Return the planned home; None where the plan has none."""
    if said is None:
        return None
    if not (isinstance(said, list) and len(said) >= 2 and all(map(_is_param, said)) and None not in said[:2]):  # noqa: PLR2004 - a position
        raise file.fault(0, 'key "plannedHomePosition"', "this is no position", "give latitude, longitude, height")
    latitude, longitude = float(said[0]), float(said[1])
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):  # noqa: PLR2004 - the globe
        raise file.fault(0, 'key "plannedHomePosition"', "home is not on the globe", "give latitude, longitude, height")
    height = said[2] if len(said) > 2 and said[2] is not None else math.nan  # noqa: PLR2004 - as above
    return Home(longitude=longitude, latitude=latitude, height_m=float(height))


def _speed(mission: Mapping[str, Any]) -> float | None:
    """Return the cruise of a plan, None where it says none: of what hovers (vehicle type 2 and the like) its own."""
    fixed_wing = mission.get("vehicleType") in (1, 19, 20, 21, 22, 23, 24, 25)
    speed = mission.get("cruiseSpeed" if fixed_wing else "hoverSpeed")
    return float(speed) if _is_param(speed) and speed is not None and speed > 0 else None
