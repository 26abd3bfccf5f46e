"""Areas to fly over: the polygons of a GeoJSON document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from upwind.arrays import FloatArray
from upwind.readers.files import File, open_file
from upwind.readers.geometry import require_area
from upwind.readers.keys import parsed

__all__ = ["read_polygons", "rings_of"]

_NEEDED = "give a GeoJSON Polygon, or Features with Polygons"


def read_polygons(path: Path) -> list[list[FloatArray]]:
    """Return the polygons of a Feature, FeatureCollection or geometry, each as its outline and then its holes.

    Rings are (vertex, 2), longitude and latitude [deg], closed.

    Raises
    ------
    FormatError
        It is no GeoJSON, or holds no polygon, or something else than polygons.
    """
    file = open_file(path)
    document = parsed(file, "GeoJSON")
    polygons = [
        polygon for place, geometry in _geometries(document, "geometry") for polygon in rings_of(file, place, geometry)
    ]
    if not polygons:
        raise file.fault(0, "", "there is no polygon in it", _NEEDED)
    return polygons


def _geometries(node: object, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every geometry of a document and where it stands."""
    if not isinstance(node, dict):
        return
    if node.get("type") == "FeatureCollection" and isinstance(node.get("features"), list):
        for number, feature in enumerate(node["features"], start=1):
            yield from _geometries(feature, f"feature {number}")
    elif node.get("type") == "Feature":
        yield from _geometries(node.get("geometry"), place)
    elif node.get("type") == "GeometryCollection" and isinstance(node.get("geometries"), list):
        for part in node["geometries"]:
            yield from _geometries(part, place)
    else:
        yield place, node


def rings_of(file: File, place: str, geometry: dict[str, Any]) -> Iterator[list[FloatArray]]:
    """Yield the polygons of a GeoJSON geometry, each as its outline and then its holes; `place` is for the message."""
    require_area(file, place, geometry)
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for rings in polygons:
        yield [np.array([position[:2] for position in ring], dtype=np.float64) for ring in rings]
