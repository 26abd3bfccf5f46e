"""The posterior density that the sampler explores, compiled.

``log p = log prior + rate_of_learning * [sum_i w_i log p(y_i | b_i, m_i) + Laplace term of the ambient]``

with m_i the sum of the sources' plumes, b the ambient that solves the weighted normal equations given m (its other
uncertainty enters through the determinant), and w_i the share of an independent reading that reading i is.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray
from upwind.dispersion.plume import coupling
from upwind.invert.fluctuation import FAINT, log_density, octave
from upwind.invert.layout import (
    CASE,
    DELAY,
    HEADER,
    HEIGHT_SD,
    NOISE,
    NUMBER,
    PER_SOURCE,
    RESPONSE,
    RESPONSE_MEAN,
    RESPONSE_SD,
    SHAPE,
    SMOOTHING,
    SPREAD_Y,
    SPREAD_Z,
    SPREAD_Z_SD,
    YOUNGEST_S,
    Problem,
    Scratch,
)
from upwind.invert.station_likelihood import log_likelihood_of_stations

__all__ = [
    "log_likelihood",
    "log_nuisance",
    "log_of_readings",
    "log_source_prior",
    "log_sources",
    "respond",
    "set_wind",
    "slow_down",
]

#: A source that would show with less than this many sigma in all is not one the data speak of.
VISIBLE = 4.0
HALF_LOG_2_PI = 0.5 * math.log(2.0 * math.pi)
#: No gust brings gas to a place that lies further behind its source, by the mean wind, than this cosine.
BEHIND = 0.3
#: A beam is cut from where it passes the source outwards: near the source a plume changes within decimetres. Pieces are
#: this long, and longer by this share of their distance from the source. [m]
FINEST_M, FINENESS = 0.3, 0.2
#: Chance that a reading has nothing to do with the model.
OUTLIER = 0.02


@njit(cache=True, nogil=True, error_model="numpy")
def set_wind(problem: Problem, state: FloatArray, wind: FloatArray) -> None:  # pragma: no cover (compiled)
    """Write the wind of a state: cosine and sine of the direction's error, and the speed at the standard height."""
    _set_wind(problem, state, wind, (0, wind.shape[0]))


@njit(cache=True, nogil=True, error_model="numpy")
def _set_wind(
    problem: Problem, state: FloatArray, wind: FloatArray, rows: tuple[int, int]
) -> None:  # pragma: no cover (compiled)
    speed, factor = problem.speed, problem.height_factor[int(state[CASE])]
    nodes = problem.turn_precision.shape[0]
    for i in range(rows[0], rows[1]):
        at = problem.turn_at[i]
        turn = state[HEADER + at]
        if nodes > 1:
            turn += problem.turn_part[i] * (state[HEADER + at + 1] - turn)
        wind[i, 0], wind[i, 1] = math.cos(turn), math.sin(turn)
        wind[i, 2] = speed[i] * factor[i]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _blowing(
    toward: FloatArray, i: int, wind: FloatArray, age: float
) -> tuple[float, float, float]:  # pragma: no cover (compiled)
    """Return the unit vector along which gas of an age [s] has come to reading i."""
    last = toward.shape[0] - 1
    if last == 0:
        east, north = toward[0, i, 0], toward[0, i, 1]
    else:
        place = age / YOUNGEST_S if age < YOUNGEST_S else 1.0 + octave(age / YOUNGEST_S)
        slot = min(int(place), last - 1)
        part = min(place - slot, 1.0)
        east = toward[slot, i, 0] + part * (toward[slot + 1, i, 0] - toward[slot, i, 0])
        north = toward[slot, i, 1] + part * (toward[slot + 1, i, 1] - toward[slot, i, 1])
        size = math.sqrt(east * east + north * north) + 1e-12
        east, north = east / size, north / size
    return wind[i, 0] * east - wind[i, 1] * north, wind[i, 1] * east + wind[i, 0] * north, wind[i, 2]


@njit(cache=True, nogil=True, error_model="numpy")
def respond(
    problem: Problem, state: FloatArray, source: FloatArray, wind: FloatArray, mean: FloatArray, share: FloatArray
) -> None:  # pragma: no cover (compiled)
    """Write what each reading would be from one source, and its mean square over the fluctuation's shape."""
    _respond(problem, state, source, wind, (mean, share), (0, mean.shape[0]))


@njit(cache=True, nogil=True, error_model="numpy")
def respond_near(problem: Problem, state: FloatArray, node: int, room: Scratch) -> None:  # pragma: no cover
    """Turn the wind about one node of its direction, and write what the readings there would be from each source."""
    first, last = room.wind.shape[0], 0
    for i in range(room.wind.shape[0]):
        if problem.turn_at[i] == node or problem.turn_at[i] == node - 1:
            first, last = min(first, i), i + 1
    _set_wind(problem, state, room.wind, (first, last))
    for s in range(int(state[NUMBER])):
        source = state[HEADER + problem.turn_precision.shape[0] + s * PER_SOURCE :]
        _respond(problem, state, source, room.wind, (room.mean[s], room.share[s]), (first, last))


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _respond(
    problem: Problem,
    state: FloatArray,
    source: FloatArray,
    wind: FloatArray,
    out: tuple[FloatArray, FloatArray],
    rows: tuple[int, int],
) -> None:  # pragma: no cover (compiled)
    mean, share = out
    tables = problem.tables[int(state[CASE])]
    a, b, beam, surface = problem.start, problem.end, problem.beam, problem.surface
    widening, unit, toward = problem.widening, problem.unit, problem.toward
    ageing = problem.ageing[int(state[SMOOTHING])]
    rate = math.exp(source[3])
    scale_y, scale_z = math.exp(state[SPREAD_Y]), math.exp(state[SPREAD_Z])
    place = (source[0], source[1], source[2], source[2])
    last = toward.shape[0] - 1
    for i in range(rows[0], rows[1]):
        east, north = a[i, 0] - place[0], a[i, 1] - place[1]
        away = math.sqrt(east * east + north * north)
        along = east * (wind[i, 0] * toward[last, i, 0] - wind[i, 1] * toward[last, i, 1])
        along += north * (wind[i, 1] * toward[last, i, 0] + wind[i, 0] * toward[last, i, 1])
        if along < -BEHIND * away and not beam[i]:
            mean[i] = share[i] = 0.0
            continue
        scale = (scale_y * widening[i], scale_z)
        blowing = _blowing(toward, i, wind, ageing * away / wind[i, 2])
        spread = (tables, surface[i])
        if beam[i]:
            total, across = _along(a[i], b[i], place, blowing, scale, spread)
        else:
            total, across = coupling(_part(a[i], b[i], 0.0), _part(a[i], b[i], 0.0), place, blowing, scale, spread)
        mean[i] = total * rate * unit[i]
        # Towards its edge a plume is there less often: the shape falls as the root of the crosswind profile.
        share[i] = mean[i] * mean[i] / math.sqrt(max(across, 1e-3)) if total > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _part(a: FloatArray, b: FloatArray, share: float) -> tuple[float, float, float]:  # pragma: no cover (compiled)
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _along(
    a: FloatArray,
    b: FloatArray,
    place: tuple[float, float, float, float],
    blowing: tuple[float, float, float],
    scale: tuple[float, float],
    spread: tuple[FloatArray, int],
) -> tuple[float, float]:  # pragma: no cover (compiled)
    """Return the mean over a beam, and the greatest crosswind profile on it."""
    length = math.sqrt((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2 + (b[2] - a[2]) ** 2)
    foot, aside = 0.0, 0.0
    for axis in range(3):
        foot += (place[axis] - a[axis]) * (b[axis] - a[axis]) / length
    foot = min(max(foot, 0.0), length)
    for axis in range(3):
        aside += (a[axis] + foot / length * (b[axis] - a[axis]) - place[axis]) ** 2
    total, across = 0.0, 0.0
    for side in (-1.0, 1.0):
        gone, reach = 0.0, foot if side < 0.0 else length - foot
        while gone < reach:
            to = min(gone + FINEST_M + FINENESS * math.sqrt(gone * gone + aside), reach)
            near, far = (foot + side * gone) / length, (foot + side * to) / length
            value, profile = coupling(_part(a, b, near), _part(a, b, far), place, blowing, scale, spread)
            total += value * (to - gone)
            across = max(across, profile)
            gone = to
    return total / length, across


@njit(cache=True, nogil=True, error_model="numpy")
def _solve_ambient(matrix: FloatArray, right: FloatArray) -> float:  # pragma: no cover (compiled)
    """Solve the normal equations in place by Cholesky; return the log determinant."""
    size = right.shape[0]
    log_det = 0.0
    for j in range(size):
        for k in range(j):
            factor = matrix[j, k]
            if factor == 0.0:
                continue
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
def log_likelihood(
    problem: Problem, state: FloatArray, total: FloatArray, spread: FloatArray, ambient: FloatArray
) -> float:  # pragma: no cover (compiled)
    """Return the log likelihood and write the ambient's coefficients."""
    if problem.sensors > 0:
        scales = (math.exp(state[NOISE]), math.exp(state[SHAPE]))
        return log_likelihood_of_stations(problem, scales, total, spread, ambient)
    matrix = problem.ambient_precision.copy()
    right = np.zeros(ambient.shape[0])
    _normal_equations(problem, state, total, spread, (matrix, right))
    log_det = _solve_ambient(matrix, right)
    penalty = 0.0
    for i in range(right.shape[0]):
        for j in range(right.shape[0]):
            penalty += right[i] * problem.ambient_precision[i, j] * right[j]
        ambient[i] = problem.ambient_mean[i] + right[i]
    return log_of_readings(problem, state, total, spread, ambient) - 0.5 * penalty - 0.5 * log_det


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _normal_equations(
    problem: Problem,
    state: FloatArray,
    total: FloatArray,
    spread: FloatArray,
    equations: tuple[FloatArray, FloatArray],
) -> None:  # pragma: no cover (compiled)
    matrix, right = equations
    y, at, basis = problem.y[int(state[DELAY])], problem.basis_at, problem.basis
    noises, weights, expected = problem.noise, problem.weight, problem.ambient_expected
    noise_factor, shape = math.exp(state[NOISE]), math.exp(state[SHAPE])
    for i in range(y.shape[0]):
        variance = (noises[i] * noise_factor) ** 2 + spread[i] / shape
        residual = y[i] - total[i] - expected[i]
        # A reading far above what is expected says little of the ambient.
        excess = max(residual, 0.0) * max(residual, 0.0) / (16.0 * variance)
        weight = weights[i] / (variance * (1.0 + excess))
        for c in range(3):
            value = basis[i, c] * weight
            if value == 0.0:
                continue
            row = at[i, c]
            right[row] += value * residual
            for d in range(3):
                matrix[row, at[i, d]] += value * basis[i, d]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def slow_down(
    problem: Problem, state: FloatArray, total: FloatArray, spread: FloatArray
) -> None:  # pragma: no cover (compiled)
    """Let a sensor of first-order response see what was there: each reading keeps a part of the one before it."""
    response = math.exp(state[RESPONSE])
    gap, kept = math.inf, 0.0
    for i in range(1, total.shape[0]):
        if problem.gap[i] < 60.0:
            if problem.gap[i] != gap:
                gap = problem.gap[i]
                kept = math.exp(-gap / response)
            total[i] += kept * (total[i - 1] - total[i])
            spread[i] += kept * (spread[i - 1] - spread[i])


@njit(cache=True, nogil=True, error_model="numpy")
def log_of_readings(
    problem: Problem, state: FloatArray, total: FloatArray, spread: FloatArray, ambient: FloatArray
) -> float:  # pragma: no cover (compiled)
    """Return the log density of the readings for given coefficients of the ambient."""
    y, at, basis = problem.y[int(state[DELAY])], problem.basis_at, problem.basis
    noises, weights, table = problem.noise, problem.weight, problem.fluctuation
    noise_factor, shape = math.exp(state[NOISE]), math.exp(state[SHAPE])
    result: float = -state[NOISE] * problem.log_noise[0] - problem.log_noise[1]
    for i in range(y.shape[0]):
        noise = noises[i] * noise_factor
        z = y[i] - basis[i, 0] * ambient[at[i, 0]] - basis[i, 1] * ambient[at[i, 1]] - basis[i, 2] * ambient[at[i, 2]]
        z /= noise
        mean = total[i] / noise
        if mean > FAINT:
            local = min(max(shape * total[i] * total[i] / spread[i], 0.04), 40.0)
            inside = log_density(z, mean, local, table)
        else:
            inside = -0.5 * z * z - HALF_LOG_2_PI
        if inside < -4.0:
            inside = math.log(math.exp(inside) + OUTLIER * noise / problem.reach)
        result += weights[i] * inside
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def log_nuisance(problem: Problem, state: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log prior density of the number of sources and of everything that is no source."""
    nodes = problem.turn_precision.shape[0]
    result: float = problem.log_number[int(state[NUMBER])] + problem.case_log_prior[int(state[CASE])]
    result -= 0.5 * ((state[SPREAD_Y] - problem.spread_mean) / problem.spread_sd) ** 2
    result -= 0.5 * (state[SPREAD_Z] / SPREAD_Z_SD) ** 2
    result -= 0.5 * (state[NOISE] / problem.noise_sd) ** 2
    result -= 0.5 * ((state[SHAPE] - problem.shape_mean) / problem.shape_sd) ** 2
    result -= 0.5 * ((state[RESPONSE] - RESPONSE_MEAN) / RESPONSE_SD) ** 2
    for i in range(nodes):
        for j in range(nodes):
            result -= 0.5 * state[HEADER + i] * problem.turn_precision[i, j] * state[HEADER + j]
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def log_sources(problem: Problem, state: FloatArray, mean: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log prior density of the sources; -inf outside the box or where one could not have been seen."""
    first = HEADER + problem.turn_precision.shape[0]
    result = 0.0
    for s in range(int(state[NUMBER])):
        result += log_source_prior(problem, state[first + s * PER_SOURCE :])
        if result == -math.inf or not _visible(problem, state, mean[s]):
            return -math.inf
    return result


@njit(cache=True, nogil=True, error_model="numpy")
def log_source_prior(problem: Problem, source: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log prior density of one source: uniform in the box, half-normal height, log-normal rate."""
    west, east, south, north = problem.box
    if not (west <= source[0] <= east and south <= source[1] <= north and source[2] >= 0.0):
        return -math.inf
    result = -math.log((east - west) * (north - south))
    result += 0.5 * math.log(2.0 / math.pi) - math.log(HEIGHT_SD) - 0.5 * (source[2] / HEIGHT_SD) ** 2
    at = (source[3] - problem.rate_mean) / problem.rate_sd
    density: float = result - 0.5 * at * at - math.log(problem.rate_sd) - 0.5 * math.log(2.0 * math.pi)
    return density


@njit(cache=True, nogil=True, error_model="numpy")
def _visible(problem: Problem, state: FloatArray, mean: FloatArray) -> bool:  # pragma: no cover (compiled)
    signal = 0.0
    noise_factor = math.exp(state[NOISE])
    for i in range(mean.shape[0]):
        signal += problem.weight[i] * (mean[i] / (problem.noise[i] * noise_factor)) ** 2
    return signal > VISIBLE * VISIBLE
