r"""How well what was found fits a kind of place: its own compounds, in amounts that its class is known to let out.

A place lets out what its kind does, and a few let out anything whatever: the part :math:`s` of what was found that is
of the kind's own compounds is as Beta(3, 1), or anything. The kind also has to account for each listed compound by
itself, of which :math:`x` is the part found. What is none of the kind's is a trace, :math:`q = \min(1, x_0/x)`. What is
its own, or what the sensor cannot tell from its own, is so much only as often as in those compositions of the class
that have it, :math:`q = \min(1, 2 P(X > x))`: an isobar stands in for a listed compound only at an amount that is known
of it.

.. math:: k = [\epsilon + (1 - \epsilon)\, 3 s^2] \prod_j q_j
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from upwind.arrays import FloatArray
from upwind.explain.excess import SCATTER
from upwind.explain.kinds import Kind
from upwind.explain.profiles import CLASSES, LISTED, Profiles
from upwind.records import PlaceEvidence, Reading, Sample

__all__ = ["by_compounds"]

#: The part of places that let out anything whatever.
STRANGE = 0.02
#: No more than this of what a place lets out is usually of another kind's compounds, each. [part]
TRACE = 0.02
#: What fits worse is named.
ODD = 0.3

_NAMED = 4


def by_compounds(kind: Kind, sample: Sample, profiles: Profiles) -> PlaceEvidence | None:
    """Return what it says that so much of what was found is of what such places let out; None where nothing was."""
    found = [reading for reading in sample.readings if reading.amount > 0.0]
    total = sum(reading.amount for reading in found)
    if not total > 0.0:
        return None
    own = [reading for reading in found if reading.keys & kind.keys]
    part = sum(reading.amount for reading in own) / total
    fits = [(reading, _fit(kind, reading, sample, profiles)) for reading in found if reading.keys & LISTED]
    product = math.prod(fit for _, fit in fits)
    ratio = math.log((STRANGE + (1.0 - STRANGE) * 3.0 * part**2) * product)
    named = ", ".join(reading.compound for reading in sorted(own, key=lambda reading: -reading.amount)[:_NAMED])
    what = f" ({named})" if named else ""
    words = f"{part:.0%} of what was found is of what a {kind.name} lets out{what}"
    odd = [f"{reading.amount / total:.0%} {reading.compound}" for reading, fit in fits if fit < ODD]
    seldom = f", but seldom {' and '.join(odd)}" if odd else ""
    return PlaceEvidence(of="compounds", log_likelihood_ratio=ratio, words=words + seldom)


def _fit(kind: Kind, reading: Reading, sample: Sample, profiles: Profiles) -> float:
    """Return how well the amount of one compound, among all that was found, fits a kind of place, 0 to 1."""
    part = reading.amount / sum(each.amount for each in sample.readings if each.amount > 0.0)
    sighted = frozenset().union(*(each.keys for each in sample.readings))
    amounts, sums = (_sums(profiles, keys) for keys in (reading.keys & kind.keys, sighted))
    of_kind = np.isin(profiles.classes, [CLASSES.index(name) for name in kind.classes])
    has = of_kind & (amounts > 0.0)
    trace = min(1.0, TRACE / part)
    if not has.any():
        return trace
    more = [math.erfc((math.log(part) - log) / SCATTER / math.sqrt(2.0)) for log in np.log(amounts[has] / sums[has])]
    return min(1.0, max(trace, float(np.average(more, weights=profiles.weights[has]))))


@lru_cache(maxsize=256)
def _sums(profiles: Profiles, keys: frozenset[str]) -> FloatArray:
    """Return how much of each composition is of some species, shape (composition,)."""
    return np.asarray(profiles.shares[:, [key in keys for key in profiles.keys]].sum(axis=1))
