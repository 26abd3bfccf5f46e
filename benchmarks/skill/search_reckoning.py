"""How far the finds that the planner's model expects are to be believed: fitted on some flights, held against others.

The number of finds of a region's flights is Poisson with the mean ``k expected``; k is log-normal over regions. Its
median and spread are those of the greatest likelihood. `upwind.flights.search.reckoning` keeps them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from upwind.flights.search.reckoning import chance_of, reckoned

__all__ = ["conditions", "fitted", "reliability"]

Row = dict[str, Any]

#: Wind speeds that part the flights into thirds or so. [m/s]
_LIGHT, _FRESH = 3.0, 4.5
_NODES = 41


def fitted(rows: Sequence[Row], way: str) -> tuple[float, float]:
    """Return median of k and standard deviation of its logarithm, to 0.01, for flights as planned or even."""
    expected = np.array([sum(row[way]["expected"]) for row in rows])
    found = np.array([sum(row[way]["new"]) for row in rows])
    place, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    weight /= weight.sum()
    best, chosen = -math.inf, (math.nan, math.nan)
    for median in np.arange(0.2, 1.5, 0.01):
        for spread in np.arange(0.0, 1.5, 0.05):
            mean = median * np.exp(spread * place)[:, None] * expected
            # The factorial is the same throughout.
            likelihood = float(np.log(weight @ np.exp(found * np.log(mean) - mean)).sum())
            if likelihood > best:
                best, chosen = likelihood, (float(median), float(spread))
    return chosen


def conditions(rows: Sequence[Row]) -> list[tuple[str, list[tuple[float, int]]]]:
    """Return flights as planned by day, mixing and wind: what was expected and found of each."""
    groups: dict[str, list[tuple[float, int]]] = {}
    for row in rows:
        each = zip(row["planned"]["expected"], row["planned"]["new"], row["weather"], strict=True)
        for day, (expected, found, (mixing, speed)) in enumerate(each, start=1):
            wind = "light" if speed < _LIGHT else "fresh" if speed > _FRESH else "gentle"
            for name in (f"day {day}", f"{mixing} air", f"{wind} wind"):
                groups.setdefault(name, []).append((expected, found))
    return sorted(groups.items())


def reliability(flights: Sequence[tuple[float, int]]) -> tuple[float, float, float, float]:
    """Return the share of flights with a find: as `chance_of` says, its interval's ends, and as it was."""
    chances = [chance_of(reckoned(expected)) for expected, _ in flights]
    median, lower, upper = (
        float(np.mean([getattr(one, name) for one in chances])) for name in ("median", "lower", "upper")
    )
    return median, lower, upper, float(np.mean([found > 0 for _, found in flights]))
