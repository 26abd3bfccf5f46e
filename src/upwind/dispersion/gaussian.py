"""The Gaussian plume and its parts, written as the textbook does: what the faster kernels are held against.

``C/q = exp(-y^2 / 2 sigma_y^2) / (sqrt(2 pi) sigma_y U) V(z)``, where the vertical density V [1/m] reflects at the
ground and at a lid of height H through the images of a source of height h: ``V = sum over n of
[exp(-(z - h - 2nH)^2 / 2 sigma_z^2) + exp(-(z + h + 2nH)^2 / 2 sigma_z^2)] / (sqrt(2 pi) sigma_z)``.

References
----------
Seinfeld and Pandis 2006, Atmospheric Chemistry and Physics, 2nd edition, section 18.9 (unverified).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray

__all__ = ["IMAGES", "MIXED", "plain_plume", "vertical_density"]

#: Images of the source on either side; at `MIXED` the first left out is 6.7 sigma_z away.
IMAGES = 5
#: Where sigma_z passes this share of the lid's height, the layer is mixed to 3e-5.
MIXED = 1.5
_ROOT_2_PI = math.sqrt(2.0 * math.pi)


@njit(cache=True, nogil=True, error_model="numpy")
def vertical_density(z: float, h: float, sigma_z: float, lid_m: float) -> float:  # pragma: no cover (compiled)
    """Return the vertical density of a plume between ground and lid; inf: no lid. [1/m]."""
    if z > lid_m:
        return 0.0
    if sigma_z >= MIXED * lid_m:
        return 1.0 / lid_m
    most = IMAGES if 2.0 * lid_m - z - h < 8.0 * sigma_z else 0
    total = 0.0
    for n in range(-most, most + 1):
        shift = 2.0 * n * lid_m if n != 0 else 0.0
        low = (z - h - shift) / sigma_z
        high = (z + h + shift) / sigma_z
        total += math.exp(-0.5 * low * low) + math.exp(-0.5 * high * high)
    return total / (_ROOT_2_PI * sigma_z)


def plain_plume(
    offset: FloatArray, source_height_m: float, sigma: FloatArray, speed: FloatArray, lid_m: float = math.inf
) -> FloatArray:
    """Return the concentration per unit rate of the Gaussian plume with one normal density across.

    Parameters
    ----------
    offset
        Shape (receptor, 3): downwind and crosswind of the source, and up from the ground. [m]
    source_height_m
        Above the ground.
    sigma
        Shape (receptor, 2): sigma_y and sigma_z. [m]
    speed
        Shape (receptor,), of the wind that carries the plume. [m/s]
    lid_m
        Height of the mixing lid; inf: none.

    Returns
    -------
    FloatArray
        Shape (receptor,). [s m-3]. Zero upwind.
    """
    across = np.exp(-0.5 * (offset[:, 1] / sigma[:, 0]) ** 2) / (_ROOT_2_PI * sigma[:, 0])
    up = [
        vertical_density(z, source_height_m, width, lid_m) for z, width in zip(offset[:, 2], sigma[:, 1], strict=True)
    ]
    return np.where(offset[:, 0] > 0.0, across * np.array(up) / speed, 0.0)
