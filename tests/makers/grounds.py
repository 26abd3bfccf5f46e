"""Whose ground a shape lies on, by shapely on the outlines themselves: another computation than the index."""

from __future__ import annotations

from functools import cache

import numpy as np
import shapely

from upwind.flights.audit.entries import ENTERED
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.shipped import states

__all__ = ["edges", "met"]


@cache
def _grounds() -> tuple[list[tuple[str, shapely.Polygon]], shapely.STRtree]:
    """Return every ring of states by name, and of areas of special use that ask for leave by "state*id"."""
    outlines = states()
    vertices = np.column_stack((outlines.longitude, outlines.latitude))
    rings = [
        (outlines.names[area], shapely.Polygon(vertices[outlines.start[at] : outlines.start[at + 1]]))
        for at, area in enumerate(outlines.area.tolist())
    ]
    for one in shipped_airspaces():
        if one.kind in ENTERED:
            rings += [(f"{one.state}*{one.id}", shapely.Polygon(ring)) for ring in one.rings]
    return rings, shapely.STRtree([ring for _, ring in rings])


@cache
def _valid(at: int) -> shapely.Geometry:
    return shapely.make_valid(_grounds()[0][at][1])


def met(shape: shapely.Geometry) -> frozenset[str]:
    """Return whose ground a shape meets; what is in an even number of one's rings is outside."""
    rings, tree = _grounds()
    west, south, east, north = shape.bounds
    box = (west - 0.01, south - 0.01, east + 0.01, north + 0.01)
    held: dict[str, shapely.Geometry] = {}
    for at in tree.query(shapely.box(*box)).tolist():
        name, near = rings[at][0], shapely.clip_by_rect(_valid(at), *box)
        held[name] = held[name].symmetric_difference(near) if name in held else near
    return frozenset(name for name, ground in held.items() if ground.intersects(shape))


@cache
def edges(east: float, north: float) -> np.ndarray:
    """Return the vertices of states, and as many of restricted areas, up to so far east or west, north or south."""
    outlines = states()
    places = np.column_stack((outlines.longitude, outlines.latitude))
    areas = np.concatenate([ring for one in shipped_airspaces() if one.kind in ENTERED for ring in one.rings])
    places = np.concatenate([places, np.resize(areas, (len(places) // 3, 2))])
    return places[(np.abs(places[:, 0]) < east) & (np.abs(places[:, 1]) < north)]
