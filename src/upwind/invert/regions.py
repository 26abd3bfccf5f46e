"""The smallest region that holds a share of a position's probability, as a GeoJSON geometry."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, cast

import numpy as np
from contourpy import FillType, contour_generator

from upwind.arrays import FloatArray, IntArray
from upwind.geo import Frame

__all__ = ["Density", "density_of", "region"]

_CELLS = 120


class Density:
    """A smoothed density of positions on a grid: `easting` (column,), `northing` (row,) [m], `mass` (row, column)."""

    def __init__(self, easting: FloatArray, northing: FloatArray, mass: FloatArray) -> None:
        self.easting, self.northing, self.mass = easting, northing, mass

    def level(self, share: float) -> float:
        """Return the density above which `share` of the probability lies."""
        ranked = np.sort(self.mass.ravel())[::-1]
        return float(ranked[min(int(np.searchsorted(np.cumsum(ranked), share)), len(ranked) - 1)])


def _axis(values: FloatArray, bandwidth: float) -> FloatArray:
    low, high = np.quantile(values, [0.004, 0.996])
    return np.linspace(low - 4.0 * bandwidth, high + 4.0 * bandwidth, _CELLS)


def _bandwidth(values: FloatArray) -> float:
    """Return Silverman's bandwidth, robust against a second mode. [m]"""
    middle = float(np.subtract(*np.quantile(values, [0.75, 0.25]))) / 1.349
    spread = min(float(values.std()), middle) if middle > 0 else float(values.std())
    silverman: float = 0.9 * spread * len(values) ** (-1.0 / 6.0)
    return max(silverman, 0.02)


def density_of(easting: FloatArray, northing: FloatArray) -> Density:
    """Return the smoothed density of positions (draw,) [m]."""
    widths = _bandwidth(easting), _bandwidth(northing)
    axes = _axis(easting, widths[0]), _axis(northing, widths[1])
    edges = [np.append(a - 0.5 * (a[1] - a[0]), a[-1] + 0.5 * (a[1] - a[0])) for a in axes]
    mass = np.histogram2d(northing, easting, bins=[edges[1], edges[0]])[0]
    for axis, (grid, width) in enumerate([(axes[1], widths[1]), (axes[0], widths[0])]):
        kernel = np.exp(-0.5 * ((grid[:, None] - grid[None, :]) / max(width, 0.6 * (grid[1] - grid[0]))) ** 2)
        kernel /= kernel.sum(axis=0)
        mass = kernel @ mass if axis == 0 else mass @ kernel.T
    return Density(axes[0], axes[1], mass / mass.sum())


def region(density: Density, share: float, frame: Frame) -> dict[str, Any]:
    """Return the smallest region holding `share` of the probability: a Polygon, or a MultiPolygon of its modes."""
    padded = np.pad(density.mass, 1)
    east = _extended(density.easting)
    north = _extended(density.northing)
    generator = contour_generator(x=east, y=north, z=padded, fill_type=FillType.OuterOffset)
    filled = generator.filled(density.level(share), math.inf)
    points, offsets = cast("tuple[list[FloatArray], list[IntArray]]", filled)  # as OuterOffset has it
    polygons = []
    for ring_points, ring_offsets in zip(points, offsets, strict=True):
        rings = []
        for first, last in pairwise(ring_offsets):
            longitude, latitude = frame.to_geographic(ring_points[first:last, 0], ring_points[first:last, 1])
            rings.append([[round(float(x), 7), round(float(y), 7)] for x, y in zip(longitude, latitude, strict=True)])
        polygons.append(rings)
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _extended(axis: FloatArray) -> FloatArray:
    step = axis[1] - axis[0]
    return np.concatenate([[axis[0] - step], axis, [axis[-1] + step]])
