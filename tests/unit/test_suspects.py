"""Samples that are not to be believed: flagged, and neither removing nor clearing an entry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from makers.flown import trajectory

from upwind.flights.audit.entries import Audit, audit
from upwind.flights.audit.flown import flown_of
from upwind.flights.audit.suspects import DUPLICATE, EXCURSION, JUMP, NO_FIX, flags_of
from upwind.flights.borders.atlas import Atlas
from upwind.flights.borders.grid import build
from upwind.flights.borders.polygons import Polygons, polygons_of
from upwind.records import Trajectory

#: A degree of latitude. [m]
DEGREE_M = 111_195.0
Sample = tuple[float, float, float]


def flown(*samples: Sample) -> Trajectory:
    """Return one flight of time [s], longitude, latitude [deg]."""
    time, longitude, latitude = np.array(samples, dtype=float).T
    return trajectory(1.6e9 + time, longitude, latitude, flights=("F",), platforms=("P",))


def world() -> Atlas:
    """Return a world of three states of a degree each, at 10, 13 and 30 degrees east, all of it land."""
    boxes = [[(x, 10.0), (x + 1, 10.0), (x + 1, 11.0), (x, 11.0)] for x in (10.0, 13.0, 30.0)]
    flat = np.array([vertex for ring in boxes for vertex in ring])
    states = Polygons(
        names=("AAA", "BBB", "CCC"),
        area=np.arange(3, dtype=np.int32),
        start=np.array([0, 4, 8, 12]),
        longitude=flat[:, 0].copy(),
        latitude=flat[:, 1].copy(),
    )
    borders = build(states)
    return Atlas(states=states.names, borders=borders, land=borders, airspaces=(), special=build(polygons_of(())))


def said(made: Audit) -> list[tuple[str, int, bool]]:
    return [(entry.state, entry.points, entry.suspect) for entry in made.entries]


def line(seconds: Sequence[float], longitude: float = 10.5, latitude: float = 10.2) -> list[Sample]:
    """Return samples on the way north at 50 m/s."""
    return [(second, longitude, latitude + 50.0 * second / DEGREE_M) for second in seconds]


def test_zero_zero_before_a_fix_draws_no_line_across_continents() -> None:
    made = audit(flown((0, 0, 0), (1, 0, 0), (2, 0.0005, -0.0005), *line(range(3, 9), 30.5)), (), world())
    assert said(made) == [("CCC", 6, False)]
    assert made.flown.flags.tolist() == [NO_FIX] * 3 + [0] * 6


def test_zero_zero_within_a_flight_neither_ends_an_entry_nor_begins_one() -> None:
    made = audit(flown(*line(range(5)), (5, 0, 0), *line(range(6, 9))), (), world())
    assert said(made) == [("AAA", 8, False)]


def test_a_spike_of_300_km_neither_removes_nor_clears_an_entry_and_keeps_its_verdict() -> None:
    spike = (5.0, 13.5, 10.2)
    made = audit(flown(*line(range(5)), spike, *line(range(6, 12))), (), world())
    assert said(made) == [("AAA", 11, False), ("BBB", 1, True)]
    assert made.flown.flags.tolist() == [0] * 5 + [JUMP | EXCURSION, JUMP] + [0] * 5
    assert made.verdicts.sample[made.verdicts.state == 1].tolist() == [5]
    assert made.verdicts.inside.all()


def test_a_spike_out_of_the_only_sample_in_a_state_does_not_clear_it() -> None:
    made = audit(flown((0, 12.0, 10.5), (1, 12.001, 10.5), (2, 13.5, 10.5), (3, 12.003, 10.5)), (), world())
    assert said(made) == [("BBB", 1, True)]


def test_a_spoofed_stay_keeps_its_own_verdicts_and_its_own_way() -> None:
    away = [(10.0 + second, 13.5, 10.5 + second * 1e-4) for second in range(5)]
    made = audit(flown(*line(range(10)), *away, *line(range(15, 20))), (), world())
    assert said(made) == [("AAA", 15, False), ("BBB", 5, True)]


def test_late_positions_are_jumps_and_no_excursions() -> None:
    """Receivers stamp a position when it comes: one flown 4 s earlier, then the one that is due, 1 km on in 1 s."""
    places = [(float(second), 10.5, 10.2 + 250.0 * (second - 4 * (5 <= second < 9)) / DEGREE_M) for second in range(15)]
    flags = flown_of(flown(*places)).flags
    assert np.flatnonzero(flags & JUMP).tolist() == [5, 9] or np.flatnonzero(flags & JUMP).tolist() == [9]
    assert not (flags & EXCURSION).any()
    assert said(audit(flown(*places), (), world())) == [("AAA", 15, False)]


def test_a_jump_that_does_not_come_back_is_a_way_like_any_other() -> None:
    made = audit(flown(*line(range(3)), *line(range(3, 6), 13.5)), (), world())
    assert said(made) == [("AAA", 3, False), ("BBB", 3, False)]


@pytest.mark.parametrize(("metres", "flag"), [(500 + 340 - 5, 0), (500 + 340 + 5, JUMP)])
def test_a_jump_is_farther_than_the_fastest_flies(metres: float, flag: int) -> None:
    flags = flags_of(np.array([0.0, 1.0]), np.full(2, 20.0), np.array([0.0, metres / DEGREE_M]), np.zeros(2, np.int64))
    assert flags.tolist() == [0, flag]


def test_a_sample_said_twice_is_counted_and_joins() -> None:
    samples = line(range(4))
    made = audit(flown(*samples[:2], samples[1], *samples[2:]), (), world())
    assert said(made) == [("AAA", 5, False)]
    assert made.flown.flags.tolist() == [0, 0, DUPLICATE, 0, 0]


def test_another_flight_is_never_a_jump() -> None:
    flight = np.array([0, 0, 1, 1])
    flags = flags_of(np.arange(4.0), np.array([10.0, 10.0, 90.0, 90.0]), np.array([10.0, 10.001, 0.0, 0.001]), flight)
    assert flags.tolist() == [0, 0, 0, 0]
