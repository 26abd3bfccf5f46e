"""What hours and rate say for one mapped place: each a log likelihood ratio and words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from statistics import NormalDist

import numpy as np

from upwind.arrays import FloatArray
from upwind.explain.kinds import Kind
from upwind.explain.whereabouts import Whereabouts
from upwind.geo import Frame
from upwind.readers.places.hours import Hours, hours_of
from upwind.readers.places.rates import rate_of
from upwind.records import Place, PlaceEvidence

__all__ = ["Moment", "by_hours", "by_range", "by_rate", "extent_m"]

#: A point of a map stands for premises about it. [m]
PREMISES_M = 15.0
#: Rates of anything that emits, evenly in the logarithm. [kg/h]
ANY_RATE = (1e-4, 1e4)
#: How much of all that a place emits the measured gases make, evenly in the logarithm from this to 1.
LEAST_PART = 0.1
#: So much is smelled some way off; less counts only as far as it may be more. [kg/h]
SMELLED_KG_H = 0.1
LEAST_ENOUGH = 0.01
#: No range of rates is narrower than this (1 sigma of the logarithm).
LEAST_RATE_SPREAD = 0.5
#: No rate speaks more strongly against a place.
LEAST_RATE_RATIO = 0.02
#: What the clock shows at a longitude is ahead of the sun by so many hours, where nobody says the zone. [h]
CLOCK_AHEAD_H = (0, 1, 2)
#: No odds of hours are longer, either way: a map's hours are often out of date.
SUREST_HOURS = math.log(9.0)
#: Usual hours of a kind are no sign on a door.
TRUST_USUAL = 0.5

_WEEK_H = 168
_SIGMAS_90 = 1.6449


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When it was smelled: `time` is aware; `zone` is the local time, None: told from the longitude, within two hours.

    `holiday` says whether it was a public holiday there.
    """

    time: datetime
    zone: tzinfo | None = None
    holiday: bool = False


def by_hours(place: Place, kind: Kind, moment: Moment) -> tuple[bool | None, PlaceEvidence]:
    """Return whether a place was open, and what the time says for it against the average over a week."""
    said = place.tags.get("opening_hours", "")
    own = hours_of(said)
    hours, of = (own, said) if own is not None else (kind.hours, f"usual hours of a {kind.name}")
    part = _open_part(hours, moment, place.longitude)
    trust = 1.0 if own is not None else TRUST_USUAL
    usual = _open_share(hours)
    emits = kind.closed_share + (1.0 - kind.closed_share) * (trust * part + (1.0 - trust) * usual)
    average = kind.closed_share + (1.0 - kind.closed_share) * usual
    ratio = min(max(math.log(emits / average), -SUREST_HOURS), SUREST_HOURS)
    state = {1.0: "open", 0.0: "closed"}.get(part, "perhaps open")
    known = own is not None and part in (0.0, 1.0)
    line = PlaceEvidence(of="hours", log_likelihood_ratio=ratio, words=f"{state} at that time ({of})")
    return (part == 1.0 if known else None), line


def _open_part(hours: Hours, moment: Moment, longitude: float) -> float:
    """Return which part of the times that it may have been there finds the place open; a half where nobody knows."""
    if moment.zone is not None:
        clocks = [moment.time.astimezone(moment.zone)]
    else:
        sun = round(longitude / 15.0)
        zones = (timezone(timedelta(hours=min(sun + ahead, 14))) for ahead in CLOCK_AHEAD_H)
        clocks = [moment.time.astimezone(zone) for zone in zones]
    states = [hours.is_open(clock, holiday=moment.holiday) for clock in clocks]
    return sum(0.5 if state is None else float(state) for state in states) / len(states)


def _open_share(hours: Hours) -> float:
    """Return which part of a week a place is open."""
    monday = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    states = [hours.is_open(monday + timedelta(hours=hour), holiday=False) for hour in range(_WEEK_H)]
    return sum(0.5 if state is None else float(state) for state in states) / _WEEK_H


def by_rate(place: Place, kind: Kind, where: Whereabouts) -> PlaceEvidence:
    """Return how well the located rate fits a place's, against what anything may emit.

    Without a rate: how often such a place lets out enough to be smelled from some way off.
    """
    own = rate_of(place.tags.get("rate", ""))
    low, high = own if own is not None else kind.rate_kg_h
    whose = "the map says" if own is not None else f"a {kind.name} usually lets out"
    known = np.isfinite(where.emission_rate)
    middle, spread = _usual(low, high)
    if not known.any():
        enough = 1.0 - NormalDist(middle, spread).cdf(math.log(SMELLED_KG_H))
        words = f"{enough:.0%} of such places let out more than {SMELLED_KG_H:g} kg/h ({whose} {low:g}-{high:g})"
        return PlaceEvidence(of="rate", log_likelihood_ratio=math.log(max(enough, LEAST_ENOUGH)), words=words)
    located = math.exp(float(where.weight[known] @ np.log(where.emission_rate[known]) / where.weight[known].sum()))
    words = f"{located:.2g} kg/h were located; {whose} {low:g}-{high:g}"
    return PlaceEvidence(of="rate", log_likelihood_ratio=_rate_ratio(where, low, high), words=words)


def by_range(where: Whereabouts, rate_kg_h: tuple[float, float]) -> float:
    """Return how well the located rate fits a range that holds nine of ten, against what anything may emit. [nats]"""
    return _rate_ratio(where, *rate_kg_h) if np.isfinite(where.emission_rate).any() else 0.0


def _rate_ratio(where: Whereabouts, low: float, high: float) -> float:
    """Return the log of how dense the located rate is in a range that holds nine of ten, over that of anything."""
    middle, spread = _usual(low, high)
    known = np.isfinite(where.emission_rate)
    share = where.weight[known] / where.weight[known].sum()
    parts = np.linspace(math.log(LEAST_PART), 0.0, 10)
    away = (np.log(where.emission_rate[known])[:, None] - middle - parts) / spread
    density = float(share @ np.exp(-0.5 * away**2).mean(axis=1)) / (spread * math.sqrt(2.0 * math.pi))
    anything = 1.0 / (math.log(ANY_RATE[1]) - math.log(ANY_RATE[0]))
    return math.log(max(density / anything, LEAST_RATE_RATIO))


def _usual(low: float, high: float) -> tuple[float, float]:
    """Return middle and sigma of the log of a rate whose range holds nine of ten."""
    spread = max((math.log(high) - math.log(low)) / (2.0 * _SIGMAS_90), LEAST_RATE_SPREAD)
    return 0.5 * (math.log(low) + math.log(high)), spread


def extent_m(place: Place) -> float:
    """Return within how many metres of its middle a place emits (1 sigma)."""
    if place.outline is None:
        return PREMISES_M
    rings = [place.outline["coordinates"]] if place.outline["type"] == "Polygon" else place.outline["coordinates"]
    corners: FloatArray = np.concatenate([np.array(rings_of[0])[:, :2] for rings_of in rings])
    east, north = Frame(longitude=place.longitude, latitude=place.latitude).to_local(corners[:, 0], corners[:, 1])
    return max(0.25 * float(np.hypot(np.ptp(east), np.ptp(north))), PREMISES_M)
