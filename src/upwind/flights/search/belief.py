"""What is believed of sites that nobody has found: where, how strong, how often, and whether they emit just now.

Sites are a Poisson process: each cell holds an expected number of them, split over classes of emission rate and of duty
cycle d. Emission is a Markov process of two states, on for `on_h` hours in the mean, so that after a time t the share
that is on has gone ``exp(-t / [on_h (1 - d)])`` of its way back to d. Of a thinned Poisson process what is left is one
again: a flight that would have shown a site with probability p leaves ``1 - p`` of those that are on, and all that are
off. So a silent pass lowers the map, passes close in time tell little new, and no number of passes erases anything;
whatever else was found meanwhile changes nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import ContractError
from upwind.flights.search.chances import Rates
from upwind.records.mapped import SearchMap

__all__ = ["Belief", "Duties", "believe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """How often sites emit: duty cycles thought equally likely, and the mean length of a spell of emission. [h]"""

    shares: tuple[float, ...] = (0.15, 0.35, 0.55)
    on_h: float = 4.0

    def __post_init__(self) -> None:
        """Hold that sites are on sometimes, and for some time."""
        if not all(0.0 < share <= 1.0 for share in self.shares) or self.on_h <= 0.0 or not self.shares:
            msg = "duty cycles are shares above 0, to 1, and spells last more than 0 h"
            raise ContractError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """Expected numbers of undiscovered sites, (rate, duty, cell), of those that emit now and of those that do not.

    `expected` (cell,) is what was believed before any flight; `duties` are as they were thought.
    """

    emitting: FloatArray
    silent: FloatArray
    expected: FloatArray
    duties: Duties

    @property
    def undiscovered(self) -> FloatArray:
        """Expected number of undiscovered sites, (cell,)."""
        return np.asarray((self.emitting + self.silent).sum(axis=(0, 1)))

    @property
    def shown(self) -> FloatArray:
        """Probability that what was flown would have shown a site, (cell,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            left = self.undiscovered / self.expected
        return np.asarray(np.clip(1.0 - np.where(self.expected > 0.0, left, 1.0), 0.0, 1.0 - 1e-12))

    def worth(self) -> FloatArray:
        """Return the expected number of sites that emit now, (rate, cell): what a flight could find."""
        return np.asarray(self.emitting.sum(axis=1))

    def after(self, miss: FloatArray) -> Belief:
        """Return the belief after a flight that found nothing new, or after taking away what it found.

        Parameters
        ----------
        miss
            Probability that the flight shows nothing of a site that emits, (rate, cell).
        """
        return replace(self, emitting=self.emitting * miss[:, None, :])

    def later(self, hours: float) -> Belief:
        """Return the belief some hours on, in which sites went on and off; their numbers do not change."""
        duty = np.array(self.duties.shares)[None, :, None]
        with np.errstate(divide="ignore"):
            keep = np.where(duty < 1.0, np.exp(-hours / (self.duties.on_h * np.maximum(1.0 - duty, 1e-12))), 0.0)
        every = self.emitting + self.silent
        settled = duty * every
        emitting = settled + keep * (self.emitting - settled)
        return replace(self, emitting=emitting, silent=np.maximum(every - emitting, 0.0))

    def mapped(self, searched: SearchMap) -> SearchMap:
        """Return the search map to leave behind, over the grid of the one that this belief came from.

        What earlier flights would have shown and what these would have are combined as independent.
        """
        shape = searched.grid.shape
        shown = 1.0 - (1.0 - searched.shown) * (1.0 - self.shown.reshape(shape))
        return replace(
            searched,
            undiscovered=-np.expm1(-self.undiscovered).reshape(shape),
            shown=np.clip(shown, 0.0, 1.0 - 1e-12),
        )


def believe(searched: SearchMap, rates: Rates, duties: Duties) -> Belief:
    """Return the belief that a search map speaks of, long after the flights that left it.

    The map alone does not tell which classes earlier flights have thinned: they begin anew.
    """
    expected = -np.log1p(-searched.undiscovered.ravel())
    share = 1.0 / (rates.classes * len(duties.shares))
    duty = np.array(duties.shares)[None, :, None]
    every = np.broadcast_to(share * expected, (rates.classes, len(duties.shares), expected.size))
    return Belief(emitting=every * duty, silent=every * (1.0 - duty), expected=expected, duties=duties)
