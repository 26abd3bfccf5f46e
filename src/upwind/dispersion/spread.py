"""How wide a plume is at a distance: families of curves, as tables that the kernels read.

A table has one row a node of ``sqrt(distance)``, so that it is fine near the source, and the `COLUMNS`: sigma_y [m],
sigma_z [m], the ratio of the wind at the standard height to the wind that carries the plume, and the exponent s of the
vertical profile ``exp(-(B z/Z)^s)`` with the mean height ``Z = sqrt(2/pi) sigma_z``, its ``B = Gamma(2/s)/Gamma(1/s)``
and the ground-level density times Z, ``A = s Gamma(2/s) / Gamma(1/s)^2`` (Gaussian: s = 2).

Families
--------
similarity
    sigma_y = sigma_theta x f(x) with Pasquill's f in Irwin's form, ``f = 1/(1 + 0.0308 x^0.4548)``; the growth of the
    mean plume height ``dZ/dx = k^2 / [(ln(pZ/z0) - psi_m(pZ/L)) phi_h(pZ/L)]``, p = 1.55, and the pointed vertical
    profile of van Ulden (s near 1 when unstable, near 2 when very stable).
rural, urban
    Briggs' interpolation formulas of the open-country and urban curves.

References
----------
Pasquill 1976, EPA-600/4-76-030b. Irwin 1983, doi 10.1175/1520-0450(1983)022<0092:EPDACO>2.0.CO;2.
van Ulden 1978, doi 10.1016/0004-6981(78)90167-2 (unverified). Briggs 1973, ATDL contribution 79,
doi 10.2172/5118833.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from upwind.arrays import FloatArray
from upwind.dispersion.stability import (
    KARMAN,
    MIXED_LAYER_M,
    friction_ratio,
    pasquill_class,
    phi_h,
    psi_m,
    sigma_v_ratio,
)

__all__ = ["COLUMNS", "NODE_STEP", "STANDARD_HEIGHT_M", "Family", "Surface", "briggs", "nodes_to", "spread_table"]

Family = Literal["similarity", "rural", "urban"]

#: Height to which every wind is brought before the table's ratio applies. [m]
STANDARD_HEIGHT_M = 5.0
#: A well-mixed layer of depth h reads on the ground as a Gaussian of sigma_z = h sqrt(2/pi). [m]
_WELL_MIXED_M = MIXED_LAYER_M * math.sqrt(2.0 / math.pi)
#: Columns of a table.
COLUMNS = 6
#: Step of sqrt(distance) between rows. [m^0.5]
NODE_STEP = 0.25
#: Height, as a share of the mean plume height, whose wind carries the plume (van Ulden 1978).
_CARRIED_AT = 0.6
_MEAN_HEIGHT_FACTOR = 1.55
#: Coefficients (a, b) of sigma_y = a x (1 + b x)^-1/2 and (c, d, e) of sigma_z = c x (1 + d x)^e, classes A to F.
_RURAL_Y = (0.22, 0.16, 0.11, 0.08, 0.06, 0.04)
_RURAL_Z = (
    (0.20, 0.0, 0.0),
    (0.12, 0.0, 0.0),
    (0.08, 0.0002, -0.5),
    (0.06, 0.0015, -0.5),
    (0.03, 0.0003, -1.0),
    (0.016, 0.0003, -1.0),
)
_URBAN_Y = (0.32, 0.32, 0.22, 0.16, 0.11, 0.11)
_URBAN_Z = (
    (0.24, 0.001, 0.5),
    (0.24, 0.001, 0.5),
    (0.20, 0.0, 0.0),
    (0.14, 0.0003, -0.5),
    (0.08, 0.0015, -0.5),
    (0.08, 0.0015, -0.5),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What decides the spread: 1/L [1/m], roughness z0 [m] and sigma_theta [rad]; NaN sigma_theta: from u*."""

    inverse_obukhov: float
    roughness_m: float
    sigma_theta: float = math.nan


def nodes_to(farthest_m: float) -> int:
    """Return how many rows reach to a distance."""
    return int(math.sqrt(farthest_m) / NODE_STEP) + 3


def briggs(distance: FloatArray, pasquill: int, *, urban: bool) -> tuple[FloatArray, FloatArray]:
    """Return Briggs' sigma_y and sigma_z [m] at a distance [m] for a Pasquill class, 0 (A) to 5 (F)."""
    if urban:
        a, b = _URBAN_Y[pasquill], 0.0004
        c, d, e = _URBAN_Z[pasquill]
    else:
        a, b = _RURAL_Y[pasquill], 0.0001
        c, d, e = _RURAL_Z[pasquill]
    return a * distance / np.sqrt(1.0 + b * distance), c * distance * (1.0 + d * distance) ** e


def spread_table(family: Family, surface: Surface, rows: int, greatest_sigma_z_m: float = _WELL_MIXED_M) -> FloatArray:
    """Return the table of a family over a surface; sigma_z grows no further than a greatest one.

    Returns
    -------
    FloatArray
        Shape (rows, `COLUMNS`), as this module's docstring says.
    """
    distance = (np.arange(rows, dtype=np.float64) * NODE_STEP) ** 2
    exponent = np.full(rows, 2.0)
    if family == "similarity":
        sigma_y, mean_height = _similarity(distance, surface)
        sigma_z = mean_height * math.sqrt(math.pi / 2.0)
        exponent = np.array([_profile_exponent(z, surface) for z in mean_height])
    else:
        sigma_y, sigma_z = briggs(distance, pasquill_class(surface.inverse_obukhov), urban=family == "urban")
        mean_height = sigma_z * math.sqrt(2.0 / math.pi)
    # A plume that fills its layer is mixed in it, whatever its profile was before.
    exponent += (2.0 - exponent) * np.minimum(sigma_z / greatest_sigma_z_m, 1.0) ** 2
    sigma_z = np.minimum(sigma_z, greatest_sigma_z_m)
    standard = friction_ratio(STANDARD_HEIGHT_M, surface.roughness_m, surface.inverse_obukhov)
    carrying = np.array(
        [friction_ratio(max(_CARRIED_AT * z, 0.3), surface.roughness_m, surface.inverse_obukhov) for z in mean_height]
    )
    gammas = np.array([(math.gamma(1.0 / s), math.gamma(2.0 / s)) for s in exponent])
    pointed = gammas[:, 1] / gammas[:, 0]
    ground = exponent * pointed / gammas[:, 0]
    return np.column_stack([sigma_y, sigma_z, standard / carrying, exponent, pointed, ground])


def _similarity(distance: FloatArray, surface: Surface) -> tuple[FloatArray, FloatArray]:
    sigma_theta = surface.sigma_theta
    if math.isnan(sigma_theta):
        carried = friction_ratio(STANDARD_HEIGHT_M, surface.roughness_m, surface.inverse_obukhov)
        sigma_theta = math.atan(sigma_v_ratio(surface.inverse_obukhov) / carried)
    sigma_y = sigma_theta * distance / (1.0 + 0.0308 * distance**0.4548)
    return sigma_y, _mean_height(distance, surface)


def _profile_exponent(height: float, surface: Surface) -> float:
    """Return s of the vertical profile (van Ulden 1978; unverified), kept between 0.8 and 2."""
    carried = max(_CARRIED_AT * height, 2.0 * surface.roughness_m)
    zeta = carried * surface.inverse_obukhov
    shear = max(math.log(carried / surface.roughness_m) - psi_m(zeta), 0.5)
    exponent: float
    if zeta < 0.0:
        exponent = (1.0 - 8.0 * zeta) / (1.0 - 16.0 * zeta) + (1.0 - 16.0 * zeta) ** -0.25 / shear
    else:
        exponent = (1.0 + 10.0 * zeta) / (1.0 + 5.0 * zeta) + (1.0 + 5.0 * zeta) / shear
    return min(max(exponent, 0.8), 2.0)


def _mean_height(distance: FloatArray, surface: Surface) -> FloatArray:
    """Return the mean height of a plume released on the ground, by the midpoint rule along the nodes [m]."""
    height = np.empty_like(distance)
    height[0] = now = 2.0 * surface.roughness_m
    for row in range(1, len(distance)):
        step = distance[row] - distance[row - 1]
        middle = now + 0.5 * step * _growth(now, surface)
        now = min(now + step * _growth(middle, surface), 2.0 * MIXED_LAYER_M)
        height[row] = now
    return height


def _growth(height: float, surface: Surface) -> float:
    carried = max(_MEAN_HEIGHT_FACTOR * height, 2.0 * surface.roughness_m)
    zeta = carried * surface.inverse_obukhov
    shear = max(math.log(carried / surface.roughness_m) - psi_m(zeta), 0.5)
    return KARMAN**2 / (shear * phi_h(zeta))
