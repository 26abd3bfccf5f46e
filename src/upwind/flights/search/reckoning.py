"""What to believe of the finds that the model expects: so many fewer as were found by gas that another model moves.

On maps that are informative and wrong, flights found k times what the model expected, and k differed from map to map as
a log-normal does: its median and spread are fitted to one half of the graded conditions and held against the other
(docs/search-figures.md). The plume is not to blame: of sites whose place, rate and state it is told, the model expects
about as many finds as there are. Too much is expected because a planner flies where its map says most, and there a
map errs upward.
"""

from __future__ import annotations

import math

from upwind.records import Estimate

__all__ = ["LEVEL", "MEDIAN", "SPREAD", "chance_of", "finds_an_hour"]

#: Median and standard deviation of the logarithm of k, as `benchmarks.skill.search_reckoning` fits them.
MEDIAN, SPREAD = 0.65, 0.6
#: What the intervals hold of all maps.
LEVEL = 0.9
#: So many standard deviations either way hold `LEVEL` of a normal.
_REACH = 1.6449


def chance_of(expected: float) -> Estimate:
    """Return the probability of a find where the model expects so many, over how far maps are to be believed.

    Sites are a Poisson process, so that none is found with ``exp(-k expected)``.

    Examples
    --------
    >>> chance = chance_of(0.5)
    >>> chance.lower < chance.median < chance.upper < 0.5
    True
    """
    lower, median, upper = (-math.expm1(-factor * expected) for factor in _factors())
    return Estimate(median=median, lower=lower, upper=upper, level=LEVEL, units="1")


def finds_an_hour(expected: float, time_s: float) -> Estimate:
    """Return how many finds an hour to reckon with where the model expects so many in a time [s]. [1/h]"""
    lower, median, upper = (factor * expected * 3600.0 / time_s for factor in _factors())
    return Estimate(median=median, lower=lower, upper=upper, level=LEVEL, units="1/h")


def _factors() -> tuple[float, float, float]:
    """Return k at the interval's lower end, its median, and its upper end."""
    return MEDIAN * math.exp(-_REACH * SPREAD), MEDIAN, MEDIAN * math.exp(_REACH * SPREAD)
