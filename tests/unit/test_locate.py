"""What any locator owes: it turns with the world, and finds nothing where nothing was."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from upwind.exercise.conditions import Conditions
from upwind.exercise.mission import AREA_REACH
from upwind.exercise.scenes import as_track, make_scene
from upwind.exercise.survey import Scene
from upwind.invert import Settings, locate
from upwind.invert.smc import Effort
from upwind.records import Located, Source, Status, Track

EFFORT = Effort(chains=24, length=24, last=100)


@cache
def flight() -> Scene:
    """Return a flight of 600 readings past one strong source."""
    return make_scene(np.random.default_rng(29), Conditions(samples=(600.0, 600.0)), 1)


def turned(track: Track, degrees: float) -> Track:
    """Return a track and its wind turned clockwise about the middle of the flight's area."""
    east, north = flight().frame.to_local(track.longitude, track.latitude)
    longitude, latitude = flight().frame.to_geographic(*clockwise(east, north, degrees))
    wind = replace(track.wind, wind_from=(track.wind.wind_from + degrees) % 360.0)
    return replace(track, longitude=longitude, latitude=latitude, wind=wind)


def clockwise(east: np.ndarray, north: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return cos * east + sin * north, cos * north - sin * east


def answer(track: Track) -> Located:
    half = AREA_REACH * flight().side_m
    (west, east), (south, north) = flight().frame.to_geographic(np.array([-half, half]), np.array([-half, half]))
    area = (float(west), float(south), float(east), float(north))
    return locate([track], Settings(area=area, max_sources=2, effort=EFFORT))[0]


def place(source: Source) -> tuple[np.ndarray, np.ndarray]:
    return flight().frame.to_local(np.array([source.longitude]), np.array([source.latitude]))


@pytest.mark.parametrize("degrees", [90.0, 180.0])
def test_turning_the_world_turns_the_answer(degrees: float) -> None:
    track = as_track(flight())
    (one,), (other,) = answer(track).sources, answer(turned(track, degrees)).sources
    # Where the turned world's source would be in ours, and ours in the turned one.
    for source, there, angle in ((one, other, -degrees), (other, one, degrees)):
        here, back = place(source), clockwise(*place(there), angle)
        for axis, (low, high) in enumerate((source.easting_90, source.northing_90)):
            assert low <= back[axis][0] - here[axis][0] <= high
        assert source.emission_rate is not None
        assert there.emission_rate is not None
        assert source.emission_rate.lower <= there.emission_rate.median <= source.emission_rate.upper


@pytest.mark.parametrize("noise_ppm", [0.0, 0.02])
def test_readings_without_a_signal_have_no_source(noise_ppm: float) -> None:
    track = as_track(flight())
    (gas,) = track.gases
    values = 2.0 + noise_ppm * np.random.default_rng(7).standard_normal(len(gas.values))
    located = answer(replace(track, gases=(replace(gas, values=values),)))
    assert located.status is Status.NO_SOURCE
    assert located.sources == ()
    assert max(located.number_of_sources, key=lambda pair: pair[1])[0] == 0
