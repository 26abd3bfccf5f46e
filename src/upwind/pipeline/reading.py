"""What flights left, as the stages take it: tracks with the wind laid on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from upwind.errors import InputError
from upwind.geo import frame_of
from upwind.readers import read_track, read_wind, speaks_of_gas, with_wind
from upwind.readers.trajectories import is_telemetry
from upwind.records import Flight, Track

__all__ = ["measured", "read_flight", "require_near"]

#: What is let out farther away than this reaches no reading. [m]
_FARTHEST_M = 50_000.0


def read_flight(files: Sequence[Path], wind: Path | None, *, growing: bool = False) -> list[Track]:
    """Return the tracks of one flight, with the wind of its own file laid on where it has one.

    Where the files are `growing`, a last line without its end is left for later.
    """
    weather = read_wind(wind, growing=growing) if wind is not None else None
    tracks = [read_track(path, growing=growing) for path in files]
    return tracks if weather is None else [with_wind(track, weather) for track in tracks]


def require_near(area: tuple[float, float, float, float], tracks: Sequence[Track]) -> None:
    """Raise `InputError` where an area (west, south, east, north [deg]) is one that no reading could speak of."""
    longitude = np.concatenate([track.longitude for track in tracks])
    latitude = np.concatenate([track.latitude for track in tracks])
    frame = frame_of(longitude, latitude)
    nearest = frame.to_local(np.clip(longitude, area[0], area[2]), np.clip(latitude, area[1], area[3]))
    east, north = frame.to_local(longitude, latitude)
    away = float(np.hypot(nearest[0] - east, nearest[1] - north).min())
    if away > _FARTHEST_M:
        box = ",".join(f"{edge:g}" for edge in area)
        remedy = "give west, south, east, north in degrees, longitude first"
        msg = f"the area {box} is {away / 1000:,.0f} km from the nearest reading; {remedy}"
        raise InputError(msg)


def measured(flight: Flight) -> list[Track]:
    """Return the tracks of a flight that hold readings; telemetry says where it was, and no more."""
    files = [path for path in flight.files if not is_telemetry(path)]
    tracks = read_flight(files, flight.wind if files else None)
    return tracks if any(speaks_of_gas(track) for track in tracks) else []
