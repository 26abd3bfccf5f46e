"""The order in which legs are flown: where one more fits best, and orders that take less time."""

from __future__ import annotations

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.legs import flight_time, leg_time, link_time

__all__ = ["insertions", "shortened"]

_Motion = tuple[float, float, float, float]
#: What saves less is no saving. [s]
_LEAST_S = 1e-6


@njit(cache=True, nogil=True)
def _added(tour: FloatArray, at: int, leg: FloatArray, motion: _Motion) -> float:  # pragma: no cover (compiled)
    """Return what a leg before place `at` of a tour adds. [s]"""
    added: float = leg_time(leg, motion)
    if at > 0:
        added += link_time(tour[at - 1], leg, motion)
    if at < tour.shape[0]:
        added += link_time(leg, tour[at], motion)
    if 0 < at < tour.shape[0]:
        added -= link_time(tour[at - 1], tour[at], motion)
    return added


@njit(cache=True, nogil=True)
def insertions(
    tour: FloatArray, legs: FloatArray, between: tuple[int, int], motion: _Motion
) -> tuple[FloatArray, IntArray, IntArray]:  # pragma: no cover (compiled)
    """Return for each leg the least time that it adds to a tour, where, and whether turned round.

    Parameters
    ----------
    tour, legs
        Start and end of each, (leg, 4). [m]
    between
        First and last place at which a leg may be put in.
    motion
        As `Motion.as_tuple`.
    """
    least = np.full(legs.shape[0], np.inf)
    place = np.zeros(legs.shape[0], dtype=np.int64)
    turned = np.zeros(legs.shape[0], dtype=np.int64)
    leg = np.empty(4)
    for number in range(legs.shape[0]):
        for way in range(2):
            for side in range(2):
                other = side if way == 0 else 1 - side
                leg[2 * side : 2 * side + 2] = legs[number, 2 * other : 2 * other + 2]
            for at in range(between[0], between[1] + 1):
                added = _added(tour, at, leg, motion)
                if added < least[number]:
                    least[number], place[number], turned[number] = added, at, way
    return least, place, turned


@njit(cache=True, nogil=True)
def _reversed(tour: FloatArray, first: int, last: int) -> FloatArray:  # pragma: no cover (compiled)
    """Return a tour whose legs from `first` to before `last` are flown backwards."""
    made = tour.copy()
    for step in range(last - first):
        back = tour[last - 1 - step]
        made[first + step, :2] = back[2:]
        made[first + step, 2:] = back[:2]
    return made


@njit(cache=True, nogil=True)
def _moved(
    tour: FloatArray, order: IntArray, fixed: tuple[int, int], motion: _Motion
) -> tuple[bool, FloatArray, IntArray]:  # pragma: no cover (compiled)
    """Return the tour after the first leg, or pair or three in a row, whose move to another place saves time."""
    size = tour.shape[0]
    now = flight_time(tour, motion)
    for run in range(1, 4):
        for first in range(fixed[0], size - fixed[1] - run + 1):
            keep = np.ones(size, dtype=np.bool_)
            keep[first : first + run] = False
            rest, rest_order = tour[keep], order[keep]
            block, block_order = tour[first : first + run], order[first : first + run]
            without = flight_time(rest, motion)
            if without + flight_time(block, motion) >= now:
                continue
            for way in range(2):
                if way == 1:
                    block = _reversed(block, 0, run)
                    block_order = block_order[::-1].copy()
                inside = flight_time(block, motion)
                for at in range(fixed[0], rest.shape[0] - fixed[1] + 1):
                    added = inside
                    if at > 0:
                        added += link_time(rest[at - 1], block[0], motion)
                    if at < rest.shape[0]:
                        added += link_time(block[-1], rest[at], motion)
                    if 0 < at < rest.shape[0]:
                        added -= link_time(rest[at - 1], rest[at], motion)
                    if without + added < now - _LEAST_S:
                        made = np.concatenate((rest[:at], block, rest[at:]))
                        made_order = np.concatenate((rest_order[:at], block_order, rest_order[at:]))
                        return True, made, made_order
    return False, tour, order


@njit(cache=True, nogil=True)
def shortened(
    tour: FloatArray, fixed: tuple[int, int], motion: _Motion
) -> tuple[FloatArray, IntArray]:  # pragma: no cover (compiled)
    """Return a tour of the same legs that no reversal of a part and no move of up to three legs makes shorter.

    Parameters
    ----------
    tour
        Start and end of each leg, (leg, 4). [m]
    fixed
        How many legs at its beginning and at its end stay where they are.
    motion
        As `Motion.as_tuple`.

    Returns
    -------
    tuple
        The tour, and which leg of the one given stands at each place.
    """
    order = np.arange(tour.shape[0])
    better = True
    while better:
        better, tour, order = _moved(tour, order, fixed, motion)
        now = flight_time(tour, motion)
        for first in range(fixed[0], tour.shape[0] - fixed[1]):
            for last in range(first + 1, tour.shape[0] - fixed[1] + 1):
                made = _reversed(tour, first, last)
                then = flight_time(made, motion)
                if then < now - _LEAST_S:
                    tour, now, better = made, then, True
                    order[first:last] = order[first:last][::-1].copy()
    return tour, order
