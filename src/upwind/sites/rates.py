"""What a site gives off while it emits, from what several flights made of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np

from upwind.records import Estimate, Source

__all__ = ["log_spread", "rates_of"]

_HALF_90 = NormalDist().inv_cdf(0.95)
#: An emission rate is never known better than this. [nats]
_LEAST_SPREAD = 0.05


def log_spread(rate: Estimate) -> float:
    """Return the standard deviation of a rate's logarithm, as its interval says it."""
    if not 0.0 < rate.lower < rate.upper:
        return _LEAST_SPREAD
    return max(math.log(rate.upper / rate.lower) / (2.0 * _HALF_90), _LEAST_SPREAD)


def rates_of(sources: Sequence[Source]) -> Mapping[str, Estimate]:
    """Return the emission rate of each gas that has any: the even mixture of what each flight says.

    Flights may each be right, as sites emit more or less from day to day: a mixture keeps their scatter.
    """
    made = {}
    for gas in sorted({source.gas for source in sources}):
        own = [source.emission_rate for source in sources if source.gas == gas and source.emission_rate is not None]
        if len(own) == 1:
            made[gas] = own[0]
        elif own:
            made[gas] = _mixture(own)
    return made


def _mixture(rates: Sequence[Estimate]) -> Estimate:
    steps = np.array([NormalDist().inv_cdf((n + 0.5) / 200) for n in range(200)])
    values = np.concatenate([rate.median * np.exp(log_spread(rate) * steps) for rate in rates])
    lower, median, upper = np.quantile(values, [0.05, 0.5, 0.95])
    return Estimate(median=float(median), lower=float(lower), upper=float(upper), level=0.9, units=rates[0].units)
