"""Cells: together all of the area and no more, whatever the cut; on courses of their own they are seen whole."""

from __future__ import annotations

import math

import numpy as np
import pytest

from upwind.flights.plan.air import Air
from upwind.flights.plan.cells import clipped, divisions
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.lanes import laned
from upwind.flights.plan.legs import legs_of
from upwind.flights.plan.order import oriented
from upwind.flights.plan.rough import Rough
from upwind.flights.plan.search import best_laid
from upwind.flights.plan.strips import Swath, strips
from upwind.geo import Frame

shapely = pytest.importorskip("shapely")

FRAME = Frame(longitude=9.0, latitude=48.0)
COMB = [(0, 0), (9000, 0), (9000, 9000), (7200, 9000), (7200, 2400), (1800, 2400), (1800, 9000), (0, 9000)]
HOLE = [(3000, 600), (3000, 1400), (4500, 1400), (4500, 600)]


def ground(*rings) -> Ground:
    return Ground(frame=FRAME, rings=tuple(np.array(ring, dtype=float) for ring in rings))


def field(area: Ground, base: tuple[float, float] = (-800.0, -800.0), endurance: float = 3600.0) -> Field:
    air = Air(speed=20.0, radius=90.0, east=4.0, north=-3.0)
    return Field(ground=area, swath=Swath(width=300.0, overlap=0.2), air=air, base=base, endurance=endurance)


def within(sides, places) -> np.ndarray:
    """Return whether places are inside of sides: an odd number of these lies to the east."""
    x, y = places[:, :1], places[:, 1:]
    x0, y0, x1, y1 = sides.T
    passes = (y0 <= y) != (y1 <= y)
    with np.errstate(divide="ignore", invalid="ignore"):
        east = x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x
    return (passes & east).sum(axis=1) % 2 == 1


@pytest.mark.parametrize("seed", range(12))
def test_the_two_parts_of_a_cut_hold_each_place_of_the_area_once(seed) -> None:
    rng = np.random.default_rng(seed)
    area = ground(COMB, HOLE)
    # Through a corner, along a side every third time: where cuts go.
    corner = area.vertices[rng.integers(len(area.vertices))]
    direction = 0.0 if seed % 3 == 0 else float(rng.uniform(0.0, 2.0 * math.pi))
    level = float(corner @ np.array([-math.sin(direction), math.cos(direction)]))
    left, right = (clipped(area.sides, direction, level, side) for side in (1.0, -1.0))
    places = rng.uniform((-500.0, -500.0), (9500.0, 9500.0), (4000, 2))
    inside = shapely.contains_xy(shapely.Polygon(COMB, [HOLE]), *places.T)
    is_left = places @ np.array([-math.sin(direction), math.cos(direction)]) > level
    far = np.abs(places @ np.array([-math.sin(direction), math.cos(direction)]) - level) > 1.0
    assert (within(left, places) == (inside & is_left))[far].all()
    assert (within(right, places) == (inside & ~is_left))[far].all()


def test_cells_of_a_comb_are_seen_whole_and_by_rough_times_quicker() -> None:
    area = ground(COMB)
    whole = field(area)
    rough = Rough(whole)
    found = divisions(whole, rough, 0.0)
    assert found
    times = [sum(cell.time for cell in division) for division in found]
    assert times == sorted(times)
    assert times[-1] < rough.lines(area.sides, 0.0)
    for division in found[:4]:
        lines = np.concatenate([strips(cell.sides, cell.course, whole.swath, 500.0) for cell in division])
        swaths = [shapely.LineString(line.reshape(2, 2)).buffer(150.0, cap_style="flat") for line in lines]
        missed = shapely.Polygon(COMB).difference(shapely.union_all(swaths)).area
        assert missed / area.size < 1e-4
        # No cell is flown over by another's lines: little is seen twice.
        assert sum(cell.sides[:, 0] @ cell.sides[:, 3] - cell.sides[:, 2] @ cell.sides[:, 1] for cell in division) == (
            pytest.approx(2.0 * area.size, rel=1e-6)
        )


def test_teeth_across_the_back_of_a_comb_are_flown_along_themselves() -> None:
    one = field(ground(COMB))
    plain, found = best_laid(one, 2, 0, 0), best_laid(one, 2, 5, 0)
    way = found.legs.end[::2, :2] - found.legs.start[::2, :2]
    courses = np.unique(np.round(np.degrees(np.arctan2(way[:, 1], way[:, 0])) % 180.0))
    assert len(courses) > 1
    assert found.time < plain.time
    assert max(found.times) <= one.endurance


@pytest.mark.parametrize("seed", range(3))
def test_lanes_through_cells_leave_nothing_unseen_whichever_sortie_goes_where(seed) -> None:
    rng = np.random.default_rng(seed)
    one = field(ground(COMB))
    division = divisions(one, Rough(one), 0.0)[0]
    lines = np.concatenate([strips(cell.sides, cell.course, one.swath, 500.0) for cell in division])
    legs = legs_of(lines, one.air, one.base)
    # Neighbours in no order: whoever flies a lane, others' lines are what it shortens.
    parts = np.array_split(rng.permutation(len(lines)), 5)
    sorties = tuple(oriented(legs, np.sort(part)) for part in parts)
    before = Laid(course=division[0].course, legs=legs, sorties=sorties)
    found = laned(one, before, 500.0, 2, seed)
    assert found.time < before.time
    assert len(found.legs.time) > len(before.legs.time)
    flown = np.hstack([found.legs.start[::2, :2], found.legs.end[::2, :2]])
    swaths = [shapely.LineString(line.reshape(2, 2)).buffer(150.0, cap_style="flat") for line in flown]
    assert shapely.Polygon(COMB).difference(shapely.union_all(swaths)).area / one.ground.size < 1e-4
    assert sorted(line for order in found.sorties for line in (order >> 1).tolist()) == list(range(len(flown)))


def test_sorties_that_cross_seen_ground_to_a_far_arm_come_and_go_on_lanes() -> None:
    # With lines across the arms alone each sortie goes along its arm and back for nothing.
    arms = [(-12000, 2000), (-12000, -4000), (0, -10000), (12000, -4000), (12000, 2000), (0, -4000)]
    one = field(ground(arms), (0.0, 0.0), 5400.0)
    plain = best_laid(one, 2, 0, 0)
    cut = Rough(one).cut(plain.course)
    assert laned(one, plain, cut, 2, 0).time < 0.985 * plain.time
