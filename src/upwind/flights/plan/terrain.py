"""Terrain under a plan: waypoints at heights above the sea that keep a height above ground along the lines.

The ground is that of an elevation model, bilinear between its cells' middles, under the straight way from waypoint to
waypoint, as a ground station flies it. Wanted is the ground and the height asked for; the profile is the lowest that is
nowhere below it and climbs and sinks no steeper than the aircraft can, over the whole sortie. Waypoints are added where
a straight line between two would leave the profile by more than the tolerance (Ramer 1972; Douglas and Peucker 1973,
both unverified).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from pyproj import Geod

from upwind.arrays import FloatArray, IntArray
from upwind.errors import InputError
from upwind.flights.plan.sortie import Sortie
from upwind.geo import stretches
from upwind.records.mapped import Raster

__all__ = ["CLIMB", "Terrain", "followed"]

#: Climb over way where the platform does not say how fast it climbs: a choice that small survey aircraft hold. [1]
CLIMB = 0.05
#: The ground is looked at so often along the way, or twice a cell if that is more often. [m]
_STEP_M = 100.0
_DEGREE_M = 111_000.0
_GLOBE = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """How the ground is followed.

    Attributes
    ----------
    ground
        Its first band is the ground's height above mean sea level. [m]
    height_m
        Above ground. [m]
    tolerance_m
        The most between the profile and the way from waypoint to waypoint. [m]
    climb
        The steepest, over way. [1]
    """

    ground: Raster
    height_m: float
    tolerance_m: float
    climb: float = CLIMB

    def elevation(self, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
        """Return the ground's height above mean sea level. [m]

        Raises
        ------
        InputError
            The model does not know the ground there.
        """
        grid, band = self.ground.grid, self.ground.bands[0]
        column = (longitude - grid.west) / grid.step_longitude - 0.5
        row = (grid.north - latitude) / grid.step_latitude - 0.5
        within = (np.abs(column - (grid.columns - 1) / 2.0) <= grid.columns / 2.0) & (
            np.abs(row - (grid.rows - 1) / 2.0) <= grid.rows / 2.0
        )
        left = np.clip(np.floor(column).astype(np.int64), 0, max(grid.columns - 2, 0))
        top = np.clip(np.floor(row).astype(np.int64), 0, max(grid.rows - 2, 0))
        right, below = np.minimum(left + 1, grid.columns - 1), np.minimum(top + 1, grid.rows - 1)
        across, down = np.clip(column - left, 0.0, 1.0), np.clip(row - top, 0.0, 1.0)
        upper = band[top, left] * (1.0 - across) + band[top, right] * across
        lower = band[below, left] * (1.0 - across) + band[below, right] * across
        found: FloatArray = np.where(within, upper * (1.0 - down) + lower * down, np.nan)
        if np.isnan(found).any():
            at = int(np.argmax(np.isnan(found)))
            msg = (
                f"the terrain is not known at {longitude[at]:.4f}, {latitude[at]:.4f}; "
                "give an elevation model that holds the whole way"
            )
            raise InputError(msg)
        return found


def followed(sortie: Sortie, terrain: Terrain) -> Sortie:
    """Return a sortie with more waypoints, all with their height above ground and altitude above mean sea level."""
    places, leg = _sampled(sortie.waypoints[:, :2], terrain.ground)
    _, metres = stretches(places)
    gone = np.append(0.0, np.cumsum(metres))
    ground = terrain.elevation(*places.T)
    profile = _climbed(ground + terrain.height_m, gone, terrain.climb)
    stops = np.flatnonzero(np.diff(leg, prepend=-1))
    tolerance = terrain.tolerance_m
    kept = np.unique(np.concatenate([_kept(profile, gone, ends, tolerance) for ends in pairwise(stops.tolist())]))
    lines = np.searchsorted(kept, stops[sortie.lines])
    waypoints = np.column_stack([places[kept], (profile - ground)[kept]])
    waypoints[np.searchsorted(kept, stops), :2] = sortie.waypoints[:, :2]
    return replace(
        sortie,
        waypoints=waypoints,
        lines=lines,
        path=_with_stops(sortie.path, waypoints[:, :2], lines),
        altitude=profile[kept],
    )


def _sampled(waypoints: FloatArray, ground: Raster) -> tuple[FloatArray, IntArray]:
    """Return places along the way, every waypoint among them, and from which waypoint each comes."""
    step = min(_STEP_M, 0.5 * _DEGREE_M * min(ground.grid.step_longitude, ground.grid.step_latitude))
    azimuth, metres = stretches(waypoints)
    pieces = np.maximum(np.ceil(metres / step), 1.0).astype(np.int64)
    leg = np.repeat(np.arange(len(pieces)), pieces)
    part = np.concatenate([np.arange(count) / count for count in pieces.tolist()])
    longitude, latitude, _ = _GLOBE.fwd(
        waypoints[leg, 0], waypoints[leg, 1], azimuth[leg], part * np.asarray(metres)[leg]
    )
    places = np.vstack([np.column_stack([longitude, latitude]), waypoints[-1]])
    return places, np.append(leg, len(pieces))


def _climbed(wanted: FloatArray, gone: FloatArray, climb: float) -> FloatArray:
    """Return the lowest profile over what is wanted that is nowhere steeper than `climb`."""
    ahead = np.maximum.accumulate(wanted + climb * gone) - climb * gone
    behind = np.maximum.accumulate((wanted - climb * gone)[::-1])[::-1] + climb * gone
    profile: FloatArray = np.maximum(ahead, behind)
    return profile


def _kept(profile: FloatArray, gone: FloatArray, ends: tuple[int, int], tolerance: float) -> IntArray:
    """Return the places between two that straight lines through keep within the tolerance of a profile, both among."""
    waiting, found = [ends], [*ends]
    while waiting:
        a, b = waiting.pop()
        if b - a < 2:  # noqa: PLR2004 - nothing between
            continue
        straight = np.interp(gone[a : b + 1], gone[[a, b]], profile[[a, b]])
        off = np.abs(profile[a : b + 1] - straight)
        worst = int(off.argmax())
        if off[worst] > tolerance:
            found.append(a + worst)
            waiting += [(a, a + worst), (a + worst, b)]
    return np.array(found, dtype=np.int64)


def _with_stops(path: FloatArray, places: FloatArray, lines: IntArray) -> FloatArray:
    """Return a way with the waypoints that were added along its lines, each after the one before."""
    parts, begin = [], 0
    for first, last in lines.tolist():
        if last - first > 1:
            at = begin + int(np.abs(path[begin:] - places[first]).max(axis=1).argmin())
            parts += [path[begin : at + 1], places[first + 1 : last]]
            begin = at + 1
    return np.concatenate([*parts, path[begin:]])
