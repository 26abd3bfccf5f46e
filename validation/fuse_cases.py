"""Simulated cities whose sites, flights and reports are known: what fusion is graded on.

Nothing here is shared with `upwind.sites`, code or model. Emission goes on and off in sessions of Weibull lengths, and
some sites keep to the hours of a working day: no Markov process. Whatever misleads comes in families, as it does in the
field: emissions in passing that several flights of one afternoon meet, flights whose winds were off and that name
several places too many, gases of one flight that err alike, ground where every wind model errs the same way day after
day, notorious places of which several people report for one reason, and reports that are copied, with their origin or
without. What a flight says of its own accuracy and reach is off by a factor that nobody knows.

`city(seed)` is one case. Difficulty comes with `Kind`: cities of other kinds are what a fit has never seen. Nobody
knows of what kind a city is that they fly over, so `drawn` draws it: every number anew, within ranges that were set
once and before anything was fitted to such cities. `KINDS` lie near their corners, `BEYOND` outside of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["BEYOND", "KINDS", "City", "Kind", "Look", "Said", "Seen", "city", "drawn"]

#: Side of a city. [m]
SIDE_M = 3000.0
_HOURS_A_DAY = 24.0
#: Part of the variance of a position's error that gases of one flight and place share: one wind, one way.
_SHARED = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a city is: numbers of sites, days and flights, and how much of each thing that misleads."""

    sites: float = 10.0
    days: int = 4
    flights_a_day: int = 2
    reach: float = 0.55  # chance that a flight shows a site that emits, where it flies
    passing_a_flight: float = 0.9  # emissions in passing, on a flown day
    bad_wind: float = 0.12  # share of flights that name places too many
    stubborn: float = 0.3  # places of a city where winds err alike day after day
    errs: float = 0.35  # chance that a flight names such a place
    true_reports: float = 0.35  # a site and kind
    rumours: float = 5.0  # notorious places of a city
    smelled: float = 0.5  # share of them where something was smelled once
    copies: float = 0.8  # copies of a report


KINDS = {
    "usual": Kind(),
    "few days": Kind(days=2, flights_a_day=1),
    "many days": Kind(days=10),
    "few sites": Kind(sites=4.0),
    "much passes": Kind(passing_a_flight=2.0),
    "winds err alike": Kind(stubborn=0.9, bad_wind=0.2),
    "rumours": Kind(rumours=12.0, copies=2.5),
}

BEYOND = {
    "few among many": Kind(sites=3.0, passing_a_flight=3.0),
    "winds mislead": Kind(stubborn=2.0, errs=0.6, bad_wind=0.4),
}


def drawn(seed: int) -> Kind:
    """Return the kind of a city of which nothing is known beforehand."""
    rng = np.random.default_rng([seed, 7])

    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    return Kind(
        sites=between(3.0, 20.0),
        days=int(rng.integers(2, 11)),
        flights_a_day=int(rng.integers(1, 4)),
        reach=between(0.35, 0.7),
        passing_a_flight=between(0.4, 2.0),
        bad_wind=between(0.05, 0.25),
        stubborn=between(0.1, 1.0),
        errs=between(0.2, 0.5),
        true_reports=between(0.2, 0.5),
        rumours=between(2.0, 12.0),
        smelled=between(0.3, 0.7),
        copies=between(0.3, 2.5),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A place that a flight named: its draws of the position (draw, 2) [m], gas, and how sure the locator was."""

    flight: int
    gas: str
    draws: NDArray[np.float64]
    probability: float
    is_site: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one flight would have shown: `hour` since the first midnight, chances at the middles of even cells."""

    hour: float
    chance: NDArray[np.float64]

    def at(self, east: NDArray[np.float64], north: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the chances that it claims at places."""
        cells = self.chance.shape[0]
        row, column = (np.clip(value / SIDE_M * cells, 0, cells - 1).astype(int) for value in (north, east))
        return np.asarray(self.chance[row, column])


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A report: where it points to, how well, by whom."""

    name: str
    hour: float
    east: float
    north: float
    radius_m: float
    kind: str
    reliability: str
    credibility: int
    origin: str


@dataclass(slots=True)
class City:
    """One case: what flights and people said, and the sites that there were, (site, 2). [m]"""

    sites: NDArray[np.float64]
    seen: list[Seen] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


def city(seed: int, kind: Kind) -> City:
    """Return one city; the same seed and kind give the same."""
    rng = np.random.default_rng([seed, 5])
    number = max(int(rng.poisson(kind.sites)), 1)
    made = City(sites=rng.uniform(100.0, SIDE_M - 100.0, (number, 2)))
    spells = [_spells(rng, kind.days) for _ in range(number)]
    gases = [rng.choice(["acetone", "toluene", "both"], p=[0.4, 0.3, 0.3]) for _ in range(number)]
    stubborn = rng.uniform(100.0, SIDE_M - 100.0, (rng.poisson(kind.stubborn), 2))
    for day in range(kind.days):
        passing = _passing(rng, day, kind)
        for _ in range(kind.flights_a_day):
            hour = day * _HOURS_A_DAY + rng.uniform(7.0, 19.0)
            true = _reach(rng, kind.reach)
            made.looks.append(Look(hour=hour, chance=np.clip(true * np.exp(rng.normal(0.0, 0.3)), 0.0, 0.97)))
            emits = [
                (place, gas, True)
                for place, gas, on in zip(made.sites, gases, spells, strict=True)
                if ((on[:, 0] <= hour) & (hour < on[:, 1])).any()
            ]
            emits += [(place, gas, False) for place, gas, first, last in passing if first <= hour < last]
            _fly(rng, made, true, emits)
            wrong = [place for place in stubborn if rng.uniform() < kind.errs]
            if rng.uniform() < kind.bad_wind:
                wrong += list(rng.uniform(100.0, SIDE_M - 100.0, (1 + rng.poisson(1.5), 2)))
            for place in wrong:
                gas = str(rng.choice(["acetone", "toluene"]))
                at = place, rng.standard_t(5, 2)
                made.seen.append(_named(rng, len(made.looks) - 1, at, gas, is_site=False))
    _report(rng, made, kind)
    return made


def _spells(rng: np.random.Generator, days: int) -> NDArray[np.float64]:
    """Return when a site is on, (spell, 2). [h]"""
    by_day = rng.uniform() < 0.4  # noqa: PLR2004 - a choice
    if by_day:
        worked = [day for day in range(days) if rng.uniform() < rng.choice([0.4, 0.9])]
        return np.array([(24.0 * d + rng.uniform(6, 11), 24.0 * d + rng.uniform(12, 21)) for d in worked]).reshape(
            -1, 2
        )
    mean_off = rng.choice([3.0, 8.0, 25.0], p=[0.3, 0.4, 0.3])
    now, spells = -rng.uniform(0.0, 40.0), []
    while now < days * _HOURS_A_DAY:
        lasts = 4.0 * rng.weibull(1.5)
        spells.append((now, now + lasts))
        now += lasts + mean_off * rng.weibull(0.7)
    return np.array(spells)


def _passing(rng: np.random.Generator, day: int, kind: Kind) -> list[tuple[NDArray[np.float64], str, float, float]]:
    """Return emissions in passing of one day: place, gas, first and last hour."""
    made = []
    for _ in range(rng.poisson(4.0 * kind.passing_a_flight)):
        first = 24.0 * day + rng.uniform(5.0, 20.0)
        gas = str(rng.choice(["acetone", "toluene", "both"], p=[0.5, 0.35, 0.15]))
        made.append((rng.uniform(100.0, SIDE_M - 100.0, 2), gas, first, first + rng.gamma(2.0, 0.7)))
    return made


def _reach(rng: np.random.Generator, best: float) -> NDArray[np.float64]:
    """Return the chance that a flight shows what emits, by cell: a band across the city, soft at its edges."""
    middles = (np.arange(30) + 0.5) * SIDE_M / 30
    east, north = np.meshgrid(middles, middles)
    turn, wide = rng.uniform(0.0, np.pi), rng.uniform(600.0, 1300.0)
    across = (east - SIDE_M / 2) * np.cos(turn) + (north - SIDE_M / 2) * np.sin(turn) - rng.normal(0.0, 500.0)
    return np.asarray(best * rng.uniform(0.7, 1.5) / (1.0 + (np.abs(across) / wide) ** 6))


def _fly(
    rng: np.random.Generator,
    made: City,
    true: NDArray[np.float64],
    emits: list[tuple[NDArray[np.float64], str, bool]],
) -> None:
    """Add what a flight names of all that emits."""
    flight = len(made.looks) - 1
    reach = Look(hour=0.0, chance=true)
    for place, gas, is_site in emits:
        if rng.uniform() < reach.at(*place):
            names = ["acetone", "toluene"] if gas == "both" else [gas]
            shared = rng.standard_t(5, 2)
            for name in names:
                made.seen.append(_named(rng, flight, (place, shared), name, is_site=is_site))


def _named(
    rng: np.random.Generator,
    flight: int,
    at: tuple[NDArray[np.float64], NDArray[np.float64]],
    gas: str,
    *,
    is_site: bool,
) -> Seen:
    """Return a place as a locator would name it, given the error that its flight's gases share; widths are off."""
    place, shared = at
    claimed = np.exp(rng.normal(np.log([15.0, 15.0]), 0.6))
    own = np.sqrt(_SHARED) * shared + np.sqrt(1.0 - _SHARED) * rng.standard_t(5, 2)
    error = claimed * np.exp(rng.normal(0.0, 0.3)) * own
    draws = place + error + claimed * rng.standard_normal((200, 2))
    sure = rng.beta(12.0, 1.0) if is_site else rng.beta(6.0, 1.0)
    return Seen(flight=flight, gas=gas, draws=draws, probability=float(max(sure, 0.5)), is_site=is_site)


def _report(rng: np.random.Generator, made: City, kind: Kind) -> None:
    """Add what people say: of sites, of notorious places, of nothing at all."""
    share = {"tip": 1.0, "waste dump": 0.35, "utility anomaly": 0.5, "odour complaint": 0.8}
    subjects = [(place, True) for place in made.sites]
    named = [np.median(one.draws, axis=0) for one in made.seen if not one.is_site]
    for _ in range(rng.poisson(kind.rumours)):
        # People talk of places where something was smelled once, too.
        somewhere = rng.uniform(100.0, SIDE_M - 100.0, 2)
        is_smelled = len(named) > 0 and rng.uniform() < kind.smelled
        subjects.append((named[rng.integers(len(named))] if is_smelled else somewhere, False))
    for place, is_true in subjects:
        talk = 1.0 if is_true else 2.0
        for name, much in share.items():
            for _ in range(rng.poisson(kind.true_reports * much * talk)):
                _say(rng, made, (place, is_true, name), kind)


def _say(rng: np.random.Generator, made: City, about: tuple[NDArray[np.float64], bool, str], kind: Kind) -> None:
    """Add a report and its copies; the careful ones are right somewhat more often."""
    place, is_true, name = about
    origin = f"origin-{len(made.said)}"
    shares = [0.2, 0.35, 0.25, 0.05, 0.03, 0.12] if is_true else [0.02, 0.1, 0.3, 0.28, 0.1, 0.2]
    graded = rng.choice(list("ABCDEF"), p=shares)
    radius = float(rng.choice([30.0, 100.0, 300.0], p=[0.4, 0.4, 0.2]))
    where = place + radius * rng.standard_normal(2)
    for copy in range(1 + rng.poisson(kind.copies)):
        lost = copy > 0 and rng.uniform() < 0.2  # noqa: PLR2004 - a choice
        made.said.append(
            Said(
                name=f"R{len(made.said)}",
                hour=float(rng.uniform(0.0, 24.0 * kind.days)),
                east=float(where[0]),
                north=float(where[1]),
                radius_m=radius,
                kind=name,
                reliability=str(graded),
                credibility=int(rng.choice([1, 2, 3, 4, 6], p=[0.1, 0.3, 0.35, 0.1, 0.15])),
                origin="" if lost else origin,
            )
        )
