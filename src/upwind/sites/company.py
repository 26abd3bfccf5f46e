"""What the places of one mission say of one another: how many of what its flights name there is real.

Nobody knows beforehand how densely sites lie in an area beside what emits in passing, or how often its winds mislead.
Whatever it is, all places of a mission share it: a common cause, and a wrong guess makes every one of them wrong alike.
So the prior's odds are known but for a factor e^u, normal of the standard deviation that `prior_error` tells, and all
places are weighed together. With a place's odds e^a before the factor, and S the ratio of chances that the flights name
a place with a site and one without, it is such as it is, given that it was named at all, with the likelihood ::

    (1 + e^(u + a)) / (1 + S e^u prior / (1 - prior))

Their product over the places is what the mission says of u; each place's probability is the mean of
``1 / (1 + e^-(u + a))`` over it. What is added to the prior's log-odds for that is this module's answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from upwind.arrays import FloatArray
from upwind.records import Estimate
from upwind.sites.emission import LEVEL

__all__ = ["Named", "factors", "priors"]

#: Values of u, equally likely beforehand.
_VALUES = 41
_HALF = NormalDist().inv_cdf(0.5 * (1.0 + LEVEL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One place that flights named: log-odds a of all its terms, and the log of S above. [nats]"""

    log_odds: float
    noticed: float


def factors(error: float) -> FloatArray:
    """Return the values of u, equally likely, of a prior that may be wrong by a factor `error` either way (90 %)."""
    spread = math.log(error) / _HALF
    return np.array([spread * NormalDist().inv_cdf((n + 0.5) / _VALUES) for n in range(_VALUES)])


def priors(places: Sequence[Named], prior: float, error: float) -> tuple[Estimate, ...]:
    """Return the prior's log-odds of each place after what all places say.

    Parameters
    ----------
    places
        All of one mission, or of one area.
    prior, error
        The probability beforehand, and the factor by which its odds may be wrong either way (90 %).

    Returns
    -------
    tuple of Estimate
        In the order of the places. [nats]
    """
    if not places:
        return ()
    shift = factors(error)
    before = math.log(prior / (1.0 - prior))
    odds = np.array([one.log_odds for one in places])[:, None] + shift
    named = np.array([one.noticed for one in places])[:, None] + before + shift
    said = (np.logaddexp(0.0, odds) - np.logaddexp(0.0, named)).sum(axis=0)
    weight = np.exp(said - said.max())
    weight /= weight.sum()
    probable = np.clip((weight / (1.0 + np.exp(-odds))).sum(axis=1), 1e-300, 1.0 - 1e-16)
    median = np.log(probable / (1.0 - probable)) - odds[:, _VALUES // 2] + before
    below = np.cumsum(weight) - 0.5 * weight
    low, high = (before + float(np.interp(level, below, shift)) for level in (0.5 - 0.5 * LEVEL, 0.5 + 0.5 * LEVEL))
    return tuple(
        Estimate(
            median=float(each), lower=min(low, float(each)), upper=max(high, float(each)), level=LEVEL, units="nats"
        )
        for each in median
    )
