"""Where a sortie may be, and between when and when: what others of the same plan must keep clear of.

Two ways are held: the planned one with its turns, and the straight legs between waypoints, which is how a ground
station flies them. How early and how late a place may be reached follows from what a plan cannot know:

- the wind: steady, and off by up to `WIND_ERROR_M_S` in any direction, as far as anybody would fly in it (`MOST_WIND`);
- the share `SHARE` of the time since take-off, for airspeed, gusts and how turns are flown;
- turns: earliest as if they took no time, latest as they are planned;
- take-off: up to `LATE_S` after its time, never before it;
- climb and descent: circling over the base before the way begins and after it ends, as long as they may take.

So uncertainty grows along a transit, shrinks again where lines go back and forth, and begins anew with every take-off.
Transits are at a height of their own where there is room (`layers`); lines and the turns between them at the survey's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.air import MOST_WIND, Air
from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.terrain import CLIMB
from upwind.geo import Frame
from upwind.records import Platform

__all__ = [
    "BESIDE_M",
    "LATE_S",
    "SHARE",
    "WIND_ERROR_M_S",
    "Climb",
    "Level",
    "Occupied",
    "Timed",
    "blown",
    "climb_of",
    "occupied",
    "timed",
]

#: The Met Office holds its upper-air forecasts a day ahead to 2.85 m/s, root mean square vector error (its CAA
#: verification of March 2025); a choice after it. [m/s]
WIND_ERROR_M_S = 3.0
#: Choices, unverified: no source for small aircraft was found. [1, s]
SHARE = 0.02
LATE_S = 60.0
#: A way is kept to within this, which is the tolerance that a flown track is compared by. [m]
BESIDE_M = 25.0
#: Errors of the wind that are looked at: so many directions, at each of these parts of the greatest.
_DIRECTIONS = 16
_PARTS = (1.0 / 3.0, 2.0 / 3.0, 1.0)
_SAME_M = 1e-2


class Level(IntEnum):
    """At which height a piece of a way is: that of lines, that of transits, or any from the ground up."""

    LINES = 0
    TRANSIT = 1
    ANY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """How an aircraft climbs: the most time over the base [s], and way from the transits' height to the lines' [m].

    `way_m` is None where transits are at the height of lines.
    """

    over_s: float
    way_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The two ways of a sortie in local metres, and what tells when each place of them is reached.

    Attributes
    ----------
    path, legs
        The planned way and the waypoints, (position, 2). [m]
    stops
        Which position of the path each waypoint is.
    pace
        What the sortie's own time is over that summed along the path, which is near 1.
    ends
        At which waypoint the first line begins and the last one ends.
    """

    path: FloatArray
    legs: FloatArray
    stops: IntArray
    pace: float
    ends: tuple[int, int]

    def clocks(self, air: Air) -> tuple[FloatArray, FloatArray]:
        """Return when positions of the path, and waypoints along straight legs, are reached. [s]"""
        return self.pace * _along(self.path, air), _along(self.legs, air)

    def on_lines(self, air: Air) -> tuple[float, float]:
        """Return when the first line begins and the last one ends, as planned. [s]"""
        first, last = self.clocks(air)[0][self.stops[list(self.ends)]]
        return float(first), float(last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """Pieces of a sortie's ways: all of one is within `radius` [m] of its place.

    Attributes
    ----------
    places
        Easting, northing, (piece, 2). [m]
    radius, early, late
        Of each piece; it is there from `early` to `late` after the take-off that is planned. [m, s, s]
    level
        Of each piece, a `Level`.
    home_s
        By then it has landed, a whole minute. [s]
    """

    places: FloatArray
    radius: FloatArray
    early: FloatArray
    late: FloatArray
    level: IntArray
    home_s: float


def timed(sortie: Sortie, frame: Frame, air: Air) -> Timed:
    """Return the ways of a sortie in a frame, in the air that it was planned in."""
    path = np.column_stack(frame.to_local(*sortie.path.T))
    legs = np.column_stack(frame.to_local(*sortie.waypoints[:, :2].T))
    stops, begin = [], 0
    for place in legs:
        apart = np.hypot(*(path[begin:] - place).T)
        near = np.flatnonzero(apart < _SAME_M)
        begin += int(near[0]) if len(near) else int(apart.argmin())
        stops.append(begin)
    stops[-1] = len(path) - 1
    whole = float(_along(path, air)[-1])
    pace = sortie.time_s / whole if whole > 0.0 else 1.0
    ends = (int(sortie.lines[0, 0]), int(sortie.lines[-1, 1]))
    return Timed(path=path, legs=legs, stops=np.array(stops), pace=pace, ends=ends)


def climb_of(platform: Platform, top_m: float, step_m: float) -> Climb:
    """Return how a platform climbs to the height of its transits, or with `step_m` above lines. [m]"""
    rate = CLIMB * platform.speed_m_s if platform.climb_m_s is None else platform.climb_m_s
    return Climb(over_s=top_m / rate, way_m=step_m / rate * platform.speed_m_s if step_m > 0.0 else None)


def blown(air: Air, east: float, north: float) -> Air:
    """Return air whose wind is off by so much, but no stronger than anybody would fly in. [m/s]"""
    wind = np.array([air.east + east, air.north + north])
    wind *= min(1.0, MOST_WIND * air.speed / max(float(np.hypot(*wind)), 1e-9))
    return replace(air, east=float(wind[0]), north=float(wind[1]))


def occupied(ways: Timed, air: Air, climb: Climb, step: float) -> Occupied:
    """Return where a sortie may be.

    Parameters
    ----------
    ways
        As `timed` gives them, for this air.
    climb
        As `climb_of` gives it.
    step
        The most that a piece is long. [m]
    """
    paths, legs = (np.array(clocks) for clocks in zip(*(ways.clocks(one) for one in _winds(air)), strict=True))
    # What turns take more than the straight legs up to the waypoint before may have been saved.
    before = np.searchsorted(ways.stops, np.arange(len(ways.path)), side="right") - 1
    saved = np.maximum(paths[:, ways.stops] - legs, 0.0)
    waits = LATE_S + climb.over_s
    first, last = ways.ends
    parts = (
        _Way(
            ways.path, (paths - saved[:, before]).min(axis=0), paths.max(axis=0), (ways.stops[first], ways.stops[last])
        ),
        _Way(ways.legs, legs.min(axis=0), np.maximum(paths[:, ways.stops], legs).max(axis=0), ways.ends),
    )
    found = [_pieces(way, step, waits, climb.way_m if first > 0 else None) for way in parts]
    home = math.ceil((max(one.home_s for one in found) + climb.over_s) / 60.0) * 60.0
    landing = min(float(one.early[-1]) for one in found)
    over = Occupied(
        places=ways.legs[[0, -1]],
        radius=np.full(2, 2.0 * air.radius),
        early=np.array([0.0, landing]),
        late=np.array([waits, home]),
        level=np.full(2, Level.ANY),
        home_s=home,
    )
    columns = {
        name: np.concatenate([getattr(one, name) for one in (*found, over)])
        for name in ("places", "radius", "early", "late", "level")
    }
    return Occupied(**columns, home_s=home)


def _winds(air: Air) -> Iterator[Air]:
    """Yield the air as planned, then with every error of the wind that is looked at."""
    yield air
    for angle in (np.arange(_DIRECTIONS) * 2.0 * math.pi / _DIRECTIONS).tolist():
        for part in _PARTS:
            size = part * WIND_ERROR_M_S
            yield blown(air, size * math.cos(angle), size * math.sin(angle))


def _along(way: FloatArray, air: Air) -> FloatArray:
    """Return when each position of a way is reached, slower into the wind than before it. [s]"""
    east, north = np.diff(way, axis=0).T
    gone: FloatArray = np.append(0.0, np.cumsum(np.hypot(east, north) / air.ground_speed(np.arctan2(north, east))))
    return gone


class _Way(NamedTuple):
    """A way (position, 2) [m], earliest and latest times [s], and where its first line begins and its last one ends."""

    places: FloatArray
    early: FloatArray
    late: FloatArray
    ends: tuple[int, int]


def _pieces(way: _Way, step: float, waits: float, descent: float | None) -> Occupied:
    """Return the pieces of a way, each later by `waits` at the latest; it lands at its end, whatever it does there."""
    gone = np.append(0.0, np.cumsum(np.hypot(*np.diff(way.places, axis=0).T)))
    edges = np.linspace(0.0, gone[-1], max(math.ceil(gone[-1] / step), 1) + 1)
    low, high = edges[:-1], edges[1:]
    middles = (low + high) / 2.0
    # Earliest and latest never go back along a way, so that a piece's first and last are those of its edges.
    early = np.minimum.accumulate(way.early[::-1])[::-1] * (1.0 - SHARE)
    late = np.maximum.accumulate(way.late) * (1.0 + SHARE) + waits
    level = np.full(len(middles), Level.ANY)
    if descent is None:
        level[:] = Level.LINES
    else:
        first, last = gone[list(way.ends)]
        level[(low >= first) & (high <= last)] = Level.LINES
        level[(high <= first - descent) | (low >= last + descent)] = Level.TRANSIT
    return Occupied(
        places=np.column_stack([np.interp(middles, gone, along) for along in way.places.T]),
        radius=(high - low) / 2.0,
        early=np.interp(low, gone, early),
        late=np.interp(high, gone, late),
        level=level,
        home_s=float(late[-1]),
    )
