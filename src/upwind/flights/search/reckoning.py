"""What to believe of the finds that the model expects: so many fewer as were found by gas that another model moves.

On maps that are informative and wrong, flights found k times what the model expected, and k differed from map to map as
a log-normal does: its median and spread are fitted to one half of the graded conditions and held against the other
(docs/search-figures.md). Wind and plume are a part of it: of sites whose place, rate and state it is told, the model
expects some more finds than there are. The greater part is that a planner flies where its map says most, and there a
map errs upward.
"""

from __future__ import annotations

import math

from upwind.records import Estimate

__all__ = ["EVEN_MEDIAN", "LEVEL", "MEDIAN", "SPREAD", "chance_of", "finds_an_hour", "reckoned"]

#: Median and standard deviation of the logarithm of k, as `benchmarks.skill.search` fits them; the median for lines
#: that are spaced evenly, whatever the map says, is another.
MEDIAN, SPREAD, EVEN_MEDIAN = 0.58, 0.50, 0.78
#: What the intervals hold of all maps.
LEVEL = 0.9
#: So many standard deviations either way hold `LEVEL` of a normal.
_REACH = 1.6449


def reckoned(expected: float, *, unled: bool = False) -> float:
    """Return how many finds to reckon with where the model expects so many: half of all maps give more.

    `unled` says that the lines were not laid where a map says most: they are spaced evenly, or the map is even.
    """
    return expected * (EVEN_MEDIAN if unled else MEDIAN)


def chance_of(finds: float) -> Estimate:
    """Return the probability of a find where so many are reckoned with, over how far maps are to be believed.

    Sites are a Poisson process, so that nothing is found with ``exp(-finds)``.

    Examples
    --------
    >>> chance = chance_of(reckoned(0.5))
    >>> chance.lower < chance.median < chance.upper < 0.5
    True
    """
    lower, median, upper = (-math.expm1(-factor * finds) for factor in _factors())
    return Estimate(median=median, lower=lower, upper=upper, level=LEVEL, units="1")


def finds_an_hour(finds: float, time_s: float) -> Estimate:
    """Return how many finds an hour there may be where so many are reckoned with in a time [s]. [1/h]"""
    lower, median, upper = (factor * finds * 3600.0 / time_s for factor in _factors())
    return Estimate(median=median, lower=lower, upper=upper, level=LEVEL, units="1/h")


def _factors() -> tuple[float, float, float]:
    """Return k over its median at the interval's lower end, its median, and its upper end."""
    return math.exp(-_REACH * SPREAD), 1.0, math.exp(_REACH * SPREAD)
