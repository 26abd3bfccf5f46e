"""Points and lines with properties, as GeoJSON and KML hold them, put together as a route.

Features that say what they are (`kind` "waypoint" and "line", each with a `sequence`) are a plan as `upwind plan`
writes it. Of a map that says no such thing the lines are taken in their order; where it has none, the points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.readers.files import File, shown
from upwind.records import HeightOver, Home, Route

__all__ = ["Feature", "route_of"]

Position = tuple[float, float, float]

#: A line's end is the waypoint that lies this near to it. [deg]
_SAME_DEG = 1.5e-7
_LOWEST_M, _HIGHEST_M = -1000.0, 100_000.0
#: Of MAV_CMD: fly to a place.
_WAYPOINT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A point (one position) or a line (several): longitude, latitude [deg], height [m], NaN where there is none.

    `place` is where in the file it stands, `over` what its heights are measured from.
    """

    place: str
    positions: tuple[Position, ...]
    over: HeightOver
    properties: Mapping[str, Any]

    @property
    def is_line(self) -> bool:
        """Whether it leads from somewhere to somewhere."""
        return len(self.positions) > 1


def route_of(file: File, features: Sequence[Feature], home: Home | None = None) -> Route:
    """Return the route of points and lines.

    Raises
    ------
    FormatError
        There is neither point nor line, a position cannot be, a sequence is missing or said twice, or a line does not
        join waypoints that follow one another.
    """
    for feature in features:
        _require_places(file, feature)
    waypoints = [one for one in features if not one.is_line and one.properties.get("kind") == "waypoint"]
    if waypoints:
        waypoints = _in_sequence(file, waypoints)
        lines = [one for one in features if one.is_line and one.properties.get("kind") == "line"]
        return _route(file, waypoints, _joined(file, waypoints, _in_sequence(file, lines)), home)
    lines = [one for one in features if one.is_line]
    if not lines and not features:
        raise file.fault(0, "", "there is neither a line nor a point in it", "give the way to fly")
    points = [
        Feature(place=one.place, positions=(position,), over=one.over, properties=one.properties)
        for one in lines or features
        for position in one.positions
    ]
    ends = [number for number, one in enumerate(lines) for _ in one.positions]
    legs = [first if first == second else -1 for first, second in pairwise(ends)]
    return _route(file, points, np.array(legs or [-1] * (len(points) - 1), dtype=np.int64), home)


def _route(file: File, points: Sequence[Feature], line: IntArray, home: Home | None) -> Route:
    """Return the route through points."""
    table = np.array([point.positions[0] for point in points])
    sortie = np.array([_sortie(file, point) for point in points], dtype=np.int64)
    fault = np.flatnonzero(np.diff(sortie) < 0)
    if len(fault):
        raise file.fault(
            0, points[fault[0] + 1].place, "its sortie comes before that of the waypoint before", "sort them"
        )
    crossing = np.flatnonzero((np.diff(sortie) != 0) & (line >= 0))
    if len(crossing):
        raise file.fault(0, points[crossing[0]].place, "a line leads from it to the next sortie", "end it within one")
    return Route(
        name=file.name,
        sha256=file.sha256,
        longitude=table[:, 0],
        latitude=table[:, 1],
        height=table[:, 2],
        over=tuple(point.over for point in points),
        sortie=sortie,
        line=line,
        command=np.full(len(points), _WAYPOINT, dtype=np.int64),
        params=np.full((len(points), 4), np.nan),
        home=home,
    )


def _in_sequence(file: File, features: Sequence[Feature]) -> list[Feature]:
    """Return features in the order of their sequence."""
    numbers = [_number(file, one, "sequence") for one in features]
    for index, number in enumerate(numbers):
        if number is None:
            raise file.fault(0, features[index].place, 'property "sequence" is missing', "count from 0 or 1")
    order = sorted(range(len(features)), key=lambda index: numbers[index] or 0)
    for one, other in pairwise(order):
        if numbers[one] == numbers[other]:
            raise file.fault(0, features[other].place, f"the sequence {numbers[other]} is taken", "give each its own")
    return [features[index] for index in order]


def _sortie(file: File, feature: Feature) -> int:
    return _number(file, feature, "sortie") or 0


def _number(file: File, feature: Feature, name: str) -> int | None:
    """Return a whole number among the properties, None where it is not there."""
    value = feature.properties.get(name)
    if value is None:
        return None
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if isinstance(value, bool) or number < 0 or number >= 1 << 31 or float(value) != number:
        raise file.fault(
            0, feature.place, f'property "{name}": {shown(str(value))!r} is no count', "give a whole number"
        )
    return number


def _joined(file: File, waypoints: Sequence[Feature], lines: Sequence[Feature]) -> IntArray:
    """Return the line of each leg between waypoints; a line begins at or after the end of the one before, if it can."""
    at = np.array([point.positions[0][:2] for point in waypoints])
    legs = np.full(len(waypoints) - 1, -1, dtype=np.int64)
    begin = 0
    for number, line in enumerate(lines):
        starts = np.flatnonzero(_near(at, line.positions[0]))
        starts = np.concatenate((starts[starts >= begin], starts[starts < begin]))
        for start in starts.tolist():
            end = _end(at, legs, start, line.positions)
            if end > start:
                legs[start:end] = number
                begin = end
                break
        else:
            fault = "the line does not join waypoints that follow one another"
            raise file.fault(0, line.place, fault, "give both its ends as waypoints, one after the other")
    return legs


def _end(at: FloatArray, legs: IntArray, start: int, positions: Sequence[Position]) -> int:
    """Return the waypoint that a line from one of them ends at; 0 where it does not."""
    for step, position in enumerate(positions[1:], start=1):
        if start + step >= len(at) or legs[start + step - 1] >= 0 or not _near(at[start + step], position):
            return 0
    return start + len(positions) - 1


def _near(at: FloatArray, position: Position) -> BoolArray:
    """Return which places are a position."""
    apart = np.abs(at - np.array(position[:2]))
    apart[..., 0] = np.minimum(apart[..., 0], 360.0 - apart[..., 0])
    near: BoolArray = (apart <= _SAME_DEG).all(axis=-1)
    return near


def _require_places(file: File, feature: Feature) -> None:
    """Raise `FormatError` unless each position of a feature can be."""
    for longitude, latitude, height in feature.positions:
        if not (abs(longitude) <= 180.0 and abs(latitude) <= 90.0):  # noqa: PLR2004 - the globe
            raise file.fault(0, feature.place, "a position is not on the globe", "give longitude, latitude in degrees")
        if not (math.isnan(height) or _LOWEST_M <= height <= _HIGHEST_M):
            raise file.fault(0, feature.place, f"a height of {height:g} m cannot be", "give metres")
