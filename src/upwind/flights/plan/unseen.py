"""Ground that is still unseen: an area without rectangles that lanes see, and what of lines sees anything of it."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import BoolArray, FloatArray
from upwind.flights.plan.sections import turned
from upwind.flights.plan.strips import joined, pieces_in, section

__all__ = ["outside", "parts_of"]

#: A line is at least so long; what is needed of it for less than the second of these is none. [m]
_SHORTEST, _NOTHING = 1.0, 0.02
#: A part of a side shorter than this share of it is none.
_NONE = 1e-9


@njit(cache=True)
def outside(
    sides: FloatArray, outer: BoolArray, direction: float, along: tuple[float, float], across: tuple[float, float]
) -> tuple[FloatArray, BoolArray]:
    """Return the sides of an area without a rectangle, and which of them are sides of the outline.

    Parameters
    ----------
    sides
        Shape (side, 4), the area to their left. [m]
    outer
        Which of them are sides of the outline, shape (side,); those of rectangles taken before are not.
    direction
        Of the rectangle. [rad]
    along, across
        From where to where it reaches along the direction and to the left of it. [m]
    """
    flat = turned(sides, direction)
    square = turned(flat, math.pi / 2.0)
    rungs = [section(flat, across[0]), section(flat, across[1]), section(square, -along[0]), section(square, -along[1])]
    out = np.empty((2 * len(flat) + len(rungs[0]) + len(rungs[1]) + len(rungs[2]) + len(rungs[3]), 4))
    kind = np.zeros(len(out), dtype=np.bool_)
    count = 0
    for k in range(len(flat)):
        x, y = flat[k, 0], flat[k, 1]
        first, last = _within(flat[k], along, across)
        way, rise = flat[k, 2] - x, flat[k, 3] - y
        for begin, end in ((0.0, min(first, 1.0)), (max(last, first), 1.0)):
            if end - begin > _NONE:
                out[count] = x + begin * way, y + begin * rise, x + end * way, y + end * rise
                kind[count] = outer[k]
                count += 1
    for edge in range(4):
        low, high = along if edge < 2 else across  # noqa: PLR2004 - two edges along, two across
        for k in range(len(rungs[edge])):
            begin, end = max(rungs[edge][k, 0], low), min(rungs[edge][k, 1], high)
            if begin >= end:
                continue
            # The area is outside of the rectangle, to the left of its edges.
            if edge == 0:
                out[count] = end, across[0], begin, across[0]
            elif edge == 1:
                out[count] = begin, across[1], end, across[1]
            elif edge == 2:  # noqa: PLR2004
                out[count] = along[0], begin, along[0], end
            else:
                out[count] = along[1], end, along[1], begin
            count += 1
    return turned(out[:count], -direction), kind[:count]


@njit(cache=True)
def _within(side: FloatArray, along: tuple[float, float], across: tuple[float, float]) -> tuple[float, float]:
    """Return from which share of a side to which it lies in a rectangle; from 1 where it does not."""
    first, last = 0.0, 1.0
    for axis in range(2):
        low, high = along if axis == 0 else across
        at, way = side[axis], side[axis + 2] - side[axis]
        if way == 0.0:
            if not low < at < high:
                return 1.0, 1.0
            continue
        one, two = (low - at) / way, (high - at) / way
        first, last = max(first, min(one, two)), min(last, max(one, two))
    return (first, last) if first < last else (1.0, 1.0)


@njit(cache=True)
def parts_of(lines: FloatArray, whole: BoolArray, sides: FloatArray, half: float, cut: float) -> FloatArray:
    """Return the parts of lines that see ground, shape (part, 5): the line's number, and both ends. [m]

    Parameters
    ----------
    lines
        Shape (line, 4). [m]
    whole
        Lines that are kept as they are, shape (line,).
    sides
        Of the ground, to their left. [m]
    half
        How far a line sees to either side. [m]
    cut
        A line is broken where nothing need be seen for longer than this. [m]
    """
    out = np.empty((len(lines) * (len(sides) + 2), 5))
    count = 0
    for k in range(len(lines)):
        if whole[k]:
            out[count, 0], out[count, 1:] = k, lines[k]
            count += 1
            continue
        course = math.atan2(lines[k, 3] - lines[k, 1], lines[k, 2] - lines[k, 0])
        flat = turned(lines[k : k + 1], course)[0]
        pieces = pieces_in(turned(sides, course), flat[1] - half, flat[1] + half)
        seen = 0
        for begin, end in pieces:
            pieces[seen] = max(begin, flat[0]), min(end, flat[2])
            if pieces[seen, 1] > pieces[seen, 0]:
                seen += 1
        for begin, end in joined(pieces[:seen], cut):
            if end - begin < _NOTHING:
                continue
            longer = max(_SHORTEST - (end - begin), 0.0) / 2.0
            part = np.array([[begin - longer, flat[1], end + longer, flat[1]]])
            out[count, 0], out[count, 1:] = k, turned(part, -course)[0]
            count += 1
    return out[:count]
