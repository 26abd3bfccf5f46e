"""What passes without being swept would pass if it were: by shapely on the exported plan, and by the audit itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from makers.flown import authorisation
from pyproj import Geod
from validation.grounds import edges, met

from upwind.flights.audit.entries import audit
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import Atlas, atlas_of
from upwind.flights.borders.hulls import hull_about, meets
from upwind.flights.plan import Breeze, plan_sorties
from upwind.flights.plan.air import air_of
from upwind.flights.plan.gate import asked_for, is_settled, swept
from upwind.flights.plan.leave import Flight, Leave, flight_of
from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.survey import Effort
from upwind.flights.plan.sweep import Sweep
from upwind.records import Authorisation, Platform, Sensor

GEOD = Geod(ellps="WGS84")
CRAFT = Platform(name="wing", speed_m_s=25.0, bank_deg=25.0, endurance_h=3.0)
EYE = Sensor(name="scanner", swath_m=600.0, height_m=400.0, overlap=0.2)
START = datetime(2026, 10, 15, 12, tzinfo=UTC)
QUICK = Effort(courses=1, kicks=2)


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return atlas_of(shipped_airspaces())


class Plan:
    """Sorties over a box turned about, near a border or far from it, with a base or without, in some wind."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.rng = rng
        east, north, _ = GEOD.fwd(*rng.choice(edges(175.0, 70.0)), *rng.uniform((0.0, 0.0), (360.0, 20_000.0)))
        x, y = rng.uniform(700.0, 2500.0, 2)
        turn = rng.uniform(0.0, 360.0)
        corners = np.array([(-x, -y), (x, -y), (x, y), (-x, y), (-x, -y)])
        bearing, away = turn + np.degrees(np.arctan2(*corners.T)), np.hypot(*corners.T)
        ring = np.column_stack(GEOD.fwd(np.full(5, east), np.full(5, north), bearing, away)[:2])
        self.wind = Breeze(speed=float(rng.uniform(0.0, 15.0)), from_deg=float(rng.uniform(0.0, 360.0)))
        far = rng.choice([6_000.0, 60_000.0])
        base = GEOD.fwd(east, north, rng.uniform(0.0, 360.0), rng.uniform(0.0, far))
        self.base = (float(base[0]), float(base[1])) if rng.random() < 0.7 else None
        self.sorties = plan_sorties([[ring]], CRAFT, EYE, self.wind, self.base, QUICK)
        self.end = START + timedelta(seconds=sum(sortie.time_s for sortie in self.sorties))
        first = self.sorties[0].waypoints[0]
        self.home = self.base if self.base is not None else (float(first[0]), float(first[1]))

    @property
    def flights(self) -> tuple[tuple[Sortie, ...], Platform, tuple[float, float] | None, float, Breeze]:
        return tuple(self.sorties), CRAFT, self.base, START.timestamp(), self.wind

    def led(self) -> shapely.Geometry:
        """Return where the legs and the ways home from them lead, and where they would go on for half a minute."""
        ways = []
        for sortie in self.sorties:
            for begin, end in pairwise(np.round(sortie.waypoints[:, :2], 7)):
                bearing = GEOD.inv(*begin, *end)[0]
                ways.append([begin, end, GEOD.fwd(*end, bearing, 30.0 * (CRAFT.speed_m_s + self.wind.speed))[:2]])
                ways += [[begin + part * (end - begin), self.home] for part in np.linspace(0.0, 1.0, 10)]
        return shapely.MultiLineString(ways)

    def flight(self) -> Flight:
        air = air_of(CRAFT, self.wind.speed, self.wind.from_deg)
        sweep = Sweep(air=air, home=self.home, based=self.base is not None, height_m=400.0)
        return flight_of(self.sorties[0], START.timestamp(), sweep, CRAFT.name)

    def allowed(self, state: str) -> Authorisation:
        """Return an authorisation that covers all of it, or fails in one way."""
        wrong = str(self.rng.choice(["", "", "", "", "time", "low", "platform", "special", "area", "narrow"]))
        reach = {"area": 2.0, "narrow": 0.05}.get(wrong)
        x, y = self.home
        ring = [[x + east * (reach or 0.0), y + north * (reach or 0.0)] for east, north in _SQUARE]
        return authorisation(
            state,
            START,
            self.end + (timedelta(minutes=1) if wrong == "time" else timedelta(hours=8)),
            floor_m=0.0,
            ceiling_m=399.0 if wrong == "low" else 6000.0,
            platform="balloon" if wrong == "platform" else "*",
            special_use=wrong != "special",
            area=None if reach is None else {"type": "Polygon", "coordinates": [ring]},
        )


_SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))


@pytest.mark.slow
def test_what_is_settled_enters_nothing_unasked(atlas: Atlas) -> None:
    settled = crossing = 0
    for seed in range(60):
        plan = Plan(seed)
        wanted = asked_for(audit(swept(*plan.flights), (), atlas))
        states = sorted({entry.state for entry in wanted})
        given = states[: len(states) // 2] if plan.rng.random() < 0.2 else states
        leave = tuple(map(plan.allowed, given))
        if not is_settled(Leave(authorisations=leave, atlas=atlas), *plan.flights):
            continue
        settled += 1
        crossing += len(states) > 1
        assert not asked_for(audit(swept(*plan.flights), leave, atlas))
        special = {one.state for one in leave if one.special_use}
        led = plan.led()
        high = {f"{one.state}*{one.id}" for one in atlas.airspaces if one.floor.metres > 0.0}
        for name in met(led) - high:
            state, _, area = name.partition("*")
            assert state in (special if area else given)
    assert settled > 20
    assert crossing > 2


def test_far_from_everything_that_is_not_allowed_nothing_need_be_swept(atlas: Atlas) -> None:
    """The middle of France, and of the Pacific: there no plan is swept that has leave of France, or of nobody."""
    plan = Plan(3)
    days = START - timedelta(days=1), START + timedelta(days=9)
    for middle, state in (((2.0, 47.0), "FRA"), ((-140.0, 10.0), None)):
        square = np.array(middle) + 0.03 * np.array(_SQUARE)
        sorties = plan_sorties([[square]], CRAFT, EYE, plan.wind, None, QUICK)
        leave = tuple(authorisation(one, *days) for one in (state,) if one is not None)
        flights = (sorties, CRAFT, None, START.timestamp(), plan.wind)
        assert is_settled(Leave(authorisations=leave, atlas=atlas), *flights)
        assert is_settled(Leave(authorisations=(), atlas=atlas), *flights) is (state is None)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_all_that_is_swept_lies_in_the_hull_of_the_flight_and_in_its_time(seed: int) -> None:
    plan = Plan(seed)
    flight = plan.flight()
    way = swept(plan.sorties[:1], CRAFT, plan.base, START.timestamp(), plan.wind)
    hull = hull_about(np.vstack([flight.places, flight.home]), flight.beyond)
    assert flight.start <= way.time.min() <= way.time.max() <= flight.end
    assert flight.lowest == way.height.min()
    assert flight.highest == way.height.max()
    places = np.column_stack([way.longitude, way.latitude])
    assert meets(hull, np.column_stack([places, places])).all()
    # And so do the ways between them, those home on the geodesic.
    long = np.flatnonzero((np.abs(np.diff(places, axis=0)).max(axis=1) > 0.001) & (np.diff(way.flight) == 0))[::37]
    for at in long.tolist():
        between = np.array(GEOD.npts(*places[at], *places[at + 1], 9))
        assert meets(hull, np.column_stack([between, between])).all()
