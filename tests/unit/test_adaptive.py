"""Proposed legs: what they teach is bounded by what there is to learn, nothing is learnt upwind, time is counted."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwind.dispersion.spread import NODE_STEP
from upwind.exercise.hunt import Hunt, fly, make_hunt, take_off, track_of
from upwind.flights.adaptive.belief import Belief, radius_90
from upwind.flights.adaptive.candidates import Ground, candidates
from upwind.flights.adaptive.gain import Eye, gain_of, outcomes_of, taught
from upwind.flights.adaptive.graded import graded
from upwind.flights.adaptive.propose import Craft, Effort, propose, time_of
from upwind.invert.cells import Trust, cells_over, heard, highest, probabilities
from upwind.invert.kinds import kinds_of
from upwind.invert.observations import Observations, gather

ROOT = Path(__file__).parents[2]
BOX = np.array([-200.0, 200.0, -200.0, 200.0])
#: Wind of 4 m/s from the west; one kg/h and 1 s m-3 is 10 000 noises.
EYE = Eye(height_m=3.0, speed_m_s=5.0, wind_m_s=4.0, toward=(1.0, 0.0), noises=1e5, response_s=0.5)
CRAFT = Craft(place=(0.0, -60.0), velocity=(0.0, 0.0), speed_m_s=5.0, acceleration=2.5)


def believed(*places: tuple[float, float], count: int = 200) -> Belief:
    """Return draws, equally many of a source of 2 kg/h at each place."""
    which = np.arange(count) % len(places)
    place = np.column_stack([np.array(places)[which], np.full(count, 1.5), np.full(count, 2.0)])
    return Belief(place=place[:, None], kind=np.full(count, 4), kinds=cells_over(BOX, 20.0).kinds)


def across(x: float) -> np.ndarray:
    """Return three passes: one alone leaves some doubt, as plumes come and go."""
    return np.array([[x, -40.0], [x, 120.0], [x, -40.0], [x, 120.0]])


def gained(belief: Belief, corners: np.ndarray) -> float:
    rng = np.random.default_rng(1)
    return float(gain_of(taught(rng, belief, corners, EYE, outcomes_of(belief, 100))).mean())


def test_telling_two_places_apart_is_worth_the_log_of_two():
    two = believed((0.0, 0.0), (0.0, 80.0))
    assert gained(two, across(40.0)) == pytest.approx(math.log(2.0), abs=0.05)


def test_telling_four_places_apart_is_worth_no_more_than_the_log_of_four():
    four = believed((0.0, 0.0), (0.0, 80.0), (-100.0, 0.0), (-100.0, 80.0))
    gain = gained(four, across(40.0))
    assert math.log(2.0) < gain < math.log(4.0) + 0.05


def test_nothing_is_learnt_upwind_of_all_places():
    assert gained(believed((0.0, 0.0), (0.0, 80.0)), across(-60.0)) == pytest.approx(0.0, abs=0.02)


def test_nothing_is_learnt_where_all_is_known():
    assert abs(gained(believed((0.0, 0.0)), across(40.0))) < 0.1


def test_whether_there_is_a_source_is_worth_the_log_of_two():
    one = believed((0.0, 0.0))
    place = one.place.copy()
    place[::2] = np.nan
    either = Belief(place=place, kind=one.kind, kinds=one.kinds)
    assert gained(either, across(40.0)) == pytest.approx(math.log(2.0), abs=0.05)


def test_matrices_of_legs_add_up():
    two = believed((0.0, 0.0), (0.0, 80.0))
    rng, outcomes = np.random.default_rng(2), outcomes_of(two, 50)
    first, second = (taught(rng, two, across(x), EYE, outcomes) for x in (30.0, -60.0))
    np.testing.assert_allclose((first + second).logs, first.logs + second.logs)
    assert gain_of(first + second).mean() == pytest.approx(gain_of(first).mean(), abs=0.02)


def test_time_is_that_of_the_way_and_of_the_corners():
    time_s, end = time_of(CRAFT, np.array([[0.0, 0.0], [0.0, -60.0]]))
    assert time_s == pytest.approx(2.0 * 60.0 / 5.0 + 5.0 / 5.0 + 10.0 / 5.0)
    assert end.place == (0.0, -60.0)
    assert end.velocity == (0.0, -5.0)


def test_the_best_leg_tells_two_places_apart():
    two = believed((0.0, 0.0), (0.0, 80.0))
    ground = Ground(box=(-200.0, 200.0, -200.0, 200.0), toward=(1.0, 0.0))
    best = propose(np.random.default_rng(3), two, CRAFT, ground, EYE, Effort(outcomes=40))[0]
    assert best.gain.median > 0.4
    assert best.corners[:, 0].max() > 0.0
    assert best.radius.lower <= best.radius.median <= best.radius.upper
    assert best.ahead in {1, 2, 3}


def test_legs_stay_on_the_ground_that_they_may_use():
    ground = Ground(box=(-30.0, 20.0, -30.0, 25.0), toward=(0.6, 0.8))
    for leg in candidates(np.random.default_rng(4), believed((0.0, 0.0), (10.0, 80.0)), ground):
        assert (leg >= [-30.0, -30.0]).all()
        assert (leg <= [20.0, 25.0]).all()


@given(
    way=st.floats(0.0, 2.0 * math.pi),
    east=st.floats(-150.0, 150.0),
    north=st.floats(-90.0, 90.0),
    inset_m=st.sampled_from([5.0, 40.0]),
)
def test_every_plume_crosses_the_way_along_the_downwind_edges(way, east, north, inset_m):
    toward = (math.cos(way), math.sin(way))
    both = Ground(box=(-200.0, 200.0, -140.0, 140.0), toward=toward).edges(inset_m)[0]
    aside = (both - [east, north]) @ [-toward[1], toward[0]]
    ahead = (both - [east, north]) @ toward
    crossed = [
        ahead[i] + (ahead[i + 1] - ahead[i]) * aside[i] / (aside[i] - aside[i + 1])
        for i in (0, 1)
        if aside[i] * aside[i + 1] <= 0.0 and aside[i] != aside[i + 1]
    ]
    assert any(x > 0.0 for x in crossed)


def test_edges_are_asked_about_only_while_places_lie_far_apart():
    ground = Ground(box=(-200.0, 200.0, -200.0, 200.0), toward=(0.6, 0.8))
    apart = [(east, north) for east in (-150.0, 0.0, 150.0) for north in (-150.0, 0.0, 150.0)]
    edge = ground.edges(10.0)[0]
    for places, asked in ((apart, True), ([(0.0, 0.0), (10.0, 5.0)], False)):
        legs = candidates(np.random.default_rng(4), believed(*places), ground)
        assert any(leg.shape == edge.shape and np.allclose(leg, edge) for leg in legs) is asked


def test_the_radius_of_a_normal_density():
    drawn = np.random.default_rng(5).normal(0.0, [3.0, 12.0], (200_000, 2))
    # 90 % of a two-dimensional normal density lie within 2.146 standard deviations.
    assert radius_90(drawn, np.ones(len(drawn))) == pytest.approx(2.146 * 6.0, rel=0.01)


@pytest.fixture(scope="module")
def hunt() -> Hunt:
    return make_hunt(7)


def passed(hunt: Hunt) -> tuple[Observations, float]:
    """Return what three passes behind the source read, and the sensor's lag [s]."""
    toward = np.radians(hunt.weather.wind_from_deg + 180.0)
    along = np.array([np.sin(toward), np.cos(toward)])
    aside = np.array([-along[1], along[0]])
    source = np.array([hunt.source.easting_m, hunt.source.northing_m])
    flown = take_off(hunt)
    for x in (60.0, 30.0, 15.0):
        flown = fly(hunt, flown, np.array([source + x * along - 40.0 * aside, source + x * along + 40.0 * aside]))
    observations = gather((track_of(hunt, flown),), "methane", hunt.frame, (10**9, 10**9))
    assert observations is not None
    return observations, hunt.sensor.transport_s + hunt.sensor.response_s


@pytest.mark.slow
def test_cells_find_what_a_few_passes_show(hunt):
    observations, lag_s = passed(hunt)
    source = np.array([hunt.source.easting_m, hunt.source.northing_m])
    before = cells_over(BOX, 10.0)
    cells = heard(before, observations, lag_s)
    share, some = probabilities(cells)
    within = highest(share, 0.9)
    away = np.hypot(cells.east[within] - source[0], cells.north[within] - source[1])
    assert some > 0.95
    assert away.min() < 10.0
    assert len(within) < 0.1 * len(highest(probabilities(before)[0], 0.9))


@pytest.mark.slow
def test_what_was_read_long_ago_counts_less(hunt):
    observations, lag_s = passed(hunt)
    keeping = cells_over(BOX, 20.0)
    forgetting = replace(keeping, trust=replace(keeping.trust, memory_s=20.0))
    kept, forgot = (heard(cells, observations, lag_s) for cells in (keeping, forgetting))
    assert len(highest(probabilities(forgot)[0], 0.9)) > len(highest(probabilities(kept)[0], 0.9))


@pytest.mark.slow
def test_no_kind_of_air_is_out_of_the_question_for_longer_than_kinds_last(hunt):
    observations, lag_s = passed(hunt)
    cells = heard(cells_over(BOX, 20.0), observations, lag_s)
    share = np.exp(cells.prior) / len(cells.prior)
    # Kinds last some minutes; within a stretch of some seconds one in a hundred places or more has changed its kind.
    behind = cells.gain.max(axis=0) - cells.gain.min(axis=0)
    assert behind.max() > 1.0
    assert behind.max() < -math.log(0.01 * share.min())


@pytest.mark.slow
def test_errors_of_the_wind_stay_chances(hunt):
    observations, lag_s = passed(hunt)
    turns = heard(cells_over(BOX, 20.0), observations, lag_s).turns
    np.testing.assert_allclose(turns.sum(axis=-1), 1.0)
    assert turns.min() >= 0.0


def test_a_plume_grows_and_gets_no_higher_than_its_slope():
    kinds = kinds_of(400.0, 0.0)
    distance = (np.arange(kinds.tables.shape[1]) * NODE_STEP) ** 2
    assert (np.diff(kinds.tables[:, :, :2], axis=1) >= 0.0).all()
    assert (kinds.tables[:, :, 1] <= 0.2 * distance).all()
    assert len(kinds.follows) == len(kinds.tables)


def test_plumes_are_taken_to_rise_faster_in_gusty_air():
    kinds = kinds_of(400.0, 0.0)
    middles = [float(np.exp(kinds.log_prior(gusts)) @ np.log(kinds.rises)) for gusts in (0.05, 0.1, 0.2)]
    assert middles == sorted(middles)
    np.testing.assert_allclose([np.exp(kinds.log_prior(gusts)).mean() for gusts in (0.0, 0.05, 0.9)], 1.0)


def test_an_anemometer_too_slow_for_gusts_tells_nothing_of_the_rise():
    kinds = kinds_of(400.0, 0.0)
    np.testing.assert_array_equal(kinds.log_prior(0.0), kinds.log_prior(0.1))


def test_a_gust_between_readings_counts_and_a_slow_change_does_not(hunt):
    observations, lag_s = passed(hunt)
    time = observations.time - observations.time[0]
    likeliest = {}
    for name, speed in (
        ("slow", 4.0 + time / time[-1]),
        ("gusty", 4.0 + np.where(np.arange(len(time)) % 2, 0.8, -0.8)),
    ):
        blown = replace(observations, weather=observations.weather | {"wind_speed": speed})
        cells = heard(cells_over(BOX, 40.0), blown, lag_s)
        likeliest[name] = cells.kinds.rises[int(cells.prior.argmax())]
    # 0.8 m/s of 4 are gusts of a fifth; a rise by a quarter within minutes is none.
    assert likeliest["gusty"] > likeliest["slow"]


@pytest.mark.slow
@pytest.mark.parametrize("doubt", [{"wrong": 0.5}, {"absent": 0.9}])
def test_who_doubts_stretches_more_says_less(hunt, doubt):
    observations, lag_s = passed(hunt)
    usual = cells_over(BOX, 20.0)
    doubting = replace(usual, trust=replace(usual.trust, **doubt))
    sure, unsure = (heard(cells, observations, lag_s) for cells in (usual, doubting))
    assert len(highest(probabilities(unsure)[0], 0.9)) > len(highest(probabilities(sure)[0], 0.9))


@pytest.mark.slow
def test_a_silent_stretch_lowers_no_place_below_the_chance_that_the_plume_is_elsewhere(hunt):
    observations, lag_s = passed(hunt)
    blank = replace(observations, values=np.full_like(observations.values, 2.0))
    trust = Trust(wrong=0.0, absent=0.3, memory_s=math.inf)
    gain = heard(cells_over(BOX, 20.0, trust), blank, lag_s).gain
    stretches = math.ceil(len(observations.time) / 8.0)
    assert gain.min() >= stretches * math.log(0.3)
    assert gain.max() <= 1e-9
    assert gain.min() < math.log(0.5)


def test_before_any_reading_every_cell_is_alike():
    share, some = probabilities(cells_over(BOX, 20.0))
    np.testing.assert_allclose(share, 1.0 / 400.0)
    assert some == pytest.approx(0.5)


def test_what_is_said_of_small_regions_is_what_the_page_of_hunts_says() -> None:
    page = (ROOT / "docs" / "adaptive-figures.md").read_text(encoding="utf-8").split("## Usual")[1]
    legs, _by_time = [row for row in page.splitlines() if row.startswith("| legs |")]
    known = graded()
    shares = [known.share.median, known.share.lower, known.share.upper]
    whole, low, high = (f"{100.0 * share:.0f}" for share in shares)
    assert f"{whole} % ({known.right} of {known.stated}; {low}\N{EN DASH}{high} %)" in legs
    assert known.share.level == 0.95
