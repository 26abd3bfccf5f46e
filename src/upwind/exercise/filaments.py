"""How an exercise's gas travels: filaments that are carried, torn and grown, never a Gaussian plume.

Each source lets go of a few filaments a second. A filament is carried by the wind at its height and by the large
eddies that move the whole plume, and by a turbulent velocity of its own (a Langevin equation a component, with
Thomson's well-mixed drift where sigma_w changes with height); it bounces off the ground and the mixing lid, and grows
as pairs of particles part in the inertial range. The concentration at a place is the sum of the filaments' kernels and
of their images under the ground.

References
----------
Farrell, Murlis, Long, Li and Cardé (2002), Filament-based atmospheric dispersion model to achieve short time-scale
structure of odor plumes, Environmental Fluid Mechanics 2, 143-169, doi:10.1023/A:1016283702837. Langevin model:
Thomson (1987), J. Fluid Mech. 180, 529-556 (unverified); Rodean (1996), Stochastic Lagrangian Models of Turbulent
Diffusion (unverified).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from upwind.arrays import BoolArray, FloatArray
from upwind.exercise.wind import Weather, WindSeries

__all__ = [
    "Air",
    "Filaments",
    "Receptors",
    "TrueSource",
    "air_of",
    "carry",
    "concentration",
    "level_at",
    "warm_up_s",
]

#: Heights at which the air is tabulated, and how high. [m]
_LEVELS, _TOP = 512, 400.0
#: Kernels end at this many standard deviations.
_REACH = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSource:
    """A release that nobody but the exercise knows: place in the local frame [m] and rate.

    `spans` say when it lets go, from and to, in seconds since the first tick; None: always.
    """

    easting_m: float
    northing_m: float
    height_m: float
    rate_kg_h: float
    spans: tuple[tuple[float, float], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filaments:
    """How gas is cut into filaments.

    Attributes
    ----------
    per_second
        Filaments released by each source.
    size_m
        Standard deviation of a filament when released.
    growth
        a in d(size)/dt = a (dissipation * size)^(1/3), the relative dispersion of the inertial range.
    lagrangian
        C0 in the Lagrangian time scale 2 sigma^2 / (C0 dissipation); 4.9 gives the surface layer's eddy diffusivity.
    """

    per_second: float = 5.0
    size_m: float = 0.3
    growth: float = 0.18
    lagrangian: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Receptors:
    """Where gas is looked for: shape (receptor, tick), or (receptor, 1) for what stands still [m].

    `beam_*` lead from the place to a beam's far end, all zero for a point. Ticks are `tick_s` apart, from time 0 on.
    """

    easting: FloatArray
    northing: FloatArray
    up: FloatArray
    beam_east: FloatArray
    beam_north: FloatArray
    beam_up: FloatArray
    ticks: int
    tick_s: float


class Air(NamedTuple):
    """Tables over the square root of height: speed, sigma_w, d(sigma_w^2)/dz, times, sigma_small, dissipation^(1/3)."""

    table: FloatArray
    lid: float
    size: float
    growth: float


class _Blowing(NamedTuple):
    """The wind series as plain arrays, and the tick of time zero."""

    toward_east: FloatArray
    toward_north: FloatArray
    eddy_east: FloatArray
    eddy_north: FloatArray
    zero: int
    tick: float


class _Looking(NamedTuple):
    """The receptors as one array (receptor, tick or 1, 9), and how far from the origin they matter [m].

    The last axis: where it begins, the beam to its end, the beam's middle and half its length.
    """

    place: FloatArray
    edge: float


class _World(NamedTuple):
    """All that a filament meets."""

    air: Air
    wind: _Blowing
    looking: _Looking


@njit(cache=True)
def _kernel(place: FloatArray, x: float, y: float, z: float, size: float) -> float:
    """Return the density of one kernel at a point, or its mean over a beam [m-3]."""
    east, north, up = x - place[0], y - place[1], z - place[2]
    d_east, d_north, d_up = place[3], place[4], place[5]
    length = math.sqrt(d_east * d_east + d_north * d_north + d_up * d_up)
    squared = east * east + north * north + up * up
    scale = 1.0 / ((2.0 * math.pi) ** 1.5 * size**3)
    if length == 0.0:
        if squared > (_REACH * size) ** 2:
            return 0.0
        return float(scale * math.exp(-0.5 * squared / size**2))
    along = (east * d_east + north * d_north + up * d_up) / length
    aside = squared - along * along
    if aside > (_REACH * size) ** 2 or along < -_REACH * size or along > length + _REACH * size:
        return 0.0
    root = math.sqrt(2.0) * size
    share = math.erf((length - along) / root) + math.erf(along / root)
    return float(scale * math.exp(-0.5 * aside / size**2) * share * size * math.sqrt(math.pi / 2.0) / length)


@njit(cache=True)
def level_at(table: FloatArray, height: float, row: FloatArray) -> None:
    """Write the air at a height into `row`."""
    position = math.sqrt(min(max(height, 0.0), 0.999 * _TOP) / _TOP) * (_LEVELS - 1)
    below = int(position)
    part = position - below
    for column in range(row.size):
        row[column] = (1.0 - part) * table[below, column] + part * table[below + 1, column]


@njit(cache=True)
def carry(rng: np.random.Generator, state: FloatArray, row: FloatArray, air: Air, step: float) -> None:
    """Carry one filament (x, y, z, u, v, w, size^(2/3)) by its own turbulence, and let it grow."""
    parts = min(max(math.ceil(step / (0.8 * row[3])), 1), 4)
    for _ in range(parts):
        small = step / parts
        keep = math.exp(-small / row[3])
        drift = 0.5 * (1.0 + (state[5] / row[1]) ** 2) * row[2] * row[3] * (1.0 - keep)
        state[5] = keep * state[5] + drift + row[1] * math.sqrt(1.0 - keep * keep) * rng.standard_normal()
        state[2] += state[5] * small
        if state[2] < 0.0:
            state[2], state[5] = -state[2], -state[5]
        if state[2] > air.lid:
            state[2], state[5] = 2.0 * air.lid - state[2], -state[5]
        level_at(air.table, state[2], row)
    keep = math.exp(-step / row[4])
    for axis in range(2):
        state[3 + axis] = keep * state[3 + axis] + row[5] * math.sqrt(1.0 - keep * keep) * rng.standard_normal()
        state[axis] += state[3 + axis] * step
    state[6] += 2.0 / 3.0 * air.growth * row[6] * step


@njit(cache=True)
def _show(state: FloatArray, size: float, places: FloatArray, out: FloatArray) -> None:
    """Add what each receptor (receptor, 9) sees of one filament and of its image under the ground to `out`."""
    for receptor in range(out.shape[0]):
        place = places[receptor]
        near = place[8] + _REACH * size
        if abs(state[0] - place[6]) <= near and abs(state[1] - place[7]) <= near:
            out[receptor] += _kernel(place, state[0], state[1], state[2], size)
            out[receptor] += _kernel(place, state[0], state[1], -state[2], size)


@njit(cache=True)
def _follow(rng: np.random.Generator, state: FloatArray, when: float, world: _World, out: FloatArray) -> None:
    """Follow one filament from its release until it leaves, adding its kernel at each tick to `out`."""
    air, wind, looking = world
    row = np.empty(air.table.shape[1])
    tick = math.ceil(when / wind.tick)
    step = tick * wind.tick - when
    still = looking.place.shape[1] == 1
    while tick - wind.zero < out.shape[1]:
        level_at(air.table, state[2], row)
        carry(rng, state, row, air, step)
        size = state[6] * math.sqrt(state[6])
        level_at(air.table, max(state[2], 0.6 * size), row)
        state[0] += (row[0] * wind.toward_east[tick] + wind.eddy_east[tick]) * step
        state[1] += (row[0] * wind.toward_north[tick] + wind.eddy_north[tick]) * step
        if math.hypot(state[0], state[1]) > looking.edge + _REACH * size:
            return
        reading = tick - wind.zero
        if reading >= 0:
            _show(state, size, looking.place[:, 0 if still else reading], out[:, reading])
        tick += 1
        step = wind.tick


@njit(cache=True)
def _release(rng: np.random.Generator, source: FloatArray, times: FloatArray, world: _World, out: FloatArray) -> None:
    """Let go of filaments at `times`; neighbours start with like velocities, for they start in the same eddy."""
    air = world.air
    row = np.empty(air.table.shape[1])
    level_at(air.table, max(source[2], 0.3), row)
    first = np.array([row[5], row[5], row[1]])
    lives = np.array([row[4], row[4], row[3]]) * first / (0.44 * max(row[0], 0.5))
    velocity = first * rng.standard_normal(3)
    for index in range(times.size):
        state = np.empty(7)
        state[:3] = source
        gap = times[index] - times[max(index - 1, 0)]
        for axis in range(3):
            keep = math.exp(-gap / lives[axis])
            velocity[axis] = keep * velocity[axis]
            velocity[axis] += first[axis] * math.sqrt(1.0 - keep * keep) * rng.standard_normal()
            state[3 + axis] = velocity[axis]
        state[6] = air.size ** (2.0 / 3.0)
        _follow(rng, state, times[index], world, out)


def air_of(weather: Weather, filaments: Filaments) -> Air:
    """Return the air's tables."""
    height = _TOP * (np.arange(_LEVELS) / (_LEVELS - 1)) ** 2
    sigma_w, dissipation = weather.sigma_w(height), weather.dissipation(height)
    slope = np.gradient(sigma_w**2, height)
    life_w = 2.0 * sigma_w**2 / (filaments.lagrangian * dissipation)
    small = np.full(_LEVELS, weather.sigma_small)
    life_h = 2.0 * small**2 / (filaments.lagrangian * dissipation)
    columns = (weather.speed_at(height), sigma_w, slope, life_w, life_h, small, np.cbrt(dissipation))
    return Air(np.ascontiguousarray(np.stack(columns, axis=1)), weather.lid_m, filaments.size_m, filaments.growth)


def warm_up_s(weather: Weather, reach_m: float) -> float:
    """Return how long before the first reading gas must have been released to fill a circle of radius `reach_m`."""
    slow = max(float(weather.speed_at(np.array(2.0))) - 0.5 * weather.sigma_meander, 0.8)
    return math.ceil(min(2.0 * reach_m / slow, 900.0))


def _places(receptors: Receptors) -> FloatArray:
    """Return the receptors as `_Looking` wants them."""
    beam = (receptors.beam_east, receptors.beam_north, receptors.beam_up)
    middle = (receptors.easting + 0.5 * beam[0], receptors.northing + 0.5 * beam[1])
    half = 0.5 * np.hypot(beam[0], beam[1])
    place = (receptors.easting, receptors.northing, receptors.up)
    return np.ascontiguousarray(np.stack((*place, *beam, *middle, half), axis=-1))


def _edge(receptors: Receptors, sources: tuple[TrueSource, ...]) -> float:
    """Return the distance from the origin beyond which a filament no longer matters [m]."""
    near = np.hypot(receptors.easting, receptors.northing)
    far = np.hypot(receptors.easting + receptors.beam_east, receptors.northing + receptors.beam_north)
    own = [math.hypot(source.easting_m, source.northing_m) for source in sources]
    return float(max(near.max(), far.max(), *own)) + 20.0


def _world(sources: tuple[TrueSource, ...], series: WindSeries, receptors: Receptors, filaments: Filaments) -> _World:
    """Return all that filaments meet, as plain arrays."""
    return _World(
        air_of(series.weather, filaments),
        _Blowing(
            series.toward_east,
            series.toward_north,
            series.eddy_east,
            series.eddy_north,
            round(-series.start_s / series.tick_s),
            series.tick_s,
        ),
        _Looking(_places(receptors), _edge(receptors, sources)),
    )


def _lets_go(source: TrueSource, time_s: FloatArray) -> BoolArray:
    """Return at which times a source lets go."""
    if source.spans is None:
        return np.ones(time_s.size, dtype=np.bool_)
    within = np.zeros(time_s.size, dtype=np.bool_)
    for first, last in source.spans:
        within |= (time_s >= first) & (time_s < last)
    return within


def concentration(
    rng: np.random.Generator,
    sources: tuple[TrueSource, ...],
    series: WindSeries,
    receptors: Receptors,
    filaments: Filaments | None = None,
) -> FloatArray:
    """Return what each source brings to each receptor.

    Parameters
    ----------
    rng
        Decides every filament's way; a source's filaments do not depend on the rates.
    sources
        In the receptors' local frame.
    series
        The wind from before the first tick (see `warm_up_s`) to after the last one.
    receptors
        Points or beams.
    filaments
        How gas is cut.

    Returns
    -------
    FloatArray
        Shape (source, receptor, tick). [kg m-3]
    """
    filaments = filaments or Filaments()
    out = np.zeros((len(sources), receptors.easting.shape[0], receptors.ticks))
    if not sources:
        return out
    world = _world(sources, series, receptors, filaments)
    count = int((world.wind.zero + receptors.ticks - 1) * series.tick_s * filaments.per_second)
    for number, source in enumerate(sources):
        times = (np.arange(count) + rng.uniform(0.0, 1.0, count)) / filaments.per_second
        times = times[_lets_go(source, times + series.start_s)]
        _release(rng, np.array([source.easting_m, source.northing_m, source.height_m]), times, world, out[number])
        out[number] *= source.rate_kg_h / 3600.0 / filaments.per_second
    return out
