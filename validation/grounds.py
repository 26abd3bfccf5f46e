"""Whose ground a shape lies on, by shapely on the outlines themselves: another computation than the index."""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely

from upwind.arrays import FloatArray
from upwind.flights.audit.entries import ENTERED
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.shipped import states

__all__ = ["edges", "met"]


@cache
def _grounds(high_m: float) -> tuple[list[tuple[str, shapely.Polygon]], shapely.STRtree]:
    """Return every ring of states by name, and of areas of special use that ask for leave by "state*id".

    Of these only those from the ground up beyond a height, unless it is infinite. [m]
    """
    outlines = states()
    vertices = np.column_stack((outlines.longitude, outlines.latitude))
    rings = [
        (outlines.names[area], shapely.Polygon(vertices[outlines.start[at] : outlines.start[at + 1]]))
        for at, area in enumerate(outlines.area.tolist())
    ]
    for one in shipped_airspaces():
        if one.kind in ENTERED and (np.isinf(high_m) or (one.floor.metres <= 0.0 and one.ceiling.metres > high_m)):
            rings += [(f"{one.state}*{one.id}", shapely.Polygon(ring)) for ring in one.rings]
    return rings, shapely.STRtree([ring for _, ring in rings])


@cache
def _valid(at: int, high_m: float) -> shapely.Geometry:
    return shapely.make_valid(_grounds(high_m)[0][at][1])


def met(shape: shapely.Geometry, high_m: float = np.inf) -> frozenset[str]:
    """Return whose ground a shape meets; what is in an even number of one's rings is outside.

    Areas of special use count whatever their heights, or if they reach from the ground up beyond `high_m`. [m]
    """
    rings, tree = _grounds(high_m)
    west, south, east, north = shape.bounds
    box = (west - 0.01, south - 0.01, east + 0.01, north + 0.01)
    held: dict[str, shapely.Geometry] = {}
    for at in tree.query(shapely.box(*box)).tolist():
        name, near = rings[at][0], shapely.clip_by_rect(_valid(at, high_m), *box)
        held[name] = held[name].symmetric_difference(near) if name in held else near
    return frozenset(name for name, ground in held.items() if ground.intersects(shape))


@cache
def edges(east: float, north: float) -> FloatArray:
    """Return the vertices of states, and as many of restricted areas, up to so far east or west, north or south."""
    outlines = states()
    places = np.column_stack((outlines.longitude, outlines.latitude))
    areas = np.concatenate([ring for one in shipped_airspaces() if one.kind in ENTERED for ring in one.rings])
    places = np.concatenate([places, np.resize(areas, (len(places) // 3, 2))])
    near: FloatArray = places[(np.abs(places[:, 0]) < east) & (np.abs(places[:, 1]) < north)]
    return near
