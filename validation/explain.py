"""How well compounds are explained: every figure by literature reference, never by random splits.

From the top of the checkout, with scikit-learn beside the development environment::

    python -m validation.explain --out docs/explain-figures.md

For every view of an instrument and every seed of the folds, the method learns from some references and answers for the
others. Beside it stands a random forest on the same folds. What is written: `docs/explain-figures.md`.

Unseen categories: each class in turn is left out of learning, and its cases and those of known classes (out of fold)
are ranked by how little they look like a known class. Mixtures: `explain_cases.mixed`, one for each case.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from validation.explain_cases import CLASSES, Cases, folds, mixed, read, seen

__all__ = ["Method", "forest", "out_of_fold"]

VIEWS = ("gc", "ptr-ms", "infrared")
SEEDS = (0, 1, 2)
FOLDS = 5
TREES = 300

#: Known categories; the last of `CLASSES` holds the rest.
KNOWN = len(CLASSES) - 1

#: A species reported by fewer profiles is left out of the forest's table.
FEWEST = 5

#: Learns from the first cases and answers for the second: probabilities, shape (case, class).
Method = Callable[[Cases, Cases], NDArray[np.float64]]


def forest(training: Cases, cases: Cases) -> NDArray[np.float64]:
    """Return the probabilities of the reference: a random forest on shares, classes weighed evenly."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 (of the benchmark alone)

    kept = (training.percent > 0.0).sum(axis=0) >= FEWEST
    trees = RandomForestClassifier(TREES, class_weight="balanced_subsample", random_state=0, n_jobs=2)
    trees.fit(training.percent[:, kept], training.classes)
    answer = np.zeros((len(cases.classes), len(CLASSES)))
    answer[:, trees.classes_] = trees.predict_proba(cases.percent[:, kept])
    return answer


def out_of_fold(method: Method, cases: Cases, seed: int) -> NDArray[np.float64]:
    """Return a method's answer for every case, learnt from other references alone."""
    answer: NDArray[np.float64] | None = None
    for learnt, tested in folds(cases, FOLDS, seed):
        part = method(cases.of(learnt), cases.of(tested))
        answer = np.zeros((len(cases.classes), part.shape[1])) if answer is None else answer
        answer[tested] = part
    if answer is None:
        msg = "no folds"
        raise ValueError(msg)
    return answer
