"""What the air does to a plume: the surfaces that readings are over, and the cases of spread that are tried."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.dispersion.spread import STANDARD_HEIGHT_M, Family, Surface
from upwind.dispersion.stability import friction_ratio, obukhov_of_class
from upwind.invert.observations import Observations

__all__ = ["Case", "case_prior", "cases_of", "height_factor", "surfaces_of"]

#: A spread case: a family, the wind's height where unknown [m], and its surfaces.
Case = tuple[Family, float, list[Surface]]

#: Heights tried where nobody said how high the wind was measured: masts', and on board (inf: each reading's own). [m]
_WIND_HEIGHTS_M = (2.5, 5.0, 10.0)
_ON_BOARD = (math.inf, 2.5, 10.0)
_ROUGHNESS: dict[Family, float] = {"similarity": 0.03, "rural": 0.03, "urban": 0.5}
_SURFACES = 6
#: Prior of the families where turbulence was measured, and where it was not.
_MEASURED = {"similarity": 0.8, "rural": 0.1, "urban": 0.1}
_UNMEASURED = {"similarity": 0.4, "rural": 0.4, "urban": 0.2}


def surfaces_of(o: Observations) -> tuple[IntArray, list[Surface | None], FloatArray]:
    """Return which surface each reading is over, the surfaces (None: stability unknown), factors on sigma_y."""
    count = len(o.time)
    length = o.weather["obukhov_length"]
    if not np.isfinite(length).any():
        return np.zeros(count, dtype=np.int64), [None], np.ones(count)
    inverse = np.where(np.isfinite(length) & (length != 0), 1.0 / np.where(length == 0, 1.0, length), np.nan)
    inverse = np.where(np.isnan(inverse), np.nanmedian(inverse), inverse)
    edges = np.unique(np.quantile(inverse, np.linspace(0, 1, _SURFACES + 1))[1:-1])
    surface = np.searchsorted(edges, inverse, side="right").astype(np.int64)
    _, surface = np.unique(surface, return_inverse=True)
    theta = np.radians(o.weather["sigma_wind_direction"])
    roughness = _roughness(o, inverse)
    surfaces: list[Surface | None] = []
    widening = np.ones(count)
    for number in range(surface.max() + 1):
        at = surface == number
        known = theta[at][np.isfinite(theta[at])]
        sigma = float(np.median(known)) if len(known) else math.nan
        if len(known):
            widening[at] = np.clip(np.where(np.isfinite(theta[at]), theta[at], sigma) / max(sigma, 1e-3), 0.3, 3.0)
        surfaces.append(
            Surface(inverse_obukhov=float(np.median(inverse[at])), roughness_m=roughness, sigma_theta=sigma)
        )
    return surface.astype(np.int64), surfaces, widening


def _roughness(o: Observations, inverse: FloatArray) -> float:
    """Return z0 [m] from the measured ratio of wind to friction velocity, NaN where it was not measured."""
    ratio = o.weather["wind_speed"] / o.weather["friction_velocity"]
    usable = np.isfinite(ratio) & np.isfinite(o.weather["wind_height"])
    if not usable.any():
        return math.nan
    height = float(np.median(o.weather["wind_height"][usable]))
    return _fitting(float(np.median(ratio[usable])), height, float(np.median(inverse)))


def _fitting(ratio: float, height_m: float, inverse_obukhov: float) -> float:
    """Return the z0 [m] over which wind at a height is so many times the friction velocity."""
    grid = np.geomspace(1e-4, 2.0, 60)
    have = np.array([friction_ratio(height_m, z0, inverse_obukhov) for z0 in grid])
    return float(grid[np.abs(have - ratio).argmin()])


def _complete(o: Observations, surface: Surface, family: Family, height: float) -> Surface:
    """Return the surface with its roughness settled: measured, from u* at the assumed height, or the family's."""
    roughness = surface.roughness_m
    if math.isnan(roughness):
        ratio = o.weather["wind_speed"] / o.weather["friction_velocity"]
        known = np.isfinite(ratio).any() and math.isfinite(height)
        roughness = (
            _fitting(float(np.nanmedian(ratio)), height, surface.inverse_obukhov) if known else _ROUGHNESS[family]
        )
    return replace(surface, roughness_m=roughness)


def cases_of(o: Observations, surfaces: list[Surface | None]) -> list[Case]:
    """Return the spread cases."""
    unsaid = _ON_BOARD if o.moves else _WIND_HEIGHTS_M
    heights = (math.nan,) if np.isfinite(o.weather["wind_height"]).all() else unsaid
    families: tuple[Family, ...] = ("similarity", "rural", "urban")
    cases: list[Case] = []
    for family, height in itertools.product(families, heights):
        if None not in surfaces:
            known = [s for s in surfaces if s is not None]
            cases.append((family, height, [_complete(o, s, family, height) for s in known]))
            continue
        for pasquill in (1, 2, 3, 4) if family != "urban" else (2, 3, 4):
            surface = Surface(inverse_obukhov=obukhov_of_class(pasquill), roughness_m=math.nan)
            cases.append((family, height, [_complete(o, surface, family, height)]))
    return cases


def case_prior(o: Observations, cases: list[Case]) -> FloatArray:
    """Return the log prior of each case: similarity theory is trusted more where turbulence was measured."""
    families = [family for family, _, _ in cases]
    measured = bool(np.isfinite(o.weather["friction_velocity"]).any() or np.isfinite(o.weather["obukhov_length"]).any())
    weight = _MEASURED if measured else _UNMEASURED
    prior = np.array([weight[family] / families.count(family) for family in families])
    return np.asarray(np.log(prior / prior.sum()))


def height_factor(o: Observations, surface: IntArray, case: Case) -> FloatArray:
    """Return the wind at the standard height over the wind as measured, (reading,)."""
    _, assumed, surfaces = case
    unsaid = o.start[:, 2] if math.isinf(assumed) else np.full(len(surface), assumed)
    height = np.where(np.isfinite(o.weather["wind_height"]), o.weather["wind_height"], unsaid)
    rounded = np.round(np.clip(height, 0.5, 200.0) * 2.0) / 2.0
    factor = np.empty(len(height))
    for number, of in enumerate(surfaces):
        standard = friction_ratio(STANDARD_HEIGHT_M, of.roughness_m, of.inverse_obukhov)
        for value in np.unique(rounded[surface == number]):
            at = (surface == number) & (rounded == value)
            factor[at] = standard / friction_ratio(float(value), of.roughness_m, of.inverse_obukhov)
    return factor
