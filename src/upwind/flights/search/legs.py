"""Legs: straight pieces of flight, how long each takes in wind, how long the way between two takes, and patterns.

A leg's ground speed follows from the wind triangle, ``v_g = sqrt(v^2 - w_x^2) + w_l``, w_x and w_l being the wind
across and along the leg. Between two legs an aircraft turns: the way is the shortest for its turn
radius in still air (`plan.turns`), flown at the ground speed of the straight line from end to start: near enough to
choose by, and an eighth of the work of turning in the wind, by which what is chosen is flown.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.flights.plan.turns import way_length
from upwind.geo import Frame
from upwind.records import Platform

__all__ = ["GRAVITY", "Leg", "Motion", "as_table", "flight_time", "leg_time", "link_time", "waypoints"]

GRAVITY = 9.80665
#: What can stand in the air turns on the spot; it still slows down. [m]
_HOVERING_RADIUS_M = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A straight piece of flight in a local frame: its start and end (easting, northing), height above ground. [m]"""

    start: tuple[float, float]
    end: tuple[float, float]
    height_m: float

    def reversed(self) -> Leg:
        """Return it flown the other way."""
        return Leg(start=self.end, end=self.start, height_m=self.height_m)

    @property
    def length_m(self) -> float:
        """Its length. [m]"""
        return math.dist(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How an aircraft moves: airspeed [m/s], turn radius [m], and where the wind goes, east and north. [m/s]

    Raises
    ------
    InputError
        The wind is as fast as the aircraft: it could not hold a leg across it.
    """

    airspeed_m_s: float
    radius_m: float
    wind_east: float
    wind_north: float

    def __post_init__(self) -> None:
        """Hold that it gets anywhere."""
        if not self.airspeed_m_s > math.hypot(self.wind_east, self.wind_north):
            msg = (
                f"a wind of {math.hypot(self.wind_east, self.wind_north):.0f} m/s is too much for an aircraft of "
                f"{self.airspeed_m_s:.0f} m/s"
            )
            raise InputError(msg)

    @classmethod
    def of(cls, platform: Platform, speed_m_s: float, wind_from_deg: float) -> Motion:
        """Return how a platform moves in a wind; the turn radius is speed^2 / (g tan bank)."""
        toward = math.radians(wind_from_deg + 180.0)
        radius = platform.speed_m_s**2 / (GRAVITY * math.tan(math.radians(platform.bank_deg)))
        if platform.slowest_m_s == 0.0:
            radius = min(radius, _HOVERING_RADIUS_M)
        return cls(
            airspeed_m_s=platform.speed_m_s,
            radius_m=radius,
            wind_east=speed_m_s * math.sin(toward),
            wind_north=speed_m_s * math.cos(toward),
        )

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return what the kernels take."""
        return self.airspeed_m_s, self.radius_m, self.wind_east, self.wind_north


def as_table(legs: Sequence[Leg]) -> FloatArray:
    """Return legs as the kernels take them: start and end, (leg, 4). [m]"""
    return np.array([(*leg.start, *leg.end) for leg in legs], dtype=np.float64).reshape(-1, 4)


@njit(cache=True, nogil=True)
def _ground_speed(east: float, north: float, motion: tuple[float, float, float, float]) -> float:
    """Return the ground speed along a direction that need not be a unit vector. [m/s]"""
    length = math.hypot(east, north)
    if length == 0.0:
        return motion[0]
    along = (east * motion[2] + north * motion[3]) / length
    across = (east * motion[3] - north * motion[2]) / length
    return math.sqrt(motion[0] ** 2 - across * across) + along


@njit(cache=True, nogil=True)
def leg_time(leg: FloatArray, motion: tuple[float, float, float, float]) -> float:
    """Return how long a leg (start, end) takes. [s]"""
    east, north = leg[2] - leg[0], leg[3] - leg[1]
    return math.hypot(east, north) / _ground_speed(east, north, motion)


@njit(cache=True, nogil=True)
def link_time(one: FloatArray, other: FloatArray, motion: tuple[float, float, float, float]) -> float:
    """Return how long the way from one leg's end to another's start takes; a leg of no length is a base. [s]"""
    east, north = other[0] - one[2], other[1] - one[3]
    speed = _ground_speed(east, north, motion)
    first_east, first_north = one[2] - one[0], one[3] - one[1]
    then_east, then_north = other[2] - other[0], other[3] - other[1]
    is_base = (first_east == 0.0 and first_north == 0.0) or (then_east == 0.0 and then_north == 0.0)
    if is_base:
        return math.hypot(east, north) / speed
    heading, then = math.atan2(first_north, first_east), math.atan2(then_north, then_east)
    return way_length(east, north, heading, then, motion[1]) / speed


@njit(cache=True, nogil=True)
def flight_time(legs: FloatArray, motion: tuple[float, float, float, float]) -> float:
    """Return how long legs take in their order, with the ways between them. [s]"""
    total = 0.0
    for number in range(legs.shape[0]):
        total += leg_time(legs[number], motion)
        if number > 0:
            total += link_time(legs[number - 1], legs[number], motion)
    return total


def waypoints(legs: Sequence[Leg], frame: Frame) -> FloatArray:
    """Return where legs begin and end, in flying order (point, 3): longitude, latitude [deg], height [m]."""
    table = as_table(legs).reshape(-1, 2)
    longitude, latitude = frame.to_geographic(table[:, 0], table[:, 1])
    height = np.repeat([leg.height_m for leg in legs], 2)
    return np.column_stack([longitude, latitude, height]).reshape(-1, 3)
