"""The Gaussian plume as compiled kernels: one source, one receptor, per unit emission rate.

``C/q = P(y) V(z) / U`` with the vertical profile ``V = A/(2Z) [exp(-(B|z-h|/Z)^s) + exp(-(B(z+h)/Z)^s)]`` (reflection
at the ground; a Gaussian of sigma_z where s = 2) and a crosswind profile P of two normal densities of widths
sigma_y and 2 sigma_y, the wider holding the share `TAIL`: measured mean profiles have tails that one normal lacks.
x is downwind and y crosswind distance, h the source's and z the receptor's height, U the wind that carries the plume:
the spread table's, but faster where the source stands above the plume's mean height Z,
``U = U_table / [1/4 + 3/4 (1 + (h/0.6 Z)^2)^(-1/8)]``, close to a power law of the height, of exponent 0.19.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray
from upwind.dispersion.receptors import Position
from upwind.dispersion.spread import NODE_STEP

__all__ = ["TAIL", "coupling"]

#: Share of the plume in the wider of the two crosswind densities.
TAIL = 0.1
#: Beyond so many sigma_y the plume counts as nothing.
_FAR = 5.0
#: Spread at the source, from the source's own size. [m]
_SIGMA_SOURCE = 0.3
#: No plume is drawn nearer to the source than this. [m]
_NEAREST_M = 0.05
#: A piece of a beam shorter than this share of sigma_y is averaged over by a series.
_SHORT = 0.35
#: The vertical profile's exponent of a Gaussian, exactly as `spread_table` writes it.
_GAUSSIAN = 2.0
_ROOT_2_PI = math.sqrt(2.0 * math.pi)
_ROOT_2 = math.sqrt(2.0)
_ROOT_2_OVER_PI = math.sqrt(2.0 / math.pi)
#: Height, as a share of the mean plume height, whose wind carries the plume.
_CARRIED_AT = 0.6
# The table of `_pointed`: rows are exponents from 0.8 to 2, columns the root of u from 0 to 3.
_LEAST_EXPONENT, _PER_EXPONENT, _EXPONENTS = 0.8, 10.0, 13
_PER_ROOT, _ROOTS = 32.0, 97
_PROFILE = np.exp(
    -(
        (np.arange(_ROOTS) / _PER_ROOT)[None, :]
        ** (2.0 * (_LEAST_EXPONENT + np.arange(_EXPONENTS) / _PER_EXPONENT)[:, None])
    )
)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _beam(y: float, half: float, sigma: float) -> float:  # pragma: no cover (compiled)
    """Return the mean over y - half..y + half of the normal density of width sigma. [1/m]"""
    return (math.erf((y + half) / (_ROOT_2 * sigma)) - math.erf((y - half) / (_ROOT_2 * sigma))) / (4.0 * half)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _across(y: float, half: float, sigma_y: float) -> float:  # pragma: no cover (compiled)
    """Return the mean of the crosswind profile P over y - half..y + half. [1/m]"""
    if half >= _SHORT * sigma_y:
        return (1.0 - TAIL) * _beam(y, half, sigma_y) + TAIL * _beam(y, half, 2.0 * sigma_y)
    t = (y / sigma_y) ** 2
    wide = math.exp(-0.125 * t)
    narrow = wide * wide * wide * wide
    # The mean over a short piece, to second order in its length.
    q = (half / sigma_y) ** 2 / 6.0
    narrow *= 1.0 + (t - 1.0) * q
    wide *= 1.0 + (0.25 * t - 1.0) * 0.25 * q
    return ((1.0 - TAIL) * narrow + 0.5 * TAIL * wide) / (_ROOT_2_PI * sigma_y)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _pointed(u: float, exponent: float) -> float:  # pragma: no cover (compiled)
    """Return ``exp(-u^s)`` from a table, for powers cost more than all else in a plume.

    It is right to 0.001 as far as u = 9, and 0 beyond, where what it stands for is below 0.0031.
    """
    t = math.sqrt(u) * _PER_ROOT
    if t >= _ROOTS - 1:
        return 0.0
    s = (exponent - _LEAST_EXPONENT) * _PER_EXPONENT
    i, j = int(t), min(int(s), _EXPONENTS - 2)
    a, b = t - i, s - j
    low: float = _PROFILE[j, i] + a * (_PROFILE[j, i + 1] - _PROFILE[j, i])
    high: float = _PROFILE[j + 1, i] + a * (_PROFILE[j + 1, i + 1] - _PROFILE[j + 1, i])
    return low + b * (high - low)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _upward(
    low: float, high: float, sigma_z: float, shape: tuple[float, float, float]
) -> float:  # pragma: no cover (compiled)
    """Return the vertical profile V at z - h = low, z + h = high of the shape s, B, A. [1/m]"""
    mean_height = sigma_z * _ROOT_2_OVER_PI
    if shape[0] == _GAUSSIAN:
        vertical = math.exp(-0.5 * (low / sigma_z) ** 2) + math.exp(-0.5 * (high / sigma_z) ** 2)
    else:
        pointed = shape[1] / mean_height
        vertical = _pointed(pointed * low, shape[0]) + _pointed(pointed * high, shape[0])
    return vertical * 0.5 * shape[2] / mean_height


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _carried(slowing: float, height: float, mean_height: float) -> float:  # pragma: no cover (compiled)
    """Return the standard wind over the one that carries the plume of a source at a height."""
    lifted = 1.0 + (height / (_CARRIED_AT * mean_height)) ** 2
    return slowing * (0.25 + 0.75 / math.sqrt(math.sqrt(math.sqrt(lifted))))


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True, inline="always")
def _mixed(low: float, high: float, part: float) -> float:  # pragma: no cover (compiled)
    return low + part * (high - low)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def coupling(
    start: Position,
    end: Position,
    source: tuple[float, float, float, float],
    wind: tuple[float, float, float],
    scale: tuple[float, float],
    spread: tuple[FloatArray, int],
) -> tuple[float, float]:  # pragma: no cover (compiled)
    """Return what a receptor reads per unit rate, and where across the plume it stands.

    Parameters
    ----------
    start, end
        Easting, northing, height of a point, or of one piece of a beam (mean along it). [m]
    source
        Easting, northing, height (of an image of the source under a lid, too), height of the source itself. [m]
    wind
        Unit vector toward which it blows (east, north) and speed at the standard height [m/s].
    scale
        Factors on sigma_y and on sigma_z.
    spread
        Tables of `spread_table`, shape (surface, row, `COLUMNS`), and which surface the receptor is over.

    Returns
    -------
    tuple
        Concentration per unit rate [s m-3]; the crosswind profile over its value on the axis [0-1].
    """
    east = 0.5 * (start[0] + end[0]) - source[0]
    north = 0.5 * (start[1] + end[1]) - source[1]
    x = east * wind[0] + north * wind[1]
    if x <= _NEAREST_M:
        return 0.0, 0.0
    table, surface = spread
    node = math.sqrt(x) / NODE_STEP
    row = min(int(node), table.shape[1] - 2)
    part = min(node - row, 1.0)
    sigma_y = scale[0] * _mixed(table[surface, row, 0], table[surface, row + 1, 0], part) + _SIGMA_SOURCE
    y = north * wind[0] - east * wind[1]
    half = 0.5 * abs((end[1] - start[1]) * wind[0] - (end[0] - start[0]) * wind[1])
    if abs(y) - half > _FAR * sigma_y:
        return 0.0, 0.0
    sigma_z = scale[1] * _mixed(table[surface, row, 1], table[surface, row + 1, 1], part) + _SIGMA_SOURCE
    z = 0.5 * (start[2] + end[2])
    shape = (table[surface, row, 3], table[surface, row, 4], table[surface, row, 5])
    across = _across(y, half, sigma_y)
    vertical = _upward(abs(z - source[2]), abs(z + source[2]), sigma_z, shape)
    slowing = _mixed(table[surface, row, 2], table[surface, row + 1, 2], part)
    carrying = _carried(slowing, source[3], sigma_z * _ROOT_2_OVER_PI)
    on_axis = (1.0 - 0.5 * TAIL) / (_ROOT_2_PI * sigma_y)
    return across * vertical * carrying / wind[2], across / on_axis
