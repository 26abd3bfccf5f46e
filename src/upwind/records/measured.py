"""What was measured: readings, their gases, and the weather they were made in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from upwind.arrays import TRACK, WIND, FloatArray, IntArray, check

__all__ = ["Gas", "Track", "Wind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wind:
    """Weather columns of one length, meeting `WIND`; a column nobody observed is all NaN."""

    time: FloatArray
    wind_speed: FloatArray
    wind_from: FloatArray
    wind_height: FloatArray
    sigma_wind_direction: FloatArray
    friction_velocity: FloatArray
    obukhov_length: FloatArray
    temperature: FloatArray
    pressure: FloatArray

    def __post_init__(self) -> None:
        """Hold the contract."""
        check({spec.name: getattr(self, spec.name) for spec in WIND}, WIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gas:
    """One gas as read: `values` (reading,), NaN = not observed.

    `units` is "ppm" (mole fraction) or "mg/m3" (mass concentration), whatever the file's own unit was.
    """

    name: str
    units: str
    values: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Readings of one or more sensors as columns of one length, meeting `TRACK`.

    `sensor` (reading,) points into `sensors`; `end_*` are NaN for a point and finite for a beam; `wind` is at the
    readings' own times; `extra` keeps the columns that upwind does not know, as text.
    """

    name: str
    sha256: str
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    height: FloatArray
    duration: FloatArray
    end_longitude: FloatArray
    end_latitude: FloatArray
    end_height: FloatArray
    sensor: IntArray
    sensors: tuple[str, ...]
    gases: tuple[Gas, ...]
    wind: Wind
    extra: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        """Hold the contract."""
        check({spec.name: getattr(self, spec.name) for spec in TRACK}, TRACK)
