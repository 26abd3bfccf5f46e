"""A geofence for a plan: a ring that holds all that the plan sweeps, and nothing that it may not enter.

An aircraft that leaves its fence is turned back, so that the fence must hold the way with its margins, late turns and
the straight way home, and no more than somebody allowed. Where the whole hull of a plan is allowed, it is the fence.
Elsewhere a ring about home is laid between what is swept and the walls: outlines of what may not be entered. All that
is swept is seen from home, since the way home is straight from everywhere; so both are distances by bearing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.audit.entries import ENTERED
from upwind.flights.borders.grid import Grid
from upwind.flights.borders.hulls import Hull, corners, edges_met, hull_about, meets
from upwind.flights.borders.lookup import locate_points
from upwind.flights.plan.gate import Flights, sweeping
from upwind.flights.plan.leave import Flight, Leave, allowed_hull, edges_of, flight_of, leave_for
from upwind.flights.plan.sweep import ways_of
from upwind.geo import dense
from upwind.records import EntryKind

__all__ = ["MOST_CORNERS", "fence_of"]

#: More corners than this do not fit into every autopilot's memory (a choice: what fits hangs on the board).
MOST_CORNERS = 64
#: A seventh decimal is a centimetre. [decimals of a degree]
_DECIMALS = 7
#: Swept ways and walls are followed in such steps [m], and what lies this near to a step is its own [m]. Twice that is
#: less than the 60 m that the audit keeps between them.
_STEP_M, _NEAR_M = 50.0, 26.0
#: A degree of latitude is this at least and at most. [m]
_DEGREE_M, _LONGEST_M = 110_570.0, 111_700.0
#: Bearings that are told apart.
_BEARINGS = 2880
#: The least radius of curvature of the Earth [m]; beyond this nothing is narrower. [deg]
_RADIUS_M, _NORTHMOST = 6_335_000.0, 85.0
#: An edge spans so many bearings, the widest that fits; its end is so much farther than it must be.
_SPANS = (360, 240, 180, 120, 90, 60, 45, 30, 20, 15, 10, 6, 4, 3, 2, 1)
_ROOM = (1.5, 1.25, 1.1, 1.03, 1.0)
#: Walls are looked for this far beyond the hull of the plan. [deg]
_BEYOND = 0.02


def fence_of(leave: Leave, flights: Flights) -> FloatArray | None:
    """Return the ring (corner, 2), longitude and latitude, not closed; None where none is found. [deg]

    Parameters
    ----------
    leave
        That lets all of the flights through.
    flights
        As `plan.gate.swept` takes them.
    """
    sweep, begun = sweeping(*flights)
    platform = flights[1].name
    flight = _together([flight_of(sortie, start, sweep, platform) for sortie, start in begun])
    hull = allowed_hull(flight, leave)
    if hull is not None:
        return np.round(corners(hull), _DECIMALS)
    reach = (flight.beyond[0] + _BEYOND, flight.beyond[1] + _BEYOND)
    around = hull_about(np.vstack([flight.places, flight.home]), reach)
    if not around.is_plain:
        return None
    swept = np.concatenate([dense(way, _STEP_M / _LONGEST_M) for one, at in begun for way in ways_of(one, at, sweep)])
    edge = corners(around)
    walls = [_followed(np.hstack([edge, np.roll(edge, -1, axis=0)])), *_walls(flight, leave, around, swept)]
    ring = _between(flight.home, swept, np.concatenate(walls))
    return None if ring is None else np.round(ring, _DECIMALS)


def _together(flights: list[Flight]) -> Flight:
    """Return several flights as one."""
    return Flight(
        places=np.concatenate([one.places for one in flights]),
        home=flights[0].home,
        beyond=(max(one.beyond[0] for one in flights), max(one.beyond[1] for one in flights)),
        platform=flights[0].platform,
        start=min(one.start for one in flights),
        end=max(one.end for one in flights),
        lowest=min(one.lowest for one in flights),
        highest=max(one.highest for one in flights),
    )


def _walls(flight: Flight, leave: Leave, around: Hull, swept: FloatArray) -> Iterator[FloatArray]:
    """Yield places along the edges of whatever may not be entered, (place, 2). [deg]

    What is swept was let through, at its heights: what it is in is no wall, but for the edge, within it, of where that
    is allowed.
    """
    atlas = leave.atlas
    states = [(state, EntryKind.LAND) for state in atlas.states]
    special = [(one.state, EntryKind.SPECIAL_USE) for one in atlas.airspaces]
    for grid, whose in ((atlas.borders, states), (atlas.special, special)):
        lines, area = edges_met(grid, around)
        within = _within(grid, swept)
        for one in np.union1d(area, within).tolist():
            if grid is atlas.special and atlas.airspaces[one].kind not in ENTERED:
                continue
            allowed = leave_for(whose[one], flight, leave, is_within=one in within)
            if not allowed:
                yield _followed(lines[area == one])
            elif all(each.area is not None for each in allowed):
                edges = np.concatenate([edges_of(each) for each in allowed])
                limits = _followed(edges[meets(around, edges)])
                yield limits[_near(grid, limits, one)]


def _within(grid: Grid, places: FloatArray) -> IntArray:
    found = locate_points(grid, *np.ascontiguousarray(places.T))
    return np.unique(found.area[found.inside])


def _near(grid: Grid, places: FloatArray, area: int) -> IntArray:
    """Return which places are in an area, or near it."""
    found = locate_points(grid, *np.ascontiguousarray(places.T))
    return np.unique(found.point[found.area == area])


def _followed(lines: FloatArray) -> FloatArray:
    """Return places along edges, a step apart at most."""
    rise = lines[:, 2:] - lines[:, :2]
    steps = np.maximum(np.ceil(np.abs(rise).max(axis=1, initial=0.0) * _LONGEST_M / _STEP_M).astype(np.int64), 1)
    at = np.repeat(np.arange(len(steps)), steps + 1)
    part = (np.arange(len(at)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)) / steps[at]
    places: FloatArray = lines[at, :2] + part[:, None] * rise[at]
    return places


def _between(home: FloatArray, swept: FloatArray, walls: FloatArray) -> FloatArray | None:
    """Return a ring that holds what is swept, and no wall, with as few corners as are found; None for too many.

    In a plane in which degrees are straight and eastward as many metres as at home; where they are fewer, so near is
    more. The way home is a geodesic: that far beside the straight line it is seen at most, from home.
    """
    scale = _DEGREE_M * np.array([math.cos(math.radians(home[1])), 1.0])
    highest = math.radians(min(float(np.abs(np.append(swept[:, 1], home[1])).max()), _NORTHMOST))
    near = _NEAR_M * math.cos(math.radians(home[1])) / math.cos(highest)
    places, barred = (swept - home) * scale, (walls - home) * scale
    bow = (places**2).sum(axis=1) / (2.0 * _RADIUS_M) * math.tan(highest)
    inner = _extreme(np.maximum, places, near, near + bow)
    outer = _extreme(np.minimum, barred, -near, np.full(len(barred), near))
    ring = _ring(np.maximum(inner, near), outer)
    return None if ring is None else home + ring / scale


def _extreme(pick: np.ufunc, places: FloatArray, more: float, wide: FloatArray) -> FloatArray:
    """Return for each span between two bearings how far away the farthest or nearest place in or near it is. [m]

    `more` is added to each distance; places are in all spans that are so `wide` to either side of them. [m]
    """
    away = np.hypot(*places.T)
    turn = 2.0 * math.pi / _BEARINGS
    middle = np.arctan2(places[:, 1], places[:, 0]) / turn
    half = np.where(away > wide, np.arcsin(np.minimum(wide / np.maximum(away, wide), 1.0)), math.pi) / turn
    first = np.floor(middle - half).astype(np.int64)
    count = np.minimum(np.floor(middle + half).astype(np.int64) - first + 1, _BEARINGS)
    at = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    found = np.full(_BEARINGS, -np.inf if pick is np.maximum else np.inf)
    pick.at(found, at % _BEARINGS, np.repeat(away + more, count))
    return found


def _ring(inner: FloatArray, outer: FloatArray) -> FloatArray | None:
    """Return corners between two distances by bearing, or None."""
    least = np.maximum(inner, np.roll(inner, 1))
    most = np.minimum(outer, np.roll(outer, 1))
    if (least > most).any():
        return None
    begin = int(np.argmax(most - least))
    least, most, inner, outer = (np.roll(one, -begin) for one in (least, most, inner, outer))
    angle = 2.0 * math.pi * (np.arange(_BEARINGS + 1) + begin) / _BEARINGS
    first = min(_ROOM[0] * least[0], most[0])
    found = [(0, float(first))]
    while found[-1][0] < _BEARINGS:
        step = _edge(found[-1], float(first), (angle, least, most, inner, outer))
        if step is None or len(found) > MOST_CORNERS:
            return None
        found.append(step)
    at, away = np.array([one for one, _ in found[:-1]]), np.array([one for _, one in found[:-1]])
    return np.column_stack([away * np.cos(angle[at]), away * np.sin(angle[at])])


def _edge(begin: tuple[int, float], last: float, spans: tuple[FloatArray, ...]) -> tuple[int, float] | None:
    """Return the far end of the longest edge from a corner that stays between both distances: bearing, distance."""
    angle, least, most, inner, outer = spans
    at, away = begin
    for span in (min(one, _BEARINGS - at) for one in _SPANS):
        end = at + span
        ends = [last] if end == _BEARINGS else [min(room * least[end], most[end]) for room in _ROOM]
        for far in ends:
            along = _along(angle[at : end + 1] - angle[at], away, far)
            lower, upper = np.minimum(along[:-1], along[1:]), np.maximum(along[:-1], along[1:])
            if (lower >= inner[at:end]).all() and (upper <= outer[at:end]).all():
                return end, float(far)
    return None


def _along(turn: FloatArray, begin: float, end: float) -> FloatArray:
    """Return how far from home a straight line is, at bearings from that of its begin to that of its end. [m]"""
    whole = float(turn[-1])
    along: FloatArray = begin * end * math.sin(whole) / (begin * np.sin(turn) + end * np.sin(whole - turn))
    return along
