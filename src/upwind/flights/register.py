"""The register: what flew, where and when, on whose word; and how many entries there were, for those who oversee it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from pyproj import Geod

from upwind.arrays import FloatArray
from upwind.errors import ContractError
from upwind.flights.catalogue import FIXED, platform_of
from upwind.readers.mission import Mission
from upwind.records import Entry, EntryCount, Flight, FlightRecord, Trajectory, Verdict

__all__ = ["Breakdown", "box_around", "counts", "register"]

#: What entries can be counted by.
Breakdown = Literal["state", "platform", "month"]

_GLOBE = Geod(ellps="WGS84")


def register(mission: Mission, trajectories: Mapping[Path, Trajectory]) -> tuple[FlightRecord, ...]:
    """Return the register's rows of a mission, one a flight, in the mission's order.

    Every sample counts, suspect ones too: the register says what the files say.

    Parameters
    ----------
    trajectories
        Where each file's flights were, by the paths of the mission's flights.

    Raises
    ------
    ContractError
        A flight's file has no trajectory, or all of its files are without a sample.
    """
    return tuple(_row(flight, trajectories) for flight in mission.flights)


def counts(
    entries: Iterable[Entry], by: Collection[Breakdown] = ("state", "platform", "month")
) -> tuple[EntryCount, ...]:
    """Return how many entries there were, a row for each combination there was, in alphabetical order.

    Parameters
    ----------
    by
        What they are told apart by; the rest is "" in every row. Without any, one row counts them all.
    """
    groups: defaultdict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        said = {
            "state": entry.state,
            "platform": entry.platform,
            "month": entry.start.astimezone(UTC).strftime("%Y-%m"),
        }
        state, platform, month = (text if name in by else "" for name, text in said.items())
        groups[state, platform, month].append(entry)
    return tuple(_count(*group, groups[group]) for group in sorted(groups))


def box_around(longitude: FloatArray, latitude: FloatArray) -> tuple[float, float, float, float]:
    """Return the narrowest box round positions: west, south, east, north. [deg]

    West is greater than east where the box spans the 180th meridian, as in RFC 7946.

    Examples
    --------
    >>> box_around(np.array([179.0, -178.0]), np.array([-16.0, -17.0]))
    (179.0, -17.0, -178.0, -16.0)
    """
    east_of = np.unique(longitude)
    gaps = np.diff(east_of)
    west, east = float(east_of[0]), float(east_of[-1])
    if gaps.size and gaps.max() > west + 360.0 - east:
        widest = int(np.argmax(gaps))
        west, east = float(east_of[widest + 1]), float(east_of[widest])
    return west, float(latitude.min()), east, float(latitude.max())


def _row(flight: Flight, trajectories: Mapping[Path, Trajectory]) -> FlightRecord:
    own = [_trajectory(flight, path, trajectories) for path in flight.files]
    time, longitude, latitude, height = (
        np.concatenate([getattr(one, name) for one in own]) for name in ("time", "longitude", "latitude", "height")
    )
    if not time.size:
        msg = f"flight {flight.id}: there is no sample in its files"
        raise ContractError(msg)
    known = platform_of(flight)
    moves = known is None or known.category != FIXED
    seen = height[np.isfinite(height)]
    return FlightRecord(
        flight=flight.id,
        platform=_platform_name(flight, own),
        sensor=flight.sensor,
        authority=flight.authority,
        files=tuple((one.name, one.sha256) for one in own),
        start=datetime.fromtimestamp(float(time.min()), UTC),
        end=datetime.fromtimestamp(float(time.max()), UTC),
        duration_s=float(time.max() - time.min()),
        length_km=sum(map(_length_km, own)) if moves else 0.0,
        box=box_around(longitude, latitude),
        lowest_m=float(seen.min()) if seen.size else None,
        highest_m=float(seen.max()) if seen.size else None,
        samples=int(time.size),
    )


def _trajectory(flight: Flight, path: Path, trajectories: Mapping[Path, Trajectory]) -> Trajectory:
    if path not in trajectories:
        msg = f"flight {flight.id}: there is no trajectory of {path.name}"
        raise ContractError(msg)
    return trajectories[path]


def _platform_name(flight: Flight, trajectories: Sequence[Trajectory]) -> str:
    """Return what the mission calls the platform; where it is silent, what its files do."""
    known = platform_of(flight) if flight.platform_file is not None else None
    if known is not None:
        return known.name
    return flight.platform or ", ".join(sorted({name for one in trajectories for name in one.platforms if name}))


def _length_km(trajectory: Trajectory) -> float:
    """Return the length of all flights of a file along the ground, each from sample to sample."""
    metres = 0.0
    for flight in np.unique(trajectory.flight):
        own = trajectory.flight == flight
        metres += _GLOBE.line_length(trajectory.longitude[own], trajectory.latitude[own])
    return metres / 1000.0


def _count(state: str, platform: str, month: str, entries: Sequence[Entry]) -> EntryCount:
    authorised = sum(bool(entry.authorised_by) for entry in entries)
    return EntryCount(
        state=state,
        platform=platform,
        month=month,
        entries=len(entries),
        authorised=authorised,
        unauthorised=len(entries) - authorised,
        within_error=sum(entry.verdict == Verdict.WITHIN_ERROR for entry in entries),
        disputed=sum(entry.disputed for entry in entries),
        suspect=sum(entry.suspect for entry in entries),
    )
