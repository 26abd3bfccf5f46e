"""What the sensors read, made ready for a picture: enhancement above ambient, one mark a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.records import Fit, Track

__all__ = ["Places", "Readings", "Weather", "places_of", "readings_of", "thin", "weather_of"]

#: A place is a metre wide: 1e-5 degrees.
_PLACE_DECIMALS = 5
#: Without a fit, ambient is what a sensor mostly reads when nothing is in the air.
_AMBIENT_QUANTILE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """All readings of one gas: arrays (reading,), positions in degrees, `value` and `enhancement` in `units`."""

    units: str
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    end_longitude: FloatArray
    end_latitude: FloatArray
    sensor: IntArray
    sensors: tuple[str, ...]
    value: FloatArray
    enhancement: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The readings with one row a place and sensor: `count` readings from `time` on, their mean value.

    `moving` says that a sensor changed its place.
    """

    readings: Readings
    count: IntArray
    moving: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """The mean wind: `wind_from` [deg], `spread` [deg, one standard deviation; NaN = unknown], `speed` [m/s]."""

    wind_from: float
    spread: float
    speed: float


def readings_of(tracks: Sequence[Track], gas: str, fit: Fit | None) -> Readings:
    """Return the readings of a gas over all tracks that carry it, in file order."""
    carried = [(track, column) for track in tracks for column in track.gases if column.name == gas]
    tracks = [track for track, _ in carried]
    first = np.cumsum([0, *(len(track.sensors) for track in tracks)])
    sensor = np.concatenate([track.sensor + start for track, start in zip(tracks, first, strict=False)])
    value = np.concatenate([column.values for _, column in carried])
    units = carried[0][1].units
    return Readings(
        units=units,
        **{
            name: np.concatenate([getattr(track, name) for track in tracks])
            for name in ("time", "longitude", "latitude", "end_longitude", "end_latitude")
        },
        sensor=sensor,
        sensors=tuple(name for track in tracks for name in track.sensors),
        value=value,
        enhancement=value - _ambient(value, sensor, fit if fit is not None and fit.units == units else None),
    )


def places_of(readings: Readings) -> Places:
    """Return one row a place, in order of time; rows without a value are left out."""
    seen = np.flatnonzero(np.isfinite(readings.value))
    ends = np.nan_to_num(np.stack([readings.end_longitude[seen], readings.end_latitude[seen]]), nan=999.0)
    where = np.round(np.stack([readings.longitude[seen], readings.latitude[seen], *ends]), _PLACE_DECIMALS)
    keys = np.concatenate([readings.sensor[seen][None].astype(np.float64), where])
    unique, start, group, count = np.unique(keys, axis=1, return_index=True, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    order = np.argsort(readings.time[seen][start], kind="stable")
    at = seen[start][order]

    def mean(values: FloatArray) -> FloatArray:
        return (np.bincount(group, weights=values[seen]) / count)[order]

    drawn = Readings(
        units=readings.units,
        sensors=readings.sensors,
        time=readings.time[at],
        longitude=readings.longitude[at],
        latitude=readings.latitude[at],
        end_longitude=readings.end_longitude[at],
        end_latitude=readings.end_latitude[at],
        sensor=readings.sensor[at],
        value=mean(readings.value),
        enhancement=mean(readings.enhancement),
    )
    moving = bool(len(unique.T) > len(np.unique(readings.sensor[seen])))
    return Places(readings=drawn, count=count[order], moving=moving)


def thin(weight: FloatArray, most: int) -> IntArray:
    """Return which of many rows to draw, in order: the one of greatest weight of each stretch."""
    number = len(weight)
    if number <= most:
        return np.arange(number)
    edges = np.linspace(0, number, most + 1).astype(np.int64)
    filled = np.where(np.isfinite(weight), weight, -np.inf)
    return np.array([low + int(np.argmax(filled[low:high])) for low, high in pairwise(edges)])


def noise_of(enhancement: FloatArray) -> float:
    """Return the standard deviation about ambient, mirrored from the readings below it."""
    below = enhancement[np.isfinite(enhancement) & (enhancement < 0)]
    return float(np.sqrt(np.mean(below**2))) if below.size else 0.0


def weather_of(tracks: Sequence[Track], fit: Fit | None) -> Weather | None:
    """Return the mean wind that the fit used, or else that was measured; None where there is none."""
    winds = [track.wind for track in tracks]
    direction = fit.wind_from if fit is not None else np.concatenate([wind.wind_from for wind in winds])
    speed = fit.wind_speed if fit is not None else np.concatenate([wind.wind_speed for wind in winds])
    known = np.isfinite(direction) & np.isfinite(speed)
    if not known.any():
        return None
    turned = np.exp(1j * np.radians(direction[known]))
    mean = np.mean(turned)
    wandering = np.degrees(np.sqrt(max(-2 * np.log(min(max(abs(mean), 1e-9), 1.0)), 0.0)))
    turbulent = np.concatenate([wind.sigma_wind_direction for wind in winds])
    measured = float(np.nanmean(turbulent)) if np.isfinite(turbulent).any() else 0.0
    spread = float(np.hypot(wandering, measured))
    return Weather(
        wind_from=float(np.degrees(np.angle(mean)) % 360),
        spread=spread if spread > 0 else np.nan,
        speed=float(np.mean(speed[known])),
    )


def _ambient(value: FloatArray, sensor: IntArray, fit: Fit | None) -> FloatArray:
    if fit is not None and np.isfinite(fit.ambient).any():
        middle = float(np.nanmedian(fit.ambient))
        if len(fit.ambient) == len(value):
            return np.where(np.isfinite(fit.ambient), fit.ambient, middle)
        return np.full(len(value), middle)
    ambient = np.zeros(len(value))
    for one in np.unique(sensor):
        mine = sensor == one
        known = value[mine & np.isfinite(value)]
        whole = known if known.size > 1 else value[np.isfinite(value)]
        ambient[mine] = np.quantile(whole, _AMBIENT_QUANTILE) if whole.size else 0.0
    return ambient
