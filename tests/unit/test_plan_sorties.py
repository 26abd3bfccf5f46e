"""Sorties rebuilt together, and lanes: every line once, within the endurance, all still seen, never for longer."""

from __future__ import annotations

import math

import numpy as np
import pytest

from upwind.flights.plan.air import Air
from upwind.flights.plan.coverage import covered
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.lanes import laned
from upwind.flights.plan.legs import legs_of
from upwind.flights.plan.order import oriented, time_of
from upwind.flights.plan.rebuild import rebuilt
from upwind.flights.plan.strips import Swath, strips
from upwind.geo import Frame

shapely = pytest.importorskip("shapely")

FRAME = Frame(longitude=9.0, latitude=48.0)
AIR = Air(speed=20.0, radius=90.0, east=4.0, north=-3.0)


def test_two_groups_on_either_side_of_the_base_are_a_sortie_each() -> None:
    across = 300.0 * np.arange(6)
    groups = [
        np.column_stack([np.full(6, x), across, np.full(6, x + side * 2000.0), across])
        for x, side in ((4000.0, 1.0), (-4000.0, -1.0))
    ]
    legs = legs_of(np.concatenate(groups), AIR, (0.0, 0.0))
    apart = [oriented(legs, np.arange(6)), oriented(legs, np.arange(6, 12))]
    endurance = 1.05 * max(time_of(legs, order) for order in apart)
    mixed = tuple(np.array([2 * line]) for line in range(12))
    found = rebuilt(legs, mixed, endurance, 400, np.random.default_rng(0))
    assert sorted(np.concatenate(found) >> 1) == list(range(12))
    assert max(time_of(legs, order) for order in found) <= endurance
    assert {frozenset((order >> 1) // 6) for order in found} == {frozenset({0}), frozenset({1})}
    assert sum(time_of(legs, order) for order in found) <= sum(time_of(legs, order) for order in apart) + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_rebuilding_never_takes_longer_and_flies_every_line_once(seed) -> None:
    rng = np.random.default_rng(seed)
    first = rng.uniform(-5000.0, 5000.0, (20, 2))
    legs = legs_of(np.hstack([first, first + rng.uniform(-900.0, 900.0, (20, 2))]), AIR, (0.0, 0.0))
    alone = tuple(np.array([2 * line]) for line in range(20))
    endurance = 2.0 * max(time_of(legs, order) for order in alone)
    few, more = (rebuilt(legs, alone, endurance, rounds, np.random.default_rng(1)) for rounds in (20, 400))
    times = [sum(time_of(legs, order) for order in sorties) for sorties in (alone, few, more)]
    assert times[0] > times[1] >= times[2]
    for sorties in (few, more):
        assert sorted(np.concatenate(sorties) >> 1) == list(range(20))
        assert max(time_of(legs, order) for order in sorties) <= endurance


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (9000, 0), (9000, 12000), (0, 12000)],
        [(0, 0), (9000, 0), (9000, 5000), (4000, 5000), (4000, 12000), (0, 12000)],
        [(0, 0), (8000, 1500), (9500, 9000), (1500, 12000)],
    ],
)
def test_with_lanes_all_is_seen_and_the_way_is_shorter_where_sorties_go_far(corners) -> None:
    ground = Ground(frame=FRAME, rings=(np.array(corners, dtype=float),))
    field = Field(ground=ground, swath=Swath(width=300.0, overlap=0.2), air=AIR, base=(-500.0, -500.0), endurance=9e3)
    lines = strips(ground.sides, 0.0, field.swath, 500.0)
    legs = legs_of(lines, AIR, field.base)
    sorties = tuple(oriented(legs, part) for part in np.array_split(np.arange(len(lines)), 4))
    plain = Laid(course=0.0, legs=legs, sorties=sorties)
    found = laned(field, plain, 500.0, 2, 0)
    assert found.time < plain.time
    assert max(found.times) <= field.endurance
    flown = np.hstack([found.legs.start[::2, :2], found.legs.end[::2, :2]])
    swaths = [shapely.LineString(line.reshape(2, 2)).buffer(150.0, cap_style="flat") for line in flown]
    whole = shapely.Polygon(corners)
    missed = whole.difference(shapely.union_all(swaths)).area / whole.area
    assert missed < 1e-4
    assert covered(ground, flown, 0.0, 300.0) == pytest.approx(1.0 - missed, abs=2e-4)
    assert len({math.atan2(way[3] - way[1], way[2] - way[0]) // 0.1 for way in flown}) > 1
