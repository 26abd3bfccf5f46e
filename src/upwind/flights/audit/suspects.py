"""Samples that are not to be believed: no fix, said twice, or nowhere that an aircraft could have come to.

A suspect sample is flagged and keeps its verdict; it neither removes nor clears an entry.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numba
import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray

__all__ = ["DUPLICATE", "EXCURSION", "FLAGS", "JUMP", "NO_FIX", "flags_of", "is_believed"]

#: Bits of a sample's flags: at 0, 0 as receivers say without a fix; the same time and place as the one before; farther
#: from the one before than anything of the catalogue flies; away and back again by such jumps, as when spoofed.
NO_FIX, DUPLICATE, JUMP, EXCURSION = 1, 2, 4, 8
FLAGS = {NO_FIX: "no fix", DUPLICATE: "duplicate", JUMP: "jump", EXCURSION: "excursion"}

#: Nothing of the catalogue flies faster. [m/s]
_FASTEST_M_S = 340.0
#: Times are often whole seconds, and positions of another instant: so far a step may be off. [m]
_SLACK_M = 500.0
#: What is this near to 0, 0 is no position. [deg]
_NO_FIX_DEG = 1e-3
_RADIUS_M = 6_371_000.0


def flags_of(time: FloatArray, longitude: FloatArray, latitude: FloatArray, flight: IntArray) -> IntArray:
    """Return the flags of samples, a sum of `NO_FIX`, `DUPLICATE`, `JUMP`, `EXCURSION`.

    Parameters
    ----------
    time, longitude, latitude
        Of each sample, (sample,), flight after flight, each in the order of time. [s], [deg], [deg]
    flight
        Which flight each is of, (sample,).
    """
    flags = _flags(time, longitude, latitude, flight)
    starts = np.flatnonzero((flags & JUMP) > 0)
    for first, after in pairwise(starts.tolist()):
        if flight[first] == flight[after] and _was_elsewhere(time, longitude, latitude, (first, after)):
            flags[first:after] |= EXCURSION
    return flags


def _was_elsewhere(time: FloatArray, longitude: FloatArray, latitude: FloatArray, between: tuple[int, int]) -> bool:
    """Return whether the samples between two jumps lie where the flight cannot have been.

    It could come from before the first jump to after the second, but from before to the last of them, and from the
    first of them to after, it could not. Positions that come late make jumps too; those are within reach all along.
    """
    first, after = between
    before, last = first - 1, after - 1

    def can_come(one: int, other: int) -> bool:
        ends = [one, other]
        return _can_come(time[ends], longitude[ends], latitude[ends])

    return can_come(before, after) and not can_come(before, last) and not can_come(first, after)


@numba.njit(cache=True, nogil=True)
def _can_come(time: FloatArray, longitude: FloatArray, latitude: FloatArray) -> bool:
    """Return whether one can fly from the first of two samples to the second in their time."""
    y0, y1 = math.radians(latitude[0]), math.radians(latitude[1])
    across = math.radians(longitude[1] - longitude[0])
    half = math.sin((y1 - y0) / 2) ** 2 + math.cos(y0) * math.cos(y1) * math.sin(across / 2) ** 2
    metres = 2.0 * _RADIUS_M * math.asin(math.sqrt(min(1.0, half)))
    return bool(metres <= _SLACK_M + _FASTEST_M_S * (time[1] - time[0]))


@numba.njit(cache=True, nogil=True)
def _flags(time: FloatArray, longitude: FloatArray, latitude: FloatArray, flight: IntArray) -> IntArray:
    """Return the flags that a sample and the last one with a fix tell."""
    flags = np.zeros(len(time), dtype=np.int64)
    last = -1
    for at in range(len(time)):
        if abs(longitude[at]) < _NO_FIX_DEG and abs(latitude[at]) < _NO_FIX_DEG:
            flags[at] = NO_FIX
            continue
        if last >= 0 and flight[last] == flight[at]:
            if time[at] == time[last] and longitude[at] == longitude[last] and latitude[at] == latitude[last]:
                flags[at] = DUPLICATE
            elif not _can_come(
                time[last : at + 1 : at - last],
                longitude[last : at + 1 : at - last],
                latitude[last : at + 1 : at - last],
            ):
                flags[at] = JUMP
        last = at
    return flags


def is_believed(flags: IntArray) -> BoolArray:
    """Return whether the flown way goes through each sample."""
    believed: BoolArray = (flags & (NO_FIX | DUPLICATE | EXCURSION)) == 0
    return believed
