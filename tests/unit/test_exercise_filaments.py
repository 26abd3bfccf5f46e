"""The exercise's physics: what is released passes every plane, spreads as published, and never travels upwind."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from makers.weather import NEUTRAL
from numba import njit

from upwind.arrays import FloatArray
from upwind.exercise.filaments import (
    Air,
    Filaments,
    Receptors,
    TrueSource,
    _kernel,
    air_of,
    carry,
    concentration,
    level_at,
)
from upwind.exercise.wind import Stability, Weather, blow

#: One gram a second, 100 m west of the origin; the wind comes from the west.
SOURCE = TrueSource(easting_m=-100.0, northing_m=0.0, height_m=1.0, rate_kg_h=3.6)
SECONDS, RUNS = 600, 3
ACROSS = np.linspace(-150.0, 150.0, 31)
#: Middles of slices of one metre, then of four.
UP = np.concatenate([np.arange(12.0) + 0.5, np.arange(12.0) * 4.0 + 14.0])
SLICE = np.repeat([1.0, 4.0], 12)

CONVECTIVE = replace(NEUTRAL, stability=Stability.UNSTABLE, speed_m_s=3.0, obukhov_m=-12.0, lid_m=1000.0)
SLIGHTLY_UNSTABLE = replace(CONVECTIVE, obukhov_m=-40.0)
STABLE = replace(NEUTRAL, stability=Stability.STABLE, speed_m_s=3.0, obukhov_m=50.0, lid_m=150.0)


def lines(begin: FloatArray, beam: FloatArray, ticks: int = SECONDS) -> Receptors:
    """Return standing receptors from rows (easting, northing, up)."""
    start, run = begin[:, :, None], beam[:, :, None]
    return Receptors(
        easting=start[:, 0],
        northing=start[:, 1],
        up=start[:, 2],
        beam_east=run[:, 0],
        beam_north=run[:, 1],
        beam_up=run[:, 2],
        ticks=ticks,
        tick_s=1.0,
    )


def simulate(weather: Weather, receptors: Receptors, seed: int = 0, source: TrueSource = SOURCE) -> FloatArray:
    """Return what the source brings, shape (receptor, tick) [kg m-3]."""
    rng = np.random.default_rng(seed)
    series = blow(rng, weather, (-240.0, float(SECONDS)), 1.0)
    return np.asarray(concentration(rng, (source,), series, receptors)[0])


@cache
def plane(weather: Weather, distance_m: float) -> tuple[FloatArray, FloatArray]:
    """Return crosswind integrals by height [kg m-2] and vertical ones by side [kg m-2], means over all runs."""
    here = distance_m - 100.0
    rows = [(here, -300.0, up) for up in UP] + [(here, side, 0.0) for side in ACROSS]
    beams = [(0.0, 600.0, 0.0)] * UP.size + [(0.0, 0.0, 150.0)] * ACROSS.size
    receptors = lines(np.array(rows), np.array(beams))
    mean = np.mean([simulate(weather, receptors, seed).mean(axis=1) for seed in range(RUNS)], axis=0)
    return mean[: UP.size] * 600.0, mean[UP.size :] * 150.0


def deviation(weight: FloatArray, place: FloatArray) -> float:
    middle = np.average(place, weights=weight)
    return float(np.sqrt(np.average((place - middle) ** 2, weights=weight)))


@pytest.mark.parametrize("weather", [NEUTRAL, SLIGHTLY_UNSTABLE, STABLE], ids=lambda weather: weather.stability)
def test_what_is_released_passes_a_downwind_plane(weather: Weather) -> None:
    by_height, _ = plane(weather, 100.0)
    flux = (by_height * weather.speed_at(UP) * SLICE).sum()
    assert flux == pytest.approx(1e-3, rel=0.12)


# Briggs (1973), rural, doi:10.2172/5118833: sigma_y at 100 m is 22 m in class A, 11 m in C, 8 m in D, 6 m in E.
@pytest.mark.parametrize(
    ("weather", "briggs_m"),
    [(CONVECTIVE, 22.0), (SLIGHTLY_UNSTABLE, 11.0), (NEUTRAL, 8.0), (STABLE, 6.0)],
    ids=["A", "C", "D", "E"],
)
def test_the_mean_plume_is_as_wide_as_published(weather: Weather, briggs_m: float) -> None:
    _, by_side = plane(weather, 100.0)
    width = deviation(by_side, ACROSS) / (briggs_m / np.sqrt(1.0 + 1e-4 * 100.0))
    assert 1 / 1.6 < width < 1.6


def test_a_neutral_plume_is_as_deep_as_published() -> None:
    by_height, _ = plane(NEUTRAL, 100.0)
    depth = np.sqrt(np.average(UP**2, weights=by_height * SLICE))
    briggs = 0.06 * 100.0 / np.sqrt(1.0 + 1.5e-3 * 100.0)  # Briggs (1973), rural, class D
    assert 1 / 1.6 < depth / briggs < 1.6


@pytest.mark.parametrize("weather", [NEUTRAL, CONVECTIVE, STABLE], ids=lambda weather: weather.stability)
def test_the_mean_falls_with_distance(weather: Weather) -> None:
    places = np.array([(x - 100.0, -300.0, 2.0) for x in (25.0, 50.0, 100.0, 200.0)])
    receptors = lines(places, np.tile((0.0, 600.0, 0.0), (4, 1)))
    mean = np.mean([simulate(weather, receptors, seed).mean(axis=1) for seed in range(2)], axis=0)
    assert (np.diff(mean) < 0).all()


def test_hits_grow_rarer_towards_the_edge() -> None:
    sides = np.array([0.0, 12.0, 24.0, 36.0])
    places = np.stack([np.full(4, 0.0), sides, np.full(4, 3.0)], axis=1)
    runs = np.concatenate([simulate(NEUTRAL, lines(places, 0.0 * places), seed) for seed in range(RUNS)], axis=1)
    hit = (runs > 0.1 * runs[0].mean()).mean(axis=1)
    assert (np.diff(hit) < 0).all()
    ratio = runs.std(axis=1) / runs.mean(axis=1)
    assert ratio[0] > 0.5  # a plume in the open fluctuates by as much as its mean
    assert ratio[-1] > 2.0 * ratio[0]


def test_nothing_travels_upwind() -> None:
    places = np.array([(-140.0, 0.0, 1.0), (-160.0, 30.0, 2.0), (-180.0, -20.0, 5.0)])
    assert simulate(NEUTRAL, lines(places, 0.0 * places)).max() == 0.0


@pytest.mark.parametrize("wind_from", [20.0, 135.0, 300.0])
def test_the_plume_follows_the_wind(wind_from: float) -> None:
    weather = replace(NEUTRAL, wind_from_deg=wind_from)
    source = TrueSource(easting_m=0.0, northing_m=0.0, height_m=1.0, rate_kg_h=1.0)
    bearing = np.arange(0.0, 360.0, 5.0)
    angle = np.radians(bearing)
    begin = np.stack([100.0 * np.sin(angle), 100.0 * np.cos(angle), 0.0 * angle], axis=1)
    columns = simulate(weather, lines(begin, np.tile((0.0, 0.0, 150.0), (angle.size, 1))), 1, source).mean(axis=1)
    middle = np.degrees(np.arctan2((columns * np.sin(angle)).sum(), (columns * np.cos(angle)).sum()))
    assert abs((middle - wind_from + 180.0 + 180.0) % 360.0 - 180.0) < 8.0


def test_twice_the_rate_reads_twice_as_much() -> None:
    places = np.array([(0.0, 0.0, 2.0), (-50.0, 5.0, 2.0)])
    receptors = lines(places, 0.0 * places)
    once = simulate(NEUTRAL, receptors)
    twice = simulate(NEUTRAL, receptors, source=replace(SOURCE, rate_kg_h=7.2))
    np.testing.assert_allclose(twice, 2.0 * once, rtol=1e-12)


def test_the_same_seed_gives_the_same_bytes() -> None:
    places = np.array([(0.0, 0.0, 2.0)])
    receptors = lines(places, 0.0 * places)
    assert simulate(NEUTRAL, receptors, 5).tobytes() == simulate(NEUTRAL, receptors, 5).tobytes()
    assert simulate(NEUTRAL, receptors, 5).tobytes() != simulate(NEUTRAL, receptors, 6).tobytes()


def test_a_kernel_and_its_image_hold_the_whole_mass() -> None:
    step = 0.5
    grid = np.arange(-12.0, 12.0, step) + step / 2
    total = sum(
        _kernel(np.array([x, y, z, 0.0, 0.0, 0.0]), 0.0, 0.0, height, 2.0)
        for x in grid
        for y in grid
        for z in grid[grid > 0]
        for height in (1.5, -1.5)
    )
    assert total * step**3 == pytest.approx(1.0, abs=2e-3)


def test_a_beam_is_the_mean_of_its_points() -> None:
    begin, run = np.array([-4.0, 1.0, 1.0]), np.array([9.0, 3.0, 0.5])
    part = (np.arange(4000) + 0.5) / 4000
    points = [_kernel(np.array([*(begin + share * run), 0.0, 0.0, 0.0]), 0.0, 0.0, 1.2, 1.5) for share in part]
    beam = _kernel(np.array([*begin, *run]), 0.0, 0.0, 1.2, 1.5)
    assert beam == pytest.approx(np.mean(points), rel=1e-4)


@njit(cache=False)
def mix(rng: np.random.Generator, heights: FloatArray, air: Air, seconds: int) -> None:
    """Let particles move up and down for so long, in place."""
    row, state = np.empty(air.table.shape[1]), np.empty(7)
    for index in range(heights.size):
        state[:] = 0.0
        state[2] = heights[index]
        level_at(air.table, state[2], row)
        state[5] = row[1] * rng.standard_normal()
        for _ in range(2 * seconds):
            level_at(air.table, state[2], row)
            carry(rng, state, row, air, 0.5)
        heights[index] = state[2]


def test_well_mixed_air_stays_well_mixed() -> None:
    # Thomson (1987): the drift must keep tracer that fills the layer evenly as it is, though sigma_w grows upwards.
    lid, particles = 100.0, 4000
    heights = (np.arange(particles) + 0.5) / particles * lid
    mix(np.random.default_rng(2), heights, air_of(replace(CONVECTIVE, lid_m=lid), Filaments()), 100)
    counts, _ = np.histogram(heights, bins=5, range=(0.0, lid))
    assert counts.sum() == particles
    assert abs(counts / (particles / 5) - 1.0).max() < 0.12
