"""The middle of what has an outline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from upwind.arrays import FloatArray

__all__ = ["middle"]


def middle(shape: Mapping[str, Any]) -> tuple[float, float]:
    """Return longitude and latitude of the centroid of the largest part of a Polygon or MultiPolygon. [deg]

    Holes are passed over. It may lie outside of what is bent like a horseshoe.

    Examples
    --------
    >>> middle({"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 4], [0, 4], [0, 0]]]})
    (1.0, 2.0)
    """
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    _, east, north = max((_centroid(polygon[0]) for polygon in polygons), key=lambda found: found[0])
    return east, north


def _centroid(positions: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Return area and centroid of a closed ring, the mean of its corners where it has no area. [deg2, deg, deg]"""
    ring: FloatArray = np.array([position[:2] for position in positions], dtype=np.float64)
    start = ring[0]
    x, y = (ring - start).T  # about its start, for degrees to the 1e-7 lose their digits in products
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    area = float(cross.sum()) / 2.0
    if abs(area) < 1e-16:  # noqa: PLR2004 - less than a square centimetre on the ground
        east, north = ring[:-1].mean(axis=0)
        return 0.0, float(east), float(north)
    east = start[0] + float(((x[:-1] + x[1:]) * cross).sum()) / (6.0 * area)
    north = start[1] + float(((y[:-1] + y[1:]) * cross).sum()) / (6.0 * area)
    return abs(area), float(east), float(north)
