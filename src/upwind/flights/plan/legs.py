"""Legs: lines with a way to fly them, and what it costs to go from one to the next.

Line i is leg 2i flown forward and leg 2i + 1 flown back, so that ``leg ^ 1`` is the same line the other way. After the
last leg comes the base (or, without one, anywhere): leaving it may be at any heading, and so may coming home.
A cost from a to b is the time of the turn and then of b; it is worked out when first asked for, and kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.turns import time_between, time_from_point

__all__ = ["Columns", "Legs", "columns", "cost", "inherited", "legs_of", "near_of"]

#: What kernels take of legs: plain tuples are cached, own types are not.
Columns = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]

_UNKNOWN = -1.0
#: Ends nearer to each other are the same. [m]
_SAME_M = 1e-3
#: So many legs are the candidates to follow a leg.
_NEAR = 12
_POOL = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """What kernels need of all legs.

    Attributes
    ----------
    start, end
        Poses, shape (leg, 3): x, y [m], heading through the air [rad].
    time
        Of each leg, shape (leg,). [s]
    air
        As `Air.row` gives it.
    base
        Easting, northing, and 1 where there is a base at all, shape (3,). [m]
    known
        Costs as far as they were asked for, shape (leg + 1, leg + 1); the last is the base. [s]
    """

    start: FloatArray
    end: FloatArray
    time: FloatArray
    air: FloatArray
    base: FloatArray
    known: FloatArray


def columns(legs: Legs) -> Columns:
    """Return legs as kernels take them."""
    return legs.start, legs.end, legs.time, legs.air, legs.base, legs.known


def legs_of(lines: FloatArray, air: Air, base: tuple[float, float] | None) -> Legs:
    """Return the legs of lines, shape (line, 4): easting, northing of both ends. [m]"""
    ends = np.stack([lines, lines[:, [2, 3, 0, 1]]], axis=1).reshape(-1, 4)
    way = ends[:, 2:] - ends[:, :2]
    course = np.arctan2(way[:, 1], way[:, 0])
    heading = air.heading(course)
    place = (0.0, 0.0) if base is None else base
    return Legs(
        start=np.column_stack([ends[:, :2], heading]),
        end=np.column_stack([ends[:, 2:], heading]),
        time=np.hypot(way[:, 0], way[:, 1]) / air.ground_speed(course),
        air=air.row(),
        base=np.array([*place, base is not None]),
        known=np.full((len(ends) + 1, len(ends) + 1), _UNKNOWN),
    )


def inherited(legs: Legs, old: Legs, lines: IntArray) -> Legs:
    """Return legs with what is known of others, whose lines they are parts of.

    Parameters
    ----------
    lines
        Which line of the others each is part of; as many as are parts of any, the rest being new.
    """
    origin = np.repeat(2 * lines, 2) + np.tile([0, 1], len(lines))
    ends, starts = (
        [*np.flatnonzero((abs(new[: len(origin), :2] - was[origin, :2]) < _SAME_M).all(axis=1)).tolist()]
        for new, was in ((legs.end, old.end), (legs.start, old.start))
    )
    rows, columns_ = np.array([*ends, len(legs.time)]), np.array([*starts, len(legs.time)])
    origins = np.append(origin, np.zeros(len(legs.time) - len(origin) + 1, dtype=np.int64))
    origins[-1] = len(old.time)
    places = np.array([rows, origins[rows]]), np.array([columns_, origins[columns_]])
    known = legs.known.copy()
    _inherit(known, old.known, places, (np.append(legs.time, 0.0), np.append(old.time, 0.0)))
    return replace(legs, known=known)


@njit(cache=True)
def _inherit(
    known: FloatArray, old: FloatArray, places: tuple[IntArray, IntArray], times: tuple[FloatArray, FloatArray]
) -> None:
    """Write costs that are known of others, each less the time of the leg it ends with and more that of its part."""
    rows, columns_ = places
    for i in range(rows.shape[1]):
        for j in range(columns_.shape[1]):
            column, was = columns_[0, j], columns_[1, j]
            if old[rows[1, i], was] >= 0.0:
                known[rows[0, i], column] = old[rows[1, i], was] - times[1][was] + times[0][column]


@njit(cache=True)
def cost(legs: Columns, before: int, after: int) -> float:
    """Return the time from the end of a leg, or the base, to the end of the next. [s]"""
    start, end, time, air, base, known = legs
    if known[before, after] >= 0.0:
        return float(known[before, after])
    home = len(time)
    found = 0.0
    if before < home and after < home:
        found = time_between(end[before], start[after], air) + time[after]
    elif after < home:
        found = time[after] + (time_from_point(base[:2], start[after], air) if base[2] > 0.0 else 0.0)
    elif before < home and base[2] > 0.0:
        # Coming home is leaving it with time turned round: nose and wind the other way.
        pose = end[before].copy()
        pose[2] += math.pi
        found = time_from_point(base[:2], pose, np.array([air[0], air[1], -air[2], -air[3]]))
    known[before, after] = found
    return found


@njit(cache=True)
def _near(legs: Columns, pool: int, keep: int) -> IntArray:
    start, end, time = legs[0], legs[1], legs[2]
    count = len(time)
    near = np.full((count + 1, keep), -1)
    away = np.empty(count)
    for a in range(count):
        for b in range(count):
            away[b] = math.hypot(start[b, 0] - end[a, 0], start[b, 1] - end[a, 1])
        away[a] = away[a ^ 1] = np.inf
        order = np.argsort(away)[:pool]
        turns = np.array([cost(legs, a, b) - time[b] for b in order])
        best = order[np.argsort(turns)][:keep]
        for k in range(len(best)):
            if best[k] >> 1 != a >> 1:
                near[a, k] = best[k]
    return near


def near_of(legs: Legs, reach: int) -> IntArray:
    """Return the legs that may well follow each leg, the quickest turns first, shape (leg + 1, candidate).

    Parameters
    ----------
    reach
        So many lines away the next one is at best. What is missing is -1.
    """
    found: IntArray = _near(columns(legs), min(_POOL + 2 * reach, len(legs.time)), _NEAR)
    return found
