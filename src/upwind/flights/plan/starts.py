"""Orders to start from: back and forth with so many lines left out between, so that turns need no loop.

Neighbouring lines are often nearer than the turning circle is wide; the next line flown is then better one further on,
and the lines left out are flown on the way back, or a line later.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numba import njit

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.plan.legs import Columns, Legs, columns, cost
from upwind.flights.plan.order import oriented

__all__ = ["cells_of", "reach_of", "starts", "woven"]

#: More lines than this are never left out between two.
_MOST_REACH = 40


def reach_of(radius: float, spacing: float) -> int:
    """Return how many lines on the next one is that a plain half circle reaches."""
    return min(max(math.ceil(2.0 * radius / spacing - 1e-9), 1), _MOST_REACH)


def starts(legs: Legs, near: IntArray, cells: list[IntArray], reach: int) -> list[IntArray]:
    """Return orders of all legs to start from.

    Parameters
    ----------
    near
        As `near_of` gives it.
    cells
        Lines of each cell in their order across it; together all lines once.
    reach
        As `reach_of` gives it.
    """
    found = [_nearest(columns(legs), near, first) for first in _ends(cells)]
    for step in range(max(reach - 1, 1), reach + 2):
        for pattern in (_swept, woven):
            lines = np.concatenate([cell[list(pattern(len(cell), step))] for cell in cells])
            found.append(oriented(legs, lines))
    return found


def _ends(cells: list[IntArray]) -> list[int]:
    """Return legs that a tour may begin with."""
    lines = dict.fromkeys(int(cell[end]) for cell in cells[:4] for end in (0, -1))
    return [2 * line + way for line in lines for way in (0, 1)][:8]


def _swept(count: int, step: int) -> Iterator[int]:
    """Yield every step-th line up, the ones beside them down, and so on."""
    for first in range(min(step, count)):
        sweep = range(first, count, step)
        yield from reversed(sweep) if first % 2 else sweep


def woven(count: int, step: int) -> Iterator[int]:
    """Yield lines, step on and step - 1 back by turns, block by block of 2 step - 1 lines, the first block first."""
    block = 2 * step - 1
    for first in range(0, count, block):
        steps = [first + k // 2 + (k % 2) * step for k in range(block)]
        here = [line for line in steps if line < min(first + block, count)]
        yield from here


@njit(cache=True)
def _nearest(legs: Columns, near: IntArray, first: int) -> IntArray:
    """Return the order that goes on to the quickest leg not yet flown."""
    count = len(legs[2]) // 2
    out = np.empty(count, dtype=np.int64)
    left = np.ones(count, dtype=np.bool_)
    out[0], left[first >> 1] = first, False
    for k in range(1, count):
        found, least = -1, np.inf
        for leg in near[out[k - 1]]:
            if leg >= 0 and left[leg >> 1] and cost(legs, out[k - 1], leg) - legs[2][leg] < least:
                found, least = leg, cost(legs, out[k - 1], leg) - legs[2][leg]
        if found < 0:
            found = _any(legs, out[k - 1], left)
        out[k], left[found >> 1] = found, False
    return out


@njit(cache=True)
def _any(legs: Columns, before: int, left: BoolArray) -> int:
    found, least = -1, np.inf
    for leg in range(len(legs[2])):
        if not left[leg >> 1]:
            continue
        away = np.hypot(legs[0][leg, 0] - legs[1][before, 0], legs[0][leg, 1] - legs[1][before, 1])
        if away < least:
            found, least = leg, away
    return found


def cells_of(lines: FloatArray, course: float, spacing: float) -> list[IntArray]:
    """Return the cells of parallel lines: each a run of lines beside each other that nothing splits.

    Parameters
    ----------
    lines
        Shape (line, 4), as `strips` gives them.
    """
    along = lines @ np.kron(np.eye(2), np.array([[math.cos(course)], [math.sin(course)]]))
    across = lines[:, 1] * math.cos(course) - lines[:, 0] * math.sin(course)
    meets = np.minimum(along[:, None, 1], along[None, :, 1]) > np.maximum(along[:, None, 0], along[None, :, 0])
    beside = (
        meets & (np.abs(across[:, None] - across[None, :]) < 1.5 * spacing) & (across[:, None] < across[None, :] - 1e-6)
    )
    cells: list[list[int]] = []
    cell_of: dict[int, int] = {}
    for line in range(len(lines)):
        before = np.flatnonzero(beside[:, line])
        if len(before) == 1 and beside[before[0]].sum() == 1:
            cell_of[line] = cell_of[int(before[0])]
            cells[cell_of[line]].append(line)
        else:
            cell_of[line] = len(cells)
            cells.append([line])
    return [np.array(cell, dtype=np.int64) for cell in cells]
