"""Parallel lines whose swaths together hold the whole of an area.

Across the lines the area is cut into bands, one a line, as wide as lines are apart; a swath sees half an overlap beyond
its band on either side. A line is flown where its band holds ground, over the projection of ``area ∩ band`` onto the
line; but ground within half an overlap of the band before, which that one's swath sees anyway where it is flown, is
left to it, and ground within half an overlap of the band after, to that one. So each point of the area is in a swath,
whatever the outline: coverage is complete by construction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from upwind.arrays import FloatArray

__all__ = ["Swath", "joined", "pieces_in", "section", "strips", "without"]

#: A line is at least so long: shorter ones are no line. [m]
_SHORTEST = 1.0
_SLACK = 1e-9
#: Positions of exported plans are rounded to a centimetre: what a swath barely sees is not left to it. [m]
_NARROWER_M = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Swath:
    """What is seen to both sides of a line: `width` [m]; `overlap`, the share of it that neighbours have in common."""

    width: float
    overlap: float

    @property
    def spacing(self) -> float:
        """The most between neighbouring lines. [m]"""
        return self.width * (1.0 - self.overlap)


def strips(sides: FloatArray, course: float, swath: Swath, cut: float, offset: float | None = None) -> FloatArray:
    """Return the lines of one course that cover an area.

    Parameters
    ----------
    sides
        Shape (side, 4), the area to their left. [m]
    course
        Angle from east towards north. [rad]
    cut
        A line is broken where nothing need be seen for longer than this. [m]
    offset
        Share of the lines' slack, 0 to 1, by which the first swath begins outside, lines then being as far apart as
        they may; None spreads them evenly, the first and last swath ending with the area.

    Returns
    -------
    FloatArray
        Shape (line, 4): easting, northing of the first end and of the last, along the course, from its right-hand side
        to the left. [m]
    """
    turn = np.array([[math.cos(course), -math.sin(course)], [math.sin(course), math.cos(course)]])
    along = np.hstack([sides[:, :2] @ turn, sides[:, 2:] @ turn])
    low, high = float(along[:, 1].min()), float(along[:, 1].max())
    middles = _middles(low, high, swath, offset)
    edges = np.concatenate([[low], (middles[1:] + middles[:-1]) / 2.0, [high]])
    rim = (swath.width - float(np.diff(middles).max(initial=0.0))) / 2.0 if len(middles) > 1 else 0.0
    found = _lines(np.ascontiguousarray(along), middles, edges, rim - _NARROWER_M, cut)
    return np.hstack([found[:, :2] @ turn.T, found[:, 2:] @ turn.T])


def _middles(low: float, high: float, swath: Swath, offset: float | None) -> FloatArray:
    """Return where lines lie across."""
    across = high - low - swath.width
    if across <= 0.0:
        return np.array([(low + high) / 2.0])
    count = math.ceil(across / swath.spacing - _SLACK) + 1
    if offset is None:
        return np.linspace(low + swath.width / 2.0, high - swath.width / 2.0, count)
    slack = (count - 1) * swath.spacing - across
    places: FloatArray = low + swath.width / 2.0 - offset * slack + swath.spacing * np.arange(count, dtype=np.float64)
    return places


@njit(cache=True)
def _lines(sides: FloatArray, middles: FloatArray, edges: FloatArray, rim: float, cut: float) -> FloatArray:
    """Return the lines (line, 4) of all bands, in coordinates along and across."""
    out = np.empty((2 * len(sides) * len(middles) + 2, 4))
    count = 0
    flown = np.empty((0, 2))
    rim = max(rim, 0.0)
    for band in range(len(middles)):
        low, high = edges[band], edges[band + 1]
        first = low + (rim if band > 0 else 0.0)
        last = max(high - (rim if band < len(middles) - 1 else 0.0), first)
        needed = pieces_in(sides, first, last)
        if band > 0:
            between = without(joined(pieces_in(sides, low - rim, first), 0.0), flown)
            needed = np.concatenate((needed, between))
        flown = joined(needed, cut)
        for k in range(len(flown)):
            _write(out, count, flown[k, 0], flown[k, 1], middles[band])
            count += 1
    return out[:count]


@njit(cache=True)
def joined(pieces: FloatArray, cut: float) -> FloatArray:
    """Return pieces (piece, 2) in order, those joined that overlap or have no more than `cut` between them."""
    out = np.empty_like(pieces)
    count = 0
    for k in np.argsort(pieces[:, 0]):
        if count > 0 and pieces[k, 0] <= out[count - 1, 1] + cut:
            out[count - 1, 1] = max(out[count - 1, 1], pieces[k, 1])
        else:
            out[count] = pieces[k]
            count += 1
    return out[:count]


@njit(cache=True)
def without(pieces: FloatArray, taken: FloatArray) -> FloatArray:
    """Return what is left of pieces outside of others; both in order."""
    out = np.empty((len(pieces) + len(taken), 2))
    count = 0
    for k in range(len(pieces)):
        begin, end = pieces[k]
        for j in range(len(taken)):
            if taken[j, 1] <= begin or taken[j, 0] >= end:
                continue
            if taken[j, 0] > begin:
                out[count] = begin, taken[j, 0]
                count += 1
            begin = taken[j, 1]
        if begin < end:
            out[count] = begin, end
            count += 1
    return out[:count]


@njit(cache=True)
def _write(out: FloatArray, row: int, begin: float, end: float, across: float) -> None:
    longer = max(_SHORTEST - (end - begin), 0.0) / 2.0
    out[row, 0], out[row, 1], out[row, 2], out[row, 3] = begin - longer, across, end + longer, across


@njit(cache=True)
def pieces_in(sides: FloatArray, low: float, high: float) -> FloatArray:
    """Return where a band holds ground, (piece, 2) begins and ends along it; they may overlap.

    A band holds ground at a place along it where a side passes there, or where its lower edge is inside.
    """
    found = np.empty((len(sides), 2))
    count = 0
    for k in range(len(sides)):
        u0, v0, u1, v1 = sides[k]
        if max(v0, v1) < low or min(v0, v1) > high:
            continue
        first, last = u0, u1
        if v0 != v1:
            first = u0 + (min(max(v0, low), high) - v0) / (v1 - v0) * (u1 - u0)
            last = u0 + (min(max(v1, low), high) - v0) / (v1 - v0) * (u1 - u0)
        found[count] = min(first, last), max(first, last)
        count += 1
    return np.concatenate((found[:count], section(sides, low)))


@njit(cache=True)
def section(sides: FloatArray, level: float) -> FloatArray:
    """Return where an area is at a level across, (piece, 2) begins and ends, in order."""
    crossings = np.empty(len(sides))
    crossed = 0
    for k in range(len(sides)):
        u0, v0, u1, v1 = sides[k]
        if (v0 <= level) != (v1 <= level):
            crossings[crossed] = u0 + (level - v0) / (v1 - v0) * (u1 - u0)
            crossed += 1
    inside = np.sort(crossings[:crossed])
    out = np.empty((crossed // 2, 2))
    for k in range(crossed // 2):
        out[k] = inside[2 * k], inside[2 * k + 1]
    return out
