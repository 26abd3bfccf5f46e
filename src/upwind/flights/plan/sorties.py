"""Sorties: an order of legs cut where the endurance asks for it, each sortie then put in its own best order.

Where to cut a given order is solved exactly (`cuts`); a line longer than a sortie is cut before.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.errors import InputError
from upwind.flights.plan.cuts import cuts
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.legs import Legs, columns
from upwind.flights.plan.order import improved, time_of
from upwind.flights.plan.rebuild import rebuilt

__all__ = ["cut_to_fit", "fitted", "rebuilt_together", "split"]

#: A line is cut into at most so many parts to fit the endurance.
_MOST_PARTS = 64
#: How many lines rounds of rebuilding are meant for.
_LINES = 150


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


def fitted(field: Field, laid: Laid) -> Laid | None:
    """Return a survey whose sorties are cut where they last too long; None where a line alone does."""
    kept: list[IntArray] = []
    for order, time in zip(laid.sorties, laid.times, strict=True):
        if time <= field.endurance:
            kept.append(order)
            continue
        if max(time_of(laid.legs, order[k : k + 1]) for k in range(len(order))) > field.endurance:
            return None
        places = cuts(columns(laid.legs), order, field.endurance).tolist()
        kept += [order[first:last] for first, last in pairwise(places)]
    return replace(laid, sorties=tuple(kept))


def rebuilt_together(field: Field, laid: Laid, rounds: int, seed: int) -> Laid:
    """Return a survey with its sorties rebuilt, fewer rounds where there are many lines."""
    # A round takes the longer the more lines there are.
    fewer = math.ceil(rounds * min(1.0, _LINES / (len(laid.legs.time) // 2)))
    sorties = rebuilt(laid.legs, laid.sorties, field.endurance, fewer, np.random.default_rng(seed))
    return replace(laid, sorties=sorties)
