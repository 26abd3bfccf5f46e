"""Whether a place that was acted on emits no more: what the passes after say, not that nothing was seen.

Each pass over a site has a weight w: the logarithm of how much likelier its readings are if the site goes on emitting,
with what is known of its rates and of the share of time that it is on, than if it has ended (`sites.emission`). For a
silent pass it is about log[1 - P c], P the chance of being on, given all earlier passes, and c that of being shown.
Before the passes both are held equally likely, so that after them::

    P(gone) = 1 / (1 + exp(sum w))

A site that is seldom on, or a flight that would have shown little, leaves w near nothing: that is not enough data. It
is not said to be gone either where a pass saw it again, however many did not: a site may end and begin anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from upwind.records import Estimate

__all__ = ["SURE", "Refly", "Verdict", "refly"]

#: A verdict is given where it is as probable as this.
SURE = 0.95


class Verdict(StrEnum):
    """What the passes after say."""

    GONE = "gone"
    STILL_THERE = "still there"
    NOT_ENOUGH = "not enough data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refly:
    """The verdict of so many passes, and the probability that the site is gone, its interval over the duty cycle."""

    verdict: Verdict
    gone: Estimate
    passes: int


def refly(weights: Sequence[Estimate]) -> Refly:
    """Return what the passes after acting say; their weights share their unknowns, so their spreads add.

    Examples
    --------
    >>> silent = Estimate(median=-1.0, lower=-2.0, upper=-0.3, level=0.9, units="nats")
    >>> refly([silent]).verdict, refly([silent] * 4).verdict
    (<Verdict.NOT_ENOUGH: 'not enough data'>, <Verdict.GONE: 'gone'>)
    """
    median, lower, upper = (
        _gone(sum(getattr(weight, name) for weight in weights)) for name in ("median", "upper", "lower")
    )
    verdict = Verdict.NOT_ENOUGH
    if median >= SURE and not any(weight.median > 0.0 for weight in weights):
        verdict = Verdict.GONE
    elif median <= 1.0 - SURE:
        verdict = Verdict.STILL_THERE
    gone = Estimate(median=median, lower=min(lower, median), upper=max(upper, median), level=0.9, units="1")
    return Refly(verdict=verdict, gone=gone, passes=len(weights))


def _gone(weight: float) -> float:
    """Return the probability that the site is gone."""
    return 1.0 / (1.0 + math.exp(min(weight, 700.0)))
