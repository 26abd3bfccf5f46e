"""From readings to the sampler's fixed arrays: wind, spread tables, ambient, noise, weights and priors."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.dispersion.spread import STANDARD_HEIGHT_M, Family, Surface, nodes_to, spread_table
from upwind.dispersion.stability import friction_ratio, obukhov_of_class
from upwind.invert.fluctuation import fluctuation_table
from upwind.invert.observations import Observations
from upwind.invert.stations import air_of, ambient_of, is_network, no_stations, noise_of, stations_of
from upwind.invert.target import YOUNGEST_S, Problem

__all__ = ["Tuning", "build"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What was fitted to releases (see the model card).

    `correlation_s`, `correlation_m`: readings closer than this share one piece of knowledge about the plume.
    `snapshot`: readings of one moment inside the plume are worth no more than so many independent ones.
    `slow_rate`, `network_rate`, `fast_rate` temper the likelihood for model error that no nuisance stands for;
    readings of a network are worth no more than `network_worth` together.
    """

    correlation_s: float = 2.5
    snapshot: float = 12.0
    slow_rate: float = 0.8
    network_rate: float = 0.2
    network_worth: float = 150.0
    fast_rate: float = 0.6
    fast_spread: float = -0.2
    fast_spread_sd: float = 0.6
    log_more: float = -0.7
    fast_log_more: float = 0.5
    turn_sd: float = math.radians(7.0)
    fast_turn_sd: float = math.radians(10.0)
    turn_memory_s: float = 60.0
    drift_nodes_s: float = 120.0


#: Heights tried where nobody said how high the wind was measured: masts', and on board (inf: each reading's own). [m]
_WIND_HEIGHTS_M = (2.5, 5.0, 10.0)
_ON_BOARD = (math.inf, 2.5, 10.0)
_LOWEST_WIND = 0.4
_PIECE_M, _MOST_PIECES = 5.0, 30
#: The plume's speed is that of the wind over this time. [s]
_SPEED_OVER_S = 60.0
#: Factors tried on the time over which the wind that brought the gas is averaged: none, as it travels, the whole flight.
_AGEING = (0.0, 0.5, 1.0, 2.0, 1e6)
_ROUGHNESS: dict[Family, float] = {"similarity": 0.03, "rural": 0.03, "urban": 0.5}
_SURFACES = 6
_UNMEASURED = {"similarity": 0.4, "rural": 0.4, "urban": 0.2}


def build(observations: Observations, box: FloatArray, most_sources: int, tuning: Tuning) -> Problem:
    """Return the fixed arrays of the posterior."""
    o = observations
    fast = bool((o.moving > 0.5).any())
    surface, surfaces, widening = _surfaces(o)
    cases = _cases(o, surfaces)
    rows = nodes_to(1.5 * math.hypot(box[1] - box[0], box[3] - box[2]) + 200.0)
    tables = np.stack([np.stack([spread_table(f, s, rows) for s in of]) for f, _, of in cases])
    network = is_network(o)
    stations = stations_of(o) if network else no_stations()
    noise, ambient = _network(o) if network else _single(o, fast, tuning)
    basis_at, basis, ambient_mean, ambient_precision = ambient
    turn_at, turn_part, turn_precision = _turn(o, fast, tuning)
    toward, speed = _winds(o, fast)
    settled = _weights(o, tuning)
    instantaneous = float(np.median(o.span)) < 30.0
    return Problem(
        start=o.start,
        end=o.end,
        pieces=_pieces(o),
        toward=toward,
        ageing=np.array(_AGEING) if fast else np.zeros(1),
        speed=speed,
        height_factor=np.stack([_height_factor(o, surface, of, height) for _, height, of in cases]),
        surface=surface,
        tables=np.ascontiguousarray(tables),
        widening=widening,
        unit=o.unit / 3600.0,
        y=np.ascontiguousarray(o.values),
        noise=noise,
        weight=settled,
        basis_at=basis_at,
        basis=basis,
        ambient_mean=ambient_mean,
        ambient_precision=ambient_precision,
        ambient_expected=np.einsum("rc,rc->r", basis, ambient_mean[basis_at]),
        log_noise=np.array([settled.sum(), (settled * np.log(noise)).sum()]),
        turn_at=turn_at,
        turn_part=turn_part,
        turn_precision=turn_precision,
        turn_root=np.linalg.cholesky(np.linalg.inv(turn_precision)),
        gap=_gaps(o),
        fluctuation=fluctuation_table(),
        box=box,
        pivot=_pivot(o),
        log_number=_log_number(most_sources, tuning.fast_log_more if fast else tuning.log_more),
        case_log_prior=_case_prior(o, [family for family, _, _ in cases]),
        learning_rate=_learning_rate(o, tuning),
        reach=float(np.ptp(o.values)) + float(noise.max()),
        spread_mean=tuning.fast_spread if fast else 0.0,
        spread_sd=tuning.fast_spread_sd if fast else 0.45,
        shape_mean=math.log(0.8) if instantaneous else math.log(5.0),
        shape_sd=0.5 if instantaneous else 0.7,
        noise_sd=0.3 if _is_series(o) else 0.5,
        rate_mean=math.log(1.0),
        rate_sd=3.0,
        stations=stations,
        sensors=len(o.sensors) if network else 0,
        hours=int(stations.hour.max()) + 1 if network else 0,
    )


def _pieces(o: Observations) -> IntArray:
    """Return into how many pieces each beam is cut: near a source a plume changes within metres."""
    length = np.hypot(*(o.end - o.start).T[:2])
    return np.where(o.beam > 0, np.clip(length / _PIECE_M, 2, _MOST_PIECES), 1).astype(np.int64)


def _learning_rate(o: Observations, tuning: Tuning) -> float:
    """Return the power of the likelihood; readings of a network share the model's faults, more so the more there are."""
    if (o.moving > 0).any():
        return tuning.fast_rate
    if is_network(o):
        return min(tuning.network_rate, tuning.network_worth / len(o.time))
    return tuning.slow_rate


_Ambient = tuple[IntArray, FloatArray, FloatArray, FloatArray]


def _network(o: Observations) -> tuple[FloatArray, _Ambient]:
    """Return noise and ambient of sensors that stand still and show together the air they share."""
    shown = air_of(o)
    noise = noise_of(o, *shown)
    return noise, ambient_of(o, noise, shown)


def _single(o: Observations, fast: bool, tuning: Tuning) -> tuple[FloatArray, _Ambient]:
    """Return noise and ambient of readings that each stand for themselves."""
    noise = _noise(o)
    return noise, _ambient(o, noise, fast, tuning)


def _pivot(o: Observations) -> FloatArray:
    """Return the middle of the signal: of the readings, weighted by how far they stand above the lowest tenth."""
    above = np.maximum(o.values[0] - np.quantile(o.values[0], 0.1), 0.0) + 1e-12
    return np.average(0.5 * (o.start + o.end)[:, :2], axis=0, weights=above)


def _is_series(o: Observations) -> bool:
    """Tell whether sensors read often enough for noise and ambient to show by themselves."""
    return len(o.time) > 8 * len(o.sensors)


def _log_number(most: int, log_more: float) -> FloatArray:
    log = log_more * np.arange(most + 1)
    return log - np.log(np.exp(log).sum())


def _surfaces(o: Observations) -> tuple[IntArray, list[Surface | None], FloatArray]:
    """Return which surface each reading is over, the surfaces (None: stability unknown), factors on sigma_y."""
    count = len(o.time)
    length = o.weather["obukhov_length"]
    if not np.isfinite(length).any():
        return np.zeros(count, dtype=np.int64), [None], np.ones(count)
    inverse = np.where(np.isfinite(length) & (length != 0), 1.0 / np.where(length == 0, 1.0, length), np.nan)
    inverse = np.where(np.isnan(inverse), np.nanmedian(inverse), inverse)
    edges = np.unique(np.quantile(inverse, np.linspace(0, 1, _SURFACES + 1))[1:-1])
    surface = np.searchsorted(edges, inverse, side="right").astype(np.int64)
    _, surface = np.unique(surface, return_inverse=True)
    theta = np.radians(o.weather["sigma_wind_direction"])
    roughness = _roughness(o, inverse)
    surfaces: list[Surface | None] = []
    widening = np.ones(count)
    for number in range(surface.max() + 1):
        at = surface == number
        known = theta[at][np.isfinite(theta[at])]
        sigma = float(np.median(known)) if len(known) else math.nan
        if len(known):
            widening[at] = np.clip(np.where(np.isfinite(theta[at]), theta[at], sigma) / max(sigma, 1e-3), 0.3, 3.0)
        surfaces.append(
            Surface(inverse_obukhov=float(np.median(inverse[at])), roughness_m=roughness, sigma_theta=sigma)
        )
    return surface.astype(np.int64), surfaces, widening


def _roughness(o: Observations, inverse: FloatArray) -> float:
    """Return z0 [m] from the measured ratio of wind to friction velocity, NaN where it was not measured."""
    ratio = o.weather["wind_speed"] / o.weather["friction_velocity"]
    usable = np.isfinite(ratio) & np.isfinite(o.weather["wind_height"])
    if not usable.any():
        return math.nan
    want = float(np.median(ratio[usable]))
    height = float(np.median(o.weather["wind_height"][usable]))
    grid = np.geomspace(1e-4, 2.0, 60)
    have = np.array([friction_ratio(height, z0, float(np.median(inverse))) for z0 in grid])
    return float(grid[np.abs(have - want).argmin()])


def _cases(o: Observations, surfaces: list[Surface | None]) -> list[tuple[Family, float, list[Surface]]]:
    """Return the spread cases: a family, the wind's height where unknown, and its surfaces."""
    unsaid = _ON_BOARD if (o.moving > 0.5).any() else _WIND_HEIGHTS_M
    heights = (math.nan,) if np.isfinite(o.weather["wind_height"]).all() else unsaid
    families: tuple[Family, ...] = ("similarity", "rural", "urban")
    cases: list[tuple[Family, float, list[Surface]]] = []
    for family, height in itertools.product(families, heights):
        if None not in surfaces:
            known = [s for s in surfaces if s is not None]
            cases.append((family, height, [_complete(o, s, family, height) for s in known]))
            continue
        for pasquill in (1, 2, 3, 4) if family != "urban" else (2, 3, 4):
            surface = Surface(inverse_obukhov=obukhov_of_class(pasquill), roughness_m=math.nan)
            cases.append((family, height, [_complete(o, surface, family, height)]))
    return cases


def _case_prior(o: Observations, families: list[Family]) -> FloatArray:
    """Return the log prior of each case: similarity theory is trusted more where turbulence was measured."""
    measured = bool(np.isfinite(o.weather["friction_velocity"]).any() or np.isfinite(o.weather["obukhov_length"]).any())
    weight = {"similarity": 0.8, "rural": 0.1, "urban": 0.1} if measured else dict(_UNMEASURED)
    prior = np.array([weight[family] / families.count(family) for family in families])
    return np.log(prior / prior.sum())


def _complete(o: Observations, surface: Surface, family: Family, height: float) -> Surface:
    """Return the surface with its roughness settled: measured, from u* at the assumed height, or the family's."""
    roughness = surface.roughness_m
    if math.isnan(roughness):
        ratio = o.weather["wind_speed"] / o.weather["friction_velocity"]
        if np.isfinite(ratio).any() and math.isfinite(height):
            want = float(np.nanmedian(ratio))
            grid = np.geomspace(1e-4, 2.0, 60)
            have = np.array([friction_ratio(height, z0, surface.inverse_obukhov) for z0 in grid])
            roughness = float(grid[np.abs(have - want).argmin()])
        else:
            roughness = _ROUGHNESS[family]
    return Surface(
        inverse_obukhov=surface.inverse_obukhov, roughness_m=roughness, sigma_theta=surface.sigma_theta
    )


def _height_factor(o: Observations, surface: IntArray, surfaces: list[Surface], assumed: float) -> FloatArray:
    """Return the wind at the standard height over the wind as measured, (reading,)."""
    unsaid = o.start[:, 2] if math.isinf(assumed) else np.full(len(surface), assumed)
    height = np.where(np.isfinite(o.weather["wind_height"]), o.weather["wind_height"], unsaid)
    rounded = np.round(np.clip(height, 0.5, 200.0) * 2.0) / 2.0
    factor = np.empty(len(height))
    for number, of in enumerate(surfaces):
        standard = friction_ratio(STANDARD_HEIGHT_M, of.roughness_m, of.inverse_obukhov)
        for value in np.unique(rounded[surface == number]):
            at = (surface == number) & (rounded == value)
            factor[at] = standard / friction_ratio(float(value), of.roughness_m, of.inverse_obukhov)
    return factor


def _noise(o: Observations) -> FloatArray:
    """Return the noise of each reading: from differences between successive readings, or from their range."""
    values = o.values[0]
    noise = np.empty(len(values))
    usual = 0.004 * float(np.ptp(values)) + 1e-12
    for number in range(len(o.sensors)):
        at = np.flatnonzero(o.sensor == number)
        if len(at) < 8:
            noise[at] = usual
            continue
        steps = np.abs(np.diff(values[at]))
        quiet = np.quantile(steps, 0.35) / 0.454 / math.sqrt(2.0)
        positive = steps[steps > 0]
        quantum = 0.3 * float(positive.min()) if len(positive) else usual
        noise[at] = max(quiet, quantum, 1e-9)
    return noise


def _ambient(
    o: Observations, noise: FloatArray, fast: bool, tuning: Tuning
) -> _Ambient:
    """Return the ambient's basis and prior: a common random walk, and an offset for each sensor with enough to say."""
    values = o.values[0]
    span = float(np.ptp(o.time))
    spacing = tuning.drift_nodes_s if fast else max(1800.0, span / 30.0)
    nodes = max(1, min(int(span / spacing) + 1, 32))
    at = np.linspace(o.time[0], o.time[-1] + 1e-6, nodes) if nodes > 1 else o.time[:1]
    place = np.clip(np.searchsorted(at, o.time, side="right") - 1, 0, max(nodes - 2, 0))
    part = (o.time - at[place]) / (at[place + 1] - at[place]) if nodes > 1 else np.zeros(len(values))
    many = [n for n in range(len(o.sensors)) if (o.sensor == n).sum() >= 8] if len(o.sensors) > 1 else []
    column = {n: nodes + i for i, n in enumerate(many)}
    size = nodes + len(many)
    basis_at = np.column_stack([place, np.minimum(place + 1, nodes - 1), [column.get(int(s), 0) for s in o.sensor]])
    offset = np.array([float(int(s) in column) for s in o.sensor])
    basis = np.column_stack([1.0 - part, part, offset])
    low = float(np.quantile(values, 0.2 if _is_series(o) else 0.03))
    middle = {n: float(np.quantile(values[o.sensor == n], 0.25)) for n in many}
    level = float(np.median(list(middle.values()))) if many else low
    mean = np.concatenate([np.full(nodes, level), [middle[n] - level for n in many]])
    scale = float(np.median(noise))
    lows = _lows(values - np.array([middle.get(int(s), level) for s in o.sensor]), place, nodes)
    drift = max(1.5 * scale, 1.2 * float(np.median(np.abs(np.diff(lows)))) if len(lows) > 2 else 0.0)
    wide = max(5.0 * scale, float(np.quantile(values, 0.5) - np.quantile(values, 0.02))) if many or fast else 3.0 * scale
    precision = np.zeros((size, size))
    for node in range(nodes - 1):
        precision[node : node + 2, node : node + 2] += np.array([[1.0, -1.0], [-1.0, 1.0]]) / drift**2
    precision[0, 0] += 1.0 / wide**2
    for n in many:
        precision[column[n], column[n]] += 1.0 / (wide + scale) ** 2
    return basis_at.astype(np.int64), basis, mean, precision


def _lows(values: FloatArray, place: IntArray, nodes: int) -> FloatArray:
    return np.array([np.quantile(values[place == n], 0.25) for n in range(nodes) if (place == n).sum() >= 4])


def _turn(o: Observations, fast: bool, tuning: Tuning) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return nodes in time for the wind direction's error, and the precision of an AR(1) process on them."""
    count = len(o.time)
    span = float(np.ptp(o.time))
    nodes = int(np.clip(span / tuning.turn_memory_s + 1, 1, 14)) if fast else 1
    if nodes == 1:
        turn_sd = tuning.fast_turn_sd if fast else tuning.turn_sd
        return np.zeros(count, dtype=np.int64), np.zeros(count), np.array([[turn_sd**-2]])
    at = np.linspace(o.time[0], o.time[-1] + 1e-6, nodes)
    place = np.clip(np.searchsorted(at, o.time, side="right") - 1, 0, nodes - 2)
    part = (o.time - at[place]) / (at[1] - at[0])
    lag = np.abs(np.subtract.outer(at, at))
    covariance = tuning.fast_turn_sd**2 * (0.7 * np.exp(-lag / tuning.turn_memory_s) + 0.3)
    return place.astype(np.int64), part, np.linalg.inv(covariance)


def _winds(o: Observations, fast: bool) -> tuple[FloatArray, FloatArray]:
    """Return unit vectors (age, r, 2) along the mean wind over the times before each reading, and speeds (r,)."""
    radians = np.radians(o.weather["wind_from"])
    speed = np.maximum(o.weather["wind_speed"], 1e-3)
    wind = np.column_stack([-speed * np.sin(radians), -speed * np.cos(radians)])
    ages = [0.0, *(YOUNGEST_S * 2.0 ** np.arange(8))] if fast else [0.0]
    means = [_before(o.time, wind, age) for age in ages]
    if fast:
        means[-1] = np.broadcast_to(wind.mean(axis=0), wind.shape)
        speed = _before(o.time, speed[:, None], _SPEED_OVER_S)[:, 0]
    size = [np.maximum(np.hypot(*mean.T), 1e-9)[:, None] for mean in means]
    return np.stack([m / s for m, s in zip(means, size, strict=True)]), np.maximum(speed, _LOWEST_WIND)


def _before(time: FloatArray, values: FloatArray, seconds: float) -> FloatArray:
    """Return the mean of columns over the `seconds` before each time."""
    if seconds == 0.0:
        return values
    total = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    first = np.searchsorted(time, time - seconds)
    last = np.arange(len(time)) + 1
    mean: FloatArray = (total[last] - total[first]) / (last - first)[:, None]
    return mean


def _gaps(o: Observations) -> FloatArray:
    """Return the time since the reading before of the same moving sensor [s]; inf where there is none."""
    gap = np.full(len(o.time), math.inf)
    same = (np.diff(o.sensor) == 0) & (o.moving[1:] > 0.5)
    gap[1:][same] = np.diff(o.time)[same]
    return gap


def _weights(o: Observations, tuning: Tuning) -> FloatArray:
    """Return the share of an independent reading that each reading is."""
    weight = np.ones(len(o.time))
    for number in range(len(o.sensors)):
        at = np.flatnonzero(o.sensor == number)
        if len(at) > 2 and o.moving[at[0]] > 0.5:
            weight[at] = np.clip(np.gradient(o.time[at]), 0.1, tuning.correlation_s) / tuning.correlation_s
    return weight * _snapshot_share(o, tuning)


def _snapshot_share(o: Observations, tuning: Tuning) -> FloatArray:
    """Return the share left to readings of one moment: they see one plume, with one error of height, width and way."""
    values = o.values[0]
    above = values - np.quantile(values, 0.1) > 0.02 * np.ptp(values)
    _, moment = np.unique(np.round(o.time / 30.0), return_inverse=True)
    inside = np.bincount(moment, above)
    return np.minimum(1.0, tuning.snapshot / np.maximum(inside, 1.0))[moment]
