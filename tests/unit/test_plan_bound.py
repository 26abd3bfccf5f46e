"""The least time: below the exact optimum of small surveys, below hand-made plans, and right where it is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from upwind.flights.plan.air import Air
from upwind.flights.plan.bound import Flights, any_lines
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.legs import columns, cost, legs_of, near_of
from upwind.flights.plan.order import improved, oriented, time_of
from upwind.flights.plan.parallel import parallel_lines
from upwind.flights.plan.sorties import split
from upwind.flights.plan.strips import Swath, strips
from upwind.geo import Frame

FRAME = Frame(longitude=9.0, latitude=48.0)
SPEED = 20.0
few = settings(max_examples=25)


def ground(*corners) -> Ground:
    return Ground(frame=FRAME, rings=(np.array(corners, dtype=float),))


def box(wide, high) -> Ground:
    return ground((0, 0), (wide, 0), (wide, high), (0, high))


def optimum(legs) -> float:
    """Return the least time of all orders and ways, by dynamic programming over subsets (Held and Karp)."""
    kernels, count, home = columns(legs), len(legs.time) // 2, len(legs.time)
    best = {(1 << line, 2 * line + way): cost(kernels, home, 2 * line + way) for line in range(count) for way in (0, 1)}
    for size in range(2, count + 1):
        for chosen in itertools.combinations(range(count), size):
            mask = sum(1 << line for line in chosen)
            for leg in (2 * line + way for line in chosen for way in (0, 1)):
                rest = mask ^ (1 << (leg >> 1))
                best[mask, leg] = min(
                    best[rest, before] + cost(kernels, before, leg)
                    for before in (2 * line + way for line in chosen for way in (0, 1))
                    if before >> 1 != leg >> 1
                )
    whole = (1 << count) - 1
    return min(best[whole, leg] + cost(kernels, leg, home) for leg in range(2 * count))


@few
@given(
    size=st.tuples(st.floats(500.0, 4000.0), st.floats(300.0, 1100.0), st.floats(-400.0, 400.0)),
    overlap=st.sampled_from((0.0, 0.2, 0.5)),
    radius=st.floats(20.0, 300.0),
    wind=st.tuples(st.sampled_from((0.0, 0.3, 0.6)), st.floats(0.0, 6.28)),
    course=st.floats(0.0, 3.14),
)
# One line down a strong wind: a flight that begins and ends anywhere takes less time than its lines cost both ways.
@example(size=(500.0, 300.0, 0.0), overlap=0.2, radius=300.0, wind=(0.6, 6.0), course=0.0)
def test_no_exact_optimum_is_quicker(size, overlap, radius, wind, course) -> None:
    (wide, high, slant), (share, toward) = size, wind
    area = ground((0, 0), (wide, 0), (wide + slant, high), (slant, high))
    swath = Swath(width=250.0 / (1.0 - overlap), overlap=overlap)
    air = Air(speed=SPEED, radius=radius, east=share * SPEED * math.cos(toward), north=share * SPEED * math.sin(toward))
    least = max(f(area, swath, Flights(air=air)) for f in (any_lines, parallel_lines))
    for way in (0.0, course):
        lines = strips(area.sides, way, swath, cut=1e9)
        if len(lines) <= 7:
            assert least <= optimum(legs_of(lines, air, None)) + 1e-6


@few
@given(seed=st.integers(0, 10_000), share=st.sampled_from((0.0, 0.3, 0.6)), hours=st.floats(0.3, 2.0))
def test_no_plan_from_a_base_is_quicker(seed, share, hours) -> None:
    rng = np.random.default_rng(seed)
    around = np.sort(rng.random(7)) * 2.0 * math.pi
    away = rng.uniform(1000.0, 4000.0, 7)
    area = Ground(frame=FRAME, rings=(np.column_stack([away * np.cos(around), away * np.sin(around)]),))
    toward = rng.random() * 2.0 * math.pi
    air = Air(speed=SPEED, radius=80.0, east=share * SPEED * math.cos(toward), north=share * SPEED * math.sin(toward))
    base = (float(rng.uniform(-6000, 6000)), float(rng.uniform(-6000, 6000)))
    swath = Swath(width=300.0, overlap=0.2)
    flights = Flights(air=air, base=base, endurance=hours * 3600.0)
    lines = strips(area.sides, rng.random() * math.pi, swath, cut=500.0)
    legs = legs_of(lines, air, base)
    near = near_of(legs, 2)
    start = oriented(legs, np.arange(len(lines)))
    order = improved(legs, [start], near, flights.endurance, rng.random((20, 3)))
    alone = [time_of(legs, np.array([leg])) for leg in order]
    if max(alone) > flights.endurance:
        return
    time = sum(time_of(legs, part) for part in split(legs, order, flights.endurance, near, np.empty((0, 3))))
    assert parallel_lines(area, swath, flights) <= time + 1e-6
    assert any_lines(area, swath, flights) <= time + 1e-6


def least_in_sorties(legs, endurance) -> float:
    """Return the least time of all ways to share lines among sorties within an endurance, each in its best order."""
    kernels, home = columns(legs), len(legs.time)
    count = home // 2
    ends = {(1 << line, 2 * line + way): cost(kernels, home, 2 * line + way) for line in range(count) for way in (0, 1)}
    for mask in range(1, 1 << count):
        for leg in (leg for leg in range(home) if mask >> (leg >> 1) & 1 and mask != 1 << (leg >> 1)):
            rest = mask ^ (1 << (leg >> 1))
            ends[mask, leg] = min(ends[rest, b] + cost(kernels, b, leg) for b in range(home) if rest >> (b >> 1) & 1)
    best = [0.0] + [math.inf] * ((1 << count) - 1)
    for mask in range(1, 1 << count):
        closed = min(ends[mask, leg] + cost(kernels, leg, home) for leg in range(home) if mask >> (leg >> 1) & 1)
        best[mask] = closed if closed <= endurance else math.inf
        part = (mask - 1) & mask
        while part:
            best[mask] = min(best[mask], best[part] + best[mask ^ part])
            part = (part - 1) & mask
    return best[-1]


@few
@given(
    size=st.tuples(st.floats(800.0, 5000.0), st.floats(300.0, 1100.0), st.floats(-600.0, 600.0)),
    base=st.tuples(st.floats(-0.6, 1.6), st.floats(-2.0, 3.0)),
    radius=st.floats(20.0, 200.0),
    wind=st.tuples(st.sampled_from((0.0, 0.3, 0.6)), st.floats(0.0, 6.28)),
    more=st.floats(1.02, 3.0),
)
def test_no_exact_optimum_in_sorties_is_quicker(size, base, radius, wind, more) -> None:
    (wide, high, slant), (share, toward) = size, wind
    area = ground((0, 0), (wide, 0), (wide + slant, high), (slant, high))
    air = Air(speed=SPEED, radius=radius, east=share * SPEED * math.cos(toward), north=share * SPEED * math.sin(toward))
    home, swath = (base[0] * wide, base[1] * high), Swath(width=250.0, overlap=0.0)
    lines = strips(area.sides, 0.0, swath, cut=1e9)
    legs = legs_of(lines, air, home)
    # Each line can be flown, few of them together.
    endurance = more * max(time_of(legs, np.array([leg & ~1])) for leg in range(len(legs.time)))
    flights = Flights(air=air, base=home, endurance=endurance)
    least = least_in_sorties(legs, endurance)
    for bound in (any_lines, parallel_lines):
        assert bound(area, swath, flights) <= least + 1e-6


def test_no_sortie_is_asked_to_go_where_nothing_is_left() -> None:
    # Ellipses about a corner soon hold all of a small area, long before they take an endurance.
    area, swath, air = (
        box(800, 300),
        Swath(width=250.0, overlap=0.0),
        Air(speed=SPEED, radius=20.0, east=3.0, north=5.0),
    )
    for base in ((0.0, 0.0), (400.0, 150.0)):
        legs = legs_of(strips(area.sides, 0.0, swath, cut=1e9), air, base)
        for endurance in (200.0, 1000.0, math.inf):
            found = any_lines(area, swath, Flights(air=air, base=base, endurance=endurance))
            assert found <= least_in_sorties(legs, endurance)


def test_sorties_that_all_pass_a_neck_each_pay_for_it() -> None:
    # A corridor as wide as a swath, 10 km long, from the base to a block that takes several sorties.
    corridor, swath, air = 10_000.0, Swath(width=200.0, overlap=0.0), Air(speed=SPEED, radius=20.0)
    area = ground(
        (0, -100), (corridor, -100), (corridor, -3000), (16_000, -3000), (16_000, 3000), (corridor, 3000),
        (corridor, 100), (0, 100),
    )  # fmt: skip
    endurance = 3600.0
    found = any_lines(area, swath, Flights(air=air, base=(0.0, 0.0), endurance=endurance))
    block = 6000.0 * 6000.0 / 200.0 / SPEED
    sorties = math.ceil(block / (endurance - 2.0 * corridor / SPEED))
    assert sorties >= 4
    assert found >= 0.97 * (block + sorties * 2.0 * corridor / SPEED)


def test_a_base_in_the_middle_of_a_disc_lets_no_sortie_save_a_turn() -> None:
    area, radius, turn = disc(6000.0), 6000.0, 100.0
    swath, air = Swath(width=200.0, overlap=0.0), Air(speed=SPEED, radius=turn)
    found = any_lines(area, swath, Flights(air=air, base=(0.0, 0.0)))
    # However many sorties there are: nothing else forbids a hundred of them.
    assert found >= (1.0 - 1e-3) * area.size / 200.0 * (1.0 + turn / (radius + 100.0)) / SPEED
    assert found <= chords_s(radius, turn)


def disc(radius) -> Ground:
    around = np.linspace(0.0, 2.0 * math.pi, 361)[:-1]
    return Ground(frame=FRAME, rings=(radius * np.column_stack([np.cos(around), np.sin(around)]),))


def chords_s(radius, turn) -> float:
    """Return the time of chords 200 m apart over a disc and of half a circle between each and the next."""
    return (math.pi * radius**2 / 200.0 + 2.0 * radius / 200.0 * math.pi * turn) / SPEED


def test_two_arms_each_flown_along_itself_are_no_quicker_than_any_lines() -> None:
    area = ground((0, 0), (8000, 0), (8000, 900), (900, 900), (900, 8000), (0, 8000))
    swath, air = Swath(width=300.0, overlap=0.0), Air(speed=SPEED, radius=50.0)
    arms = [box(8000, 900), ground((0, 900), (900, 900), (900, 8000), (0, 8000))]
    lines = np.concatenate(
        [strips(arm.sides, way, swath, cut=1e9) for arm, way in zip(arms, (0.0, math.pi / 2.0), strict=True)]
    )
    legs = legs_of(lines, air, None)
    assert len(lines) <= 7
    assert any_lines(area, swath, Flights(air=air)) <= optimum(legs)


def test_on_a_disc_curvature_exceeds_length_over_radius() -> None:
    area, radius, turn = disc(10_000.0), 10_000.0, 100.0
    found = any_lines(area, Swath(width=200.0, overlap=0.0), Flights(air=Air(speed=SPEED, radius=turn)))
    assert found >= (1.0 - 1e-3) * (area.size / 200.0 * (1.0 + turn / (radius + 100.0)) - math.pi * turn) / SPEED
    assert found <= chords_s(radius, turn)


def test_of_a_narrow_box_the_bound_of_parallel_lines_is_the_optimum() -> None:
    # Four lines, a circle as wide as three of them: each turn can be a plain half circle, and no plan has fewer.
    air, swath = Air(speed=SPEED, radius=100.0), Swath(width=200.0, overlap=0.0)
    found = parallel_lines(box(20_000, 800), swath, Flights(air=air))
    assert found == pytest.approx((4 * 20_000 + 3 * math.pi * 100.0) / SPEED, rel=1e-3)


@pytest.mark.parametrize("bound", [any_lines, parallel_lines])
def test_turning_the_world_changes_nothing(bound) -> None:
    corners = np.array([(0, 0), (9000, 0), (9000, 2000), (4000, 2000), (4000, 6000), (0, 6000)], dtype=float)
    swath, found = Swath(width=300.0, overlap=0.2), []
    for turn in (0.0, 0.4, 2.0):
        way = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        wind = np.array([5.0, 2.0]) @ way
        air = Air(speed=SPEED, radius=90.0, east=float(wind[0]), north=float(wind[1]))
        base = np.array([-3000.0, 1000.0]) @ way
        area = Ground(frame=FRAME, rings=(corners @ way,))
        flights = Flights(air=air, base=(float(base[0]), float(base[1])), endurance=3000.0)
        found.append(bound(area, swath, flights))
    assert found == pytest.approx([found[0]] * 3, rel=2e-3)
