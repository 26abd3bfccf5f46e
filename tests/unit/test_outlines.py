"""Chords of published lines, against PROJ, the Mercator projection and plain trigonometry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Proj

from upwind.arrays import FloatArray
from upwind.readers.outlines import Line, arc, chords, circle, closed, geodesic, loxodrome, sector

GLOBE = Geod(ellps="WGS84")
MERCATOR = Proj(proj="merc", ellps="WGS84")

longitudes = st.floats(-180, 180)
latitudes = st.floats(-80, 80)


def across(points: FloatArray, line: FloatArray) -> FloatArray:
    """Return how far each point is from a line of short straight pieces. [m]"""
    scale = np.column_stack([111_320.0 * np.cos(np.radians(points[:, 1])), np.full(len(points), 110_574.0)])
    a = (line[None, :-1] - points[:, None]) * scale[:, None]
    b = (line[None, 1:] - points[:, None]) * scale[:, None]
    step = b - a
    share = np.clip(-(a * step).sum(2) / np.maximum((step**2).sum(2), 1e-12), 0.0, 1.0)
    return np.hypot(*np.moveaxis(a + share[:, :, None] * step, 2, 0)).min(axis=1)


def between(ring: FloatArray) -> FloatArray:
    """Return points on the chords: their ends, their middles and their quarters."""
    shares = np.array([0.0, 0.25, 0.5, 0.75])[:, None, None]
    return (ring[:-1] + shares * np.diff(ring, axis=0)).reshape(-1, 2)


def whole(line: Line, end: tuple[float, float]) -> FloatArray:
    """Return the chords of a line with its end, which goes on past 180 as the line does."""
    vertices = np.vstack([chords(line), end])
    vertices[:, 0] = np.unwrap(vertices[:, 0], period=360)
    return vertices


@settings(max_examples=60)
@given(longitudes, latitudes, st.floats(0, 360), st.floats(1, 800_000))
def test_chords_of_a_geodesic_are_within_a_metre_of_it(x: float, y: float, bearing: float, distance: float) -> None:
    end_x, end_y, _ = GLOBE.fwd(x, y, bearing, distance)
    if abs(end_y) > 80:
        return
    made = whole(geodesic((x, y), (end_x, end_y)), (end_x, end_y))
    many = GLOBE.npts(x, y, end_x, end_y, 1500, initial_idx=0, terminus_idx=0)
    true = np.column_stack([np.unwrap(np.array(many)[:, 0], period=360), np.array(many)[:, 1]])
    true[:, 0] += 360 * round((made[0, 0] - true[0, 0]) / 360)
    assert across(between(made), true).max() < 1.0


def test_a_meridian_needs_no_chord_and_a_long_geodesic_few() -> None:
    assert len(chords(geodesic((10.0, 0.0), (10.0, 60.0)))) == 1
    assert len(chords(geodesic((-120.0, 40.0), (-119.0, 40.0)))) < 20


@settings(max_examples=60)
@given(longitudes, latitudes, st.floats(-8, 8), latitudes)
def test_chords_of_a_loxodrome_are_straight_in_mercator(x: float, y: float, east: float, end_y: float) -> None:
    end_y = y + (end_y - y) / 20
    made = whole(loxodrome((x, y), (x + east, end_y)), (x + east, end_y))
    easting, northing = MERCATOR(np.zeros(len(made)), made[:, 1])
    radius = 6378137.0
    easting = np.radians(made[:, 0] - made[0, 0]) * radius
    along = np.linspace(0, 1, 4000)
    true_x, true_y = along * easting[-1], northing[0] + along * (northing[-1] - northing[0])
    latitude = MERCATOR(np.zeros(4000), true_y, inverse=True)[1]
    true = np.column_stack([made[0, 0] + np.degrees(true_x / radius), latitude])
    assert across(between(made), true).max() < 1.0


def test_a_parallel_is_one_edge() -> None:
    # The treaty parallel between Egypt and Sudan: the geodesic leaves it by more than three kilometres.
    parallel = ((25.0, 22.0), (31.315029, 22.0))
    assert len(chords(loxodrome(*parallel))) == 1
    off = across(chords(geodesic(*parallel)), np.array(parallel)).max()
    assert 3000 < off < 4000


@settings(max_examples=60)
@given(longitudes, latitudes, st.floats(10, 200_000))
def test_a_circle_has_its_radius_and_its_area(x: float, y: float, radius: float) -> None:
    if abs(y) + radius / 111_000 > 85:
        return
    ring = closed([chords(circle((x, y), radius))])
    _, _, distance = GLOBE.inv(*np.tile([x, y], (len(ring) * 4 - 4, 1)).T, *between(ring).T)
    assert np.abs(np.array(distance) - radius).max() < 1.0
    area, _ = GLOBE.polygon_area_perimeter(*ring.T)
    # Chords cut off no more than a strip as wide as the tolerance.
    assert abs(abs(area) - math.pi * radius**2) < 2 * math.pi * radius * 0.6 + 1e-4 * math.pi * radius**2


@pytest.mark.parametrize(("clockwise", "share"), [(True, 0.25), (False, 0.75)])
def test_an_arc_turns_the_way_it_is_told(*, clockwise: bool, share: float) -> None:
    centre, radius = (-115.0, 36.0), 9260.0
    north = GLOBE.fwd(*centre, 0.0, radius)[:2]
    east = GLOBE.fwd(*centre, 90.0, radius)[:2]
    length = GLOBE.line_length(*whole(arc(centre, north, east, clockwise=clockwise), east).T)
    assert length == pytest.approx(share * 2 * math.pi * radius, rel=1e-3)
    same = GLOBE.line_length(*whole(sector(centre, radius, (0.0, 90.0), clockwise=clockwise), east).T)
    assert same == pytest.approx(length, abs=0.01)


def test_an_arc_whose_ends_are_not_equally_far_ends_where_it_is_told() -> None:
    centre = (-115.0, 36.0)
    start, end = GLOBE.fwd(*centre, 10.0, 5500.0)[:2], GLOBE.fwd(*centre, 100.0, 5600.0)[:2]
    line = arc(centre, start, end, clockwise=True)
    x, y = line(np.array([0.0, 0.5, 1.0]))
    assert (x[0], y[0], x[2], y[2]) == pytest.approx((*start, *end), abs=1e-9)
    assert GLOBE.inv(*centre, x[1], y[1])[2] == pytest.approx(5550.0, abs=0.01)


def test_a_ring_over_the_antimeridian_goes_on_past_it() -> None:
    corners = [(179.0, 51.0), (-178.0, 51.0), (-178.0, 53.0), (179.0, 53.0)]
    ring = closed(chords(loxodrome(*ends)) for ends in zip(corners, corners[1:] + corners[:1], strict=True))
    assert (ring[:, 0].min(), ring[:, 0].max()) == (179.0, 182.0)
    east_first = closed(np.array([corner]) for corner in corners[1:] + corners[:1])
    assert (east_first[:, 0].min(), east_first[:, 0].max()) == (179.0, 182.0)
    assert (east_first[0] == east_first[-1]).all()


@pytest.mark.parametrize(
    ("corners", "fault"),
    [
        ([(0, 80), (90, 80), (180, 80), (-90, 80)], "round a pole"),
        ([(0, 0), (1, 1), (0, 0)], "fewer than three corners"),
        ([(0, 0), (0, 0)], "fewer than three corners"),
    ],
)
def test_what_is_no_ring_is_refused(corners: list[tuple[float, float]], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        closed([np.array(corners, dtype=float)])


def test_a_line_over_a_pole_is_refused() -> None:
    with pytest.raises(ValueError, match="too close to a pole"):
        chords(geodesic((0.0, 89.0), (179.9999999, 89.0)))
