"""Legs that are worth asking about: across the wind behind places where a source may be, along it, and round them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.adaptive.belief import Belief

__all__ = ["Ground", "candidates"]

#: Distances downwind of a place at which it is passed; negative: upwind, where a source beyond it would show. [m]
_BEHIND_M = (-5.0, 12.0, 28.0, 50.0)
#: A pass reaches so far to either side, and further where the places lie apart. [m]
_HALF_M, _WIDER = 12.0, 0.5
#: Circles about a place, and how many corners make one. [m]
_CIRCLES_M, _CORNERS = (12.0, 25.0), 8
#: Shares of the places that lie upwind of a long pass across them all.
_SHARES = (0.15, 0.35, 0.5, 0.65, 0.85, 1.0)
#: So many places are passed closely.
_ANCHORS = 4
#: Every plume leaves the ground through its downwind edges. They are flown along, so far inside of them, for a source
#: near an edge shows only where its plume has risen, [m] and only while places lie so far from their middle [m].
_INSETS_M, _DIFFUSE_M = (10.0, 50.0, 100.0), 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where legs may lie, west, east, south, north [m], and toward where the wind blows (east, north)."""

    box: tuple[float, float, float, float]
    toward: tuple[float, float]

    def inside(self, corners: FloatArray) -> FloatArray:
        """Return corners (corner, 2), those outside moved to the edge."""
        west, east, south, north = self.box
        moved: FloatArray = np.clip(corners, [west, south], [east, north])
        return moved

    def edges(self, inset_m: float) -> list[FloatArray]:
        """Return ways along the downwind edges, so far inside of them: both in one way, and each."""
        low, high = np.array(self.box[::2]) + inset_m, np.array(self.box[1::2]) - inset_m
        leeward = np.where(np.array(self.toward) > 0.0, high, low)
        windward = low + high - leeward
        one, other = np.array([windward[0], leeward[1]]), np.array([leeward[0], windward[1]])
        return [np.array([one, leeward, other]), np.array([one, leeward]), np.array([leeward, other])]


def candidates(rng: np.random.Generator, belief: Belief, ground: Ground) -> list[FloatArray]:
    """Return legs, each its corners (corner, 2) [m], to be flown in either direction."""
    places = belief.main[np.isfinite(belief.main[:, 0])]
    if len(places) == 0:
        west, east, south, north = ground.box
        places = rng.uniform([west, south], [east, north], (64, 2))
    along = np.array(ground.toward)
    across = np.array([-along[1], along[0]])
    legs = [*_long(places, along, across)]
    if float(np.median(np.hypot(*(places - np.median(places, axis=0)).T))) > _DIFFUSE_M:
        legs += [way for inset_m in _INSETS_M for way in ground.edges(inset_m)]
    chosen = [np.median(places, axis=0), *places[rng.integers(len(places), size=_ANCHORS - 1)]]
    spread = float(np.quantile(np.abs((places - chosen[0]) @ across), 0.8))
    for anchor in chosen:
        half = _HALF_M + _WIDER * min(spread, 60.0)
        for behind in _BEHIND_M:
            middle = anchor + behind * along
            reach = half + 0.3 * max(behind, 0.0)
            legs.append(np.array([middle - reach * across, middle + reach * across]))
        legs.append(np.array([anchor + 40.0 * along, anchor - 15.0 * along]))
    angles = np.arange(_CORNERS + 1) * 2.0 * np.pi / _CORNERS
    round_ = np.column_stack([np.cos(angles), np.sin(angles)])
    legs += [chosen[0] + radius * round_ for radius in _CIRCLES_M]
    inside = [ground.inside(leg) for leg in legs]
    return [leg for leg in inside if float(np.hypot(*np.diff(leg, axis=0).T).sum()) > 5.0]  # noqa: PLR2004 - no leg


def _long(places: FloatArray, along: FloatArray, across: FloatArray) -> list[FloatArray]:
    """Return passes across the wind as wide as all places, with more and more of them upwind."""
    downwind, aside = places @ along, places @ across
    low, high = np.quantile(aside, [0.03, 0.97])
    middles = [float(np.quantile(downwind, share)) + 12.0 for share in _SHARES]
    return [np.array([x * along + (low - 8.0) * across, x * along + (high + 8.0) * across]) for x in middles]
