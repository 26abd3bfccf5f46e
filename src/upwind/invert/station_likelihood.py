"""The likelihood of sensors that stand still, compiled: `stations` says what it is.

The air, offsets, hours and gains solve normal equations that are tridiagonal (the air) with a dense border.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from upwind.arrays import FloatArray

if TYPE_CHECKING:
    from upwind.invert.layout import Problem

__all__ = ["log_likelihood_of_stations"]

#: Diagonal and side of the tridiagonal block, its border, the dense block (lower triangle), right-hand side.
_Equations = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]
#: Degrees of freedom of single innovations: a gust now and then is no news of the sensor.
_TAILS = 4.0
#: A source that is shut may still be so strong, for all that the model knows.
_FAINT = 0.2
#: Sizes tried for a sensor's errors, in those that its quiet times show, and the spread of their prior.
_SIZES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
_SIZE_SPREAD = 1.0
#: From them: precisions, the root of a size that a Student density of `_TAILS` has, log prior.
_ROOT = 1.0 / (_TAILS + 1.0)
_PRECISIONS = tuple(size**-2.0 for size in _SIZES)
_SIZE_ROOTS = tuple(size ** (2.0 * _ROOT) for size in _SIZES)
_LOG_SIZES = tuple(-0.5 * (math.log(size) / _SIZE_SPREAD) ** 2 for size in _SIZES)
#: Products are turned into logarithms before they overflow.
_FULL = 1e200


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _gather_normal(
    problem: Problem, variance: FloatArray, residual: FloatArray, total: FloatArray, equations: _Equations
) -> None:  # pragma: no cover (compiled)
    """Add what the readings say of the air, offsets, hours and gains to the normal equations."""
    diagonal, beside, arrow, corner, right = equations
    at, basis, weights, hour = problem.basis_at, problem.basis, problem.weight, problem.stations.hour
    nodes = diagonal.shape[0]
    for i in range(residual.shape[0]):
        # A reading far above what is expected says little of the ambient.
        excess = max(residual[i], 0.0) * max(residual[i], 0.0) / (16.0 * variance[i])
        weight = weights[i] / (variance[i] * (1.0 + excess))
        a, b, s, h = at[i, 0], at[i, 1], at[i, 2] - nodes, problem.sensors + hour[i]
        u, v = weight * basis[i, 0], weight * basis[i, 1]
        diagonal[a] += u * basis[i, 0]
        right[a] += u * residual[i]
        arrow[a, s] += u
        corner[s, s] += weight
        right[nodes + s] += weight * residual[i]
        if v > 0.0:
            diagonal[b] += v * basis[i, 1]
            beside[a] += u * basis[i, 1]
            right[b] += v * residual[i]
            arrow[b, s] += v
        if total[i] > 0.0:
            columns = (s, h, problem.sensors + problem.hours + s)
            _gather_strength((a, b, u, v, weight), columns, (total[i], residual[i]), (arrow, corner, right))


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _gather_strength(
    air: tuple[int, int, float, float, float],
    columns: tuple[int, int, int],
    reading: tuple[float, float],
    equations: tuple[FloatArray, FloatArray, FloatArray],
) -> None:  # pragma: no cover (compiled)
    """Add what a reading says of the sources' strength in its hour and at its sensor."""
    a, b, u, v, weight = air
    s, h, g = columns
    total, residual = reading
    arrow, corner, right = equations
    nodes, m = arrow.shape[0], weight * total
    for c in (h, g):
        arrow[a, c] += u * total
        arrow[b, c] += v * total
        corner[c, c] += m * total
        corner[c, s] += m
        right[nodes + c] += m * residual
    corner[g, h] += m * total


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _solve(equations: _Equations) -> float:  # pragma: no cover (compiled)
    """Solve in place: a tridiagonal block (the air) bordered by a dense one (offsets); return the log determinant."""
    diagonal, beside, arrow, corner, right = equations
    nodes, border = arrow.shape
    log_det = 0.0
    for k in range(nodes):
        log_det += math.log(diagonal[k])
        _eliminate(k, 1.0 / diagonal[k], (arrow, corner, right))
        if k + 1 < nodes and beside[k] != 0.0:
            factor = beside[k] / diagonal[k]
            diagonal[k + 1] -= factor * beside[k]
            right[k + 1] -= factor * right[k]
            arrow[k + 1] -= factor * arrow[k]
    log_det += _solve_corner(corner, right[nodes:])
    for k in range(nodes - 1, -1, -1):
        value = right[k]
        if k + 1 < nodes:
            value -= beside[k] * right[k + 1]
        for s in range(border):
            value -= arrow[k, s] * right[nodes + s]
        right[k] = value / diagonal[k]
    return log_det


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _eliminate(
    k: int, pivot: float, equations: tuple[FloatArray, FloatArray, FloatArray]
) -> None:  # pragma: no cover (compiled)
    """Take the k-th moment out of the equations of the border."""
    arrow, corner, right = equations
    for s in range(arrow.shape[1]):
        factor = arrow[k, s] * pivot
        if factor == 0.0:
            continue
        for t in range(s + 1):
            corner[s, t] -= factor * arrow[k, t]
        right[arrow.shape[0] + s] -= factor * right[k]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _solve_corner(corner: FloatArray, right: FloatArray) -> float:  # pragma: no cover (compiled)
    """Solve a small dense system in place by L D L'; return the log determinant."""
    log_det = 0.0
    for j in range(right.shape[0]):
        for k in range(j):
            corner[j, j] -= corner[j, k] * corner[j, k] * corner[k, k]
        for i in range(j + 1, right.shape[0]):
            for k in range(j):
                corner[i, j] -= corner[i, k] * corner[k, k] * corner[j, k]
            corner[i, j] /= corner[j, j]
        log_det += math.log(corner[j, j])
    for i in range(right.shape[0]):
        for k in range(i):
            right[i] -= corner[i, k] * right[k]
    for i in range(right.shape[0] - 1, -1, -1):
        right[i] /= corner[i, i]
        for k in range(i + 1, right.shape[0]):
            right[i] -= corner[k, i] * right[k]
    return log_det


@njit(cache=True, nogil=True, error_model="numpy")
def log_likelihood_of_stations(
    problem: Problem, scales: tuple[float, float], total: FloatArray, spread: FloatArray, ambient: FloatArray
) -> float:  # pragma: no cover (compiled)
    """Return the log likelihood for a factor on noise and a shape (`scales`), and write the ambient's coefficients."""
    readings, nodes = total.shape[0], ambient.shape[0] - 2 * problem.sensors - problem.hours
    variance, residual = np.empty(readings), np.empty(readings)
    for i in range(readings):
        noise = problem.noise[i] * scales[0]
        variance[i] = noise * noise + spread[i] * problem.stations.vague[i] / scales[1]
        residual[i] = problem.y[0, i] - total[i] - problem.ambient_expected[i]
    equations = _prior_equations(problem.ambient_precision, nodes)
    _gather_normal(problem, variance, residual, total, equations)
    log_det, right = _solve(equations), equations[4]
    result = -0.5 * log_det - _penalty(problem.ambient_precision, right, nodes)
    for k in range(right.shape[0]):
        ambient[k] = problem.ambient_mean[k] + right[k]
    result += _standardise(problem, scales, (total, spread), right, residual)
    return result + _series(problem, residual)


@njit(cache=True, nogil=True, error_model="numpy")
def _prior_equations(prior: FloatArray, nodes: int) -> _Equations:  # pragma: no cover (compiled)
    """Return the normal equations before any reading."""
    size = prior.shape[0]
    diagonal, beside = np.empty(nodes), np.zeros(nodes)
    for k in range(nodes):
        diagonal[k] = prior[k, k]
        if k + 1 < nodes:
            beside[k] = prior[k, k + 1]
    return diagonal, beside, np.zeros((nodes, size - nodes)), prior[nodes:, nodes:].copy(), np.zeros(size)


@njit(cache=True, nogil=True, error_model="numpy")
def _standardise(
    problem: Problem,
    scales: tuple[float, float],
    plumes: tuple[FloatArray, FloatArray],
    right: FloatArray,
    residual: FloatArray,
) -> float:  # pragma: no cover (compiled)
    """Take the ambient and the strengths out of the residuals, and divide by their sizes; return minus log sizes."""
    total, spread = plumes
    at, basis, hour = problem.basis_at, problem.basis, problem.stations.hour
    gains = right.shape[0] - problem.sensors
    hours, nodes = gains - problem.hours, gains - problem.hours - problem.sensors
    result = 0.0
    for i in range(total.shape[0]):
        change = max(right[hours + hour[i]] + right[gains + at[i, 2] - nodes], -1.0)
        residual[i] -= basis[i, 0] * right[at[i, 0]] + basis[i, 1] * right[at[i, 1]] + right[at[i, 2]]
        residual[i] -= total[i] * change
        noise, strength = problem.noise[i] * scales[0], max(1.0 + change, _FAINT)
        here = noise * noise + spread[i] * problem.stations.vague[i] * strength * strength / scales[1]
        residual[i] /= math.sqrt(here)
        result -= 0.5 * problem.weight[i] * math.log(here)
    return result


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _penalty(prior: FloatArray, right: FloatArray, nodes: int) -> float:  # pragma: no cover (compiled)
    """Return half the square of what departs from the prior mean: a tridiagonal block and a dense one."""
    result = 0.0
    for k in range(nodes):
        result += 0.5 * prior[k, k] * right[k] * right[k]
        if k + 1 < nodes:
            result += prior[k, k + 1] * right[k] * right[k + 1]
    for r in range(nodes, right.shape[0]):
        for c in range(nodes, right.shape[0]):
            result += 0.5 * prior[r, c] * right[r] * right[c]
    return result


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _series(problem: Problem, residual: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log density of the standardised residuals, sensor by sensor."""
    sensor, previous, memory = problem.stations.sensor, problem.stations.previous, problem.stations.memory
    log = np.zeros((problem.sensors, memory.shape[0] * len(_SIZES)))
    product = np.ones((problem.sensors, memory.shape[0] * len(_SIZES)))
    for i in range(residual.shape[0]):
        s, weight = sensor[i], problem.weight[i]
        before = residual[previous[i]] if previous[i] >= 0 else 0.0
        for m in range(memory.shape[0]):
            rest = 1.0 - memory[m, i] * memory[m, i]
            new = residual[i] - memory[m, i] * before
            first = m * len(_SIZES)
            _weigh(new * new / (rest * _TAILS), rest**_ROOT, weight, (log[s], product[s], first))
    result = 0.0
    for s in range(problem.sensors):
        result += _summed(log[s], product[s])
    return result


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _weigh(
    square: float, root: float, weight: float, sums: tuple[FloatArray, FloatArray, int]
) -> None:  # pragma: no cover (compiled)
    """Add an innovation's Student density of each size: to the products where its weight is one, else to the logs."""
    log, product, first = sums
    for k in range(len(_SIZES)):
        factor = (1.0 + square * _PRECISIONS[k]) * (root * _SIZE_ROOTS[k])
        if weight < 1.0:
            log[first + k] += weight * math.log(factor)
            continue
        product[first + k] *= factor
        if product[first + k] > _FULL:
            log[first + k] += math.log(product[first + k])
            product[first + k] = 1.0


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _summed(log: FloatArray, product: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log of the sum over memories and sizes."""
    best, total = -1e300, 0.0
    for c in range(log.shape[0]):
        one = _LOG_SIZES[c % len(_SIZES)] - 0.5 * (_TAILS + 1.0) * (log[c] + math.log(product[c]))
        total = total * math.exp(best - one) + 1.0 if one > best else total + math.exp(one - best)
        best = max(best, one)
    return best + math.log(total)
