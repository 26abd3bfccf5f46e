"""Local east-north-up frames, good to a millimetre over a flight's area, and the military grid that radios speak."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pyproj import Geod, Proj

from upwind.arrays import FloatArray

__all__ = ["Frame", "dense", "frame_of", "grid_reference", "stretches"]

_GLOBE = Geod(ellps="WGS84")
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_SQUARES_EAST = ("STUVWXYZ", "ABCDEFGH", "JKLMNPQR")
_SQUARES_NORTH = "ABCDEFGHJKLMNPQRSTUV"
_SQUARE_M = 100_000.0
_SOUTHMOST, _NORTHMOST = -80.0, 84.0


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


def stretches(way: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the bearing, clockwise from north [degrees], and length [m] of each stretch of a way.

    Parameters
    ----------
    way
        (position, 2 or more): longitude, latitude. [deg]
    """
    ends = np.vstack([way[:, :2], way[-1:, :2], way[-1:, :2]])  # pyproj takes an array of one apart
    bearing, _, metres = _GLOBE.inv(ends[:-1, 0], ends[:-1, 1], ends[1:, 0], ends[1:, 1])
    return bearing[:-2], metres[:-2]


def dense(way: FloatArray, longest: float) -> FloatArray:
    """Return a way (position, 2), straight in degrees, with no step longer than so much in either of them."""
    rise = np.diff(way, axis=0)
    steps = np.maximum(np.ceil(np.abs(rise).max(axis=1) / longest).astype(np.int64), 1)
    at = np.repeat(np.arange(len(steps)), steps)
    part = (np.arange(len(at)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[at]
    return np.concatenate([way[at] + part[:, None] * rise[at], way[-1:]])


def frame_of(longitude: FloatArray, latitude: FloatArray) -> Frame:
    """Return the frame about the middle of the positions, the short way round the globe."""
    radians = np.radians(longitude)
    middle = np.degrees(np.arctan2(np.nanmean(np.sin(radians)), np.nanmean(np.cos(radians))))
    return Frame(longitude=float(round(middle, 6)), latitude=float(round(float(np.nanmean(latitude)), 6)))


def grid_reference(longitude: float, latitude: float) -> str:
    """Return the MGRS square of a metre that holds a position, such as ``14T NN 35320 04084``; "" at the poles.

    The zones are those of UTM with their exceptions in Norway and Svalbard; the lettering is that of WGS84 (NGA,
    The Universal Grids and the Transverse Mercator, NGA.SIG.0012, 2014; unverified, held against GeoTrans by a test).

    Examples
    --------
    >>> grid_reference(-98.57021, 42.48831)
    '14T NN 35320 04084'
    """
    if not _SOUTHMOST <= latitude <= _NORTHMOST:
        return ""
    zone = _zone(longitude, latitude)
    projection = Proj(proj="utm", zone=zone, ellps="WGS84", south=latitude < 0.0)
    easting, northing = projection(longitude, latitude)
    band = _BANDS[min(int((latitude - _SOUTHMOST) // 8.0), len(_BANDS) - 1)]
    column = _SQUARES_EAST[zone % 3][int(easting // _SQUARE_M) - 1]
    row = _SQUARES_NORTH[(int(northing // _SQUARE_M) + (5 if zone % 2 == 0 else 0)) % len(_SQUARES_NORTH)]
    within = (math.floor(metres % _SQUARE_M) for metres in (easting, northing))
    return " ".join((f"{zone:02d}{band}", f"{column}{row}", *(f"{metres:05d}" for metres in within)))


def _zone(longitude: float, latitude: float) -> int:
    """Return the UTM zone of a position."""
    if 56.0 <= latitude < 64.0 and 3.0 <= longitude < 12.0:  # noqa: PLR2004 - western Norway
        return 32
    if latitude >= 72.0 and 0.0 <= longitude < 42.0:  # noqa: PLR2004 - Svalbard
        return 31 + 2 * int((longitude + 3.0) // 12.0)
    return int((longitude + 180.0) // 6.0) % 60 + 1
