"""Turns between lines: known lengths, arrival, and nothing shorter by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.flights.plan.air import Air
from upwind.flights.plan.turns import length, sampled, time_between, time_from_point

RADIUS = 100.0
SPEED = 20.0
many = settings(max_examples=150)
BACK = np.array([0.0, 0.0, math.pi])

angles = st.floats(-math.pi, math.pi)
places = st.floats(-600.0, 600.0)
poses = st.tuples(places, places, angles).map(np.array)


@pytest.mark.parametrize(
    ("end", "radii"),
    [
        ((4.0, 0.0, 0.0), 4.0),
        ((0.0, 2.0, math.pi), math.pi),
        ((0.0, 5.0, math.pi), math.pi + 3.0),
        ((0.0, 0.0, math.pi), 7.0 * math.pi / 3.0),  # on the spot: three arcs of 60, 300 and 60 degrees
        ((1.0, 1.0, math.pi / 2.0), math.pi / 2.0),
        ((0.0, 1.0, math.pi), math.pi + 4.0 * math.acos(3.0 / 4.0)),  # the bulb between near neighbours
        ((2.0, 2.0, 0.0), math.pi),  # an S
    ],
)
def test_lengths_are_those_of_geometry(end, radii) -> None:
    pose = np.array([end[0] * RADIUS, end[1] * RADIUS, end[2]])
    assert length(np.zeros(3), pose, RADIUS) == pytest.approx(radii * RADIUS, rel=1e-9)


@many
@given(start=poses, end=poses)
def test_a_turn_is_no_shorter_than_straight_and_turning_back_is_as_long(start, end) -> None:
    found = length(start, end, RADIUS)
    assert found >= math.hypot(*(end - start)[:2]) - 1e-6
    mirrored = length(end + BACK, start + BACK, RADIUS)
    assert mirrored == pytest.approx(found, abs=1e-3)


@many
@given(pieces=st.lists(st.tuples(st.sampled_from((-1.0, 0.0, 1.0)), st.floats(0.0, 4.0)), min_size=1, max_size=5))
def test_nothing_flown_by_hand_is_shorter(pieces) -> None:
    x = y = heading = flown = 0.0
    for sense, radii in pieces:
        if sense == 0.0:
            x, y = x + radii * math.cos(heading), y + radii * math.sin(heading)
        else:
            turned = heading + sense * radii
            x += sense * (math.sin(turned) - math.sin(heading))
            y += sense * (math.cos(heading) - math.cos(turned))
            heading = turned
        flown += radii
    assert length(np.zeros(3), np.array([x * RADIUS, y * RADIUS, heading]), RADIUS) <= flown * RADIUS + 1e-3


@many
@given(start=poses, end=poses, share=st.floats(0.0, 0.6), toward=angles)
def test_in_wind_the_path_arrives_and_turns_no_tighter_through_the_air(start, end, share, toward) -> None:
    air = Air(
        speed=SPEED, radius=RADIUS, east=share * SPEED * math.cos(toward), north=share * SPEED * math.sin(toward)
    ).row()
    path = sampled(start, end, air, 1.0)
    time = time_between(start, end, air)
    assert path[0] == pytest.approx(start[:2], abs=1e-3)
    assert path[-1] == pytest.approx(end[:2], abs=1e-3)
    assert time >= math.hypot(*(end - start)[:2]) / (SPEED * (1.0 + share)) - 1e-6
    # Seen from the air the steps are no longer than the time allows: it flies at its airspeed, all the way.
    drifting = path - np.linspace(0.0, time, len(path))[:, None] * air[2:]
    assert np.hypot(*np.diff(drifting, axis=0).T).sum() <= SPEED * time * 1.05 + 1.0


@many
@given(end=poses, heading=angles)
def test_a_point_may_be_left_at_the_best_heading(end, heading) -> None:
    air = Air(speed=SPEED, radius=RADIUS).row()
    free = time_from_point(np.zeros(2), end, air)
    assert free <= time_between(np.array([0.0, 0.0, heading]), end, air) + 0.5
