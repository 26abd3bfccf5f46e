"""Fences: polygons of GeoJSON, and the polygons and circles of a QGroundControl plan.

Edges are straight in longitude and latitude (RFC 7946, section 3.1.1). A ring over the antimeridian goes on past 180,
or is cut there in two.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard

import numpy as np

from upwind.arrays import FloatArray
from upwind.readers.files import File, shown
from upwind.readers.outlines import chords, circle, closed
from upwind.records import Airspace, Datum, Level

__all__ = ["read"]

_REMEDY = "give a GeoJSON Feature, FeatureCollection or geometry of polygons, or a QGroundControl plan"

#: Longitudes of a ring that goes on past 180. [deg]
_FARTHEST_EAST = 540.0
_FARTHEST_M = 1_000_000.0
_DEEPEST = 20

_TEXTS = ("id", "name", "state", "kind")


def read(file: File) -> tuple[Airspace, ...]:
    """Return the fences of a file in its order; each is active always.

    Of a GeoJSON feature the properties `id`, `name`, `state` (ISO A3), `kind` ("geofence" where absent), `floor_m`,
    `ceiling_m` (none where absent) and `datum` ("ground" where absent, "mean sea level", "standard pressure") are read.
    In a plan a fence to stay out of is of kind "exclusion geofence".

    Raises
    ------
    FormatError
        It is no JSON of these layouts, holds no polygon, or a ring or a property cannot be what it should.
    """
    file.require_text()
    try:
        document = json.loads(file.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise file.fault(0, "", "this is not JSON", _REMEDY) from None
    if not isinstance(document, dict):
        raise file.fault(0, "", "this is no JSON object", _REMEDY)
    found = list(_of_plan(file, document) if "geoFence" in document else _of_features(file, document))
    if not found:
        raise file.fault(0, "", "there is no fence in it", _REMEDY)
    for number, airspace in enumerate(found, start=1):
        if airspace.id in {other.id for other in found[: number - 1]}:
            raise file.fault(0, f"fence {number}", f"the id {shown(airspace.id)!r} is taken", "give each its own id")
    return tuple(found)


def _of_features(file: File, document: dict[str, Any]) -> Iterator[Airspace]:
    """Yield the airspace of each feature that has polygons."""
    features = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise file.fault(0, 'key "features"', "this is no list", _REMEDY)
    for number, feature in enumerate(features, start=1):
        place = f"feature {number}"
        if not isinstance(feature, dict):
            raise file.fault(0, place, "this is no JSON object", _REMEDY)
        is_feature = feature.get("type") == "Feature"
        properties = (feature.get("properties") or {}) if is_feature else {}
        if not isinstance(properties, dict):
            raise file.fault(0, place, "its properties are no JSON object", "give names and values")
        rings = tuple(_rings(file, place, feature.get("geometry") if is_feature else feature, _DEEPEST))
        if rings:
            yield _airspace(file, place, properties, rings)


def _airspace(file: File, place: str, properties: Mapping[str, Any], rings: tuple[FloatArray, ...]) -> Airspace:
    """Return one airspace of a feature's properties."""
    texts = {key: properties.get(key) or "" for key in _TEXTS}
    for key, value in texts.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise file.fault(0, f'{place}: property "{key}"', f"{shown(repr(value))} is no text", "give one")
    datum = properties.get("datum") or Datum.GROUND.value
    if datum not in [known.value for known in Datum]:
        fault = f"{shown(repr(datum))} is not known"
        raise file.fault(0, f'{place}: property "datum"', fault, f"give one of {', '.join(Datum)}")
    floor, ceiling = (
        Level(metres=_height(file, place, properties, key, none), datum=Datum(datum))
        for key, none in (("floor_m", -math.inf), ("ceiling_m", math.inf))
    )
    return Airspace(
        id=str(texts["id"] or texts["name"] or place),
        name=str(texts["name"]),
        state=str(texts["state"]),
        kind=str(texts["kind"] or "geofence"),
        rings=rings,
        floor=floor,
        ceiling=ceiling,
        active="always",
        schedule="",
    )


def _height(file: File, place: str, properties: Mapping[str, Any], key: str, none: float) -> float:
    """Return a floor or a ceiling, `none` where it is absent. [m]"""
    value = properties.get(key)
    if value is None:
        return none
    if not _is_number(value):
        raise file.fault(0, f'{place}: property "{key}"', f"{shown(repr(value))} is no number", "give metres")
    return float(value)


def _rings(file: File, place: str, geometry: object, deepest: int) -> Iterator[FloatArray]:
    """Yield the rings of a geometry, holes among them; what is no polygon is passed over."""
    if geometry is None:
        return
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or not isinstance(kind, str) or not deepest:
        raise file.fault(0, place, "this is no GeoJSON geometry", _REMEDY)
    if kind == "GeometryCollection":
        for part in _listed(file, place, geometry.get("geometries")):
            yield from _rings(file, place, part, deepest - 1)
    elif kind in {"Polygon", "MultiPolygon"}:
        polygons = _listed(file, place, geometry.get("coordinates"))
        for polygon in polygons if kind == "MultiPolygon" else [polygons]:
            for ring in _listed(file, place, polygon):
                yield _ring(file, place, _listed(file, place, ring))
    elif kind not in {"Point", "MultiPoint", "LineString", "MultiLineString"}:
        raise file.fault(0, place, f"{shown(kind)!r} is no geometry", _REMEDY)


def _listed(file: File, place: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise file.fault(0, place, "a list is missing", "nest coordinates as GeoJSON does")
    return value


def _ring(file: File, place: str, positions: list[Any]) -> FloatArray:
    """Return a ring that must be closed."""
    for position in positions:
        _check_position(file, place, position, _FARTHEST_EAST)
    if len(positions) < 4 or positions[0][:2] != positions[-1][:2]:  # noqa: PLR2004 - a triangle, closed
        raise file.fault(0, place, "a ring is not closed", "let it end where it begins, after three corners or more")
    vertices = np.array([position[:2] for position in positions], dtype=np.float64)
    widest = int(np.argmax(np.abs(np.diff(vertices[:, 0]))))
    start, end = vertices[widest : widest + 2, 0]
    if abs(end - start) > 180.0:  # noqa: PLR2004 - half the globe
        fault = f"an edge goes from {start:g} to {end:g} degrees of longitude, more than half round the globe"
        raise file.fault(0, place, fault, "cut the ring at 180, or go on past it, as in 179, 181")
    return _enclosing(file, place, [vertices[:-1]])


def _enclosing(file: File, place: str, parts: Iterable[FloatArray]) -> FloatArray:
    """Return the ring of parts that follow one another."""
    try:
        return closed(parts)
    except ValueError as error:
        raise file.fault(0, place, str(error), "give a ring that encloses ground") from None


def _check_position(file: File, place: str, position: object, farthest: float) -> None:
    """Raise where this is no longitude and latitude."""
    if not (isinstance(position, list) and len(position) >= 2 and all(map(_is_number, position[:2]))):  # noqa: PLR2004
        raise file.fault(0, place, f"{shown(repr(position))} is no position", "give longitude and latitude in degrees")
    if not (abs(position[0]) <= farthest and abs(position[1]) <= 90.0):  # noqa: PLR2004 - the globe
        fault = f"{shown(repr(position))} is not on the globe"
        raise file.fault(0, place, fault, "give longitude and latitude in degrees")


def _is_number(value: object) -> TypeGuard[float]:
    """Return whether JSON gave a finite number, of a size that a float can hold."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9  # noqa: PLR2004


def _of_plan(file: File, document: dict[str, Any]) -> Iterator[Airspace]:
    """Yield the fences of a QGroundControl plan, in which latitude stands first."""
    fence = document["geoFence"]
    if not isinstance(fence, dict):
        raise file.fault(0, 'key "geoFence"', "this is no JSON object", _REMEDY)
    for key in ("polygons", "circles"):
        for number, part in enumerate(_listed(file, f'key "{key}"', fence.get(key, [])), start=1):
            place = f"{key.removesuffix('s')} {number}"
            if not isinstance(part, dict):
                raise file.fault(0, place, "this is no JSON object", _REMEDY)
            ring = _corners(file, place, part) if key == "polygons" else _circle(file, place, part)
            kind = "geofence" if part.get("inclusion", True) else "exclusion geofence"
            yield _airspace(file, place, {"id": f"geofence {place}", "kind": kind}, (ring,))


def _corners(file: File, place: str, part: Mapping[str, Any]) -> FloatArray:
    """Return the ring of a plan's polygon."""
    corners = [_turned(file, place, corner) for corner in _listed(file, place, part.get("polygon"))]
    if not corners:
        raise file.fault(0, place, "there is no corner in it", "give three or more")
    return _enclosing(file, place, [np.array(corners, dtype=np.float64)])


def _circle(file: File, place: str, part: Mapping[str, Any]) -> FloatArray:
    """Return the ring of a plan's circle."""
    described = part.get("circle")
    if not isinstance(described, dict):
        raise file.fault(0, place, "there is no circle in it", "give its center and radius")
    radius = described.get("radius")
    if not (_is_number(radius) and 0.0 < radius <= _FARTHEST_M):
        raise file.fault(0, place, f"{shown(repr(radius))} is no radius", f"give metres, up to {_FARTHEST_M:g}")
    longitude, latitude = _turned(file, place, described.get("center"))
    return _enclosing(file, place, map(chords, [circle((longitude, latitude), float(radius))]))


def _turned(file: File, place: str, position: object) -> list[float]:
    """Return longitude and latitude of a position that has them the other way round."""
    turned = position[1::-1] if isinstance(position, list) else position
    _check_position(file, place, turned, 180.0)
    return list(turned) if isinstance(turned, list) else []
