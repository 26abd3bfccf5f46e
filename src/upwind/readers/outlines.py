"""Lines that outlines are published as, broken into chords: geodesics, loxodromes, arcs and circles on WGS84.

A chord is straight in longitude and latitude, as every edge in upwind is, and lies within `TOLERANCE_M` of the line it
stands for. A line is a function from the share of the way, 0 to 1, to longitude and latitude. Longitudes go on past
180 degrees, so that a ring over the antimeridian is closed and simple in the plane: its westmost vertex is from -180 to
180, its eastmost one may be at 190.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
from pyproj import Geod

from upwind.arrays import FloatArray

__all__ = ["NAUTICAL_MILE_M", "arc", "chords", "circle", "closed", "geodesic", "loxodrome", "sector"]

#: How far a chord may lie from its line; half of what `Airspace` promises. [m]
TOLERANCE_M = 0.5

NAUTICAL_MILE_M = 1852.0

#: Longitude and latitude. [deg]
Position = tuple[float, float]
Line = Callable[[FloatArray], tuple[FloatArray, FloatArray]]

_GLOBE = Geod(ellps="WGS84")
_DEGREE_M = 111_320.0
_ECCENTRICITY = math.sqrt(_GLOBE.es)

#: More chords than the longest line on the globe needs; near a pole no number of them would do.
_MOST_CHORDS = 20_000

#: Where along a chord its distance from the line is looked at.
_SHARES = np.array([0.25, 0.5, 0.75])

#: Less than a tenth of a millimetre: what differs no more is one latitude, or one bearing. [deg]
_SAME = 1e-9


def geodesic(start: Position, end: Position) -> Line:
    """Return the shortest line between two positions."""
    bearing, _, distance = _GLOBE.inv(*start, *end)

    def line(share: FloatArray) -> tuple[FloatArray, FloatArray]:
        return _reached(start, np.full(len(share), bearing), share * distance)

    return line


def loxodrome(start: Position, end: Position) -> Line:
    """Return the line of constant course between two positions, the short way round; along parallels a parallel."""
    east = float(_short_way(np.array(end[0] - start[0])))
    north = end[1] - start[1]
    first, last = (float(_isometric(np.array(latitude))) for latitude in (start[1], end[1]))

    def line(share: FloatArray) -> tuple[FloatArray, FloatArray]:
        latitude = start[1] + share * north
        way = (_isometric(latitude) - first) / (last - first) if abs(north) > _SAME else share
        return start[0] + way * east, latitude

    return line


def arc(centre: Position, start: Position, end: Position, *, clockwise: bool) -> Line:
    """Return the arc about a centre from one position to another.

    Published ends of one arc are often not equally far from its centre, by metres and more: the radius then goes
    evenly from the one to the other.
    """
    first, _, first_m = _GLOBE.inv(*centre, *start)
    last, _, last_m = _GLOBE.inv(*centre, *end)
    return _swept(centre, first, _turn(first, last, clockwise=clockwise), (first_m, last_m))


def sector(centre: Position, radius_m: float, bearings: tuple[float, float], *, clockwise: bool) -> Line:
    """Return the arc about a centre between two bearings [deg]."""
    return _swept(centre, bearings[0], _turn(*bearings, clockwise=clockwise), (radius_m, radius_m))


def circle(centre: Position, radius_m: float) -> Line:
    """Return the line at one distance from a centre, all the way round."""
    return _swept(centre, 0.0, 360.0, (radius_m, radius_m))


def chords(line: Line, *, whole: bool = False) -> FloatArray:
    """Return the vertices (vertex, 2) of the chords of a line, its end among them only if the `whole` is wanted.

    Raises
    ------
    ValueError
        The line passes so close to a pole that it has no chords in longitude and latitude.
    """
    count = 1
    while (off := _deviation(line, count)) > TOLERANCE_M:
        count = max(count + 1, math.ceil(count * math.sqrt(off / TOLERANCE_M)))
        if count > _MOST_CHORDS:
            msg = "a line of the outline passes too close to a pole"
            raise ValueError(msg)
    vertices = np.column_stack(line(np.linspace(0.0, 1.0, count + 1)))
    return vertices if whole else vertices[:-1]


def closed(parts: Iterable[FloatArray]) -> FloatArray:
    """Return the ring (vertex, 2) of vertices that follow one another, its last vertex the first again.

    Raises
    ------
    ValueError
        There are fewer than three vertices, or the ring goes round a pole, so that it is none in the plane.
    """
    vertices: FloatArray = np.concatenate(list(parts))
    vertices = vertices[(vertices != np.roll(vertices, -1, axis=0)).any(axis=1)]
    if len(np.unique(vertices, axis=0)) < 3:  # noqa: PLR2004 - a triangle
        msg = "the outline has fewer than three corners"
        raise ValueError(msg)
    ring: FloatArray = np.concatenate([vertices, vertices[:1]])
    ring[:, 0] = np.unwrap(ring[:, 0], period=360.0)
    if abs(ring[-1, 0] - ring[0, 0]) > _SAME:
        msg = "the outline goes round a pole"
        raise ValueError(msg)
    ring[-1] = ring[0]
    ring[:, 0] -= 360.0 * math.floor((ring[:, 0].min() + 180.0) / 360.0)
    return ring


def _deviation(line: Line, count: int) -> float:
    """Return how far so many chords lie from their line at most, across the chord. [m]"""
    ends = np.linspace(0.0, 1.0, count + 1)
    share = (ends[:-1, None] + _SHARES / count).ravel()
    longitude, latitude = line(np.concatenate([ends, share]))
    x, y = (np.stack([values[:count], values[1 : count + 1]]) for values in (longitude, latitude))
    scale = _DEGREE_M * np.cos(np.radians(y.mean(axis=0)))
    east, north = (x[1] - x[0]) * scale, (y[1] - y[0]) * _DEGREE_M
    off_east = (longitude[count + 1 :].reshape(count, -1) - x[0][:, None]) * scale[:, None]
    off_north = (latitude[count + 1 :].reshape(count, -1) - y[0][:, None]) * _DEGREE_M
    across = np.abs(off_east * north[:, None] - off_north * east[:, None])
    length = np.hypot(east, north)[:, None]
    # A chord whose ends meet, as that of a full circle, is no line to be across of.
    off = np.where(length > 1e-6, across / np.maximum(length, 1e-6), np.hypot(off_east, off_north))  # noqa: PLR2004
    return float(off.max())


def _swept(centre: Position, bearing: float, turn: float, radius_m: tuple[float, float]) -> Line:
    """Return the line about a centre that begins at a bearing and turns so far [deg]."""

    def line(share: FloatArray) -> tuple[FloatArray, FloatArray]:
        return _reached(centre, bearing + share * turn, radius_m[0] + share * (radius_m[1] - radius_m[0]))

    return line


def _reached(start: Position, bearing: FloatArray, distance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where one comes from a position, longitudes going on past 180."""
    along = np.full(len(bearing), start[0])
    longitude, latitude, _ = _GLOBE.fwd(along, np.full(len(bearing), start[1]), bearing, distance)
    return start[0] + _short_way(np.asarray(longitude) - start[0]), np.asarray(latitude)


def _turn(first: float, last: float, *, clockwise: bool) -> float:
    """Return how far to turn from a bearing to another, a full turn where they are the same. [deg]"""
    turn = (last - first if clockwise else first - last) % 360.0
    turn = 360.0 if turn < _SAME else turn
    return turn if clockwise else -turn


def _short_way(difference: FloatArray) -> FloatArray:
    """Return differences of longitudes from -180 to 180."""
    return np.mod(difference + 180.0, 360.0) - 180.0


def _isometric(latitude: FloatArray) -> FloatArray:
    """Return the isometric latitude, in which loxodromes are straight (Snyder 1987, doi 10.3133/pp1395, eq. 7-7)."""
    sine = np.sin(np.radians(np.clip(latitude, -89.99999, 89.99999)))
    isometric: FloatArray = np.arctanh(sine) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine)
    return isometric
