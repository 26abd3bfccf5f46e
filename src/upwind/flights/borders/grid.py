"""An index of areas on a grid of cells: what is inside a cell without edges is known before anybody asks.

Cells of `CELL` degrees cover the globe. A cell that no edge comes near has one set of areas for all of its points. In
the others the set is known at one point, the anchor; a point's set follows from the edges that the way from the anchor
to it crosses. Coordinates are whole numbers of 1e-7 degrees, so that nothing is rounded after the index is made.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from upwind.arrays import FloatArray, IntArray
from upwind.flights.borders.polygons import Polygons

__all__ = ["ANCHOR_X", "ANCHOR_Y", "CELL", "COLUMNS", "REACH_M", "ROWS", "UNIT", "Grid", "areas_in", "build"]

Int32Array = npt.NDArray[np.int32]

#: Degrees that one unit of the coordinates is.
UNIT = 1e-7
#: Width and height of a cell [deg], and how many there are.
CELL = 0.1
COLUMNS, ROWS = 3600, 1800
#: A cell's anchor lies so much of the cell east and north of its south-western corner. Roots of no common measure, as
#: an edge must not pass through it, and between round coordinates edges pass through all that is rational.
ANCHOR_X, ANCHOR_Y = math.sqrt(0.2373), math.sqrt(0.2903)
#: Edges within this of a cell are listed with it, so that distances up to this are true. [m]
REACH_M = 120.0
#: The least that a degree of latitude, and one of longitude at the equator, are on WGS84. [m]
_METRES = 110_570.0
_TURN = 3_600_000_000
#: The source's cut along the antimeridian wanders by a unit, off Antarctica by 4 m: what is this near to it lies on it.
#: [1e-7 deg]
_SEAM = 400
#: Edges are cut here, beyond all places that are asked for; what lies farther out is drawn in to it. [1e-7 deg]
_FARTHEST = 2_000_000_000


class Grid(NamedTuple):
    """The index. `n` areas, `k` cells with edges, `e` edges.

    Attributes
    ----------
    table
        (ROWS, COLUMNS), from the south-west: the number of the set that fills the cell, or -1 - (cell with edges).
    anchor_set
        The set at the anchor of each cell with edges, (k,).
    first, listed
        The edges of cell with edges c are `listed[first[c] : first[c + 1]]`.
    x0, y0, x1, y1
        Ends of the edges, (e,). [1e-7 deg]
    area
        Which area each edge bounds, (e,).
    set_first, set_area
        The areas of set s are `set_area[set_first[s] : set_first[s + 1]]`; set 0 is empty.
    """

    table: Int32Array
    anchor_set: Int32Array
    first: IntArray
    listed: Int32Array
    x0: Int32Array
    y0: Int32Array
    x1: Int32Array
    y1: Int32Array
    area: Int32Array
    set_first: IntArray
    set_area: Int32Array


def build(polygons: Polygons) -> Grid:
    """Return the index of some areas."""
    edges = _edges(polygons)
    cells, first, listed = _lists(edges)
    table, sets = _sets(edges)
    anchor_set = table.ravel()[cells].copy()
    table.ravel()[cells] = -1 - np.arange(len(cells), dtype=np.int32)
    lengths = np.array([len(areas) for areas in sets], dtype=np.int64)
    return Grid(
        table,
        anchor_set,
        first,
        listed,
        *edges,
        np.concatenate(([0], np.cumsum(lengths))),
        np.array([area for areas in sets for area in areas], dtype=np.int32),
    )


def areas_in(grid: Grid) -> int:
    """Return the greatest number of areas that anything can be in or near."""
    return int(max(grid.area.max(initial=-1), grid.set_area.max(initial=-1))) + 1


_Edges = tuple[Int32Array, Int32Array, Int32Array, Int32Array, Int32Array]


def _edges(polygons: Polygons) -> _Edges:
    """Return both ends and the area of every edge; a ring that runs on past the antimeridian is there on both sides."""
    x = np.rint(polygons.longitude / UNIT).astype(np.int64)
    y = np.rint(polygons.latitude / UNIT).astype(np.int64)
    following = np.arange(1, len(x) + 1)
    following[polygons.start[1:] - 1] = polygons.start[:-1]
    owner = np.repeat(polygons.area, np.diff(polygons.start))
    beyond = np.zeros(len(polygons.area), dtype=np.int64)
    if len(x):
        beyond -= np.maximum.reduceat(x, polygons.start[:-1]) > _TURN // 2
        beyond += np.minimum.reduceat(x, polygons.start[:-1]) < -_TURN // 2
    shift = np.repeat(beyond, np.diff(polygons.start)) * _TURN
    again = np.flatnonzero(shift)
    ends = (x, y, x[following], y[following], owner)
    moved = (shift, 0, shift, 0, 0)
    both = [
        np.concatenate((end, (end + by)[again] if isinstance(by, np.ndarray) else end[again]))
        for end, by in zip(ends, moved, strict=True)
    ]
    real = (both[0] != both[2]) | (both[1] != both[3])
    x0, y0, x1, y1, area = (end[real] for end in both)
    for limit in (-_FARTHEST, _FARTHEST):
        x0, y0, x1, y1, area = _cut(limit, x0, y0, x1, y1, area)
    x0, x1 = np.clip(x0, -_FARTHEST, _FARTHEST), np.clip(x1, -_FARTHEST, _FARTHEST)
    return x0.astype(np.int32), y0.astype(np.int32), x1.astype(np.int32), y1.astype(np.int32), area.astype(np.int32)


def _cut(limit: int, x0: IntArray, y0: IntArray, x1: IntArray, y1: IntArray, area: IntArray) -> tuple[IntArray, ...]:
    """Return the edges, those that cross a meridian as two."""
    across = np.flatnonzero((x0 < limit) != (x1 < limit))
    part = (limit - x0[across]) / (x1[across] - x0[across])
    at = np.rint(y0[across] + part * (y1[across] - y0[across])).astype(np.int64)
    here = np.full(len(across), limit)
    rest = (here, at, x1[across], y1[across], area[across])
    x1, y1 = x1.copy(), y1.copy()
    x1[across], y1[across] = here, at
    return tuple(np.concatenate(ends) for ends in zip((x0, y0, x1, y1, area), rest, strict=True))


def _lists(edges: _Edges) -> tuple[IntArray, IntArray, Int32Array]:
    """Return the cells that edges come near, and the edges of each: where `listed` begins for it."""
    x0, y0, x1, y1, _ = edges
    half, pole = _TURN // 2, _TURN // 4
    # Where areas are cut along the antimeridian or at the pole, nothing ends.
    far = half - _SEAM
    seam = (np.abs(x0) >= far) & (np.abs(x1) >= far) & (np.abs(x0) <= half + _SEAM) & ((x0 < 0) == (x1 < 0))
    seam |= (np.abs(y0) == pole) & (y0 == y1)
    borders = np.flatnonzero(~seam)
    pairs = np.empty((_visit(x0, y0, x1, y1, borders, np.empty((0, 2), dtype=np.int64)), 2), dtype=np.int64)
    _visit(x0, y0, x1, y1, borders, pairs)
    order = np.argsort(pairs[:, 0], kind="stable")
    cells, first = np.unique(pairs[order, 0], return_index=True)
    return cells, np.append(first, len(order)), pairs[order, 1].astype(np.int32)


@numba.njit(cache=True, nogil=True)
def _visit(x0: Int32Array, y0: Int32Array, x1: Int32Array, y1: Int32Array, borders: IntArray, pairs: IntArray) -> int:
    """Return how many pairs of a cell and an edge near it there are; write them where `pairs` has room."""
    many = 0
    reach = REACH_M / _METRES
    for edge in borders:
        ay, by = y0[edge] * UNIT, y1[edge] * UNIT
        first = max(0, int((min(ay, by) - reach + 90.0) / CELL))
        last = min(ROWS - 1, int((max(ay, by) + reach + 90.0) / CELL))
        for row in range(first, last + 1):
            left, right = _columns((x0[edge] * UNIT, ay), (x1[edge] * UNIT, by), row, reach)
            room = max(0, min(len(pairs) - many, right + 1 - left))
            for place in range(room):
                pairs[many + place, 0] = row * COLUMNS + (left + place) % COLUMNS
                pairs[many + place, 1] = edge
            many += right + 1 - left
    return many


@numba.njit(cache=True, nogil=True)
def _columns(start: tuple[float, float], stop: tuple[float, float], row: int, reach: float) -> tuple[int, int]:
    """Return the first and the last column of a row's cells that an edge comes within reach [deg of latitude] of."""
    low, high = row * CELL - 90.0 - reach, (row + 1) * CELL - 90.0 + reach
    west, east = _span(start, stop, low, high)
    widest = math.cos(math.radians(min(89.99, max(abs(low), abs(high)))))
    left = math.floor((west - reach / widest + 180.0) / CELL)
    return left, min(math.floor((east + reach / widest + 180.0) / CELL), left + COLUMNS - 1)


@numba.njit(cache=True, nogil=True)
def _span(start: tuple[float, float], stop: tuple[float, float], low: float, high: float) -> tuple[float, float]:
    """Return the least and greatest longitude of the part of an edge between two latitudes."""
    (ax, ay), (bx, by) = start, stop
    if ay == by:
        return min(ax, bx), max(ax, bx)
    slope = (bx - ax) / (by - ay)
    one = ax + slope * (min(max(low, min(ay, by)), max(ay, by)) - ay)
    other = ax + slope * (min(max(high, min(ay, by)), max(ay, by)) - ay)
    return min(one, other), max(one, other)


def _sets(edges: _Edges) -> tuple[Int32Array, list[tuple[int, ...]]]:
    """Return which set is at the anchor of each cell, and the sets: each row is walked from west to east."""
    rows, x, areas = _crossings(*edges)
    order = np.lexsort((x, rows))
    column = np.clip(np.ceil((x[order] + 180.0) / CELL - ANCHOR_X), 0, COLUMNS).astype(np.int64)
    table = np.zeros((ROWS, COLUMNS), dtype=np.int32)
    numbers: dict[tuple[int, ...], int] = {(): 0}
    here: tuple[int, ...] = ()
    last, since = -1, 0
    for row, at, area in zip(rows[order].tolist(), column.tolist(), areas[order].tolist(), strict=True):
        if row != last:
            here, since = (), 0
        elif at > since:
            table[row, since:at] = numbers[here]
        last, since = row, at
        here = tuple(sorted(set(here) ^ {area}))
        numbers.setdefault(here, len(numbers))
    return table, list(numbers)


def _crossings(
    x0: Int32Array, y0: Int32Array, x1: Int32Array, y1: Int32Array, area: Int32Array
) -> tuple[IntArray, FloatArray, Int32Array]:
    """Return row, longitude [deg] and area of every place where an edge crosses a row's anchors."""
    below = [np.ceil((end * UNIT + 90.0) / CELL - ANCHOR_Y).astype(np.int64) for end in (y0, y1)]
    low, high = np.clip(np.minimum(*below), 0, ROWS), np.clip(np.maximum(*below), 0, ROWS)
    edge = np.repeat(np.arange(len(x0)), high - low)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    row = low[edge] + within
    latitude = (row + ANCHOR_Y) * CELL - 90.0
    part = (latitude - y0[edge] * UNIT) / ((y1[edge].astype(np.int64) - y0[edge]) * UNIT)
    return row, x0[edge] * UNIT + part * ((x1[edge].astype(np.int64) - x0[edge]) * UNIT), area[edge]
