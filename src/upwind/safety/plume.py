"""What each draw of the wind brings to each place, per unit emission rate: the textbook's Gaussian plume.

``C/q = exp(-y^2/2 sigma_y^2) [exp(-(z-h)^2/2 sigma_z^2) + exp(-(z+h)^2/2 sigma_z^2)] / (2 pi sigma_y sigma_z u)`` with
Briggs' curves for towns or open country and the wake of the building that the source leaks from, as `dispersion.site`
has them, and the wind u at 10 m or where it was measured below, as in the tables and codes that responders know. These
are means over some ten minutes to an hour; single breaths hold more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.dispersion.site import Air, Building, Site
from upwind.dispersion.spread import NODE_STEP
from upwind.dispersion.stability import obukhov_of_class
from upwind.safety.climate import Blowing

__all__ = ["FARTHEST_M", "Ground", "axis", "field"]

#: Curves of spread are not trusted farther. [m]
FARTHEST_M = 10_000.0
_LID_M = 800.0
_CLASSES = 6
#: Beyond so many sigma_y nothing counts.
_FAR = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Over what gas spreads, the building or pool that it leaves, and the heights of the source and where it is read.

    It is read at the ground, as responders' codes do: a child's or a sleeper's breath is low, and so may be a flame.
    """

    town: bool
    building: Building | None
    source_m: float = 0.0
    read_m: float = 0.0

    @property
    def site(self) -> Site:
        """The spread over it."""
        return Site(
            family="urban" if self.town else "rural",
            roughness_m=self.roughness_m,
            lid_m=_LID_M,
            building=self.building,
        )

    @property
    def roughness_m(self) -> float:
        """Roughness length: of a town's houses, or of fields with a hedge here and there."""
        return 0.5 if self.town else 0.1


def axis(blowing: Blowing, ground: Ground, distance: FloatArray) -> FloatArray:
    """Return what stands straight downwind of the source, shape (draw, distance). [s m-3]"""
    tables = _tables(ground)
    by_class = {
        stability: _profile(distance, np.zeros(1), tables[stability], ground)
        for stability in np.unique(blowing.pasquill)
    }
    return np.array([by_class[stability] for stability in blowing.pasquill]) / blowing.speed[:, None]


def field(blowing: Blowing, ground: Ground, origin: FloatArray, places: FloatArray) -> FloatArray:
    """Return what places read of a source at the draws' origins.

    Parameters
    ----------
    origin
        Shape (draw, 2), easting and northing. [m]
    places
        Shape (place, 2). [m]

    Returns
    -------
    FloatArray
        Shape (draw, place). [s m-3]. Zero upwind.
    """
    tables = _tables(ground)
    read = np.zeros((len(blowing.speed), len(places)))
    for draw, (start, toward, speed) in enumerate(zip(origin, blowing.toward, blowing.speed, strict=True)):
        east, north = places[:, 0] - start[0], places[:, 1] - start[1]
        along = east * toward[0] + north * toward[1]
        # No curve spreads wider than a third of the way at one sigma; what is farther aside reads nothing.
        aside = north * toward[0] - east * toward[1]
        reached = np.flatnonzero((along > 0.0) & (along < FARTHEST_M) & (np.abs(aside) < _FAR * (along / 3.0 + 10.0)))
        table = tables[blowing.pasquill[draw]]
        read[draw, reached] = _profile(along[reached], aside[reached], table, ground) / speed
    return read


def _tables(ground: Ground) -> FloatArray:
    """Return sigma_y and sigma_z by class and node of distance, (class, node, 2). [m]"""
    inverse = np.array([obukhov_of_class(stability) for stability in range(_CLASSES)])
    none = np.zeros(_CLASSES)
    air = Air(
        toward=np.zeros((_CLASSES, 2)),
        speed=none,
        inverse_obukhov=inverse,
        sigma_theta=none,
        known=np.ones(_CLASSES, dtype=np.bool_),
    )
    spread = ground.site.spread(air, FARTHEST_M)
    tables: FloatArray = spread.tables[spread.surface][:, :, :2]
    return tables


def _profile(along: FloatArray, aside: FloatArray, table: FloatArray, ground: Ground) -> FloatArray:
    """Return the concentration per unit rate in a wind of 1 m/s. [s m-3 m s-1]"""
    node = np.sqrt(along) / NODE_STEP
    row = np.minimum(node.astype(np.int64), len(table) - 2)
    part = (node - row)[:, None]
    sigma = np.maximum((1.0 - part) * table[row] + part * table[row + 1], 1e-3)
    sigma_y, sigma_z = sigma[:, 0], sigma[:, 1]
    low, high = ground.read_m - ground.source_m, ground.read_m + ground.source_m
    up = np.exp(-0.5 * (low / sigma_z) ** 2) + np.exp(-0.5 * (high / sigma_z) ** 2)
    across = np.exp(-0.5 * (aside / sigma_y) ** 2)
    profile: FloatArray = across * up / (2.0 * math.pi * sigma_y * sigma_z)
    return profile
