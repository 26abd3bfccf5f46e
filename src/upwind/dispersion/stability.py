"""The surface layer: wind profile, turbulence and Pasquill class from Obukhov length and roughness.

``U(z) = u*/k [ln(z/z0) - psi_m(z/L) + psi_m(z0/L)]`` with the von Karman constant k = 0.4; u* the friction velocity,
L the Obukhov length, z0 the roughness length. The profile functions are those of Businger and Dyer.

References
----------
Businger et al. 1971, doi 10.1175/1520-0469(1971)028<0181:FPRITA>2.0.CO;2. Dyer 1974, doi 10.1007/BF00240838.
Golder 1972, doi 10.1007/BF00769106 (unverified).
Panofsky et al. 1977, doi 10.1007/BF02186086.
"""

from __future__ import annotations

import math

__all__ = ["KARMAN", "friction_ratio", "obukhov_of_class", "pasquill_class", "phi_h", "psi_m", "sigma_v_ratio"]

KARMAN = 0.4
#: Depth of the mixed layer used where nobody measured it. [m]
MIXED_LAYER_M = 800.0
#: 1/L [1/m] that parts the classes A|B|C|D|E|F at z0 = 0.1 m, read from Golder's figure.
_CLASS_EDGES = (-0.0875, -0.0400, -0.0081, 0.0081, 0.0400)


def psi_m(zeta: float) -> float:
    """Return the stability correction of the wind profile at ``zeta = z/L``."""
    if zeta >= 0.0:
        # Beyond zeta = 1 the linear form overstates the shear; it is held there.
        return -5.0 * min(zeta, 1.0)
    root = (1.0 - 16.0 * zeta) ** 0.25
    return 2.0 * math.log((1.0 + root) / 2.0) + math.log((1.0 + root**2) / 2.0) - 2.0 * math.atan(root) + math.pi / 2.0


def phi_h(zeta: float) -> float:
    """Return the dimensionless gradient of a scalar at ``zeta = z/L``."""
    return 1.0 + 5.0 * min(zeta, 1.0) if zeta >= 0.0 else (1.0 - 16.0 * zeta) ** -0.5


def friction_ratio(height_m: float, roughness_m: float, inverse_obukhov: float) -> float:
    """Return U(z)/u* at a height above ground."""
    height = max(height_m, 2.0 * roughness_m)
    profile = math.log(height / roughness_m) - psi_m(height * inverse_obukhov) + psi_m(roughness_m * inverse_obukhov)
    return max(profile, 0.5) / KARMAN


def sigma_v_ratio(inverse_obukhov: float) -> float:
    """Return sigma_v/u*, the lateral turbulence: 1.92 unless convection adds to it (Panofsky et al. 1977)."""
    if inverse_obukhov >= 0.0:
        return 1.92
    return max(1.92, math.cbrt(12.0 - 0.5 * MIXED_LAYER_M * inverse_obukhov))


def pasquill_class(inverse_obukhov: float) -> int:
    """Return the Pasquill class, 0 (A, very unstable) to 5 (F, stable), after Golder 1972."""
    return sum(inverse_obukhov > edge for edge in _CLASS_EDGES)


def obukhov_of_class(pasquill: int) -> float:
    """Return a 1/L [1/m] in the middle of a Pasquill class."""
    return (-0.12, -0.06, -0.02, 0.0, 0.02, 0.06)[pasquill]
