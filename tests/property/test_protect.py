"""What must hold of zones, people and the air indoors, whatever the numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.neighbourhood import FRAME, area, house, lead, wind

from upwind.compounds import find
from upwind.records import Lead, Zone
from upwind.safety import DRAWS, Scenario, Surroundings, plume, protect
from upwind.safety.climate import Blowing
from upwind.safety.indoors import indoor_series, mean_ratio
from upwind.safety.limits import limits_of
from upwind.safety.people import residents_of
from upwind.safety.releases import spilled_indoors, spilled_outdoors
from upwind.safety.zones import Draws, rates

OPEN = plume.Ground(town=False, building=None)


def zones_of(place: Lead, wind_from: float = 270.0, **asked: float) -> list[Zone]:
    scenario = Scenario(**asked)
    around = Surroundings()
    return list(protect(place, wind(wind_from=wind_from), around, scenario, np.random.default_rng(5)).zones)


def radii(zone: Zone, probability: float) -> dict[int, float]:
    """How far an outline reaches at each fifth degree. [m]"""
    corners = np.array([corner for (ring,) in zone.outlines[probability]["coordinates"] for corner in ring])
    east, north = FRAME.to_local(corners[:, 0], corners[:, 1])
    bearing = np.degrees(np.arctan2(east, north)) % 360.0 / 5.0
    on_step = (np.abs(bearing - np.round(bearing)) < 0.1) & (np.hypot(east, north) > 5.0)
    return {
        round(at) % 72: float(far) for at, far in zip(bearing[on_step], np.hypot(east, north)[on_step], strict=True)
    }


@settings(max_examples=8)
@given(factor=st.floats(1.01, 50.0))
def test_a_zone_grows_with_the_rate(factor: float) -> None:
    small, large = (zones_of(lead(("ammonia", 5.0 * each))) for each in (1.0, factor))
    for less, more in zip(small, large, strict=True):
        assert more.distance.median >= less.distance.median
        assert more.distance.upper >= less.distance.upper
    assert any(more.distance.upper > less.distance.upper for less, more in zip(small, large, strict=True))


@settings(max_examples=6)
@given(turn=st.integers(1, 71))
def test_rotating_the_wind_rotates_the_zone(turn: int) -> None:
    as_it_was, turned = (
        next(zone for zone in zones_of(lead(("ammonia", 20.0)), wind_from) if zone.limit.kind == "odour")
        for wind_from in (270.0, 270.0 + 5.0 * turn)
    )
    assert turned.distance == as_it_was.distance
    expected = {(step + turn) % 72: far for step, far in radii(as_it_was, 0.05).items()}
    found = radii(turned, 0.05)
    assert set(found) == set(expected)
    # One draw of 600 may fall on the other side of an edge by a rounding.
    assert all(found[key] == pytest.approx(expected[key], rel=0.05) for key in expected)


def test_nothing_is_upwind_and_all_that_leaves_flows_through_a_plane_downwind() -> None:
    blowing = Blowing(
        toward=np.array([[1.0, 0.0]]), speed=np.array([4.0]), pasquill=np.array([3]), temperature_k=298.15
    )
    across = np.linspace(-150.0, 150.0, 601)
    heights = np.linspace(0.0, 120.0, 241)
    upwind = plume.field(blowing, OPEN, np.zeros((1, 2)), np.array([[-1.0, 0.0], [-200.0, 5.0]]))
    assert not upwind.any()
    flux = 0.0
    for height in heights:
        ground = plume.Ground(town=False, building=None, read_m=float(height))
        places = np.column_stack([np.full(len(across), 300.0), across])
        read = plume.field(blowing, ground, np.zeros((1, 2)), places)[0]
        weight = 0.5 if height in (heights[0], heights[-1]) else 1.0
        flux += weight * read.sum() * (across[1] - across[0]) * (heights[1] - heights[0]) * 4.0
    assert flux == pytest.approx(1.0, rel=0.01)


def test_twice_the_wind_halves_the_concentration() -> None:
    places = np.array([[100.0, 0.0], [100.0, 10.0]])
    slow, fast = (
        plume.field(
            Blowing(toward=np.array([[1.0, 0.0]]), speed=np.array([u]), pasquill=np.array([2]), temperature_k=298.0),
            OPEN,
            np.zeros((1, 2)),
            places,
        )
        for u in (2.0, 4.0)
    )
    assert slow == pytest.approx(2.0 * fast)


@settings(max_examples=40)
@given(
    homes=st.lists(st.tuples(st.floats(-90, 90), st.floats(-90, 90), st.integers(1, 8)), max_size=12),
    persons=st.floats(0.0, 5000.0),
)
def test_no_resident_is_lost_or_made(homes: list[tuple[float, float, int]], persons: float) -> None:
    houses = [house(east, north, **{"building:levels": str(levels)}) for east, north, levels in homes]
    areas = [area(persons, 0.0, 0.0, 200.0, 200.0), area(7.0, 500.0, 0.0, 100.0, 100.0)]
    for one in areas:
        assert residents_of([one], houses, FRAME).persons.sum() == pytest.approx(one.persons)
    assert residents_of(areas, houses, FRAME).persons.sum() == pytest.approx(persons + 7.0)


@settings(max_examples=40)
@given(
    outside=st.lists(st.floats(0.0, 100.0), min_size=2, max_size=60),
    per_hour=st.floats(0.05, 10.0),
    step_s=st.floats(10.0, 600.0),
)
def test_indoors_the_peak_is_lower_and_the_long_run_dose_the_same(
    outside: list[float], per_hour: float, step_s: float
) -> None:
    clean = math.ceil(30.0 * 3600.0 / per_hour / step_s)
    outdoor = np.concatenate([outside, np.zeros(clean)])
    inside = indoor_series(outdoor, step_s, per_hour)
    assert inside.max() <= outdoor.max()
    assert inside.sum() == pytest.approx(outdoor.sum(), rel=1e-6, abs=1e-6)


@settings(max_examples=30)
@given(per_hour=st.floats(0.05, 5.0), minutes=st.sampled_from([10.0, 60.0, 480.0]))
def test_the_mean_ratio_is_that_of_the_series(per_hour: float, minutes: float) -> None:
    steps = 4000
    series = indoor_series(np.ones(steps), 60.0 * minutes / steps, per_hour)
    assert mean_ratio(np.array([per_hour]), minutes)[0] == pytest.approx(series.mean(), rel=0.01)


@settings(max_examples=20)
@given(mass=st.floats(0.1, 1000.0))
def test_what_was_spilled_leaves_and_no_more(mass: float) -> None:
    for name in ("acetone", "hydrogen chloride"):
        compound = find(name)
        assert compound is not None
        outdoors = spilled_outdoors(compound, mass, np.array([1.5, 6.0]), 298.15)
        assert outdoors is not None
        assert outdoors.rate * outdoors.lasts == pytest.approx(mass)
        indoors = spilled_indoors(compound, mass, np.array([0.3, 2.0]), 298.15)
        assert indoors.rate * indoors.lasts == pytest.approx(mass)


def test_a_short_release_counts_by_its_toxic_load() -> None:
    """Hydrogen fluoride's n is 2: a quarter of the time at twice the concentration is one load."""
    compound = find("hydrogen fluoride")
    assert compound is not None
    release = spilled_indoors(compound, 1.0, np.full(DRAWS, 4.0), 298.15)
    hour = next(limit for limit in limits_of(compound) if limit.minutes == 60.0)
    ones = np.ones(DRAWS)
    blowing = Blowing(
        toward=np.zeros((DRAWS, 2)), speed=ones, pasquill=np.zeros(DRAWS, dtype=np.int64), temperature_k=298.15
    )
    draws = Draws(blowing=blowing, origin=np.zeros((DRAWS, 2)), factor=ones, air_changes=ones)
    assert rates(release, hour, draws) == pytest.approx(release.rate * 1e6 / 2.0)
