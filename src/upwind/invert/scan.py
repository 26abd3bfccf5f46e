"""Where a source could be: a matched filter over a grid, stage by stage, that births are drawn from.

For each cell the best positive rate of a source there is fitted to the residual by weighted least squares, over a few
spreads; the gain in log likelihood makes the map. The best cell's plume is then taken off and the next stage looks at
what is left, so that weak sources beside strong ones are found too.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numpy.typing import NDArray

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.invert.births import BirthMap
from upwind.invert.layout import (
    CASE,
    DELAY,
    HEADER,
    PER_SOURCE,
    RESPONSE,
    RESPONSE_MEAN,
    SHAPE,
    SMOOTHING,
    SPREAD_Y,
    Problem,
)
from upwind.invert.target import log_likelihood, respond, set_wind

__all__ = ["birth_map", "configurations", "responses"]

_COARSE, _FINE = 48, 4
#: The map is flattened until its best cell is this many times likelier (log) than an empty one.
_CONTRAST = 9.0
_LEAST_GAIN = 4.0
#: So many coarse cells are looked at finely.
_REFINED = 40


@njit(cache=True, nogil=True, error_model="numpy")
def responses(
    problem: Problem, state: FloatArray, cells: FloatArray, out: FloatArray
) -> None:  # pragma: no cover (compiled)
    """Write what each reading would be from a unit source in each cell, (cell, reading)."""
    readings = out.shape[1]
    wind = np.empty((readings, 3))
    set_wind(problem, state, wind)
    mean, share = np.empty(readings), np.empty(readings)
    source = np.zeros(PER_SOURCE)
    source[2] = 1.0
    for c in range(cells.shape[0]):
        source[0], source[1] = cells[c, 0], cells[c, 1]
        respond(problem, state, source, wind, mean, share)
        out[c] = mean


class _Filter:
    """Responses of unit sources in cells over the configurations, (configuration, cell, reading), computed once."""

    def __init__(self, problem: Problem, cells: FloatArray, states: list[FloatArray], precision: FloatArray) -> None:
        self.hours = [np.flatnonzero(problem.stations.hour == hour) for hour in range(problem.hours)]
        self.responses = [np.empty((len(cells), len(precision)), dtype=np.float32) for _ in states]
        with ThreadPoolExecutor(2) as pool:
            jobs = zip(states, self.responses, strict=True)
            list(pool.map(lambda job: responses(problem, job[0], cells, job[1]), jobs))
        weight = precision.astype(np.float32)
        self.squares = [(response * response) @ weight + 1e-30 for response in self.responses]
        self.precision = precision

    def gains(self, residual: FloatArray) -> tuple[FloatArray, IntArray]:
        """Return the best gain in log likelihood and log rate of each cell (cell, 2), and of which configuration."""
        weighted = (residual * self.precision).astype(np.float32)
        if len(self.hours) > 1:
            gain, rate = self._hourly(weighted)
        else:
            cross = np.maximum(np.stack([response @ weighted for response in self.responses]), 0.0)
            squares = np.stack(self.squares)
            # Of constant readings the least rate is 0 in single precision; it counts only where there is a gain.
            with np.errstate(divide="ignore"):
                gain, rate = 0.5 * cross**2 / squares, np.log(np.maximum(cross, 1e-30) / squares)
        which = gain.argmax(axis=0)
        at = (which, np.arange(gain.shape[1]))
        return np.column_stack([gain[at], rate[at]]).astype(np.float64), which

    def _hourly(self, weighted: NDArray[np.float32]) -> tuple[FloatArray, FloatArray]:
        """Return gains and log rates (configuration, cell) where a source may be stronger or weaker hour by hour."""
        weight = self.precision.astype(np.float32)
        gain = np.full((len(self.responses), len(self.responses[0])), 1e-9)
        rate = np.zeros(gain.shape)
        for number, response in enumerate(self.responses):
            for at in self.hours:
                part = response[:, at]
                cross = np.maximum(part @ weighted[at], 1e-30)
                square = (part * part) @ weight[at] + 1e-30
                gain[number] += 0.5 * cross**2 / square
                rate[number] += 0.5 * cross**2 / square * np.log(cross / square)
        return gain, rate / gain


def configurations(problem: Problem, widenings: tuple[float, ...]) -> list[FloatArray]:
    """Return the few states whose plumes the filter tries."""
    nodes = len(problem.turn_precision)
    states = []
    turn_sd = 1.0 / math.sqrt(problem.turn_precision.sum())
    for widening in widenings:
        for turn in (0.0, -turn_sd, turn_sd):
            state = np.zeros(HEADER + nodes + PER_SOURCE)
            state[CASE], state[SPREAD_Y] = len(problem.case_log_prior) // 4, problem.spread_mean + widening
            state[HEADER : HEADER + nodes] = turn
            state[SMOOTHING] = len(problem.ageing) // 2
            state[DELAY] = len(problem.y) // 2
            state[SHAPE] = problem.shape_mean
            state[RESPONSE] = RESPONSE_MEAN
            states.append(state)
    return states


def birth_map(problem: Problem, stages: int) -> BirthMap:
    """Return the map that births are drawn from."""
    signal, precision = _signal(problem)
    columns = _COARSE * _FINE
    fine = _centres(problem.box, columns)
    coarse = _Filter(problem, _centres(problem.box, _COARSE), configurations(problem, (0.6,)), precision)
    weight, best = np.zeros(columns * columns), np.zeros(columns * columns)
    log_rate = np.full(columns * columns, problem.rate_mean)
    residual = signal.copy()
    for stage in range(stages):
        score, plume = _scores(problem, coarse, residual, fine)
        top = float(score[:, 0].max())
        if stage > 0 and top < _LEAST_GAIN:
            break
        flat = np.exp(min(1.0, _CONTRAST / max(top, 1e-9)) * (score[:, 0] - top))
        flat /= flat.sum()
        weight += flat
        better = (flat > best) & (score[:, 0] > 0)
        best[better], log_rate[better] = flat[better], score[better, 1]
        residual = residual - plume
    weight /= weight.sum()
    return BirthMap(
        log_weight=np.log(np.maximum(weight, 1e-12)), cumulative=np.cumsum(weight), log_rate=log_rate, columns=columns
    )


def _signal(problem: Problem) -> tuple[FloatArray, FloatArray]:
    """Return what stands above the ambient fitted without any source, and the precision of each reading."""
    state = configurations(problem, (0.0,))[0]
    ambient = np.zeros(len(problem.ambient_mean))
    nothing = np.zeros(len(problem.noise))
    log_likelihood(problem, state, nothing, nothing, ambient)
    signal = problem.y[int(state[DELAY])] - np.einsum("rc,rc->r", problem.basis, ambient[problem.basis_at])
    relative = math.exp(-0.5 * problem.shape_mean)
    return signal, problem.weight / (problem.noise**2 + (relative * np.maximum(signal, 0.0)) ** 2)


def _centres(box: FloatArray, columns: int) -> FloatArray:
    west, east, south, north = box
    part = (np.arange(columns) + 0.5) / columns
    easting, northing = np.meshgrid(west + part * (east - west), south + part * (north - south))
    return np.column_stack([easting.ravel(), northing.ravel()])


def _scores(problem: Problem, coarse: _Filter, residual: FloatArray, fine: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return gains and log rates on the fine grid (finely where it matters, else coarsely), and the best plume."""
    gains, _ = coarse.gains(residual)
    order = np.argsort(-gains[:, 0], kind="stable")[:_REFINED]
    chosen = np.zeros(_COARSE * _COARSE, dtype=bool)
    chosen[order[gains[order, 0] > 0]] = True
    score = _finer(gains.reshape(_COARSE, _COARSE, 2)).reshape(-1, 2)
    finely = _finer(chosen.reshape(_COARSE, _COARSE)).ravel()
    if not finely.any():
        return score, np.zeros(len(residual))
    finer = _Filter(problem, fine[finely], configurations(problem, (0.3,)), coarse.precision)
    score[finely], which = finer.gains(residual)
    inside = int(score[finely, 0].argmax())
    return score, finer.responses[which[inside]][inside] * math.exp(score[finely][inside, 1])


def _finer(values: FloatArray | BoolArray) -> FloatArray:
    return np.repeat(np.repeat(values, _FINE, axis=0), _FINE, axis=1)
