"""Where a source may be, as weighted draws: of a posterior, of a source's regions, of a circle, or of what is upwind.

All of them answer one question, how dense the source's position is at a place [1/m2], and can be laid over each other:
gases let out together have one position.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.geo import Frame, frame_of
from upwind.records import Estimate, Posterior, Source

__all__ = ["Whereabouts", "laid_over", "of_posterior", "of_source", "upwind_of", "within"]

#: How many draws stand for a shape.
_DRAWS = 600
#: Of a wind that nobody measured on the spot, over the way from source to sampler. [deg]
WIND_SIGMA_DEG = 20.0
#: Nearer than this nothing is told from the sampler itself. [m]
_NEAREST_M = 3.0
#: A normal in two dimensions holds 90 % within so many sigma.
_SIGMAS_90 = math.sqrt(-2.0 * math.log(0.1))
#: A located position is not believed to be better than this, whatever its posterior says. [m]
_LEAST_SPREAD_M = 8.0
#: The golden angle, which spreads points evenly over a disc. [rad]
_GOLDEN = math.pi * (3.0 - math.sqrt(5.0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Whereabouts:
    """Draws of a source's position (draw,): `longitude`, `latitude` [deg], `weight` (sums to 1), and `emission_rate`.

    The rate of each draw [kg/h] is all NaN where none is known.
    """

    longitude: FloatArray
    latitude: FloatArray
    weight: FloatArray
    emission_rate: FloatArray

    @property
    def frame(self) -> Frame:
        """A local frame about the draws."""
        return frame_of(self.longitude, self.latitude)

    def density(self, longitude: FloatArray, latitude: FloatArray, spread_m: FloatArray) -> FloatArray:
        """Return the density of the position at places (place,), each known to `spread_m` (1 sigma). [1/m2]"""
        frame = self.frame
        east, north = frame.to_local(self.longitude, self.latitude)
        there = frame.to_local(longitude, latitude)
        away = (there[0][:, None] - east) ** 2 + (there[1][:, None] - north) ** 2
        variance = spread_m**2 + self.bandwidth_m**2
        return np.asarray(np.exp(-0.5 * away / variance[:, None]) @ self.weight / (2.0 * math.pi * variance))

    def distances(self, longitude: float, latitude: float) -> tuple[float, float, float]:
        """Return median, 5 % and 95 % point of the distance to a place. [m]"""
        away = np.hypot(*self._from(longitude, latitude))
        order = np.argsort(away)
        sums = np.cumsum(self.weight[order])
        at = np.minimum(np.searchsorted(sums, [0.5, 0.05, 0.95]), len(away) - 1)
        middle, low, high = away[order][at]
        return float(middle), float(low), float(high)

    @property
    def bandwidth_m(self) -> float:
        """The width by which draws are smoothed: Silverman's for two dimensions, and what nobody is better than."""
        east, north = self.frame.to_local(self.longitude, self.latitude)
        mean = self.weight @ east, self.weight @ north
        variance = (self.weight @ (east - mean[0]) ** 2 + self.weight @ (north - mean[1]) ** 2) / 2.0
        count = 1.0 / float((self.weight**2).sum())
        return max(0.5 * math.sqrt(float(variance)) * float(count ** (-1.0 / 6.0)), _LEAST_SPREAD_M)

    def _from(self, longitude: float, latitude: float) -> tuple[FloatArray, FloatArray]:
        """Return easting and northing of every draw about a place. [m]"""
        return Frame(longitude=longitude, latitude=latitude).to_local(self.longitude, self.latitude)


def within(longitude: float, latitude: float, radius_m: float) -> Whereabouts:
    """Return where a source is that lies, nine times of ten, within a radius of a place."""
    number = _counted()
    away = radius_m / _SIGMAS_90 * np.sqrt(-2.0 * np.log(1.0 - number / _DRAWS))
    return _about(longitude, latitude, away * np.cos(number * _GOLDEN), away * np.sin(number * _GOLDEN))


def upwind_of(longitude: float, latitude: float, reach_m: float, wind_from_deg: float) -> Whereabouts:
    """Return where the source of what was smelled at a place is: upwind, evenly far up to a reach."""
    number = _counted()
    away = _NEAREST_M + (reach_m - _NEAREST_M) * number / _DRAWS
    turned = _normal_quantiles(np.asarray(number * 0.6180339887 % 1.0)) * math.radians(WIND_SIGMA_DEG)
    bearing = math.radians(wind_from_deg) + turned
    return _about(longitude, latitude, away * np.sin(bearing), away * np.cos(bearing))


def of_source(source: Source) -> Whereabouts:
    """Return where a located source is, by its two regions; the rate is spread over its interval, free of the place."""
    inner = _filled(source.region_50, _DRAWS // 2)
    outer = _filled(source.region_90, _DRAWS)
    outside = outer[~_inside(source.region_50, outer)]
    outer = outside if len(outside) else outer
    points = np.concatenate([inner, outer])
    weight = np.concatenate([np.full(len(inner), 0.5 / len(inner)), np.full(len(outer), 0.5 / len(outer))])
    rates = np.full(len(points), np.nan)
    if source.emission_rate is not None:
        middle, spread = _log_rate(source.emission_rate)
        order = np.random.default_rng(0).permutation(len(points))
        rates = np.exp(middle + spread * _normal_quantiles((order + 0.5) / len(points)))
    return Whereabouts(longitude=points[:, 0], latitude=points[:, 1], weight=weight, emission_rate=rates)


def _log_rate(rate: Estimate) -> tuple[float, float]:
    """Return middle and sigma of the log of a rate, as if that were normal."""
    low, middle, high = (math.log(max(value, 1e-12)) for value in (rate.lower, rate.median, rate.upper))
    return middle, (high - low) / (2.0 * NormalDist().inv_cdf((1.0 + rate.level) / 2.0))


def of_posterior(posterior: Posterior, source: int) -> Whereabouts:
    """Return where a reported source is, by the draws of its posterior."""
    own = posterior.source == source
    return Whereabouts(
        longitude=posterior.longitude[own],
        latitude=posterior.latitude[own],
        weight=np.full(int(own.sum()), 1.0 / int(own.sum())),
        emission_rate=posterior.emission_rate[own],
    )


def laid_over(each: Sequence[Whereabouts]) -> tuple[Whereabouts, FloatArray]:
    """Return where the one source of several gases is, and the rate of each there, shape (gas, draw). [kg/h]

    The draws of the gas that is located best are weighed by how dense the others are there; the others' rates are
    taken from their own draws nearby, so that what ties rate to distance ties the rates to each other.
    """
    spreads = [one.bandwidth_m for one in each]
    best = int(np.argmin(spreads))
    frame = each[best].frame
    east, north = frame.to_local(each[best].longitude, each[best].latitude)
    weight = each[best].weight.copy()
    rates = np.zeros((len(each), len(weight)))
    rates[best] = each[best].emission_rate
    rng = np.random.default_rng(0)
    for number, other in enumerate(each):
        if number == best:
            continue
        there = frame.to_local(other.longitude, other.latitude)
        away = (east[:, None] - there[0]) ** 2 + (north[:, None] - there[1]) ** 2
        near = other.weight * np.exp(-0.5 * away / (spreads[number] ** 2 + spreads[best] ** 2))
        total = near.sum(axis=1)
        weight = weight * total
        sums = np.cumsum(near / np.maximum(total, 1e-300)[:, None], axis=1)
        drawn = (sums < rng.random(len(weight))[:, None]).sum(axis=1)
        rates[number] = other.emission_rate[np.minimum(drawn, len(other.weight) - 1)]
    if not weight.sum() > 0.0:  # they do not overlap at all: whoever calls them one has to know why
        weight = each[best].weight.copy()
    return (
        Whereabouts(
            longitude=each[best].longitude,
            latitude=each[best].latitude,
            weight=weight / weight.sum(),
            emission_rate=np.where(np.isnan(rates).all(axis=0), np.nan, np.nansum(rates, axis=0)),
        ),
        rates,
    )


def _counted() -> FloatArray:
    """Return the middles of as many equal pieces as there are draws, counted in pieces."""
    return np.arange(_DRAWS, dtype=np.float64) + np.float64(0.5)


def _about(longitude: float, latitude: float, east: FloatArray, north: FloatArray) -> Whereabouts:
    longitudes, latitudes = Frame(longitude=longitude, latitude=latitude).to_geographic(east, north)
    count = len(east)
    return Whereabouts(
        longitude=longitudes,
        latitude=latitudes,
        weight=np.full(count, 1.0 / count),
        emission_rate=np.full(count, np.nan),
    )


def _filled(shape: Mapping[str, Any], count: int) -> FloatArray:
    """Return about `count` points (point, 2) spread evenly over an area; its corners where it is too thin for any."""
    corners = np.concatenate([np.array(ring)[:, :2] for polygon in _polygons(shape) for ring in polygon])
    low, high = corners.min(axis=0), corners.max(axis=0)
    side = math.ceil(2.0 * math.sqrt(count))
    x, y = np.meshgrid(*(low[axis] + (high[axis] - low[axis]) * (np.arange(side) + 0.5) / side for axis in (0, 1)))
    points: FloatArray = np.column_stack([x.ravel(), y.ravel()])
    kept = points[_inside(shape, points)]
    return kept[:: max(1, len(kept) // count)] if len(kept) else corners


def _inside(shape: Mapping[str, Any], points: FloatArray) -> BoolArray:
    """Return which points (point, 2) lie within a Polygon or MultiPolygon: those with an odd number of sides east."""
    inside = np.zeros(len(points), dtype=np.bool_)
    for ring in (np.array(ring)[:, :2] for polygon in _polygons(shape) for ring in polygon):
        for (x, y), (to_x, to_y) in pairwise(ring):
            crosses = (y > points[:, 1]) != (to_y > points[:, 1])
            with np.errstate(divide="ignore", invalid="ignore"):
                east = x + (points[:, 1] - y) / (to_y - y) * (to_x - x)
            inside ^= crosses & (points[:, 0] < east)
    return inside


def _polygons(shape: Mapping[str, Any]) -> Sequence[Any]:
    return [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]


def _normal_quantiles(share: FloatArray) -> FloatArray:
    """Return what a standard normal is below with a probability."""
    return np.array([NormalDist().inv_cdf(float(each)) for each in share])
