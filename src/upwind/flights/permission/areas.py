"""Whether positions lie in an area of a document: polygons with holes, their edges included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from upwind.arrays import BoolArray, FloatArray

__all__ = ["inside"]

#: A position this close to an edge is on it: a tenth of a millimetre, what arithmetic in degrees loses. [deg]
_ON_EDGE = 1e-9


def inside(geometry: Mapping[str, Any], longitude: FloatArray, latitude: FloatArray) -> BoolArray:
    """Return which positions lie in an area or on its edge.

    Edges are straight in longitude and latitude, as RFC 7946 says; 180 and -180 degrees are one meridian. What lies on
    the edge of a hole lies in the area.

    Parameters
    ----------
    geometry
        A GeoJSON Polygon or MultiPolygon, as `readers.geometry.require_area` lets it through.
    longitude, latitude
        Shape (sample,). [deg]

    Returns
    -------
    BoolArray
        Shape (sample,).
    """
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    seam = np.flatnonzero(np.abs(longitude) == 180.0)  # noqa: PLR2004 - the one meridian of two names
    x, y = np.append(longitude, -longitude[seam]), np.append(latitude, latitude[seam])
    order = np.argsort(y, kind="stable")
    found = np.empty(y.shape, dtype=np.bool_)
    found[order] = _inside_any(polygons, x[order], y[order])
    held = found[: longitude.size]
    held[seam] |= found[longitude.size :]
    return held


def _inside_any(polygons: Sequence[Any], longitude: FloatArray, latitude: FloatArray) -> BoolArray:
    """Return which positions lie in any of several polygons; latitude ascends."""
    found = np.zeros(longitude.shape, dtype=np.bool_)
    for rings in polygons:
        within, edge = _of_ring(rings[0], longitude, latitude)
        for hole in rings[1:]:
            in_hole, on_hole = _of_ring(hole, longitude, latitude)
            within &= ~in_hole
            edge |= on_hole
        found |= within | edge
    return found


def _of_ring(ring: Sequence[Any], longitude: FloatArray, latitude: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Return which positions a ring encloses, and which are on it; latitude ascends.

    A ray to the east crosses a ring that encloses its start an odd number of times; a ring's vertex counts for the edge
    below it alone, so that none is counted twice. An edge is asked only of positions of its own latitudes.
    """
    within = np.zeros(longitude.shape, dtype=np.bool_)
    edge = np.zeros(longitude.shape, dtype=np.bool_)
    for (x, y, *_), (x_next, y_next, *_) in pairwise(ring):
        first = int(np.searchsorted(latitude, min(y, y_next) - _ON_EDGE, side="left"))
        last = int(np.searchsorted(latitude, max(y, y_next) + _ON_EDGE, side="right"))
        band = slice(first, last)
        run, rise = float(x_next - x), float(y_next - y)
        east, north = longitude[band] - x, latitude[band] - y
        length = run * run + rise * rise
        along = np.clip((east * run + north * rise) / length, 0.0, 1.0) if length else np.zeros_like(east)
        edge[band] |= np.hypot(east - along * run, north - along * rise) <= _ON_EDGE
        if rise:
            crosses = (latitude[band] < y) != (latitude[band] < y_next)
            within[band] ^= crosses & (east < run * north / rise)
    return within, edge
