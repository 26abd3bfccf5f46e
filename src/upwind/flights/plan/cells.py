"""Cells: an area divided by straight cuts, each cell with lines of a course of its own.

A concave area seldom has one course that suits all of it. Cuts go through corners that point inward, along their sides
or from one to another, and through the base, so that lines end where sorties come from. The cut that by rough times
saves most is taken and moved to where it saves most, then the next one, until none saves anything: Choset's cells
(2001, unverified) with a price on each.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numba import njit

from upwind.arrays import FloatArray
from upwind.flights.plan.field import Field
from upwind.flights.plan.rough import Rough
from upwind.flights.plan.sections import turned
from upwind.flights.plan.strips import section

__all__ = ["Cell", "clipped", "divisions"]

#: A corner points inward when the outline turns right there by more. [rad]
_INWARD = 0.05
#: Most inward corners that cuts go through, those that turn most.
_CORNERS = 10
#: Sides straight on a map bow by less than this: on this side or that of one a cut leaves no sliver of it. [m]
_CLEAR = 2.0
#: A place so near to a cut lies on it. [m]
_ON = 1e-3
#: No cell is smaller than a square of so many lines.
_LEAST_LINES = 6.0
_MOST_CELLS = 6
#: How far a cut may be moved, in lines' spacings.
_MOVES = np.setdiff1d(np.arange(-6, 7), [0]) / 3.0
#: What is saved is at least this share of the whole.
_GAIN = 5e-4
#: Divisions whose times differ by less are one. [s]
_SAME_S = 1.0
#: So many first cuts are followed up, and so many cuts moved.
_FIRST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What `sides` (side, 4) enclose to their left [m], the `course` of its lines [rad], and the time of these [s]."""

    sides: FloatArray
    course: float
    time: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """A straight cut: its direction [rad], and where it lies to the left of that. [m]"""

    direction: float
    level: float


_Division = tuple[Cell, ...]


def divisions(field: Field, rough: Rough, course: float) -> list[_Division]:
    """Return divisions of the area that by rough times are quicker than all of it on one course, quickest first."""
    sides = field.ground.sides
    whole = (Cell(sides=sides, course=course, time=rough.lines(sides, course)),)
    cuts = list(_cuts(field, course))
    found: list[_Division] = []
    for first in _better(field, rough, whole, cuts)[:_FIRST]:
        division = first
        found.append(division)
        while len(division) < _MOST_CELLS:
            nexts = _better(field, rough, division, cuts)[:1]
            if not nexts:
                break
            division = nexts[0]
            found.append(division)
    return _distinct(found)


def _distinct(found: list[_Division]) -> list[_Division]:
    """Return divisions in order of their times, those as quick as another left out."""
    kept: list[_Division] = []
    for one in sorted(found, key=_time):
        if not kept or _time(one) - _time(kept[-1]) > _SAME_S:
            kept.append(one)
    return kept


def _time(division: _Division) -> float:
    return sum(cell.time for cell in division)


def _cuts(field: Field, course: float) -> Iterator[_Cut]:
    """Yield cuts through inward corners along their sides and from one to another, and through the base."""
    corners, ways = _corners(field)
    for corner, both in zip(corners, ways, strict=True):
        for way in both:
            yield from _beside(math.atan2(way[1], way[0]), corner)
    for one, other in combinations(corners, 2):
        yield from _beside(math.atan2(other[1] - one[1], other[0] - one[0]), one)
    if field.base is not None:
        wind = math.atan2(field.air.north, field.air.east)
        for direction in (course, course + math.pi / 2.0, wind, wind + math.pi / 2.0):
            yield _through(direction, np.asarray(field.base))


def _beside(direction: float, place: FloatArray) -> Iterator[_Cut]:
    through = _through(direction, place)
    for clear in (-_CLEAR, _CLEAR):
        yield _Cut(direction=direction, level=through.level + clear)


def _through(direction: float, place: FloatArray) -> _Cut:
    return _Cut(direction=direction, level=float(place[1] * math.cos(direction) - place[0] * math.sin(direction)))


def _corners(field: Field) -> tuple[FloatArray, FloatArray]:
    """Return the corners that point inward most, (corner, 2), and the ways of their two sides, (corner, 2, 2)."""
    places, ways, turns = [], [], []
    for ring in field.ground.rings:
        before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        turns.append(np.arctan2(cross, (before * after).sum(axis=1)))
        places.append(ring)
        ways.append(np.stack([before, after], axis=1))
    turn, place, way = np.concatenate(turns), np.concatenate(places), np.concatenate(ways)
    most = np.argsort(turn, kind="stable")[:_CORNERS]
    most = most[turn[most] < -_INWARD]
    return place[most], way[most]


def _better(field: Field, rough: Rough, division: _Division, cuts: list[_Cut]) -> list[_Division]:
    """Return divisions with one more cut that saves something, each cut moved to where it saves most; best first."""
    now = _time(division)
    tried = [
        (one, at, cut)
        for at in range(len(division))
        for cut in cuts
        if (one := _with(field, rough, division, at, cut)) is not None
    ]
    found = []
    for one, at, cut in sorted(tried, key=lambda found: _time(found[0]))[: 2 * _FIRST]:
        moves = [_Cut(direction=cut.direction, level=cut.level + move * field.swath.spacing) for move in _MOVES]
        moved = [other for move in moves if (other := _with(field, rough, division, at, move)) is not None]
        found.append(min([one, *moved], key=_time))
    return _distinct([one for one in found if _time(one) < now * (1.0 - _GAIN)])


def _with(field: Field, rough: Rough, division: _Division, at: int, cut: _Cut) -> _Division | None:
    """Return a division with one of its cells cut; None where a part were too small."""
    cell = division[at]
    parts = [clipped(cell.sides, cut.direction, cut.level, side) for side in (1.0, -1.0)]
    if min(map(_size, parts)) < (_LEAST_LINES * field.swath.spacing) ** 2:
        return None
    cells = [_best(field, rough, part, (cell.course, cut.direction)) for part in parts]
    return (*division[:at], *cells, *division[at + 1 :])


def _best(field: Field, rough: Rough, sides: FloatArray, courses: tuple[float, float]) -> Cell:
    """Return a cell on the quickest of some courses: given ones, that across the wind, that of its longest side."""
    way = sides[:, 2:] - sides[:, :2]
    longest = way[np.argmax(np.hypot(way[:, 0], way[:, 1]))]
    own, cut = courses
    across = math.atan2(field.air.north, field.air.east) + math.pi / 2.0
    tried = [own, cut, cut + math.pi / 2.0, across, math.atan2(longest[1], longest[0])]
    times = {course: rough.lines(sides, course) for course in dict.fromkeys(round(one % math.pi, 4) for one in tried)}
    course = min(times, key=lambda one: times[one])
    return Cell(sides=sides, course=course, time=times[course])


def _size(sides: FloatArray) -> float:
    return float((sides[:, 0] * sides[:, 3] - sides[:, 2] * sides[:, 1]).sum()) / 2.0


@njit(cache=True)
def clipped(sides: FloatArray, direction: float, level: float, side: float) -> FloatArray:
    """Return the sides of the part of an area to the left of a cut (`side` 1) or to its right (-1).

    Parameters
    ----------
    sides
        Shape (side, 4), the area to their left. [m]
    direction, level
        Of the cut, and how far it lies to the left of the origin. [rad, m]
    """
    flat = turned(sides, direction)
    for k in range(len(flat)):
        for end in (1, 3):
            if abs(flat[k, end] - level) < _ON:
                flat[k, end] = level
    cut = section(flat, level)
    out = np.empty((len(flat) + len(cut), 4))
    count = 0
    for u0, v0, u1, v1 in flat:
        first, last = side * (v0 - level), side * (v1 - level)
        if first <= 0.0 and last <= 0.0:
            continue
        at = u0 + first / (first - last) * (u1 - u0) if first * last < 0.0 else 0.0
        out[count, 0], out[count, 1] = (at, level) if first < 0.0 else (u0, v0)
        out[count, 2], out[count, 3] = (at, level) if last < 0.0 else (u1, v1)
        count += 1
    for begin, end in cut:
        out[count, 0], out[count, 2] = (begin, end) if side > 0.0 else (end, begin)
        out[count, 1] = out[count, 3] = level
        count += 1
    return turned(out[:count], -direction)
