"""What search theory must hold, whatever the numbers: nothing rises, nothing is erased, more looking finds more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.flights import catalogue
from upwind.flights.search.belief import Belief, Duties, believe
from upwind.flights.search.chances import Chances, Outlook, Rates, chances_of
from upwind.flights.search.choose import Effort, best_possible, choose
from upwind.flights.search.lattice import Lattice, Stretch, lattice_over
from upwind.flights.search.legs import Leg, Motion
from upwind.flights.search.silence import silence
from upwind.records import DetectionLimit, Sensor
from upwind.records.mapped import Grid, SearchMap

SNIFFER = Sensor(
    name="sniffer",
    kind="in situ",
    response_s=1.0,
    detection_limits=(DetectionLimit(gas="acetone", limit=1.0, units="ppb"),),
)
DRONE = catalogue.platform("quadcopter")
GRID = Grid(west=10.0, north=0.03, step_longitude=0.002, step_latitude=0.002, rows=30, columns=30)
MIDDLE = 222.4 * (np.arange(30) - 14.5)
EASTING, NORTHING = (axis.ravel() for axis in np.meshgrid(MIDDLE, MIDDLE))
seeds = st.integers(0, 10_000)


def a_map(seed: int) -> SearchMap:
    rng = np.random.default_rng(seed)
    undiscovered = rng.uniform(0.0, 0.3, GRID.shape) * (rng.uniform(size=GRID.shape) < 0.3)
    undiscovered[3, 4] = 0.2
    return SearchMap(grid=GRID, undiscovered=undiscovered, shown=rng.uniform(0.0, 0.5, GRID.shape))


def looks(wind_from_deg: float) -> Chances:
    outlook = Outlook(speed_m_s=4.0, wind_from_deg=wind_from_deg, pasquill=2)
    return chances_of(SNIFFER, "acetone", DRONE, outlook, Rates(), 30.0)


def some_legs(seed: int, count: int = 6) -> list[Leg]:
    rng = np.random.default_rng([seed, 1])
    ends = rng.uniform(-3_000.0, 3_000.0, (count, 4))
    return [Leg(start=(a, b), end=(c, d), height_m=30.0) for a, b, c, d in ends]


def searched(belief: Belief, legs: list[Leg], wind_from_deg: float) -> Belief:
    return belief.after(silence(legs, EASTING, NORTHING, looks(wind_from_deg), wind_from_deg))


@given(seeds, st.floats(0.0, 360.0))
@settings(max_examples=15)
def test_a_flight_that_finds_nothing_never_raises_the_map_and_never_erases_it(seed, wind):
    before = a_map(seed)
    belief = believe(before, Rates(), Duties())
    after = belief
    for _ in range(3):
        after = searched(after, some_legs(seed), wind)
    left = after.mapped(before)
    assert (left.undiscovered <= before.undiscovered + 1e-12).all()
    assert (left.shown >= before.shown - 1e-12).all()
    # What is silent most of the time cannot be looked away: at least the share that is off stays.
    off = 1.0 - np.mean(Duties().shares)
    assert (after.undiscovered >= off * belief.undiscovered - 1e-12).all()
    assert (left.undiscovered > 0.0)[before.undiscovered > 0.0].all()


@given(seeds, st.floats(0.0, 200.0))
@settings(max_examples=15)
def test_time_alone_neither_adds_nor_takes_sites(seed, hours):
    belief = searched(believe(a_map(seed), Rates(), Duties()), some_legs(seed), 200.0)
    later = belief.later(hours)
    assert later.undiscovered == pytest.approx(belief.undiscovered)
    assert (later.emitting >= 0.0).all()
    assert (later.silent >= 0.0).all()
    long = belief.later(5_000.0)
    duty = np.array(Duties().shares)[None, :, None]
    assert long.emitting == pytest.approx(duty * (long.emitting + long.silent))


def test_looking_again_at_once_finds_less_than_looking_again_tomorrow():
    belief = believe(a_map(1), Rates(), Duties())
    once = searched(belief, some_legs(1), 200.0)
    at_once = searched(once, some_legs(1), 200.0)
    tomorrow = searched(once.later(24.0), some_legs(1), 200.0)
    assert tomorrow.undiscovered.sum() < at_once.undiscovered.sum()


@given(seeds, st.floats(0.0, 360.0))
@settings(max_examples=10)
def test_what_legs_find_is_monotone_and_submodular(seed, wind):
    """Property of coverage: with more legs nothing is lost, and one more leg brings less where more were flown."""
    worth = believe(a_map(seed), Rates(), Duties()).worth()
    chances, legs = looks(wind), some_legs(seed)

    def value(chosen: list[Leg]) -> float:
        return float((worth * (1.0 - silence(chosen, EASTING, NORTHING, chances, wind))).sum())

    few, many, one = legs[:2], legs[:5], legs[5]
    assert value(many) >= value(few) - 1e-12
    assert value([*few, one]) - value(few) >= value([*many, one]) - value(many) - 1e-12


@given(st.floats(0.0, 360.0), st.floats(0.0, 360.0))
@settings(max_examples=10)
def test_rotating_the_world_rotates_what_is_found(wind, turn):
    legs, angle = some_legs(5), np.radians(turn)
    east, north = (
        EASTING * np.cos(angle) + NORTHING * np.sin(angle),
        NORTHING * np.cos(angle) - EASTING * np.sin(angle),
    )

    def turned(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)

    moved = [Leg(start=turned(leg.start), end=turned(leg.end), height_m=30.0) for leg in legs]
    one = silence(legs, EASTING, NORTHING, looks(wind), wind)
    other = silence(moved, east, north, looks(wind), wind + turn)
    assert other == pytest.approx(one, abs=1e-6)


def test_upwind_of_a_site_nothing_is_found():
    leg = Leg(start=(-500.0, 400.0), end=(500.0, 400.0), height_m=30.0)
    at = np.zeros(1)
    assert silence([leg], at, at, looks(0.0), 0.0) == pytest.approx(np.ones((5, 1)))
    assert silence([leg], at, at, looks(180.0), 180.0)[2, 0] < 0.5


def lattice(seed: int, wind: float) -> Lattice:
    worth = believe(a_map(seed), Rates(), Duties()).worth()
    return lattice_over(EASTING, NORTHING, worth, looks(wind), wind)


@given(seeds, st.floats(0.0, 360.0))
@settings(max_examples=8)
def test_the_gain_of_a_leg_is_what_it_takes_from_the_lattice(seed, wind):
    over = lattice(seed, wind)
    rows, columns = over.worth.shape[1:]
    stretch = Stretch(rows // 2, columns // 4, 3 * columns // 4)
    taken = over.worth.sum() - over.left_after(over.worth, stretch).sum()
    assert over.gains(over.worth)[stretch.row, stretch.first : stretch.last].sum() == pytest.approx(taken)
    part = slice(2, rows - 3)
    assert over.rows_gained(over.worth, part) == pytest.approx(over.gains(over.worth)[part])


@given(seeds, st.floats(0.0, 360.0))
@settings(max_examples=6)
def test_no_legs_drawn_at_random_beat_the_bound(seed, wind):
    over, motion = lattice(seed, wind), Motion.of(DRONE, 4.0, wind)
    rng = np.random.default_rng(seed)
    left, spent = over.worth, 0.0
    for _ in range(12):
        first = int(rng.integers(over.worth.shape[2] - 4))
        stretch = Stretch(int(rng.integers(over.worth.shape[1])), first, first + 4)
        if over.allowed[stretch.row, first : first + 4].all():
            left = over.left_after(left, stretch)
            spent += 4 * over.step_m / np.sqrt(10.0**2 - 4.0**2)
    assert over.worth.sum() - left.sum() <= best_possible(over, motion, spent + 1e-6) + 1e-9


def test_chosen_legs_keep_the_time_the_area_and_the_bound():
    over, motion = lattice(4, 250.0), Motion.of(DRONE, 4.0, 250.0)
    for base in (None, (0.0, -2_500.0)):
        chosen = choose(np.random.default_rng(0), over, motion, Effort(time_s=1_500.0, height_m=30.0, base=base))
        assert chosen.time_s <= 1_500.0
        assert 0.0 < chosen.expected <= chosen.bound
        reach = np.abs([(*leg.start, *leg.end) for leg in chosen.legs]).max()
        assert reach <= MIDDLE.max() + over.step_m
        exact = silence(chosen.legs, EASTING, NORTHING, looks(250.0), 250.0)
        worth = believe(a_map(4), Rates(), Duties()).worth()
        assert float((worth * (1.0 - exact)).sum()) == pytest.approx(chosen.expected, rel=0.1)


def test_more_time_finds_more():
    over, motion = lattice(4, 250.0), Motion.of(DRONE, 4.0, 250.0)
    found = [
        choose(np.random.default_rng(0), over, motion, Effort(time_s=time, height_m=30.0, rounds=0)).expected
        for time in (300.0, 900.0, 2_700.0)
    ]
    assert found == sorted(found)


def test_an_even_map_asks_for_even_effort():
    """Where every place is alike, search theory spreads effort evenly: no part of the area is left out or favoured."""
    even = SearchMap(grid=GRID, undiscovered=np.full(GRID.shape, 0.01), shown=np.zeros(GRID.shape))
    worth = believe(even, Rates(), Duties()).worth()
    over = lattice_over(EASTING, NORTHING, worth, looks(270.0), 270.0)
    motion = Motion.of(DRONE, 4.0, 270.0)
    chosen = choose(np.random.default_rng(0), over, motion, Effort(time_s=3_000.0, height_m=30.0, rounds=2))
    miss = silence(chosen.legs, EASTING, NORTHING, looks(270.0), 270.0)
    seen = (worth * (1.0 - miss)).sum(axis=0).reshape(GRID.shape)
    # Away from the downwind edge, from beyond which nothing is smelled, each third across has about a third.
    thirds = np.array([part[:, :20].sum() for part in np.array_split(seen, 3, axis=0)])
    assert thirds / thirds.sum() == pytest.approx(np.full(3, 1.0 / 3.0), abs=0.08)


def test_an_imager_does_not_look_twice_where_once_tells_all():
    """What a swath shows of a strong site it shows at once: over an even map lines lie about a swath apart."""
    swath = 400.0
    limits = (DetectionLimit(gas="acetone", limit=0.001, units="kg/h"),)
    imager = Sensor(name="imager", swath_m=swath, height_m=500.0, overlap=0.0, detection_limits=limits)
    even = SearchMap(grid=GRID, undiscovered=np.full(GRID.shape, 0.01), shown=np.zeros(GRID.shape))
    worth = believe(even, Rates(), Duties()).worth()
    chances = chances_of(imager, "acetone", DRONE, Outlook(speed_m_s=0.0, wind_from_deg=33.0), Rates(), 500.0)
    over = lattice_over(EASTING, NORTHING, worth, chances, 33.0)
    motion = Motion.of(DRONE, 0.0, 0.0)
    chosen = choose(np.random.default_rng(0), over, motion, Effort(time_s=2_000.0, height_m=500.0, rounds=1))
    flown = sum(leg.length_m for leg in chosen.legs)
    share = chosen.expected / worth.sum()
    # Nothing is seen beside a swath, so no more than the flown area; and little of it is seen twice.
    area = (30 * 222.4) ** 2
    assert share <= 1.15 * flown * swath / area
    assert share >= 0.75 * flown * swath / area
