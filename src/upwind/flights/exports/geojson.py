"""A plan as GeoJSON: a Point a waypoint, a LineString a line, a Polygon the fence; what is said of it at the top."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from upwind.records import Route

__all__ = ["ends_of", "write"]


def write(route: Route, said: Mapping[str, Any]) -> bytes:
    """Return the FeatureCollection; heights are properties, since a third number would be above the ellipsoid."""
    features = [_waypoint(route, at) for at in range(len(route.longitude))]
    features += [_line(route, number, first, last) for number, (first, last) in enumerate(ends_of(route))]
    if route.home is not None:
        properties = {"kind": "home"}
        features.insert(0, _feature("Point", [route.home.longitude, route.home.latitude], properties))
    if route.fence is not None:
        corners = route.fence.tolist()
        features.append(_feature("Polygon", [[*corners, corners[0]]], {"kind": "geofence"}))
    document = {"type": "FeatureCollection", **said, "features": features}
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def ends_of(route: Route) -> Iterator[tuple[int, int]]:
    """Yield the first and the last waypoint of each survey line, in the order flown."""
    edges = np.flatnonzero(np.diff(route.line, prepend=-2, append=-2))
    for first, last in pairwise(edges.tolist()):
        if route.line[first] >= 0:
            yield first, last


def _waypoint(route: Route, at: int) -> dict[str, Any]:
    properties: dict[str, Any] = {"kind": "waypoint", "sequence": at, "sortie": int(route.sortie[at])}
    if not math.isnan(route.height[at]):
        properties |= {"height_m": float(route.height[at]), "over": str(route.over[at])}
    return _feature("Point", [float(route.longitude[at]), float(route.latitude[at])], properties)


def _line(route: Route, number: int, first: int, last: int) -> dict[str, Any]:
    places = [[float(route.longitude[at]), float(route.latitude[at])] for at in range(first, last + 1)]
    return _feature("LineString", places, {"kind": "line", "sequence": number, "sortie": int(route.sortie[first])})


def _feature(kind: str, coordinates: list[Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": dict(properties)}
