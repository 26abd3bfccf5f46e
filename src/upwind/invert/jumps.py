"""Moves that change how many sources there are: birth and death, split and merge; and replacement, which does not.

Sources are a set, so a density over n of them counts each of their n! orders. A split takes a source of rate r at x to
rates u r, (1 - u) r at x + (1 - u) d, x - u d, with u uniform, d from a mixture of normal densities and the second
height from its prior; a merge is the way back, and the Jacobian is 1/(u (1 - u)).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.random import Generator

from upwind.arrays import FloatArray
from upwind.invert.births import BirthMap, draw_source, log_birth
from upwind.invert.layout import HEADER, HEIGHT_SD, NUMBER, PER_SOURCE, Problem, Scratch
from upwind.invert.target import respond

__all__ = ["propose_jump", "propose_split"]

#: Shares of births and deaths among the jumps; the others replace a source.
_BIRTH, _DEATH = 0.35, 0.35
#: How far split sources come to lie apart, as shares of the area's width; each is as likely.
_APART = (0.02, 0.06, 0.18)


@njit(cache=True, nogil=True, error_model="numpy")
def propose_jump(
    rng: Generator, problem: Problem, births: BirthMap, state: FloatArray, room: Scratch
) -> float:  # pragma: no cover (compiled)
    """Birth, death or replacement in place; return log of reverse over forward proposal density."""
    number = int(state[NUMBER])
    first = HEADER + problem.turn_precision.shape[0]
    kind = rng.random()
    if kind < _BIRTH:
        if number == problem.log_number.shape[0] - 1:
            return -math.inf
        source = state[first + number * PER_SOURCE : first + (number + 1) * PER_SOURCE]
        draw_source(rng, problem, births, source)
        state[NUMBER] = number + 1
        respond(problem, state, source, room.wind, room.mean[number], room.share[number])
        return -log_birth(problem, births, source)
    if number == 0:
        return -math.inf
    s = int(rng.integers(0, number))
    source = state[first + s * PER_SOURCE : first + (s + 1) * PER_SOURCE]
    old = log_birth(problem, births, source)
    if kind < _BIRTH + _DEATH:
        _remove(problem, state, room, s)
        return old
    draw_source(rng, problem, births, source)
    respond(problem, state, source, room.wind, room.mean[s], room.share[s])
    return old - log_birth(problem, births, source)


@njit(cache=True, nogil=True, error_model="numpy")
def _remove(problem: Problem, state: FloatArray, room: Scratch, s: int) -> None:  # pragma: no cover (compiled)
    """Take out source s; the last one takes its place."""
    last = int(state[NUMBER]) - 1
    first = HEADER + problem.turn_precision.shape[0]
    for c in range(PER_SOURCE):
        state[first + s * PER_SOURCE + c] = state[first + last * PER_SOURCE + c]
    room.mean[s] = room.mean[last]
    room.share[s] = room.share[last]
    state[NUMBER] = last


@njit(cache=True, nogil=True, error_model="numpy")
def propose_split(
    rng: Generator, problem: Problem, state: FloatArray, room: Scratch
) -> float:  # pragma: no cover (compiled)
    """Split one source into two, or merge two; return log of reverse over forward proposal density with Jacobian."""
    number = int(state[NUMBER])
    if rng.random() < 0.5:
        if number == 0 or number == problem.log_number.shape[0] - 1:
            return -math.inf
        return _split(rng, problem, state, room)
    return _merge(rng, problem, state, room) if number > 1 else -math.inf


@njit(cache=True, nogil=True, error_model="numpy")
def _split(rng: Generator, problem: Problem, state: FloatArray, room: Scratch) -> float:  # pragma: no cover (compiled)
    number = int(state[NUMBER])
    first = HEADER + problem.turn_precision.shape[0]
    width = problem.box[1] - problem.box[0]
    s = rng.integers(0, number)
    one = state[first + s * PER_SOURCE : first + (s + 1) * PER_SOURCE]
    two = state[first + number * PER_SOURCE : first + (number + 1) * PER_SOURCE]
    u = rng.random()
    scale = _APART[rng.integers(0, len(_APART))] * width
    for axis in range(2):
        apart = rng.normal(0.0, scale)
        two[axis] = one[axis] - u * apart
        one[axis] += (1.0 - u) * apart
    two[2] = abs(rng.normal(0.0, HEIGHT_SD))
    two[3] = one[3] + math.log(1.0 - u)
    one[3] += math.log(u)
    state[NUMBER] = number + 1
    respond(problem, state, one, room.wind, room.mean[s], room.share[s])
    respond(problem, state, two, room.wind, room.mean[number], room.share[number])
    return -_log_apart(width, one, two) - math.log(u * (1.0 - u))


@njit(cache=True, nogil=True, error_model="numpy")
def _merge(rng: Generator, problem: Problem, state: FloatArray, room: Scratch) -> float:  # pragma: no cover (compiled)
    number = int(state[NUMBER])
    first = HEADER + problem.turn_precision.shape[0]
    s = rng.integers(0, number)
    t = int((s + rng.integers(1, number)) % number)
    one = state[first + s * PER_SOURCE : first + (s + 1) * PER_SOURCE]
    two = state[first + t * PER_SOURCE : first + (t + 1) * PER_SOURCE]
    log_ratio = _log_apart(problem.box[1] - problem.box[0], one, two)
    u = 1.0 / (1.0 + math.exp(two[3] - one[3]))
    for axis in range(2):
        one[axis] = u * one[axis] + (1.0 - u) * two[axis]
    one[3] = np.logaddexp(one[3], two[3])
    respond(problem, state, one, room.wind, room.mean[s], room.share[s])
    _remove(problem, state, room, t)
    return log_ratio + math.log(max(u * (1.0 - u), 1e-300))


@njit(cache=True, nogil=True, error_model="numpy")
def _log_apart(width: float, one: FloatArray, two: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log density with which a split draws the second source's height and how far the two lie apart."""
    squared = (one[0] - two[0]) ** 2 + (one[1] - two[1]) ** 2
    density = 0.0
    for share in _APART:
        scale = share * width
        density += math.exp(-0.5 * squared / scale**2) / (2.0 * math.pi * scale**2)
    height = 0.5 * math.log(2.0 / math.pi) - math.log(HEIGHT_SD) - 0.5 * (two[2] / HEIGHT_SD) ** 2
    apart: float = math.log(max(density / len(_APART), 1e-300)) + height
    return apart
