"""The weather that a plan is made for."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from upwind.errors import InputError
from upwind.flights.plan import Breeze
from upwind.readers import read_wind

__all__ = ["breeze_of"]


def breeze_of(said: tuple[float, float] | Path | None) -> Breeze | None:
    """Return a wind as `values.wind_of` reads it: of a file its mean, as a vector; still air where none is said.

    Raises
    ------
    InputError
        No row tells both speed and direction.
    """
    if said is None:
        return None
    if not isinstance(said, Path):
        return Breeze(speed=said[0], from_deg=said[1])
    wind = read_wind(said)
    toward = np.radians(wind.wind_from + 180.0)
    east, north = (float(np.nanmean(wind.wind_speed * part)) for part in (np.sin(toward), np.cos(toward)))
    if not np.isfinite(east + north):
        msg = f'{said.name}: no row has both "wind_speed [m/s]" and "wind_from [deg]"; add these columns'
        raise InputError(msg)
    return Breeze(speed=float(np.hypot(east, north)), from_deg=float(np.degrees(np.arctan2(-east, -north)) % 360.0))
