"""Ways between two positions: what they touch, against shapely nearby and against the geodesic far off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from pyproj import Geod

from upwind.flights.borders.atlas import atlas_of
from upwind.flights.borders.grid import Grid, build
from upwind.flights.borders.polygons import Polygons
from upwind.flights.borders.ways import Touched, touch, way_points

GEOD = Geod(ellps="WGS84")
Place = tuple[float, float]


def areas(*rings: Sequence[Place]) -> Grid:
    flat = np.array([vertex for ring in rings for vertex in ring], dtype=float).reshape(-1, 2)
    return build(
        Polygons(
            names=tuple(str(number) for number in range(len(rings))),
            area=np.arange(len(rings), dtype=np.int32),
            start=np.cumsum([0, *map(len, rings)], dtype=np.int64),
            longitude=flat[:, 0].copy(),
            latitude=flat[:, 1].copy(),
        )
    )


def box(west: float, south: float, east: float, north: float) -> list[Place]:
    return [(west, south), (east, south), (east, north), (west, north)]


def go(grid: Grid, *ways: tuple[Place, Place]) -> Touched:
    ends = np.array(ways, dtype=float).reshape(-1, 2, 2)
    return touch(grid, ends[:, :, 0].T.copy(), ends[:, :, 1].T.copy())


def test_a_corner_cut_between_two_samples_is_found() -> None:
    """The way runs 200 m inside the corner, both ends 2.5 km outside."""
    found = go(areas(box(10, 20, 11, 21)), ((9.98, 20.0215), (10.0215, 19.98)), ((9.98, 20.0185), (10.0185, 19.98)))
    assert found.way.tolist() == [0]
    assert 0.45 < found.begin[0] < 0.5 < found.end[0] < 0.55


def test_random_ways_touch_what_shapely_says_they_cross() -> None:
    rng = np.random.default_rng(5)
    rings = [rng.uniform(-0.15, 0.15, (3, 2)) + rng.uniform(-0.5, 0.5, 2) for _ in range(60)]
    polygons = [shapely.Polygon(ring) for ring in rings]
    grid = areas(*([tuple(vertex) for vertex in ring.tolist()] for ring in rings))
    start = rng.uniform(-0.6, 0.6, (2, 3000))
    stop = start + rng.uniform(-0.03, 0.03, start.shape)
    found = touch(grid, np.array([start[0], stop[0]]), np.array([start[1], stop[1]]))
    pairs = set(zip(found.way.tolist(), found.area.tolist(), strict=True))
    lines = shapely.linestrings(np.stack([start.T, stop.T], axis=1))
    within = 1e-6  # 0.1 m: so straight is a geodesic of 5 km here
    for area, polygon in enumerate(polygons):
        shrunk, grown = polygon.buffer(-within), polygon.buffer(within)
        shapely.prepare([shrunk, grown])
        enters = shapely.intersects(shrunk, lines) & ~shapely.contains(polygon, lines)
        assert {(way, area) for way in np.flatnonzero(enters).tolist()} <= pairs
        near = set(np.flatnonzero(shapely.intersects(grown, lines)).tolist())
        assert {way for way, touched in pairs if touched == area} <= near


def test_the_way_between_two_sides_of_antarctica_is_over_antarctica() -> None:
    """Straight in longitude and latitude it would follow the parallel of 59 degrees, over the sea."""
    atlas = atlas_of(())
    ends = (0.0, -59.0), (180.0, -59.0)
    found = go(atlas.borders, ends)
    assert [atlas.states[area] for area in found.area] == ["ATA"]
    # The source's Antarctica is all that lies south of 60 degrees: 1 of 62 degrees on the way is north of it.
    assert (found.begin[0], found.end[0]) == pytest.approx((1 / 62, 61 / 62), abs=1e-3)
    coast = go(atlas.land, ends)
    assert (coast.begin[0], coast.end[0]) == pytest.approx((11 / 62, 43 / 62), abs=0.1)


def test_a_great_circle_is_north_of_the_parallel() -> None:
    """From Seattle's latitude to the same, 60 degrees on: the geodesic passes 52.0 N, the parallel does not."""
    bearing, _, metres = GEOD.inv(-150, 48, -90, 48)
    middle = GEOD.fwd(-150, 48, bearing, metres / 2)
    north, south = box(-120.5, middle[1] - 0.05, -119.5, middle[1] + 0.05), box(-120.5, 47.5, -119.5, 48.5)
    found = go(areas(north, south), ((-150.0, 48.0), (-90.0, 48.0)))
    assert found.area.tolist() == [0]
    assert found.begin[0] < 0.5 < found.end[0]


@pytest.mark.parametrize(
    "ends", [((0.0, 10.0), (170.0, 10.0)), ((-30.0, 0.0), (120.0, 40.0)), ((170.0, 20.0), (10.0, 60.0))]
)
def test_a_long_way_stays_near_the_geodesic_at_every_latitude(ends: tuple[Place, Place]) -> None:
    """Fences 60 m wide across the geodesic are touched, fences beginning 30 m beside it are not."""
    (x0, y0), (x1, y1) = ends
    bearing, _, metres = GEOD.inv(x0, y0, x1, y1)
    parts = np.linspace(0.03, 0.97, 48)
    hit, missed = [], []
    for part in parts:
        x, y, back = GEOD.fwd(x0, y0, bearing, metres * part)
        across = back + 90.0
        hit.append(_fence(x, y, across, (-30.0, 30.0)))
        missed.append(_fence(x, y, across, (30.0, 90.0)))
    found = go(areas(*hit, *missed), ends)
    assert sorted(found.area.tolist()) == list(range(48))
    order = np.argsort(found.area)
    assert found.begin[order] == pytest.approx(parts, abs=2e-5)


def _fence(x: float, y: float, across: float, reach: tuple[float, float]) -> list[Place]:
    """Return a fence 20 m long on both sides of a place along, and between two distances to the side of it."""
    corners = []
    for side, along in ((reach[0], -10.0), (reach[1], -10.0), (reach[1], 10.0), (reach[0], 10.0)):
        east, north, _ = GEOD.fwd(x, y, across, side)
        east, north, _ = GEOD.fwd(east, north, across + 90.0, along)
        corners.append((east, north))
    return corners


def test_the_short_way_over_the_antimeridian_touches_nothing_on_the_long_one() -> None:
    grid = areas(box(179.9, -1, 180.1, 1), box(-1, -1, 1, 1))
    found = go(grid, ((179.8, 0.0), (-179.8, 0.0)), ((-179.8, 0.5), (179.8, 0.5)))
    assert (found.way.tolist(), found.area.tolist()) == ([0, 1], [0, 0])
    assert found.begin == pytest.approx([0.25, 0.25], abs=1e-3)
    assert found.end == pytest.approx([0.75, 0.75], abs=1e-3)


def test_a_way_of_no_length_and_one_within_a_filled_cell_are_not_looked_at() -> None:
    grid = areas(box(9, 19, 12, 22))
    assert go(grid, ((10.5, 20.5), (10.5, 20.5)), ((10.55, 20.55), (10.56, 20.57))).way.size == 0
    assert go(grid).way.size == 0


def test_a_way_inside_from_cell_to_cell_touches_the_area_all_along() -> None:
    found = go(areas(box(9, 19, 12, 22)), ((10.05, 20.05), (10.95, 20.95)))
    assert (found.area.tolist(), found.begin.tolist()) == ([0], [0.0])
    assert found.end == pytest.approx([1.0])


@pytest.mark.parametrize("lean", [0.0, 1e-9, -1e-9, 1e-13, -1e-13])
def test_ways_along_the_edges_of_cells_arrive(lean: float) -> None:
    """A way that all but follows an edge of cells went on in hairs, and took a quarter of a minute."""
    grid = areas(box(9, 19, 12, 22))
    found = go(grid, ((10.0, 18.5), (10.0 + lean, 22.5)), ((8.5, 20.0), (12.5, 20.0 + lean)), ((0, -80), (180, -80)))
    assert (found.way.tolist(), found.area.tolist()) == ([0, 1], [0, 0])
    assert found.begin == pytest.approx([0.125, 0.125], abs=1e-3)
    assert found.end == pytest.approx([0.875, 0.875], abs=1e-3)


def test_a_way_through_a_vertex_touches_it() -> None:
    grid = areas([(10.0, 20.0), (10.05, 19.95), (10.05, 20.05)])
    through = ((10.0, 19.99), (10.0, 20.01))
    beside = ((9.99999, 19.99), (9.99999, 20.01))
    found = go(grid, through, beside)
    assert found.way.tolist() == [0]
    assert (found.begin[0], found.end[0]) == pytest.approx((0.5, 0.5), abs=1e-6)


def test_ways_over_three_hundred_areas_touch_all_of_them() -> None:
    grid = areas(*(box(9 + step / 1000, 9, 11, 11) for step in range(300)))
    assert go(grid, ((10.0, 8.9), (10.0, 11.1))).area.tolist() == list(range(300))


def test_points_on_the_way_are_those_of_the_geodesic() -> None:
    rng = np.random.default_rng(9)
    x0, y0 = rng.uniform(-180, 180, 500), np.degrees(np.arcsin(rng.uniform(-1, 1, 500)))
    metres, bearing, part = 10 ** rng.uniform(0, 7, 500), rng.uniform(0, 360, 500), rng.uniform(0, 1, 500)
    x1, y1, _ = GEOD.fwd(x0, y0, bearing, metres)
    x, y = way_points(np.array([x0, x1]), np.array([y0, y1]), part)
    truth = GEOD.fwd(x0, y0, bearing, metres * part)
    assert GEOD.inv(x, y, *truth[:2])[2].max() < 1.0
