"""Scores of answers: balanced accuracy, areas under curves, calibration; spread by drawing references anew."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["area", "balanced", "bootstrap", "calibration", "recalls"]

#: References are drawn anew this often.
DRAWS = 500

#: Equal bins of probability between 0 and 1.
BINS = 10


def recalls(truth: NDArray[np.int64], answer: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Return the part of each class that was answered right; NaN for a class without a case."""
    with np.errstate(invalid="ignore"):
        right = np.bincount(truth[truth == answer], minlength=classes)
        return np.asarray(right / np.bincount(truth, minlength=classes))


def balanced(truth: NDArray[np.int64], answer: NDArray[np.int64], classes: int) -> float:
    """Return the mean of the classes' parts answered right."""
    return float(np.nanmean(recalls(truth, answer, classes)))


def area(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Return the probability that a positive case scores higher than a negative one; ties count half."""
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(below.mean() / 2.0 / len(negative))


def calibration(
    probability: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64] | None = None
) -> float:
    """Return the expected calibration error: the mean distance of said and found over equal bins, by their cases."""
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    each = (probability - right) * (np.ones(len(bins)) if weights is None else weights / np.mean(weights))
    return float(np.sum(np.abs(np.bincount(bins, each))) / len(bins))


def bootstrap(score: Callable[[NDArray[np.int64]], float], groups: NDArray[np.int64], seed: int) -> tuple[float, float]:
    """Return the 5 % and 95 % points of a score over references drawn with replacement.

    Parameters
    ----------
    score
        Of the rows it is given.
    groups
        The reference of every row.
    seed
        Of the draws.
    """
    generator = np.random.default_rng(seed)
    names = np.unique(groups)
    rows = {name: np.flatnonzero(groups == name) for name in names}
    drawn = (np.concatenate([rows[name] for name in generator.choice(names, len(names))]) for _ in range(DRAWS))
    low, high = np.nanpercentile([score(each) for each in drawn], [5.0, 95.0])
    return float(low), float(high)
