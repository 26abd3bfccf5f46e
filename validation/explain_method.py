"""The method that is graded, and the forest beside it: both learn from one part and answer for another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from validation.explain_cases import CLASSES, LISTED, Cases, seen

from upwind.compounds.species import keys_of
from upwind.explain.classify import classifier
from upwind.explain.excess import excess_in
from upwind.explain.learn import compositions
from upwind.explain.profiles import Profiles, joined, shipped_expectations, with_keys
from upwind.explain.views import View

__all__ = [
    "Method",
    "forest",
    "forest_aided",
    "laid",
    "learnt",
    "log_bayes_factors",
    "scores",
    "scores_unaided",
    "weak",
]

TREES = 300

#: A species reported by fewer profiles is left out of the forest's table.
FEWEST = 5

#: Learns from the first cases and answers for the second, both as a view sees them: log probabilities up to a
#: constant, shape (case, class).
Method = Callable[[Cases, Cases, str], NDArray[np.float64]]


def forest(training: Cases, cases: Cases, view: str) -> NDArray[np.float64]:
    """Return the answer of the reference: a random forest on shares, classes weighed evenly."""
    return _forest(seen(training, view), seen(cases, view), np.ones(len(training.classes)))


def forest_aided(training: Cases, cases: Cases, view: str) -> NDArray[np.float64]:
    """Return the forest's answer when it, too, is given what experts expect, in the same weight."""
    expected = shipped_expectations()
    held = np.isin(expected.classes, np.unique(training.classes))
    places = {names: i for i, names in enumerate(training.members)}
    percent = np.zeros((int(held.sum()), len(training.members)))
    for column, key in enumerate(expected.keys):
        if frozenset([key]) in places:
            percent[:, places[frozenset([key])]] += expected.shares[held, column]
    both = replace(
        training,
        percent=np.vstack([training.percent, percent]),
        classes=np.concatenate([training.classes, expected.classes[held]]),
        groups=np.concatenate([training.groups, np.full(int(held.sum()), -1)]),
    )
    each = np.bincount(training.classes, minlength=len(CLASSES))[expected.classes[held]]
    weights = np.concatenate([np.ones(len(training.classes)), expected.weights[held] * each])
    return _forest(seen(both, view), seen(cases, view), weights)


def _forest(table: Cases, cases: Cases, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 (of the benchmark alone)

    kept = (table.percent > 0.0).sum(axis=0) >= FEWEST
    trees = RandomForestClassifier(TREES, class_weight="balanced_subsample", random_state=0, n_jobs=2)
    trees.fit(table.percent[:, kept], table.classes, sample_weight=weights)
    answer = np.full((len(cases.classes), len(CLASSES)), 1e-9)
    answer[:, trees.classes_] += trees.predict_proba(cases.percent[:, kept])
    return np.asarray(np.log(answer))


def scores(training: Cases, cases: Cases, view: str) -> NDArray[np.float64]:
    """Return the method's answer."""
    table, channels = laid(seen(cases, view))
    return classifier(learnt(training), channels).scores(table)


def scores_unaided(training: Cases, cases: Cases, view: str) -> NDArray[np.float64]:
    """Return the answer of the method without what experts expect."""
    table, channels = laid(seen(cases, view))
    return classifier(_measured(training), channels).scores(table)


def log_bayes_factors(training: Cases, cases: Cases, view: str) -> NDArray[np.float64]:
    """Return the log Bayes factor of "unexplained" for every case."""
    table, channels = laid(seen(cases, view))
    return excess_in(learnt(training), channels, frozenset(LISTED)).log_bayes_factors(table)[0]


def weak(
    training: Cases, cases: Cases, view: str, limit: float, *, told: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return scores and log Bayes factors of samples so weak that parts below a limit are not found. [%]

    Told of the limit, the method counts what is below it as that; else as absent.
    """
    table, channels = laid(seen(cases, view))
    table = np.where(table >= limit, table, 0.0)
    limits = np.full(table.shape[1], limit) if told else np.zeros(table.shape[1])
    profiles = learnt(training)
    excess = excess_in(profiles, channels, frozenset(LISTED))
    return (
        classifier(profiles, channels.limited(limits)).scores(table),
        excess.log_bayes_factors(table, limits)[0],
    )


def learnt(training: Cases) -> Profiles:
    """Return what the package would ship, had it only these cases."""
    expected = shipped_expectations()
    held = np.isin(expected.classes, np.unique(training.classes))  # a class left out is left out of expectations too
    kept = Profiles(
        keys=expected.keys,
        shares=expected.shares[held],
        classes=expected.classes[held],
        references=expected.references[held],
        weights=expected.weights[held],
    )
    return with_keys(joined(_measured(training), kept), LISTED)


_LEARNT: dict[bytes, Profiles] = {}


def _measured(training: Cases) -> Profiles:
    """Return the compositions of the training cases; the same cases are not learnt twice."""
    name = training.percent.tobytes()[:: 1 << 10] + training.groups.tobytes() + training.classes.tobytes()
    if name not in _LEARNT:
        named = [_key(names) for names in training.members]
        kept = np.array([bool(key) for key in named])
        _LEARNT[name] = compositions(
            training.percent[:, kept], tuple(filter(None, named)), training.classes, training.groups
        )
    return _LEARNT[name]


def laid(cases: Cases) -> tuple[NDArray[np.float64], View]:
    """Return amounts in channels and the view that has them; columns that share a key are added."""
    merged: dict[frozenset[str], list[int]] = {}
    for i, names in enumerate(cases.members):
        merged.setdefault(_keys(names), []).append(i)
    channels = sorted(merged, key=sorted)
    amounts = np.stack([cases.percent[:, merged[keys]].sum(axis=1) for keys in channels], axis=1)
    return amounts, View(tuple(channels))


def _keys(names: frozenset[str]) -> frozenset[str]:
    """Return the keys of a channel: of all its compounds, or of a co-eluting pair's first."""
    keys = [keys_of("", name) for name in sorted(names)]
    return frozenset().union(*keys)


def _key(names: frozenset[str]) -> str:
    """Return the one key under which a species of the training cases is kept; empty for what has no CAS number."""
    numbers = sorted(name for name in names if re.fullmatch(r"\d+-\d\d-\d", name))
    (key, *_) = sorted(keys_of("", numbers[0])) if numbers else [""]
    return key
