"""The best prices found: ascent of a concave function by primal and dual steps in turn (Chambolle and Pock 2011).

What is sought is a potential, a number for each node and course, for which the prices of `prices` add up to most. That
is a linear program; its dual has, in each triangle, lines of all courses that together cover it, and turns between
them. Steps are taken for both in turn, each row and column with a length of its own (Pock and Chambolle 2011,
unverified). It need not come to its end: prices of any potential are prices, and are worked out anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray

__all__ = ["Program", "ascended"]

#: How much longer steps of the potential are than those of its dual.
_STEPS = 30.0

_Rows = tuple[FloatArray, FloatArray, FloatArray]
#: Its nodes, slopes, how the potential rises along each course, and how steep slopes are.
_Triangle = tuple[IntArray, FloatArray, FloatArray, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Prices to be found, in units in which a cell is about 1 wide and turning right round costs 1.

    Attributes
    ----------
    triangles
        Nodes of each, shape (triangle, 3).
    slopes
        By how much a number at a node makes the potential rise along a course, shape (triangle, 3, course).
    held
        Area in each triangle, shape (triangle,).
    most
        The most that the potential may be, either way, shape (node,).
    costs
        Of a line as long as a cell, shape (course,).
    turns
        Of turning from each course to the next, shape (course,).
    falling, rising
        By what share of that turns are dearer where the potential falls, or rises, by 1 along the course, shape
        (course,).
    """

    triangles: IntArray
    slopes: FloatArray
    held: FloatArray
    most: FloatArray
    costs: FloatArray
    turns: FloatArray
    falling: FloatArray
    rising: FloatArray


def ascended(program: Program, rounds: int) -> FloatArray:
    """Return a potential that so many rounds lead to, shape (node, course)."""
    potential = np.zeros((len(program.most), len(program.costs)))
    kites = (program.turns, program.falling, program.rising)
    lines = np.repeat(program.held[:, None], len(program.costs), axis=1) / len(program.costs)
    _ascend(
        (potential, lines),
        (program.triangles, program.slopes),
        (program.held, program.costs, program.most),
        kites,
        rounds,
    )
    return potential


@njit(cache=True)
def _ascend(
    state: tuple[FloatArray, FloatArray], mesh: tuple[IntArray, FloatArray], lines: _Rows, kites: _Rows, rounds: int
) -> None:
    (potential, flown), (triangles, slopes) = state, mesh
    held, costs, most = lines
    steep, lengths = _lengths(potential, mesh, held)
    ahead, push = potential.copy(), np.empty_like(potential)
    rise = np.empty((len(triangles), len(costs)))
    duals = np.zeros((len(triangles), 3, len(costs), 2))
    for _ in range(rounds):
        push[:] = 0.0
        for t in range(len(triangles)):
            triangle = triangles[t], slopes[t], rise[t], steep[t]
            _risen(triangle, ahead)
            if held[t] > 0.0:
                _lines(flown[t], triangle, costs, held[t], push)
            _turns(duals[t], triangle, ahead, kites, push)
        for n in range(len(potential)):
            for k in range(len(costs)):
                now = min(max(potential[n, k] + lengths[n, k] * push[n, k], -most[n]), most[n])
                ahead[n, k], potential[n, k] = 2.0 * now - potential[n, k], now


@njit(cache=True)
def _risen(triangle: _Triangle, ahead: FloatArray) -> None:
    """Note how the potential rises along each course."""
    (one, two, three), slope, rise, _ = triangle
    for k in range(len(rise)):
        rise[k] = slope[0, k] * ahead[one, k] + slope[1, k] * ahead[two, k] + slope[2, k] * ahead[three, k]


@njit(cache=True)
def _lengths(
    potential: FloatArray, mesh: tuple[IntArray, FloatArray], held: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return how steep each triangle is at most in each course, and how long the potential's steps are."""
    triangles, slopes = mesh
    steep, weight = np.zeros((len(triangles), slopes.shape[2])), np.zeros_like(potential)
    for t in range(len(triangles)):
        for k in range(slopes.shape[2]):
            for m in range(3):
                steep[t, k] += abs(slopes[t, m, k])
                weight[triangles[t, m], k] += (4.0 if held[t] > 0.0 else 3.0) * abs(slopes[t, m, k]) + 2.0
    return steep, _STEPS / weight


@njit(cache=True)
def _lines(flown: FloatArray, triangle: _Triangle, costs: FloatArray, held: float, push: FloatArray) -> None:
    """Fly more of the cheapest courses in a triangle and less of others, in all as much as covers it."""
    corners, slope, rise, steep = triangle
    step = 1.0 / (_STEPS * steep.max())
    for k in range(len(flown)):
        flown[k] -= step * (costs[k] + rise[k])
    ranked = np.sort(flown)
    total, level = 0.0, 0.0
    for k in range(len(ranked) - 1, -1, -1):
        total += ranked[k]
        level = (total - held) / (len(ranked) - k)
        if k == 0 or ranked[k - 1] <= level:
            break
    for k in range(len(flown)):
        flown[k] = max(flown[k] - level, 0.0)
        _pushed(push, corners, slope, k, flown[k])


@njit(cache=True)
def _pushed(push: FloatArray, corners: IntArray, slope: FloatArray, k: int, by: float) -> None:
    """Push the potential so that it rises along a course."""
    for m in range(3):
        push[corners[m], k] += slope[m, k] * by


@njit(cache=True)
def _turns(dual: FloatArray, triangle: _Triangle, ahead: FloatArray, kites: _Rows, push: FloatArray) -> None:
    """Turn more where the potential differs too much from a course to the next."""
    corners, slope, rise, steep = triangle
    for k in range(len(rise)):
        then = (k + 1) % len(rise)
        step = 1.0 / (_STEPS * max(2.0, 0.5 * (steep[k] + steep[then])))
        falls = 0.0
        for m in range(3):
            n = corners[m]
            turn = dual[m, k, 0] + step * (ahead[n, then] - ahead[n, k])
            way = dual[m, k, 1] + step * 0.5 * (rise[k] + rise[then])
            kept = _nearest(turn / step, way / step, kites[0][k], kites[1][k], kites[2][k])
            turn, way = turn - step * kept[0], way - step * kept[1]
            dual[m, k, 0], dual[m, k, 1] = turn, way
            push[n, then] -= turn
            push[n, k] += turn
            falls += 0.5 * way
        if falls != 0.0:
            _pushed(push, corners, slope, k, -falls)
            _pushed(push, corners, slope, then, -falls)


@njit(cache=True)
def _nearest(turn: float, rise: float, most: float, falling: float, rising: float) -> tuple[float, float]:
    """Return the nearest place for which ``|turn| <= most (1 + falling rise)`` and ``most (1 - rising rise)``."""
    sign, turn = (1.0, turn) if turn >= 0.0 else (-1.0, -turn)
    over, above = turn - most * (1.0 + falling * rise), turn - most * (1.0 - rising * rise)
    if over <= 0.0 and above <= 0.0:
        return sign * turn, rise
    share = over / (1.0 + (most * falling) ** 2)
    if over > 0.0 and rise + most * falling * share <= 0.0:
        return sign * max(turn - share, 0.0), max(rise + most * falling * share, -1.0 / falling)
    share = above / (1.0 + (most * rising) ** 2)
    if above > 0.0 and rise - most * rising * share >= 0.0:
        return sign * max(turn - share, 0.0), rise - most * rising * share
    return sign * most, 0.0
