"""Which areas the way between two positions touches: a corner may be cut between two samples that are both outside."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
from pyproj import Geod

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.borders.grid import CELL, COLUMNS, ROWS, UNIT, Grid, areas_in

__all__ = ["Touched", "changes", "touch", "way_points"]

#: A way is a geodesic; its pieces, straight in longitude and latitude, stay this near to it. [m]
_SAG_M = 3.0
_LONGEST_M = 100_000.0
_GEOD = Geod(ellps="WGS84")
_RADIUS_M = 6_371_000.0
_FLATTENING = 1 / 298.257223563
#: Ways across more than this, or beyond that latitude, are walked cell by cell in any case. [deg]
_WIDEST, _NORTHMOST = 3.0, 84.0
#: An eighth of a length's square times its curvature is how far it bulges; a tenth of that is to spare.
_EIGHTH = 7.2
#: Pieces that are looked at at once, if most are no shorter than this. [m]
_AT_ONCE, _SHORT_M = 1 << 20, 4_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Pairs of a way and an area that it touches, once each; ways ascend.

    `way`, `area` (pair,); `begin`, `end` (pair,) are the parts of the way, 0 to 1, between which it first and last
    meets the area, where that is told by edges or by cells that lie wholly inside.
    """

    way: IntArray
    area: IntArray
    begin: FloatArray
    end: FloatArray


def touch(grid: Grid, longitude: FloatArray, latitude: FloatArray) -> Touched:
    """Return the areas that ways touch.

    Parameters
    ----------
    grid
        The index of the areas.
    longitude, latitude
        Both ends of each way, (2, way). The way is the geodesic, the short way round. [deg]
    """
    most = areas_in(grid)
    ways = np.flatnonzero(_leaves(grid, longitude, latitude))
    pieces = _length(longitude[:, ways], latitude[:, ways]) / np.minimum(_straight(latitude[:, ways]), _SHORT_M)
    turn = np.cumsum(pieces + 1.0) // _AT_ONCE
    groups = np.split(ways, np.flatnonzero(np.diff(turn)) + 1)
    parts = [_touched(grid, group, (longitude[:, group], latitude[:, group]), most) for group in groups]
    columns = ("way", "area", "begin", "end")
    return Touched(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns})


def _touched(grid: Grid, ways: IntArray, ends: tuple[FloatArray, FloatArray], most: int) -> Touched:
    """Return what some ways touch, whose pieces have room."""
    way, part, x, y = _pieces(ways, *ends)
    room = len(way) * 2 + most
    while True:
        area, piece = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
        begin, end = np.empty(room), np.empty(room)
        many = _touch(grid, x, y, (piece, area, begin, end), most)
        if many >= 0:
            break
        room *= 4
    piece, area = piece[:many], area[:many]
    begin, end = (part[0, piece] + share[:many] * (part[1, piece] - part[0, piece]) for share in (begin, end))
    return _joined(way[piece], area, begin, end)


def way_points(longitude: FloatArray, latitude: FloatArray, part: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the positions [deg] at a part (0 to 1) of each way, whose ends are (2, way).

    Ways up to `_LONGEST_M` follow the great circle of the auxiliary sphere, which lies within a metre of the geodesic
    there; longer ones are the geodesic itself, which takes longer to compute.
    """
    long = _length(longitude, latitude) > _LONGEST_M
    x, y = _on_sphere(longitude, latitude, part)
    if long.any():
        ends = longitude[0, long], latitude[0, long], longitude[1, long], latitude[1, long]
        bearing, _, metres = _GEOD.inv(*ends)
        x[long], y[long], _ = _GEOD.fwd(*ends[:2], bearing, metres * part[long])
    return x, y


def _on_sphere(longitude: FloatArray, latitude: FloatArray, part: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the positions [deg] at a part of each way along the great circle of the auxiliary sphere."""
    angle = np.radians((longitude[1] - longitude[0] + 180.0) % 360.0 - 180.0)
    reduced = np.arctan((1 - _FLATTENING) * np.tan(np.radians(latitude)))
    start = np.array([np.cos(reduced[0]), np.zeros_like(angle), np.sin(reduced[0])])
    stop = np.array([np.cos(reduced[1]) * np.cos(angle), np.cos(reduced[1]) * np.sin(angle), np.sin(reduced[1])])
    apart = np.arctan2(np.linalg.norm(np.cross(start, stop, axis=0), axis=0), np.sum(start * stop, axis=0))
    near = np.sin(apart) < 1e-9  # noqa: PLR2004 - millimetres apart: there the straight line is the way
    sine = np.where(near, 1.0, np.sin(apart))
    first = np.where(near, 1 - part, np.sin((1 - part) * apart) / sine)
    last = np.where(near, part, np.sin(part * apart) / sine)
    x, y, z = first * start + last * stop
    at = np.degrees(np.arctan2(z, np.hypot(x, y) * (1 - _FLATTENING)))
    return (longitude[0] + np.degrees(np.arctan2(y, x)) + 180.0) % 360.0 - 180.0, at


def _length(longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    """Return the length of each way, good to a percent. [m]"""
    y, x = np.radians(latitude), np.radians(longitude)
    half = np.sin((y[1] - y[0]) / 2) ** 2 + np.cos(y[0]) * np.cos(y[1]) * np.sin((x[1] - x[0]) / 2) ** 2
    metres: FloatArray = 2.0 * _RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return metres


def _pieces(
    ways: IntArray, longitude: FloatArray, latitude: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Return of each piece its way, and, with both ends (2, piece), the parts of the way and the positions there.

    The second end's longitude runs on past the antimeridian where the piece does.
    """
    first, part, x, y = _divided(longitude, latitude, np.full(len(ways), _LONGEST_M))
    again, within, x, y = _divided(x, y, _straight(y))
    begin, end = part[:, again]
    x[1] = x[0] + (x[1] - x[0] + 180.0) % 360.0 - 180.0
    return ways[first[again]], begin + within * (end - begin), x, y


def _divided(
    longitude: FloatArray, latitude: FloatArray, most: FloatArray
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Return of each piece its way, its parts of it and its ends; no piece is longer than so much. [m]"""
    pieces = np.maximum(1, np.ceil(_length(longitude, latitude) / most)).astype(np.int64)
    index = np.repeat(np.arange(len(pieces)), pieces)
    number = np.arange(len(index)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    part = np.array([number, number + 1]) / pieces[index]
    x, y = longitude[:, index].copy(), latitude[:, index].copy()
    several = np.flatnonzero(pieces[index] > 1)
    ends = longitude[:, index[several]], latitude[:, index[several]]
    for side in (0, 1):
        x[side, several], y[side, several] = way_points(*ends, part[side, several])
    return index, part, x, y


def _straight(latitude: FloatArray) -> FloatArray:
    """Return how long a way may be that is taken to be straight in longitude and latitude. [m]"""
    steep = np.clip(np.tan(np.abs(np.radians(latitude)).max(axis=0)), 1e-3, 1e4)
    metres: FloatArray = np.sqrt(8.0 * _RADIUS_M * _SAG_M / steep)
    return metres


def _joined(way: IntArray, area: IntArray, begin: FloatArray, end: FloatArray) -> Touched:
    """Return the pieces' answers as one for each way and area."""
    order = np.lexsort((area, way))
    way, area, begin, end = way[order], area[order], begin[order], end[order]
    fresh = np.ones(len(way), dtype=np.bool_)
    fresh[1:] = (np.diff(way) != 0) | (np.diff(area) != 0)
    first = np.flatnonzero(fresh)
    if len(first):
        begin, end = np.minimum.reduceat(begin, first), np.maximum.reduceat(end, first)
    return Touched(way=way[first], area=area[first], begin=begin, end=end)


@numba.njit(cache=True, nogil=True)
def _leaves(grid: Grid, longitude: FloatArray, latitude: FloatArray) -> IntArray:
    """Return 1 for each way that may touch what its ends are not in: it leaves its cell, or the cell has edges."""
    leaves = np.zeros(longitude.shape[1], dtype=np.int64)
    for way in range(longitude.shape[1]):
        column, row = _cell(longitude[0, way], latitude[0, way])
        other_column, other_row = _cell(longitude[1, way], latitude[1, way])
        same = column == other_column and row == other_row
        still = longitude[0, way] == longitude[1, way] and latitude[0, way] == latitude[1, way]
        leaves[way] = not (still or (same and grid.table[row, column] >= 0))
    return leaves


@numba.njit(cache=True, nogil=True)
def changes(grid: Grid, longitude: FloatArray, latitude: FloatArray) -> BoolArray:
    """Return which ways may touch what their ends are not in: not all cells about them hold the same.

    Parameters
    ----------
    grid
        The index of the areas.
    longitude, latitude
        Both ends of each way, (2, way). [deg]
    """
    changed = np.zeros(longitude.shape[1], dtype=np.bool_)
    for way in range(longitude.shape[1]):
        x0, y0, x1, y1 = longitude[0, way], latitude[0, way], longitude[1, way], latitude[1, way]
        changed[way] = not ((x0 == x1 and y0 == y1) or _stays(grid, x0, y0, x1, y1))
    return changed


@numba.njit(cache=True, nogil=True)
def _stays(grid: Grid, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Return whether all cells about a way, no edge in any of them, hold the same areas."""
    (column, row), (last_column, last_row) = _cell(x0, y0), _cell(x1, y1)
    if column != last_column or row != last_row:
        steepest = max(abs(y0), abs(y1)) + _WIDEST
        if steepest > _NORTHMOST or max(abs(x1 - x0), abs(y1 - y0)) > _WIDEST:
            return False
        # The geodesic is so far at most from what is straight in longitude and latitude, north or south, east or west.
        bulge = ((x1 - x0) ** 2 + (y1 - y0) ** 2) * math.radians(math.tan(math.radians(steepest))) / _EIGHTH
        aside = bulge / math.cos(math.radians(steepest))
        column, row = _cell(min(x0, x1) - aside, min(y0, y1) - bulge)
        last_column, last_row = _cell(max(x0, x1) + aside, max(y0, y1) + bulge)
    code = grid.table[row, column]
    for y in range(row, last_row + 1):
        for x in range(column, last_column + 1):
            if grid.table[y, x] != code:
                return False
    return code >= 0 and column <= last_column


@numba.njit(cache=True, nogil=True)
def _cell(longitude: float, latitude: float) -> tuple[int, int]:
    """Return column and row of the cell of a position."""
    column = math.floor((longitude + 180.0) / CELL)
    return column % COLUMNS, min(max(math.floor((latitude + 90.0) / CELL), 0), ROWS - 1)


_Room = tuple[IntArray, IntArray, FloatArray, FloatArray]


@numba.njit(cache=True, nogil=True)
def _touch(grid: Grid, x: FloatArray, y: FloatArray, room: _Room, most: int) -> int:
    """Write piece, area, and the parts of the piece between which it meets the area; -1 where there is no room."""
    pieces, areas, begins, ends = room
    touched = (np.empty(most, dtype=np.int64), np.empty(most), np.empty(most))
    many = 0
    for piece in range(x.shape[1]):
        count = _walk(grid, (x[0, piece], y[0, piece], x[1, piece], y[1, piece]), touched)
        if many + count > len(pieces):
            return -1
        for one in range(count):
            pieces[many], areas[many] = piece, touched[0][one]
            begins[many], ends[many] = touched[1][one], touched[2][one]
            many += 1
    return many


_Line = tuple[float, float, float, float]
_Meets = tuple[IntArray, FloatArray, FloatArray]


@numba.njit(cache=True, nogil=True)
def _walk(grid: Grid, line: _Line, touched: _Meets) -> int:
    """Go from cell to cell along a line, note what it touches, and return how many areas those are.

    So many columns and rows as lie between its ends, and no more: what is rounded cannot keep it from arriving.
    """
    x0, y0, x1, y1 = line
    column, row = math.floor((x0 + 180.0) / CELL), math.floor((y0 + 90.0) / CELL)
    columns, rows = math.floor((x1 + 180.0) / CELL) - column, math.floor((y1 + 90.0) / CELL) - row
    count, part = 0, 0.0
    while True:
        east = ((column + (columns > 0)) * CELL - 180.0 - x0) / (x1 - x0) if columns else 1.0
        north = ((row + (rows > 0)) * CELL - 90.0 - y0) / (y1 - y0) if rows else 1.0
        leaving = min(max(part, min(east, north)), 1.0)
        count = _pass(grid, line, (column, row), (part, leaving), touched, count)
        if not columns and not rows:
            return count
        if columns and (not rows or east <= north):
            step = 1 if columns > 0 else -1
            column, columns = column + step, columns - step
        else:
            step = 1 if rows > 0 else -1
            row, rows = row + step, rows - step
        part = leaving


_Cell = tuple[int, int]
_Stretch = tuple[float, float]


@numba.njit(cache=True, nogil=True)
def _pass(grid: Grid, line: _Line, cell: _Cell, stretch: _Stretch, touched: _Meets, count: int) -> int:
    """Note what a line touches in a cell, in which it is between two parts of its length."""
    x0, y0, x1, y1 = line
    column = cell[0] % COLUMNS
    code = grid.table[min(max(cell[1], 0), ROWS - 1), column]
    if code >= 0:
        for place in range(grid.set_first[code], grid.set_first[code + 1]):
            count = _note(touched, count, grid.set_area[place], stretch[0], stretch[1])
        return count
    shift = (cell[0] - column) * CELL
    return _meet(grid, (x0 - shift, y0, x1 - shift, y1), -1 - code, touched, count)


@numba.njit(cache=True, nogil=True)
def _meet(grid: Grid, line: _Line, cell: int, touched: _Meets, count: int) -> int:
    """Note the areas whose edges in a cell the line crosses."""
    x0, y0, x1, y1 = line
    dx, dy = x1 - x0, y1 - y0
    for place in range(grid.first[cell], grid.first[cell + 1]):
        edge = grid.listed[place]
        ax, ay = grid.x0[edge] * UNIT, grid.y0[edge] * UNIT
        ex, ey = grid.x1[edge] * UNIT - ax, grid.y1[edge] * UNIT - ay
        across = dx * ey - dy * ex
        if across == 0.0:
            continue
        part = ((ax - x0) * ey - (ay - y0) * ex) / across
        along = ((ax - x0) * dy - (ay - y0) * dx) / across
        if 0.0 <= part <= 1.0 and 0.0 <= along <= 1.0:
            count = _note(touched, count, grid.area[edge], part, part)
    return count


@numba.njit(cache=True, nogil=True)
def _note(touched: _Meets, count: int, area: int, begin: float, end: float) -> int:
    """Note that an area is met between two parts of the line, and return how many areas there are now."""
    areas, begins, ends = touched
    for one in range(count):
        if areas[one] == area:
            begins[one], ends[one] = min(begins[one], begin), max(ends[one], end)
            return count
    areas[count], begins[count], ends[count] = area, begin, end
    return count + 1
