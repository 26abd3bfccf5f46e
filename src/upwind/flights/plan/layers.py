"""Heights of their own for transits: an aircraft comes and goes above the lines that others fly.

What a sensor sees hangs on its height, so that lines stay at theirs. Transits are as far above them as two aircraft
keep between heights, or each aircraft's as far above the next one's, too, as far as that fits below the ceiling.
Between its height and the lines' an aircraft descends, and climbs, along the end of a transit; a transit that is
shorter than that stays at the lines' height. The same height is that of a lost link: straight home above all lines.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.occupied import Timed
from upwind.flights.plan.sortie import Sortie

__all__ = ["layers_below", "parted", "raised"]


def layers_below(ceiling_m: float, lines_m: float, up_m: float, aircraft: int) -> int:
    """Return how many heights for transits there are above the lines', at most one an aircraft."""
    room = (ceiling_m - lines_m) / up_m
    return aircraft if room >= aircraft else max(math.floor(room + 1e-9), 0)


def parted(sortie: Sortie, ways: Timed, descent: float) -> Sortie:
    """Return a sortie with a waypoint where each transit comes to an end, if it is long enough.

    Parameters
    ----------
    ways
        As `timed` gives them.
    descent
        How much of the way lies between the transits' height and the lines'. [m]
    """
    gone = np.append(0.0, np.cumsum(np.hypot(*np.diff(ways.path, axis=0).T)))
    first, last = (gone[ways.stops[end]] for end in ways.ends)
    waypoints, path, lines = sortie.waypoints, sortie.path, sortie.lines
    # From the end on, so that what stands before keeps its place.
    if last + descent < gone[-1]:
        path, place = _at(path, gone, last + descent)
        waypoints = np.insert(waypoints, len(waypoints) - 1, [*place, waypoints[-1, 2]], axis=0)
    if first - descent > 0.0:
        path, place = _at(path, gone, first - descent)
        waypoints = np.insert(waypoints, 1, [*place, waypoints[0, 2]], axis=0)
        lines = lines + 1
    return replace(sortie, waypoints=waypoints, path=path, lines=lines)


def raised(sortie: Sortie, height_m: float) -> Sortie:
    """Return a parted sortie with its transits at a height above ground. [m]"""
    waypoints = sortie.waypoints.copy()
    for transit in (waypoints[: sortie.lines[0, 0]], waypoints[sortie.lines[-1, 1] + 1 :]):
        if len(transit) > 1:
            transit[:, 2] = height_m
    return replace(sortie, waypoints=waypoints)


def _at(path: FloatArray, gone: FloatArray, far: float) -> tuple[FloatArray, FloatArray]:
    """Return a path with one more position, so far along it as it was before, and that position."""
    place = np.array([np.interp(far, gone, along) for along in path[: len(gone)].T])
    return np.insert(path, int(np.searchsorted(gone, far)), place, axis=0), place
