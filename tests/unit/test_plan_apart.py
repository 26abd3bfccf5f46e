"""Keeping clear: which take-offs clash, how sure a time is, heights of transits, and what aircraft keep."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from upwind.flights.catalogue import platform
from upwind.flights.plan import Effort, plan_survey
from upwind.flights.plan.air import air_of
from upwind.flights.plan.apart import clashes, earliest, met
from upwind.flights.plan.layers import layers_below, parted, raised
from upwind.flights.plan.occupied import Climb, Level, Occupied, occupied, timed
from upwind.flights.plan.separation import separation_of
from upwind.records import Platform, Sensor

WING = Platform(name="wing", category="fixed wing", speed_m_s=20.0, bank_deg=25.0, endurance_h=3.0)
SCANNER = Sensor(name="scanner", swath_m=300.0, height_m=200.0, overlap=0.2)
AREA = [[np.array([(9.0, 48.0), (9.04, 48.0), (9.04, 48.03), (9.0, 48.03)])]]
BASE = (8.97, 47.99)
CLIMB = Climb(over_s=100.0, way_m=400.0)


def held(*pieces: tuple[float, float, float, Level]) -> Occupied:
    """Return pieces of no size on one line, each where it is [m], from when to when [s], and its level."""
    east, early, late, level = zip(*pieces, strict=True)
    places = np.column_stack([east, np.zeros(len(east))]).astype(float)
    times = (np.array(early, dtype=float), np.array(late, dtype=float))
    zero = np.zeros(len(east))
    return Occupied(places=places, radius=zero, early=times[0], late=times[1], level=np.array(level), home_s=max(late))


def test_a_later_take_off_clears_what_the_earlier_one_still_holds() -> None:
    """The first is at one place from 100 to 200 s, the second there from 50 to 80 s after its take-off."""
    one, other = held((0.0, 100, 200, Level.LINES)), held((30.0, 50, 80, Level.LINES))
    assert clashes(one, other, 100.0, shared=True).tolist() == [[20.0, 150.0]]
    assert clashes(other, one, 100.0, shared=True).tolist() == [[-150.0, -20.0]]
    assert earliest(0.0, [(0.0, np.array([[20.0, 150.0]]))]) == 0.0
    assert earliest(30.0, [(0.0, np.array([[20.0, 150.0]]))]) == 180.0
    assert met(one, other, 100.0) is None
    assert len(clashes(one, held((151.0, 50, 80, Level.LINES)), 100.0, shared=True)) == 0


@pytest.mark.parametrize(
    ("one", "other", "shared", "clash"),
    [
        (Level.LINES, Level.LINES, False, True),
        (Level.LINES, Level.TRANSIT, True, False),
        (Level.TRANSIT, Level.TRANSIT, True, True),
        (Level.TRANSIT, Level.TRANSIT, False, False),
        (Level.ANY, Level.TRANSIT, False, True),
        (Level.LINES, Level.ANY, False, True),
    ],
)
def test_heights_that_are_apart_do_not_clash(one: Level, other: Level, *, shared: bool, clash: bool) -> None:
    first, second = held((0.0, 0, 10, one)), held((0.0, 0, 10, other))
    assert bool(len(clashes(first, second, 100.0, shared=shared))) == clash


def test_take_offs_go_past_every_interval_and_stand_at_whole_minutes() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        barred = []
        for _ in range(3):
            begin = rng.uniform(-4000.0, 4000.0, 6)
            barred.append(
                (float(rng.uniform(0.0, 2000.0)), np.column_stack([begin, begin + rng.uniform(1.0, 900.0, 6)]))
            )
        ready = float(rng.uniform(0.0, 3000.0))
        minutes = np.arange(math.ceil(ready / 60.0), 200) * 60.0
        clear = [
            all(not (at + low <= minute <= at + high) for at, spans in barred for low, high in spans)
            for minute in minutes
        ]
        assert earliest(ready, barred) == minutes[clear.index(True)]


@pytest.fixture(scope="module")
def survey():
    return plan_survey(AREA, WING, SCANNER, None, BASE, Effort(courses=1, kicks=0))


def test_still_air_is_reached_between_the_straight_way_in_a_tail_wind_and_the_turns_in_a_head_wind(survey) -> None:
    """By hand for the transit: 20 m/s, a wind error of 3 m/s, 2 % of the time, a minute late, 100 s of climb."""
    air = air_of(WING)
    ways = timed(survey.sorties[0], survey.frame, air)
    one = occupied(ways, air, replace(CLIMB, way_m=None), 100.0)
    metres = math.hypot(*(ways.legs[1] - ways.legs[0]))
    before = np.hypot(*(one.places - ways.legs[1]).T) < 60.0
    assert one.early[before].min() == pytest.approx(metres / 23.0 * 0.98, rel=0.03)
    assert one.late[before].max() >= metres / 17.0 * 1.02 + 160.0 - 6.0
    assert (one.level[:-2] == Level.LINES).all()
    assert one.home_s % 60.0 == 0.0
    assert one.home_s > survey.sorties[0].time_s + 260.0


def test_uncertainty_of_a_closed_way_is_less_than_that_of_its_legs_one_by_one(survey) -> None:
    """An error w of the wind makes 1 / (1 - (w / v)^2) of the time at an airspeed v, out and back; one way more."""
    air = air_of(WING)
    ways = timed(survey.sorties[0], survey.frame, air)
    one = occupied(ways, air, Climb(over_s=0.0, way_m=None), 100.0)
    time = survey.sorties[0].time_s
    assert one.home_s <= time * 1.02 / (1.0 - (3.0 / 20.0) ** 2) + 60.0 + 60.0


def test_transits_are_at_their_height_and_lines_at_theirs(survey) -> None:
    air = air_of(WING)
    sortie = survey.sorties[0]
    own = raised(parted(sortie, timed(sortie, survey.frame, air), 400.0), 277.0)
    heights = own.waypoints[:, 2].tolist()
    assert heights[:2] == heights[-2:] == [277.0, 277.0]
    assert set(heights[2:-2]) == {200.0}
    np.testing.assert_allclose(own.waypoints[own.lines], sortie.waypoints[sortie.lines])
    ways = timed(own, survey.frame, air)
    for at, line in ((1, 2), (-2, -3)):
        # The descent is 400 m of the way, turns in it; straight it is no longer, and not much shorter.
        assert 200.0 < math.hypot(*(ways.legs[at] - ways.legs[line])) <= 400.5
    held_at = occupied(ways, air, CLIMB, 50.0)
    assert {Level.LINES, Level.TRANSIT, Level.ANY} == set(held_at.level.tolist())


def test_a_transit_too_short_for_a_descent_stays_at_the_height_of_lines(survey) -> None:
    sortie = survey.sorties[0]
    same = raised(parted(sortie, timed(sortie, survey.frame, air_of(WING)), 50_000.0), 277.0)
    np.testing.assert_array_equal(same.waypoints, sortie.waypoints)


@pytest.mark.parametrize(
    ("ceiling", "layers"), [(math.inf, 3), (500.0, 1), (499.0, 0), (0.0, 0), (700.0, 3), (650.0, 2)]
)
def test_there_are_as_many_heights_as_fit_below_the_ceiling(ceiling: float, layers: int) -> None:
    assert layers_below(ceiling, 400.0, 100.0, 3) == layers


def test_what_is_kept_is_the_platforms_own_or_that_of_its_class() -> None:
    small, large = separation_of(platform("quadcopter")), separation_of(platform("mq-9"))
    assert (small.across_m, small.up_m) == pytest.approx((609.6, 76.2))
    assert (large.across_m, large.up_m) == pytest.approx((1219.2, 137.16))
    # What is not known is kept as far apart as a large one.
    assert separation_of(replace(WING, category="")) == large
    own = separation_of(replace(WING, separation_m=150.0, separation_height_m=30.0))
    assert (own.across_m, own.up_m) == (150.0, 30.0)
