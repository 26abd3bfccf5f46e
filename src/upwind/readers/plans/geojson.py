"""GeoJSON plans: waypoints and lines as `upwind plan` writes them, or any map of lines.

A height is the property `height_m`, measured from what `over` says ("ground", "mean sea level", "WGS84 ellipsoid",
"home"; ground where absent); without it the third number of a position, which is above the ellipsoid (RFC 7946, 3.1.1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upwind.readers.files import File, shown
from upwind.readers.keys import parsed
from upwind.readers.plans.features import Feature, Position, route_of
from upwind.records import HeightOver, Home, Route

__all__ = ["read"]

_REMEDY = "give a GeoJSON FeatureCollection of points and lines"
_PASSED_OVER = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """Of what a geometry is: where it stands, and with which properties."""

    file: File
    place: str
    properties: Mapping[str, Any]


def read(file: File) -> Route:
    """Return the route of a GeoJSON plan; polygons in it are passed over.

    Raises
    ------
    FormatError
        It is no GeoJSON, or its points and lines are no plan.
    """
    file.require_text()
    document = parsed(file, "GeoJSON")
    said = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    if not isinstance(said, list):
        raise file.fault(0, 'key "features"', "this is missing or no list", _REMEDY)
    features: list[Feature] = []
    home = None
    for number, feature in enumerate(said, start=1):
        place = f"feature {number}"
        if not isinstance(feature, dict):
            raise file.fault(0, place, "this is no table", _REMEDY)
        whole = feature.get("type") == "Feature"
        properties = (feature.get("properties") or {}) if whole else {}
        if not isinstance(properties, dict):
            raise file.fault(0, place, "its properties are no table", "give names and values")
        context = _Context(file=file, place=place, properties=properties)
        found = list(_features(context, feature.get("geometry") if whole else feature))
        if properties.get("kind") == "home" and found:
            home = _home(found[0])
            continue
        features += found
    return route_of(file, features, home)


def _features(context: _Context, geometry: object) -> Iterator[Feature]:
    """Yield the points and lines of a geometry."""
    if geometry is None:
        return
    if not isinstance(geometry, dict):
        raise context.file.fault(0, context.place, "its geometry is no table", _REMEDY)
    kind, inner = geometry.get("type"), geometry.get("coordinates")
    if kind in _PASSED_OVER:
        return
    if kind == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
        for part in geometry["geometries"]:
            yield from _features(context, part)
    elif kind == "Point":
        yield _feature(context, [inner])
    elif kind == "LineString":
        yield _feature(context, inner, fewest=2)
    elif kind in ("MultiPoint", "MultiLineString") and isinstance(inner, list):
        for part in inner:
            yield _feature(context, part, fewest=2) if kind == "MultiLineString" else _feature(context, [part])
    else:
        raise context.file.fault(0, context.place, f"{shown(repr(kind))} is no geometry of a plan", _REMEDY)


def _feature(context: _Context, said: object, fewest: int = 1) -> Feature:
    """Return a point or a line of its coordinates."""
    if not isinstance(said, list) or len(said) < fewest:
        raise context.file.fault(0, context.place, "a line needs at least two positions", _REMEDY)
    height, over = _height(context)
    positions = tuple(_position(context, item, height) for item in said)
    return Feature(place=context.place, positions=positions, over=over, properties=context.properties)


def _position(context: _Context, said: object, height: float | None) -> Position:
    """Return longitude, latitude, height of a position; a height among the properties goes before its own."""
    if not isinstance(said, list) or len(said) < 2 or not all(map(_is_number, said)):  # noqa: PLR2004 - a position
        remedy = "give longitude, latitude in degrees, in this order"
        raise context.file.fault(0, context.place, "it holds something that is no position", remedy)
    own = float(said[2]) if len(said) > 2 else math.nan  # noqa: PLR2004 - as above
    return float(said[0]), float(said[1]), own if height is None else height


def _is_number(item: object) -> bool:
    return isinstance(item, (int, float)) and not isinstance(item, bool) and abs(item) < 1e300  # noqa: PLR2004 - finite


def _height(context: _Context) -> tuple[float | None, HeightOver]:
    """Return the height that the properties say, None where they do not, and what it is measured from."""
    said, over = context.properties.get("height_m"), context.properties.get("over")
    if said is not None and not _is_number(said):
        raise context.file.fault(0, context.place, 'property "height_m" is no number', "give metres")
    if over is not None and over not in list(HeightOver):
        known = ", ".join(f'"{one}"' for one in HeightOver)
        raise context.file.fault(0, context.place, 'property "over" says no height that is known', f"give {known}")
    usual = HeightOver.ELLIPSOID if said is None else HeightOver.GROUND
    return None if said is None else float(said), HeightOver(over) if over is not None else usual


def _home(point: Feature) -> Home:
    """Return home of the point that is it."""
    longitude, latitude, height = point.positions[0]
    return Home(longitude=longitude, latitude=latitude, height_m=height, over=point.over)
