"""What passes of flights say of a site that goes on and off, against something that only passes by.

If there is a site, it emits as a Markov process of two states, on for a share d of the time (the duty cycle) and for
`on_h` hours in the mean. If there is none, flights still name places: what emits in passing, and winds that err. That
is a process of two states too, on for a share f of the time; f is small but for places where every flight errs alike.
Of a pass, r is the likelihood of what was read if gas came from there just then, over that if none did: N p / (1 - p)
of a source located with probability p at one of N places, 1 - c of a silent pass which would have shown one with chance
c. With P the chance
of being on, given all earlier passes, a pass adds::

    log sum_d w_d [1 + P_d (r - 1)] - log sum_f w_f [1 + P_f (r - 1)]

and the sum over passes is the exact log likelihood ratio. So passes in one spell of emission are not independent, and
a silent pass lowers without erasing: with d < 1 the site may have been off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray
from upwind.records import Estimate

__all__ = ["Habits", "Pass", "Passes", "going_on", "noticed", "ratio_of", "weigh"]

LEVEL = 0.9
#: The r of a pass that leaves no doubt.
_CERTAIN = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How sites emit, and what emits or seems to without one.

    Attributes
    ----------
    duties
        Duty cycles thought equally likely of a site.
    on_h
        Mean length of a site's spells of emission. [h]
    passing
        Chance that a pass names a place where no site is.
    passing_h
        How long what passes stays, in the mean. [h]
    stubborn
        Share of such places where flight after flight errs alike, with the chance `errs`.
    """

    duties: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.45, 0.65, 0.9)
    on_h: float = 4.0
    passing: float = 0.0005
    passing_h: float = 1.0
    stubborn: float = 0.001
    errs: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One flight past a place, at so many hours of any clock; `ratio` is r above."""

    hour: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """The log weight of each pass in the order of time, what each would be alone, and the duty cycle of a site."""

    weights: tuple[Estimate, ...]
    alone: tuple[float, ...]
    duty_cycle: Estimate


def weigh(passes: Sequence[Pass], habits: Habits) -> Passes:
    """Return what passes, in the order of time, say for a site; the weights' intervals are over its duty cycle."""
    duties = np.array(habits.duties)
    errors = np.array([habits.passing, habits.errs])
    one, weight_one = _chain(passes, duties, np.full(duties.size, 1.0 / duties.size), habits.on_h)
    other, weight_other = _chain(passes, errors, np.array([1.0 - habits.stubborn, habits.stubborn]), habits.passing_h)
    weights, alone = [], []
    for number, each in enumerate(passes):
        without = _mixed(other[number], weight_other[number])
        median = _mixed(one[number], weight_one[number]) - without
        ends = _quantiles(one[number], weight_one[-1], ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0))
        lower, upper = (end - without for end in ends)
        weights.append(_estimate(median, min(lower, median), max(upper, median), "nats"))
        first = (np.log1p(values * (each.ratio - 1.0)) for values in (duties, errors))
        alone.append(_mixed(next(first), weight_one[0]) - _mixed(next(first), weight_other[0]))
    low, middle, high = _quantiles(duties, weight_one[-1], ((1.0 - LEVEL) / 2.0, 0.5, (1.0 + LEVEL) / 2.0))
    return Passes(weights=tuple(weights), alone=tuple(alone), duty_cycle=_estimate(middle, low, high, "1"))


def going_on(before: Sequence[Pass], after: Sequence[Pass], habits: Habits) -> tuple[Estimate, ...]:
    """Return what each later pass says for a site that goes on, against one that ended; both explain what was before.

    A site that ended leaves what emits in passing, and no more: that it was one is not in doubt.
    """
    if not after:
        return ()
    duties = np.array(habits.duties)
    every = [*before, *after]
    one, weight_one = _chain(every, duties, np.full(duties.size, 1.0 / duties.size), habits.on_h)
    other, _ = _chain(after, np.array([habits.passing]), np.ones(1), habits.passing_h)
    weights = []
    for number, without in enumerate(other, start=len(before)):
        median = _mixed(one[number], weight_one[number]) - float(without[0])
        ends = _quantiles(one[number], weight_one[-1], ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0))
        lower, upper = (end - float(without[0]) for end in ends)
        weights.append(_estimate(median, min(lower, median), max(upper, median), "nats"))
    return tuple(weights)


def noticed(silent: Sequence[Pass], named: float, habits: Habits) -> float:
    """Return how much likelier some pass names a place with a site than one without: the log of the chances' ratio.

    Parameters
    ----------
    silent
        The passes as though each had been silent.
    named
        The r of a pass that names a place: whatever emits elsewhere is taken for this place that much more seldom.
    """
    elsewhere = sum(1.0 - each.ratio for each in silent) / named
    duties, errors = np.array(habits.duties), np.array([habits.passing, habits.errs])
    one = _chain(silent, duties, np.full(duties.size, 1.0 / duties.size), habits.on_h)
    other = _chain(silent, errors, np.array([1.0 - habits.stubborn, habits.stubborn]), habits.passing_h)
    missed = [math.exp(sum(_mixed(*each) for each in zip(*chain, strict=False))) for chain in (one, other)]
    return math.log((1.0 - missed[0] + elsewhere) / (1.0 - missed[1] + elsewhere))


def ratio_of(alone: float, habits: Habits) -> float:
    """Return the r of a pass that says so much alone: the inverse of what `weigh` makes of it."""
    duty = float(np.mean(habits.duties))
    error = (1.0 - habits.stubborn) * habits.passing + habits.stubborn * habits.errs
    said = math.exp(alone)
    left = duty - said * error
    return max(1.0 + (said - 1.0) / left, 0.0) if left > 0.0 else _CERTAIN


def _chain(
    passes: Sequence[Pass], shares: FloatArray, prior: FloatArray, lasts_h: float
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Return what each pass adds for each share (pass, share), and the shares' weights before each pass and at last."""
    on, weight = shares.copy(), prior
    added, weights = [], [weight]
    gaps = [later.hour - earlier.hour for earlier, later in pairwise(passes)]
    with np.errstate(divide="ignore"):
        slowness = 1.0 / (lasts_h * (1.0 - shares))
    for each, gap in zip(passes, [0.0, *gaps], strict=True):
        kept = np.exp(-gap * slowness) if gap else 1.0
        on = shares + kept * (on - shares)
        likelihood = 1.0 + on * (each.ratio - 1.0)
        on = on * each.ratio / likelihood
        added.append(np.log(likelihood))
        weight = weight * likelihood / np.sum(weight * likelihood)
        weights.append(weight)
    return added, weights


def _mixed(logs: FloatArray, weight: FloatArray) -> float:
    return float(np.log(np.sum(weight * np.exp(logs))))


def _quantiles(values: FloatArray, weight: FloatArray, levels: Sequence[float]) -> list[float]:
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order]) - 0.5 * weight[order]
    return [float(np.interp(level, below / weight.sum(), values[order])) for level in levels]


def _estimate(median: float, lower: float, upper: float, units: str) -> Estimate:
    return Estimate(median=float(median), lower=float(lower), upper=float(upper), level=LEVEL, units=units)
