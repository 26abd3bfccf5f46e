"""The wind of each reading: the way it took, its speed, and the nodes in time of its direction's error."""

from __future__ import annotations

import math

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.invert.layout import YOUNGEST_S
from upwind.invert.observations import Observations

__all__ = ["LOWEST_WIND", "SPEED_OVER_S", "gaps", "turn_covariance", "turn_nodes", "ways"]

#: No plume is carried by a wind lighter than this. [m/s]
LOWEST_WIND = 0.4
#: The plume's speed is that of the wind over this time. [s]
SPEED_OVER_S = 60.0
#: Ages over which the wind is averaged, beside none: each twice the one before, the last the whole flight.
_AGES = 8
#: The direction's error has no more nodes than this.
_MOST_NODES = 14


def ways(o: Observations) -> tuple[FloatArray, FloatArray]:
    """Return unit vectors (age, r, 2) along the mean wind over the times before each reading, and speeds (r,)."""
    radians = np.radians(o.weather["wind_from"])
    speed = np.maximum(o.weather["wind_speed"], 1e-3)
    wind = np.column_stack([-speed * np.sin(radians), -speed * np.cos(radians)])
    ages = [0.0, *(YOUNGEST_S * 2.0 ** np.arange(_AGES))] if o.moves else [0.0]
    means = [_before(o.time, wind, age) for age in ages]
    if o.moves:
        means[-1] = np.broadcast_to(wind.mean(axis=0), wind.shape)
        speed = _before(o.time, speed[:, None], SPEED_OVER_S)[:, 0]
    size = [np.maximum(np.hypot(*mean.T), 1e-9)[:, None] for mean in means]
    return np.stack([m / s for m, s in zip(means, size, strict=True)]), np.maximum(speed, LOWEST_WIND)


def _before(time: FloatArray, values: FloatArray, seconds: float) -> FloatArray:
    """Return the mean of columns over the `seconds` before each time."""
    if seconds == 0.0:
        return values
    total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    first = np.searchsorted(time, time - seconds)
    last = np.arange(len(time)) + 1
    mean: FloatArray = (total[last] - total[first]) / (last - first)[:, None]
    return mean


def turn_nodes(o: Observations, turn_sd: float, memory_s: float) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return nodes in time for the wind direction's error, and the precision of an AR(1) process on them."""
    count = len(o.time)
    span = float(np.ptp(o.time))
    nodes = int(np.clip(span / memory_s + 1, 1, _MOST_NODES)) if o.moves else 1
    if nodes == 1:
        return np.zeros(count, dtype=np.int64), np.zeros(count), np.array([[turn_sd**-2]])
    at = np.linspace(o.time[0], o.time[-1] + 1e-6, nodes)
    place = np.clip(np.searchsorted(at, o.time, side="right") - 1, 0, nodes - 2)
    part = (o.time - at[place]) / (at[1] - at[0])
    return (
        place.astype(np.int64),
        part,
        np.asarray(np.linalg.inv(turn_covariance(at, turn_sd, memory_s)), dtype=np.float64),
    )


def turn_covariance(time: FloatArray, turn_sd: float, memory_s: float) -> FloatArray:
    """Return how the direction's errors at some times vary together: a lasting share, and one that is forgotten."""
    lag = np.abs(np.subtract.outer(time, time))
    covariance: FloatArray = turn_sd**2 * (0.7 * np.exp(-lag / memory_s) + 0.3)
    return covariance


def gaps(o: Observations) -> FloatArray:
    """Return the time since the reading before of the same moving sensor [s]; inf where there is none."""
    gap = np.full(len(o.time), math.inf)
    same = (np.diff(o.sensor) == 0) & (o.moving[1:] > 0.5)
    gap[1:][same] = np.diff(o.time)[same]
    return gap
