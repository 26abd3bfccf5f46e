"""Winds, flights, sensors and whole exercises: what was asked for is what is drawn, and a seed repeats it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from upwind.arrays import FloatArray
from upwind.exercise.conditions import ACETONE, Conditions, Kind
from upwind.exercise.flights import Flown, Pattern, fly
from upwind.exercise.mission import mission_files, write_mission
from upwind.exercise.scenes import as_track, make_scene
from upwind.exercise.sensors import Drift, GasSensor, ambient, sense
from upwind.exercise.wind import Stability, WindError, blow, draw_weather, measure, wander

REPOSITORY = Path(__file__).parents[2]


def test_the_profile_is_the_log_law() -> None:
    weather = draw_weather(np.random.default_rng(1), Stability.NEUTRAL)
    rough = weather.roughness_m
    assert weather.speed_at(np.array(10.0)) == pytest.approx(weather.speed_m_s)
    expected = weather.speed_m_s * math.log(2.0 / rough) / math.log(10.0 / rough)
    assert weather.speed_at(np.array(2.0)) == pytest.approx(expected, rel=1e-3)


def test_stability_orders_profile_and_turbulence() -> None:
    neutral = draw_weather(np.random.default_rng(1), Stability.NEUTRAL)
    unstable = replace(neutral, stability=Stability.UNSTABLE, obukhov_m=-20.0)
    stable = replace(neutral, stability=Stability.STABLE, obukhov_m=30.0)
    low = [float(weather.speed_at(np.array(2.0))) for weather in (unstable, neutral, stable)]
    assert low[0] > low[1] > low[2]
    assert unstable.sigma_v > neutral.sigma_v > stable.sigma_v


def test_wander_is_an_ornstein_uhlenbeck_series() -> None:
    series = wander(np.random.default_rng(0), 400_000, 1.0, 20.0)
    assert series.std() == pytest.approx(1.0, abs=0.05)
    assert np.corrcoef(series[:-20], series[20:])[0, 1] == pytest.approx(math.exp(-1.0), abs=0.05)


def test_the_anemometer_errs_as_told() -> None:
    rng = np.random.default_rng(4)
    calm = replace(draw_weather(rng, Stability.STABLE), meander_factor=0.0, veer_deg_h=0.0, speed_m_s=4.0)
    time: FloatArray = np.arange(40_000) * np.float64(1.0)
    series = blow(rng, calm, (-10.0, time[-1]), 1.0)
    error = WindError(direction_deg=8.0, direction_time_s=60.0, speed=0.1, speed_time_s=60.0)
    speed, wind_from = measure(rng, series, error, time, np.full(time.size, 10.0))
    off = (wind_from - calm.wind_from_deg + 180.0) % 360.0 - 180.0
    local = math.degrees(calm.sigma_small / 4.0)
    assert off.std() == pytest.approx(math.hypot(8.0, local), rel=0.12)
    assert np.median(speed) == pytest.approx(4.0, rel=0.05)


def test_a_sensor_is_late_then_slow() -> None:
    air = np.zeros((1, 200))
    air[:, 100:] = 1.0
    read = sense(
        np.random.default_rng(0), GasSensor(transport_s=2.0, response_s=3.0, noise=0.0, resolution=0.0), air, 0.5
    )
    assert read[0, 103] == 0.0
    assert read[0, 109] == pytest.approx(1.0 - math.exp(-1.0), abs=1e-9)
    assert read[0, -1] == pytest.approx(1.0, abs=1e-4)


def test_a_sensor_is_noisy_and_coarse() -> None:
    sensor = GasSensor(transport_s=1.0, response_s=1.0, noise=0.01, resolution=0.005)
    read = sense(np.random.default_rng(0), sensor, np.full((1, 20_000), 2.0), 0.5)
    assert read.std() == pytest.approx(0.01, rel=0.05)
    np.testing.assert_allclose(read / 0.005, np.round(read / 0.005), atol=1e-6)


def test_the_ambient_drifts_slowly() -> None:
    time: FloatArray = np.arange(1200) * np.float64(1.0)
    air = ambient(np.random.default_rng(0), Drift(level=1.9, ramp=0.05, wave=0.01, walk=0.02), time)
    assert air[0] == pytest.approx(1.9, abs=0.02)
    assert np.abs(np.diff(air)).max() < 0.005
    assert 0.003 < np.ptp(air) < 0.2


@pytest.mark.parametrize("pattern", list(Pattern))
def test_a_flight_stays_in_its_box_at_its_speed(pattern: Pattern) -> None:
    plan = Flown(pattern=pattern, side_m=300.0, bearing_deg=30.0, heights_m=(8.0, 15.0), spacing_m=30.0, speed_m_s=5.0)
    easting, northing, up = fly(np.random.default_rng(1), plan, 2000, 0.5)
    turn = math.radians(30.0)
    across = easting * math.cos(turn) - northing * math.sin(turn)
    along = easting * math.sin(turn) + northing * math.cos(turn)
    assert max(np.abs(across).max(), np.abs(along).max()) <= 150.1
    assert 7.5 <= up.min() <= up.max() <= 15.5
    speed = np.hypot(np.diff(easting), np.diff(northing)) / 0.5
    assert speed.max() < 5.0 * 1.15
    assert np.median(speed) == pytest.approx(5.0, rel=0.1)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_exercise_meets_the_track_contract(kind: Kind) -> None:
    scene = make_scene(np.random.default_rng(2), Conditions(kind=kind), 2)
    track = as_track(scene)  # records check their contracts
    assert track.gases[0].values.size == track.time.size
    assert np.isfinite(track.gases[0].values).all()
    assert np.isfinite(track.end_height).all() == (kind is Kind.BEAMS)
    assert len(scene.sources) == 2
    assert max(scene.peak) > 3.0


def test_scenes_keep_to_their_conditions() -> None:
    conditions = Conditions()
    counts = set()
    for seed in (0, 1, 3, 4):
        scene = make_scene(np.random.default_rng(seed))
        counts.add(len(scene.sources))
        places = [complex(source.easting_m, source.northing_m) for source in scene.sources]
        assert all(abs(a - b) >= conditions.apart_m for a in places for b in places if a != b)
        assert all(1.0 <= source.rate_kg_h <= 5.0 and 0.0 <= source.height_m <= 5.0 for source in scene.sources)
        assert 600 <= scene.readings.gas.size <= 1200
        assert 2.0 <= scene.weather.speed_m_s <= 6.0
    assert len(counts) > 1


def test_without_sources_there_is_only_ambient() -> None:
    scene = make_scene(np.random.default_rng(9), sources=0)
    assert (scene.sources, scene.peak) == ((), ())
    assert np.ptp(scene.readings.gas) < 0.4


@pytest.mark.parametrize("kind", [Kind.DRONE, Kind.SAMPLERS])
def test_the_same_seed_writes_the_same_mission(kind: Kind) -> None:
    conditions = Conditions(kind=kind, gas=ACETONE)
    first, again, other = (
        mission_files(make_scene(np.random.default_rng(seed), conditions, 1), "m", "t.csv") for seed in (1, 1, 2)
    )
    assert first == again
    assert first["t.csv"] != other["t.csv"]
    assert "acetone [ppb]" in first["t.csv"].splitlines()[0]


def test_a_mission_is_written_into_a_folder(tmp_path: Path) -> None:
    write_mission(make_scene(np.random.default_rng(1), sources=1), tmp_path / "deep" / "mission")
    assert sorted(file.name for file in (tmp_path / "deep" / "mission").iterdir()) == [
        "area.geojson",
        "mission.toml",
        "track.csv",
        "truth.csv",
    ]


def test_the_committed_exercise_is_what_its_readme_says() -> None:
    folder = REPOSITORY / "missions" / "exercise-one"
    made = mission_files(make_scene(np.random.default_rng(12), sources=2), "exercise-one", "drone-12.csv")
    assert (folder / "drone-12.csv").stat().st_size < 150_000
    for name in ("mission.toml", "truth.csv", "area.geojson"):
        assert (folder / name).read_text() == made[name]
    committed, drawn = (
        np.genfromtxt(text.splitlines(), delimiter=",", skip_header=1, usecols=range(2, 8))
        for text in ((folder / "drone-12.csv").read_text(), made["drone-12.csv"])
    )
    np.testing.assert_allclose(committed, drawn, atol=2e-3)
