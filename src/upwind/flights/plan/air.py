"""The air that an aircraft turns in: its speed through it, its turning circle, and how the air itself moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.records import Platform

__all__ = ["MOST_WIND", "Air", "air_of"]

#: Acceleration of gravity, standard. [m s-2]
_GRAVITY = 9.80665
#: Share of the airspeed beyond which no survey is planned: lines drift more than they advance.
MOST_WIND = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """An aircraft at one airspeed in one wind.

    Attributes
    ----------
    speed
        Through the air. [m/s]
    radius
        Of the tightest circle through the air, speed² / (g tan bank). [m]
    east, north
        Of the wind, toward. [m/s]
    """

    speed: float
    radius: float
    east: float = 0.0
    north: float = 0.0

    @property
    def wind(self) -> float:
        """The wind's speed. [m/s]"""
        return math.hypot(self.east, self.north)

    def ground_speed(self, course: FloatArray) -> FloatArray:
        """Return the speed over ground along courses, angles from east towards north [rad]. [m/s]"""
        along = self.east * np.cos(course) + self.north * np.sin(course)
        across = -self.east * np.sin(course) + self.north * np.cos(course)
        speed: FloatArray = along + np.sqrt(self.speed**2 - across**2)
        return speed

    def heading(self, course: FloatArray) -> FloatArray:
        """Return where the nose must point to fly courses [rad], angles from east towards north. [rad]"""
        across = -self.east * np.sin(course) + self.north * np.cos(course)
        heading: FloatArray = course - np.arcsin(across / self.speed)
        return heading

    def row(self) -> FloatArray:
        """Return speed, radius and wind as kernels take them, shape (4,)."""
        return np.array([self.speed, self.radius, self.east, self.north])


def air_of(platform: Platform, wind_speed: float = 0.0, wind_from: float = 0.0) -> Air:
    """Return the air of a platform in a steady wind.

    Parameters
    ----------
    platform
        Must fly: speed and bank above 0.
    wind_speed
        [m/s]
    wind_from
        Clockwise from north. [degrees]

    Raises
    ------
    InputError
        The platform does not fly or turn, or the wind is more than `MOST_WIND` of its speed.
    """
    if not (platform.speed_m_s > 0.0 and platform.bank_deg > 0.0):
        msg = f"platform {platform.name!r} does not fly; give one with speed_m_s and bank_deg above 0"
        raise InputError(msg)
    most = MOST_WIND * platform.speed_m_s
    if not 0.0 <= wind_speed <= most:
        msg = (
            f"a wind of {wind_speed:g} m/s is no survey weather for {platform.name!r} at {platform.speed_m_s:g} m/s; "
            f"wait for one up to {most:g} m/s"
        )
        raise InputError(msg)
    toward = math.radians(wind_from + 180.0)
    return Air(
        speed=platform.speed_m_s,
        radius=platform.speed_m_s**2 / (_GRAVITY * math.tan(math.radians(platform.bank_deg))),
        east=wind_speed * math.sin(toward),
        north=wind_speed * math.cos(toward),
    )
