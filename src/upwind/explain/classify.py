"""Which benign class a composition is of, learnt anew for whatever the sensor can see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from upwind.arrays import FloatArray
from upwind.explain.features import Features, features_for
from upwind.explain.profiles import CLASSES, Profiles
from upwind.explain.regression import Regression, fit
from upwind.explain.views import View, seen, shares

__all__ = ["Classifier", "classifier"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classifier:
    """A regression on the features of a view; `average` are those of the average composition."""

    view: View
    features: Features
    regression: Regression
    average: FloatArray

    def scores(self, amounts: FloatArray) -> FloatArray:
        """Return log probabilities of every class up to a constant; zeros, no preference, where nothing is seen.

        Parameters
        ----------
        amounts
            On any common scale, shape (sample, channel).
        """
        scores = self.regression.scores(self.features.of(shares(amounts)))
        return np.where(amounts.sum(axis=1, keepdims=True) > 0.0, scores, 0.0)

    def evidence(self, amounts: FloatArray, slopes: FloatArray) -> FloatArray:
        """Return how much each channel speaks for a direction between classes, shape (channel,). [nats]

        Parameters
        ----------
        amounts
            Of one sample, shape (channel,).
        slopes
            The direction, shape (class,): 1 for the class spoken for, minus shares of the others.
        """
        parts = shares(amounts[None])
        features = self.features.of(parts)[0] - self.average
        return self.features.attributed(parts[0], features, self.regression.coefficients @ slopes)


@lru_cache(maxsize=32)
def classifier(profiles: Profiles, view: View) -> Classifier:
    """Return the classifier for a view; compositions of which it sees nothing teach nothing."""
    parts = seen(profiles, view)
    shown = parts.sum(axis=1) > 0.0
    features = features_for(profiles, view)
    table = features.of(parts[shown])
    weights = profiles.weights[shown]
    return Classifier(
        view=view,
        features=features,
        regression=fit(table, profiles.classes[shown], weights, len(CLASSES)),
        average=weights @ table / weights.sum(),
    )
