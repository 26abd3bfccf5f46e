"""Surveys of random areas: covered, within endurance, never quicker than the bound, whichever way the world lies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.errors import InputError
from upwind.flights.plan import Breeze, Effort, Survey, plan_survey
from upwind.geo import Frame
from upwind.records import Platform, Sensor

shapely = pytest.importorskip("shapely")

FRAME = Frame(longitude=9.0, latitude=48.0)
WING = Platform(name="wing", speed_m_s=20.0, bank_deg=25.0, endurance_h=50.0)
SCANNER = Sensor(name="scanner", swath_m=300.0, height_m=400.0, overlap=0.2)
QUICK = Effort(courses=2, kicks=5)
few = settings(max_examples=20)


def degrees(corners) -> np.ndarray:
    return np.column_stack(FRAME.to_geographic(*np.asarray(corners, dtype=float).T))


def seen(survey: Survey, polygons, swath_m: float) -> float:
    """Return the share of the area in swaths about the exported lines, by shapely, sides straight in degrees."""
    dense = [[_dense(np.round(ring, 12)) for ring in polygon] for polygon in polygons]
    area = shapely.union_all([shapely.Polygon(outer, holes) for outer, *holes in dense])
    swaths = []
    for sortie in survey.sorties:
        stops = np.column_stack(FRAME.to_local(*np.round(sortie.waypoints[:, :2], 7).T))
        swaths += [shapely.LineString(stops[line]).buffer(swath_m / 2.0, cap_style="flat") for line in sortie.lines]
    return 1.0 - area.difference(shapely.union_all(swaths)).area / area.area


def _dense(ring) -> np.ndarray:
    after = np.roll(ring, -1, axis=0)
    parts = [one + np.linspace(0, 1, 30)[:-1, None] * (two - one) for one, two in zip(ring, after, strict=True)]
    return np.column_stack(FRAME.to_local(*np.concatenate(parts).T))


@few
@given(seed=st.integers(0, 10_000), share=st.sampled_from((0.0, 0.3, 0.6)), based=st.booleans())
def test_random_areas_are_covered_within_endurance_and_never_below_the_bound(seed, share, based) -> None:
    rng = np.random.default_rng(seed)
    around = np.sort(rng.random(9)) * 2.0 * math.pi
    away = rng.uniform(1500.0, 5000.0, 9)
    outer = degrees(np.column_stack([away * np.cos(around), away * np.sin(around)]))
    hole = degrees([(-200, -150), (150, -200), (100, 250)])
    wind = Breeze(speed=share * 20.0, from_deg=float(rng.uniform(0, 360))) if share else None
    base = tuple(degrees([(-4000.0, 5000.0)])[0].tolist()) if based else None
    platform = Platform(name="wing", speed_m_s=20.0, bank_deg=25.0, endurance_h=1.5)
    survey = plan_survey([[outer, hole]], platform, SCANNER, wind, base, QUICK)
    assert seen(survey, [[outer, hole]], 300.0) > 0.9999
    assert survey.coverage > 0.9999
    assert max(sortie.time_s for sortie in survey.sorties) <= 1.5 * 3600.0 + 1e-6
    assert 0.0 < survey.lower_bound_s <= survey.time_s
    assert 0.0 < survey.parallel_bound_s <= survey.time_s


def test_a_concave_area_with_a_hole_is_covered_close_to_the_least_time() -> None:
    outer = degrees([(-9e3, -9e3), (9e3, -9e3), (9e3, 0), (0, 0), (0, 9e3), (-9e3, 9e3)])
    hole = degrees([(-6e3, -6e3), (-3e3, -6e3), (-3e3, -3e3), (-6e3, -3e3)])
    survey = plan_survey([[outer, hole]], WING, SCANNER)
    assert seen(survey, [[outer, hole]], 300.0) > 0.9999
    assert survey.time_s / survey.parallel_bound_s < 1.05


def test_far_corners_of_ten_thousand_square_kilometres_are_seen() -> None:
    outer = degrees([(-5e4, -5e4), (5e4, -5e4), (5e4, 5e4), (-5e4, 5e4)])
    wide = Sensor(name="wide", swath_m=2000.0, height_m=3000.0, overlap=0.1)
    survey = plan_survey([[outer]], WING, wide, None, None, QUICK)
    assert seen(survey, [[outer]], 2000.0) > 0.9999


def test_path_is_as_long_as_it_takes_and_joins_the_waypoints() -> None:
    outer = degrees([(-2e3, -1e3), (2e3, -1e3), (2e3, 1e3), (-2e3, 1e3)])
    sortie = plan_survey([[outer]], WING, SCANNER, None, None, QUICK).sorties[0]
    assert sortie.length_m == pytest.approx(sortie.time_s * 20.0, rel=2e-3)
    path = np.column_stack(FRAME.to_local(*sortie.path.T))
    for stop in np.column_stack(FRAME.to_local(*sortie.waypoints[:, :2].T)):
        assert np.hypot(*(path - stop).T).min() < 1e-3


def test_moving_and_turning_the_area_changes_little() -> None:
    corners = np.array([(-3e3, -2e3), (3e3, -2e3), (3e3, 2e3), (-3e3, 2e3)])
    times = []
    for turn, away in ((0.0, 0.0), (0.7, 0.0), (0.7, 20_000.0)):
        way = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        times.append(plan_survey([[degrees(corners @ way + away)]], WING, SCANNER, None, None, QUICK).time_s)
    assert times == pytest.approx([times[0]] * 3, rel=5e-3)


def test_the_same_question_has_the_same_answer() -> None:
    outer = degrees([(-3e3, -2e3), (3e3, -2e3), (1e3, 2e3)])
    one, two = (plan_survey([[outer]], WING, SCANNER, Breeze(speed=5.0, from_deg=200.0)) for _ in range(2))
    assert (one.waypoints == two.waypoints).all()


@pytest.mark.parametrize(
    ("platform", "sensor", "wind", "says"),
    [
        (WING, Sensor(name="nose"), None, "sees no swath"),
        (WING, SCANNER, Breeze(speed=15.0, from_deg=0.0), "no survey weather"),
        (Platform(name="mast", speed_m_s=0.0, bank_deg=0.0, endurance_h=math.inf), SCANNER, None, "does not fly"),
    ],
)
def test_what_cannot_be_flown_is_said(platform, sensor, wind, says) -> None:
    outer = degrees([(-3e3, -2e3), (3e3, -2e3), (1e3, 2e3)])
    with pytest.raises(InputError, match=says):
        plan_survey([[outer]], platform, sensor, wind)


def test_a_base_too_far_away_is_said() -> None:
    outer = degrees([(-3e3, -2e3), (3e3, -2e3), (1e3, 2e3)])
    short = Platform(name="short", speed_m_s=20.0, bank_deg=25.0, endurance_h=0.5)
    with pytest.raises(InputError, match="nearer base"):
        plan_survey([[outer]], short, SCANNER, None, (9.5, 48.5))
