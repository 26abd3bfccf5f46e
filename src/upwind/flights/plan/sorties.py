"""Sorties: an order of legs cut where the endurance asks for it, each sortie then put in its own best order.

Where to cut a given order is solved exactly (`cuts`); a line longer than a sortie is cut before.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.errors import InputError
from upwind.flights.plan.cuts import cuts
from upwind.flights.plan.legs import Legs, columns
from upwind.flights.plan.order import improved, time_of

__all__ = ["cut_to_fit", "split"]

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


def split(legs: Legs, order: IntArray, endurance: float, near: IntArray, draws: FloatArray) -> list[IntArray]:
    """Return the sorties of an order: the quickest cut, the fewest sorties where cutting costs nothing.

    Parameters
    ----------
    endurance
        Of one sortie. [s]
    near
        As `near_of` gives it.
    draws
        As `improved` takes them: the effort spent on each sortie's own order.
    """
    if time_of(legs, order) <= endurance:
        return [order]
    places = cuts(columns(legs), order, endurance).tolist()
    parts = [order[first:last] for first, last in pairwise(places)]
    return [improved(legs, [part], near, endurance, draws) for part in parts]
