"""Several aircraft flown from the files they load, by other kinematics: no two come nearer than the plan promises.

The simulation knows the waypoints of the exported GeoJSON, the take-offs, and what everybody knows of the aircraft. It
flies straight from one waypoint to the next on a sphere's tangent plane, halts for part of each turn, and errs in wind,
pace, take-off and climb as far as the plan says that it may.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import combinations
from pathlib import PurePath
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.flights.exports import exported
from upwind.flights.plan.fleet import Fleet, plan_fleet
from upwind.flights.plan.occupied import LATE_S, SHARE, WIND_ERROR_M_S
from upwind.flights.plan.route import route_of
from upwind.flights.plan.survey import Breeze
from upwind.records import Platform, Sensor

WING = Platform(
    name="wing",
    category="fixed wing",
    speed_m_s=22.0,
    climb_m_s=4.0,
    bank_deg=30.0,
    endurance_h=0.6,
    separation_m=200.0,
)
SCANNER = Sensor(name="scanner", swath_m=300.0, height_m=150.0, overlap=0.2)
CENTRE = (9.0, 48.0)
EAST_M, NORTH_M = 111_320.0 * math.cos(math.radians(CENTRE[1])), 111_320.0
STEP_S = 2.0


def plane(longitude: float, latitude: float) -> tuple[float, float]:
    return (longitude - CENTRE[0]) * EAST_M, (latitude - CENTRE[1]) * NORTH_M


def pace(way: np.ndarray, wind: np.ndarray) -> float:
    """Return the speed over ground along a way: as long as that, a vector less the wind is as long as the airspeed."""
    along = way / np.hypot(*way)
    head = float(along @ wind)
    return head + math.sqrt(head**2 - float(wind @ wind) + WING.speed_m_s**2)


def flown(waypoints: list[Any], begin: float, wind: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Return time, easting, northing, up of corners of one sortie's flight."""
    most = 0.6 * WING.speed_m_s
    angle, size = 2.0 * math.pi * chance.random(), WIND_ERROR_M_S * math.sqrt(chance.random())
    wind = wind + size * np.array([math.cos(angle), math.sin(angle)])
    wind = wind * min(1.0, most / max(float(np.hypot(*wind)), 1e-9))
    slower = 1.0 + SHARE * chance.uniform(-1.0, 1.0)
    # A half circle is longer than its diameter by this part of its own length, so that no plan has less for a turn.
    halts = chance.random() * (1.0 - 2.0 / math.pi)
    radius = WING.speed_m_s**2 / (9.80665 * math.tan(math.radians(WING.bank_deg)))
    places = np.array([plane(*one["geometry"]["coordinates"]) for one in waypoints])
    heights = [one["properties"]["height_m"] for one in waypoints]
    climb = [max(heights) / WING.climb_m_s * chance.random() for _ in range(2)]
    time = begin + chance.random() * LATE_S
    rows = [(time, *places[0], 0.0)]
    time += climb[0]
    rows.append((time, *places[0], heights[0]))
    ways = [way for way in np.diff(places, axis=0) if np.hypot(*way) > 0.1]
    courses = iter([math.atan2(way[1], way[0]) for way in ways] + [None])
    course = next(courses)
    for place, way, up in zip(places[1:], np.diff(places, axis=0), heights[1:], strict=True):
        if np.hypot(*way) > 0.1:
            time += slower * float(np.hypot(*way)) / pace(way, wind)
            rows.append((time, *place, up))
            after = next(courses)
            if after is not None:
                turn = abs((after - course + math.pi) % (2.0 * math.pi) - math.pi)
                time += slower * halts * turn * radius / WING.speed_m_s
                rows.append((time, *place, up))
                course = after
    rows.append((time + climb[1], *places[-1], 0.0))
    return np.array(rows)


def least(fleet: Fleet, wind: np.ndarray, base: tuple[float, float] | None, seed: int) -> float:
    """Return the least distance over ground of two aircraft in the air whose heights are near, over some flights."""
    files = [
        json.loads(exported(route_of(own, WING, base), {}, PurePath("f.geojson"))) if own else None
        for own in fleet.sorties
    ]
    chance, nearest = np.random.default_rng(seed), math.inf
    for _ in range(10):
        flights = []
        begins = iter(fleet.begins)
        for who, file in enumerate(files):
            marks = [one for one in file["features"] if one["properties"]["kind"] == "waypoint"] if file else []
            for sortie in sorted({one["properties"]["sortie"] for one in marks}):
                own = [one for one in marks if one["properties"]["sortie"] == sortie]
                flights.append((who, flown(own, next(begins), wind, chance)))
        for (one, first), (other, second) in combinations(flights, 2):
            begin, end = max(first[0, 0], second[0, 0]), min(first[-1, 0], second[-1, 0])
            if one == other or begin >= end:
                continue
            at = np.append(np.arange(begin, end, STEP_S), end)
            apart = [
                np.interp(at, first[:, 0], first[:, k]) - np.interp(at, second[:, 0], second[:, k]) for k in (1, 2, 3)
            ]
            across = np.hypot(apart[0], apart[1])[np.abs(apart[2]) < 76.0]
            nearest = min(nearest, float(across.min(initial=math.inf)))
    return nearest


@st.composite
def cases(draw: st.DrawFn) -> tuple[Any, Breeze, tuple[float, float] | None, int]:
    wide, high = draw(st.floats(2_000.0, 5_000.0)), draw(st.floats(2_000.0, 5_000.0))
    corners = [
        (0.0, 0.0),
        (wide, 0.0),
        (wide * draw(st.floats(0.5, 1.0)), high),
        (0.0, high * draw(st.floats(0.5, 1.0))),
    ]
    ring = np.array([(CENTRE[0] + x / EAST_M, CENTRE[1] + y / NORTH_M) for x, y in corners])
    away = draw(st.floats(-2_000.0, 6_000.0)), draw(st.floats(-2_000.0, -200.0))
    base = (CENTRE[0] + away[0] / EAST_M, CENTRE[1] + away[1] / NORTH_M)
    wind = Breeze(speed=draw(st.floats(0.0, 10.0)), from_deg=draw(st.floats(0.0, 360.0)))
    return [[ring]], wind, draw(st.sampled_from([base, base, base, None])), draw(st.integers(2, 4))


@pytest.mark.slow
@settings(max_examples=8)
@given(case=cases(), seed=st.integers(0, 1000))
def test_no_two_come_nearer_than_promised(case: tuple[Any, Breeze, tuple[float, float] | None, int], seed: int) -> None:
    area, breeze, base, aircraft = case
    toward = math.radians(breeze.from_deg + 180.0)
    wind = breeze.speed * np.array([math.sin(toward), math.cos(toward)])
    fleet = plan_fleet(area, (WING, SCANNER), breeze, base, aircraft)
    if not isinstance(fleet, Fleet):
        assert fleet.separation.across_m == 200.0
        return
    assert least(fleet, wind, base, seed) >= 200.0
    assert fleet.makespan_s < fleet.latest_s
    assert fleet.makespan_s >= fleet.unheld_s * 0.98


@pytest.mark.slow
def test_without_waiting_two_would_meet_over_the_base() -> None:
    ring = np.array(
        [(CENTRE[0] + x / EAST_M, CENTRE[1] + y / NORTH_M) for x, y in ((0, 0), (3e3, 0), (3e3, 3e3), (0, 3e3))]
    )
    base = (CENTRE[0] - 500.0 / EAST_M, CENTRE[1] - 500.0 / NORTH_M)
    fleet = plan_fleet([[ring]], (WING, SCANNER), None, base, 2)
    assert isinstance(fleet, Fleet)
    still = np.zeros(2)
    assert least(fleet, still, base, 1) >= 200.0
    assert least(replace(fleet, begins=(0.0,) * len(fleet.begins)), still, base, 1) < 100.0
