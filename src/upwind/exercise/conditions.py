"""What an exercise is like: the ranges from which its gas, sensor, wind error and geometry are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from upwind.exercise.wind import Stability

__all__ = ["ACETONE", "METHANE", "SURVEY", "Conditions", "ExerciseGas", "Kind", "Range", "WindPlace", "draw"]

#: Lowest and highest value, drawn uniformly.
Range = tuple[float, float]


class Kind(StrEnum):
    """Who measures: a drone at 1 Hz, fixed samplers (10-minute means) or fixed open paths (5-minute means)."""

    DRONE = "drone"
    SAMPLERS = "samplers"
    BEAMS = "beams"


class WindPlace(StrEnum):
    """Where the wind is measured."""

    DRONE = "drone"
    MAST = "mast"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseGas:
    """A gas, and the sensor that is usual for it.

    Attributes
    ----------
    unit, per_mole
        Of the column, and how many of it are one mole fraction (1e6 for ppm).
    molar_mass
        [kg/mol]
    ambient
        What the air holds anyway, in `unit`.
    noise, drift
        Standard deviation of white noise, and of the ambient's change over an hour, in `unit`.
    rate_kg_h
        Of a source.
    """

    name: str
    unit: str
    per_mole: float
    molar_mass: float
    ambient: Range
    noise: Range
    drift: Range
    rate_kg_h: Range


METHANE = ExerciseGas(
    name="methane",
    unit="ppm",
    per_mole=1e6,
    molar_mass=0.01604,
    ambient=(1.88, 2.05),
    noise=(0.002, 0.02),
    drift=(0.01, 0.08),
    rate_kg_h=(1.0, 5.0),
)

ACETONE = ExerciseGas(
    name="acetone",
    unit="ppb",
    per_mole=1e9,
    molar_mass=0.05808,
    ambient=(0.5, 3.0),
    noise=(0.3, 2.0),
    drift=(0.2, 1.0),
    rate_kg_h=(0.3, 3.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The ranges of one family of exercises; the defaults are those of a drone with a methane sensor.

    Attributes
    ----------
    box_m
        Side of the square that is flown.
    samples, speed_m_s, height_m
        Of a flight at 1 Hz: readings, ground speed, height above ground.
    most_sources, apart_m
        Sources are uniform from 0 to `most_sources`, and no two nearer than `apart_m`.
    roof_share
        Share of the sources on a roof of 5 m; the others are at 0-3 m.
    lag_s
        Transport time and first-order response together.
    direction_error_deg, direction_time_s, speed_error
        Standard deviation and time scale of the AR(1) error of the measured direction; relative error of speed.
    patterns
        How often a flight is crosswind transects, a lawnmower, a spiral, a perimeter.
    lines_m
        Distance of a flight's lines; where the readings do not suffice for it, they lie further apart.
    wind_places
        Where the wind may be measured, drawn alike.
    stabilities
        Drawn alike.
    resolution
        The sensor's smallest step, in units of its noise; 0 for none.
    """

    kind: Kind = Kind.DRONE
    gas: ExerciseGas = METHANE
    box_m: Range = (200.0, 400.0)
    samples: Range = (600.0, 1200.0)
    speed_m_s: Range = (3.0, 8.0)
    height_m: Range = (5.0, 30.0)
    most_sources: int = 3
    apart_m: float = 40.0
    roof_share: float = 0.15
    lag_s: Range = (2.0, 6.0)
    direction_error_deg: Range = (6.0, 10.0)
    direction_time_s: Range = (30.0, 120.0)
    speed_error: Range = (0.05, 0.15)
    patterns: tuple[float, float, float, float] = (0.4, 0.3, 0.2, 0.1)
    lines_m: Range = (20.0, 50.0)
    wind_places: tuple[WindPlace, ...] = (WindPlace.DRONE, WindPlace.DRONE, WindPlace.DRONE, WindPlace.MAST)
    stabilities: tuple[Stability, ...] = tuple(Stability)
    resolution: float = 0.0


#: A flight as a survey should be: close lines, low, over a smaller box.
SURVEY = Conditions(box_m=(150.0, 300.0), height_m=(3.0, 12.0), patterns=(0.5, 0.5, 0.0, 0.0), lines_m=(12.0, 25.0))


def draw(rng: np.random.Generator, bounds: Range) -> float:
    """Return a number within the bounds, each as likely."""
    return float(rng.uniform(*bounds))
