"""Which areas points are in, and how far from an edge; which areas the ways between points touch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from upwind.arrays import FloatArray, IntArray
from upwind.flights.borders.grid import ANCHOR_X, ANCHOR_Y, CELL, COLUMNS, REACH_M, ROWS, UNIT, Grid, areas_in

__all__ = ["Found", "locate_points"]

#: Points that are looked up at once, so that the answer's room stays small.
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Pairs of a point and an area that it is in or near; whatever is not here is outside for certain.

    `point`, `area` (pair,); points ascend. `inside` (pair,) is by the outline alone; `distance` (pair,) is that to
    the area's nearest edge, infinite beyond `REACH_M`. [m]
    """

    point: IntArray
    area: IntArray
    inside: npt.NDArray[np.bool_]
    distance: FloatArray


def locate_points(grid: Grid, longitude: FloatArray, latitude: FloatArray) -> Found:
    """Return the areas that points (point,) [deg] are in, or within `REACH_M` of.

    Parameters
    ----------
    grid
        The index of the areas.
    longitude, latitude
        Of each point, (point,). [deg]
    """
    parts, most = [], areas_in(grid)
    for begin in range(0, max(len(longitude), 1), _BLOCK):
        x, y = longitude[begin : begin + _BLOCK], latitude[begin : begin + _BLOCK]
        room = 2 * len(x) + most
        while True:
            point, area = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
            inside, distance = np.empty(room, dtype=np.bool_), np.empty(room)
            many = _locate(grid, x, y, (point, area, inside, distance), most)
            if many >= 0:
                break
            room *= 4
        parts.append((point[:many] + begin, area[:many], inside[:many], distance[:many]))
    point, area, inside, distance = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Found(point=point, area=area, inside=inside, distance=distance)


_Room = tuple[IntArray, IntArray, npt.NDArray[np.bool_], FloatArray]


@numba.njit(cache=True, nogil=True)
def _locate(grid: Grid, longitude: FloatArray, latitude: FloatArray, room: _Room, most: int) -> int:
    """Write the pairs of all points, and return how many they are; -1 where there is no room for them."""
    point, area, inside, distance = room
    near = (np.empty(most, dtype=np.int64), np.empty(most, dtype=np.bool_), np.empty(most))
    many = 0
    for index in range(len(longitude)):
        at = longitude[index], latitude[index]
        row = min(max(int((at[1] + 90.0) / CELL), 0), ROWS - 1)
        column = min(max(int((at[0] + 180.0) / CELL), 0), COLUMNS - 1)
        code = grid.table[row, column]
        count = grid.set_first[code + 1] - grid.set_first[code] if code >= 0 else _near(grid, at, (row, column), near)
        if many + count > len(point):
            return -1
        for one in range(count):
            point[many] = index
            if code >= 0:
                area[many], inside[many], distance[many] = grid.set_area[grid.set_first[code] + one], True, np.inf
            else:
                area[many], inside[many], distance[many] = near[0][one], near[1][one], near[2][one]
            many += 1
    return many


_Pair = tuple[float, float]
_Near = tuple[IntArray, npt.NDArray[np.bool_], FloatArray]


@numba.njit(cache=True, nogil=True)
def _near(grid: Grid, at: _Pair, place: tuple[int, int], answer: _Near) -> int:
    """Write what a point in a cell with edges is in or near, whether it is in it and how far the edge is; how many."""
    areas, inside, distance = answer
    row, column = place
    cell = -1 - grid.table[row, column]
    code = grid.anchor_set[cell]
    count = 0
    for one in range(grid.set_first[code], grid.set_first[code + 1]):
        areas[count], inside[count], distance[count] = grid.set_area[one], True, np.inf
        count += 1
    anchor = (column + ANCHOR_X) * CELL - 180.0, (row + ANCHOR_Y) * CELL - 90.0
    for listed in range(grid.first[cell], grid.first[cell + 1]):
        edge = grid.listed[listed]
        start, stop = (grid.x0[edge] * UNIT, grid.y0[edge] * UNIT), (grid.x1[edge] * UNIT, grid.y1[edge] * UNIT)
        turns = _crosses(start, stop, at, anchor)
        away = _distance(start, stop, at)
        if not turns and away > REACH_M:
            continue
        one = _place_of(areas, count, grid.area[edge])
        if one == count:
            inside[one], distance[one] = False, np.inf
            count += 1
        inside[one] ^= turns
        if away <= REACH_M:
            distance[one] = min(distance[one], away)
    kept = 0
    for one in range(count):
        if inside[one] or distance[one] <= REACH_M:
            areas[kept], inside[kept], distance[kept] = areas[one], inside[one], distance[one]
            kept += 1
    return kept


@numba.njit(cache=True, nogil=True)
def _place_of(areas: IntArray, count: int, area: int) -> int:
    for one in range(count):
        if areas[one] == area:
            return one
    areas[count] = area
    return count


@numba.njit(cache=True, nogil=True)
def _crosses(start: _Pair, stop: _Pair, at: _Pair, anchor: _Pair) -> bool:
    """Return whether an edge crosses, oddly often, the way from the anchor to a point: by its meridian, then level."""
    (ax, ay), (bx, by), (x, y) = start, stop, at
    odd = False
    if (ay > y) != (by > y):
        level = ax + (y - ay) / (by - ay) * (bx - ax)
        odd ^= (level > x) != (level > anchor[0])
    if (ax > anchor[0]) != (bx > anchor[0]):
        upright = ay + (anchor[0] - ax) / (bx - ax) * (by - ay)
        odd ^= (upright > y) != (upright > anchor[1])
    return odd


@numba.njit(cache=True, nogil=True)
def _distance(start: _Pair, stop: _Pair, at: _Pair) -> float:
    """Return the distance of an edge from a point. [m]"""
    x, y = at
    angle = math.radians(y)
    per_y = 111_132.95 - 559.85 * math.cos(2.0 * angle)
    per_x = 111_412.88 * math.cos(angle) - 93.5 * math.cos(3.0 * angle)
    round_once = 360.0 * math.floor((start[0] - x + 180.0) / 360.0)
    ax, ay = (start[0] - x - round_once) * per_x, (start[1] - y) * per_y
    bx, by = (stop[0] - x - round_once) * per_x, (stop[1] - y) * per_y
    dx, dy = bx - ax, by - ay
    part = min(1.0, max(0.0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
    return math.hypot(ax + part * dx, ay + part * dy)
