"""Where an order of legs is best cut into sorties: the shortest way through all stretches that one sortie can fly.

Route first, cluster second (Beasley 1983, https://doi.org/10.1016/0305-0483(83)90033-6), solved exactly.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.legs import Columns, cost

__all__ = ["cuts", "cuts_time"]

#: Without a base cutting costs nothing and saves a turn: a sortie more then counts as much, so that they are few. [s]
_SORTIE = 1e8


@njit(cache=True)
def _ways(legs: Columns, order: IntArray, endurance: float) -> tuple[FloatArray, IntArray]:
    """Return the least time to have flown up to each place, and where its last sortie begins."""
    count, home = len(order), len(legs[2])
    more = 0.0 if legs[4][2] > 0.0 else _SORTIE
    best = np.full(count + 1, math.inf)
    came = np.zeros(count + 1, dtype=np.int64)
    best[0] = 0.0
    for first in range(count):
        time = cost(legs, home, order[first])
        last = first
        while last < count and time <= endurance and best[first] < math.inf:
            whole = time + cost(legs, order[last], home)
            if whole <= endurance and best[first] + whole + more < best[last + 1]:
                best[last + 1], came[last + 1] = best[first] + whole + more, first
            last += 1
            if last < count:
                time += cost(legs, order[last - 1], order[last])
    return best, came


@njit(cache=True)
def cuts_time(legs: Columns, order: IntArray, endurance: float) -> float:
    """Return the time of an order cut best, whole where one sortie can fly it. [s]

    Without a base `_SORTIE` is added for each sortie.
    """
    home = len(legs[2])
    whole = cost(legs, home, order[0]) + cost(legs, order[-1], home)
    for k in range(len(order) - 1):
        whole += cost(legs, order[k], order[k + 1])
    if whole <= endurance:
        return whole + (0.0 if legs[4][2] > 0.0 else _SORTIE)
    return float(_ways(legs, order, endurance)[0][-1])


@njit(cache=True)
def cuts(legs: Columns, order: IntArray, endurance: float) -> IntArray:
    """Return where sorties begin in an order of legs, and its end."""
    came = _ways(legs, order, endurance)[1]
    found = [len(order)]
    while found[-1] > 0:
        found.append(came[found[-1]])
    return np.array(found[::-1])
