"""How much of an area the swaths of lines hold, measured on sections across many levels."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.strips import joined, section, without

__all__ = ["chord", "covered"]

#: Sections a swath's width.
_LEVELS = 12


def covered(ground: Ground, lines: FloatArray, course: float, width: float) -> float:
    """Return the share of an area that swaths about lines hold, 0 to 1.

    Sections of the area are measured at levels a twelfth of a swath apart; within each the measure is exact.

    Parameters
    ----------
    lines
        Shape (line, 4). [m]
    course
        That sections lie along; most lines do. [rad]
    width
        Of a swath. [m]
    """
    turn = np.array([[math.cos(course), -math.sin(course)], [math.sin(course), math.cos(course)]])
    sides = np.hstack([ground.sides[:, :2] @ turn, ground.sides[:, 2:] @ turn])
    flown = np.hstack([lines[:, :2] @ turn, lines[:, 2:] @ turn])
    low, high = float(sides[:, 1].min()), float(sides[:, 1].max())
    count = max(math.ceil((high - low) / width * _LEVELS), 100)
    levels = low + (np.arange(count) + 0.5) / count * (high - low)
    seen, all_of_it = _seen(sides, _corners(flown, width / 2.0), levels)
    return float(seen / all_of_it) if all_of_it > 0.0 else 1.0


def _corners(lines: FloatArray, half: float) -> FloatArray:
    """Return the corners of swaths, shape (line, 4, 2)."""
    first, last = lines[:, :2], lines[:, 2:]
    way = (last - first) / np.maximum(np.hypot(*(last - first).T), 1e-9)[:, None]
    side = half * np.column_stack([-way[:, 1], way[:, 0]])
    corners: FloatArray = np.stack([first - side, last - side, last + side, first + side], axis=1)
    return corners


@njit(cache=True)
def _seen(sides: FloatArray, swaths: FloatArray, levels: FloatArray) -> tuple[float, float]:
    seen = whole = 0.0
    held = np.empty((len(swaths), 2))
    for level in levels:
        count = 0
        for k in range(len(swaths)):
            low, high = chord(swaths[k], level)
            if low < high:
                held[count] = low, high
                count += 1
        ground = section(sides, level)
        missed = without(ground, joined(held[:count], 0.0))
        whole += (ground[:, 1] - ground[:, 0]).sum()
        seen += (ground[:, 1] - ground[:, 0]).sum() - (missed[:, 1] - missed[:, 0]).sum()
    return seen, whole


@njit(cache=True)
def chord(corners: FloatArray, level: float) -> tuple[float, float]:
    """Return from where to where a convex shape, (corner, 2), reaches at a level across; nowhere, from inf to -inf."""
    low, high = np.inf, -np.inf
    for k in range(len(corners)):
        u0, v0 = corners[k]
        u1, v1 = corners[(k + 1) % len(corners)]
        if (v0 <= level) != (v1 <= level):
            at = u0 + (level - v0) / (v1 - v0) * (u1 - u0)
            low, high = min(low, at), max(high, at)
    return low, high
