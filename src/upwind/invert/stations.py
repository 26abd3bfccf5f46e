"""Readings of sensors that stand still: one air for all of them, and each sensor's own offset, noise and memory.

With r readings of s sensors the residual of reading i is ``e_i = (y_i - m_i - b_i) / sd_i``, b being the air common to
all sensors (a random walk with a node for each moment) and the sensor's offset, and
``sd_i^2 = noise_i^2 + spread_i / shape``. Errors of one sensor an hour apart are alike: its residuals are an AR(1)
series whose memory and whose size are among a few. Both are summed out sensor by sensor,

``p(e) = sum_memory sum_size p(memory) p(size) prod_i t(u_i / size) / (size sqrt(1 - rho_i^2) sd_i)``,

with ``u_i = (e_i - rho_i e_{i-1}) / sqrt(1 - rho_i^2)`` and t Student's density. A sensor that fits nothing thereby
loses its say, and one that is wrong all night is wrong once, not a hundred times. What the sources bring is multiplied
by ``1 + hour + gain``: their common strength wanders from hour to hour, and the plume model is wrong by its own share
at each sensor. Both are small Gaussian unknowns, solved for together with b.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.invert.observations import Observations

__all__ = [
    "Stations",
    "air_of",
    "ambient_of",
    "clarity_of",
    "is_network",
    "no_stations",
    "noise_of",
    "stations_of",
]

#: Memories tried for a sensor's errors: nearly none, half an hour, half a night. [s]
_MEMORY_S = (120.0, 1800.0, 14_400.0)
#: A sensor with fewer readings says nothing of its noise.
_FEW = 8
#: How lively the air is at a moment shows in so many moments before and after.
_ABOUT = 6
#: The sources' common strength is told hour by hour, of no more hours than this; it wanders by this share of itself,
#: within this time: valves are shut, tanks run empty, and wind is misjudged by night.
_HOUR_S, _MOST_HOURS = 3600.0, 30
_CHANGE, _CHANGE_S, _SLACK = 0.6, 7200.0, 0.02
#: A plume model is wrong by this share at a sensor, all day: for its height, its distance and how the land lies.
_GAIN = 0.3
#: What a model leaves out shows at sensors beside the plume: this share of what the stronger readings show.
_BESIDE = 0.03
#: So many sensors must read at once, and so often, on average.
_TOGETHER, _SERIES = 3.5, 5
#: Air that has built up since the best mixed hour is uneven by this share.
_UNEVEN = 0.3
#: In wind lighter than this a plume goes where the wind of another moment takes it. [m/s]
_STEADY_WIND = 1.0
#: No more moments than this are told apart in the air's random walk.
_MOST_MOMENTS = 200
#: A moment shows the air by the lower quartile over sensors: plumes only ever add.
_LOW = 0.25


class Stations(NamedTuple):
    """The sensors of a record without movement; empty arrays where something moves or sensors are few.

    sensor (r,); previous (r,) the sensor's reading before, -1 at its first; memory (m, r) the correlation with it;
    vague (r,) on the variance of a plume's strength; hour (r,) of the sources' common strength.
    """

    sensor: IntArray
    previous: IntArray
    memory: FloatArray
    vague: FloatArray
    hour: IntArray


def no_stations() -> Stations:
    """Return what stands for readings that are not modelled sensor by sensor."""
    whole = np.empty(0, dtype=np.int64)
    return Stations(whole, whole, np.empty((0, 0)), np.empty(0), whole)


def stations_of(o: Observations) -> Stations:
    """Return the sensors' readings in their order, and how much of an error lasts from one to the next."""
    previous = np.full(len(o.time), -1, dtype=np.int64)
    for number in range(len(o.sensors)):
        at = np.flatnonzero(o.sensor == number)
        previous[at[1:]] = at[:-1]
    gap = np.where(previous >= 0, o.time - o.time[previous], np.inf)
    return Stations(
        sensor=np.ascontiguousarray(o.sensor),
        previous=previous,
        memory=np.exp(-gap / np.array(_MEMORY_S)[:, None]),
        vague=1.0 + (_STEADY_WIND / np.maximum(o.weather["wind_speed"], 0.1)) ** 2,
        hour=_hours(o)[1],
    )


def _hours(o: Observations) -> tuple[FloatArray, IntArray]:
    """Return the hours that hold readings, and which of them each reading is in."""
    length = max(_HOUR_S, float(np.ptp(o.time)) / _MOST_HOURS)
    hours, hour = np.unique(np.floor((o.time - o.time[0]) / length), return_inverse=True)
    return hours * length, hour.astype(np.int64)


def is_network(o: Observations) -> bool:
    """Tell whether enough sensors that stand still read at once, and often enough, to show the air they share."""
    together = len(o.time) / max(len(np.unique(np.round(o.time / _slot(o)))), 1)
    return not o.moving.any() and together >= _TOGETHER and len(o.time) > _SERIES * len(np.unique(o.sensor))


def air_of(o: Observations) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return moments (n,) [s], the air then (n,), and what each sensor reads above it (s,)."""
    moments, at = np.unique(np.round(o.time / _slot(o)), return_inverse=True)
    values = o.values[0]
    sensors = len(o.sensors)
    offset = np.zeros(sensors)
    for n in np.unique(o.sensor):
        offset[n] = np.quantile(values[o.sensor == n], _LOW)
    air = np.zeros(len(moments))
    order = np.argsort(at, kind="stable")
    edges = np.searchsorted(at[order], np.arange(1, len(moments)))
    for _ in range(3):
        air = np.array([np.quantile(part, _LOW) for part in np.split((values - offset[o.sensor])[order], edges)])
        above = values - air[at]
        for n in np.unique(o.sensor):
            offset[n] = np.quantile(above[o.sensor == n], _LOW)
    time = np.bincount(at, o.time) / np.bincount(at)
    return time, air, offset


def _slot(o: Observations) -> float:
    """Return how long a moment is: readings of different sensors within it are of the same air. [s]"""
    return max(60.0, float(np.median(o.span)))


def noise_of(o: Observations, time: FloatArray, air: FloatArray, offset: FloatArray) -> FloatArray:
    """Return the noise of each reading: its sensor's, from steps between readings, and the unevenness of stale air."""
    lift = np.interp(o.time, time, np.maximum(air - np.quantile(air, 0.1), 0.0))
    values = o.values[0]
    above = values - np.interp(o.time, time, air) - offset[o.sensor]
    usual = 0.004 * float(np.ptp(values)) + 1e-12
    noise = np.full(len(values), usual)
    for number in range(len(o.sensors)):
        at = np.flatnonzero(o.sensor == number)
        if len(at) >= _FEW:
            quiet = min(_quiet(values[at]), _quiet(above[at]))
            steps = np.abs(np.diff(values[at]))
            quantum = 0.3 * float(steps[steps > 0].min()) if (steps > 0).any() else usual
            noise[at] = max(quiet, quantum, 1e-9)
    beside = _BESIDE * max(float(np.quantile(above, 0.95)), 0.0)
    return np.asarray(np.sqrt(noise**2 + (_UNEVEN * lift) ** 2 + beside**2))


def clarity_of(o: Observations) -> float:
    """Return how far the stronger readings stand above the air, in the noise of the usual sensor."""
    time, air, offset = air_of(o)
    above = o.values[0] - np.interp(o.time, time, air) - offset[o.sensor]
    sensors = [np.flatnonzero(o.sensor == n) for n in range(len(o.sensors))]
    noises = [min(_quiet(o.values[0][at]), _quiet(above[at])) for at in sensors if len(at) >= _FEW]
    return float(np.quantile(above, 0.95)) / max(float(np.median(noises)), 1e-12) if noises else 0.0


def _quiet(values: FloatArray) -> float:
    """Return the standard deviation that the smaller third of the steps speaks of."""
    return float(np.quantile(np.abs(np.diff(values)), 0.35)) / 0.454 / math.sqrt(2.0)


def ambient_of(
    o: Observations, noise: FloatArray, shown: tuple[FloatArray, FloatArray, FloatArray]
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """Return the ambient's basis and prior: a random walk with a node for each moment, and each sensor's offset."""
    time, air, offset = shown
    at = time[np.unique(np.linspace(0, len(time) - 1, min(len(time), _MOST_MOMENTS)).round().astype(int))]
    nodes, sensors = len(at), len(offset)
    place = np.clip(np.searchsorted(at, o.time, side="right") - 1, 0, max(nodes - 2, 0))
    following = np.minimum(place + 1, nodes - 1)
    part = np.clip((o.time - at[place]) / np.maximum(at[following] - at[place], 1.0), 0.0, 1.0)
    basis_at = np.column_stack([place, following, nodes + o.sensor])
    basis = np.column_stack([1.0 - part, part, np.ones(len(o.time))])
    hours = _hours(o)[0]
    mean = np.concatenate([np.interp(at, time, air), offset, np.zeros(len(hours) + sensors)])
    usual = float(np.median(noise))
    steps = np.abs(np.diff(mean[:nodes]))
    lively = np.array([np.median(steps[max(0, k - _ABOUT) : k + _ABOUT + 1]) for k in range(nodes - 1)])
    precision = np.zeros((len(mean), len(mean)))
    for k, step in enumerate(1.5 * lively + 0.5 * usual):
        precision[k : k + 2, k : k + 2] += np.array([[1.0, -1.0], [-1.0, 1.0]]) / step**2
    wide = 3.0 * usual + float(np.quantile(air, 0.75) - air.min())
    precision[0, 0] += wide**-2
    precision[np.arange(nodes, nodes + sensors), np.arange(nodes, nodes + sensors)] = wide**-2
    alike = np.exp(-np.abs(np.subtract.outer(hours, hours)) / _CHANGE_S)
    first, last = nodes + sensors, nodes + sensors + len(hours)
    precision[first:last, first:last] = np.linalg.inv(_about_mean(_CHANGE**2 * alike))
    precision[last:, last:] = np.linalg.inv(_about_mean(_GAIN**2 * np.eye(sensors)))
    return basis_at.astype(np.int64), basis, mean, precision


def _about_mean(covariance: FloatArray) -> FloatArray:
    """Return the covariance of what departs from its mean: the mean belongs to the sources' rates."""
    centre = np.eye(len(covariance)) - 1.0 / len(covariance)
    return np.asarray(centre @ covariance @ centre + _SLACK**2)
