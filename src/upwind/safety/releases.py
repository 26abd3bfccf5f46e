"""What leaves a place, and for how long: as measured, or an inventory that an operator chose.

A spill outdoors lies a centimetre deep and evaporates into the wind, ``E = 0.284 u^0.78 M^(2/3) A p / (82.05 T)`` with
E in lb/min, u in m/s, M in g/mol, A in square feet, p in mm Hg and T in K; what boils below the air's temperature
leaves in ten minutes (EPA, Risk Management Program Guidance for Offsite Consequence Analysis, EPA 550-B-99-009, 3.2.3
and appendix D; equation and speed unverified). A spill indoors evaporates into air that moves at 0.1 m/s, a gas at
once, and what is in the air leaves as often as the air changes: the slower of the two decides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.compounds import Compound
from upwind.compounds.figures import figure, vapour_pressure_pa
from upwind.records import Emission, Estimate

__all__ = ["Release", "as_measured", "boils_below", "evaporated", "rate_draws", "spilled_indoors", "spilled_outdoors"]

_POOL_DEPTH_M = 0.01
_INDOORS_M_S = 0.1
_GAS_LEAVES_S = 600.0
_KG_S_PER_LB_MIN = 0.45359237 / 60.0
_FT2_PER_M2, _PA_PER_MM_HG = 10.7639, 133.322
#: Of the normal distribution: half the width of its central 90 %.
_NINETY = 1.6449


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One scenario of one compound: `rate` (draw,) [kg/s], `lasts` (draw,) [s], and the width of its pool [m]."""

    scenario: str
    compound: Compound
    rate: FloatArray
    lasts: FloatArray
    pool_m: float


def rate_draws(rng: np.random.Generator, rate: Estimate, count: int) -> FloatArray:
    """Return draws of an emission rate, lognormal on either side of its median. [kg/s]"""
    z = rng.standard_normal(count)
    quantile = _NINETY if rate.level == 0.9 else _quantile(rate.level)  # noqa: PLR2004 - what every answer says
    up = math.log(rate.upper / rate.median) / quantile
    down = math.log(rate.median / rate.lower) / quantile
    drawn: FloatArray = rate.median / 3600.0 * np.exp(z * np.where(z > 0.0, up, down))
    return drawn


def _quantile(level: float) -> float:
    """Return half the width of the central interval of the normal distribution, by bisection of the error function."""
    low, high = 0.0, 10.0
    while high - low > 1e-6:  # noqa: PLR2004 - far below what an interval is known to
        middle = 0.5 * (low + high)
        low, high = (middle, high) if math.erf(middle / math.sqrt(2.0)) < level else (low, middle)
    return low


def as_measured(compound: Compound, emission: Emission, rng: np.random.Generator, count: int) -> Release | None:
    """Return the emission that was located, going on as it is; None where it has no rate."""
    if emission.rate is None:
        return None
    rate = rate_draws(rng, emission.rate, count)
    forever = np.full(count, np.inf)
    return Release(scenario="as measured", compound=compound, rate=rate, lasts=forever, pool_m=0.0)


def spilled_outdoors(compound: Compound, mass_kg: float, speed: FloatArray, temperature_k: float) -> Release | None:
    """Return a spill that evaporates in the wind [m/s]; None where what it takes is not known of the compound."""
    if boils_below(compound, temperature_k):
        rate, pool_m = np.full(len(speed), mass_kg / _GAS_LEAVES_S), 0.0
    else:
        area_m2 = _pool_m2(compound, mass_kg)
        rate, pool_m = evaporated(compound, area_m2, temperature_k) * speed**0.78, math.sqrt(area_m2)
        if not np.isfinite(rate).all():
            return None
    return Release(scenario="spill outdoors", compound=compound, rate=rate, lasts=mass_kg / rate, pool_m=pool_m)


def spilled_indoors(compound: Compound, mass_kg: float, air_changes: FloatArray, temperature_k: float) -> Release:
    """Return a spill inside a closed building whose air changes so often [1/h]; at once where its vapour is unknown."""
    rate = mass_kg * air_changes / 3600.0
    if not boils_below(compound, temperature_k):
        pool = evaporated(compound, _pool_m2(compound, mass_kg), temperature_k) * math.pow(_INDOORS_M_S, 0.78)
        rate = np.fmin(rate, pool)
    return Release(scenario="spill indoors", compound=compound, rate=rate, lasts=mass_kg / rate, pool_m=0.0)


def boils_below(compound: Compound, temperature_k: float) -> bool:
    """Return whether a compound is a gas at a temperature, as far as is known."""
    boiling = figure(compound, "boiling_point")
    return boiling is not None and boiling.value <= temperature_k


def _pool_m2(compound: Compound, mass_kg: float) -> float:
    """Return how wide a spill spreads; NaN where its density is unknown. [m2]"""
    density = figure(compound, "liquid_density")
    return math.nan if density is None else mass_kg / (density.value * _POOL_DEPTH_M)


def evaporated(compound: Compound, area_m2: float, temperature_k: float) -> float:
    """Return what evaporates in a wind of 1 m/s; NaN where vapour pressure or area is unknown. [kg/s]"""
    pressure = vapour_pressure_pa(compound, temperature_k) / _PA_PER_MM_HG
    mass = math.pow(compound.molar_mass_g_mol, 2.0 / 3.0)
    pounds = 0.284 * mass * area_m2 * _FT2_PER_M2 * pressure / (82.05 * temperature_k)
    return pounds * _KG_S_PER_LB_MIN
