"""One exercise, drawn from a generator, and the same as the track that a reader would hand on."""

from __future__ import annotations

import numpy as np

from upwind.exercise.conditions import Conditions, Kind
from upwind.exercise.drone import drone_scene
from upwind.exercise.fixed import fixed_scene
from upwind.exercise.survey import Scene, draw_survey
from upwind.records import Gas, Track, Wind

__all__ = ["START_S", "as_track", "make_scene"]

#: Every exercise begins at 2030-01-01T12:00Z, so that nobody takes it for a measurement.
START_S = 1_893_499_200.0


def make_scene(rng: np.random.Generator, conditions: Conditions | None = None, sources: int | None = None) -> Scene:
    """Return one exercise.

    Parameters
    ----------
    rng
        Decides everything; the same generator state gives the same scene.
    conditions
        Ranges to draw from; a drone with a methane sensor unless told otherwise.
    sources
        How many; drawn from 0 to the conditions' `most_sources` unless told.

    Examples
    --------
    >>> scene = make_scene(np.random.default_rng(3), sources=2)
    >>> len(scene.sources)
    2
    """
    survey = draw_survey(rng, conditions or Conditions(), sources)
    return drone_scene(rng, survey) if survey.conditions.kind is Kind.DRONE else fixed_scene(rng, survey)


def as_track(scene: Scene, name: str = "track.csv") -> Track:
    """Return the readings as a track, mole fractions in ppm."""
    readings, gas, weather = scene.readings, scene.conditions.gas, scene.weather
    time = START_S + readings.time_s
    missing = np.full(time.size, np.nan)
    longitude, latitude = scene.frame.to_geographic(readings.easting, readings.northing)
    end_longitude, end_latitude = missing, missing
    if np.isfinite(readings.end_up).any():
        end_longitude, end_latitude = scene.frame.to_geographic(readings.end_easting, readings.end_northing)
    wind = Wind(
        time=time,
        wind_speed=readings.wind_speed,
        wind_from=readings.wind_from,
        wind_height=readings.wind_height,
        sigma_wind_direction=readings.sigma_wind_direction,
        friction_velocity=missing,
        obukhov_length=missing,
        temperature=np.full(time.size, weather.temperature_k),
        pressure=np.full(time.size, weather.pressure_pa),
    )
    return Track(
        name=name,
        sha256="",
        time=time,
        longitude=longitude,
        latitude=latitude,
        height=readings.up,
        duration=readings.duration_s,
        end_longitude=end_longitude,
        end_latitude=end_latitude,
        end_height=readings.end_up,
        sensor=np.asarray(readings.sensor, dtype=np.int64),
        sensors=readings.sensors,
        gases=(Gas(name=gas.name, units="ppm", values=readings.gas * 1e6 / gas.per_mole),),
        wind=wind,
        extra={},
    )
