"""The Gaussian plume as compiled kernels: one source, one receptor, per unit emission rate.

``C/q = P(y) V(z) / (U sigma_z)`` with the vertical factor ``V = [exp(-(z-h)^2/2 sigma_z^2) + exp(-(z+h)^2/2
sigma_z^2)] / sqrt(2 pi)`` (reflection at the ground) and a crosswind profile P of two normal densities of widths
sigma_y and 2 sigma_y, the wider holding the share `TAIL`: measured mean profiles have tails that one normal lacks.
x is downwind and y crosswind distance, h the source's and z the receptor's height, U the wind that carries the plume.
"""

from __future__ import annotations

import math

from numba import njit

from upwind.dispersion.spread import NODE_STEP

__all__ = ["TAIL", "coupling"]

#: Share of the plume in the wider of the two crosswind densities.
TAIL = 0.1
#: Beyond so many sigma_y the plume counts as nothing.
_FAR = 11.0
#: Spread at the source, from the source's own size. [m]
_SIGMA_SOURCE = 0.3
_ROOT_2_PI = math.sqrt(2.0 * math.pi)
_ROOT_2 = math.sqrt(2.0)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def _crosswind(y0: float, y1: float, sigma: float) -> float:  # pragma: no cover (compiled)
    """Return the mean over y0..y1 of the density of width sigma. [1/m]"""
    middle = 0.5 * (y0 + y1)
    width = abs(y1 - y0)
    if width < 0.7 * sigma:
        return math.exp(-0.5 * (middle / sigma) ** 2) / (_ROOT_2_PI * sigma)
    return abs(math.erf(y1 / (_ROOT_2 * sigma)) - math.erf(y0 / (_ROOT_2 * sigma))) / (2.0 * width)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=True)
def coupling(start, end, source, wind, scale, table) -> tuple[float, float]:  # noqa: ANN001  # pragma: no cover
    """Return what a receptor reads per unit rate, and where across the plume it stands.

    Parameters
    ----------
    start, end
        Easting, northing, height of a point, or of one piece of a beam (mean along it). [m]
    source
        Easting, northing, height. [m]
    wind
        Unit vector toward which it blows (east, north) and speed at the standard height [m/s].
    scale
        Factors on sigma_y and on sigma_z.
    table
        Of `spread_table`.

    Returns
    -------
    tuple
        Concentration per unit rate [s m-3]; the crosswind profile over its value on the axis [0-1].
    """
    east = 0.5 * (start[0] + end[0]) - source[0]
    north = 0.5 * (start[1] + end[1]) - source[1]
    x = east * wind[0] + north * wind[1]
    if x <= 0.05:
        return 0.0, 0.0
    node = math.sqrt(x) / NODE_STEP
    row = min(int(node), table.shape[0] - 2)
    part = min(node - row, 1.0)
    sigma_y = scale[0] * (table[row, 0] + part * (table[row + 1, 0] - table[row, 0])) + _SIGMA_SOURCE
    y = north * wind[0] - east * wind[1]
    half = 0.5 * ((end[1] - start[1]) * wind[0] - (end[0] - start[0]) * wind[1])
    if abs(y) - abs(half) > _FAR * sigma_y:
        return 0.0, 0.0
    sigma_z = scale[1] * (table[row, 1] + part * (table[row + 1, 1] - table[row, 1])) + _SIGMA_SOURCE
    slowing = table[row, 2] + part * (table[row + 1, 2] - table[row, 2])
    narrow = _crosswind(y - half, y + half, sigma_y)
    wide = _crosswind(y - half, y + half, 2.0 * sigma_y)
    across = (1.0 - TAIL) * narrow + TAIL * wide
    z = 0.5 * (start[2] + end[2])
    low = (z - source[2]) / sigma_z
    high = (z + source[2]) / sigma_z
    vertical = (math.exp(-0.5 * low * low) + math.exp(-0.5 * high * high)) / _ROOT_2_PI
    on_axis = (1.0 - 0.5 * TAIL) / (_ROOT_2_PI * sigma_y)
    return across * vertical * slowing / (wind[2] * sigma_z), across / on_axis
