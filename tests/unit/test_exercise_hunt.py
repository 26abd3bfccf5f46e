"""Hunts: the same air for whoever flies, as much gas as is let out, and a flight that takes its time."""

from __future__ import annotations

import numpy as np
import pytest
from makers.weather import NEUTRAL

from upwind.exercise.cloud import cloud_of, look
from upwind.exercise.filaments import Filaments, TrueSource
from upwind.exercise.hunt import (
    ACCELERATION,
    AWAY_M,
    HOVER_S,
    LONGEST_S,
    SIDE_M,
    SPEED_M_S,
    Hunt,
    fly,
    make_hunt,
    take_off,
    track_of,
)
from upwind.exercise.wind import blow


@pytest.fixture(scope="module")
def hunt() -> Hunt:
    return make_hunt(3)


def test_what_is_let_out_passes_a_plane_downwind():
    rng = np.random.default_rng(4)
    source = TrueSource(easting_m=-60.0, northing_m=0.0, height_m=1.0, rate_kg_h=3.6)
    series = blow(rng, NEUTRAL, (-120.0, 900.0), 0.5)
    cloud = cloud_of(rng, source, series, Filaments(), 250.0)
    across, up = np.linspace(-150.0, 150.0, 61), np.arange(30.0) + 0.5
    ticks = np.arange(0, 1800, 6)
    flux = 0.0
    for height in up:
        for north in across:
            place = np.tile([0.0, north, height], (len(ticks), 1))
            flux += 5.0 * float(look(cloud, place, ticks).mean()) * float(NEUTRAL.speed_at(np.array(height)))
    assert flux == pytest.approx(1e-3, rel=0.15)


def test_nothing_is_read_far_upwind(hunt):
    toward = np.radians(hunt.weather.wind_from_deg + 180.0)
    behind = -60.0 * np.array([np.sin(toward), np.cos(toward)])
    place = np.array([hunt.source.easting_m, hunt.source.northing_m]) + behind
    ticks = np.arange(0, 2400, 10)
    assert look(hunt.cloud, np.tile([*place, 5.0], (len(ticks), 1)), ticks).max() == 0.0


def test_what_was_read_stays_when_more_is_flown(hunt):
    first = fly(hunt, take_off(hunt), np.array([[0.0, 0.0]]))
    more = fly(hunt, first, np.array([[100.0, 50.0], [-50.0, 50.0]]))
    before, after = track_of(hunt, first), track_of(hunt, more)
    count = len(before.time)
    assert len(after.time) > count
    np.testing.assert_array_equal(after.gases[0].values[:count], before.gases[0].values)
    np.testing.assert_allclose(after.longitude[:count], before.longitude, atol=1e-12)
    np.testing.assert_array_equal(after.wind.wind_from[:count], before.wind.wind_from)


def test_a_turn_costs_what_the_change_of_velocity_takes(hunt):
    here = np.array(take_off(hunt).place)
    there = np.clip(here + np.array([30.0, 0.0]), -200.0, 200.0)
    way = float(np.hypot(*(there - here)))
    flown = fly(hunt, take_off(hunt), np.array([there, here]))
    start, reverse = SPEED_M_S / (2.0 * ACCELERATION), SPEED_M_S / ACCELERATION
    assert flown.time_s == pytest.approx(HOVER_S + start + reverse + 2.0 * way / SPEED_M_S)


def test_cutting_a_straight_leg_costs_nothing(hunt):
    here = np.array(take_off(hunt).place)
    aside = np.array([0.0, -np.sign(here[1])])
    whole = fly(hunt, take_off(hunt), np.array([here + 40.0 * aside]))
    parts = fly(hunt, take_off(hunt), np.array([here + 20.0 * aside]))
    parts = fly(hunt, parts, np.array([here + 40.0 * aside]))
    assert parts.time_s == pytest.approx(whole.time_s)


def test_flights_stay_in_the_square_and_end(hunt):
    flown = take_off(hunt)
    for _ in range(9):
        flown = fly(hunt, flown, np.array([[500.0, 500.0], [-500.0, -500.0]]))
    assert flown.time_s == LONGEST_S
    assert np.abs(flown.knots[:, 1:]).max() <= 0.5 * SIDE_M
    assert len(track_of(hunt, flown).time) == LONGEST_S + 1


@pytest.mark.parametrize("seed", range(4))
def test_the_source_is_neither_near_nor_far(seed):
    drawn = make_hunt(seed)
    away = np.hypot(drawn.source.easting_m - drawn.start[0], drawn.source.northing_m - drawn.start[1])
    assert AWAY_M[0] <= away <= AWAY_M[1]
