"""What others say of an exercise's city: a tip that is off by a street, its copy, a meter, and one that misleads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, timedelta

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.city.trades import zone_hours
from upwind.exercise.city.world import MIDNIGHT, City

__all__ = ["REPORT_COLUMNS", "Hearsay", "draw_reports"]

REPORT_COLUMNS = (
    "id", "time", "longitude", "latitude", "radius_m", "kind", "reliability", "credibility", "origin", "text",
)  # fmt: skip
#: How far off the tip is; how far about it a meter, and a smell by day, speak of. [m]
TIP_M, METER_M, WRONG_M = 150.0, 60.0, 50.0
#: What misleads is about a shop that is not next door to the hidden source. [m]
APART_M = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearsay:
    """One report: when it came, in hours after the first midnight, and which place it speaks of, in the frame [m]."""

    id: str
    hours: float
    easting_m: float
    northing_m: float
    radius_m: float
    kind: str
    grade: str
    origin: str
    text: str

    def row(self, city: City) -> tuple[str, ...]:
        """Return the report as a row of `reports.csv`."""
        place = city.streets.frame.to_geographic(np.array([self.easting_m]), np.array([self.northing_m]))
        local = MIDNIGHT + timedelta(hours=self.hours)
        moment = (local - timedelta(hours=zone_hours(city.streets.frame.longitude))).replace(tzinfo=UTC)
        return (
            self.id,
            f"{moment:%Y-%m-%dT%H:%M:%SZ}",
            *(f"{float(degrees[0]):.6f}" for degrees in place),
            f"{self.radius_m:.0f}",
            self.kind,
            self.grade[0],
            self.grade[1],
            self.origin,
            self.text,
        )


def draw_reports(rng: np.random.Generator, city: City) -> tuple[Hearsay, ...]:
    """Return three reports about the hidden source, two of one origin, and one about a shop; none without a secret."""
    hidden = city.hidden
    if hidden is None:
        return ()
    place = np.array([hidden.easting_m, hidden.northing_m])
    tip = place + TIP_M * _direction(rng)
    meter = place + rng.uniform(10.0, 50.0) * _direction(rng)
    benign = [one for one in city.emitters if one is not hidden]
    elsewhere = [one for one in benign if math.hypot(*(place - (one.easting_m, one.northing_m))) > APART_M]
    wrong = max(elsewhere or benign, key=lambda one: one.rate_kg_h)
    aside = np.array([wrong.easting_m, wrong.northing_m]) + 30.0 * _direction(rng)
    copy = tip + rng.uniform(-8.0, 8.0, 2)
    by_night = "sharp smell in the street at night"
    passed_on = "another office passes on: smell of solvent at night"
    metered = "use of power and water out of the ordinary"
    return (
        _said(("R1", -20.5), tip, TIP_M, ("tip", "C3", "tip line 4711", by_night)),
        _said(("R2", -9.0), meter, METER_M, ("utility anomaly", "B3", "meter 0815", metered)),
        _said(("R3", 2.5), copy, TIP_M, ("tip", "B3", "tip line 4711", passed_on)),
        _said(("R4", 30.0), aside, WRONG_M, ("tip", "E4", "tip line 4712", "smell of solvent by day")),
    )


def _said(name: tuple[str, float], place: FloatArray, radius_m: float, what: tuple[str, str, str, str]) -> Hearsay:
    """Return a report; `name` is its id and when it came, `what` its kind, grade, origin and text."""
    return Hearsay(
        id=name[0],
        hours=name[1],
        easting_m=float(place[0]),
        northing_m=float(place[1]),
        radius_m=radius_m,
        kind=what[0],
        grade=what[1],
        origin=what[2],
        text=what[3],
    )


def _direction(rng: np.random.Generator) -> FloatArray:
    """Return a unit vector of any direction."""
    angle = rng.uniform(0.0, 2.0 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])
