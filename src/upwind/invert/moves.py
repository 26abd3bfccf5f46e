"""Markov moves that leave a tempered density unchanged, compiled: one chain at a time, no shared state.

The tempered density between a tractable start q and the posterior is ``pi_t = q^(1-t) posterior^t``. Moves: walk a
source (half of them rescale its rate so that the whole signal stays), the jumps of `jumps` between numbers of sources,
a step along the difference of two archived states, and a walk of one nuisance (those that change the plume rescale the
rates likewise).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.random import Generator

from upwind.arrays import FloatArray, IntArray
from upwind.dispersion.spread import NODE_STEP
from upwind.invert.births import BirthMap, log_birth
from upwind.invert.jumps import propose_jump, propose_split
from upwind.invert.layout import (
    CASE,
    DELAY,
    HEADER,
    NOISE,
    NUMBER,
    PER_SOURCE,
    RESPONSE,
    SHAPE,
    SMOOTHING,
    SPREAD_Y,
    SPREAD_Z,
    Problem,
    Scratch,
)
from upwind.invert.target import (
    log_likelihood,
    log_nuisance,
    log_sources,
    respond,
    respond_near,
    set_wind,
    slow_down,
)

__all__ = ["Tempering", "evaluate", "evaluate_all", "respond_all", "run_chain"]


class Tempering(NamedTuple):
    """How far from start (0) to posterior (1), and a log weight for each number of sources.

    `archive` (kept, place) holds states of the step before, sources from west to east; those with n sources are
    rows `first[n]` to `first[n + 1]`.
    """

    temper: float
    bias: FloatArray
    archive: FloatArray
    first: IntArray


@njit(cache=True, nogil=True, error_model="numpy")
def respond_all(problem: Problem, state: FloatArray, room: Scratch) -> None:  # pragma: no cover (compiled)
    """Write a state's wind, and what each reading would be from each of its sources."""
    set_wind(problem, state, room.wind)
    nodes = problem.turn_precision.shape[0]
    for s in range(int(state[NUMBER])):
        source = state[HEADER + nodes + s * PER_SOURCE :]
        respond(problem, state, source, room.wind, room.mean[s], room.share[s])


@njit(cache=True, nogil=True, error_model="numpy")
def evaluate(
    problem: Problem, births: BirthMap, state: FloatArray, room: Scratch, logs: FloatArray
) -> None:  # pragma: no cover (compiled)
    """Write log start, log prior and log likelihood of a state whose responses stand in `room`."""
    number = int(state[NUMBER])
    first = HEADER + problem.turn_precision.shape[0]
    logs[1] = log_sources(problem, state, room.mean)
    if logs[1] == -math.inf:
        logs[0], logs[2] = -math.inf, -math.inf
        return
    others = log_nuisance(problem, state)
    logs[1] += others
    logs[0] = others
    for s in range(number):
        logs[0] += log_birth(problem, births, state[first + s * PER_SOURCE :])
    room.total[:] = 0.0
    room.spread[:] = 0.0
    for s in range(number):
        room.total[:] += room.mean[s]
        room.spread[:] += room.share[s]
    slow_down(problem, state, room.total, room.spread)
    logs[2] = log_likelihood(problem, state, room.total, room.spread, room.ambient)


@njit(cache=True, nogil=True, error_model="numpy")
def evaluate_all(
    problem: Problem, births: BirthMap, states: FloatArray, room: Scratch, logs: FloatArray
) -> None:  # pragma: no cover (compiled)
    """Write the logs (state, 3) of many states."""
    for i in range(states.shape[0]):
        respond_all(problem, states[i], room)
        evaluate(problem, births, states[i], room, logs[i])


@njit(cache=True, nogil=True, error_model="numpy")
def _tempered(
    problem: Problem, state: FloatArray, logs: FloatArray, tempering: Tempering
) -> float:  # pragma: no cover (compiled)
    if logs[1] == -math.inf:
        return -math.inf
    temper = tempering.temper
    bias = tempering.bias[int(state[NUMBER])]
    tempered: float = (1.0 - temper) * logs[0] + temper * (logs[1] + problem.learning_rate * logs[2]) + bias
    return tempered


@njit(cache=True, nogil=True, error_model="numpy")
def _signal(problem: Problem, mean: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log of the size of a source's signal, to which rates are rescaled."""
    total = 1e-300
    for i in range(mean.shape[0]):
        total += problem.weight[i] * mean[i]
    return math.log(total)


@njit(cache=True, nogil=True, error_model="numpy")
def _rescale(
    state: FloatArray, place: int, shift: float, mean: FloatArray, share: FloatArray
) -> None:  # pragma: no cover (compiled)
    state[place + 3] += shift
    factor = math.exp(shift)
    mean *= factor
    share *= factor * factor


@njit(cache=True, nogil=True, error_model="numpy")
def _rotate(problem: Problem, state: FloatArray, turn: float) -> None:  # pragma: no cover (compiled)
    """Turn all sources about the middle of the signal, so that their plumes still hit it."""
    east, north = problem.pivot
    cos, sin = math.cos(turn), math.sin(turn)
    for s in range(int(state[NUMBER])):
        place = HEADER + problem.turn_precision.shape[0] + s * PER_SOURCE
        x, y = state[place] - east, state[place + 1] - north
        state[place] = east + cos * x - sin * y
        state[place + 1] = north + sin * x + cos * y


@njit(cache=True, nogil=True, error_model="numpy")
def _propose_sensor(rng: Generator, problem: Problem, state: FloatArray) -> float:  # pragma: no cover (compiled)
    """Change noise, fluctuation, delay or response: what leaves the plumes as they are."""
    choice = rng.integers(0, 4)
    step = math.exp(rng.normal(-1.0, 1.0))
    if choice == 0:
        state[NOISE] += rng.normal(0.0, 0.4) * step
    elif choice == 1 or len(problem.y) == 1:
        state[SHAPE] += rng.normal(0.0, 0.6) * step
    elif choice == 2:
        state[DELAY] = (state[DELAY] + rng.integers(1, 4) * (1 if rng.random() < 0.5 else -1)) % len(problem.y)
    else:
        state[RESPONSE] += rng.normal(0.0, 0.6) * step
    return 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _turn(rng: Generator, problem: Problem, state: FloatArray) -> float:  # pragma: no cover (compiled)
    """Change the error of the wind's direction: everywhere alike, or as its prior would."""
    nodes: int = problem.turn_precision.shape[0]
    choice = rng.random()
    if choice < 0.65 or nodes == 1:
        turn = rng.normal(0.0, 0.15) * math.exp(rng.normal(-1.0, 1.0))
        state[HEADER : HEADER + nodes] += turn
        if rng.random() < 0.7:
            _rotate(problem, state, turn)
        return 0.0
    # A step that the prior alone would always accept (preconditioned Crank-Nicolson).
    before = log_nuisance(problem, state)
    new = math.exp(rng.uniform(-3.0, -0.4))
    kept = math.sqrt(1.0 - new * new)
    drawn = rng.normal(0.0, 1.0, nodes)
    for i in range(nodes):
        fresh = 0.0
        for j in range(i + 1):
            fresh += problem.turn_root[i, j] * drawn[j]
        state[HEADER + i] = kept * state[HEADER + i] + new * fresh
    return before - log_nuisance(problem, state)


@njit(cache=True, nogil=True, error_model="numpy")
def _change_case(problem: Problem, state: FloatArray, case: int) -> None:  # pragma: no cover (compiled)
    """Take another family of spread; the plume of the first source stays as wide as it is in the signal's middle."""
    first = HEADER + problem.turn_precision.shape[0]
    if state[NUMBER] > 0.0:
        away = math.hypot(state[first] - problem.pivot[0], state[first + 1] - problem.pivot[1])
        row = min(int(math.sqrt(away) / NODE_STEP) + 1, problem.tables.shape[2] - 1)
        surface = problem.surface[len(problem.surface) // 2]
        tables, old = problem.tables, int(state[CASE])
        state[SPREAD_Y] += math.log(tables[old, surface, row, 0] / tables[case, surface, row, 0])
        state[SPREAD_Z] += math.log(tables[old, surface, row, 1] / tables[case, surface, row, 1])
    state[CASE] = case


@njit(cache=True, nogil=True, error_model="numpy")
def _widen(rng: Generator, problem: Problem, state: FloatArray) -> float:  # pragma: no cover (compiled)
    """Change how plumes spread or age."""
    choice = rng.integers(0, 4)
    step = 0.4 * math.exp(rng.normal(-1.0, 1.0))
    if choice == 0 and len(problem.case_log_prior) > 1:
        _change_case(problem, state, int(rng.integers(0, len(problem.case_log_prior))))
    elif choice == 1 and len(problem.ageing) > 1:
        state[SMOOTHING] = rng.integers(0, len(problem.ageing))
    elif choice == 2:
        state[SPREAD_Z] += rng.normal(0.0, 1.0) * step
    else:
        state[SPREAD_Y] += rng.normal(0.0, 1.0) * step
    return 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _propose_gust(rng: Generator, problem: Problem, state: FloatArray, room: Scratch) -> float:  # pragma: no cover
    """Change the error of the wind's direction at one time; only the readings about it need a new look."""
    node = int(rng.integers(0, problem.turn_precision.shape[0]))
    state[HEADER + node] += rng.normal(0.0, 0.15) * math.exp(rng.normal(-0.5, 0.8))
    respond_near(problem, state, node, room)
    return 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _propose_plume(rng: Generator, problem: Problem, state: FloatArray, room: Scratch) -> float:  # pragma: no cover
    """Change what shapes all plumes; mostly each source's signal is kept by its rate."""
    if problem.turn_precision.shape[0] > 1 and rng.random() < 0.5:
        return _propose_gust(rng, problem, state, room)
    nodes = problem.turn_precision.shape[0]
    number = int(state[NUMBER])
    before = np.empty(number)
    for s in range(number):
        before[s] = _signal(problem, room.mean[s])
    ratio = _turn(rng, problem, state) if rng.random() < 0.4 else _widen(rng, problem, state)
    respond_all(problem, state, room)
    if rng.random() < 0.7:
        for s in range(number):
            shift = before[s] - _signal(problem, room.mean[s])
            if abs(shift) < 5.0:
                _rescale(state, HEADER + nodes + s * PER_SOURCE, shift, room.mean[s], room.share[s])
    return ratio


@njit(cache=True, nogil=True, error_model="numpy")
def _propose_walk(
    rng: Generator, problem: Problem, state: FloatArray, room: Scratch, s: int
) -> float:  # pragma: no cover (compiled)
    west, east = problem.box[0], problem.box[1]
    place = HEADER + problem.turn_precision.shape[0] + s * PER_SOURCE
    before = _signal(problem, room.mean[s])
    kind = rng.random()
    if kind < 0.75:
        scale = math.exp(rng.uniform(math.log(0.2), math.log(0.15 * (east - west))))
        state[place] += rng.normal(0.0, 1.0) * scale
        state[place + 1] += rng.normal(0.0, 1.0) * scale
    if kind > 0.55 and kind < 0.9:
        state[place + 2] = abs(state[place + 2] + rng.normal(0.0, 1.5))
    if kind > 0.9:
        state[place + 3] += rng.normal(0.0, 0.5) * math.exp(rng.normal(-0.7, 0.8))
    source = state[place:]
    respond(problem, state, source, room.wind, room.mean[s], room.share[s])
    if kind < 0.9 and rng.random() < 0.8:
        shift = before - _signal(problem, room.mean[s])
        if abs(shift) < 5.0:
            _rescale(state, place, shift, room.mean[s], room.share[s])
    return 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _from_west(state: FloatArray, first: int, number: int) -> IntArray:  # pragma: no cover (compiled)
    """Return the order of the sources from west to east (by insertion: they are few)."""
    order = np.arange(number)
    for i in range(1, number):
        j = i
        while j > 0 and state[first + order[j - 1] * PER_SOURCE] > state[first + order[j] * PER_SOURCE]:
            order[j - 1], order[j] = order[j], order[j - 1]
            j -= 1
    return order


@njit(cache=True, nogil=True, error_model="numpy")
def _propose_difference(
    rng: Generator, problem: Problem, tempering: Tempering, state: FloatArray, room: Scratch
) -> float:  # pragma: no cover (compiled)
    """Move along the difference of two archived states: steps as wide and as slanted as the posterior itself."""
    nodes = problem.turn_precision.shape[0]
    number = int(state[NUMBER])
    low, high = tempering.first[number], tempering.first[number + 1]
    if high - low < 8:
        return -math.inf
    a, b = tempering.archive[rng.integers(low, high)], tempering.archive[rng.integers(low, high)]
    first = HEADER + nodes
    only = rng.integers(0, number) if number > 0 and rng.random() < 0.6 else -1
    others = only < 0 or rng.random() < 0.25
    dimensions = (first - SPREAD_Y if others else 0) + PER_SOURCE * (1 if only >= 0 else number)
    step = 1.7 / math.sqrt(dimensions) * math.exp(rng.normal(0.0, 0.6))
    if others:
        for place in range(SPREAD_Y, first):
            state[place] += step * (a[place] - b[place])
    order = _from_west(state, first, number)
    for rank in range(number):
        if only >= 0 and rank != only:
            continue
        place, kept = first + order[rank] * PER_SOURCE, first + rank * PER_SOURCE
        for c in range(PER_SOURCE):
            state[place + c] += step * (a[kept + c] - b[kept + c])
        state[place + 2] = abs(state[place + 2])
    for rank in range(number - 1):
        # The way back must pair the sources as the way here did.
        if state[first + order[rank] * PER_SOURCE] > state[first + order[rank + 1] * PER_SOURCE]:
            return -math.inf
    if others:
        respond_all(problem, state, room)
    else:
        s = order[only]
        respond(problem, state, state[first + s * PER_SOURCE :], room.wind, room.mean[s], room.share[s])
    return 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _propose(
    rng: Generator, problem: Problem, guide: tuple[BirthMap, Tempering], state: FloatArray, room: Scratch
) -> float:  # pragma: no cover (compiled)
    births, tempering = guide
    number = int(state[NUMBER])
    kind = rng.random()
    if kind < 0.12:
        return propose_jump(rng, problem, births, state, room)
    if kind < 0.2:
        return propose_split(rng, problem, state, room)
    if kind < 0.4 and number > 0:
        return _propose_walk(rng, problem, state, room, int(rng.integers(0, number)))
    if kind < 0.62:
        return _propose_difference(rng, problem, tempering, state, room)
    if kind < 0.88:
        return _propose_plume(rng, problem, state, room)
    return _propose_sensor(rng, problem, state)


@njit(cache=True, nogil=True, error_model="numpy")
def run_chain(
    rng: Generator,
    problem: Problem,
    guide: tuple[BirthMap, Tempering],
    room: Scratch,
    states: FloatArray,
    logs: FloatArray,
) -> int:  # pragma: no cover (compiled)
    """Fill `states` (step, place) and `logs` (step, 3) from their first row on; return how many moves were accepted."""
    births, tempering = guide
    now, new = states[0].copy(), states[0].copy()
    now_logs, new_logs = logs[0].copy(), logs[0].copy()
    respond_all(problem, now, room)
    kept_mean, kept_share, kept_wind = room.mean.copy(), room.share.copy(), room.wind.copy()
    accepted = 0
    for step in range(1, states.shape[0]):
        new[:] = now
        ratio = _propose(rng, problem, guide, new, room)
        new_logs[1] = -math.inf
        if ratio > -math.inf:
            evaluate(problem, births, new, room, new_logs)
        gain = _tempered(problem, new, new_logs, tempering) - _tempered(problem, now, now_logs, tempering) + ratio
        before, after = int(now[NUMBER]), int(new[NUMBER])
        room.flow[before, before] += 1.0
        if after != before and gain > -math.inf:
            unbiased = gain - tempering.bias[after] + tempering.bias[before]
            room.flow[before, after] += math.exp(min(unbiased, 0.0))
        if math.log(rng.random()) < gain:
            now[:] = new
            now_logs[:] = new_logs
            used = int(now[NUMBER])
            kept_mean[:used], kept_share[:used], kept_wind[:] = room.mean[:used], room.share[:used], room.wind
            accepted += 1
        else:
            used = int(now[NUMBER])
            room.mean[:used], room.share[:used], room.wind[:] = kept_mean[:used], kept_share[:used], kept_wind
        states[step] = now
        logs[step] = now_logs
    return accepted
