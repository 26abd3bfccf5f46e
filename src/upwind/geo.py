"""Local east-north-up frames: metres about an origin, good to a millimetre over a flight's area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pyproj import Proj

from upwind.arrays import FloatArray

__all__ = ["Frame", "frame_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """An azimuthal equidistant projection of WGS84 about (`longitude`, `latitude`) [deg]."""

    longitude: float
    latitude: float

    @property
    def _projection(self) -> Proj:
        return Proj(proj="aeqd", lon_0=self.longitude, lat_0=self.latitude, ellps="WGS84")

    def to_local(self, longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return easting and northing. [m]"""
        easting, northing = self._projection(longitude, latitude)
        return np.asarray(easting, dtype=np.float64), np.asarray(northing, dtype=np.float64)

    def to_geographic(self, easting: FloatArray, northing: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return longitude and latitude. [deg]"""
        longitude, latitude = self._projection(easting, northing, inverse=True)
        return np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)


def frame_of(longitude: FloatArray, latitude: FloatArray) -> Frame:
    """Return the frame about the middle of the positions, the short way round the globe."""
    radians = np.radians(longitude)
    middle = np.degrees(np.arctan2(np.nanmean(np.sin(radians)), np.nanmean(np.cos(radians))))
    return Frame(longitude=float(round(middle, 6)), latitude=float(round(float(np.nanmean(latitude)), 6)))
