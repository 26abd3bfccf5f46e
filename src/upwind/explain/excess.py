r"""Whether two or more listed compounds are there beyond what any benign profile would bring: an open set, no recipe.

Let :math:`r_j` be the log of the amount of listed compound :math:`j` over that of everything unlisted. Benign
composition :math:`k` has its own :math:`r_{kj}`, or lacks the compound; a new sample of its kind scatters about it by
:math:`\sigma` (between references) or, with part :math:`m`, has it as seldom as the class does and as much as anything.
The other hypothesis adds an unknown subset :math:`S` of at least two listed compounds, each evenly likely and each in
any excess between two bounds, to some benign composition:

.. math:: B = \frac{\sum_k w_k \sum_{|S| \ge 2} P(S) \prod_{j \in S} u(r_j) \prod_{j \notin S} b_{kj}(r_j)}
                   {\sum_k w_k \prod_j b_{kj}(r_j)}

The weights :math:`w_k` come from what is unlisted alone. Subsets are summed exactly, by counting up to two.
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Excess:
    """What is needed to weigh the listed compounds in one view.

    `channels` are those that may hold a listed compound; `background` classifies by all others. Of the benign
    compositions: `logs` of amounts over the unlisted, `present`, `rates` of presence in the class, all of shape
    (composition, listed channel); `strays`, the part of samples that keep to no composition, shape (listed channel,): 1
    for what no profile reports; `classes` and `weights`, shape (composition,).
    """

    channels: tuple[int, ...]
    others: tuple[int, ...]
    sizes: tuple[int, ...]
    background: Classifier | None
    logs: FloatArray
    present: BoolArray
    rates: FloatArray
    strays: FloatArray
    classes: np.ndarray[tuple[int], np.dtype[np.int64]]
    weights: FloatArray

    def log_bayes_factors(self, amounts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the log Bayes factor, shape (sample,), and each listed channel's probability of being in excess.

        Parameters
        ----------
        amounts
            Shape (sample, channel), 0 where below the limit.
        """
        answers = [self._one(row) for row in amounts]
        return np.array([each[0] for each in answers]), np.array([each[1] for each in answers])

    def _one(self, amounts: FloatArray) -> tuple[float, FloatArray]:
        listed, rest = amounts[list(self.channels)], amounts[list(self.others)]
        if (listed > 0.0).sum() < FEWEST:
            return LOWEST, np.zeros(len(self.channels))
        weights = self._weights(rest)
        total = max(float(rest.sum()), 1e-3 * float(listed.sum()))
        logs = np.log(np.maximum(listed / total, _TINY))
        benign = self._benign(logs, listed > 0.0)
        low, high = EXCESSES
        extra = np.where((listed > 0.0) & (logs > low), 1.0 / (high - low), 0.0)
        each = EACH / np.array(self.sizes)
        both = self._at_least_two(benign, extra, each)
        alone = float(weights @ benign.prod(axis=1))
        with_two = float(weights @ both)
        inside = np.array([float(weights @ self._with(benign, extra, each, j)) for j in range(len(each))])
        factor = math.log(max(with_two, _TINY)) - math.log(max(alone, _TINY)) - math.log(_two_or_more(each))
        return max(factor, LOWEST), inside / max(with_two, _TINY)

    def _weights(self, rest: FloatArray) -> FloatArray:
        """Return how likely each composition is by what is unlisted."""
        if self.background is None or not (rest > 0.0).any():
            return np.asarray(self.weights / self.weights.sum())
        scores = self.background.scores(rest[None])[0]
        classes = np.exp(scores - scores.max())
        classes /= classes.sum()
        within = np.bincount(self.classes, self.weights, minlength=len(CLASSES))
        weights: FloatArray = classes[self.classes] * self.weights / np.maximum(within, 1e-9)[self.classes]
        return np.asarray(weights / max(float(weights.sum()), _TINY))

    def _benign(self, logs: FloatArray, found: BoolArray) -> FloatArray:
        """Return the density of each listed compound's amount under each composition, or its chance of absence."""
        away = (logs - self.logs) / SCATTER
        near = np.where(self.present, np.exp(-0.5 * away**2) / (SCATTER * math.sqrt(2.0 * math.pi)), 0.0)
        below = np.where(self.present, _normal((math.log(LEAST_PART) - self.logs) / SCATTER), 1.0)
        low, high = STRAYS
        stray = 2.0 * (high - np.clip(logs, low, high)) / (high - low) ** 2  # less is likelier
        there = (1.0 - self.strays) * near + self.strays * self.rates * stray
        absent = (1.0 - self.strays) * below + self.strays * (1.0 - self.rates)
        return np.where(found, there, absent) + 1e-12

    @staticmethod
    def _at_least_two(benign: FloatArray, extra: FloatArray, each: FloatArray) -> FloatArray:
        """Return, for each composition, the sum over subsets of two or more."""
        none, one, more = np.ones(len(benign)), np.zeros(len(benign)), np.zeros(len(benign))
        for j in range(benign.shape[1]):
            out, inside = benign[:, j] * (1.0 - each[j]), extra[j] * each[j]
            none, one, more = none * out, one * out + none * inside, more * (out + inside) + one * inside
        return more

    @staticmethod
    def _with(benign: FloatArray, extra: FloatArray, each: FloatArray, held: int) -> FloatArray:
        """Return the sum over those subsets of two or more that hold one compound."""
        none, more = np.full(len(benign), extra[held] * each[held]), np.zeros(len(benign))
        for j in range(benign.shape[1]):
            if j != held:
                out, inside = benign[:, j] * (1.0 - each[j]), extra[j] * each[j]
                none, more = none * out, more * (out + inside) + none * inside
        return more


@lru_cache(maxsize=32)
def excess_in(profiles: Profiles, view: View, listed: frozenset[str]) -> Excess:
    """Return what is needed to weigh the compounds of `listed` in a view."""
    channels = tuple(i for i, keys in enumerate(view.channels) if keys & listed)
    others = tuple(i for i, keys in enumerate(view.channels) if not keys & listed)
    parts = seen(profiles, view)
    shown = parts.sum(axis=1) > 0.0
    parts, classes, weights = parts[shown], profiles.classes[shown], profiles.weights[shown]
    rest = np.maximum(parts[:, list(others)].sum(axis=1, keepdims=True), 0.5)
    present = parts[:, list(channels)] > 0.0
    unknown = np.array([bool(view.channels[i] & NEVER_REPORTED) for i in channels], dtype=np.bool_)
    rates = np.where(unknown, _NEVER_REPORTED_RATE, _rates(present, classes, weights))
    return Excess(
        channels=channels,
        others=others,
        sizes=tuple(len(view.channels[i]) for i in channels),
        background=classifier(profiles, View(tuple(view.channels[i] for i in others))) if others else None,
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
