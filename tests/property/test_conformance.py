"""Wherever on the globe and whichever way round: what a track kept to depends on nothing but track and plan."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.flown import trajectory
from pyproj import Geod

from upwind.flights.conformance.comparison import conform
from upwind.records import Conformance, HeightOver, Route, Trajectory

many = settings(max_examples=60)
GEOD = Geod(ellps="WGS84")

#: East and north about an origin: three lines, the second of which nobody flies, and a way past their ends. [m]
LINES = np.array([[[0.0, 0.0], [900.0, 0.0]], [[900.0, 60.0], [0.0, 60.0]], [[0.0, 120.0], [900.0, 120.0]]])
FLOWN = [(-80.0, 0.0), (970.0, 0.0), (1040.0, 60.0), (970.0, 120.0), (-50.0, 120.0)]

origins = st.tuples(st.floats(-180.0, 180.0), st.floats(-80.0, 80.0)).filter(lambda at: max(map(abs, at)) > 0.1)
turns = st.floats(0.0, 360.0)


def placed(metres: np.ndarray, origin: tuple[float, float], turn: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions that lie so far east and north of an origin, all turned clockwise about it."""
    bearing = np.degrees(np.arctan2(metres[:, 0], metres[:, 1])) + turn
    many_origins = np.tile(np.array(origin)[:, None], len(metres))
    longitude, latitude, _ = GEOD.fwd(*many_origins, bearing, np.hypot(metres[:, 0], metres[:, 1]))
    return longitude, latitude


def route(origin: tuple[float, float], turn: float) -> Route:
    longitude, latitude = placed(LINES.reshape(-1, 2), origin, turn)
    return Route(
        name="f.plan",
        sha256="",
        longitude=longitude,
        latitude=latitude,
        height=np.full(6, np.nan),
        over=(HeightOver.GROUND,) * 6,
        sortie=np.zeros(6, dtype=np.int64),
        line=np.array([0, -1, 1, -1, 2]),
        command=np.full(6, 16),
        params=np.full((6, 4), np.nan),
    )


def track(offset: float, origin: tuple[float, float], turn: float, *, reverse: bool = False) -> Trajectory:
    """Return a track so far north of the lines, as laid out, with a sample every ten metres."""
    corners = np.array(FLOWN) + np.array([0.0, offset])
    path = np.append(0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T)))
    at = np.arange(0.0, path[-1], 10.0)
    metres = np.column_stack([np.interp(at, path, corners[:, 0]), np.interp(at, path, corners[:, 1])])
    longitude, latitude = placed(metres[::-1] if reverse else metres, origin, turn)
    return trajectory(1.6e9 + np.arange(len(at)), longitude, latitude)


def figures(one: Conformance) -> list[Any]:
    """Return what of a comparison does not depend on where it was."""
    sizes = [one.share or 0.0, one.planned_m, one.planned_way_m, one.flown_way_m]
    for line in one.lines:
        sizes += [line.share, *(np.nan if size is None else size for size in (line.cross_median_m, line.cross_95_m))]
        sizes += [np.nan if size is None else size for size in (line.start_overshoot_m, line.end_overshoot_m)]
    return sizes


@many
@given(origins, turns, st.floats(-20.0, 20.0))
def test_moving_and_turning_the_world_changes_nothing(origin: tuple[float, float], turn: float, offset: float) -> None:
    here = conform(route((10.0, 20.0), 0.0), track(offset, (10.0, 20.0), 0.0))
    there = conform(route(origin, turn), track(offset, origin, turn))
    np.testing.assert_allclose(figures(there), figures(here), atol=0.02)
    assert there.order == here.order == (0, 2)


@many
@given(origins, turns, st.floats(-20.0, 20.0))
def test_an_offset_is_the_median_distance(origin: tuple[float, float], turn: float, offset: float) -> None:
    one = conform(route(origin, turn), track(offset, origin, turn))
    for line in (one.lines[0], one.lines[2]):
        assert line.cross_median_m is not None
        assert abs(line.cross_median_m - abs(offset)) < 0.01
    assert one.lines[1].share == 0.0


@many
@given(origins, turns, st.floats(-20.0, 20.0))
def test_flying_it_the_other_way_round_changes_order_and_direction_alone(
    origin: tuple[float, float], turn: float, offset: float
) -> None:
    plan = route(origin, turn)
    forth, back = (conform(plan, track(offset, origin, turn, reverse=reverse)) for reverse in (False, True))
    np.testing.assert_allclose(figures(back), figures(forth), atol=0.02)
    assert (forth.order, back.order) == ((0, 2), (2, 0))
    assert [line.backward for line in forth.lines] == [False, None, True]
    assert [line.backward for line in back.lines] == [True, None, False]


@many
@given(origins, st.floats(1.0, 90.0), st.floats(1.0, 90.0))
def test_a_wider_tolerance_never_shows_less_as_flown(origin: tuple[float, float], one: float, other: float) -> None:
    plan, flown = route(origin, 0.0), track(15.0, origin, 0.0)
    near, far = (conform(plan, flown, tolerance).share for tolerance in sorted((one, other)))
    assert near is not None
    assert far is not None
    assert near <= far + 1e-6
