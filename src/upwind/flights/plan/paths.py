"""The way over ground of a sortie: lines, the turns between them, and the transits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.legs import Legs
from upwind.flights.plan.order import time_of
from upwind.flights.plan.turns import from_point, sampled

__all__ = ["Flight", "fly"]

#: Arcs are followed in steps of this angle.
_STEP_RAD = math.radians(6.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A sortie in local metres.

    Attributes
    ----------
    stops
        Shape (stop, 2): the base if any, both ends of each line, the base. [m]
    lines
        Shape (line, 2): which stops a line goes from and to.
    path
        Shape (position, 2): the whole way. [m]
    time
        Of it. [s]
    """

    stops: FloatArray
    lines: IntArray
    path: FloatArray
    time: float


def fly(legs: Legs, order: IntArray, air: Air) -> Flight:
    """Return the flight of legs in an order."""
    row, step = air.row(), _STEP_RAD * air.radius
    start, end = legs.start[order], legs.end[order]
    based = bool(legs.base[2])
    parts = [_from_base(legs.base, start[0], row, step)] if based else []
    for k in range(len(order)):
        parts.append(np.array([start[k, :2], end[k, :2]]))
        if k + 1 < len(order):
            parts.append(sampled(end[k], start[k + 1], row, step))
    if based:
        turned = end[-1] + np.array([0.0, 0.0, math.pi])
        back = np.array([row[0], row[1], -row[2], -row[3]])
        parts.append(_from_base(legs.base, turned, back, step)[::-1])
    home = [legs.base[:2]] if based else []
    stops = np.array([*home, *np.hstack([start[:, :2], end[:, :2]]).reshape(-1, 2), *home])
    first = 2 * np.arange(len(order)) + int(based)
    path = np.concatenate(parts)
    fresh = np.append(True, np.hypot(*np.diff(path, axis=0).T) > 1e-6)  # noqa: PLR2004 - numpy; a micrometre
    return Flight(stops=stops, lines=np.column_stack([first, first + 1]), path=path[fresh], time=time_of(legs, order))


def _from_base(base: FloatArray, pose: FloatArray, air: FloatArray, step: float) -> FloatArray:
    """Return the way from the base to a pose."""
    return sampled(np.array([base[0], base[1], from_point(base[:2], pose, air)]), pose, air, step)
