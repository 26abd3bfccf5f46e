"""What a map of an audit is made of, over states that are squares: who was where, and what lies about it."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pytest
from makers.flown import authorisation, trajectory

from upwind.flights.audit.entries import audit
from upwind.flights.audit.picture import pictures
from upwind.flights.audit.surroundings import Box, surroundings
from upwind.flights.borders.atlas import Atlas
from upwind.flights.borders.grid import build
from upwind.flights.borders.lookup import locate_points
from upwind.flights.borders.polygons import Polygons
from upwind.records import Trajectory
from upwind.render.content import AuditedTrack, Mark

START = 1_600_000_000.0
YEAR = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)


def make_squares(*squares: tuple[str, float, float, float, float]) -> Polygons:
    """Return squares by name, west, south, east, north."""
    names = tuple(dict.fromkeys(name for name, *_ in squares))
    return Polygons(
        names=names,
        area=np.array([names.index(name) for name, *_ in squares], dtype=np.int32),
        start=np.arange(len(squares) + 1) * 4,
        longitude=np.array([x for _, west, _, east, _ in squares for x in (west, east, east, west)]),
        latitude=np.array([y for _, _, south, _, north in squares for y in (south, south, north, north)]),
    )


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """Two states side by side, each of land in its north and sea in its south."""
    states = make_squares(("AAA", 10.0, 20.0, 11.0, 22.0), ("BBB", 11.0, 20.0, 12.0, 22.0))
    none = Polygons(
        names=(), area=np.empty(0, np.int32), start=np.zeros(1, np.int64), longitude=np.empty(0), latitude=np.empty(0)
    )
    return Atlas(
        states=states.names,
        borders=build(states),
        land=build(make_squares(("land", 9.0, 21.0, 13.0, 23.0))),
        airspaces=(),
        special=build(none),
    )


def make_trajectory(longitude: npt.NDArray[np.float64], latitude: float, flights: int = 1) -> Trajectory:
    many = len(longitude)
    return trajectory(
        START + 60.0 * np.arange(many),
        longitude,
        latitude,
        name="x.csv",
        altitude=np.full(many, 300.0),
        flight=np.arange(many) * flights // many,
        flights=tuple(f"f{number}" for number in range(flights)),
        platforms=("P",),
    )


def draw(atlas: Atlas, trajectory: Trajectory, *states: str) -> AuditedTrack:
    allowed = [authorisation(state, *YEAR) for state in states]
    (track,) = pictures([audit(trajectory, allowed, atlas)], allowed, atlas)
    return track


def test_each_sample_is_marked_by_whose_sea_it_is_over(atlas: Atlas) -> None:
    longitude = np.arange(9.55, 12.5, 0.1)
    track = draw(atlas, make_trajectory(longitude, 20.5), "AAA")
    wanted = np.full(len(longitude), Mark.OUTSIDE.value)
    wanted[(longitude > 10) & (longitude < 11)] = Mark.AUTHORISED
    wanted[(longitude > 11) & (longitude < 12)] = Mark.UNAUTHORISED
    np.testing.assert_array_equal(track.mark, wanted)
    assert track.datum == "sea"


def test_a_sample_near_the_edge_is_marked_as_within_error(atlas: Atlas) -> None:
    beside = 10.0 + 20 / 104_000
    track = draw(atlas, make_trajectory(np.array([9.8, 9.9, beside, 10.1, 10.2]), 20.5))
    assert track.mark.tolist() == [
        Mark.OUTSIDE,
        Mark.OUTSIDE,
        Mark.WITHIN_ERROR,
        Mark.UNAUTHORISED,
        Mark.UNAUTHORISED,
    ]


def test_a_state_crossed_between_two_samples_marks_the_way_alone(atlas: Atlas) -> None:
    track = draw(atlas, crossing())
    assert [entry.points for entry in track.entries] == [0]
    assert track.mark.tolist() == [Mark.OUTSIDE, Mark.UNAUTHORISED, Mark.OUTSIDE, Mark.OUTSIDE]
    assert track.entered_at.tolist() == [1]


def crossing() -> Trajectory:
    """Return a flight that cuts the south-western corner of AAA between its second and third sample."""
    made = make_trajectory(np.array([9.9, 9.95, 10.1, 10.2]), 20.0)
    made.latitude[:] = [19.9, 20.1 - 0.06, 19.97, 19.9]
    return made


def test_entries_of_a_second_flight_are_found_in_it(atlas: Atlas) -> None:
    longitude = np.concatenate([np.arange(9.0, 9.5, 0.1), np.arange(10.05, 10.5, 0.1)])
    track = draw(atlas, make_trajectory(longitude, 20.5, flights=2))
    (entry,) = track.entries
    assert entry.flight == "f1"
    assert track.flight[track.entered_at[0]] == 1


def test_borders_are_on_land_limits_at_sea_and_what_two_states_share_is_drawn_once(atlas: Atlas) -> None:
    box = Box(longitude=11.0, latitude=21.0, east=3.0, north=3.0)
    seen = surroundings(atlas, box, np.array([11.0]), np.array([21.0]), ())
    length = dict.fromkeys(("coast", "border", "limit"), 0.0)
    for line in seen.lines:
        length[line.kind] += float(np.hypot(*np.diff(line.places, axis=0).T).sum())
    assert sum(length[kind] for kind in ("border", "limit")) == pytest.approx(2 * 3 + 2 * 2)
    assert length["coast"] == pytest.approx(4 + 4 + 2 + 2)


def test_land_is_cut_to_the_box(atlas: Atlas) -> None:
    box = Box(longitude=9.0, latitude=21.0, east=1.0, north=1.0)
    seen = surroundings(atlas, box, np.array([9.5]), np.array([21.0]), ())
    (ring,) = seen.land
    x, y = ring.T
    area = abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2
    assert area == pytest.approx(1.0)


def test_a_name_stands_within_its_state(atlas: Atlas) -> None:
    box = Box(longitude=11.0, latitude=21.0, east=3.0, north=3.0)
    seen = surroundings(atlas, box, np.array([11.0]), np.array([21.0]), ())
    places = {label.state: label for label in seen.states}
    assert 10 < places["AAA"].longitude < 11 < places["BBB"].longitude < 12


def test_a_box_across_the_antimeridian_finds_what_is_on_both_sides() -> None:
    states = make_squares(("AAA", 179.0, 0.0, 180.0, 1.0), ("AAA", -180.0, 0.0, -179.0, 1.0))
    made = Atlas(states=("AAA",), borders=build(states), land=build(states), airspaces=(), special=build(states))
    box = Box(longitude=180.0, latitude=0.5, east=2.0, north=2.0)
    seen = surroundings(made, box, np.array([179.9, -179.9]), np.array([0.5, 0.5]), ())
    assert len(seen.land) == 2
    assert {round(float(ring[:, 0].min())) for ring in seen.land} == {179, 180}
    every = np.concatenate([line.places for line in seen.lines if line.kind == "coast"])
    assert not any((line.places[:, 0] == 180.0).all() for line in seen.lines)
    assert (every[:, 0].min(), every[:, 0].max()) == (179.0, 181.0)


def test_of_many_tracks_twelve_are_drawn_those_with_unauthorised_entries_first(atlas: Atlas) -> None:
    clean = [audit(make_trajectory(np.arange(8.0, 8.5, 0.1), 20.5), (), atlas)] * 14
    entered = audit(make_trajectory(np.arange(10.1, 10.5, 0.1), 20.5), (), atlas)
    tracks = pictures([*clean, entered], (), atlas)
    drawn = [track.surroundings is not None for track in tracks]
    assert sum(drawn) == 12
    assert drawn[-1]


@pytest.mark.parametrize("longitude", [179.99999, 179.9999999, 180.0, -180.0, -179.99999])
def test_a_cut_along_the_antimeridian_that_wanders_by_a_unit_is_no_edge(longitude: float) -> None:
    west = make_squares(("AAA", 179.0, 0.0, 180.0, 1.0), ("AAA", -180.0, 0.0, -179.0, 1.0))
    wandering = west.longitude.copy()
    wandering[[1, 7]] = 179.9999999, -179.9999999
    states = replace(west, longitude=wandering)
    found = locate_points(build(states), np.array([longitude]), np.array([0.5]))
    assert (found.inside.tolist(), found.distance.tolist()) == ([True], [np.inf])
