r"""What a classifier looks at: parts of the mixture, on a scale where 1 % and 3 % differ as 30 % and 90 % do.

For channel :math:`i` with the part :math:`p_i` [%] of what is seen, the features are :math:`\ln(1 + p_i / 1\,\%)` of
every channel that at least three references report, the same of the sums over families of like structure (a new
reference's alkanes are not the old one's, but alkanes they are), and four figures of the whole: how many species,
how large the largest, how many count (the inverse of :math:`\sum p_i^2`), and how much is of species that few
references know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.compounds.species import by_key
from upwind.explain.profiles import EXPECTED, Profiles
from upwind.explain.views import View, seen

__all__ = ["Features", "features_for"]

#: Below it a part counts as its amount, above it as its logarithm. [%]
SCALE_PERCENT = 1.0

#: A channel that fewer references report has no coefficient of its own; an expert's word counts as two.
FEWEST_REFERENCES = 3
EXPERT_COUNTS = 2

#: Species of fewer references are uncommon.
UNCOMMON_BELOW = 6

#: Puts the largest part, 0 to 1, on the scale of the logarithms beside it.
_LARGEST_SCALE = 3.0

#: Figures of the whole that follow the channels and the families.
WHOLE = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Features:
    """How parts become features: indices of channels, and the family of every channel."""

    common: IntArray
    families: IntArray
    uncommon: IntArray

    def of(self, parts: FloatArray) -> FloatArray:
        """Return features, shape (sample, feature), of parts that sum to 100, shape (sample, channel). [%]"""
        return np.hstack([self._logs(parts[:, self.common]), self._logs(self._sums(parts)), self._whole(parts)])

    def attributed(self, parts: FloatArray, features: FloatArray, slopes: FloatArray) -> FloatArray:
        """Return how much each channel of one sample moves the score along `slopes`, shape (channel,).

        Parameters
        ----------
        parts
            Of one sample, shape (channel,). [%]
        features
            The sample's features less those of the average composition, shape (feature,).
        slopes
            Shape (feature,).
        """
        count = len(self.common)
        moved = np.zeros(len(parts))
        moved[self.common] = features[:count] * slopes[:count]
        families = features[count:-WHOLE] * slopes[count:-WHOLE]
        sums = np.bincount(self.families, parts, minlength=len(families))
        members = np.bincount(self.families, minlength=len(families))
        within = np.where(
            sums[self.families] > 0.0,
            parts / np.where(sums > 0.0, sums, 1.0)[self.families],
            1.0 / np.maximum(members, 1)[self.families],
        )
        return moved + within * families[self.families]

    def _sums(self, parts: FloatArray) -> FloatArray:
        table = np.zeros((len(self.families), int(self.families.max(initial=-1)) + 1))
        table[np.arange(len(self.families)), self.families] = 1.0
        return parts @ table

    def _whole(self, parts: FloatArray) -> FloatArray:
        part = parts / 100.0
        squares = np.maximum((part**2).sum(axis=1), 1e-9)
        return np.stack(
            [
                np.log1p((parts > 0.0).sum(axis=1)),
                _LARGEST_SCALE * part.max(axis=1, initial=0.0),
                np.maximum(-np.log(squares), 0.0),
                self._logs(parts[:, self.uncommon].sum(axis=1)),
            ],
            axis=1,
        )

    @staticmethod
    def _logs(parts: FloatArray) -> FloatArray:
        return np.log1p(parts / SCALE_PERCENT)


def features_for(profiles: Profiles, view: View) -> Features:
    """Return the features that profiles support in a view."""
    parts = seen(profiles, view)
    measured = profiles.references != EXPECTED
    references = np.unique(profiles.references[measured])
    known = np.array(
        [(parts[profiles.references == reference] > 0.0).any(axis=0) for reference in references], dtype=np.int64
    ).reshape(len(references), parts.shape[1])
    counts = known.sum(axis=0) + EXPERT_COUNTS * (parts[~measured] > 0.0).any(axis=0)
    mass = profiles.weights @ parts
    places = {key: place for place, key in enumerate(profiles.keys)}
    weight = profiles.weights @ profiles.shares
    names = [
        _family(keys, {key: float(weight[places[key]]) for key in keys if key in places}) for keys in view.channels
    ]
    families = sorted(set(names))
    return Features(
        common=np.flatnonzero((counts >= FEWEST_REFERENCES) & (mass > 0.0)),
        families=np.array([families.index(name) for name in names], dtype=np.int64),
        uncommon=np.flatnonzero(counts < UNCOMMON_BELOW),
    )


def _family(keys: frozenset[str], weights: dict[str, float]) -> str:
    """Return the family of the species that makes most of a channel."""
    main = max(sorted(keys), key=lambda key: weights.get(key, 0.0))
    species = by_key().get(main)
    return species.family if species is not None else "other"
