"""The posterior density that the sampler explores, compiled.

A state is one flat vector: number of sources, discrete choices (spread case, wind smoothing, sensor delay), nuisances,
wind-direction offsets at `K` nodes, then easting, northing, height and log rate of up to `S` sources.

``log p = log prior + rate_of_learning * [sum_i w_i log p(y_i | b_i, m_i) + Laplace term of the ambient]``

with m_i the sum of the sources' plumes, b the ambient that solves the weighted normal equations given m (its other
uncertainty enters through the determinant), and w_i the share of an independent reading that reading i is.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.dispersion.plume import coupling
from upwind.invert.fluctuation import FAINT, log_density

__all__ = ["HEADER", "PER_SOURCE", "Problem", "log_likelihood", "log_prior", "respond", "set_wind"]

# Places in a state vector.
NUMBER, CASE, SMOOTHING, DELAY, SPREAD_Y, SPREAD_Z, NOISE, SHAPE = range(8)
HEADER = 8
PER_SOURCE = 4

#: Standard deviations of the log factors on sigma_y, sigma_z.
SPREAD_Y_SD, SPREAD_Z_SD = 0.45, 0.35
#: Scale of the half-normal prior of source height. [m]
HEIGHT_SD = 4.0
#: A source that would show with less than this many sigma in all is not one the data speak of.
VISIBLE = 4.0
#: Chance that a reading has nothing to do with the model.
OUTLIER = 0.02


class Problem(NamedTuple):
    """Everything that stays fixed while the sampler runs; r readings, w smoothings, c cases, d delays, k nodes.

    start, end (r, 3) [m]; pieces (r,); toward (w, r, 2); speed (w, r) [m/s]; height_factor (c, r); surface (r,)
    indexes the tables; tables (c, surface, row, 3); widening (r,) on sigma_y; unit (r,) reading per (kg/h x s m-3);
    y (d, r); noise (r,); weight (r,); basis_at, basis (r, 3) of the ambient; ambient_mean (p,); ambient_precision
    (p, p); turn_at (r,), turn_part (r,) of the direction nodes; turn_precision (k, k); settings: see `Prior`;
    box west, east, south, north [m].
    """

    start: FloatArray
    end: FloatArray
    pieces: IntArray
    toward: FloatArray
    speed: FloatArray
    height_factor: FloatArray
    surface: IntArray
    tables: FloatArray
    widening: FloatArray
    unit: FloatArray
    y: FloatArray
    noise: FloatArray
    weight: FloatArray
    basis_at: IntArray
    basis: FloatArray
    ambient_mean: FloatArray
    ambient_precision: FloatArray
    turn_at: IntArray
    turn_part: FloatArray
    turn_precision: FloatArray
    fluctuation: FloatArray
    box: FloatArray
    log_number: FloatArray
    case_log_prior: FloatArray
    learning_rate: float
    reach: float
    shape_mean: float
    shape_sd: float
    noise_sd: float
    rate_mean: float
    rate_sd: float


class Scratch(NamedTuple):
    """Room that one chain works in: wind (r, 3), mean and fluctuation of each source (s, r) and their sums (r,)."""

    wind: FloatArray
    mean: FloatArray
    share: FloatArray
    total: FloatArray
    spread: FloatArray
    ambient: FloatArray


def scratch_for(problem: Problem, most_sources: int) -> Scratch:
    """Return empty room for one chain."""
    readings = problem.start.shape[0]
    return Scratch(
        wind=np.empty((readings, 3)),
        mean=np.zeros((most_sources + 1, readings)),
        share=np.zeros((most_sources + 1, readings)),
        total=np.zeros(readings),
        spread=np.zeros(readings),
        ambient=np.zeros(len(problem.ambient_mean)),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def set_wind(problem, state, wind) -> None:  # noqa: ANN001  # pragma: no cover (compiled)
    """Write the wind of a state: unit vector toward which it blows, and speed at the standard height."""
    case, smoothing = int(state[CASE]), int(state[SMOOTHING])
    nodes = problem.turn_precision.shape[0]
    for i in range(wind.shape[0]):
        at = problem.turn_at[i]
        turn = state[HEADER + at]
        if nodes > 1:
            turn += problem.turn_part[i] * (state[HEADER + at + 1] - turn)
        cos, sin = math.cos(turn), math.sin(turn)
        east, north = problem.toward[smoothing, i, 0], problem.toward[smoothing, i, 1]
        wind[i, 0] = cos * east - sin * north
        wind[i, 1] = sin * east + cos * north
        wind[i, 2] = problem.speed[smoothing, i] * problem.height_factor[case, i]


@njit(cache=True, nogil=True, error_model="numpy")
def respond(problem, state, source, wind, mean, share) -> None:  # noqa: ANN001, PLR0913  # pragma: no cover
    """Write what each reading would be from one source, and its mean square over the fluctuation's shape."""
    case = int(state[CASE])
    rate = math.exp(source[3])
    scale_y, scale_z = math.exp(state[SPREAD_Y]), math.exp(state[SPREAD_Z])
    for i in range(mean.shape[0]):
        pieces = problem.pieces[i]
        table = problem.tables[case, problem.surface[i]]
        scale = (scale_y * problem.widening[i], scale_z)
        blowing = (wind[i, 0], wind[i, 1], wind[i, 2])
        a, b = problem.start[i], problem.end[i]
        total, across = 0.0, 0.0
        for piece in range(pieces):
            s, t = piece / pieces, (piece + 1) / pieces
            start = (a[0] + s * (b[0] - a[0]), a[1] + s * (b[1] - a[1]), a[2] + s * (b[2] - a[2]))
            end = (a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2]))
            value, profile = coupling(start, end, (source[0], source[1], source[2]), blowing, scale, table)
            total += value
            across = max(across, profile)
        mean[i] = total / pieces * rate * problem.unit[i]
        # Towards its edge a plume is there less often: the shape falls as the root of the crosswind profile.
        share[i] = mean[i] * mean[i] / math.sqrt(max(across, 1e-3))


@njit(cache=True, nogil=True, error_model="numpy")
def _solve_ambient(problem, matrix, right) -> float:  # noqa: ANN001  # pragma: no cover (compiled)
    """Solve the normal equations in place by Cholesky; return the log determinant."""
    size = right.shape[0]
    log_det = 0.0
    for j in range(size):
        for k in range(j):
            factor = matrix[j, k]
            if factor != 0.0:
                for i in range(j, size):
                    matrix[i, j] -= matrix[i, k] * factor
        pivot = math.sqrt(max(matrix[j, j], 1e-300))
        log_det += 2.0 * math.log(pivot)
        for i in range(j, size):
            matrix[i, j] /= pivot
    for i in range(size):
        for k in range(i):
            right[i] -= matrix[i, k] * right[k]
        right[i] /= matrix[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            right[i] -= matrix[k, i] * right[k]
        right[i] /= matrix[i, i]
    return log_det


@njit(cache=True, nogil=True, error_model="numpy")
def log_likelihood(problem, state, total, spread, ambient) -> float:  # noqa: ANN001  # pragma: no cover (compiled)
    """Return the log likelihood and write the ambient's coefficients (offsets from their prior mean included)."""
    y = problem.y[int(state[DELAY])]
    noise_factor, shape = math.exp(state[NOISE]), math.exp(state[SHAPE])
    matrix = problem.ambient_precision.copy()
    right = np.zeros(ambient.shape[0])
    for i in range(y.shape[0]):
        noise = problem.noise[i] * noise_factor
        variance = noise * noise + spread[i] / shape
        expected = 0.0
        for c in range(3):
            expected += problem.basis[i, c] * problem.ambient_mean[problem.basis_at[i, c]]
        residual = y[i] - total[i] - expected
        # A reading far above what is expected says little of the ambient.
        excess = max(residual, 0.0) / (4.0 * math.sqrt(variance))
        weight = problem.weight[i] / (variance * (1.0 + excess * excess))
        for c in range(3):
            value = problem.basis[i, c] * weight
            if value != 0.0:
                row = problem.basis_at[i, c]
                right[row] += value * residual
                for d in range(3):
                    matrix[row, problem.basis_at[i, d]] += value * problem.basis[i, d]
    log_det = _solve_ambient(problem, matrix, right)
    penalty = 0.0
    for i in range(right.shape[0]):
        for j in range(right.shape[0]):
            penalty += right[i] * problem.ambient_precision[i, j] * right[j]
        ambient[i] = problem.ambient_mean[i] + right[i]
    return _readings(problem, state, total, spread, ambient) - 0.5 * penalty - 0.5 * log_det


@njit(cache=True, nogil=True, error_model="numpy")
def _readings(problem, state, total, spread, ambient) -> float:  # noqa: ANN001  # pragma: no cover (compiled)
    y = problem.y[int(state[DELAY])]
    noise_factor, shape = math.exp(state[NOISE]), math.exp(state[SHAPE])
    result = 0.0
    for i in range(y.shape[0]):
        noise = problem.noise[i] * noise_factor
        level = 0.0
        for c in range(3):
            level += problem.basis[i, c] * ambient[problem.basis_at[i, c]]
        mean = total[i] / noise
        local = shape
        if mean > FAINT:
            local = min(max(shape * total[i] * total[i] / spread[i], 0.04), 40.0)
        inside = log_density((y[i] - level) / noise, mean, local, problem.fluctuation)
        outside = OUTLIER * noise / problem.reach
        result += problem.weight[i] * (math.log((1.0 - OUTLIER) * math.exp(inside) + outside) - math.log(noise))
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def log_prior(problem, state, mean) -> float:  # noqa: ANN001  # pragma: no cover (compiled)
    """Return the log prior density; -inf outside the box or where a source could not have been seen."""
    number = int(state[NUMBER])
    nodes = problem.turn_precision.shape[0]
    result = problem.log_number[number] + problem.case_log_prior[int(state[CASE])]
    result -= 0.5 * (state[SPREAD_Y] / SPREAD_Y_SD) ** 2 + 0.5 * (state[SPREAD_Z] / SPREAD_Z_SD) ** 2
    result -= 0.5 * (state[NOISE] / problem.noise_sd) ** 2
    result -= 0.5 * ((state[SHAPE] - problem.shape_mean) / problem.shape_sd) ** 2
    for i in range(nodes):
        for j in range(nodes):
            result -= 0.5 * state[HEADER + i] * problem.turn_precision[i, j] * state[HEADER + j]
    for s in range(number):
        source = state[HEADER + nodes + s * PER_SOURCE :]
        result += log_source_prior(problem, source)
        if result == -math.inf or not _visible(problem, state, mean[s]):
            return -math.inf
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def log_source_prior(problem, source) -> float:  # noqa: ANN001  # pragma: no cover (compiled)
    """Return the log prior density of one source: uniform in the box, half-normal height, log-normal rate."""
    west, east, south, north = problem.box
    if not (west <= source[0] <= east and south <= source[1] <= north and source[2] >= 0.0):
        return -math.inf
    result = -math.log((east - west) * (north - south))
    result += 0.5 * math.log(2.0 / math.pi) - math.log(HEIGHT_SD) - 0.5 * (source[2] / HEIGHT_SD) ** 2
    at = (source[3] - problem.rate_mean) / problem.rate_sd
    return result - 0.5 * at * at - math.log(problem.rate_sd) - 0.5 * math.log(2.0 * math.pi)


@njit(cache=True, nogil=True, error_model="numpy")
def _visible(problem, state, mean) -> bool:  # noqa: ANN001  # pragma: no cover (compiled)
    signal = 0.0
    noise_factor = math.exp(state[NOISE])
    for i in range(mean.shape[0]):
        signal += problem.weight[i] * (mean[i] / (problem.noise[i] * noise_factor)) ** 2
    return signal > VISIBLE * VISIBLE
