"""What would tell the best two explanations apart, and which are too close to tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from upwind.compounds.species import by_key
from upwind.explain.classify import classifier
from upwind.explain.profiles import CLASSES, LISTED, Profiles
from upwind.explain.views import View, seen, whole_view
from upwind.records import Explanation

__all__ = ["tied", "would_separate"]

#: Explanations are tied with the best down to this part of its probability.
TIED = 1.0 / 3.0

_NAMED = 3


def tied(explanations: Sequence[Explanation]) -> tuple[str, ...]:
    """Return the explanations that are too close to the best to be told from it, the best first."""
    best = explanations[0].probability
    return tuple(each.name for each in explanations if each.probability >= TIED * best)


def would_separate(profiles: Profiles, view: View, pair: Sequence[str]) -> str | None:
    """Return what measurement would tell two explanations apart, in words; None where everything is measured.

    For two benign classes: the unmeasured species whose amounts differ most between their mean compositions, each in
    units of what the classifier makes of it. Against "unexplained": the listed compounds that were not measured alone.
    """
    alone = {key for keys in view.channels if len(keys) == 1 for key in keys}
    classes = [CLASSES.index(name) for name in pair if name in CLASSES]
    if len(classes) < len(pair):
        names = sorted(by_key()[key].name for key in LISTED - alone if key in by_key())[:_NAMED]
        return f"measure {', '.join(names)} by themselves: {' or '.join(pair)}" if names else None
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
    names = []
    for place in np.argsort(-gain, kind="stable"):
        (key,) = everything.channels[common[place]]
        if key not in alone and key in by_key() and gain[place] > 0.0:
            names.append(by_key()[key].name)
        if len(names) == _NAMED:
            break
    return f"measure {', '.join(names)}: {' or '.join(pair)}" if names else None
