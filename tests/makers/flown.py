"""Tracks, and who allowed them: what a test does not care about is unknown, or allowed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from upwind.records import Authorisation, Trajectory

__all__ = ["authorisation", "trajectory"]


def trajectory(time: npt.ArrayLike, longitude: npt.ArrayLike, latitude: npt.ArrayLike, **changes: Any) -> Trajectory:
    """Return one flight of times [s] and places [deg]; a single number is that of every sample."""
    at, east, north = (np.array(column, dtype=float) for column in np.broadcast_arrays(time, longitude, latitude))
    unknown, first = np.full(len(at), np.nan), np.zeros(len(at), dtype=np.int64)
    said: dict[str, Any] = {
        "name": "track",
        "sha256": "",
        "time": at,
        "longitude": east,
        "latitude": north,
        "height": unknown,
        "altitude": unknown,
        "ellipsoidal_height": unknown,
        "pressure_altitude": unknown,
        "row": np.arange(len(at)),
        "flight": first,
        "flights": ("",),
        "platform": first,
        "platforms": ("",),
    }
    return Trajectory(**(said | changes))


def authorisation(state: str, start: datetime, end: datetime, **changes: Any) -> Authorisation:
    """Return a state's word for any platform, at any height and anywhere in it but over areas of special use."""
    said: dict[str, Any] = {
        "id": f"{state}-1",
        "state": state,
        "start": start,
        "end": end,
        "floor_m": None,
        "ceiling_m": None,
        "platform": "*",
        "special_use": False,
        "basis": "",
        "recorded_by": "",
        "area": None,
        "conditions": "",
    }
    return Authorisation(**(said | changes))
