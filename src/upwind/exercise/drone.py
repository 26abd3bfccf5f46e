"""Scenes with a drone that carries a gas sensor through a box, at 1 Hz."""

from __future__ import annotations

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.conditions import WindPlace, draw
from upwind.exercise.filaments import Receptors
from upwind.exercise.flights import Flown, Pattern, fly
from upwind.exercise.sensors import GasSensor, sense
from upwind.exercise.survey import (
    DRONE_TICK_S,
    MAST_M,
    Readings,
    Scene,
    Survey,
    draw_ambient,
    draw_wind_error,
    enhancement,
    scene_of,
    start_wind,
)
from upwind.exercise.wind import WindSeries, measure

__all__ = ["drone_scene"]

#: Share of the flights with wind from on board whose table says at which height it was measured.
HEIGHT_SAID = 0.5
#: The first level is in this lowest part of the heights: gas released near the ground is looked for near the ground.
LOW_SHARE = 0.4
#: Lines lie no further apart than this; a flight too short for that leaves out its second level [m].
WIDEST_M = 70.0


def drone_scene(rng: np.random.Generator, survey: Survey) -> Scene:
    """Return what one flight over the survey's box reads."""
    conditions = survey.conditions
    ticks = 2 * round(draw(rng, conditions.samples))
    plan = _draw_plan(rng, survey, ticks * DRONE_TICK_S)
    easting, northing, up = fly(rng, plan, ticks, DRONE_TICK_S)
    series = start_wind(rng, survey, ticks * DRONE_TICK_S, DRONE_TICK_S)
    nothing = np.zeros((1, ticks))
    receptors = Receptors(
        easting=easting[None],
        northing=northing[None],
        up=up[None],
        beam_east=nothing,
        beam_north=nothing,
        beam_up=nothing,
        ticks=ticks,
        tick_s=DRONE_TICK_S,
    )
    brought = enhancement(rng, survey, series, receptors)[:, 0]
    sensor, read = _read_drone(rng, survey, brought)
    readings = _drone_readings(rng, survey, series, (easting[::2], northing[::2], up[::2]), read)
    peak = tuple(float(row.max() / sensor.noise) for row in brought)
    return scene_of(rng, survey, peak, readings)


def _read_drone(rng: np.random.Generator, survey: Survey, brought: FloatArray) -> tuple[GasSensor, FloatArray]:
    """Return the drone's sensor and its readings at 1 Hz, in the gas's unit."""
    conditions = survey.conditions
    lag = draw(rng, conditions.lag_s)
    transport = lag * rng.uniform(0.3, 0.8)
    noise = draw(rng, conditions.gas.noise)
    sensor = GasSensor(
        transport_s=transport, response_s=lag - transport, noise=noise, resolution=noise * conditions.resolution
    )
    air = brought.sum(axis=0) + draw_ambient(rng, conditions, np.arange(brought.shape[1]) * np.float64(DRONE_TICK_S))
    return sensor, sense(rng, sensor, air[None], DRONE_TICK_S)[0, ::2]


def _draw_plan(rng: np.random.Generator, survey: Survey, length_s: float) -> Flown:
    """Return how the box is flown: transects lie across the wind as the pilot sees it, and every line fits."""
    conditions = survey.conditions
    pattern = tuple(Pattern)[int(rng.choice(len(Pattern), p=conditions.patterns))]
    bearing = survey.bearing_deg
    if pattern is Pattern.TRANSECTS:
        bearing = survey.weather.wind_from_deg + 90.0 + rng.normal(0.0, 15.0)
    low, high = conditions.height_m
    heights = (rng.uniform(low, low + LOW_SHARE * (high - low)), rng.uniform(low, high))[: int(rng.integers(1, 3))]
    speed = draw(rng, conditions.speed_m_s)
    narrowest = survey.side_m * len(heights) / (speed * length_s / survey.side_m - 2.0 * len(heights))
    return Flown(
        pattern=pattern,
        side_m=survey.side_m,
        bearing_deg=bearing,
        heights_m=heights if narrowest < WIDEST_M else heights[:1],
        spacing_m=max(draw(rng, conditions.lines_m), min(narrowest, WIDEST_M)),
        speed_m_s=speed,
    )


def _drone_readings(
    rng: np.random.Generator,
    survey: Survey,
    series: WindSeries,
    place: tuple[FloatArray, FloatArray, FloatArray],
    gas: FloatArray,
) -> Readings:
    """Return a drone's columns; its wind is measured on board (at a height not always said) or on a mast."""
    conditions = survey.conditions
    time, missing = np.arange(gas.size, dtype=np.float64), np.full(gas.size, np.nan)
    where = conditions.wind_places[int(rng.integers(len(conditions.wind_places)))]
    mast = np.full(gas.size, MAST_M[int(rng.integers(2))])
    on_board = where is WindPlace.DRONE
    said = not on_board or rng.uniform() < HEIGHT_SAID
    speed, wind_from = measure(rng, series, draw_wind_error(rng, conditions), time, place[2] if on_board else mast)
    return Readings(
        time_s=time,
        duration_s=missing,
        easting=place[0],
        northing=place[1],
        up=place[2],
        end_easting=missing,
        end_northing=missing,
        end_up=missing,
        gas=gas,
        wind_speed=speed,
        wind_from=wind_from,
        wind_height=np.where(said, place[2] if on_board else mast, np.nan),
        sigma_wind_direction=missing,
        sensor=(0,) * gas.size,
        sensors=("drone",),
    )
