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

    def to_local(self, longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return easting and northing. [m]"""
        return self._projected(longitude, latitude, inverse=False)

    def to_geographic(self, easting: FloatArray, northing: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return longitude and latitude. [deg]"""
        return self._projected(easting, northing, inverse=True)

    def _projected(self, first: FloatArray, second: FloatArray, *, inverse: bool) -> tuple[FloatArray, FloatArray]:
        """Return both coordinates in the shape given; two more go along, as pyproj takes an array of one apart."""
        projection = Proj(proj="aeqd", lon_0=self.longitude, lat_0=self.latitude, ellps="WGS84")
        shape = np.shape(first)
        made = projection(np.append(first, (0.0, 0.0)), np.append(second, (0.0, 0.0)), inverse=inverse)
        x, y = (np.asarray(values, dtype=np.float64)[:-2].reshape(shape) for values in made)
        return x, y


def frame_of(longitude: FloatArray, latitude: FloatArray) -> Frame:
    """Return the frame about the middle of the positions, the short way round the globe."""
    radians = np.radians(longitude)
    middle = np.degrees(np.arctan2(np.nanmean(np.sin(radians)), np.nanmean(np.cos(radians))))
    return Frame(longitude=float(round(middle, 6)), latitude=float(round(float(np.nanmean(latitude)), 6)))
