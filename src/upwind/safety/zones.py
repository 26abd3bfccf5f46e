"""How far limits are passed: along the wind, and as outlines within which that is so probable.

Each draw is a possible truth: wind, rate, place of the source and the model's own error together. The distance is the
farthest along the draw's wind at which the limit is passed; an outline holds the places where a share of the draws pass
it. Outlines are told by one radius a bearing, so what lies inside of a place that is passed is taken as passed too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.geo import Frame
from upwind.records import Limit
from upwind.safety.climate import DRAWS, Blowing
from upwind.safety.limits import load_exponent
from upwind.safety.releases import Release

__all__ = ["MODEL_ERROR", "PROBABILITIES", "Draws", "Rose", "distances", "passed", "rates", "rose"]

#: Standard deviation of the log of measured over modelled concentrations. Good models of towns scatter by a factor of
#: up to 2.4 (Hanna and Chang 2012, doi 10.1007/s00703-011-0177-1); two thirds within a factor 2 is what is taken here.
MODEL_ERROR = math.log(2.0)
#: Those of the outlines: the envelope, the even chance, the core.
PROBABILITIES = (0.05, 0.5, 0.95)
_NEAREST_M = 2.0
_RADII, _BEARINGS = 36, 72
_MG_PER_KG = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """All that is drawn once for every compound: wind, origin (draw, 2) [m], model factor and air changes [1/h]."""

    blowing: Blowing
    origin: FloatArray
    factor: FloatArray
    air_changes: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Rose:
    """Places about a source on which outlines are told: radii [m], bearings [rad], and both as places (place, 2)."""

    radii: FloatArray
    bearings: FloatArray

    @property
    def places(self) -> FloatArray:
        """Easting and northing, radius by radius. [m]"""
        radius, bearing = (grid.ravel() for grid in np.meshgrid(self.radii, self.bearings, indexing="ij"))
        return _corners(radius, bearing)

    def outline(self, share: FloatArray, probability: float, frame: Frame) -> Mapping[str, Any]:
        """Return where a share (place,) is at least so much, as a MultiPolygon; empty where that is nowhere."""
        by_radius = share.reshape(len(self.radii), len(self.bearings))
        reach = _last_above(by_radius.T, np.full(len(self.bearings), probability), self.radii)
        return {"type": "MultiPolygon", "coordinates": [[_ring(lobe, frame)] for lobe in self._lobes(reach)]}

    def _lobes(self, reach: FloatArray) -> Iterator[FloatArray]:
        """Yield the corners (corner, 2) of each part that hangs together; one that is no full circle has the source.

        A lobe is wider than the bearings that pass by half a step on either side, so that none is a mere line.
        """
        passed = reach > 0.0
        if passed.all():
            yield _corners(reach, self.bearings)
            return
        half = 0.5 * (self.bearings[1] - self.bearings[0])
        for begin in np.flatnonzero(passed & ~np.roll(passed, 1)):
            turn = np.roll(np.arange(len(passed)), -begin)
            rows = turn[: int(np.argmin(passed[turn]))]
            bearings = np.unwrap(self.bearings[rows])
            sides = [bearings[0] - half], bearings, [bearings[-1] + half]
            lobe = _corners(reach[[rows[0], *rows, rows[-1]]], np.concatenate(sides))
            yield np.append(lobe, np.zeros((1, 2)), axis=0)


def _corners(radius: FloatArray, bearing: FloatArray) -> FloatArray:
    return np.column_stack([radius * np.sin(bearing), radius * np.cos(bearing)])


def _ring(corners: FloatArray, frame: Frame) -> list[list[float]]:
    """Return corners that go clockwise as a closed ring that goes the other way, as GeoJSON wants it."""
    longitude, latitude = frame.to_geographic(corners[:, 0], corners[:, 1])
    ring: list[list[float]] = np.round(np.column_stack([longitude, latitude])[::-1], 7).tolist()
    return [*ring, ring[0]]


def rose(reach_m: float) -> Rose:
    """Return the places on which outlines out to a distance are told."""
    radii = np.geomspace(_NEAREST_M, max(reach_m, 10.0 * _NEAREST_M), _RADII)
    return Rose(radii=radii, bearings=np.linspace(0.0, 2.0 * math.pi, _BEARINGS, endpoint=False))


def rates(release: Release, limit: Limit, draws: Draws) -> FloatArray:
    """Return the emission rate that counts against a limit, with the model's error in it (draw,). [mg/s]

    What lasts less than the exposure counts by its toxic load: the even rate that has the same ``C^n t``.
    """
    lasting = np.ones(DRAWS)
    if limit.minutes is not None:
        share = np.minimum(release.lasts / (60.0 * limit.minutes), 1.0)
        lasting = share ** (1.0 / load_exponent(release.compound))
    return release.rate * _MG_PER_KG * draws.factor * lasting


def distances(axis: FloatArray, along: FloatArray, rate: FloatArray, limit: Limit) -> FloatArray:
    """Return how far along the wind the limit is passed in each draw, 0 where it is nowhere. [m]

    Parameters
    ----------
    axis
        Per unit rate on the axis, (draw, distance). [s m-3]
    along
        The distances. [m]
    rate
        From `rates`. [mg/s]
    """
    with np.errstate(divide="ignore"):
        return _last_above(np.log(axis * rate[:, None]), np.full(len(rate), math.log(limit.mg_m3)), along)


def passed(field: FloatArray, rate: FloatArray, limit: Limit) -> BoolArray:
    """Return where each draw passes the limit, (draw, place)."""
    above: BoolArray = field * rate[:, None] > limit.mg_m3
    return above


def _last_above(values: FloatArray, level: FloatArray, along: FloatArray) -> FloatArray:
    """Return, a row, the last place along which values reach a level, by a straight line in the log of the place."""
    above = values >= level[:, None]
    last = values.shape[1] - 1 - np.argmax(above[:, ::-1], axis=1)
    after = np.minimum(last + 1, values.shape[1] - 1)
    row = np.arange(len(values))
    with np.errstate(invalid="ignore", divide="ignore"):
        fall = values[row, last] - values[row, after]
        part = np.where(fall > 0.0, (values[row, last] - level) / fall, 0.0)
    part = np.clip(np.nan_to_num(part), 0.0, 1.0)
    place = along[last] * (along[after] / along[last]) ** part
    return np.where(above.any(axis=1), place, 0.0)
