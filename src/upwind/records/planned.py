"""What was planned: the way of one or several sorties, as plans of ground stations and maps write it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from upwind.arrays import ROUTE, BoolArray, FloatArray, IntArray, check
from upwind.errors import ContractError

__all__ = ["Action", "Autopilot", "HeightOver", "Home", "LostLink", "Route"]


class HeightOver(StrEnum):
    """What a planned height is measured from; "home" is the place that the flight starts from."""

    GROUND = "ground"
    SEA = "mean sea level"
    ELLIPSOID = "WGS84 ellipsoid"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a flight starts from, longitude and latitude [deg]; `height_m` is NaN where the plan does not say it."""

    longitude: float
    latitude: float
    height_m: float
    over: HeightOver = HeightOver.SEA


class Autopilot(StrEnum):
    """What flies the aircraft: its settings, and what it makes of a rally point, are its own."""

    ARDUPILOT = "ardupilot"
    PX4 = "px4"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLink:
    """How an aircraft without a link comes straight home: at `height_m` over "home", or over "ground" it follows."""

    height_m: float
    over: HeightOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A MAVLink mission command that is no waypoint: a take-off, a return, a change of speed, a camera.

    It stands before the waypoint of number `before`; at the end that is their count. `params` are all seven, NaN where
    the plan says none; the last three are a place where `frame` (MAV_FRAME) has one.
    """

    before: int
    command: int
    frame: int
    params: tuple[float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a plan says of the way to fly.

    Attributes
    ----------
    name, sha256
        The file's name, and the hash of its bytes; "" for a route that comes from no file.
    longitude, latitude, height
        Of each waypoint, (waypoint,), meeting `ROUTE`; a height is NaN where the plan says none. [deg], [deg], [m]
    over
        What each height is measured from, (waypoint,).
    sortie
        Which sortie each waypoint is of, from 0, never descending, (waypoint,).
    line
        Which survey line each leg is a part of, from 0, and -1 for a leg that only leads from one to another; the leg
        of number k joins the waypoints k and k + 1, (waypoint - 1,). A plan that marks no lines has -1 throughout.
    command, params
        The MAVLink command of each waypoint, 16 where the format has none, (waypoint,), and its first four parameters,
        (waypoint, 4): hold [s], acceptance radius [m], pass radius [m], yaw [deg]; NaN where the plan says none.
    actions
        What is to be done on the way, in its order.
    home
        None where the plan does not say it.
    speed_m_s
        Of the cruise; None where the plan does not say it.
    fence
        Corners of the ground that must not be left, (corner, 2), longitude and latitude, not closed [deg]; None where
        there is none, or the reader leaves it to that of fences.
    lost_link
        None where it is not known, as where no home is.
    autopilot
        None where it is not known, or plays no part.
    """

    name: str
    sha256: str
    longitude: FloatArray
    latitude: FloatArray
    height: FloatArray
    over: tuple[HeightOver, ...]
    sortie: IntArray
    line: IntArray
    command: IntArray
    params: FloatArray
    actions: tuple[Action, ...] = ()
    home: Home | None = None
    speed_m_s: float | None = None
    fence: FloatArray | None = None
    lost_link: LostLink | None = None
    autopilot: Autopilot | None = None

    def __post_init__(self) -> None:
        check({spec.name: getattr(self, spec.name) for spec in ROUTE}, ROUTE)
        waypoints = len(self.longitude)
        lengths = {len(self.over), len(self.sortie), len(self.command), len(self.params), len(self.line) + 1}
        if lengths != {waypoints}:
            msg = f"a route of {waypoints} waypoints needs as many heights, sorties and commands, and one leg fewer"
            raise ContractError(msg)
        if (np.diff(self.sortie) < 0).any() or (self.surveyed & (np.diff(self.sortie) != 0)).any():
            msg = "sorties come one after another, and no survey line leads from one to the next"
            raise ContractError(msg)

    @property
    def surveyed(self) -> BoolArray:
        """Whether each leg is a part of a survey line, (waypoint - 1,)."""
        surveyed: BoolArray = self.line >= 0
        return surveyed
