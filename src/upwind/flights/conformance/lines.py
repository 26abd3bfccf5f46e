"""The lines of a plan that a track is compared with: straight runs of legs, each leg the geodesic between waypoints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.geo import Frame
from upwind.records import Route

__all__ = ["Legs", "Local", "legs_of", "way_length_m"]

_GEOD = Geod(ellps="WGS84")
#: A line that turns by more than this from its first leg is two lines. [deg]
_CORNER_DEG = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """Places about one leg: `along` it from its first end, and `cross` it, positive to the right. [m]"""

    along: FloatArray
    cross: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """The legs of the lines that are compared, in the order of the plan.

    Attributes
    ----------
    leg
        Which leg of the route each is, (leg,).
    line
        Which line each is a part of, from 0 without a gap, (leg,).
    begin, length
        Where each begins along its line, and how long it is, (leg,). [m]
    longitude, latitude, middle
        Both ends of each, (2, leg), and the middle, longitude and latitude, (2, leg). [deg]
    """

    leg: IntArray
    line: IntArray
    begin: FloatArray
    length: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    middle: FloatArray

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return int(self.line[-1]) + 1 if len(self.line) else 0

    def of_line(self, line: int) -> IntArray:
        """Return which legs a line has."""
        return np.arange(*np.searchsorted(self.line, [line, line + 1]))

    def local(self, leg: int, longitude: FloatArray, latitude: FloatArray) -> Local:
        """Return places (place,) [deg] as they lie about a leg: in a frame about its middle, where it is straight."""
        frame = Frame(longitude=float(self.middle[0, leg]), latitude=float(self.middle[1, leg]))
        x, y = frame.to_local(np.append(self.longitude[:, leg], longitude), np.append(self.latitude[:, leg], latitude))
        toward = np.array([x[1] - x[0], y[1] - y[0]]) / np.hypot(x[1] - x[0], y[1] - y[0])
        east, north = x[2:] - x[0], y[2:] - y[0]
        return Local(along=east * toward[0] + north * toward[1], cross=east * toward[1] - north * toward[0])


def legs_of(route: Route) -> Legs:
    """Return the legs of a plan's survey lines; of a plan that marks none, of all its ways within sorties."""
    longitude = np.array([route.longitude[:-1], route.longitude[1:]])
    latitude = np.array([route.latitude[:-1], route.latitude[1:]])
    bearing, back, length = _inverse(longitude, latitude)
    surveyed = route.surveyed if route.surveyed.any() else np.diff(route.sortie) == 0
    taken = np.flatnonzero(surveyed & (length > 0.0))
    longitude, latitude = longitude[:, taken], latitude[:, taken]
    bearing, length, back = bearing[taken], length[taken], (back[taken] + 180.0) % 360.0
    middle = _forward(longitude[0], latitude[0], bearing, length / 2)
    fresh = _fresh(taken, route.line[taken], bearing, back)
    line = np.cumsum(fresh) - 1
    before = np.cumsum(length) - length
    return Legs(
        leg=taken,
        line=line,
        begin=before - before[np.flatnonzero(fresh)][line] if len(taken) else before,
        length=length,
        longitude=longitude,
        latitude=latitude,
        middle=middle,
    )


def way_length_m(longitude: FloatArray, latitude: FloatArray) -> float:
    """Return the length of ways whose ends [deg] are (2, way), all together. [m]"""
    return float(np.sum(_inverse(longitude, latitude)[2]))


def _inverse(longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return bearing at the first end and back at the second [deg], and length [m], of ways whose ends are (2, way).

    Two more ways go along, as pyproj takes an array of one apart; so below.
    """
    x, y = (np.append(values, np.zeros((2, 2)), axis=1) for values in (longitude, latitude))
    bearing, back, length = (values[:-2] for values in _GEOD.inv(x[0], y[0], x[1], y[1]))
    return bearing, back, length


def _forward(longitude: FloatArray, latitude: FloatArray, bearing: FloatArray, length: FloatArray) -> FloatArray:
    """Return where ways lead, longitude and latitude, (2, way). [deg]"""
    x, y, toward, metres = (np.append(values, (0.0, 0.0)) for values in (longitude, latitude, bearing, length))
    return np.array(_GEOD.fwd(x, y, toward, metres)[:2])[:, :-2]


def _fresh(leg: IntArray, line: IntArray, bearing: FloatArray, arriving: FloatArray) -> BoolArray:
    """Return which legs begin a line: after another one, after a gap, or round a corner.

    `bearing` is that at a leg's beginning, `arriving` that at its end: over a long leg they differ. [deg]
    """
    fresh = np.ones(len(leg), dtype=np.bool_)
    turned = 0.0
    for at in range(1, len(leg)):
        turned += (bearing[at] - arriving[at - 1] + 180.0) % 360.0 - 180.0
        fresh[at] = leg[at] != leg[at - 1] + 1 or line[at] != line[at - 1] or abs(turned) > _CORNER_DEG
        turned = 0.0 if fresh[at] else turned
    return fresh
