"""How far a track kept to its plan, on tracks laid out with geodesics at known distances from the planned lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from makers.flown import trajectory
from pyproj import Geod

from upwind.flights.conformance.comparison import conform, conformance_of
from upwind.records import Flight, HeightOver, Home, Route, Trajectory

GEOD = Geod(ellps="WGS84")
ORIGIN = (-110.0, 32.0)
LENGTH = 1000.0
BEGIN = 1.6e9

Places = Sequence[tuple[float, float]]


def place(
    along: float, across: float, origin: tuple[float, float] = ORIGIN, azimuth: float = 90.0
) -> tuple[float, float]:
    """Return the place so far along the geodesic of an azimuth from an origin, and then so far to its right."""
    longitude, latitude, back = GEOD.fwd(*origin, azimuth, along)
    return GEOD.fwd(longitude, latitude, back + 180.0 + 90.0, across)[:2]


def route(lines: Sequence[Places], *, marked: bool = True, height: float = np.nan) -> Route:
    """Return a plan of lines, one after the other."""
    places = np.array([one for line in lines for one in line])
    numbers = [number for number, line in enumerate(lines) for _ in line]
    legs = [one if marked and one == other else -1 for one, other in pairwise(numbers)]
    many = len(places)
    return Route(
        name="f.plan",
        sha256="",
        longitude=places[:, 0],
        latitude=places[:, 1],
        height=np.full(many, height),
        over=(HeightOver.GROUND,) * many,
        sortie=np.zeros(many, dtype=np.int64),
        line=np.array(legs, dtype=np.int64),
        command=np.full(many, 16),
        params=np.full((many, 4), np.nan),
    )


def track(places: Places, begin: float = BEGIN, step_s: float = 1.0) -> Trajectory:
    """Return a track with a sample a place."""
    longitude, latitude = np.array(places).T
    return trajectory(begin + step_s * np.arange(len(places)), longitude, latitude, name="f.csv")


def along(across: float, begin: float = 0.0, end: float = LENGTH, step: float = 10.0) -> list[tuple[float, float]]:
    """Return places at steps along the geodesic east of the origin, so far to its right."""
    many = round(abs(end - begin) / step) + 1
    return [place(one, across) for one in np.linspace(begin, end, many)]


def survey(many: int, spacing: float = 50.0) -> list[Places]:
    """Return lines forth and back."""
    lines = [[place(0.0, spacing * one), place(LENGTH, spacing * one)] for one in range(many)]
    return [line if number % 2 == 0 else line[::-1] for number, line in enumerate(lines)]


def test_a_track_on_the_line_has_flown_all_of_it() -> None:
    one = conform(route(survey(1)), track(along(0.0)))
    line = one.lines[0]
    assert (one.share, line.flown, line.backward, one.in_order, one.backward) == (
        pytest.approx(1.0),
        True,
        False,
        True,
        0,
    )
    assert line.length_m == pytest.approx(LENGTH, abs=1e-6)
    assert line.cross_worst_m == pytest.approx(0.0, abs=1e-3)
    assert line.start == datetime.fromtimestamp(BEGIN, UTC)
    assert line.end == datetime.fromtimestamp(BEGIN + 100, UTC)
    assert one.flown_way_m == pytest.approx(LENGTH, abs=1e-3)


@pytest.mark.parametrize("offset", [-24.0, -3.0, 0.5, 12.0, 24.9])
def test_a_track_beside_the_line_is_as_far_from_it_as_laid_out(offset: float) -> None:
    one = conform(route(survey(1)), track(along(offset)))
    line = one.lines[0]
    assert one.share == pytest.approx(1.0, abs=1e-4)
    for metres in (line.cross_median_m, line.cross_95_m, line.cross_worst_m):
        assert metres == pytest.approx(abs(offset), abs=0.01)


def test_beyond_the_tolerance_nothing_is_flown_but_the_distance_is_told() -> None:
    one = conform(route(survey(1)), track(along(40.0)))
    line = one.lines[0]
    assert (one.share, line.flown) == (0.0, False)
    assert line.cross_median_m == pytest.approx(40.0, abs=0.01)
    assert line.start_overshoot_m is None
    assert conform(route(survey(1)), track(along(40.0)), tolerance_m=41.0).share == pytest.approx(1.0, abs=1e-3)


def test_far_off_there_is_no_line() -> None:
    one = conform(route(survey(1)), track(along(500.0)))
    line = one.lines[0]
    assert (one.share, one.order, one.worst, line.cross_median_m, line.start) == (0.0, (), None, None, None)


def test_cross_track_follows_a_track_that_drifts_off_evenly() -> None:
    drift = [place(one, one / 50.0) for one in np.linspace(0.0, LENGTH, 101)]
    line = conform(route(survey(1)), track(drift)).lines[0]
    assert line.cross_median_m == pytest.approx(10.0, abs=0.15)
    assert line.cross_95_m == pytest.approx(19.0, abs=0.15)
    assert line.cross_worst_m == pytest.approx(20.0, abs=0.01)


def test_the_largest_deviation_is_where_it_was() -> None:
    places = along(0.0)
    places[40] = place(400.0, 18.0)
    worst = conform(route(survey(1)), track(places)).worst
    assert worst is not None
    assert worst.metres == pytest.approx(18.0, abs=0.01)
    assert worst.time == datetime.fromtimestamp(BEGIN + 40, UTC)
    assert (worst.longitude, worst.latitude) == pytest.approx(places[40], abs=1e-9)


def test_lines_flown_backward_and_in_another_order_are_matched_one_by_one() -> None:
    plan = survey(4)
    flown = [along(50.0 * one, *((LENGTH, 0.0) if one % 2 == 0 else (0.0, LENGTH))) for one in (2, 3, 0, 1)]
    one = conform(route(plan), track([at for line in flown for at in line]))
    assert one.share == pytest.approx(1.0, abs=1e-4)
    assert [line.backward for line in one.lines] == [True] * 4
    assert (one.order, one.in_order, one.backward) == ((2, 3, 0, 1), False, 4)


@pytest.mark.parametrize("spacing", [20.0, 50.0, 200.0])
def test_a_missed_line_is_not_taken_for_flown_because_its_neighbours_were(spacing: float) -> None:
    turns = [
        along(0.0, -50.0, LENGTH + 50.0),
        [place(LENGTH + 100.0, 0.7 * spacing)],
        along(2 * spacing, LENGTH + 50.0, -50.0),
    ]
    one = conform(route(survey(3, spacing)), track([at for part in turns for at in part]))
    assert [round(line.share, 2) for line in one.lines] == [1.0, 0.0, 1.0]
    assert [line.flown for line in one.lines] == [True, False, True]


@pytest.mark.parametrize(("before", "after"), [(60.0, 30.0), (0.0, 0.0), (-110.0, -200.0)])
def test_overshoot_is_how_far_the_track_went_on_beyond_the_ends(before: float, after: float) -> None:
    line = conform(route(survey(1)), track(along(2.0, -before, LENGTH + after))).lines[0]
    assert line.start_overshoot_m == pytest.approx(before, abs=0.01)
    assert line.end_overshoot_m == pytest.approx(after, abs=0.01)
    assert line.share == pytest.approx(1.0 + min(before, 0.0) / LENGTH + min(after, 0.0) / LENGTH, abs=1e-4)
    backward = conform(route(survey(1)), track(along(2.0, -before, LENGTH + after)[::-1])).lines[0]
    assert (backward.start_overshoot_m, backward.end_overshoot_m) == (
        pytest.approx(line.start_overshoot_m, abs=0.01),
        pytest.approx(line.end_overshoot_m, abs=0.01),
    )


def test_what_lies_in_a_gap_of_the_track_is_not_shown_as_flown() -> None:
    places = along(0.0)
    whole = track(places)
    rows = np.r_[0:30, 70:101]
    columns = ("time", "longitude", "latitude", "height", "altitude", "ellipsoidal_height", "pressure_altitude", "row")
    columns += ("flight", "platform")
    torn = replace(whole, **{name: getattr(whole, name)[rows] for name in columns})
    one = conform(route(survey(1)), torn)
    assert one.share == pytest.approx(0.59, abs=1e-3)
    assert one.lines[0].start_overshoot_m == pytest.approx(0.0, abs=0.01)


def test_samples_without_a_fix_and_far_excursions_do_not_count() -> None:
    places = along(0.0)
    places[50] = (0.0, 0.0)
    one = conform(route(survey(1)), track(places))
    assert one.share == pytest.approx(1.0, abs=1e-4)
    assert one.flown_way_m == pytest.approx(LENGTH, abs=1e-3)
    places[50] = (10.0, 50.0)
    one = conform(route(survey(1)), track(places))
    assert one.share == pytest.approx(0.98, abs=0.021)
    assert one.worst is not None
    assert one.worst.metres == pytest.approx(0.0, abs=0.01)


def test_a_line_flown_in_two_parts_is_flown() -> None:
    parts = along(0.0, 0.0, 600.0) + along(300.0, 600.0, 0.0) + along(0.0, 500.0, LENGTH)
    line = conform(route(survey(1)), track(parts)).lines[0]
    assert line.share == pytest.approx(1.0, abs=1e-4)
    assert line.end == datetime.fromtimestamp(BEGIN + len(parts) - 1, UTC)


@pytest.mark.parametrize("angle", [50.0, 30.0, 25.0, 18.0])
def test_a_track_that_only_crosses_a_line_has_not_flown_it(angle: float) -> None:
    at = np.linspace(-500.0, 500.0, 101)
    crossing = [place(1000.0 + one * np.cos(np.radians(angle)), one * np.sin(np.radians(angle))) for one in at.tolist()]
    one = conform(route([[ORIGIN, place(2000.0, 0.0)]]), track(crossing))
    assert (one.share, one.order) == (0.0, ())


def test_a_line_left_half_way_was_flown_so_far() -> None:
    one = conform(route(survey(1)), track([*along(0.0, 0.0, 400.0), *(place(400.0, 20.0 * at) for at in range(30))]))
    assert one.share == pytest.approx(0.4, abs=0.02)
    assert one.order == (0,)


def test_hovering_adds_nothing_and_receiver_noise_little() -> None:
    draw = np.random.default_rng(3)
    still = along(0.0, 0.0, 400.0, 1.0) + [place(400.0, 15.0)] * 600 + along(0.0, 400.0, LENGTH, 1.0)
    noisy = [(longitude + 1e-5 * draw.normal(), latitude + 1e-5 * draw.normal()) for longitude, latitude in still]
    line = conform(route(survey(1)), track(noisy, step_s=0.1)).lines[0]
    assert line.share == pytest.approx(1.0, abs=0.005)
    assert line.cross_median_m is not None
    assert line.cross_median_m < 1.0  # a degree of latitude is 111 km: the noise is 1.1 m, half of it under 0.75 m


def test_a_plan_without_marks_is_compared_leg_by_leg() -> None:
    plan = route(survey(2), marked=False)
    turning = [at for line in (along(0.0), along(50.0, LENGTH, 0.0)) for at in line]
    one = conform(plan, track(turning))
    assert [(line.first, line.last) for line in one.lines] == [(0, 1), (1, 2), (2, 3)]
    assert one.planned_m == pytest.approx(2 * LENGTH + 50.0, abs=0.01)


def test_a_bent_line_is_one_where_it_bends_little_and_two_at_a_corner() -> None:
    bend, corner = place(500.0, 0.0), place(LENGTH, 60.0)
    plan = route([[ORIGIN, bend, corner, place(LENGTH, 500.0)]])
    one = conform(plan, track([ORIGIN, bend, corner, place(LENGTH, 500.0)], step_s=60.0))
    assert [(line.first, line.last) for line in one.lines] == [(0, 2), (2, 3)]
    assert one.share == pytest.approx(1.0, abs=1e-3)


def test_heights_are_compared_where_both_are_over_the_same() -> None:
    flown = track(along(0.0))
    flown = replace(flown, height=np.full(101, 57.0), altitude=np.full(101, 1457.0))
    plan = route(survey(1), height=50.0)
    line = conform(plan, flown).lines[0]
    assert (line.height_median_m, line.height_95_m) == (pytest.approx(7.0), pytest.approx(7.0))
    over_sea = replace(plan, over=(HeightOver.SEA,) * 2, height=plan.height + 1410.0)
    assert conform(over_sea, flown).lines[0].height_median_m == pytest.approx(-3.0)
    over_home = replace(plan, over=(HeightOver.HOME,) * 2)
    assert conform(over_home, flown).lines[0].height_median_m is None
    home = Home(longitude=ORIGIN[0], latitude=ORIGIN[1], height_m=1400.0)
    assert conform(replace(over_home, home=home), flown).lines[0].height_median_m == pytest.approx(7.0)
    ellipsoid = replace(plan, over=(HeightOver.ELLIPSOID,) * 2)
    assert conform(ellipsoid, flown).lines[0].height_median_m is None


def test_it_is_right_across_the_antimeridian() -> None:
    origin = (179.999, -17.0)
    ends = [place(0.0, 0.0, origin, 60.0), place(5000.0, 0.0, origin, 60.0)]
    places = [place(one, 8.0, origin, 60.0) for one in np.linspace(0.0, 5000.0, 201)]
    assert ends[0][0] > 0 > ends[1][0]
    one = conform(route([ends]), track(places))
    assert one.share == pytest.approx(1.0, abs=1e-4)
    assert one.lines[0].cross_median_m == pytest.approx(8.0, abs=0.01)
    assert one.planned_m == pytest.approx(5000.0, abs=1e-3)
    assert one.flown_way_m == pytest.approx(5000.0, abs=1.0)


def test_a_long_line_is_a_geodesic() -> None:
    origin, azimuth, length = (-120.0, 45.0), 70.0, 400_000.0
    ends = [place(0.0, 0.0, origin, azimuth), place(length, 0.0, origin, azimuth)]
    places = [place(one, 20.0, origin, azimuth) for one in np.linspace(0.0, length, 2001)]
    line = conform(route([ends]), track(places)).lines[0]
    assert line.share == pytest.approx(1.0, abs=1e-4)
    assert line.cross_median_m == pytest.approx(20.0, abs=0.05)


def test_a_flight_of_a_mission_is_compared_over_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "f.geojson").write_text(
        f'{{"type": "LineString", "coordinates": [{list(ORIGIN)}, {list(place(LENGTH, 0.0))}]}}', encoding="utf-8"
    )
    flight = Flight(
        id="F1",
        files=(),
        platform="",
        sensor="",
        wind=None,
        plan=tmp_path / "f.geojson",
        authority="",
        group="",
    )
    parts = [track(along(0.0, 0.0, 500.0)), track(along(0.0, 500.0, LENGTH), begin=BEGIN + 500.0)]
    one = conformance_of(flight, parts)
    assert one is not None
    assert (one.plan, one.track, one.share) == ("f.geojson", "f.csv, f.csv", pytest.approx(1.0, abs=1e-4))
    assert conformance_of(replace(flight, plan=None), parts) is None
    assert conformance_of(flight, []) is None


def test_the_document_counts_lines_from_one() -> None:
    said = conform(route(survey(2)), track(along(50.0, LENGTH, 0.0))).as_json()
    assert (said["order"], said["lines_flown"], said["share"]) == ([2], 1, 0.5)
    assert [line["line"] for line in said["lines"]] == [1, 2]
    assert said["lines"][0]["cross_track_m"] == {"median": None, "p95": None, "worst": None}
    assert said["lines"][1]["from"] == "2020-09-13T12:26:40Z"


def test_a_plan_of_one_waypoint_has_no_line_to_compare() -> None:
    lonely = replace(route([[ORIGIN]]), line=np.zeros(0, dtype=np.int64))
    one = conform(lonely, track(along(0.0)))
    assert (one.share, one.lines, one.planned_way_m) == (None, (), 0.0)


def test_a_track_of_which_nothing_is_believed_has_flown_nothing() -> None:
    one = conform(route(survey(2)), track([(0.0, 0.0)] * 5))
    assert (one.share, one.flown_way_m, one.order) == (0.0, 0.0, ())


def test_flights_are_not_joined_to_each_other() -> None:
    both = track(along(0.0, 0.0, 300.0) + along(0.0, 700.0, LENGTH))
    both = replace(both, flight=(np.arange(62) >= 31).astype(np.int64), flights=("A", "B"))
    one = conform(route(survey(1)), both)
    assert one.share == pytest.approx(0.6, abs=1e-4)
    assert one.flown_way_m == pytest.approx(600.0, abs=1e-3)
