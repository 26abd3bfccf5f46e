r"""Whether two or more listed compounds are there beyond what any benign profile would bring: an open set, no recipe.

Let :math:`r_j` be the log of the amount of listed compound :math:`j` over that of everything unlisted. Benign
composition :math:`k` has its own :math:`r_{kj}`, or lacks the compound; a new sample of its kind scatters about it by
:math:`\sigma` (between references) or, with part :math:`m`, has it as seldom as the class does and as much as anything.
The other hypothesis adds an unknown subset :math:`S` of at least two listed compounds, each evenly likely and each in
any excess between two bounds, to some benign composition:

.. math:: B = \frac{\sum_k w_k \sum_{|S| \ge 2} P(S) \prod_{j \in S} u(r_j) \prod_{j \notin S} b_{kj}(r_j)}
                   {\sum_k w_k \prod_j b_{kj}(r_j)}

The weights :math:`w_k` come from what is unlisted alone. Subsets are summed exactly, by counting up to two. Of what is
not found :math:`b_{kj}` is the chance that it lies below its limit; what the unlisted sum to is then known between two
bounds, and both sums run over it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.explain.classify import Classifier, classifier
from upwind.explain.profiles import CLASSES, Profiles
from upwind.explain.views import View, seen

__all__ = ["Excess", "excess_in"]

#: Between references. [nats]
SCATTER = 1.3
#: Part of samples that keep to no known composition.
STRAY = 0.25
#: Where an unreported part of a profile lies, at most. [part of what is unlisted]
LEAST_PART = 2e-4
#: Of amounts over the unlisted: what benign strays, and what an excess, may have.
STRAYS = (math.log(1e-4), math.log(100.0))
EXCESSES = (math.log(3e-3), math.log(30.0))
#: Listed compounds in excess.
FEWEST = 2
#: The unlisted make at least this part of the listed; where some of them may hide below limits, so many totals between
#: the least and the most that they may be are weighed alike.
LEAST_REST = 1e-3
TOTALS = 4
#: The log Bayes factor where fewer show at all; none is lower. [nats]
LOWEST = -10.0
#: That one listed compound is in excess, before looking.
EACH = 0.35
#: So many references without a compound count as none with it.
PSEUDO_REFERENCES = 1.0
#: Gas profiles never report these: absence is no evidence, and presence hardly.
NEVER_REPORTED = frozenset({"7647-01-0", "7664-93-9"})
_NEVER_REPORTED_RATE = 0.5
_RATES = (0.002, 0.998)
_TINY = 1e-300
#: No density under a composition is less.
_FAINT = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Excess:
    """What is needed to weigh the listed compounds in one view.

    `channels` are those that may hold a listed compound, `others` all others; `sizes` says how many species each of
    `channels` may be. Of the benign compositions: `unlisted`, parts of what is unlisted, shape (composition, other
    channel); `logs` of amounts over the unlisted, `present`, `rates` of presence in the class, all of shape
    (composition, listed channel); `strays`, the part of samples that keep to no composition, shape (listed channel,): 1
    for what no profile reports; `classes` and `weights`, shape (composition,).
    """

    profiles: Profiles
    view: View
    channels: tuple[int, ...]
    others: tuple[int, ...]
    sizes: tuple[int, ...]
    unlisted: FloatArray
    logs: FloatArray
    present: BoolArray
    rates: FloatArray
    strays: FloatArray
    classes: np.ndarray[tuple[int], np.dtype[np.int64]]
    weights: FloatArray

    def log_bayes_factors(self, amounts: FloatArray, limits: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Return the log Bayes factor, shape (sample,), and each listed channel's probability of being in excess.

        Parameters
        ----------
        amounts
            Shape (sample, channel), 0 where below the limit.
        limits
            Of all samples, on their scale, 0 where unknown, shape (channel,). By default none is known.
        """
        known = np.zeros(amounts.shape[1]) if limits is None else limits
        background = self._background(amounts, known)
        answers = [self._one(row, known, background) for row in amounts]
        return np.array([each[0] for each in answers]), np.array([each[1] for each in answers])

    def _background(self, amounts: FloatArray, limits: FloatArray) -> Classifier | None:
        """Return what tells classes by the unlisted, seen down to its limits; None where there is nothing."""
        rest = float(amounts[:, list(self.others)].sum(axis=1).mean())
        if not rest > 0.0:
            return None
        own = View(tuple(self.view.channels[i] for i in self.others))
        return classifier(self.profiles, own.limited(100.0 * limits[list(self.others)] / rest))

    def _one(self, amounts: FloatArray, limits: FloatArray, background: Classifier | None) -> tuple[float, FloatArray]:
        listed, rest = amounts[list(self.channels)], amounts[list(self.others)]
        found = listed > 0.0
        held = np.zeros(len(self.channels))
        if found.sum() < FEWEST:
            return LOWEST, held
        each = EACH / np.array(self.sizes)
        unseen = np.where(rest > 0.0, 0.0, limits[list(self.others)])
        least = max(float(rest.sum()), LEAST_REST * float(listed.sum()))
        most = max(float(rest.sum() + unseen.sum()), least)
        totals = np.geomspace(least, most, TOTALS if most > least else 1)[:, None, None]
        weights = self._weights(rest, unseen / totals, background)
        weights = weights * self._absent(~found, limits[list(self.channels)][~found] / totals).prod(axis=-1)
        logs = np.log(listed[found] / totals)
        benign, extra = self._found(found, logs), np.where(logs > EXCESSES[0], 1.0 / (EXCESSES[1] - EXCESSES[0]), 0.0)
        alone = float((weights * benign.prod(axis=-1)).sum())
        rest_alone = float(np.prod(1.0 - each[~found]))
        with_two = rest_alone * float((weights * self._at_least_two(benign, extra, each[found])).sum())
        factor = math.log(max(with_two, _TINY)) - math.log(max(alone, _TINY)) - math.log(_two_or_more(each))
        inside = [(weights * self._with(benign, extra, each[found], j)).sum() for j in range(int(found.sum()))]
        held[found] = rest_alone * np.array(inside) / max(with_two, _TINY)
        return max(factor, LOWEST), held

    def _weights(self, rest: FloatArray, edges: FloatArray, background: Classifier | None) -> FloatArray:
        """Return how likely each composition is by what is unlisted: found, or below its limit for a total of 1."""
        if background is None or not (rest > 0.0).any():
            below = _below(np.log(np.maximum(self.unlisted, _TINY)), edges)
            return np.asarray(self.weights / self.weights.sum() * below.prod(axis=-1))
        scores = background.scores(rest[None])[0]
        classes = np.exp(scores - scores.max())
        classes /= classes.sum()
        within = np.bincount(self.classes, self.weights, minlength=len(CLASSES))
        weights: FloatArray = classes[self.classes] * self.weights / np.maximum(within, 1e-9)[self.classes]
        return np.asarray(weights / max(float(weights.sum()), _TINY))

    def _found(self, which: BoolArray, logs: FloatArray) -> FloatArray:
        """Return the density of the amounts of what is found, under each composition."""
        away = (logs - self.logs[:, which]) / SCATTER
        near = np.where(self.present[:, which], np.exp(-0.5 * away**2) / (SCATTER * math.sqrt(2.0 * math.pi)), 0.0)
        low, high = STRAYS
        stray = 2.0 * (high - np.clip(logs, low, high)) / (high - low) ** 2  # less is likelier
        strays = self.strays[which]
        return np.asarray((1.0 - strays) * near + strays * self.rates[:, which] * stray + _FAINT)

    def _absent(self, which: BoolArray, edges: FloatArray) -> FloatArray:
        """Return the chance that what is not found is below its limit, under each composition."""
        below = np.where(self.present[:, which], _below(self.logs[:, which], np.maximum(edges, LEAST_PART)), 1.0)
        low, high = STRAYS
        at = np.clip(np.log(np.maximum(edges, math.exp(low))), low, high)
        strays, rates = self.strays[which], self.rates[:, which]
        hidden = rates * (1.0 - ((high - at) / (high - low)) ** 2)
        return np.asarray((1.0 - strays) * below + strays * (1.0 - rates + hidden) + _FAINT)

    @staticmethod
    def _at_least_two(benign: FloatArray, extra: FloatArray, each: FloatArray) -> FloatArray:
        """Return, for each composition, the sum over subsets of two or more."""
        none, one, more = np.ones(benign.shape[:-1]), np.zeros(benign.shape[:-1]), np.zeros(benign.shape[:-1])
        for j in range(benign.shape[-1]):
            out, inside = benign[..., j] * (1.0 - each[j]), extra[..., j] * each[j]
            none, one, more = none * out, one * out + none * inside, more * (out + inside) + one * inside
        return more

    @staticmethod
    def _with(benign: FloatArray, extra: FloatArray, each: FloatArray, held: int) -> FloatArray:
        """Return the sum over those subsets of two or more that hold one compound."""
        none, more = extra[..., held] * each[held] * np.ones(benign.shape[:-1]), np.zeros(benign.shape[:-1])
        for j in range(benign.shape[-1]):
            if j != held:
                out, inside = benign[..., j] * (1.0 - each[j]), extra[..., j] * each[j]
                none, more = none * out, more * (out + inside) + none * inside
        return more


@lru_cache(maxsize=32)
def excess_in(profiles: Profiles, view: View, listed: frozenset[str]) -> Excess:
    """Return what is needed to weigh the compounds of `listed` in a view."""
    channels = tuple(i for i, keys in enumerate(view.channels) if keys & listed)
    others = tuple(i for i, keys in enumerate(view.channels) if not keys & listed)
    parts = seen(profiles, View(view.channels))
    shown = parts.sum(axis=1) > 0.0
    parts, classes, weights = parts[shown], profiles.classes[shown], profiles.weights[shown]
    rest = np.maximum(parts[:, list(others)].sum(axis=1, keepdims=True), 0.5)
    present = parts[:, list(channels)] > 0.0
    unknown = np.array([bool(view.channels[i] & NEVER_REPORTED) for i in channels], dtype=np.bool_)
    rates = np.where(unknown, _NEVER_REPORTED_RATE, _rates(present, classes, weights))
    return Excess(
        channels=channels,
        profiles=profiles,
        view=view,
        others=others,
        sizes=tuple(len(view.channels[i]) for i in channels),
        unlisted=parts[:, list(others)] / rest,
        logs=np.log(np.maximum(parts[:, list(channels)] / rest, _TINY)),
        present=present,
        rates=rates,
        strays=np.where(unknown, 1.0, STRAY),
        classes=classes,
        weights=weights,
    )


def _rates(present: BoolArray, classes: FloatArray, weights: FloatArray) -> FloatArray:
    """Return how often each class has each compound, drawn towards all classes' rate where references are few."""
    overall = weights @ present / weights.sum()
    rates = np.zeros(present.shape)
    for each in np.unique(classes):
        rows = classes == each
        own = weights[rows] / weights[rows].sum()
        count = 1.0 / float((own**2).sum())  # as many even references
        rates[rows] = (count * (own @ present[rows]) + PSEUDO_REFERENCES * overall) / (count + PSEUDO_REFERENCES)
    return np.clip(rates, *_RATES)


def _below(logs: FloatArray, edges: FloatArray) -> FloatArray:
    """Return the chance that amounts scattered about their logs are below edges; certain where no edge is known."""
    return np.where(edges > 0.0, _normal((np.log(np.maximum(edges, _TINY)) - logs) / SCATTER), 1.0)


def _two_or_more(each: FloatArray) -> float:
    """Return the chance that two or more are in excess, before looking."""
    none = float(np.prod(1.0 - each))
    return max(1.0 - none - none * float((each / (1.0 - each)).sum()), _TINY)


def _normal(x: FloatArray) -> FloatArray:
    """Return the normal distribution function (Abramowitz and Stegun 26.2.17, to 1e-7)."""
    t = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-0.5 * x**2) / math.sqrt(2.0 * math.pi) * series
    return np.where(x >= 0.0, 1.0 - tail, tail)
