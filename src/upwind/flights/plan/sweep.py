"""What a sortie sweeps: everywhere that it could lead, as ways with times.

The planned way with its turns and drift, and beside it; the straight legs between waypoints, which is how a ground
station flies them, and beside those; at every waypoint the way on where a turn is begun late, and the circles that
turn to either side; from everywhere the straight way home of a lost link; with a base, the climb from it and the
descent to it. Ways beside one another are so near that nothing lies between them that the audit would not find:
it knows what is within 50 m.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from upwind.arrays import FloatArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.sortie import Sortie
from upwind.geo import stretches

__all__ = ["MARGIN_M", "Part", "Sweep", "parts_of", "ways_of"]

#: How far beside its way an aircraft may be: navigation and gusts. [m]
MARGIN_M = 200.0
#: A turn may be begun so much too late. [s]
_LATE_S = 30.0
#: Ways beside one another, and places from which the way home is looked at, are so far apart. [m]
_APART_M = 100.0
_BESIDE_M = tuple(np.arange(-MARGIN_M, MARGIN_M + 1.0, _APART_M).tolist())
#: A turn is followed in so many steps.
_STEPS = 36
#: The climb is looked at in so many levels below that of the survey.
_LEVELS = 5
#: Nothing stands still: times of one way are apart. [s]
_TICK_S = 1e-3
_SAME_DEG = 1e-9
_HOMEWARD = ", lost link"
_GLOBE = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A way, (position, 2): longitude, latitude [deg]; when [s since 1970] and how high above ground [m] it is."""

    name: str
    way: FloatArray
    time: FloatArray
    height: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What all sorties have in common: the air, home (longitude, latitude) [deg], and the survey's height [m].

    `based` tells whether it is taken off and landed there.
    """

    air: Air
    home: tuple[float, float]
    based: bool
    height_m: float


def parts_of(sortie: Sortie, start: float, sweep: Sweep) -> Iterator[Part]:
    """Yield all that a sortie sweeps; it starts at `start` [s since 1970-01-01T00:00Z]."""
    clock = _clock(sortie, start, sweep.air)
    stops = _stops(sortie)
    legs, at = sortie.waypoints[:, :2], clock[stops]
    level = np.array([sweep.height_m])
    planned, direct = _dense(sortie.path, clock), _dense(legs, at)
    for way, time in (planned, direct):
        for off in _BESIDE_M:
            yield Part(name=", beside" * (off != 0.0), way=_beside(way, off), time=time, height=level)
    for way, time in _late(legs, at, sweep.air):
        yield Part(name=", late turn", way=way, time=time, height=level)
    for way, time in (*_homeward(*planned, sweep), *_homeward(*direct, sweep)):
        yield Part(name=_HOMEWARD, way=way, time=time, height=level)
    if sweep.based:
        yield from _climbs(sortie, clock, stops, sweep.height_m)


def ways_of(sortie: Sortie, start: float, sweep: Sweep) -> Iterator[FloatArray]:
    """Yield the ways of all parts but those straight home, which begin on these."""
    yield from (part.way for part in parts_of(sortie, start, sweep) if part.name != _HOMEWARD)


def _clock(sortie: Sortie, start: float, air: Air) -> FloatArray:
    """Return when each position of the way is reached, slower into the wind than before it."""
    way = sortie.path
    bearing, metres = stretches(way)
    gone = np.append(0.0, np.cumsum(metres / air.ground_speed(np.radians(90.0 - bearing))))
    clock: FloatArray = start + gone / max(float(gone[-1]), 1e-9) * sortie.time_s
    return clock


def _stops(sortie: Sortie) -> list[int]:
    """Return the position of the way at which each waypoint stands, in their order."""
    found, begin = [], 0
    for place in sortie.waypoints[:, :2]:
        apart = np.abs(sortie.path[begin:] - place).max(axis=1)
        near = np.flatnonzero(apart < _SAME_DEG)
        begin += int(near[0]) if len(near) else int(apart.argmin())
        found.append(begin)
    if found:
        found[-1] = len(sortie.path) - 1
    return found


def _dense(way: FloatArray, time: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return a way with positions at most so far apart."""
    _, metres = stretches(way)
    steps = np.maximum(np.ceil(metres / _APART_M), 1.0).astype(np.int64)
    leg = np.append(np.repeat(np.arange(len(steps)), steps), len(steps) - 1)
    part = np.concatenate([*(np.arange(count) / count for count in steps.tolist()), [1.0]])
    turn = np.diff(way, axis=0)
    turn[:, 0] = (turn[:, 0] + 180.0) % 360.0 - 180.0
    return way[leg] + part[:, None] * turn[leg], time[leg] + part * np.diff(time)[leg]


def _beside(way: FloatArray, off: float) -> FloatArray:
    """Return a way so many metres to its right."""
    if off == 0.0:
        return way
    bearing, _ = stretches(way)
    bearing = np.append(bearing, bearing[-1])
    longitude, latitude, _ = _GLOBE.fwd(way[:, 0], way[:, 1], bearing + 90.0, np.full(len(way), off))
    return np.column_stack([longitude, latitude])


def _late(legs: FloatArray, at: FloatArray, air: Air) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield where an aircraft may come to that turns late or to the other side, at each waypoint that it comes to."""
    speed = air.speed + air.wind
    radius = air.radius * (speed / air.speed) ** 2
    around = np.linspace(0.0, 360.0, _STEPS + 1)
    bearings, metres = stretches(legs)
    for place, bearing, time, far in zip(legs[1:], bearings, at[1:], metres, strict=True):
        if far == 0.0:
            continue
        straight = np.linspace(0.0, _LATE_S * speed, _STEPS)
        yield _from(place, np.full(_STEPS, bearing), straight), time + straight / speed
        for side in (-1.0, 1.0):
            chord = 2.0 * radius * np.sin(np.radians(around / 2.0))
            circle = _from(place, bearing + side * around / 2.0, chord)
            yield circle, time + np.radians(around) * radius / air.speed


def _from(place: FloatArray, bearing: FloatArray, metres: FloatArray) -> FloatArray:
    """Return the places so far from one, in such directions."""
    east, north = np.full(len(metres), place[0]), np.full(len(metres), place[1])
    longitude, latitude, _ = _GLOBE.fwd(east, north, bearing, metres)
    return np.column_stack([longitude, latitude])


def _homeward(way: FloatArray, time: FloatArray, sweep: Sweep) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield the straight ways home from all along a way, to and fro as one: at the earliest, and at the latest."""
    home = np.broadcast_to(sweep.home, way.shape)
    _, _, metres = _GLOBE.inv(way[:, 0], way[:, 1], home[:, 0], home[:, 1])
    there = np.maximum.accumulate(time + metres / (sweep.air.speed - sweep.air.wind))
    rays = np.stack([way, home], axis=1).reshape(-1, 2)
    for when in (time, there):
        yield rays, np.repeat(when, 2) + _TICK_S * np.arange(2 * len(way))


def _climbs(sortie: Sortie, clock: FloatArray, stops: list[int], height_m: float) -> Iterator[Part]:
    """Yield the ways from the base to the first line and from the last one to it, at levels up to the survey's."""
    for part in (slice(0, stops[1] + 1), slice(stops[-2], stops[-1] + 1)):
        if part.stop - part.start < 2:  # noqa: PLR2004 - a way has two ends
            continue
        way, time = _dense(sortie.path[part], clock[part])
        for level in np.linspace(0.0, height_m, _LEVELS, endpoint=False):
            yield Part(name=", climb", way=way, time=time, height=np.array([level]))
        up = np.linspace(0.0, height_m, max(2, math.ceil(height_m / 10.0)))
        end = 0 if part.start == 0 else -1
        column = np.tile(way[end], (len(up), 1))
        yield Part(name=", climb", way=column, time=time[end] + _TICK_S * np.arange(len(up)), height=up)
