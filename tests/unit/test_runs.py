"""Runs of samples become entries: split where a flight leaves, joined where it does not, whatever the order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.flown import trajectory

from upwind.flights.audit.entries import audit
from upwind.flights.borders.atlas import Atlas
from upwind.flights.borders.grid import build
from upwind.flights.borders.polygons import Polygons, polygons_of
from upwind.records import Entry, Trajectory

#: Three states of a tenth of a degree, the first two overlapping, and land under the left half of them.
STATES = {"AAA": (0.0, 0.0, 0.1, 0.1), "BBB": (0.05, 0.0, 0.15, 0.1), "CCC": (0.2, 0.0, 0.3, 0.1)}
LAND = (-1.0, -1.0, 0.08, 1.0)


def boxes(*of: tuple[float, float, float, float]) -> Polygons:
    corners = [[(w, s), (e, s), (e, n), (w, n)] for w, s, e, n in of]
    flat = np.array(corners).reshape(-1, 2)
    return Polygons(
        names=tuple(STATES)[: len(of)],
        area=np.arange(len(of), dtype=np.int32),
        start=np.arange(0, len(flat) + 1, 4),
        longitude=flat[:, 0].copy(),
        latitude=flat[:, 1].copy(),
    )


ATLAS = Atlas(
    states=tuple(STATES),
    borders=build(boxes(*STATES.values())),
    land=build(boxes(LAND)),
    airspaces=(),
    special=build(polygons_of(())),
)


def flown(time: np.ndarray, longitude: np.ndarray, latitude: np.ndarray, flight: np.ndarray) -> Trajectory:
    """Return up to three flights of one file."""
    return trajectory(1.6e9 + time, longitude, latitude, flight=flight.astype(np.int64), flights=tuple("FGH"))


@st.composite
def flights(draw: st.DrawFn) -> Trajectory:
    """Return up to three flights that wander over the states, now and then with a spike, a repeat or no fix."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(2, 80))
    pause = rng.choice([0.0, 1.0, 30.0, 100.0], count)
    flight = np.sort(rng.integers(0, 3, count))
    step = np.minimum(pause * 300.0 / 111_195.0, 0.08)
    x = 0.15 + np.cumsum(rng.normal(0, 1, count) * step * 0.5)
    y = 0.05 + 0.3 * np.cumsum(rng.normal(0, 1, count) * step * 0.3)
    odd = rng.uniform(size=count)
    x[odd < 0.04] += 3.0
    x[(odd > 0.04) & (odd < 0.08)] = 0.07
    x[odd > 0.97], y[odd > 0.97] = 0.0, 0.0
    again = np.flatnonzero((odd > 0.9) & (odd < 0.93))
    again = again[again > 0]
    x[again], y[again], pause[again] = x[again - 1], y[again - 1], 0.0
    x, y = np.clip(x, -0.1, 3.5), np.clip(y, -0.1, 0.2)
    return flown(np.cumsum(pause), x, y, flight)


def counted(entries: tuple[Entry, ...]) -> Counter[tuple[str, str, str]]:
    points: Counter[tuple[str, str, str]] = Counter()
    for entry in entries:
        points[entry.flight, entry.state, str(entry.kind)] += entry.points
    return +points


def truth(track: Trajectory) -> Counter[tuple[str, str, str]]:
    """Return how many samples of each flight are inside or within 50 m of each state, by shapely."""
    points = shapely.points(track.longitude, track.latitude)
    kind = np.where(shapely.covers(shapely.box(*LAND), points), "land", "territorial sea")
    found: Counter[tuple[str, str, str]] = Counter()
    for state, box in STATES.items():
        # At the equator a degree of latitude is 110.57 km and one of longitude 111.32 km; the least makes the reach.
        near = shapely.distance(shapely.box(*box), points) * 110_574.0 <= 50.0
        for at in np.flatnonzero(near):
            found[track.flights[track.flight[at]], state, str(kind[at])] += 1
    return found


@settings(max_examples=150)
@given(flights())
def test_points_of_entries_are_the_samples_there(track: Trajectory) -> None:
    edges = np.concatenate([np.array(box)[[0, 2]] for box in STATES.values()])
    close = np.abs(track.longitude[:, None] - edges).min(axis=1) * 110_574.0
    if ((close > 49.0) & (close < 51.0)).any() or (np.abs(np.abs(track.latitude - 0.05) - 0.05) < 5e-4).any():
        return  # at the rim of what is within error, a flat Earth does not tell
    assert counted(audit(track, (), ATLAS).entries) == truth(track)


@settings(max_examples=150)
@given(flights())
def test_runs_of_one_flight_in_one_state_and_kind_do_not_overlap(track: Trajectory) -> None:
    made: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in audit(track, (), ATLAS).entries:
        made.setdefault((entry.flight, entry.state, str(entry.kind)), []).append(entry)
    for entries in made.values():
        entries.sort(key=lambda entry: (entry.start, entry.end))
        for one, other in pairwise(entries):
            assert one.end <= other.start


@settings(max_examples=60)
@given(flights(), st.randoms(use_true_random=False))
def test_the_order_of_flights_in_a_file_does_not_matter(track: Trajectory, random) -> None:
    names = [0, 1, 2]
    random.shuffle(names)
    order = np.concatenate([np.flatnonzero(track.flight == name) for name in names])
    mixed = flown(track.time[order] - 1.6e9, track.longitude[order], track.latitude[order], track.flight[order])

    def sorted_entries(one: Trajectory) -> list[Entry]:
        return sorted(
            audit(one, (), ATLAS).entries,
            key=lambda entry: (entry.flight, entry.state, entry.kind, entry.start, entry.end, entry.points),
        )

    assert sorted_entries(mixed) == sorted_entries(track)
    alone = [
        entry
        for name in (0, 1, 2)
        if (track.flight == name).any()
        for entry in audit(_only(track, name), (), ATLAS).entries
    ]
    assert counted(tuple(alone)) == counted(audit(track, (), ATLAS).entries)


def _only(track: Trajectory, flight: int) -> Trajectory:
    at = track.flight == flight
    return flown(track.time[at] - 1.6e9, track.longitude[at], track.latitude[at], track.flight[at])


@settings(max_examples=60)
@given(flights())
def test_flights_gone_through_a_few_at_a_time_are_audited_the_same(track: Trajectory) -> None:
    whole = audit(track, (), ATLAS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("upwind.flights.audit.flown._PART", 7)
        parts = audit(track, (), ATLAS)
    assert (parts.entries, parts.informed) == (whole.entries, whole.informed)
    for name in ("sample", "state", "at_sea", "inside"):
        assert np.array_equal(getattr(parts.verdicts, name), getattr(whole.verdicts, name))


@settings(max_examples=100)
@given(flights())
def test_a_sample_has_one_verdict_a_state_and_they_stand_in_order(track: Trajectory) -> None:
    verdicts = audit(track, (), ATLAS).verdicts
    pairs = list(zip(verdicts.sample.tolist(), verdicts.state.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert (np.diff(verdicts.sample) >= 0).all()


def test_a_sample_on_an_edge_has_one_verdict_though_the_way_on_begins_there() -> None:
    verdicts = audit(straight([0.2, 0.32, 0.3, 0.25]), (), ATLAS).verdicts
    assert verdicts.sample.tolist() == [0, 2, 3]


def straight(longitude: list[float], latitude: float = 0.05, pause: float = 60.0) -> Trajectory:
    x = np.array(longitude)
    return flown(pause * np.arange(len(x)), x, np.full(len(x), latitude), np.zeros(len(x)))


def said(track: Trajectory) -> list[tuple[str, str, int, str]]:
    made = sorted(audit(track, (), ATLAS).entries, key=lambda entry: (entry.start, entry.state))
    return [(entry.state, str(entry.kind), entry.points, str(entry.verdict)) for entry in made]


def test_a_stay_is_split_where_it_leaves_and_where_the_kind_changes() -> None:
    track = straight([0.06, 0.07, 0.09, 0.12, 0.18, 0.14, 0.18])
    assert said(track) == [
        ("AAA", "land", 2, "inside"),
        ("BBB", "land", 2, "inside"),
        ("AAA", "territorial sea", 1, "inside"),
        ("BBB", "territorial sea", 2, "inside"),
        ("BBB", "territorial sea", 1, "inside"),
    ]


def test_what_lies_only_between_two_samples_is_an_entry_of_no_points() -> None:
    track = straight([0.18, 0.32], pause=600.0)
    (entry,) = audit(track, (), ATLAS).entries
    assert (entry.state, entry.points, str(entry.verdict)) == ("CCC", 0, "inside")
    assert (entry.start.timestamp(), entry.end.timestamp()) == (1.6e9, 1.6e9 + 600)


def test_two_states_claim_a_place_and_both_are_entered() -> None:
    entries = audit(straight([0.06, 0.061]), (), ATLAS).entries
    assert [(entry.state, entry.disputed) for entry in entries] == [("AAA", True), ("BBB", True)]


def test_one_flight_of_two_files_is_never_one_entry() -> None:
    track = straight([0.21, 0.22])
    both = [audit(one, (), ATLAS).entries for one in (track, replace(track, name="other"))]
    assert [len(entries) for entries in both] == [1, 1]


def test_a_track_that_goes_nowhere_near_has_no_entry() -> None:
    assert said(straight([1.0, 1.1, 1.2])) == []


@pytest.mark.parametrize("metres", [-49.0, 49.0])
def test_within_error_is_an_entry_that_says_so(metres: float) -> None:
    track = straight([0.2 + metres / 111_319.5] * 2)
    track = replace(track, latitude=track.latitude + np.array([0.0, 1e-5]))
    assert said(track) == [("CCC", "territorial sea", 2, "within error")]
