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

from upwind.arrays import FloatArray
from upwind.invert.moves import BirthMap
from upwind.invert.target import (
    CASE,
    DELAY,
    HEADER,
    PER_SOURCE,
    SHAPE,
    SMOOTHING,
    SPREAD_Y,
    Problem,
    log_likelihood,
    respond,
    set_wind,
)

__all__ = ["birth_map"]

_COARSE, _FINE = 48, 4
#: The map is flattened until its best cell is this many times likelier (log) than an empty one.
_CONTRAST = 9.0
_LEAST_GAIN = 4.0


@njit(cache=True, nogil=True, error_model="numpy")
def _gains(problem, state, residual, precision, cells) -> FloatArray:  # noqa: ANN001  # pragma: no cover (compiled)
    """Return the gain in log likelihood and the log rate of the best source in each cell, shape (cell, 2)."""
    readings = residual.shape[0]
    wind = np.empty((readings, 3))
    set_wind(problem, state, wind)
    mean, share = np.empty(readings), np.empty(readings)
    out = np.zeros((cells.shape[0], 2))
    source = np.zeros(PER_SOURCE)
    source[2] = 1.0
    for c in range(cells.shape[0]):
        source[0], source[1] = cells[c, 0], cells[c, 1]
        respond(problem, state, source, wind, mean, share)
        cross, square = 0.0, 1e-300
        for i in range(readings):
            cross += mean[i] * residual[i] * precision[i]
            square += mean[i] * mean[i] * precision[i]
        if cross > 0.0 and square > 1e-200:
            out[c, 0] = 0.5 * cross * cross / square
            out[c, 1] = math.log(cross / square)
    return out


def _configurations(problem: Problem) -> list[FloatArray]:
    """Return the few states whose plumes the filter tries."""
    nodes = len(problem.turn_precision)
    states = []
    cases = np.unique(np.linspace(0, len(problem.case_log_prior) - 1, 3).astype(int))
    for case in cases:
        for widening in (0.0, 0.6):
            state = np.zeros(HEADER + nodes + PER_SOURCE)
            state[CASE], state[SPREAD_Y] = case, widening
            state[SMOOTHING] = len(problem.toward) // 2
            state[DELAY] = len(problem.y) // 2
            state[SHAPE] = problem.shape_mean
            states.append(state)
    return states


def _best(problem: Problem, working: tuple[FloatArray, FloatArray], cells: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the best gains over the configurations, (cell, 2), and which one was best, (cell,)."""
    states = _configurations(problem)
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(_gains, problem, state, *working, cells) for state in states]
        gains = np.stack([job.result() for job in jobs])
    which = gains[:, :, 0].argmax(axis=0)
    return gains[which, np.arange(len(cells))], which


def birth_map(problem: Problem, stages: int) -> BirthMap:
    """Return the map that births are drawn from."""
    state = _configurations(problem)[0]
    ambient = np.zeros(len(problem.ambient_mean))
    nothing = np.zeros(len(problem.noise))
    log_likelihood(problem, state, nothing, nothing, ambient)
    level = np.einsum("rc,rc->r", problem.basis, ambient[problem.basis_at])
    signal = problem.y[int(state[DELAY])] - level
    relative = math.exp(-0.5 * problem.shape_mean)
    precision = problem.weight / (problem.noise**2 + (relative * np.maximum(signal, 0.0)) ** 2)
    west, east, south, north = problem.box
    columns = _COARSE * _FINE
    fine = _centres(problem.box, columns)
    weight = np.zeros(columns * columns)
    log_rate = np.full(columns * columns, problem.rate_mean)
    best_weight = np.zeros(columns * columns)
    residual = signal.copy()
    for stage in range(stages):
        score = _scores(problem, (residual, precision), fine)
        top = int(score[:, 0].argmax())
        if stage > 0 and score[top, 0] < _LEAST_GAIN:
            break
        flat = np.exp(min(1.0, _CONTRAST / max(score[top, 0], 1e-9)) * (score[:, 0] - score[top, 0]))
        flat /= flat.sum()
        weight += flat
        better = flat > best_weight
        best_weight[better] = flat[better]
        log_rate[better & (score[:, 0] > 0)] = score[better & (score[:, 0] > 0), 1]
        residual = residual - _plume(problem, fine[top], (residual, precision))
    weight /= weight.sum()
    return BirthMap(
        log_weight=np.log(np.maximum(weight, 1e-12)),
        cumulative=np.cumsum(weight),
        log_rate=log_rate,
        columns=columns,
    )


def _centres(box: FloatArray, columns: int) -> FloatArray:
    west, east, south, north = box
    part = (np.arange(columns) + 0.5) / columns
    easting, northing = np.meshgrid(west + part * (east - west), south + part * (north - south))
    return np.column_stack([easting.ravel(), northing.ravel()])


def _scores(problem: Problem, working: tuple[FloatArray, FloatArray], fine: FloatArray) -> FloatArray:
    """Return gains and log rates on the fine grid: everywhere coarsely, finely where it matters."""
    coarse, _ = _best(problem, working, _centres(problem.box, _COARSE))
    square = coarse.reshape(_COARSE, _COARSE, 2)
    score = np.repeat(np.repeat(square, _FINE, axis=0), _FINE, axis=1).reshape(-1, 2)
    order = np.argsort(-coarse[:, 0])[:160]
    chosen = np.zeros(_COARSE * _COARSE, dtype=bool)
    chosen[order[coarse[order, 0] > 0]] = True
    finely = np.repeat(np.repeat(chosen.reshape(_COARSE, _COARSE), _FINE, axis=0), _FINE, axis=1).ravel()
    if finely.any():
        score[finely], _ = _best(problem, working, fine[finely])
    return score


def _plume(problem: Problem, cell: FloatArray, working: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return the best plume of a source in a cell."""
    gain, which = _best(problem, working, cell[None])
    state = _configurations(problem)[int(which[0])]
    wind = np.empty((len(working[0]), 3))
    set_wind(problem, state, wind)
    mean, share = np.empty(len(wind)), np.empty(len(wind))
    respond(problem, state, np.array([cell[0], cell[1], 1.0, gain[0, 1]]), wind, mean, share)
    return mean
