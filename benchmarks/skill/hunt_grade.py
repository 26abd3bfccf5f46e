"""How a searcher is graded on hunts: when a small region is stated that holds the source, and whether it lied before.

Nothing here knows how gas spreads. The searcher is told the square, the sensor's lag and noise, the speed and what the
drone reads; it says where to fly, and now and then it is asked for the region that holds the source with nine chances
in ten. The exercise alone knows where the source is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.hunt import LONGEST_S, SIDE_M, SPEED_M_S, Flown, Hunt, fly, take_off, track_of
from upwind.geo import Frame
from upwind.records import Track

__all__ = ["RADIUS_M", "Searcher", "Stated", "Told", "grade", "rows_of", "told"]

#: The region that is asked for. [m]
RADIUS_M = 10.0
#: It is asked for this often. [s]
EVERY_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What every searcher is told at first: `frame` about the square's middle, its side, and how the drone is made.

    `lag_s` is the sensor's, inlet and response together; `noise` its standard deviation [ppm]; `speed_m_s` over ground.
    """

    frame: Frame
    side_m: float
    height_m: float
    speed_m_s: float
    lag_s: float
    noise: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A region of square cells: their middles (cell, 2) [m] and their side [m]."""

    middles: FloatArray
    cell_m: float

    @property
    def radius_m(self) -> float:
        """Of the circle of the same area."""
        return float(np.sqrt(len(self.middles) / np.pi) * self.cell_m)

    def holds(self, easting_m: float, northing_m: float) -> bool:
        """Tell whether a place is in it."""
        away = np.abs(self.middles - np.array([easting_m, northing_m])).max(axis=1)
        return bool((away <= 0.5 * self.cell_m + 1e-9).any())


class Searcher(Protocol):
    """Who decides where to fly."""

    def hear(self, track: Track) -> None:
        """Take in what was read so far."""

    def leg(self) -> FloatArray:
        """Return the corners (corner, 2) of the next leg [m]."""

    def stated(self) -> Stated | None:
        """Return the region that holds the source with probability 0.9; None before there is one."""


def grade(hunt: Hunt, searcher: Searcher) -> dict[str, Any]:
    """Return when a region of `RADIUS_M` that holds the source was stated (None: never), and what came before.

    "first_right" is whether the first region so small held the source (None: there was none), "radius_m" the last one.
    """
    began = time.process_time()
    flown, asked, legs, decisions = take_off(hunt), 0, 0, [0.0]
    row: dict[str, Any] = {"time_s": None, "first_right": None, "radius_m": None}
    while True:
        track = track_of(hunt, flown)
        while asked + EVERY_S <= len(track.time):
            asked += EVERY_S
            searcher.hear(rows_of(track, 0, asked))
            if _is_found(hunt, searcher, row):
                row["time_s"] = float(asked)
                break
        if row["time_s"] is not None or flown.time_s >= LONGEST_S:
            break
        searcher.hear(track)
        before = time.process_time()
        corners = searcher.leg()
        decisions.append(time.process_time() - before)
        legs += 1
        flown = _flown_on(hunt, flown, corners)
    return row | {"legs": legs, "cpu_s": time.process_time() - began, "slowest_s": max(decisions)}


def told(hunt: Hunt) -> Told:
    """Return what a searcher may know of a hunt."""
    return Told(
        frame=hunt.frame,
        side_m=SIDE_M,
        height_m=hunt.height_m,
        speed_m_s=SPEED_M_S,
        lag_s=hunt.sensor.transport_s + hunt.sensor.response_s,
        noise=hunt.sensor.noise * 1e6 / hunt.gas.per_mole,
        seed=hunt.seed,
    )


def _flown_on(hunt: Hunt, flown: Flown, corners: FloatArray) -> Flown:
    """Return the flight after a leg; who does not move lets two seconds pass."""
    after = fly(hunt, flown, corners)
    if after.time_s > flown.time_s:
        return after
    here = np.array(flown.place)
    return fly(hunt, flown, here + np.array([[0.0, 0.01], [0.0, 0.0]]))


def _is_found(hunt: Hunt, searcher: Searcher, row: dict[str, Any]) -> bool:
    """Tell whether what the searcher states now is small and true; keep whether its first small region was."""
    stated = searcher.stated()
    if stated is None:
        return False
    row["radius_m"] = round(stated.radius_m, 2)
    if stated.radius_m > RADIUS_M:
        return False
    right = stated.holds(hunt.source.easting_m, hunt.source.northing_m)
    if row["first_right"] is None:
        row["first_right"] = right
    return right


def rows_of(track: Track, first: int, last: int) -> Track:
    """Return the readings of a track from one on, up to another."""
    wind = track.wind
    columns = {name: getattr(wind, name)[first:last] for name in wind.__dataclass_fields__}
    names = ("time", "longitude", "latitude", "height", "duration", "end_longitude", "end_latitude", "end_height")
    return Track(
        name=track.name,
        sha256=track.sha256,
        **{name: getattr(track, name)[first:last] for name in names},
        sensor=track.sensor[first:last],
        sensors=track.sensors,
        gases=tuple(type(gas)(name=gas.name, units=gas.units, values=gas.values[first:last]) for gas in track.gases),
        wind=type(wind)(**columns),
        extra={},
    )
