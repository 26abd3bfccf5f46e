"""Which take-offs of two sorties bring their aircraft too near each other, and the earliest one that does not.

Sorties repeat their ways whenever they begin, so that two of them clash, or do not, by how long after the one the other
takes off. Of every two pieces of their ways that are nearer than the separation, the times at which both may be held
exclude an interval of that; what is left over all pieces is clear, whatever the wind does within its error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.occupied import BESIDE_M, Level, Occupied

__all__ = ["Clash", "clashes", "earliest", "met"]

#: Take-offs are at whole minutes: people go by the clock. [s]
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Where two sorties come too near if neither waits: when after the take-off of both [s], and where [m]."""

    after_s: float
    place: tuple[float, float]


def clashes(first: Occupied, second: Occupied, across_m: float, *, shared: bool) -> FloatArray:
    """Return by how much the second must not take off after the first, shape (interval, 2), in order, apart. [s]

    Negative is before it. `shared` tells whether their transits are at one height.
    """
    one, other = _near(first, second, across_m, shared=shared)
    if not len(one):
        return np.empty((0, 2))
    begin = first.early[one] - second.late[other]
    end = first.late[one] - second.early[other]
    order = np.argsort(begin)
    begin, reach = begin[order], np.maximum.accumulate(end[order])
    fresh = np.append(True, begin[1:] > reach[:-1])
    last = np.append(np.flatnonzero(fresh)[1:] - 1, len(begin) - 1)
    return np.column_stack([begin[fresh], reach[last]])


def earliest(ready: float, barred: Sequence[tuple[float, FloatArray]]) -> float:
    """Return the earliest take-off from `ready` on, at a whole minute, that clears all others. [s]

    Parameters
    ----------
    barred
        Of each sortie that is fixed: when it takes off, and `clashes` of it with this one. [s]
    """
    intervals = np.concatenate([np.empty((0, 2)), *(at + intervals for at, intervals in barred)])
    begins = _minute(ready)
    for begin, end in intervals[np.argsort(intervals[:, 0])].tolist():
        if begin <= begins <= end:
            begins = _minute(end)
    return begins


def _minute(seconds: float) -> float:
    """Return the first whole minute after a time. [s]"""
    return math.ceil((seconds + 1e-6) / _MINUTE_S) * _MINUTE_S if seconds > 0.0 else 0.0


def met(first: Occupied, second: Occupied, across_m: float) -> Clash | None:
    """Return where two sorties that take off at once first come too near, if they do."""
    one, other = _near(first, second, across_m, shared=True)
    begin = np.maximum(first.early[one], second.early[other])
    both = begin <= np.minimum(first.late[one], second.late[other])
    if not both.any():
        return None
    at = int(np.where(both, begin, np.inf).argmin())
    middle = (first.places[one[at]] + second.places[other[at]]) / 2.0
    return Clash(after_s=float(begin[at]), place=(float(middle[0]), float(middle[1])))


def _near(first: Occupied, second: Occupied, across_m: float, *, shared: bool) -> tuple[IntArray, IntArray]:
    """Return which pieces of two sorties may be too near, as two columns of numbers."""
    order = np.argsort(second.places[:, 0])
    reach = across_m + 2.0 * BESIDE_M
    one, other = _within(first.places, first.radius, second.places[order], second.radius[order], reach)
    other = order[other]
    # Heights are apart where one is on a line and the other on a transit, or both on transits of their own.
    levels, others = first.level[one], second.level[other]
    near = (levels == Level.ANY) | (others == Level.ANY) | (levels == others)
    if not shared:
        near &= (levels != Level.TRANSIT) | (others != Level.TRANSIT)
    return one[near], other[near]


@njit(cache=True)
def _within(
    ones: FloatArray, one_radius: FloatArray, others: FloatArray, other_radius: FloatArray, reach: float
) -> tuple[IntArray, IntArray]:
    """Return which discs of two sets come within reach of each other; the others stand in order of their easting."""
    widest = reach + other_radius.max()
    size, count = 1024, 0
    one, other = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    for k in range(len(ones)):
        last = ones[k, 0] + widest + one_radius[k]
        for m in range(np.searchsorted(others[:, 0], ones[k, 0] - widest - one_radius[k]), len(others)):
            if others[m, 0] > last:
                break
            apart = np.hypot(others[m, 0] - ones[k, 0], others[m, 1] - ones[k, 1])
            if apart >= reach + one_radius[k] + other_radius[m]:
                continue
            if count == size:
                one, other = np.append(one, one), np.append(other, other)
                size *= 2
            one[count], other[count] = k, m
            count += 1
    return one[:count], other[:count]
