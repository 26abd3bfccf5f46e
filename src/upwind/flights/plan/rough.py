"""How long lines of a course about take: from their lengths, their turns and the way to the nearer of their ends."""

from __future__ import annotations

import math

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.field import Field
from upwind.flights.plan.starts import reach_of
from upwind.flights.plan.strips import strips
from upwind.flights.plan.turns import time_between

__all__ = ["Rough"]

#: A sortie has so much of the endurance for lines at least, however far its way. [s]
_LEAST = 300.0
_DECIMALS = 6


class Rough:
    """Rough times over a field; turns of a course are worked out once."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._turns: dict[float, float] = {}

    def turn(self, course: float) -> float:
        """Return the mean time of the best turns from a line to one a few further on, flown back. [s]"""
        key = round(course % math.pi, _DECIMALS)
        if key not in self._turns:
            self._turns[key] = _turn(self._field, course)
        return self._turns[key]

    def cut(self, course: float) -> float:
        """Return for how long nothing need be seen that a line of a course is broken. [m]"""
        return self.turn(course) * self._field.air.speed

    def lines(self, sides: FloatArray, course: float) -> float:
        """Return about how long lines take that cover what sides (side, 4) enclose. [s]"""
        field = self._field
        lines = strips(sides, course, field.swath, self.cut(course))
        way = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
        time = way * _pace(field, np.array([course])) + self.turn(course)
        if field.base is None:
            return float(time.sum())
        # Each sortie goes out to its lines and back, to the nearer ends of them.
        ends = np.stack([lines[:, :2], lines[:, 2:]]) - np.asarray(field.base)
        away = np.hypot(ends[..., 0], ends[..., 1]) * _pace(field, np.arctan2(ends[..., 1], ends[..., 0]))
        there = 2.0 * away.min(axis=0)
        return float((time * (1.0 + there / np.maximum(field.endurance - there, _LEAST))).sum())


def _pace(field: Field, courses: FloatArray) -> FloatArray:
    """Return what a metre takes, there and back halved. [s/m]"""
    there, back = (field.air.ground_speed(courses + turn) for turn in (0.0, math.pi))
    pace: FloatArray = (1.0 / there + 1.0 / back) / 2.0
    return pace


def _turn(field: Field, course: float) -> float:
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
