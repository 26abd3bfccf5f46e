"""Where a flight was in or near areas, at its samples and between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.audit.flown import Flown, in_blocks
from upwind.flights.borders.grid import Grid
from upwind.flights.borders.lookup import Found, locate_points
from upwind.flights.borders.ways import changes, touch, way_points

__all__ = ["ERROR_M", "Places", "places"]

#: Nearer than this to an edge a sample is neither inside nor outside for certain: outlines are simplified to 10 m,
#: positions of aircraft are good to 30 m or so, and a long edge is not straight for everybody. [m]
ERROR_M = 50.0
#: Places that are looked at where a way is found to touch an area.
_PROBES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Places of a flight in or near an area, (place,): a sample, or between `sample` and `following`.

    `part` says how far from the one to the other, 0 at a sample. `inside` is False within error of the edge.
    `disputed`: another area holds the place too. `distance` is that to the area's nearest edge, infinite beyond
    `REACH_M` of the index. [m]
    """

    area: IntArray
    sample: IntArray
    following: IntArray
    part: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    inside: BoolArray
    disputed: BoolArray
    distance: FloatArray


def places(grid: Grid, flown: Flown) -> Places:
    """Return every place of a flight that is in an area, or within `ERROR_M` of one."""
    parts = in_blocks(
        len(flown.time), lambda rows: _at_samples(grid, flown.longitude[rows], flown.latitude[rows], rows.start)
    )
    point, area, inside, disputed, distance = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    at_samples = Places(
        area=area,
        sample=point,
        following=point,
        part=np.zeros(len(point)),
        longitude=flown.longitude[point],
        latitude=flown.latitude[point],
        inside=inside,
        disputed=disputed,
        distance=distance,
    )
    between = _between(grid, flown, at_samples)
    return Places(
        **{name: np.concatenate((getattr(at_samples, name), getattr(between, name))) for name in Places.__slots__}
    )


_Columns = tuple[IntArray, IntArray, BoolArray, BoolArray, FloatArray]


def _at_samples(grid: Grid, longitude: FloatArray, latitude: FloatArray, begin: int) -> _Columns:
    """Return point, area, inside, disputed and distance of the pairs that count."""
    found = locate_points(grid, longitude, latitude)
    counts = found.inside | (found.distance <= ERROR_M)
    disputed = _shared(found)[counts]
    inside = (found.inside & (found.distance > ERROR_M))[counts]
    return found.point[counts] + begin, found.area[counts], inside, disputed, found.distance[counts]


def _shared(found: Found) -> BoolArray:
    """Return for each pair whether its point is inside two areas by their outlines."""
    shared = np.zeros(len(found.point), dtype=np.bool_)
    within = np.flatnonzero(found.inside)
    same = np.diff(found.point[within]) == 0
    shared[within[1:][same]] = True
    shared[within[:-1][same]] = True
    return shared


def _between(grid: Grid, flown: Flown, at_samples: Places) -> Places:
    """Return places on ways that touch an area in which neither end is."""
    ways = flown.ways()

    def ends(rows: slice | IntArray) -> tuple[FloatArray, FloatArray]:
        return flown.longitude[ways[:, rows]], flown.latitude[ways[:, rows]]

    ways = ways[:, np.concatenate(in_blocks(ways.shape[1], lambda rows: changes(grid, *ends(rows))))]
    parts = in_blocks(ways.shape[1], lambda rows: (touch(grid, *ends(rows)), rows.start))
    way = np.concatenate([touched.way + begin for touched, begin in parts])
    area = np.concatenate([touched.area for touched, _ in parts])
    begin = np.concatenate([touched.begin for touched, _ in parts])
    end = np.concatenate([touched.end for touched, _ in parts])
    needed = np.zeros(len(flown.time), dtype=np.bool_)
    needed[ways[:, way]] = True
    held = np.flatnonzero(needed[at_samples.sample] & at_samples.inside)
    many = int(grid.set_area.max(initial=0)) + 1
    known = at_samples.sample[held] * many + at_samples.area[held]
    fresh = ~np.isin(ways[:, way] * many + area, known).any(axis=0)
    way, area, begin, end = way[fresh], area[fresh], begin[fresh], end[fresh]
    part = (begin[:, None] + np.linspace(0.0, 1.0, _PROBES) * (end - begin)[:, None]).ravel()
    way, area = np.repeat(way, _PROBES), np.repeat(area, _PROBES)
    longitude, latitude = way_points(*ends(way), part)
    found = locate_points(grid, longitude, latitude)
    pick = np.flatnonzero((found.area == area[found.point]) & (found.inside | (found.distance <= ERROR_M)))
    probe = found.point[pick]
    return Places(
        area=area[probe],
        sample=ways[0, way[probe]],
        following=ways[1, way[probe]],
        part=part[probe],
        longitude=longitude[probe],
        latitude=latitude[probe],
        inside=found.inside[pick] & (found.distance[pick] > ERROR_M),
        disputed=_shared(found)[pick],
        distance=found.distance[pick],
    )
