"""How well the probabilities of fused sites hold: on simulated cities that fusion has never seen.

From the top of the checkout::

    python -m validation.fuse --out docs/fuse-figures.md          # figures, two minutes
    python -m validation.fuse --fit                               # what the defaults were chosen by

Cities come from `fuse_cases`, which shares nothing with `upwind.sites`. Seeds below 1,000 may be fitted to, figures are
of seeds from 1,000 on. A site counts as real where a true one lies within 100 m of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from validation.fuse_cases import City, Kind, Look, Said, Seen, city

from upwind.geo import Frame
from upwind.records import Estimate, Report, Source
from upwind.sites.evidence import Evidence, Sighting
from upwind.sites.fuse import Settings, probability_of, weighed
from upwind.sites.gather import Gathered, decide, gathered

#: The middle of the simulated cities: no place in particular.
FRAME = Frame(longitude=-30.0, latitude=30.0)
START = datetime(2030, 1, 1, tzinfo=UTC)
#: A site is real where a true one lies so near. [m]
NEAR_M = 100.0
FITTED, HELD_OUT = range(300), range(1000, 1600)
BINS = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A simulated flight's own word of what it would have shown."""

    flight: str
    time: datetime
    look: Look

    def chance(self, places: Floats, _sources: Sequence[Source]) -> float | None:
        """Return the mean chance over the places."""
        east, north = FRAME.to_local(places[:, 0], places[:, 1])
        return float(self.look.at(east, north).mean())


def evidence_of(made: City) -> Evidence:
    """Return a city's flights and reports as fusion takes them."""
    looks = tuple(Reach(flight=f"F{n}", time=_at(look.hour), look=look) for n, look in enumerate(made.looks))
    sightings = tuple(_sighting(n, one, looks[one.flight].time) for n, one in enumerate(made.seen))
    return Evidence(sightings=sightings, looks=looks, reports=tuple(_report(one) for one in made.said))


def _at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


def _sighting(number: int, one: Seen, time: datetime) -> Sighting:
    places = np.column_stack(FRAME.to_geographic(*one.draws[:64].T))
    height = Estimate(median=3.0, lower=0.0, upper=10.0, level=0.9, units="m")
    nothing = {"type": "Polygon", "coordinates": []}
    source = Source(
        gas=one.gas,
        probability=one.probability,
        longitude=float(np.median(places[:, 0])),
        latitude=float(np.median(places[:, 1])),
        height=height,
        emission_rate=None,
        why_no_rate="simulated",
        easting_90=(-1.0, 1.0),
        northing_90=(-1.0, 1.0),
        region_90=nothing,
        region_50=nothing,
    )
    flight = f"F{one.flight}"
    return Sighting(key=f"{number:04d}", flight=flight, flights=(flight,), time=time, source=source, places=places)


def _report(one: Said) -> Report:
    longitude, latitude = FRAME.to_geographic(np.array([one.east]), np.array([one.north]))
    return Report(
        id=one.name,
        time=_at(one.hour),
        longitude=float(longitude[0]),
        latitude=float(latitude[0]),
        radius_m=one.radius_m,
        kind=one.kind,
        reliability=one.reliability,
        credibility=one.credibility,
        origin=one.origin,
        text="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One site of one city, all that speaks of it, and whether a true one lies there: nothing of it is fitted."""

    speaks: Gathered
    is_real: bool


def cases_of(seeds: Sequence[int], kind: Kind) -> list[Case]:
    """Return the sites that cities of a kind are taken to have."""
    cases = []
    for seed in seeds:
        made = city(seed, kind)
        evidence = evidence_of(made)
        for speaks in gathered(decide(evidence), evidence):
            east, north = FRAME.to_local(speaks.places[:, 0], speaks.places[:, 1])
            away = np.hypot(made.sites[:, 0] - np.median(east), made.sites[:, 1] - np.median(north)).min()
            cases.append(Case(speaks=speaks, is_real=bool(away <= NEAR_M)))
    return cases


def answers(cases: Sequence[Case], settings: Settings) -> tuple[Floats, Floats]:
    """Return probability and truth (0, 1) of every case."""
    said = [probability_of(weighed(case.speaks, settings)[0]).median for case in cases]
    return np.array(said), np.array([float(case.is_real) for case in cases])


#: What is fitted, and the values tried, from likely to unlikely.
TRIED = {
    "stubborn": (0.0001, 0.0003, 0.001, 0.003, 0.01),
    "errs": (0.2, 0.3, 0.4, 0.5),
    "passing": (0.0001, 0.0003, 0.0005, 0.001, 0.002),
    "prior": (0.002, 0.005, 0.01, 0.02, 0.03, 0.05),
    "places": (10.0, 30.0, 100.0, 300.0),
    "passing_h": (0.5, 1.0, 2.0, 4.0),
    "on_h": (2.0, 4.0, 8.0),
    "scale": (0.5, 0.75, 1.0, 1.5, 2.0),
    "same_kind": (0.1, 0.3, 0.5, 0.7, 0.9),
    "other_kind": (0.0, 0.2, 0.4, 0.6),
}


def with_value(settings: Settings, name: str, value: float) -> Settings:
    """Return settings in which one number is another."""
    if hasattr(settings.habits, name):
        return replace(settings, habits=replace(settings.habits, **{name: value}))
    if hasattr(settings.hearing, name):
        return replace(settings, hearing=replace(settings.hearing, **{name: value}))
    return replace(settings, **{name: value})


def fitted(cases: Sequence[Case], rounds: int) -> Settings:
    """Return the settings of the least mean logarithmic loss, one number changed at a time."""
    best = Settings()
    least = loss(*answers(cases, best))
    for _ in range(rounds):
        for name, values in TRIED.items():
            for value in values:
                trial = with_value(best, name, value)
                if (found := loss(*answers(cases, trial))) < least - 1e-6:
                    best, least = trial, found
                    print(f"{name} = {value:g}: {least:.4f}", flush=True)
    return best


def loss(said: Floats, true: Floats) -> float:
    """Return the mean logarithmic loss."""
    held = np.clip(said, 1e-6, 1.0 - 1e-6)
    return float(-np.mean(true * np.log(held) + (1.0 - true) * np.log1p(-held)))
