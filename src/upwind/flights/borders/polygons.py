"""Outlines of named areas, as columns that an index can be built on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from upwind.arrays import FloatArray
from upwind.records import Airspace

__all__ = ["Polygons", "polygons_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygons:
    """Outlines of named areas as closed rings; a point is in an area where it is inside an odd number of its rings.

    Edges are straight in longitude and latitude, as GeoJSON's are (RFC 7946, section 3.1.1).

    Attributes
    ----------
    names
        One an area, such as ISO A3 codes.
    area
        Shape (ring,). Which name each ring belongs to.
    start
        Shape (ring + 1,). Where each ring's vertices begin; the last one is the number of vertices.
    longitude
        Shape (vertex,). A ring's last vertex is not its first one again; a ring across the antimeridian goes on past
        180. [deg]
    latitude
        Shape (vertex,). [deg]
    """

    names: tuple[str, ...]
    area: npt.NDArray[np.int32]
    start: npt.NDArray[np.int64]
    longitude: FloatArray
    latitude: FloatArray


def polygons_of(airspaces: Iterable[Airspace]) -> Polygons:
    """Return the outlines of airspaces, an area each, in their order and under their ids."""
    every = tuple(airspaces)
    rings = [_opened(ring) for airspace in every for ring in airspace.rings]
    vertices = np.concatenate(rings) if rings else np.empty((0, 2))
    return Polygons(
        names=tuple(airspace.id for airspace in every),
        area=np.repeat(np.arange(len(every), dtype=np.int32), [len(airspace.rings) for airspace in every]),
        start=np.cumsum([0, *map(len, rings)], dtype=np.int64),
        longitude=np.ascontiguousarray(vertices[:, 0]),
        latitude=np.ascontiguousarray(vertices[:, 1]),
    )


def _opened(ring: FloatArray) -> FloatArray:
    """Return a ring without its first vertex again at its end."""
    return ring[:-1] if len(ring) > 1 and bool((ring[0] == ring[-1]).all()) else ring
