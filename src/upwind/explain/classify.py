"""Which benign class a composition is of, learnt anew for whatever the sensor can see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.explain.features import Features, features_for
from upwind.explain.profiles import CLASSES, Profiles
from upwind.explain.regression import Regression, fit
from upwind.explain.views import View, seen, shares

__all__ = ["Classifier", "classifier"]

#: A class counts as if so much more of it had been looked at, a twentieth of that unseen (its references weigh 1).
DOUBT = 0.5
BLIND_AT_LEAST = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classifier:
    """A regression on the features of a view; `average` are those of the average composition.

    `nothing` is the score of every class where the view sees nothing at all, shape (class,): how much of the class it
    is blind to.
    """

    view: View
    features: Features
    regression: Regression
    average: FloatArray
    nothing: FloatArray

    def scores(self, amounts: FloatArray) -> FloatArray:
        """Return log probabilities of every class up to a constant.

        Parameters
        ----------
        amounts
            On any common scale, shape (sample, channel).
        """
        scores = self.regression.scores(self.features.of(shares(amounts)))
        return np.where(amounts.sum(axis=1, keepdims=True) > 0.0, scores, self.nothing)

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
    """Return the classifier for a view; compositions of which it sees nothing teach what it is blind to."""
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
        nothing=np.log(_blind(profiles, shown)),
    )


def _blind(profiles: Profiles, shown: BoolArray) -> FloatArray:
    """Return which part of every class's compositions a view sees nothing of, shape (class,), none of them certain."""
    every = np.bincount(profiles.classes, profiles.weights, minlength=len(CLASSES))
    unseen = np.bincount(profiles.classes[~shown], profiles.weights[~shown], minlength=len(CLASSES))
    return np.asarray((unseen + DOUBT * BLIND_AT_LEAST) / (every + DOUBT))
