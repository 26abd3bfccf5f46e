"""The gas of one source over a while, made before anybody flies: whoever comes through meets the same air.

`filaments.concentration` asks where receptors are before it moves the gas. Who decides on the way where to fly next
cannot say that; so all filaments are followed here, once, and looked at afterwards from wherever somebody is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.exercise.filaments import Air, Filaments, TrueSource, air_of, carry, level_at
from upwind.exercise.wind import WindSeries

__all__ = ["Cloud", "cloud_of", "look"]

#: Kernels end at this many standard deviations.
_REACH = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Where every filament is at every tick of the wind.

    `state` (row, 4) is easting, northing, up and size [m]; filament n (in order of release) stands in the rows from
    `offset[n]` on, `count[n]` of them, the first at tick `first[n]`. `mass_kg` is a filament's.
    """

    state: FloatArray
    first: IntArray
    offset: IntArray
    count: IntArray
    zero: int
    tick_s: float
    mass_kg: float


@njit(cache=True)
def _follow(
    rng: np.random.Generator,
    start: tuple[FloatArray, float],
    air: Air,
    wind: tuple[FloatArray, float, float],
    out: FloatArray,
) -> int:
    """Write where one filament is at each tick from its release until it is out of reach; return how many."""
    state, when = start
    series, tick_s, edge = wind
    row = np.empty(air.table.shape[1])
    tick = math.ceil(when / tick_s)
    step = tick * tick_s - when
    rows = 0
    while tick < series.shape[0] and rows < out.shape[0]:
        level_at(air.table, state[2], row)
        carry(rng, state, row, air, step)
        size = state[6] * math.sqrt(state[6])
        level_at(air.table, max(state[2], 0.6 * size), row)
        state[0] += (row[0] * series[tick, 0] + series[tick, 2]) * step
        state[1] += (row[0] * series[tick, 1] + series[tick, 3]) * step
        if math.hypot(state[0], state[1]) > edge + _REACH * size:
            break
        out[rows, 0], out[rows, 1], out[rows, 2], out[rows, 3] = state[0], state[1], state[2], size
        rows += 1
        tick += 1
        step = tick_s
    return rows


@njit(cache=True)
def _release(
    rng: np.random.Generator,
    source: FloatArray,
    times: FloatArray,
    air: Air,
    wind: tuple[FloatArray, float, float],
) -> tuple[FloatArray, IntArray]:
    """Let go of filaments at `times` as `filaments` does; return all their rows, and how many each has."""
    row = np.empty(air.table.shape[1])
    level_at(air.table, max(source[2], 0.3), row)
    first = np.array([row[5], row[5], row[1]])
    lives = np.array([row[4], row[4], row[3]]) * first / (0.44 * max(row[0], 0.5))
    velocity = first * rng.standard_normal(3)
    state = np.empty(7)
    count = np.zeros(times.size, dtype=np.int64)
    rows = np.empty((4_000_000, 4))
    used = 0
    for index in range(times.size):
        gap = times[index] - times[max(index - 1, 0)]
        for axis in range(3):
            keep = math.exp(-gap / lives[axis])
            velocity[axis] = keep * velocity[axis]
            velocity[axis] += first[axis] * math.sqrt(1.0 - keep * keep) * rng.standard_normal()
            state[3 + axis] = velocity[axis]
        state[:3] = source
        state[6] = air.size ** (2.0 / 3.0)
        if rows.shape[0] - used < wind[0].shape[0]:
            longer = np.empty((2 * rows.shape[0], 4))
            longer[:used] = rows[:used]
            rows = longer
        count[index] = _follow(rng, (state, times[index]), air, wind, rows[used:])
        used += count[index]
    return rows[:used].copy(), count


def cloud_of(
    rng: np.random.Generator, source: TrueSource, series: WindSeries, filaments: Filaments, edge_m: float
) -> Cloud:
    """Return the gas of a source as long as the wind blows.

    Parameters
    ----------
    rng
        Decides every filament's way.
    source
        In the local frame.
    series
        The wind, from long enough before time zero that the gas has spread.
    filaments
        How gas is cut.
    edge_m
        Gas further from the frame's origin is forgotten. [m]
    """
    ticks = series.toward_east.size
    blowing = np.column_stack([series.toward_east, series.toward_north, series.eddy_east, series.eddy_north])
    number = int((ticks - 1) * series.tick_s * filaments.per_second)
    times = (np.arange(number) + rng.uniform(0.0, 1.0, number)) / filaments.per_second
    place = np.array([source.easting_m, source.northing_m, source.height_m])
    air = air_of(series.weather, filaments)
    state, count = _release(rng, place, times, air, (blowing, series.tick_s, edge_m))
    return Cloud(
        state=state,
        first=np.ceil(times / series.tick_s).astype(np.int64),
        offset=np.concatenate([[0], np.cumsum(count)[:-1]]),
        count=count,
        zero=round(-series.start_s / series.tick_s),
        tick_s=series.tick_s,
        mass_kg=source.rate_kg_h / 3600.0 / filaments.per_second,
    )


@njit(cache=True)
def _part(row: FloatArray, place: FloatArray) -> float:
    """Return the kernel of one filament and of its image under the ground at a place [m-3]."""
    size = row[3]
    near = _REACH * size
    x, y = row[0] - place[0], row[1] - place[1]
    if abs(x) > near or abs(y) > near:
        return 0.0
    flat, below, above = x * x + y * y, (row[2] - place[2]) ** 2, (row[2] + place[2]) ** 2
    scale = 1.0 / ((2.0 * math.pi) ** 1.5 * size**3)
    total = math.exp(-0.5 * (flat + below) / size**2) if flat + below <= near * near else 0.0
    total += math.exp(-0.5 * (flat + above) / size**2) if flat + above <= near * near else 0.0
    return float(scale * total)


@njit(cache=True)
def _look(
    cloud: tuple[FloatArray, IntArray, IntArray, IntArray],
    spans: tuple[IntArray, IntArray],
    place: FloatArray,
    ticks: IntArray,
    out: FloatArray,
) -> None:
    """Write what all filaments add up to at each place and tick [m-3]."""
    state, first, offset, count = cloud
    for index in range(ticks.size):
        total = 0.0
        for n in range(spans[0][index], spans[1][index]):
            age = ticks[index] - first[n]
            if age < count[n]:
                total += _part(state[offset[n] + age], place[index])
        out[index] = total


def look(cloud: Cloud, place: FloatArray, ticks: IntArray) -> FloatArray:
    """Return the concentration at places (reading, 3) [m] and ticks since time zero (reading,). [kg m-3]"""
    now = ticks + cloud.zero
    oldest = int(cloud.count.max(initial=0))
    spans = (np.searchsorted(cloud.first, now - oldest), np.searchsorted(cloud.first, now, side="right"))
    out = np.zeros(len(ticks))
    _look((cloud.state, cloud.first, cloud.offset, cloud.count), spans, place, now, out)
    return out * cloud.mass_kg
