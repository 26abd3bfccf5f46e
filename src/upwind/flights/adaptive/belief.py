"""What is believed of the sources while a flight goes on, as equally likely draws to plan with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.geo import Frame
from upwind.invert.cells import RATES, Cells, probabilities
from upwind.invert.kinds import HEIGHT_M, Kinds
from upwind.records import Located, Posterior

__all__ = ["Belief", "belief_of", "from_cells", "radius_90"]

#: Of a Gaussian's 90 % ellipse: area over pi times the root of the covariance's determinant.
_NINETY = 4.605


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """Equally likely draws.

    `place` (draw, source, 4) is easting, northing, height [m] and rate [kg/h], NaN where a draw has no such source;
    `kind` (draw,) is which of `kinds` a draw is of.
    """

    place: FloatArray
    kind: IntArray
    kinds: Kinds

    @property
    def main(self) -> FloatArray:
        """Easting, northing of each draw's first source (draw, 2), NaN where there is none. [m]"""
        first: FloatArray = self.place[:, 0, :2]
        return first


def from_cells(rng: np.random.Generator, cells: Cells, count: int, *, certain: bool) -> Belief:
    """Return draws of a posterior over cells; where one source is not `certain`, some draws have none."""
    _, some = probabilities(cells)
    weight = np.exp(cells.log - cells.log.max()).ravel()
    drawn = rng.choice(weight.size, count, p=weight / weight.sum())
    kind, cell, rate = np.unravel_index(drawn, cells.gain.shape)
    step = np.log(RATES[1] / RATES[0])
    place = np.column_stack(
        [
            cells.east[cell] + cells.side_m * rng.uniform(-0.5, 0.5, count),
            cells.north[cell] + cells.side_m * rng.uniform(-0.5, 0.5, count),
            np.full(count, HEIGHT_M),
            RATES[rate] * np.exp(step * rng.uniform(-0.5, 0.5, count)),
        ]
    )[:, None]
    if not certain:
        place[rng.uniform(size=count) > some] = np.nan
    return Belief(place=place, kind=kind.astype(np.int64), kinds=cells.kinds)


def belief_of(rng: np.random.Generator, located: Located, frame: Frame, cells: Cells, count: int) -> Belief:
    """Return draws of what `locate` found, and, as far as it found nothing, of where something could still be.

    Parameters
    ----------
    rng
        Decides which draws.
    located
        With its posterior, of the same readings.
    frame
        That of the cells.
    cells
        The places where nobody could have seen a source are in here alone.
    count
        Of draws.
    """
    unseen = from_cells(rng, cells, count, certain=False)
    posterior = located.posterior
    if posterior is None or len(posterior.draw) == 0:
        return unseen
    place = _drawn(posterior, frame)
    place = place[rng.integers(len(place), size=count)]
    none = np.isnan(place[:, :, 0]).all(axis=1)
    place[none, 0] = unseen.place[none, 0]
    return Belief(place=place, kind=unseen.kind, kinds=cells.kinds)


def _drawn(posterior: Posterior, frame: Frame) -> FloatArray:
    """Return the sources of every draw (draw, source, 4): those that are reported in their order, then others."""
    reported = int(posterior.source.max()) + 1
    other = posterior.source < 0
    order = np.flatnonzero(other)
    before = np.searchsorted(posterior.draw[order], posterior.draw[order])
    slot = posterior.source.copy()
    slot[order] = reported + np.arange(len(order)) - before
    easting, northing = frame.to_local(posterior.longitude, posterior.latitude)
    place = np.full((len(posterior.nuisance["smoothing"]), int(slot.max()) + 1, 4), np.nan)
    place[posterior.draw, slot] = np.column_stack([easting, northing, posterior.height, posterior.emission_rate])
    return place


def radius_90(place: FloatArray, weight: FloatArray) -> float:
    """Return the radius of the circle as large as the 90 % ellipse of weighted positions (draw, 2). [m]"""
    known = np.isfinite(place[:, 0]) & (weight > 0.0)
    if known.sum() < 3:  # noqa: PLR2004 - an ellipse takes three
        return 0.0
    covariance = np.cov(place[known].T, aweights=weight[known], bias=True)
    return float(np.sqrt(_NINETY * np.sqrt(max(float(np.linalg.det(covariance)), 0.0))))
