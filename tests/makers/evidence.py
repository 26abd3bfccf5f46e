"""Sightings, looks and reports for tests: places in metres about one point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import Frame
from upwind.records import Estimate, Report, Source
from upwind.sites.evidence import Sighting

FRAME = Frame(longitude=-98.0, latitude=20.0)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def sighting(
    flight: str, hours: float, place: tuple[float, float], gas: str = "acetone", probability: float = 0.99
) -> Sighting:
    """Return a source of a flight, its position known within about 10 m."""
    rng = np.random.default_rng([int(abs(place[0])), int(abs(place[1])), int(hours * 10)])
    places = np.column_stack(FRAME.to_geographic(*(np.array(place) + 10.0 * rng.standard_normal((64, 2))).T))
    longitude, latitude = np.median(places, axis=0)
    ring = [[longitude + e, latitude + n] for e, n in ((-1e-4, -1e-4), (1e-4, -1e-4), (0, 1e-4), (-1e-4, -1e-4))]
    source = Source(
        gas=gas,
        probability=probability,
        longitude=float(longitude),
        latitude=float(latitude),
        height=Estimate(median=3.0, lower=1.0, upper=6.0, level=0.9, units="m"),
        emission_rate=Estimate(median=0.4, lower=0.2, upper=0.8, level=0.9, units="kg/h"),
        why_no_rate="",
        easting_90=(-16.0, 16.0),
        northing_90=(-16.0, 16.0),
        region_90={"type": "Polygon", "coordinates": [ring]},
        region_50={"type": "Polygon", "coordinates": [ring]},
    )
    key = f"{flight}-{gas}-{place[0]:g}"
    return Sighting(key=key, flight=flight, flights=(flight,), time=at(hours), source=source, places=places)


@dataclass(frozen=True)
class Glance:
    """A flight that would have shown anything anywhere with one chance."""

    flight: str
    time: datetime
    shows: float

    def chance(self, _places: FloatArray, _sources: object) -> float | None:
        return self.shows


def report(
    name: str,
    place: tuple[float, float] = (0.0, 0.0),
    *,
    kind: str = "tip",
    grade: str = "A1",
    origin: str = "",
    radius_m: float = 30.0,
) -> Report:
    longitude, latitude = FRAME.to_geographic(np.array([place[0]]), np.array([place[1]]))
    return Report(
        id=name,
        time=START,
        longitude=float(longitude[0]),
        latitude=float(latitude[0]),
        radius_m=radius_m,
        kind=kind,
        reliability=grade[0],
        credibility=int(grade[1]),
        origin=origin,
        text="",
    )
