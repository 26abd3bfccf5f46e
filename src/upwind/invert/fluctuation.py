"""How likely a reading is: a fluctuating plume seen through a noisy sensor.

In a plume of mean m a reading is ``y = b + c + e``: ambient b, noise ``e ~ N(0, s^2)``, and a plume concentration that
fluctuates as ``c ~ Gamma(shape k, mean m)``: k below 1 is intermittent (mostly nothing, sometimes much), k above 1
nearly steady. ``p(y) = int Gamma(c; k, m/k) N(y - b; c, s^2) dc`` has no cheap closed form, so its logarithm is
tabulated over the octaves of (y-b)/s, m/s and k, and interpolated.

References
----------
Cassiani, Bertagni, Marro and Salizzoni 2020, doi 10.1007/s10546-020-00547-4 (review; the gamma density is theirs).
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
from numba import njit

from upwind.arrays import FloatArray

__all__ = [
    "FAINT",
    "MEANS",
    "SHAPES",
    "compute_table",
    "fluctuation_table",
    "log_between",
    "log_density",
    "octave",
    "place_of_mean",
    "place_of_reading",
    "place_of_shape",
]

#: Below so many sigma of noise a plume is not told from none.
FAINT = 0.03
# Places along an axis are `octave`s: log2 bent to be linear within an octave, so that no logarithm is taken.
_Z_FIRST, _Z_STEP, _Z_COUNT = -3.0, 0.125, 165
_M_FIRST, _M_STEP, _M_COUNT = -5.125, 0.25, 92
_K_FIRST, _K_STEP, _K_COUNT = -4.5, 0.5, 21
_FLOOR = -80.0
#: Means in noises and shapes that the table has, at its whole places.
MEANS = np.array([2.0 ** math.floor(at) * (1.0 + at % 1.0) for at in _M_FIRST + _M_STEP * np.arange(_M_COUNT)])
SHAPES = np.array([2.0 ** math.floor(at) * (1.0 + at % 1.0) for at in _K_FIRST + _K_STEP * np.arange(_K_COUNT)])
_ROOT_2_PI = math.sqrt(2.0 * math.pi)


@njit(cache=True, nogil=True, error_model="numpy")
def _log_convolution(
    z: float, mean: float, shape: float, nodes: FloatArray, weights: FloatArray
) -> float:  # pragma: no cover (compiled)
    """Return log p of a reading z sigma above ambient, the plume's mean in sigma, by Gauss-Legendre quadrature."""
    scale = mean / shape
    highest = mean * (1.0 + 12.0 / math.sqrt(shape)) + 14.0 * scale
    upper = min(max(z, 0.0) + 8.0, highest)
    lower = min(max(0.0, z - 8.0), 0.999 * upper)
    log_norm = -math.lgamma(shape) - shape * math.log(scale)
    total = 0.0
    substitute = shape < 1.0 and lower == 0.0
    for i in range(nodes.shape[0]):
        node, weight = nodes[i], weights[i]
        if substitute:
            c = upper * node ** (1.0 / shape)
            log_measure = shape * math.log(upper) - math.log(shape)
        else:
            c = lower + (upper - lower) * node
            log_measure = math.log(upper - lower) + (shape - 1.0) * math.log(c)
        total += weight * math.exp(log_norm + log_measure - c / scale - 0.5 * (z - c) ** 2) / _ROOT_2_PI
    return math.log(total) if total > 0.0 else -math.inf


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def octave(value: float) -> float:  # pragma: no cover (compiled)
    """Return log2 of a positive value at whole octaves, linear in the value between them."""
    fraction, exponent = math.frexp(value)
    return exponent + 2.0 * fraction - 2.0


@njit(cache=True, nogil=True, error_model="numpy")
def _from_octave(place: float) -> float:  # pragma: no cover (compiled)
    whole = math.floor(place)
    return 2.0**whole * (1.0 + place - whole)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _warp(z: float) -> float:  # pragma: no cover (compiled)
    return math.copysign(octave(1.0 + abs(z)), z)


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(table: FloatArray, nodes: FloatArray, weights: FloatArray) -> None:  # pragma: no cover (compiled)
    for a in range(table.shape[0]):
        shape = _from_octave(_K_FIRST + a * _K_STEP)
        for b in range(table.shape[1]):
            mean = _from_octave(_M_FIRST + b * _M_STEP)
            for c in range(table.shape[2]):
                place = _Z_FIRST + c * _Z_STEP
                z = math.copysign(_from_octave(abs(place)) - 1.0, place)
                table[a, b, c] = max(_log_convolution(z, mean, shape, nodes, weights), _FLOOR)


@cache
def fluctuation_table() -> FloatArray:
    """Return log p(z | m, k), shape (k, m, z), as `compute_table` made it for the package."""
    table: FloatArray = np.load(Path(__file__).with_name("fluctuation.npy")).astype(np.float64)
    return table


def compute_table() -> FloatArray:
    """Return log p(z | m, k) computed anew; the steps are this module's constants (`scripts/make_fluctuation.py`)."""
    nodes, weights = np.polynomial.legendre.leggauss(48)
    table = np.empty((_K_COUNT, _M_COUNT, _Z_COUNT))
    _fill(table, 0.5 * (nodes + 1.0), 0.5 * weights)
    return table


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _place(value: float, first: float, step: float, count: int) -> tuple[int, float]:  # pragma: no cover (compiled)
    at = min(max((value - first) / step, 0.0), count - 1.001)
    index = int(at)
    return index, at - index


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def place_of_mean(mean: float) -> tuple[int, float]:  # pragma: no cover (compiled)
    """Return which of `MEANS` is the next lower, and the part of the way from there to the next."""
    return _place(octave(mean), _M_FIRST, _M_STEP, _M_COUNT)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def place_of_shape(shape: float) -> tuple[int, float]:  # pragma: no cover (compiled)
    """Return which of `SHAPES` is the next lower, and the part of the way from there to the next."""
    return _place(octave(shape), _K_FIRST, _K_STEP, _K_COUNT)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def place_of_reading(z: float) -> tuple[int, float]:  # pragma: no cover (compiled)
    """Return which of the readings that the table has is the next lower, and the part of the way to the next."""
    return _place(_warp(z), _Z_FIRST, _Z_STEP, _Z_COUNT)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def log_between(
    shape: tuple[int, float], mean: tuple[int, float], reading: tuple[int, float], table: FloatArray
) -> float:  # pragma: no cover (compiled)
    """Return log p where the places in the table are known."""
    (k, dk), (m, dm), (c, dc) = shape, mean, reading
    low: float = (1 - dm) * ((1 - dc) * table[k, m, c] + dc * table[k, m, c + 1])
    low += dm * ((1 - dc) * table[k, m + 1, c] + dc * table[k, m + 1, c + 1])
    high: float = (1 - dm) * ((1 - dc) * table[k + 1, m, c] + dc * table[k + 1, m, c + 1])
    high += dm * ((1 - dc) * table[k + 1, m + 1, c] + dc * table[k + 1, m + 1, c + 1])
    return (1 - dk) * low + dk * high


@njit(cache=True, nogil=True, error_model="numpy")
def log_density(z: float, mean: float, shape: float, table: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return log p of a reading z sigma above ambient where the plume's mean is `mean` sigma."""
    if mean < FAINT:
        return -0.5 * z * z - math.log(_ROOT_2_PI)
    return log_between(place_of_shape(shape), place_of_mean(mean), place_of_reading(z), table)
