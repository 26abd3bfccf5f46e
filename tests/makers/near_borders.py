"""Plans near borders, and who may have allowed them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import shapely
from makers.flown import authorisation
from pyproj import Geod
from validation.grounds import edges

from upwind.flights.plan import Breeze, plan_sorties
from upwind.flights.plan.air import air_of
from upwind.flights.plan.leave import Flight, flight_of
from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.survey import Effort
from upwind.flights.plan.sweep import Sweep
from upwind.records import Authorisation, Platform, Sensor

__all__ = ["CRAFT", "EYE", "GEOD", "QUICK", "SQUARE", "START", "Plan"]

GEOD = Geod(ellps="WGS84")
CRAFT = Platform(name="wing", speed_m_s=25.0, bank_deg=25.0, endurance_h=3.0)
EYE = Sensor(name="scanner", swath_m=600.0, height_m=400.0, overlap=0.2)
START = datetime(2026, 10, 15, 12, tzinfo=UTC)
QUICK = Effort(courses=1, kicks=2)
SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))


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
        ring = [[x + east * (reach or 0.0), y + north * (reach or 0.0)] for east, north in SQUARE]
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
