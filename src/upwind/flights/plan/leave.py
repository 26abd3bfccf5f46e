"""Whether somebody allowed all that a sortie can come to, asked of hulls before anything is swept.

What a sortie sweeps lies in the hull of its way and of home, grown by what an aircraft may be off. Where each state and
each area of special use that has a part in the hull is allowed for the whole sortie, so is every way in it, and none
need be looked at by itself. Where not, the way is halved, and the hull of either half and of home is asked. Nothing is
refused here: what is not found to be allowed is swept, and audited way by way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.audit.entries import ENTERED
from upwind.flights.audit.places import ERROR_M
from upwind.flights.borders.atlas import Atlas
from upwind.flights.borders.hulls import Hull, areas_met, hull_about, meets
from upwind.flights.permission.covering import Presence, covering
from upwind.flights.plan.air import Air
from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.sweep import MARGIN_M, Sweep
from upwind.geo import dense
from upwind.records import Authorisation, EntryKind

__all__ = ["Flight", "Leave", "allowed_hull", "edges_of", "flight_of", "is_allowed", "leave_for"]

#: Places of a way are so far apart at most, and a part of them no wider is not halved again. [deg]
_APART, _SMALLEST = 0.005, 0.01
#: A turn may be begun so much too late, as in `sweep`. [s]
_LATE_S = 30.0
#: Times of one way are apart there; over a step between two places here, that adds up to no more. [s]
_TICKS_S = 0.02
#: No more than this are ways between positions, and their pieces, off the geodesic. [m]
_OFF_M = 10.0
#: Where a way home is longer, nothing is said. [m]
_FARTHEST_M = 600_000.0
#: Such a way comes no nearer to a pole than its ends by more than this. [deg]
_BULGE = 3.0
#: The Earth's least and greatest radius of curvature, and the least that a degree of latitude is, WGS84. [m]
_RADIUS_M, _FLATTEST_M, _DEGREE_M = 6_335_000.0, 6_400_000.0, 110_570.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Who allowed what, and borders, land and airspace."""

    authorisations: tuple[Authorisation, ...]
    atlas: Atlas


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """What authorisations must cover of a sortie.

    Attributes
    ----------
    places
        Of its way, and of the straight legs between its waypoints, (place, 2). [deg]
    home
        Longitude and latitude. [deg]
    beyond
        How far east or west, and north or south, of the hull of places and home it may come. [deg]
    platform
        By its name.
    start, end
        It is all between these. [s since 1970-01-01T00:00Z]
    lowest, highest
        And between these heights above ground. [m]
    """

    places: FloatArray
    home: FloatArray
    beyond: tuple[float, float]
    platform: str
    start: float
    end: float
    lowest: float
    highest: float


def flight_of(sortie: Sortie, start: float, sweep: Sweep, platform: str) -> Flight:
    """Return what authorisations must cover of a sortie that starts at `start`. [s since 1970-01-01T00:00Z]"""
    places = np.concatenate([dense(way, _APART) for way in (sortie.path, sortie.waypoints[:, :2])])
    home = np.array(sweep.home)
    far = _farthest_m(places, home)
    late_m, late_s = _late(sweep.air)
    steepest = math.radians(min(float(np.abs(np.append(places[:, 1], home[1])).max()) + _BULGE, 89.0))
    # So far at most is a geodesic of this length, either way, from the line that is straight in degrees.
    bulge = far**2 / (8.0 * _RADIUS_M) * math.tan(steepest) if far < _FARTHEST_M else math.pi * _RADIUS_M
    north = _APART + (max(MARGIN_M, late_m) + ERROR_M + _OFF_M + bulge) / _DEGREE_M
    return Flight(
        places=places,
        home=home,
        beyond=(north / math.cos(steepest), north),
        platform=platform,
        start=start,
        end=start + sortie.time_s + late_s + far / (sweep.air.speed - sweep.air.wind) + _TICKS_S * len(places),
        lowest=0.0 if sweep.based else sweep.height_m,
        highest=sweep.height_m,
    )


def _farthest_m(places: FloatArray, home: FloatArray) -> float:
    """Return how far places are from home at most, or more: on a sphere that is nowhere more curved than the Earth."""
    (x, y), (home_x, home_y) = np.radians(places).T, np.radians(home)
    half = np.sin((y - home_y) / 2.0) ** 2 + np.cos(y) * math.cos(home_y) * np.sin((x - home_x) / 2.0) ** 2
    return 2.0 * _FLATTEST_M * math.asin(math.sqrt(min(float(half.max()), 1.0)))


def _late(air: Air) -> tuple[float, float]:
    """Return how far, and for how long, an aircraft goes on at a waypoint, straight or in a circle, as in `sweep`."""
    speed = air.speed + air.wind
    radius = air.radius * (speed / air.speed) ** 2
    return max(_LATE_S * speed, 2.0 * radius), max(_LATE_S, 2.0 * math.pi * radius / air.speed)


def is_allowed(flight: Flight, leave: Leave) -> bool:
    """Return whether all that a flight can enter is found to be allowed; False says that it must be looked at."""
    parts = [flight.places]
    while parts:
        part = parts.pop()
        hull = hull_about(np.vstack([part, flight.home]), flight.beyond)
        if not hull.is_plain:
            return False
        if all(_covers(one, flight, hull, leave) for one in _met(hull, leave.atlas)):
            continue
        span = np.ptp(part, axis=0)
        axis = int(span.argmax())
        if span[axis] <= _SMALLEST:
            return False
        upper = part[:, axis] > part[:, axis].min() + span[axis] / 2.0
        parts += [part[~upper], part[upper]]
    return True


def allowed_hull(flight: Flight, leave: Leave) -> Hull | None:
    """Return the hull about all of a flight where all in it is found to be allowed, and else None."""
    hull = hull_about(np.vstack([flight.places, flight.home]), flight.beyond)
    is_found = hull.is_plain and all(_covers(one, flight, hull, leave) for one in _met(hull, leave.atlas))
    return hull if is_found else None


def leave_for(entered: tuple[str, EntryKind], flight: Flight, leave: Leave, *, is_within: bool) -> list[Authorisation]:
    """Return who allows a flight to be somewhere, of whom one alone may do for all of it, wherever they allow it.

    Where it `is_within`, what several allow in turn counts, since somebody has let it through.
    """
    state, kind = entered
    own = [one for one in leave.authorisations if one.state == state]
    whole = [one for one in own if covering(_presence(entered, flight, flight.home), [replace(one, area=None)])]
    return whole or ([one for one in own if one.special_use or kind is not EntryKind.SPECIAL_USE] if is_within else [])


def edges_of(authorisation: Authorisation) -> FloatArray:
    """Return the edges of the area of an authorisation that has one, (edge, 4). [deg]"""
    area = authorisation.area or {"type": "MultiPolygon", "coordinates": []}
    polygons = [area["coordinates"]] if area["type"] == "Polygon" else area["coordinates"]
    edges = [np.column_stack([ring[:-1], ring[1:]]) for ring in map(_flat, chain.from_iterable(polygons))]
    return np.concatenate([np.empty((0, 4)), *edges])


def _met(hull: Hull, atlas: Atlas) -> Iterator[tuple[str, EntryKind]]:
    """Yield whose ground or sea, which are allowed alike, and whose areas of special use a hull meets."""
    for area in areas_met(atlas.borders, hull).tolist():
        yield atlas.states[area], EntryKind.LAND
    for area in areas_met(atlas.special, hull).tolist():
        if atlas.airspaces[area].kind in ENTERED:
            yield atlas.airspaces[area].state, EntryKind.SPECIAL_USE


def _covers(entered: tuple[str, EntryKind], flight: Flight, hull: Hull, leave: Leave) -> bool:
    """Return whether one authorisation covers a flight for as long as it lasts and wherever it is in a hull."""
    presence = _presence(entered, flight, hull.place)
    return any(covering(presence, [one]) and _holds(one, hull) for one in leave.authorisations)


def _presence(entered: tuple[str, EntryKind], flight: Flight, place: FloatArray) -> Presence:
    """Return a flight at one place for as long as it lasts."""
    state, kind = entered
    return Presence(
        state=state,
        kind=kind,
        platform=flight.platform,
        start=flight.start,
        end=flight.end,
        time=np.array([flight.start, flight.end]),
        longitude=place[[0, 0]],
        latitude=place[[1, 1]],
        lowest=np.full(2, flight.lowest),
        highest=np.full(2, flight.highest),
    )


def _holds(authorisation: Authorisation, hull: Hull) -> bool:
    """Return whether no edge of an authorisation's area, if it has one, has a part in a hull."""
    return authorisation.area is None or not meets(hull, edges_of(authorisation)).any()


def _flat(ring: Sequence[Sequence[float]]) -> FloatArray:
    """Return the longitudes and latitudes of a ring, (vertex, 2). [deg]"""
    return np.array([place[:2] for place in ring], dtype=np.float64)
