"""What properties hold of Features that may come from outside: what is no such thing is left out, never trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

__all__ = ["estimate_in", "is_area", "is_number", "rows_in", "texts_in"]


def is_number(value: object) -> TypeGuard[int | float]:
    """Return whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_area(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Return whether a value is a GeoJSON geometry with an inside."""
    if not isinstance(value, Mapping) or value.get("type") not in ("Polygon", "MultiPolygon"):
        return False
    polygons = value.get("coordinates") if value["type"] == "MultiPolygon" else [value.get("coordinates")]
    return isinstance(polygons, list | tuple) and all(
        isinstance(polygon, list | tuple) and all(map(_is_ring, polygon)) for polygon in polygons
    )


def _is_ring(value: object) -> bool:
    return isinstance(value, list | tuple) and all(
        isinstance(place, list | tuple) and len(place) > 1 and is_number(place[0]) and is_number(place[1])
        for place in value
    )


def estimate_in(value: object) -> Mapping[str, Any] | None:
    """Return a value that is an estimate as JSON has it; None for anything else."""
    is_one = isinstance(value, Mapping) and all(is_number(value.get(key)) for key in ("median", "lower", "upper"))
    return value if is_one and isinstance(value, Mapping) else None


def rows_in(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none where it is no list."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def texts_in(value: object) -> list[str]:
    """Return what a list holds, as texts; none where it is no list."""
    return [str(text) for text in value] if isinstance(value, list) else []
