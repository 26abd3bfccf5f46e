"""Multinomial logistic regression, weighted and shrunk, in numpy alone: small enough to fit while somebody waits.

scikit-learn would do the same; it is 30 MB and a second of start for the 100 lines here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray

__all__ = ["Regression", "fit"]

#: Halved squared length of the coefficients counts so much beside a class of weight 1.
PENALTY = 0.3

_MEMORY = 12
_MOST_STEPS = 150
_STEEPEST = 2e-4
_MOST_HALVINGS = 20
_ENOUGH = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """log p(class) = intercept + features . coefficients + const. Shapes (feature, class) and (class,)."""

    coefficients: FloatArray
    intercept: FloatArray

    def scores(self, features: FloatArray) -> FloatArray:
        """Return log probabilities up to a constant, shape (sample, class)."""
        return features @ self.coefficients + self.intercept


def fit(features: FloatArray, classes: IntArray, weights: FloatArray, count: int) -> Regression:
    """Return the regression of classes on features.

    Parameters
    ----------
    features
        Shape (sample, feature).
    classes
        Shape (sample,).
    weights
        Shape (sample,).
    count
        How many classes there are.
    """
    truth = np.eye(count)[classes]
    width = features.shape[1]

    def loss(flat: FloatArray) -> tuple[float, FloatArray]:
        table = flat.reshape(width + 1, count)
        scores = features @ table[:-1] + table[-1]
        scores -= scores.max(axis=1, keepdims=True)
        log_sums = np.log(np.exp(scores).sum(axis=1, keepdims=True))
        errors = (np.exp(scores - log_sums) - truth) * weights[:, None]
        cost = -np.sum(weights[:, None] * truth * (scores - log_sums)) + PENALTY / 2.0 * np.sum(table[:-1] ** 2)
        slope = np.vstack([features.T @ errors + PENALTY * table[:-1], errors.sum(axis=0)])
        return float(cost), slope.ravel()

    table = _lowest(loss, np.zeros((width + 1) * count)).reshape(width + 1, count)
    return Regression(coefficients=table[:-1], intercept=table[-1])


def _lowest(loss: Callable[[FloatArray], tuple[float, FloatArray]], start: FloatArray) -> FloatArray:
    """Return where a smooth convex loss is lowest: limited-memory BFGS (Nocedal 1980, doi 10.2307/2006193)."""
    place, (cost, slope) = start, loss(start)
    steps: list[tuple[FloatArray, FloatArray]] = []
    for _ in range(_MOST_STEPS):
        if np.abs(slope).max() < _STEEPEST:
            break
        direction = _direction(slope, steps)
        size = 1.0 if steps else 1.0 / max(float(np.abs(slope).sum()), 1.0)
        for _ in range(_MOST_HALVINGS):
            there = place + size * direction
            new_cost, new_slope = loss(there)
            if new_cost <= cost + _ENOUGH * size * float(slope @ direction):
                break
            size /= 2.0
        if float((there - place) @ (new_slope - slope)) > 0.0:
            steps = [*steps[1 - _MEMORY :], (there - place, new_slope - slope)]
        place, cost, slope = there, new_cost, new_slope
    return place


def _direction(slope: FloatArray, steps: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return the two-loop product of the inverse curvature and the slope, downhill."""
    direction = -slope
    parts = []
    for moved, turned in reversed(steps):
        part = float(moved @ direction) / float(moved @ turned)
        direction = direction - part * turned
        parts.append(part)
    if steps:
        moved, turned = steps[-1]
        direction = direction * (float(moved @ turned) / float(turned @ turned))
    for (moved, turned), part in zip(steps, reversed(parts), strict=True):
        direction = direction + moved * (part - float(turned @ direction) / float(moved @ turned))
    return direction
