"""The search for the course, the place and the order of lines: cheap estimates of many, a few worked out in full."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.cells import divisions
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.lanes import laned
from upwind.flights.plan.legs import legs_of, near_of
from upwind.flights.plan.order import improved, time_of
from upwind.flights.plan.rough import Rough
from upwind.flights.plan.sorties import cut_to_fit, rebuilt_together, split
from upwind.flights.plan.starts import cells_of, reach_of, starts
from upwind.flights.plan.strips import strips

__all__ = ["best_laid"]

#: Courses tried in equal steps of half a circle, beside those of the outline's sides and the wind.
_COURSES = 60
#: Sides that give a course of their own.
_SIDES = 24
_OFFSETS = (None, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
#: Orders that are descended from, the best of the starts.
_DESCENTS = 3
#: Divisions into cells that are worked out.
_DIVIDED = 6
#: What takes longer than so much of the quickest without lanes is not worked out. [times]
_FAR = 1.03
#: So many surveys are rebuilt, with lines parted by the base and without, and so many of these again; rounds a kick.
_KEPT, _FINAL, _ROUNDS = 3, 2, (5, 15)
#: Lanes are laid so many at once; few at a time for so many surveys alone.
_MANY, _FEW, _TWICE = 4, 2, 2
#: A line is cut beside the base where both parts are longer. [lines' spacings]
_PART = 3.0
#: Courses closer than this are one. [rad]
_SAME = math.radians(4.0)


def best_laid(field: Field, courses: int, kicks: int, seed: int) -> Laid:
    """Return the quickest survey found.

    Parameters
    ----------
    courses
        So many are worked out in full.
    kicks
        The effort on each order of lines.
    """
    rough, sides = Rough(field), field.ground.sides
    ranked = sorted(((rough.lines(sides, course), course) for course in _courses(field)), key=lambda one: one[0])
    chosen: list[float] = []
    for _, course in ranked:
        if len(chosen) < courses and all(_apart(course, other) > _SAME for other in chosen):
            chosen.append(course)
    tried = sorted((_laid(field, rough, [(sides, one)], (0, seed)) for one in chosen), key=lambda laid: laid.time)
    if not kicks:
        return tried[0]
    best = _laid(field, rough, [(sides, tried[0].course)], (kicks, seed))
    cells = [
        _laid(field, rough, [(cell.sides, cell.course) for cell in division], (0, seed))
        for division in divisions(field, rough, tried[0].course)[:_DIVIDED]
    ]
    if len(best.sorties) == 1:
        return min([best, *cells], key=lambda laid: laid.time)
    surveys = [best, *tried[1:], *cells]
    bar = _FAR * min(laid.time for laid in surveys)
    surveys = [laid for laid in surveys if laid.time < bar]
    if field.base is not None:
        surveys = _with_lanes(field, rough, surveys, seed)
    surveys = sorted(surveys, key=lambda laid: laid.time)[:_KEPT]
    if field.base is not None:
        surveys += [_parted(field, one) for one in surveys]
    for rounds in _ROUNDS:
        again = [rebuilt_together(field, one, rounds * kicks, seed) for one in surveys]
        surveys = sorted(again, key=lambda laid: laid.time)[:_FINAL]
    return surveys[0]


def _with_lanes(field: Field, rough: Rough, surveys: list[Laid], seed: int) -> list[Laid]:
    """Return surveys with many lanes at once, and those that are then the quickest with few, too."""
    found = [(laned(field, one, rough.cut(one.course), _MANY, seed), one) for one in surveys]
    quickest = sorted(found, key=lambda pair: pair[0].time)[:_TWICE]
    return [one for one, _ in found] + [laned(field, one, rough.cut(one.course), _FEW, seed) for _, one in quickest]


def _parted(field: Field, laid: Laid) -> Laid:
    """Return a survey with each line cut where it passes the base: sorties may then come and go there."""
    ends = np.hstack([laid.legs.start[::2, :2], laid.legs.end[::2, :2]])
    lines: list[FloatArray] = []
    parts: list[list[int]] = []
    for line in ends:
        way = line[2:] - line[:2]
        long = float(np.hypot(way[0], way[1]))
        at = float((np.asarray(field.base) - line[:2]) @ way) / long**2
        is_cut = _PART * field.swath.spacing / long < at < 1.0 - _PART * field.swath.spacing / long
        middle = line[:2] + at * way
        pieces = [np.hstack([line[:2], middle]), np.hstack([middle, line[2:]])] if is_cut else [line]
        parts.append(list(range(len(lines), len(lines) + len(pieces))))
        lines += pieces
    flown = [
        [2 * part + leg % 2 for leg in order.tolist() for part in parts[leg >> 1][:: 1 - 2 * (leg % 2)]]
        for order in laid.sorties
    ]
    legs = legs_of(np.array(lines), field.air, field.base)
    return replace(laid, legs=legs, sorties=tuple(np.array(order) for order in flown))


def _apart(one: float, other: float) -> float:
    return abs((one - other + math.pi / 2.0) % math.pi - math.pi / 2.0)


def _courses(field: Field) -> FloatArray:
    sides = field.ground.sides
    way = sides[:, 2:] - sides[:, :2]
    longest = np.argsort(-np.hypot(way[:, 0], way[:, 1]), kind="stable")[:_SIDES]
    along = np.arctan2(way[longest, 1], way[longest, 0])
    wind = math.atan2(field.air.north, field.air.east)
    grid = np.arange(_COURSES) * math.pi / _COURSES
    return np.unique(np.round(np.concatenate([along, grid, [wind, wind + math.pi / 2.0]]) % math.pi, 9))


def _placed(field: Field, rough: Rough, sides: FloatArray, course: float) -> FloatArray:
    """Return the lines of a course over what sides enclose, at the offset where they are least to fly."""
    cut = rough.cut(course)
    options = [strips(sides, course, field.swath, cut, offset) for offset in _OFFSETS]
    return min(
        options, key=lambda one: float(np.hypot(one[:, 2] - one[:, 0], one[:, 3] - one[:, 1]).sum()) + cut * len(one)
    )


def _laid(field: Field, rough: Rough, cells: list[tuple[FloatArray, float]], search: tuple[int, int]) -> Laid:
    """Return a survey of cells, sides and course each, by so many kicks from a seed."""
    kicks, seed = search
    parts: list[FloatArray] = []
    runs: list[IntArray] = []
    for sides, course in cells:
        lines = _placed(field, rough, sides, course)
        if math.isfinite(field.endurance):
            lines = _fitting(field, lines, course)
        runs += [run + sum(map(len, parts)) for run in cells_of(lines, course, field.swath.spacing)]
        parts.append(lines)
    legs = legs_of(np.concatenate(parts), field.air, field.base)
    reach = reach_of(field.air.radius, field.swath.spacing)
    near = near_of(legs, reach)
    options = sorted(starts(legs, near, runs, reach), key=lambda one: time_of(legs, one))
    draws = np.random.default_rng(seed).random((kicks, 3))
    order = improved(legs, options[:_DESCENTS], near, field.endurance, draws)
    sorties = tuple(split(legs, order, field.endurance, near, draws[: kicks // 8]))
    return Laid(course=cells[int(np.argmax([len(part) for part in parts]))][1], legs=legs, sorties=sorties)


def _fitting(field: Field, lines: FloatArray, course: float) -> FloatArray:
    """Return lines cut so that each fits into a sortie with its transits."""
    slowest = float(field.air.ground_speed(np.array([course, course + math.pi])).min())
    spare = np.full(len(lines), field.endurance)
    if field.base is not None:
        away = np.hypot(lines[:, ::2] - field.base[0], lines[:, 1::2] - field.base[1])
        circle = 2.0 * math.pi * field.air.radius / field.air.speed
        spare = spare - 2.0 * (away.max(axis=1) / (field.air.speed - field.air.wind) + circle)
    return cut_to_fit(lines, slowest, spare)
