"""How much of an area the swaths of parallel lines hold, measured on sections across many levels."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.strips import joined, section, without

__all__ = ["covered"]

#: Sections a swath's width.
_LEVELS = 12


def covered(ground: Ground, lines: FloatArray, course: float, width: float) -> float:
    """Return the share of an area that swaths about lines of one course hold, 0 to 1.

    Sections of the area are measured at levels an odd twelfth of a swath apart; within each the measure is exact.

    Parameters
    ----------
    lines
        Shape (line, 4). [m]
    course
        Of all lines, to within rounding. [rad]
    width
        Of a swath. [m]
    """
    turn = np.array([[math.cos(course), -math.sin(course)], [math.sin(course), math.cos(course)]])
    sides = np.hstack([ground.sides[:, :2] @ turn, ground.sides[:, 2:] @ turn])
    ends = np.hstack([lines[:, :2] @ turn, lines[:, 2:] @ turn])
    flown = np.column_stack([ends[:, [0, 2]].min(axis=1), ends[:, [0, 2]].max(axis=1), ends[:, [1, 3]].mean(axis=1)])
    low, high = float(sides[:, 1].min()), float(sides[:, 1].max())
    count = max(math.ceil((high - low) / width * _LEVELS), 100)
    levels = low + (np.arange(count) + 0.5) / count * (high - low)
    seen, all_of_it = _seen(sides, flown, levels, width / 2.0)
    return float(seen / all_of_it) if all_of_it > 0.0 else 1.0


@njit(cache=True)
def _seen(sides: FloatArray, flown: FloatArray, levels: FloatArray, half: float) -> tuple[float, float]:
    seen = whole = 0.0
    for level in levels:
        ground = section(sides, level)
        near = joined(flown[np.abs(flown[:, 2] - level) <= half][:, :2], 0.0)
        missed = without(ground, near)
        held = (ground[:, 1] - ground[:, 0]).sum()
        whole += held
        seen += held - (missed[:, 1] - missed[:, 0]).sum()
    return seen, whole
