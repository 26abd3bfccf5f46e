"""GeoJSON geometries of areas: rings of positions on the globe, closed, and unambiguous at the 180th meridian."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from upwind.readers.files import File

__all__ = ["require_area"]

#: A ring is a triangle at least, its first position said again at its end.
_FEWEST = 4
_FARTHEST_EAST, _FARTHEST_NORTH = 180.0, 90.0
_NEEDED = "give a GeoJSON Polygon or MultiPolygon"


def require_area(file: File, place: str, geometry: Mapping[str, Any]) -> None:
    """Raise `FormatError` unless a geometry is a Polygon or MultiPolygon as RFC 7946 wants it.

    Lines between positions are straight in longitude and latitude (RFC 7946, 3.1.1), so that one of more than 180
    degrees goes round the far side of the globe: nobody means that, and it would cover what nobody allowed.

    Parameters
    ----------
    place
        Where it stands, for the message, such as ``authorisation 2: key "area"``.
    """
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise file.fault(0, place, f"a geometry of type {kind!r} is no area", _NEEDED)
    polygons = [geometry.get("coordinates")] if kind == "Polygon" else geometry.get("coordinates")
    fault = _fault(polygons)
    if fault:
        raise file.fault(0, place, *fault)


def _fault(polygons: object) -> tuple[str, str] | None:
    """Return what is wrong with a list of polygons and what would be right; None where nothing is."""
    if not isinstance(polygons, list) or not polygons:
        return "there are no coordinates", _NEEDED
    for rings in polygons:
        if not isinstance(rings, list) or not rings:
            return "a polygon has no ring", _NEEDED
        for fault in map(_fault_of_ring, rings):
            if fault:
                return fault
    return None


def _fault_of_ring(ring: object) -> tuple[str, str] | None:
    if not isinstance(ring, list) or not all(map(_is_position, ring)):
        return "a ring holds something that is no position", "give longitude, latitude in degrees, in this order"
    if len(ring) < _FEWEST or ring[0][:2] != ring[-1][:2]:
        return "a ring is not closed", "give at least four positions, the last one the same as the first"
    if any(abs(a[0] - b[0]) > _FARTHEST_EAST for a, b in pairwise(ring)):
        return "a side spans more than 180 degrees of longitude", "cut the area at the 180th meridian into two polygons"
    return None


def _is_position(item: object) -> bool:
    """Return whether something is longitude and latitude on the globe; a height after them is passed over."""
    if not isinstance(item, list) or len(item) not in (2, 3):
        return False
    if not all(isinstance(part, (int, float)) and not isinstance(part, bool) for part in item):
        return False
    return bool(abs(item[0]) <= _FARTHEST_EAST and abs(item[1]) <= _FARTHEST_NORTH)
