"""The gate that every plan goes through before it may leave: nothing of where it could lead is entered unasked.

What is held against borders and airspace is not the line on the map but what the flight sweeps: its whole way with
turns and drift, the same way a margin to either side, and from everywhere on it the straight way home that an aircraft
takes when it loses its link.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pyproj import Geod

from upwind.arrays import FloatArray, IntArray
from upwind.flights.audit.entries import Audit, unauthorised
from upwind.flights.plan.survey import Survey
from upwind.records import Entry, Platform, Trajectory

__all__ = ["MARGIN_M", "asked_for", "swept"]

#: How far beside its way an aircraft may be: navigation, gusts, and the turn begun late. [m]
MARGIN_M = 200.0
#: From places so far apart on the way the way home is looked at. [m]
_HOMEWARD_M = 2_000.0
_GLOBE = Geod(ellps="WGS84")


def swept(survey: Survey, platform: Platform, base: tuple[float, float] | None, start: float) -> Trajectory:
    """Return all that a survey may sweep as flights of one trajectory.

    Parameters
    ----------
    survey
        As planned.
    platform
        Its speed tells how long the way home takes.
    base
        Longitude and latitude that a lost link leads to; without one, the first waypoint. [deg]
    start
        Of the first sortie; each next one begins when the last ends. [s since 1970-01-01T00:00Z]
    """
    home = base if base is not None else (float(survey.waypoints[0, 0]), float(survey.waypoints[0, 1]))
    flights: list[tuple[str, FloatArray, FloatArray]] = []
    for number, sortie in enumerate(survey.sorties, start=1):
        way = sortie.path
        gone = np.append(0.0, np.cumsum(_GLOBE.line_lengths(way[:, 0], way[:, 1])))
        time = start + gone / max(gone[-1], 1e-9) * sortie.time_s
        flights.append((f"sortie {number}", way, time))
        flights += [(f"sortie {number}, {side}", _beside(way, off), time) for side, off in _SIDES]
        flights += _homeward(way, (gone, time), home, platform.speed_m_s)
        start += sortie.time_s
    return _trajectory(flights, platform, float(survey.waypoints[:, 2].max()))


_SIDES = (("left", -MARGIN_M), ("right", MARGIN_M))


def asked_for(judged: Audit) -> tuple[Entry, ...]:
    """Return what would have to be allowed, of the audit of what a plan sweeps.

    An entry a state and kind, as long, as low and as high as all of them.
    """
    groups: defaultdict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in unauthorised(judged.entries):
        groups[entry.state, entry.kind, entry.name].append(entry)
    return tuple(_widest(entries) for entries in groups.values())


def _widest(entries: Sequence[Entry]) -> Entry:
    low = [entry.lowest_m for entry in entries]
    high = [entry.highest_m for entry in entries]
    return replace(
        entries[0],
        start=min(entry.start for entry in entries),
        end=max(entry.end for entry in entries),
        lowest_m=None if None in low else min(one for one in low if one is not None),
        highest_m=None if None in high else max(one for one in high if one is not None),
    )


def _beside(way: FloatArray, off: float) -> FloatArray:
    """Return a way so many metres to its right."""
    bearing, _, _ = _GLOBE.inv(way[:-1, 0], way[:-1, 1], way[1:, 0], way[1:, 1])
    bearing = np.append(bearing, bearing[-1])
    longitude, latitude, _ = _GLOBE.fwd(way[:, 0], way[:, 1], bearing + 90.0, np.full(len(way), off))
    return np.column_stack([longitude, latitude])


def _homeward(
    way: FloatArray, clock: tuple[FloatArray, FloatArray], home: tuple[float, float], speed_m_s: float
) -> list[tuple[str, FloatArray, FloatArray]]:
    """Return the straight ways home from places along a way."""
    gone, time = clock
    places: IntArray = np.unique(np.searchsorted(gone, np.arange(0.0, gone[-1], _HOMEWARD_M)))
    east, north = np.full(len(places), home[0]), np.full(len(places), home[1])
    _, _, metres = _GLOBE.inv(way[places, 0], way[places, 1], east, north)
    return [
        ("lost link", np.array([way[at], home]), np.array([time[at], time[at] + far / speed_m_s]))
        for at, far in zip(places.tolist(), metres.tolist(), strict=True)
    ]


def _trajectory(
    flights: Sequence[tuple[str, FloatArray, FloatArray]], platform: Platform, height_m: float
) -> Trajectory:
    places = np.concatenate([way for _, way, _ in flights])
    count = len(places)
    unknown = np.full(count, np.nan)
    return Trajectory(
        name="plan",
        sha256="",
        time=np.concatenate([time for _, _, time in flights]),
        longitude=(places[:, 0] + 180.0) % 360.0 - 180.0,
        latitude=places[:, 1].copy(),
        height=np.full(count, height_m),
        altitude=unknown,
        ellipsoidal_height=unknown,
        pressure_altitude=unknown,
        row=np.arange(count),
        flight=np.repeat(np.arange(len(flights)), [len(way) for _, way, _ in flights]),
        flights=tuple(name for name, _, _ in flights),
        platform=np.zeros(count, dtype=np.int64),
        platforms=(platform.name,),
    )
