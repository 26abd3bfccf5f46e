"""Sorties: an order of legs cut where the endurance asks for it, each sortie then put in its own best order.

Where to cut a given order is solved exactly (route first, cluster second, Beasley 1983,
https://doi.org/10.1016/0305-0483(83)90033-6): the shortest way through a graph whose arcs are the stretches that one
sortie can fly.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.errors import InputError
from upwind.flights.plan.legs import Legs, cost
from upwind.flights.plan.order import improved, time_of

__all__ = ["cut_to_fit", "split"]

_Legs = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]
#: A line is cut into at most so many parts to fit the endurance.
_MOST_PARTS = 64


def cut_to_fit(lines: FloatArray, slowest: float, spare: FloatArray) -> FloatArray:
    """Return lines cut into equal parts of which each can be flown in the time that is left for it.

    Parameters
    ----------
    lines
        Shape (line, 4). [m]
    slowest
        Least speed over ground along them. [m/s]
    spare
        Time there is for each, shape (line,). [s]

    Raises
    ------
    InputError
        There is none: the way there and back takes the whole endurance.
    """
    time = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]) / slowest
    if (spare * _MOST_PARTS <= time).any():
        msg = "the platform cannot fly there, see anything and return within its endurance; give a nearer base"
        raise InputError(msg)
    found = []
    for line, parts in zip(lines, np.ceil(time / spare - 1e-9).astype(int), strict=True):
        ends = line[:2] + np.linspace(0.0, 1.0, max(parts, 1) + 1)[:, None] * (line[2:] - line[:2])
        found.append(np.hstack([ends[:-1], ends[1:]]))
    return np.concatenate(found)


def split(legs: Legs, order: IntArray, endurance: float, reach: int, kicks: int) -> list[IntArray]:
    """Return the sorties of an order: the quickest cut, the fewest sorties where cutting costs nothing.

    Parameters
    ----------
    endurance
        Of one sortie. [s]
    kicks
        The effort spent on each sortie's own order.
    """
    if time_of(legs, order) <= endurance:
        return [order]
    cuts = _cuts(tuple(legs), order, endurance)
    parts = [order[first:last] for first, last in zip(cuts[:-1], cuts[1:], strict=True)]
    return [improved(legs, [part], kicks, reach, seed) for seed, part in enumerate(parts)]


@njit(cache=True)
def _cuts(legs: _Legs, order: IntArray, endurance: float) -> IntArray:
    """Return where sorties begin, and the end."""
    count, home = len(order), len(legs[2])
    best = np.full(count + 1, math.inf)
    came = np.zeros(count + 1, dtype=np.int64)
    best[0] = 0.0
    for first in range(count):
        time = cost(legs, home, order[first])
        last = first
        while last < count and time <= endurance:
            whole = time + cost(legs, order[last], home)
            # A sortie more must gain a second: without a base, cutting alone costs nothing.
            if whole <= endurance and best[first] + whole + 1.0 < best[last + 1]:
                best[last + 1], came[last + 1] = best[first] + whole + 1.0, first
            last += 1
            if last < count:
                time += cost(legs, order[last - 1], order[last])
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(came[cuts[-1]])
    return np.array(cuts[::-1])
