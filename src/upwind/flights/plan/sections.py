"""Sections of an area across a direction: how much of it lies before a level, and how far it reaches across."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray

__all__ = ["farthest", "turned", "widest"]

#: Levels that an area is cut at, and how many of the slabs between them are taken together.
_LEVELS = 96
_TOGETHER = np.array([1, 2, 4, 8, 16, 32, 96])


@njit(cache=True)
def turned(sides: FloatArray, direction: float) -> FloatArray:
    """Return sides (side, 4) in coordinates along and to the left of a direction. [m]"""
    cosine, sine = math.cos(direction), math.sin(direction)
    out = np.empty_like(sides)
    for k in range(len(sides)):
        for end in (0, 2):
            x, y = sides[k, end], sides[k, end + 1]
            out[k, end], out[k, end + 1] = x * cosine + y * sine, y * cosine - x * sine
    return out


@njit(cache=True)
def _before(sides: FloatArray, level: float) -> float:
    """Return the area before a level along: the integral of min(along, level) round the outline. [m2]"""
    total = 0.0
    for k in range(len(sides)):
        low, high = min(sides[k, 0], sides[k, 2]), max(sides[k, 0], sides[k, 2])
        rise = sides[k, 3] - sides[k, 1]
        if level >= high:
            total += rise * (low + high) / 2.0
        elif level <= low:
            total += rise * level
        else:
            mean = ((level - low) * (low + level) / 2.0 + (high - level) * level) / (high - low)
            total += rise * mean
    return total


@njit(cache=True)
def _outline(sides: FloatArray, first: float, last: float) -> float:
    """Return half of what the outline measures along, between two levels. [m]"""
    total = 0.0
    for k in range(len(sides)):
        low, high = min(sides[k, 0], sides[k, 2]), max(sides[k, 0], sides[k, 2])
        total += max(min(high, last) - max(low, first), 0.0)
    return total / 2.0


@njit(cache=True)
def widest(sides: FloatArray, rim: float, loose: float, tilt: float) -> float:
    """Return no more than the mean reach across of the widest slab, less a rim for each piece. [m]

    It holds for all directions that differ so little that no place moves along by more than `loose`.

    Parameters
    ----------
    sides
        As `turned` gives them.
    rim
        What each piece of a section across loses. [m]
    loose
        [m]
    tilt
        How much directions differ, for what the outline measures along. [rad]
    """
    first, last = min(sides[:, 0].min(), sides[:, 2].min()), max(sides[:, 0].max(), sides[:, 2].max())
    step = (last - first) / _LEVELS
    around = 0.0
    for k in range(len(sides)):
        around += math.hypot(sides[k, 2] - sides[k, 0], sides[k, 3] - sides[k, 1])
    best = 0.0
    from_level = np.array([_before(sides, first + k * step + loose) for k in range(_LEVELS)])
    to_level = np.array([_before(sides, first + (k + 1) * step - loose) for k in range(_LEVELS)])
    for together in _TOGETHER:
        for k in range(_LEVELS - together + 1):
            low, high = first + k * step, first + (k + together) * step
            held = to_level[k + together - 1] - from_level[k]
            if held <= best * (high - low):
                continue
            held -= rim * (_outline(sides, low - loose, high + loose) + tilt * around / 2.0)
            best = max(best, held / (high - low))
    return best


@njit(cache=True)
def farthest(sides: FloatArray, across: float, shares: FloatArray, lost: float) -> FloatArray:
    """Return how far across from a place so much of an area lies beyond, for each share of it.

    Parameters
    ----------
    sides
        As `turned` gives them, along being the direction that is measured here.
    across
        The place. [m]
    shares
        Areas, ascending, shape (share,). [m2]
    lost
        Area that counts as not there. [m2]

    Returns
    -------
    FloatArray
        Shape (share,), 0 where there is not so much. [m]
    """
    whole = _before(sides, 1e12)
    far = max(np.abs(sides[:, 0] - across).max(), np.abs(sides[:, 2] - across).max())
    out = np.zeros(len(shares))
    for k in range(len(shares)):
        low, high = 0.0, far
        for _ in range(30):
            middle = (low + high) / 2.0
            beyond = _before(sides, across - middle) + whole - _before(sides, across + middle) - lost
            if beyond > shares[k]:
                low = middle
            else:
                high = middle
        out[k] = low
    return out
