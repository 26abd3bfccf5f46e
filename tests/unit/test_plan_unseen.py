"""What lanes leave unseen is the area without their rectangles, and lines keep just what sees some of that."""

from __future__ import annotations

import math

import numpy as np
import pytest

from upwind.flights.plan.unseen import outside, parts_of

shapely = pytest.importorskip("shapely")

U = [
    (-9000, -9000),
    (9000, -9000),
    (9000, 9000),
    (4000, 9000),
    (4000, -3000),
    (-4000, -3000),
    (-4000, 9000),
    (-9000, 9000),
]
HOLE = [(-7000, -8000), (-7000, -6000), (-2000, -6000), (-2000, -8000)]


def sides_of(*rings) -> np.ndarray:
    return np.concatenate([np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in map(np.array, rings)]).astype(float)


def rectangle(direction, along, across):
    turn = np.array([[math.cos(direction), math.sin(direction)], [-math.sin(direction), math.cos(direction)]])
    corners = [(along[0], across[0]), (along[1], across[0]), (along[1], across[1]), (along[0], across[1])]
    return shapely.Polygon(np.array(corners) @ turn)


def drawn(rng):
    direction = rng.uniform(-math.pi, math.pi)
    along, across = (tuple(np.sort(rng.uniform(-11000, 11000, 2)).tolist()) for _ in range(2))
    return direction, along, across


def size(sides) -> float:
    return float((sides[:, 0] * sides[:, 3] - sides[:, 2] * sides[:, 1]).sum()) / 2.0


@pytest.mark.parametrize("seed", range(20))
def test_an_area_without_rectangles_is_what_shapely_leaves_of_it(seed) -> None:
    rng = np.random.default_rng(seed)
    sides, left = sides_of(U, HOLE), shapely.Polygon(U, [HOLE])
    outer, outline = np.ones(len(sides), dtype=bool), left.boundary.buffer(1e-3)
    for _ in range(4):
        box = drawn(rng)
        sides, outer = outside(sides, outer, *box)
        left = left.difference(rectangle(*box))
        if not len(sides):
            assert left.area < 1.0
            return
        assert size(sides) == pytest.approx(left.area, abs=1.0)
        drawn_sides = shapely.MultiLineString(sides.reshape(-1, 2, 2).tolist())
        assert drawn_sides.difference(left.boundary.buffer(1e-3)).length < 0.1
        assert left.boundary.difference(drawn_sides.buffer(1e-3)).length < 0.1
        on = shapely.MultiLineString(sides[outer].reshape(-1, 2, 2).tolist())
        assert on.difference(outline).length < 0.1


@pytest.mark.parametrize("seed", range(8))
def test_what_lines_keep_sees_all_that_they_saw_of_the_unseen(seed) -> None:
    rng = np.random.default_rng(seed)
    sides, left = sides_of(U, HOLE), shapely.Polygon(U, [HOLE])
    box = drawn(rng)
    sides, _ = outside(sides, np.ones(len(sides), dtype=bool), *box)
    left = left.difference(rectangle(*box))
    ends = rng.uniform(-12000, 12000, (12, 4))
    whole = np.arange(12) % 4 == 0
    parts = parts_of(ends, whole, sides, 150.0, 0.0)
    for number, line in enumerate(ends):
        was = shapely.LineString(line.reshape(2, 2))
        mine = [shapely.LineString(part[1:].reshape(2, 2)) for part in parts[parts[:, 0] == number]]
        if whole[number]:
            assert [one.length for one in mine] == [was.length]
            continue
        swath = shapely.union_all([one.buffer(150.0, cap_style="flat") for one in mine])
        unseen = was.buffer(150.0, cap_style="flat").intersection(left)
        assert unseen.difference(swath).area < 10.0
        # Nothing is kept that sees nothing: across each part's whole length there is ground beside it.
        for one in mine:
            beside = one.buffer(150.0, cap_style="flat").intersection(left)
            reach = [one.project(shapely.Point(place)) for place in shapely.get_coordinates(beside)]
            assert max(reach) - min(reach) == pytest.approx(one.length, abs=1.1)
