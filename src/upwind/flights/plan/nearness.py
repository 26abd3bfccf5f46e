"""How near the aircraft of one plan are expected to come: flown again and again with errors drawn.

In each draw every sortie has its own error of the wind, of its pace, of its take-off and of its climb, all within what
`occupied` holds, and is flown with its turns or leg by leg. What is told is the least distance over ground of each pair
while heights are less than the separation apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.fleet import Fleet
from upwind.flights.plan.occupied import LATE_S, SHARE, WIND_ERROR_M_S, Timed, blown, timed
from upwind.flights.plan.separation import Nearness
from upwind.records import Estimate

__all__ = ["nearness"]

_DRAWS, _LEVEL = 400, 0.9
_STEP_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flight:
    """Where a sortie is at each step from `first` on, (step, 3): easting, northing, up. [m]"""

    first: int
    places: FloatArray


def nearness(fleet: Fleet, air: Air) -> tuple[Nearness, ...]:
    """Return how near each pair of a fleet's aircraft is expected to come, the nearest first."""
    chance = np.random.default_rng(0)
    ways = [timed(sortie, fleet.survey.frame, air) for sortie in fleet.survey.sorties]
    pairs = list(combinations([who for who, share in enumerate(fleet.shares) if share], 2))
    found = np.full((_DRAWS, len(pairs), 2), math.inf)
    for draw in range(_DRAWS):
        flights = [_flown(fleet, number, way, air, chance) for number, way in enumerate(ways)]
        for at, pair in enumerate(pairs):
            found[draw, at] = min(_meetings(fleet, flights, pair), default=(math.inf, math.inf))
    told = [_told(pair, found[:, at]) for at, pair in enumerate(pairs)]
    return tuple(sorted(told, key=lambda one: math.inf if one.across is None else one.across.median))


def _told(pair: tuple[int, int], drawn: FloatArray) -> Nearness:
    """Return what the draws of a pair, least distance and when, tell; those that never met do not count."""
    met = drawn[np.isfinite(drawn[:, 0])]
    names = (pair[0] + 1, pair[1] + 1)
    if not len(met):
        return Nearness(pair=names, across=None, after_s=math.nan)
    lower, median, upper = np.quantile(met[:, 0], [(1.0 - _LEVEL) / 2.0, 0.5, (1.0 + _LEVEL) / 2.0])
    across = Estimate(median=float(median), lower=float(lower), upper=float(upper), level=_LEVEL, units="m")
    after = float(met[np.abs(met[:, 0] - median).argmin(), 1])
    return Nearness(pair=names, across=across, after_s=after)


def _flown(fleet: Fleet, number: int, ways: Timed, air: Air, chance: np.random.Generator) -> _Flight:
    """Return one way that a sortie may be flown."""
    size, angle = WIND_ERROR_M_S * math.sqrt(chance.random()), 2.0 * math.pi * chance.random()
    clocks = ways.clocks(blown(air, size * math.cos(angle), size * math.sin(angle)))
    as_planned = bool(chance.random() < 0.5)  # noqa: PLR2004 - one or the other
    way, clock = (ways.path, clocks[0]) if as_planned else (ways.legs, clocks[1])
    stops = ways.stops if as_planned else np.arange(len(ways.legs))
    sortie = fleet.survey.sorties[number]
    climbs = fleet.climb_s * chance.random(2)
    start = fleet.begins[number] + LATE_S * chance.random() + climbs[0]
    clock = start + clock * (1.0 + SHARE * (2.0 * chance.random() - 1.0))
    up = np.interp(np.arange(len(way)), stops, sortie.waypoints[:, 2])
    times = np.concatenate([[start - climbs[0]], clock, [clock[-1] + climbs[1]]])
    rows = np.vstack([[*way[0], 0.0], np.column_stack([way, up]), [*way[-1], 0.0]])
    first, last = math.ceil(times[0] / _STEP_S), math.floor(times[-1] / _STEP_S)
    at = np.arange(first, last + 1) * _STEP_S
    return _Flight(first=first, places=np.column_stack([np.interp(at, times, along) for along in rows.T]))


def _meetings(fleet: Fleet, flights: Sequence[_Flight], pair: tuple[int, int]) -> Iterator[tuple[float, float]]:
    """Yield how near two aircraft come, and when, for every two sorties of theirs. [m, s]"""
    up_m = fleet.separation.up_m if fleet.separation is not None else math.inf
    ones, others = ([flight for flight, who in zip(flights, fleet.of, strict=True) if who == one] for one in pair)
    for one in ones:
        for other in others:
            first = max(one.first, other.first)
            last = min(one.first + len(one.places), other.first + len(other.places))
            if last - first < 2:  # noqa: PLR2004 - a step has two ends
                continue
            apart = (
                one.places[first - one.first : last - one.first]
                - other.places[first - other.first : last - other.first]
            )
            across = _least(apart[:, :2])
            across[np.minimum(np.abs(apart[:-1, 2]), np.abs(apart[1:, 2])) >= up_m - 1.0] = math.inf
            at = int(across.argmin())
            yield float(across[at]), (first + at) * _STEP_S


def _least(apart: FloatArray) -> FloatArray:
    """Return the least distance within each step, both going straight. [m]"""
    step = np.diff(apart, axis=0)
    square = np.maximum((step**2).sum(axis=1), 1e-12)
    part = np.clip(-(apart[:-1] * step).sum(axis=1) / square, 0.0, 1.0)
    least: FloatArray = np.hypot(*(apart[:-1] + part[:, None] * step).T)
    return least
