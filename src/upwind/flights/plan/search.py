"""The search for the course, the place and the order of lines: cheap estimates of many, a few worked out in full."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.cuts import cuts
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.lanes import laned
from upwind.flights.plan.legs import columns, legs_of, near_of
from upwind.flights.plan.order import improved, time_of
from upwind.flights.plan.rebuild import rebuilt
from upwind.flights.plan.sorties import cut_to_fit, split
from upwind.flights.plan.starts import cells_of, reach_of, starts
from upwind.flights.plan.strips import strips
from upwind.flights.plan.turns import time_between

__all__ = ["best_laid"]

#: Courses tried in equal steps of half a circle, beside those of the outline's sides and the wind.
_COURSES = 60
#: Sides that give a course of their own.
_SIDES = 24
_OFFSETS = (None, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
#: Orders that are descended from, the best of the starts.
_DESCENTS = 3
#: Surveys with lanes that are rebuilt, and how many are left after so many rounds a kick.
_LANED = 12
_ROUNDS = ((4, 1), (2, 4), (1, 12))
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
    rough = sorted(((_estimate(field, course), course) for course in _courses(field)), key=lambda one: one[0])
    chosen: list[float] = []
    for _, course in rough:
        if len(chosen) < courses and all(_apart(course, other) > _SAME for other in chosen):
            chosen.append(course)
    tried = sorted((_laid(field, course, kicks=0, seed=seed) for course in chosen), key=lambda laid: laid.time)
    if not kicks:
        return tried[0]
    best = _laid(field, tried[0].course, kicks, seed)
    if len(best.sorties) == 1:
        return best
    surveys = [
        best,
        *_with_lanes(field, best)[:_LANED],
        *_with_lanes(field, tried[min(1, len(tried) - 1)])[: _LANED // 4],
    ]
    for kept, rounds in _ROUNDS:
        surveys = sorted((_rebuilt(field, one, rounds * kicks, seed) for one in surveys), key=lambda laid: laid.time)[
            :kept
        ]
    return surveys[0]


def _with_lanes(field: Field, laid: Laid) -> list[Laid]:
    """Return the survey with lanes, quickest first, each sortie within its endurance."""
    if field.base is None or len(laid.sorties) == 1:
        return []
    found = laned(field, laid, _turn(field, laid.course) * field.air.speed)
    return [fitted for one in found if (fitted := _cut(field, one)) is not None]


def _cut(field: Field, laid: Laid) -> Laid | None:
    """Return a survey whose sorties are cut where they last too long; None where a line alone does."""
    kept: list[IntArray] = []
    for order, time in zip(laid.sorties, laid.times, strict=True):
        if (
            time > field.endurance
            and max(time_of(laid.legs, order[k : k + 1]) for k in range(len(order))) > field.endurance
        ):
            return None
        places = (
            cuts(columns(laid.legs), order, field.endurance).tolist() if time > field.endurance else [0, len(order)]
        )
        kept += [order[first:last] for first, last in pairwise(places)]
    return replace(laid, sorties=tuple(kept))


def _rebuilt(field: Field, laid: Laid, rounds: int, seed: int) -> Laid:
    sorties = rebuilt(laid.legs, laid.sorties, field.endurance, rounds, np.random.default_rng(seed))
    return replace(laid, sorties=sorties)


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


def _turn(field: Field, course: float) -> float:
    """Return the mean time of the best turns from a line to one a few further on, flown back. [s]"""
    air, spacing = field.air, field.swath.spacing
    there, back = air.heading(np.array([course, course + math.pi]))
    square = np.array([-math.sin(course), math.cos(course)]) * spacing
    times = [
        [
            time_between(np.array([0.0, 0.0, first]), np.array([*(side * step * square), last]), air.row())
            for first, last in ((there, back), (back, there))
            for side in (-1, 1)
        ]
        for step in range(1, reach_of(air.radius, spacing) + 2)
    ]
    return float(np.min(np.sort(np.array(times), axis=0).mean(axis=1)))


def _estimate(field: Field, course: float) -> float:
    """Return about how long lines of a course take. [s]"""
    turn = _turn(field, course)
    lines = strips(field.ground, course, field.swath, turn * field.air.speed)
    speeds = field.air.ground_speed(np.array([course, course + math.pi]))
    length = float(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum())
    time = length * float((1.0 / speeds).mean()) + len(lines) * turn
    if field.base is None:
        return time
    # Each sortie goes out to its lines and back: sideways to the middle of them, and to their nearer ends.
    square = np.array([[math.cos(course), -math.sin(course)], [math.sin(course), math.cos(course)]])
    ends = np.concatenate([lines[:, :2], lines[:, 2:]]) - np.asarray(field.base)
    along, across = np.abs(ends @ square).T
    nearer = np.minimum(*along.reshape(2, -1))
    weight = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    away = float(np.average(np.hypot(nearer, across[: len(lines)]), weights=weight))
    way = 2.0 * away / field.air.speed
    return time + way * max(time / max(field.endurance - way, 1.0), 1.0)


def _placed(field: Field, course: float) -> FloatArray:
    """Return the lines of a course at the offset where they are least to fly."""
    cut = _turn(field, course) * field.air.speed
    options = [strips(field.ground, course, field.swath, cut, offset) for offset in _OFFSETS]
    return min(
        options, key=lambda one: float(np.hypot(one[:, 2] - one[:, 0], one[:, 3] - one[:, 1]).sum()) + cut * len(one)
    )


def _laid(field: Field, course: float, kicks: int, seed: int) -> Laid:
    lines = _placed(field, course)
    if math.isfinite(field.endurance):
        lines = _fitting(field, lines, course)
    legs = legs_of(lines, field.air, field.base)
    reach = reach_of(field.air.radius, field.swath.spacing)
    near = near_of(legs, reach)
    cells = cells_of(lines, course, field.swath.spacing)
    options = sorted(starts(legs, near, cells, reach), key=lambda one: time_of(legs, one))
    draws = np.random.default_rng(seed).random((kicks, 3))
    order = improved(legs, options[:_DESCENTS], near, field.endurance, draws)
    return Laid(course=course, legs=legs, sorties=tuple(split(legs, order, field.endurance, near, draws[: kicks // 8])))


def _fitting(field: Field, lines: FloatArray, course: float) -> FloatArray:
    """Return lines cut so that each fits into a sortie with its transits."""
    slowest = float(field.air.ground_speed(np.array([course, course + math.pi])).min())
    spare = np.full(len(lines), field.endurance)
    if field.base is not None:
        away = np.hypot(lines[:, ::2] - field.base[0], lines[:, 1::2] - field.base[1])
        circle = 2.0 * math.pi * field.air.radius / field.air.speed
        spare = spare - 2.0 * (away.max(axis=1) / (field.air.speed - field.air.wind) + circle)
    return cut_to_fit(lines, slowest, spare)
