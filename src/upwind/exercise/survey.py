"""What every exercise has, whoever measures: drawn weather, hidden sources, gas in the air, and readings of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.conditions import Conditions, Kind, draw
from upwind.exercise.filaments import Filaments, Receptors, TrueSource, concentration, warm_up_s
from upwind.exercise.sensors import Drift, ambient
from upwind.exercise.wind import Weather, WindError, WindSeries, blow, draw_weather
from upwind.geo import Frame

__all__ = [
    "DRONE_TICK_S",
    "FIXED_TICK_S",
    "MAST_M",
    "Readings",
    "Scene",
    "Survey",
    "draw_ambient",
    "draw_survey",
    "draw_wind_error",
    "enhancement",
    "scene_of",
    "start_wind",
]

GAS_CONSTANT = 8.31446
#: A drone's air is computed this often; fixed sensors average for minutes and need less [s].
DRONE_TICK_S, FIXED_TICK_S = 0.5, 1.0
#: Sources lie in a disc of this share of half the box's side, so that a plume crosses some of the box.
INNER = 0.65
#: Heights of the masts that measure wind [m].
MAST_M = (2.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What the sensors wrote down: columns of shape (reading,).

    `time_s` begins an average of `duration_s` (NaN: at once), since the scene's start; `easting`, `northing`, `up`
    and the beam's far end `end_*` (NaN: a point) are in the scene's frame [m]; `gas` is in the gas's unit; wind in
    [m/s], [deg], [m], NaN where nobody says; `sensor` points into `sensors`.
    """

    time_s: FloatArray
    duration_s: FloatArray
    easting: FloatArray
    northing: FloatArray
    up: FloatArray
    end_easting: FloatArray
    end_northing: FloatArray
    end_up: FloatArray
    gas: FloatArray
    wind_speed: FloatArray
    wind_from: FloatArray
    wind_height: FloatArray
    sigma_wind_direction: FloatArray
    sensor: tuple[int, ...]
    sensors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An exercise with its truth: `peak` (source,) is the most that any reading holds of a source, in its noise."""

    conditions: Conditions
    frame: Frame
    weather: Weather
    sources: tuple[TrueSource, ...]
    peak: tuple[float, ...]
    side_m: float
    readings: Readings


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is fixed before the wind blows: weather, hidden sources, the box's side [m] and the bearing of its lines."""

    conditions: Conditions
    weather: Weather
    sources: tuple[TrueSource, ...]
    side_m: float
    bearing_deg: float


def scene_of(rng: np.random.Generator, survey: Survey, peak: tuple[float, ...], readings: Readings) -> Scene:
    """Return the scene somewhere at sea."""
    return Scene(
        conditions=survey.conditions,
        frame=draw_frame(rng),
        weather=survey.weather,
        sources=survey.sources,
        peak=peak,
        side_m=survey.side_m,
        readings=readings,
    )


def draw_survey(rng: np.random.Generator, conditions: Conditions, sources: int | None) -> Survey:
    """Return weather, box and sources."""
    stability = conditions.stabilities[int(rng.integers(len(conditions.stabilities)))]
    weather = draw_weather(rng, stability)
    number = int(rng.integers(conditions.most_sources + 1)) if sources is None else sources
    side, bearing = draw(rng, conditions.box_m), rng.uniform(0.0, 360.0)
    return Survey(
        conditions=conditions,
        weather=weather,
        sources=draw_sources(rng, conditions, number, side),
        side_m=side,
        bearing_deg=bearing,
    )


def draw_frame(rng: np.random.Generator) -> Frame:
    """Return a frame in the South Pacific: an exercise never points at anybody's house."""
    return Frame(longitude=round(rng.uniform(-128.0, -112.0), 5), latitude=round(rng.uniform(-50.0, -35.0), 5))


def draw_sources(
    rng: np.random.Generator, conditions: Conditions, number: int, side_m: float
) -> tuple[TrueSource, ...]:
    """Return sources in a disc about the middle of the box, no two nearer than the conditions say."""
    found: list[TrueSource] = []
    reach = INNER * side_m / 2.0
    while len(found) < number:
        easting, northing = rng.uniform(-reach, reach, 2)
        if np.hypot(easting, northing) > reach:
            continue
        height = 5.0 if rng.uniform() < conditions.roof_share else rng.uniform(0.0, 3.0)
        rate = draw(rng, conditions.gas.rate_kg_h)
        if all(np.hypot(easting - one.easting_m, northing - one.northing_m) >= conditions.apart_m for one in found):
            found.append(
                TrueSource(easting_m=float(easting), northing_m=float(northing), height_m=height, rate_kg_h=rate)
            )
    return tuple(found)


def start_wind(rng: np.random.Generator, survey: Survey, length_s: float, tick_s: float) -> WindSeries:
    """Return the true wind from long enough before the first reading."""
    before = warm_up_s(survey.weather, 0.75 * survey.side_m)
    return blow(rng, survey.weather, (-before, length_s), tick_s)


def enhancement(rng: np.random.Generator, survey: Survey, series: WindSeries, receptors: Receptors) -> FloatArray:
    """Return what each source adds to the air, shape (source, receptor, tick), in the gas's unit."""
    gas, weather = survey.conditions.gas, survey.weather
    filaments = Filaments(
        per_second=rng.uniform(4.0, 6.0), size_m=rng.uniform(0.2, 0.5), growth=rng.uniform(0.14, 0.24)
    )
    if survey.conditions.kind is not Kind.DRONE:
        filaments = Filaments(per_second=1.5, growth=filaments.growth)
    mass = concentration(rng, survey.sources, series, receptors, filaments)
    moles = mass / gas.molar_mass * GAS_CONSTANT * weather.temperature_k / weather.pressure_pa
    return moles * gas.per_mole


def draw_ambient(rng: np.random.Generator, conditions: Conditions, time_s: FloatArray) -> FloatArray:
    """Return the drifting ambient, shape (time,), in the gas's unit."""
    gas = conditions.gas
    size = draw(rng, gas.drift)
    drift = Drift(
        level=draw(rng, gas.ambient),
        ramp=size * rng.normal(),
        wave=0.3 * size * rng.uniform(),
        walk=0.5 * size,
    )
    return np.maximum(ambient(rng, drift, time_s), 0.1 * drift.level)


def draw_wind_error(rng: np.random.Generator, conditions: Conditions) -> WindError:
    """Return how the anemometer errs."""
    return WindError(
        direction_deg=draw(rng, conditions.direction_error_deg),
        direction_time_s=draw(rng, conditions.direction_time_s),
        speed=draw(rng, conditions.speed_error),
        speed_time_s=draw(rng, conditions.direction_time_s),
    )
