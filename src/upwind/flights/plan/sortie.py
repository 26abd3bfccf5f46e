"""A sortie as it is written and judged: its waypoints, its lines, and the way that is flown between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.paths import Flight
from upwind.geo import Frame

__all__ = ["Sortie", "Sorties", "sortie_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sortie:
    """One flight from take-off to landing.

    Attributes
    ----------
    waypoints
        Shape (waypoint, 3): longitude, latitude [deg], height above ground [m]: the base if there is one, then both
        ends of each line in the order flown, and the base; more in between where terrain is followed.
    lines
        Shape (line, 2): which waypoints a line goes from and to.
    path
        Shape (position, 2): longitude, latitude of the whole way over ground, turns and drift in it. [deg]
    time_s, length_m
        Of the whole way. [s, m]
    altitude
        Of each waypoint above mean sea level, shape (waypoint,), where terrain is followed; else None. [m]
    """

    waypoints: FloatArray
    lines: IntArray
    path: FloatArray
    time_s: float
    length_m: float
    altitude: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorties:
    """Sorties in the order flown."""

    sorties: tuple[Sortie, ...]

    @property
    def time_s(self) -> float:
        """Of all sorties. [s]"""
        return sum(sortie.time_s for sortie in self.sorties)

    @property
    def length_m(self) -> float:
        """Of all sorties. [m]"""
        return sum(sortie.length_m for sortie in self.sorties)

    @property
    def waypoints(self) -> FloatArray:
        """Those of all sorties in flying order, shape (waypoint, 3)."""
        return np.concatenate([sortie.waypoints for sortie in self.sorties])


def sortie_of(frame: Frame, flight: Flight, height: float) -> Sortie:
    """Return a flight in a frame, all at one height above ground [m], as a sortie."""
    longitude, latitude = frame.to_geographic(*flight.stops.T)
    return Sortie(
        waypoints=np.column_stack([longitude, latitude, np.full(len(longitude), height)]),
        lines=flight.lines,
        path=np.column_stack(frame.to_geographic(*flight.path.T)),
        time_s=flight.time,
        length_m=float(np.hypot(*np.diff(flight.path, axis=0).T).sum()),
    )
