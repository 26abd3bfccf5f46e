"""Weighted states over a problem that grows, and the chains that renew them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.invert.births import BirthMap
from upwind.invert.growth import Past, append, one_row, thin
from upwind.invert.layout import HEADER, NUMBER, PER_SOURCE, Problem, Scratch
from upwind.invert.moves import Tempering, evaluate, respond_all, run_chain
from upwind.invert.observations import Observations
from upwind.invert.scan import configurations, responses
from upwind.invert.target import log_of_readings, respond, set_wind

__all__ = [
    "COLUMNS",
    "Ground",
    "Members",
    "births_of",
    "chain_from",
    "felt",
    "grown",
    "guide",
    "likely_of",
    "weigh",
]

#: Columns (and rows) of the grid on which births are looked for.
COLUMNS = 32
#: The plume that they are looked for with is this much wider (log) than usual.
_WIDENED = 0.3
#: The map is flattened until its best cell is this many times likelier (log) than an empty one.
_CONTRAST = 9.0


@dataclass(frozen=True, slots=True)
class Ground:
    """A problem with its past: what a row more needs."""

    problem: Problem
    past: Past

    @property
    def most(self) -> int:
        """How many sources there may be."""
        return len(self.problem.log_number) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """States (particle, place), and the ambient's coefficients (particle, coefficient) when each was drawn."""

    states: FloatArray
    ambient: FloatArray


def grown(ground: Ground, observation: Observations, most_rows: int) -> Ground:
    """Return the ground with one reading more, thinned before where it holds so many rows."""
    problem, past = ground.problem, ground.past
    if len(past.time) >= most_rows:
        problem, past = thin(problem, past)
    problem, past = append(problem, past, observation)
    return replace(ground, problem=problem, past=past)


def weigh(row: Problem, members: Members) -> tuple[FloatArray, FloatArray]:
    """Return the log likelihood of one reading under each member, and what of it the sources would be, (particle,).

    The ambient is that which stood when a state was drawn; a chain from it counts exactly again.
    """
    gain, total = np.empty(len(members.states)), np.empty(len(members.states))
    _weigh(row, members.states, members.ambient, gain, total)
    return gain, total


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(
    problem: Problem, states: FloatArray, ambient: FloatArray, gain: FloatArray, total: FloatArray
) -> None:  # pragma: no cover (compiled)
    """Write how likely one reading is under each state, and what of it the state's sources would be."""
    first = HEADER + problem.turn_precision.shape[0]
    wind = np.empty((1, 3))
    mean, share = np.empty(1), np.empty(1)
    plume, spread = np.empty(1), np.empty(1)
    for i in range(states.shape[0]):
        state = states[i]
        set_wind(problem, state, wind)
        plume[0], spread[0] = 0.0, 0.0
        for s in range(int(state[NUMBER])):
            respond(problem, state, state[first + s * PER_SOURCE :], wind, mean, share)
            plume[0] += mean[0]
            spread[0] += share[0]
        gain[i] = log_of_readings(problem, state, plume, spread, ambient[i])
        total[i] = plume[0]


def chain_from(
    rng: np.random.Generator,
    target: tuple[Problem, BirthMap, Tempering],
    room: Scratch,
    start: FloatArray,
    length: int,
) -> Members | None:
    """Return the states of a chain, its start the first of them; None from where nothing can be seen."""
    problem, births, tempering = target
    states, logs = np.empty((length, len(start))), np.empty((length, 3))
    states[0] = start
    respond_all(problem, states[0], room)
    evaluate(problem, births, states[0], room, logs[0])
    if not np.isfinite(logs[0]).all():
        return None
    ambient = np.tile(room.ambient, (length, 1))
    if length > 1:
        run_chain(rng, problem, (births, tempering), room, states, logs)
    return Members(states=states, ambient=ambient)


def guide(states: FloatArray, nodes: int, most: int) -> tuple[FloatArray, IntArray]:
    """Return states in order of their number of sources, these from west to east, and where each number starts.

    As `Tempering` wants its archive; `nodes` is the direction's, `most` the number of sources there may be.
    """
    number = states[:, NUMBER].astype(np.int64)
    order = np.argsort(number, kind="stable")
    archive = states[order]
    places = slice(HEADER + nodes, HEADER + nodes + most * PER_SOURCE)
    slots = archive[:, places].reshape(len(states), most, PER_SOURCE)
    absent = np.arange(most)[None, :] >= number[order][:, None]
    from_west = np.argsort(np.where(absent, np.inf, slots[:, :, 0]), axis=1, kind="stable")
    archive[:, places] = np.take_along_axis(slots, from_west[:, :, None], axis=1).reshape(len(states), -1)
    return archive, np.searchsorted(number[order], np.arange(most + 2)).astype(np.int64)


def felt(ground: Ground, at: int) -> tuple[FloatArray, float, float]:
    """Return what one reading would be from a unit source in each cell (cell,), its value, and its precision."""
    row = one_row(ground.problem, at)
    like = configurations(ground.problem, (_WIDENED,))[0]
    unit = np.empty((COLUMNS * COLUMNS, 1))
    responses(row, like, _cells(ground.problem.box), unit)
    value = float(row.y[len(row.y) // 2, 0] - row.ambient_expected[0])
    relative = float(np.exp(-0.5 * ground.problem.shape_mean)) * max(value, 0.0)
    return unit[:, 0], value, float(row.weight[0]) / (float(row.noise[0]) ** 2 + relative**2)


def _cells(box: FloatArray) -> FloatArray:
    """Return the middles of the grid's cells (cell, 2). [m]"""
    west, east, south, north = box
    part = (np.arange(COLUMNS) + 0.5) / COLUMNS
    easting, northing = np.meshgrid(west + part * (east - west), south + part * (north - south))
    return np.column_stack([easting.ravel(), northing.ravel()])


def likely_of(cross: FloatArray, squares: FloatArray) -> FloatArray:
    """Return how likely matched filters make a source in each cell, and its log rate, (filter, 2, cell).

    Parameters
    ----------
    cross
        Sum over the readings of precision, residual and response, (filter, cell).
    squares
        The same of precision and the response squared.
    """
    cross, squares = np.maximum(cross, 0.0), squares + 1e-30
    gain = 0.5 * cross**2 / squares
    top = gain.max(axis=1, keepdims=True)
    likely = np.exp(np.minimum(1.0, _CONTRAST / np.maximum(top, 1e-9)) * (gain - top))
    log_rate = np.clip(np.log(np.maximum(cross, 1e-30) / squares), -12.0, 12.0)
    return np.stack([likely / likely.sum(axis=1, keepdims=True), log_rate], axis=1)


def births_of(likely: FloatArray) -> BirthMap:
    """Return the map in which each of several (map, 2, cell) has an equal part."""
    weight = likely[:, 0].mean(axis=0)
    better = likely[:, 0].argmax(axis=0)
    return BirthMap(
        log_weight=np.log(np.maximum(weight, 1e-12)),
        cumulative=np.cumsum(weight),
        log_rate=likely[better, 1, np.arange(len(weight))],
        columns=COLUMNS,
    )
