"""GeoJSON maps: points and areas whose properties are OpenStreetMap's tags, as `osmtogeojson` and QGIS write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upwind.readers.files import File, shown
from upwind.readers.geometry import require_area
from upwind.readers.keys import parsed
from upwind.readers.places.middle import middle
from upwind.readers.places.rates import fault_of_rate
from upwind.records import Place

__all__ = ["read"]

_FARTHEST = (180.0, 90.0)
_REMEDY = "give a GeoJSON FeatureCollection of points and areas with tags"
_LINES = frozenset({"LineString", "MultiLineString", "MultiPoint", "GeometryCollection", None})


def read(file: File) -> tuple[Place, ...]:
    """Return the points and areas of a document; lines, and features without a geometry, are passed over.

    The id is the feature's own or its property `@id`, or else the file's name and the feature's number.

    Raises
    ------
    FormatError
        It is no GeoJSON, or a position or rate cannot be.
    """
    file.require_text()
    document = parsed(file, "GeoJSON")
    features = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    if not isinstance(features, list):
        raise file.fault(0, 'key "features"', "this is missing or no list", _REMEDY)
    found = (_place(file, number, feature) for number, feature in enumerate(features, start=1))
    return tuple(place for place in found if place is not None)


def _place(file: File, number: int, feature: object) -> Place | None:
    """Return one feature's place, None where it is no point or area."""
    where = f"feature {number}"
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise file.fault(0, where, "this is no Feature", _REMEDY)
    properties, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
    if not isinstance(properties, dict) or not isinstance(geometry, dict):
        raise file.fault(0, where, "its properties or geometry are no table", "give names and values")
    if geometry.get("type") in _LINES:
        return None
    at, outline = _at(file, where, geometry)
    tags = _tags(properties)
    if fault := fault_of_rate(tags.get("rate", "")):
        raise file.fault(0, f'{where}: property "rate"', *fault)
    identity = feature.get("id") or properties.get("@id") or f"{file.name}#{number}"
    return Place(
        id=str(identity), name=tags.get("name", ""), longitude=at[0], latitude=at[1], outline=outline, tags=tags
    )


def _at(file: File, where: str, geometry: dict[str, Any]) -> tuple[tuple[float, float], Mapping[str, Any] | None]:
    """Return where a point or area is, and the outline of an area."""
    if geometry["type"] != "Point":
        require_area(file, where, geometry)
        return middle(geometry), geometry
    said = geometry.get("coordinates")
    if not isinstance(said, list) or len(said) not in (2, 3) or not all(map(_is_number, said)):
        raise file.fault(0, where, "the point has no position", "give longitude, latitude in degrees, in this order")
    for value, farthest in zip(said, _FARTHEST, strict=False):
        if not abs(value) <= farthest:
            fault = f"{shown(repr(value))} is neither a longitude nor a latitude in its place"
            raise file.fault(0, where, fault, "give longitude, latitude in degrees, in this order")
    return (float(said[0]), float(said[1])), None


def _tags(properties: Mapping[str, Any]) -> dict[str, str]:
    """Return the properties that are single values, as texts; those within a table `tags` too."""
    inner = properties.get("tags")
    every = {**properties, **(inner if isinstance(inner, dict) else {})}
    return {
        str(key): str(value) for key, value in every.items() if isinstance(value, (str, int, float)) and key[:1] != "@"
    }


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
