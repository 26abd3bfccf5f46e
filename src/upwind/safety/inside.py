"""The building that the lead points at, and the air that whoever opens its door may meet.

In a steady state what leaves is what the air changes carry out: ``C = q / (lambda V)``, and no air holds more vapour
than saturation allows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.compounds.figures import vapour_pressure_pa
from upwind.dispersion.site import Building
from upwind.geo import Frame
from upwind.records import Estimate, Limit, Opening, Place
from upwind.safety.climate import DRAWS, estimate_of
from upwind.safety.limits import limits_of
from upwind.safety.people import building_at, footprint_m2, levels_of
from upwind.safety.releases import Release

__all__ = ["House", "house_of", "opening_of"]

_LEVEL_M = 3.0
#: A house of which nothing is known: its size for the wake [m], its volume [m3] and the spread of the log of it.
_USUAL = Building(width_m=11.0, height_m=5.5)
_USUAL_M3, _USUAL_SPREAD, _MAPPED_SPREAD = 300.0, 0.4, 0.2
#: As far from a building's middle a position may be and still mean it. [m]
_NEAR_M = 25.0
_GAS_CONSTANT = 8.314
_MG_PER_KG = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The building: its size for the wake, and draws of its volume (draw,) [m3]."""

    size: Building
    volume_m3: FloatArray


def house_of(places: Sequence[Place], frame: Frame, rng: np.random.Generator) -> House:
    """Return the building at the frame's origin; a usual house where the map has none."""
    found = building_at(places, frame, _NEAR_M)
    turns = rng.standard_normal(DRAWS)
    if found is None:
        return House(size=_USUAL, volume_m3=_USUAL_M3 * np.exp(_USUAL_SPREAD * turns))
    footprint, height = footprint_m2(found), _LEVEL_M * levels_of(found)
    size = Building(width_m=math.sqrt(footprint), height_m=height)
    return House(size=size, volume_m3=footprint * height * np.exp(_MAPPED_SPREAD * turns))


def opening_of(measured: Release, house: House, air_changes: FloatArray, temperature_k: float) -> Opening:
    """Return the air inside a closed building that gives off what was measured. [mg/m3]"""
    inside = measured.rate * _MG_PER_KG * 3600.0 / (air_changes * house.volume_m3)
    pressure = vapour_pressure_pa(measured.compound, temperature_k)
    if math.isfinite(pressure):
        saturated = pressure * measured.compound.molar_mass_g_mol / (_GAS_CONSTANT * temperature_k) * 1000.0
        inside = np.minimum(inside, saturated)
    limits = limits_of(measured.compound)
    flammable = next((each for each in limits if each.kind == "flammable 10 %"), None)
    level_3 = next((each for each in limits if each.kind == "level 3" and each.minutes == 10.0), None)  # noqa: PLR2004
    return Opening(
        compound=measured.compound.name,
        inside=estimate_of(inside, "mg/m3"),
        of_flammable=None if flammable is None else _share(inside, flammable, 10.0),
        of_level_3=None if level_3 is None else _share(inside, level_3, 100.0),
    )


def _share(inside: FloatArray, limit: Limit, percent: float) -> Estimate:
    return estimate_of(inside / limit.mg_m3 * percent, "%")
