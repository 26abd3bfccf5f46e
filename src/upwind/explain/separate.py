"""What would tell the best two explanations apart, and which are too close to tell."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from upwind.compounds.species import by_key
from upwind.explain.classify import classifier
from upwind.explain.profiles import CLASSES, LISTED, Profiles
from upwind.explain.views import View, seen, whole_view
from upwind.records import Explanation, Remark

__all__ = ["tied", "would_separate"]

#: Explanations are tied with the best down to this part of its probability.
TIED = 1.0 / 3.0

_NAMED = 3


def tied(explanations: Sequence[Explanation]) -> tuple[str, ...]:
    """Return the explanations that are too close to the best to be told from it, the best first."""
    best = explanations[0].probability
    return tuple(each.name for each in explanations if each.probability >= TIED * best)


def would_separate(profiles: Profiles, view: View, found: AbstractSet[str], pair: Sequence[str]) -> tuple[Remark, ...]:
    """Return what measurement would tell two explanations apart; nothing where there is nothing left to measure.

    For two benign classes: the species whose amounts differ most between their mean compositions, in units of what the
    classifier makes of it; those that were not measured, or else, at lower limits, those that were not found. Against
    "unexplained": the listed compounds that were not measured by themselves.

    Parameters
    ----------
    profiles
        Benign compositions.
    view
        Of the sample.
    found
        Keys of what is above its limit.
    pair
        The names of the two.
    """
    alone = {key for keys in view.channels if len(keys) == 1 for key in keys}
    classes = [CLASSES.index(name) for name in pair if name in CLASSES]
    if len(classes) < len(pair):
        first = sorted((LISTED - alone) & by_key().keys(), key=lambda key: (key not in found, key))[:_NAMED]
        names = [by_key()[key].name for key in first]
        return _measure("alone", names, pair)
    ranked = _telling(profiles, classes)
    unmeasured = [by_key()[key].name for key in ranked if key not in alone][:_NAMED]
    if unmeasured:
        return _measure("measure", unmeasured, pair)
    unseen = [by_key()[key].name for key in ranked if key not in found][:_NAMED]
    return _measure("to lower limits", unseen, pair)


def _measure(says: str, names: Sequence[str], pair: Sequence[str]) -> tuple[Remark, ...]:
    return (Remark(says=says, compounds=tuple(names), explanations=tuple(pair)),) if names else ()


def _telling(profiles: Profiles, classes: Sequence[int]) -> list[str]:
    """Return the keys of the species that tell two classes apart, the best first."""
    everything = whole_view(profiles, frozenset(), frozenset())
    whole = classifier(profiles, everything)
    table = whole.features.of(seen(profiles, everything))
    first, second = (
        np.average(table[profiles.classes == each], axis=0, weights=profiles.weights[profiles.classes == each])
        for each in classes
    )
    slopes = whole.regression.coefficients[:, classes[0]] - whole.regression.coefficients[:, classes[1]]
    common = whole.features.common
    gain = ((first - second) * slopes)[: len(common)]
    keys = [next(iter(everything.channels[common[place]])) for place in np.argsort(-gain, kind="stable")]
    useful = int((gain > 0.0).sum())
    return [key for key in keys[:useful] if key in by_key() and key[0].isdigit()]  # a lump is nothing to measure
