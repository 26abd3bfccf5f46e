"""The order in which legs are flown: where one more fits best, and orders that take less time."""

from __future__ import annotations

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.flights.search.legs import flight_time, leg_time, link_time

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
def _least(
    tour: FloatArray, leg: FloatArray, between: tuple[int, int], motion: _Motion
) -> tuple[float, int]:  # pragma: no cover (compiled)
    """Return the least that a leg adds to a tour [s], and before which place."""
    least, place = np.inf, between[0]
    for at in range(between[0], between[1] + 1):
        added = _added(tour, at, leg, motion)
        if added < least:
            least, place = added, at
    return least, place


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
    for number in range(legs.shape[0]):
        for way in range(2):
            leg = legs[number] if way == 0 else _reversed(legs[number : number + 1], 0, 1)[0]
            added, at = _least(tour, leg, between, motion)
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
def _put(
    rest: FloatArray, block: FloatArray, fixed: tuple[int, int], most: float, motion: _Motion
) -> int:  # pragma: no cover (compiled)
    """Return the first place at which a block of legs adds less than so much, the ways to it included; -1: none."""
    inside = flight_time(block, motion)
    for at in range(fixed[0], rest.shape[0] - fixed[1] + 1):
        added = inside
        if at > 0:
            added += link_time(rest[at - 1], block[0], motion)
        if at < rest.shape[0]:
            added += link_time(block[-1], rest[at], motion)
        if 0 < at < rest.shape[0]:
            added -= link_time(rest[at - 1], rest[at], motion)
        if added < most - _LEAST_S:
            return at
    return -1


@njit(cache=True, nogil=True)
def _with_run_moved(
    tour: FloatArray, order: IntArray, run: tuple[int, int], fixed: tuple[int, int], motion: _Motion
) -> tuple[bool, FloatArray, IntArray]:  # pragma: no cover (compiled)
    """Return the tour whose legs from `run[0]` to before `run[1]` stand where that saves time, either way round."""
    first, last = run
    rest = np.concatenate((tour[:first], tour[last:]))
    kept = np.concatenate((order[:first], order[last:]))
    spare = flight_time(tour, motion) - flight_time(rest, motion)
    for way in range(2):
        block, which = tour[first:last], order[first:last]
        if way == 1:
            block, which = _reversed(block, 0, last - first), which[::-1].copy()
        at = _put(rest, block, fixed, spare, motion)
        if at >= 0:
            return True, np.concatenate((rest[:at], block, rest[at:])), np.concatenate((kept[:at], which, kept[at:]))
    return False, tour, order


@njit(cache=True, nogil=True)
def _moved(
    tour: FloatArray, order: IntArray, fixed: tuple[int, int], motion: _Motion
) -> tuple[bool, FloatArray, IntArray]:  # pragma: no cover (compiled)
    """Return the tour after the first leg, or pair or three in a row, whose move to another place saves time."""
    for run in range(1, 4):
        for first in range(fixed[0], tour.shape[0] - fixed[1] - run + 1):
            better, made, which = _with_run_moved(tour, order, (first, first + run), fixed, motion)
            if better:
                return True, made, which
    return False, tour, order


@njit(cache=True, nogil=True)
def _untangled(
    tour: FloatArray, order: IntArray, fixed: tuple[int, int], motion: _Motion
) -> tuple[bool, FloatArray, IntArray]:  # pragma: no cover (compiled)
    """Return the tour with each of its parts reversed where that saves time, in one go from its beginning."""
    now, better = flight_time(tour, motion), False
    for first in range(fixed[0], tour.shape[0] - fixed[1]):
        for last in range(first + 1, tour.shape[0] - fixed[1] + 1):
            made = _reversed(tour, first, last)
            then = flight_time(made, motion)
            if then < now - _LEAST_S:
                tour, now, better = made, then, True
                order[first:last] = order[first:last][::-1].copy()
    return better, tour, order


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
        moved, tour, order = _moved(tour, order, fixed, motion)
        better, tour, order = _untangled(tour, order, fixed, motion)
        better = better or moved
    return tour, order
