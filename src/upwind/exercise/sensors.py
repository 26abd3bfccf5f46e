"""What a gas sensor makes of the air: it is late, slow, noisy, and the air's own gas drifts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.wind import decay

__all__ = ["Drift", "GasSensor", "ambient", "sense"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GasSensor:
    """One sensor.

    Attributes
    ----------
    transport_s, response_s
        Time in the inlet, and time constant of the first-order response.
    noise, resolution
        Standard deviation of white noise and smallest step, in the gas column's unit.
    """

    transport_s: float
    response_s: float
    noise: float
    resolution: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How the ambient changes: a level, a ramp over an hour, a daily wave's amplitude and a random walk an hour."""

    level: float
    ramp: float
    wave: float
    walk: float


def ambient(rng: np.random.Generator, drift: Drift, time_s: FloatArray) -> FloatArray:
    """Return the gas that the air holds anyway, shape (time,), in the drift's unit."""
    hours = time_s / 3600.0
    steps = drift.walk * np.sqrt(np.diff(hours, prepend=hours[0])) * rng.standard_normal(time_s.size)
    wave = drift.wave * np.sin(2.0 * np.pi * (hours / rng.uniform(0.4, 1.5) + rng.uniform()))
    return np.asarray(drift.level + drift.ramp * hours + wave + np.cumsum(steps))


def sense(rng: np.random.Generator, sensor: GasSensor, air: FloatArray, tick_s: float) -> FloatArray:
    """Return what the sensor reads of `air` (reading, tick), before whose first tick the air was like its mean."""
    late = sensor.transport_s / tick_s
    tick = np.arange(air.shape[1]) - late
    below = np.floor(tick).astype(np.int64)
    part = tick - below
    last = air.shape[1] - 1
    slow = (1.0 - part) * air[:, np.clip(below, 0, last)] + part * air[:, np.clip(below + 1, 0, last)]
    if sensor.response_s > 0.0:
        keep = float(np.exp(-tick_s / sensor.response_s))
        slow[:, 1:] *= 1.0 - keep
        for row in slow:
            decay(row, keep)
    read = slow + sensor.noise * rng.standard_normal(slow.shape)
    if sensor.resolution == 0.0:
        return np.asarray(read)
    return np.asarray(np.round(read / sensor.resolution) * sensor.resolution)
