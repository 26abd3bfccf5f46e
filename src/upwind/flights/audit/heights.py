"""How high a sample was over a datum, as bounds: what a track does not say is a wide interval, never a guess.

Bounds are wide enough to be true anywhere: ground lies between the shore of the Dead Sea and the top of Everest, the
geoid within 110 m of the ellipsoid, and the standard atmosphere within a tenth and 650 m of the real one (a sea-level
pressure of 940 to 1,060 hPa is 630 m below to 390 m above; 30 K off the standard are a tenth of the height).
"""

from __future__ import annotations

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.records import Datum, Level, Trajectory

__all__ = ["Bounds", "above", "bounds", "under"]

Bounds = tuple[FloatArray, FloatArray]

_LOWEST_GROUND_M, _HIGHEST_GROUND_M = -440.0, 8_850.0
_GEOID_M = 110.0
_PRESSURE_M, _PRESSURE_PART = 650.0, 0.1


def bounds(trajectory: Trajectory, sample: IntArray, at_sea: BoolArray, datum: Datum) -> Bounds:
    """Return the least and the greatest height over a datum that samples can have had. [m]

    Parameters
    ----------
    trajectory
        Meets `TRAJECTORY`.
    sample
        Which samples, (pair,).
    at_sea
        Whether each is over the sea, where the ground is at mean sea level, (pair,).
    datum
        Of the heights that come back; NaN where nothing is known.
    """
    height = trajectory.height[sample]
    if datum is Datum.GROUND and not np.isnan(height).any():
        return height, height.copy()
    altitude = _altitude(trajectory, sample, height, at_sea)
    pressure = trajectory.pressure_altitude[sample]
    match datum:
        case Datum.SEA:
            return altitude
        case Datum.GROUND:
            ground = np.where(at_sea, 0.0, _LOWEST_GROUND_M), np.where(at_sea, 0.0, _HIGHEST_GROUND_M)
            return _first((height, height), (np.maximum(altitude[0] - ground[1], 0.0), altitude[1] - ground[0]))
        case Datum.PRESSURE:
            low, high = (altitude[0] - _PRESSURE_M, altitude[1] + _PRESSURE_M)
            part = _PRESSURE_PART * np.abs(altitude[1])
            return _first((pressure, pressure), (low - part, high + part))


def _altitude(trajectory: Trajectory, sample: IntArray, height: FloatArray, at_sea: BoolArray) -> Bounds:
    """Return the bounds of the height over mean sea level, from the most exact thing that the track says."""
    altitude, above_ellipsoid = trajectory.altitude[sample], trajectory.ellipsoidal_height[sample]
    pressure = trajectory.pressure_altitude[sample]
    part = _PRESSURE_PART * np.abs(pressure)
    return _first(
        (altitude, altitude),
        (np.where(at_sea, height, np.nan),) * 2,
        (above_ellipsoid - _GEOID_M, above_ellipsoid + _GEOID_M),
        (pressure - part - _PRESSURE_M, pressure + part + _PRESSURE_M),
        (height + _LOWEST_GROUND_M, height + _HIGHEST_GROUND_M),
    )


def _first(*choices: Bounds) -> Bounds:
    """Return the first choice that is known, sample by sample."""
    low, high = choices[0]
    for other_low, other_high in choices[1:]:
        unknown = np.isnan(low)
        if not unknown.any():
            break
        low, high = np.where(unknown, other_low, low), np.where(unknown, other_high, high)
    return low, high


def above(floor: Level, height: Bounds) -> tuple[BoolArray, BoolArray]:
    """Return whether heights are surely, and whether they may be, at or above a floor."""
    return height[0] >= floor.metres, ~(height[1] < floor.metres)


def under(ceiling: Level, height: Bounds) -> tuple[BoolArray, BoolArray]:
    """Return whether heights are surely, and whether they may be, at or below a ceiling."""
    return height[1] <= ceiling.metres, ~(height[0] > ceiling.metres)
