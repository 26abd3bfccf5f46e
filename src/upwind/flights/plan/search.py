"""The search for the course, the place and the order of lines: cheap estimates of many, a few worked out in full."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.legs import Legs, legs_of, near_of
from upwind.flights.plan.order import improved, time_of
from upwind.flights.plan.sorties import cut_to_fit, split
from upwind.flights.plan.starts import cells_of, reach_of, starts
from upwind.flights.plan.strips import Swath, strips
from upwind.flights.plan.turns import time_between

__all__ = ["Field", "Laid", "best_laid"]

#: Courses tried in equal steps of half a circle, beside those of the outline's sides and the wind.
_COURSES = 60
#: Sides that give a course of their own.
_SIDES = 24
_OFFSETS = (None, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
#: Orders that are descended from, the best of the starts.
_DESCENTS = 3
#: Courses closer than this are one. [rad]
_SAME = math.radians(4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What is to be covered and how: `base` easting, northing [m] or None; `endurance` of a sortie [s]."""

    ground: Ground
    swath: Swath
    air: Air
    base: tuple[float, float] | None
    endurance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Lines of one course [rad, from east towards north] as legs, and the sorties' orders of them."""

    course: float
    legs: Legs
    sorties: tuple[IntArray, ...]

    @property
    def time(self) -> float:
        """Summed over sorties. [s]"""
        return sum(time_of(self.legs, order) for order in self.sorties)


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
    laid = min((_laid(field, course, kicks=0, seed=seed) for course in chosen), key=lambda laid: laid.time)
    return _laid(field, laid.course, kicks, seed) if kicks else laid


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
