"""Points on the grid of areas, against shapely for what holds them and pyproj for how far their edges are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from upwind.flights.borders.grid import ANCHOR_X, ANCHOR_Y, CELL, Grid, build
from upwind.flights.borders.lookup import Found, locate_points
from upwind.flights.borders.polygons import Polygons
from upwind.flights.borders.shipped import states

GEOD = Geod(ellps="WGS84")
SEED = 20260709
Ring = Sequence[tuple[float, float]]


def areas(*rings: Ring, owner: Sequence[int] | None = None) -> Polygons:
    """Return rings as areas, one each unless told otherwise."""
    owner = range(len(rings)) if owner is None else owner
    flat = np.array([vertex for ring in rings for vertex in ring], dtype=float).reshape(-1, 2)
    return Polygons(
        names=tuple(f"area {number}" for number in range(max(owner, default=-1) + 1)),
        area=np.array(owner, dtype=np.int32),
        start=np.cumsum([0, *map(len, rings)], dtype=np.int64),
        longitude=flat[:, 0].copy(),
        latitude=flat[:, 1].copy(),
    )


def box(west: float, south: float, east: float, north: float) -> Ring:
    return [(west, south), (east, south), (east, north), (west, north)]


def ask(grid: Grid, *points: tuple[float, float]) -> Found:
    x, y = np.array(points, dtype=float).reshape(-1, 2).T
    return locate_points(grid, np.ascontiguousarray(x), np.ascontiguousarray(y))


def holders(found: Found, points: int) -> list[set[int]]:
    """Return the areas that each point is inside."""
    held: list[set[int]] = [set() for _ in range(points)]
    for point, area in zip(found.point[found.inside].tolist(), found.area[found.inside].tolist(), strict=True):
        held[point].add(area)
    return held


@pytest.fixture(scope="module")
def outlines() -> Polygons:
    return states()


@pytest.fixture(scope="module")
def borders(outlines: Polygons) -> Grid:
    return build(outlines)


@pytest.fixture(scope="module")
def near_borders(outlines: Polygons) -> tuple[np.ndarray, np.ndarray]:
    """Return points within a kilometre of vertices and of places on edges, drawn over all states."""
    rng = np.random.default_rng(SEED)
    following = np.arange(1, len(outlines.longitude) + 1)
    following[outlines.start[1:] - 1] = outlines.start[:-1]
    metres = GEOD.inv(
        outlines.longitude, outlines.latitude, outlines.longitude[following], outlines.latitude[following]
    )[2]
    by_length = rng.choice(len(metres), 2500, p=metres / metres.sum())
    first = np.concatenate((rng.choice(len(metres), 2500), by_length))
    last = following[first]
    part = rng.uniform(0.0, 1.0, len(first))
    x = outlines.longitude[first] + part * (outlines.longitude[last] - outlines.longitude[first])
    y = outlines.latitude[first] + part * (outlines.latitude[last] - outlines.latitude[first])
    away = 10.0 ** rng.uniform(-2, 3, len(x))
    x, y, _ = GEOD.fwd(x, y, rng.uniform(0, 360, len(x)), away)
    return x, y


def test_near_every_border_shapely_agrees_on_what_is_inside(
    outlines: Polygons, borders: Grid, near_borders: tuple[np.ndarray, np.ndarray]
) -> None:
    x, y = near_borders
    odd = np.zeros((len(x), len(outlines.names)), dtype=bool)
    for number, area in enumerate(outlines.area):
        at = slice(outlines.start[number], outlines.start[number + 1])
        ring_x, ring_y = outlines.longitude[at], outlines.latitude[at]
        close = (x > ring_x.min()) & (x < ring_x.max()) & (y > ring_y.min()) & (y < ring_y.max())
        if close.any():
            polygon = shapely.Polygon(np.column_stack((ring_x, ring_y)))
            shapely.prepare(polygon)
            odd[close, area] ^= shapely.contains_xy(polygon, x[close], y[close])
    found = locate_points(borders, x, y)
    ours = np.zeros_like(odd)
    ours[found.point[found.inside], found.area[found.inside]] = True
    assert odd.any(axis=1).sum() > 1000
    assert np.argwhere(ours != odd).tolist() == []


def test_distances_from_an_edge_are_those_of_the_ellipsoid(
    outlines: Polygons, borders: Grid, near_borders: tuple[np.ndarray, np.ndarray]
) -> None:
    """The foot of the perpendicular is sought on each edge nearby; the geodesic measures how far it is."""
    x, y = near_borders
    found = locate_points(borders, x, y)
    following = np.arange(1, len(outlines.longitude) + 1)
    following[outlines.start[1:] - 1] = outlines.start[:-1]
    owner = np.repeat(outlines.area, np.diff(outlines.start))
    seam = (np.abs(outlines.longitude) == 180) & (outlines.longitude == outlines.longitude[following])
    pairs = np.flatnonzero((found.distance <= 115) & (np.abs(x[found.point]) < 179.9))[:400]
    assert len(pairs) == 400
    for pair in pairs:
        at = x[found.point[pair]], y[found.point[pair]]
        mine = np.flatnonzero((owner == found.area[pair]) & ~seam)
        start = np.column_stack((outlines.longitude[mine], outlines.latitude[mine]))
        stop = np.column_stack((outlines.longitude[following[mine]], outlines.latitude[following[mine]]))
        # A cone's unit, good enough to find the foot, not to measure by.
        scale = np.array([np.cos(np.radians(at[1])), 1.0])
        along, reach = (stop - start) * scale, (at - start) * scale
        length = np.maximum((along**2).sum(axis=1), 1e-30)
        foot = start + np.clip((reach * along).sum(axis=1) / length, 0, 1)[:, None] * (stop - start)
        near = np.argsort((((foot - at) * scale) ** 2).sum(axis=1))[:8]
        metres = GEOD.inv(*foot[near].T, np.full(len(near), at[0]), np.full(len(near), at[1]))[2].min()
        assert found.distance[pair] == pytest.approx(metres, rel=3e-4, abs=0.002)


corner = st.integers(-40, 40).map(lambda number: number / 40)
rings = st.lists(st.lists(st.tuples(corner, corner), min_size=3, max_size=8), min_size=1, max_size=4)


@settings(max_examples=80)
@given(rings, st.integers(0, 2**32 - 1))
def test_any_rings_hold_what_shapely_says_of_their_triangles(shapes: list[Ring], seed: int) -> None:
    """A ring that may cross itself holds what an odd number of the triangles from its first vertex hold."""
    x, y = np.random.default_rng(seed).uniform(-1.2, 1.2, (2, 400))
    odd = np.zeros(len(x), dtype=bool)
    for first, *others in shapes:
        for second, third in pairwise(others):
            odd ^= shapely.contains_xy(shapely.Polygon([first, second, third]), x, y)
    found = locate_points(build(areas(*shapes, owner=[0] * len(shapes))), x, y)
    inside = np.zeros(len(x), dtype=bool)
    inside[found.point[found.inside]] = True
    assert np.flatnonzero(inside != odd).tolist() == []


def test_an_edge_through_round_places_passes_through_no_anchor() -> None:
    """A diagonal edge did, when anchors lay on diagonals."""
    grid = build(areas([(0.0, 0.0), (0.0, 0.025), (0.05, 0.05)], [(0.0, 0.1), (0.1, 0.0), (0.2, 0.3)]))
    assert holders(ask(grid, (0.099, 0.082), (0.02, 0.022), (0.099, 0.04)), 3) == [{1}, {0}, {1}]


@pytest.mark.parametrize(
    "shift", [(0.0, 0.0), (CELL * ANCHOR_X, 0.0), (0.0, CELL * ANCHOR_Y), (CELL * ANCHOR_X, CELL * ANCHOR_Y)]
)
def test_edges_on_cell_edges_and_on_anchors_hold_like_others(shift: tuple[float, float]) -> None:
    west, south = 10.0 + shift[0], 20.0 + shift[1]
    grid = build(areas(box(west, south, west + 0.3, south + 0.3)))
    inside = [(west + dx, south + dy) for dx in (1e-6, 0.1, 0.15, 0.2, 0.299999) for dy in (1e-6, 0.1, 0.2, 0.299999)]
    outside = [(west + 0.15, south - 1e-6), (west - 1e-6, south + 0.1), (west + 0.300001, south + 0.2), (west, 19.0)]
    assert holders(ask(grid, *inside), len(inside)) == [{0}] * len(inside)
    assert holders(ask(grid, *outside), len(outside)) == [set()] * len(outside)


def test_a_point_on_a_vertex_or_an_edge_is_no_distance_from_it() -> None:
    grid = build(areas(box(10, 20, 11, 21)))
    found = ask(grid, (10, 20), (11, 21), (10.5, 20), (11, 20.25))
    assert found.point.tolist() == [0, 1, 2, 3]
    assert found.distance == pytest.approx(np.zeros(4), abs=1e-3)


def test_an_area_of_ten_metres_within_one_cell_is_found() -> None:
    grid = build(areas(box(10.021, 20.033, 10.0211, 20.0331)))
    found = ask(grid, (10.02105, 20.03305), (10.0213, 20.03305), (10.04, 20.05))
    assert holders(found, 3) == [{0}, set(), set()]
    assert found.distance[found.point == 0] == pytest.approx([5.2], abs=0.1)
    assert found.distance[found.point == 1] == pytest.approx([20.9], abs=0.1)


def test_nested_areas_hold_both_and_a_hole_holds_nothing() -> None:
    grid = build(areas(box(0, 0, 3, 3), box(1, 1, 2, 2), box(1.3, 1.3, 1.6, 1.6), owner=[0, 1, 1]))
    assert holders(ask(grid, (0.5, 0.5), (1.1, 1.1), (1.45, 1.45)), 3) == [{0}, {0, 1}, {0}]


def test_three_hundred_areas_over_one_point_are_all_found() -> None:
    grid = build(areas(*(box(9 - step / 1000, 9, 11, 11 + step / 1000) for step in range(300))))
    found = ask(grid, (10, 10), (10, 11), (8.9995, 10))
    assert np.bincount(found.point).tolist()[:2] == [300, 300]
    assert np.unique(found.area[found.point == 0]).size == 300


def test_a_geofence_may_run_past_180_degrees() -> None:
    fences = areas(box(179, -1, 181, 1), box(-181.5, 3, -179, 5))
    found = ask(
        build(fences), (179.5, 0), (-179.5, 0), (180, 0), (-180, 0), (178.9, 0), (-178.9, 0), (179, 4), (-179.5, 4)
    )
    assert holders(found, 8) == [{0}, {0}, {0}, {0}, set(), set(), {1}, {1}]
    edge = ask(build(fences), (-179.0001, 0.0), (-178.9999, 0.0))
    assert edge.distance == pytest.approx([11.1, 11.1], abs=0.1)


def test_a_long_edge_keeps_its_slope_past_180_degrees() -> None:
    """From 175 E to 130 W the edge rises 20 degrees: 16/11 of a degree at 179 E, 10 degrees at 157.5 W."""
    grid = build(areas([(175, 0), (230, 20), (230, 30), (175, 30)]))
    found = ask(grid, (179, 16 / 11 - 1e-5), (179, 16 / 11 + 1e-5), (-157.5, 10 - 1e-5), (-157.5, 10 + 1e-5))
    assert holders(found, 4) == [set(), {0}, set(), {0}]
    assert found.distance == pytest.approx([1.04] * 4, abs=0.05)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        *(((longitude, 66.5), "RUS") for longitude in (179.9999, -179.9999, 180.0, -180.0)),
        *(((longitude, -84.77), "ATA") for longitude in (179.9998, -179.9998)),
        *(((longitude, -16.8), "FJI") for longitude in (179.9999, -179.9999, 180.0, -180.0)),
    ],
)
def test_nothing_ends_where_outlines_are_cut_at_180(
    outlines: Polygons, borders: Grid, place: tuple[float, float], code: str
) -> None:
    found = ask(borders, place)
    assert [outlines.names[area] for area in found.area] == [code]
    assert found.inside.tolist() == [True]
    assert np.isinf(found.distance).all()


def test_the_poles_are_asked_like_any_place(outlines: Polygons, borders: Grid) -> None:
    """The source draws no state round either pole; a geofence may."""
    for latitude in (90.0, -90.0):
        assert ask(borders, (0.0, latitude), (180.0, latitude), (-180.0, latitude)).point.size == 0
    assert outlines.names[int(ask(borders, (0.0, -85.0)).area[0])] == "ATA"
    caps = build(areas(box(-180, 89, 180, 90), box(-180, -90, 180, -89)))
    found = ask(caps, (0, 90), (180, 90), (-180, 89.5), (12, -90), (180, -90), (0, 0))
    assert holders(found, 6) == [{0}, {0}, {0}, {1}, {1}, set()]
    assert np.isinf(found.distance).all()


def test_no_area_and_no_point_have_no_answer() -> None:
    assert ask(build(areas()), (1, 1), (-180, -90), (180, 90)).point.size == 0
    assert ask(build(areas(box(0, 0, 1, 1)))).point.size == 0
