"""Measured and simulated releases are found: a small set with bounds that a broken locator breaks.

The figures themselves come from `validation/`, over far more cases.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from upwind.exercise.conditions import Conditions
from upwind.exercise.mission import AREA_REACH
from upwind.exercise.scenes import as_track, make_scene
from upwind.exercise.score import read_truth
from upwind.exercise.survey import Scene
from upwind.geo import Frame
from upwind.invert import Settings, locate
from upwind.readers import read_track
from upwind.records import Located, Source, Track
from upwind.render.content import Provenance
from upwind.render.geojson import located_collection, written

PRAIRIE_GRASS = Path(__file__).parents[2] / "missions" / "prairie-grass"
RUNS = {release.file: release for release in read_truth(PRAIRIE_GRASS / "truth.csv")}
#: The search box is 2 km wide, its middle this far east and north of the release [m].
OFF_CENTRE = {"run7.csv": (640.0, -300.0), "run57.csv": (-500.0, 720.0), "run17.csv": (150.0, 790.0)}
NOWHERE = Provenance(version="", seed=0, command="", inputs=())


@cache
def flight(seed: int, sources: int) -> Scene:
    return make_scene(np.random.default_rng(seed), Conditions(samples=(600.0, 600.0)), sources)


def box(frame: Frame, middle: tuple[float, float], half: float) -> tuple[float, float, float, float]:
    edges = np.array(middle)[:, None] + np.array([-half, half])
    (west, east), (south, north) = frame.to_geographic(edges[0], edges[1])
    return float(west), float(south), float(east), float(north)


def answer(track: Track, area: tuple[float, float, float, float]) -> tuple[Located, ...]:
    return locate([track], Settings(area=area))


def answer_of_flight(scene: Scene) -> Located:
    return answer(as_track(scene), box(scene.frame, (0.0, 0.0), AREA_REACH * scene.side_m))[0]


def some(located: Located) -> float:
    return sum(probability for number, probability in located.number_of_sources if number > 0)


def most_probable(located: Located) -> int:
    return max(located.number_of_sources, key=lambda pair: pair[1])[0]


def away(truth: Frame, found: Source) -> float:
    """Return how far a source lies from the truth that the frame is about [m]."""
    easting, northing = truth.to_local(np.array([found.longitude]), np.array([found.latitude]))
    return float(np.hypot(easting[0], northing[0]))


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_a_prairie_grass_release_is_found(run: str) -> None:
    release = RUNS[run]
    about = Frame(longitude=release.longitude, latitude=release.latitude)
    located = answer(read_track(PRAIRIE_GRASS / run), box(about, OFF_CENTRE[run], 1000.0))[0]
    assert most_probable(located) == 1
    (found,) = located.sources
    assert found.emission_rate is not None
    assert away(about, found) < 60.0
    assert 0.4 < found.emission_rate.median / release.rate_kg_h < 2.5


@pytest.mark.slow
def test_a_source_that_a_drone_flew_past_is_found() -> None:
    scene = flight(29, 1)
    source = scene.sources[0]
    longitude, latitude = scene.frame.to_geographic(np.array([source.easting_m]), np.array([source.northing_m]))
    located = answer_of_flight(scene)
    assert some(located) > 0.8
    found = located.sources[0]
    assert found.emission_rate is not None
    assert away(Frame(longitude=float(longitude[0]), latitude=float(latitude[0])), found) < 40.0
    assert 0.33 < found.emission_rate.median / source.rate_kg_h < 3.0


@pytest.mark.slow
def test_clean_air_has_no_source() -> None:
    located = answer_of_flight(flight(6, 0))
    assert located.sources == ()
    assert some(located) < 0.5


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes() -> None:
    texts = [written(located_collection((answer_of_flight(flight(29, 1)),), NOWHERE)) for _ in range(2)]
    assert texts[0] == texts[1]
