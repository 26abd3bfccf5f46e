"""A wind file laid on a track: what the weather was at the times of the readings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from upwind.arrays import WIND, BoolArray, FloatArray, IntArray
from upwind.records import Track, Wind

__all__ = ["with_wind"]

#: How far a wind row reaches beyond its own time, unless the file's own step is longer. [s]
REACH_S = 600.0

_COLUMNS = tuple(spec.name for spec in WIND if spec.name != "time")


def with_wind(track: Track, wind: Wind) -> Track:
    """Return the track with the weather of a wind file wherever it has none of its own.

    Speed and direction are interpolated together, as a vector; the Obukhov length as 1/L, which passes through
    neutral (zero) where L leaps between the infinities; all others as they are. A reading farther from the next row
    of the wind file than `REACH_S` or the file's median step, whichever is longer, keeps NaN. At the wind file's own
    times its values are taken unchanged; rows of equal time are averaged first, unless the file has a row for each row
    of the track.
    """
    time, group = np.unique(wind.time, return_inverse=True)
    columns = {name: np.asarray(getattr(wind, name), dtype=np.float64) for name in _COLUMNS}
    if np.array_equal(wind.time, track.time):
        laid = columns
    else:
        laid = _interpolated(_averaged(columns, group, len(time)), time, track.time)
    own = {name: getattr(track.wind, name) for name in _COLUMNS}
    merged = {name: np.where(np.isfinite(own[name]), own[name], laid[name]) for name in _COLUMNS}
    return replace(track, wind=Wind(time=track.time, **merged))


Columns = dict[str, FloatArray]


def _averaged(columns: Columns, group: IntArray, count: int) -> Columns:
    """Return the columns with one row a group; a value that all rows of a group share is taken unchanged."""
    if count == len(group):
        return columns
    smooth = _smooth(columns)
    means = {name: _mean(values, group, count) for name, values in smooth.items()}
    shared: dict[str, tuple[FloatArray, BoolArray]] = {}
    for name, values in columns.items():
        low, high = np.full(count, np.inf), np.full(count, -np.inf)
        there = np.isfinite(values)
        np.minimum.at(low, group[there], values[there])
        np.maximum.at(high, group[there], values[there])
        shared[name] = low, low == high
    return _restored(_rough(means), shared)


def _mean(values: FloatArray, group: IntArray, count: int) -> FloatArray:
    """Return the mean of each group's values that are there."""
    there = np.isfinite(values)
    number = np.bincount(group[there], minlength=count)
    with np.errstate(invalid="ignore"):
        mean: FloatArray = np.bincount(group[there], values[there], count) / number
    return mean


def _interpolated(columns: Columns, time: FloatArray, when: FloatArray) -> Columns:
    """Return the columns at other times."""
    smooth = {name: _between(time, values, when) for name, values in _smooth(columns).items()}
    near = {name: _between(time, values, when) for name, values in columns.items()}
    return _restored(_rough({name: values for name, (values, _) in smooth.items()}), near)


def _restored(columns: Columns, own: dict[str, tuple[FloatArray, BoolArray]]) -> Columns:
    """Return the columns with the file's own values where they hold; of the wind both must, as it is one vector."""
    holds = {name: unchanged for name, (_, unchanged) in own.items()}
    both = holds["wind_speed"] & holds["wind_from"]
    for name, other in (("wind_speed", "wind_from"), ("wind_from", "wind_speed")):
        holds[name] = both | (holds[name] & ~np.isfinite(columns[other]))
    return {name: np.where(holds[name], own[name][0], values) for name, values in columns.items()}


def _between(time: FloatArray, values: FloatArray, when: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return values at other times, and whether each is a value of the column itself."""
    there = np.isfinite(values)
    time, values = time[there], values[there]
    if not len(time):
        return np.full(len(when), np.nan), np.zeros(len(when), dtype=np.bool_)
    reach = max(REACH_S, float(np.median(np.diff(time)))) if len(time) > 1 else REACH_S
    left = np.clip(np.searchsorted(time, when, side="right") - 1, 0, len(time) - 1)
    right = np.minimum(left + 1, len(time) - 1)
    step = time[right] - time[left]
    share = np.clip(np.divide(when - time[left], step, out=np.zeros(len(when)), where=step > 0), 0, 1)
    far = np.minimum(np.abs(when - time[left]), np.abs(time[right] - when)) > reach
    unchanged = (share == 0) | (share == 1) | (values[left] == values[right])
    mixed = np.where(share == 1, values[right], values[left] + share * (values[right] - values[left]))
    mixed = np.where(values[left] == values[right], values[left], mixed)
    return np.where(far, np.nan, mixed), unchanged & ~far


def _smooth(columns: Columns) -> Columns:
    """Return the columns as quantities that may be averaged: the wind as a vector, the Obukhov length as 1/L."""
    smooth = dict(columns)
    direction = np.radians(smooth.pop("wind_from"))
    speed = columns["wind_speed"]
    length = np.where(np.isfinite(speed).any(), speed, 1.0)
    smooth |= {"east": -length * np.sin(direction), "north": -length * np.cos(direction)}
    with np.errstate(divide="ignore"):
        smooth["obukhov_length"] = 1 / columns["obukhov_length"]
    return smooth


def _rough(smooth: Columns) -> Columns:
    """Return the columns again; the inverse of `_smooth`."""
    columns = dict(smooth)
    east, north = columns.pop("east"), columns.pop("north")
    columns["wind_from"] = np.degrees(np.arctan2(-east, -north)) % 360
    vector = np.hypot(east, north)
    columns["wind_speed"] = np.where(
        np.isfinite(vector) & np.isfinite(smooth["wind_speed"]), vector, smooth["wind_speed"]
    )
    with np.errstate(divide="ignore"):
        length = 1 / columns["obukhov_length"]
    columns["obukhov_length"] = np.where(np.isfinite(length), length, np.nan)
    return columns
