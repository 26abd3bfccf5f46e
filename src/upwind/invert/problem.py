"""From readings to the sampler's fixed arrays, and what was fitted to releases."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.dispersion.spread import nodes_to, spread_table
from upwind.invert.air import ambient_of_each, is_series, noise_of_each, weight_of_each
from upwind.invert.fluctuation import fluctuation_table
from upwind.invert.layout import Problem
from upwind.invert.observations import Observations
from upwind.invert.stations import Stations, air_of, ambient_of, is_network, no_stations, noise_of, stations_of
from upwind.invert.surfaces import case_prior, cases_of, height_factor, surfaces_of
from upwind.invert.winds import gaps, turn_nodes, ways

__all__ = ["Tuning", "build"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What was fitted to releases (see the model card).

    Attributes
    ----------
    correlation_s
        Readings of a moving sensor that are closer than this share one piece of knowledge about the plume.
    snapshot
        Readings of one moment inside the plume are worth no more than so many independent ones.
    slow_rate, network_rate, fast_rate
        Powers of the likelihood, for model error that no nuisance stands for: of samplers, of sensors that share their
        air, of platforms that move.
    slow_times
        Readings of one place share the model's error, up to so many.
    network_worth
        Readings of a network are worth no more than so many together.
    fast_spread, fast_spread_sd
        Prior of the log factor on sigma_y for a platform that moves, which sees a plume of a moment.
    log_more, fast_log_more
        Log of the prior's ratio between one source more and none more; the second where something moves.
    turn_sd, fast_turn_sd
        Error of the wind's direction, the second where something moves. [rad]
    turn_memory_s, drift_nodes_s
        Between the nodes in time of that error and of the ambient, where something moves.
    """

    correlation_s: float = 2.5
    snapshot: float = 12.0
    slow_rate: float = 0.8
    slow_times: float = 2.4
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


#: Factors tried on the time over which the wind that brought the gas is averaged: none, as it travels, the whole
#: flight.
_AGEING = (0.0, 0.5, 1.0, 2.0, 1e6)
#: Readings shorter than this see gusts of the plume; longer ones their mean. [s]
_INSTANT_S = 30.0


class _Air(TypedDict):
    """What of a problem tells of noise, ambient and weight."""

    noise: FloatArray
    weight: FloatArray
    basis_at: IntArray
    basis: FloatArray
    ambient_mean: FloatArray
    ambient_precision: FloatArray
    ambient_expected: FloatArray
    log_noise: FloatArray
    reach: float
    stations: Stations
    sensors: int
    hours: int


class _Wind(TypedDict):
    """What of a problem tells of the wind."""

    toward: FloatArray
    ageing: FloatArray
    speed: FloatArray
    turn_at: IntArray
    turn_part: FloatArray
    turn_precision: FloatArray
    turn_root: FloatArray
    gap: FloatArray


class _Spread(TypedDict):
    """What of a problem tells how plumes spread."""

    height_factor: FloatArray
    surface: IntArray
    tables: FloatArray
    widening: FloatArray
    case_log_prior: FloatArray


class _Prior(TypedDict):
    """What of a problem tells of its other priors."""

    log_number: FloatArray
    learning_rate: float
    spread_mean: float
    spread_sd: float
    shape_mean: float
    shape_sd: float
    noise_sd: float
    rate_mean: float
    rate_sd: float


def build(observations: Observations, box: FloatArray, most_sources: int, tuning: Tuning) -> Problem:
    """Return the fixed arrays of the posterior.

    Parameters
    ----------
    observations
        The readings.
    box
        Where sources may be: west, east, south, north. [m]
    most_sources
        No more than so many.
    tuning
        What was fitted to releases.
    """
    o = observations
    return Problem(
        start=o.start,
        end=o.end,
        beam=(o.beam > 0.0) & (o.start != o.end).any(axis=1),
        unit=o.unit / 3600.0,
        y=np.ascontiguousarray(o.values),
        fluctuation=fluctuation_table(),
        box=box,
        pivot=_pivot(o),
        **_wind(o, tuning),
        **_spread(o, box),
        **_air(o, tuning),
        **_prior(o, most_sources, tuning),
    )


def _wind(o: Observations, tuning: Tuning) -> _Wind:
    turn_sd = tuning.fast_turn_sd if o.moves else tuning.turn_sd
    turn_at, turn_part, turn_precision = turn_nodes(o, turn_sd, tuning.turn_memory_s)
    toward, speed = ways(o)
    return _Wind(
        toward=toward,
        ageing=np.array(_AGEING) if o.moves else np.zeros(1),
        speed=speed,
        turn_at=turn_at,
        turn_part=turn_part,
        turn_precision=turn_precision,
        turn_root=np.linalg.cholesky(np.linalg.inv(turn_precision)),
        gap=gaps(o),
    )


def _spread(o: Observations, box: FloatArray) -> _Spread:
    surface, surfaces, widening = surfaces_of(o)
    cases = cases_of(o, surfaces)
    rows = nodes_to(1.5 * math.hypot(box[1] - box[0], box[3] - box[2]) + 200.0)
    tables = np.stack([np.stack([spread_table(f, s, rows) for s in of]) for f, _, of in cases])
    return _Spread(
        height_factor=np.stack([height_factor(o, surface, case) for case in cases]),
        surface=surface,
        tables=np.ascontiguousarray(tables),
        widening=widening,
        case_log_prior=case_prior(o, cases),
    )


def _air(o: Observations, tuning: Tuning) -> _Air:
    network = is_network(o)
    noise, (basis_at, basis, mean, precision) = _together(o) if network else _each(o, tuning)
    weight = weight_of_each(o, tuning.correlation_s, tuning.snapshot)
    stations = stations_of(o) if network else no_stations()
    return _Air(
        noise=noise,
        weight=weight,
        basis_at=basis_at,
        basis=basis,
        ambient_mean=mean,
        ambient_precision=precision,
        ambient_expected=np.einsum("rc,rc->r", basis, mean[basis_at]),
        log_noise=np.array([weight.sum(), (weight * np.log(noise)).sum()]),
        reach=float(np.ptp(o.values)) + float(noise.max()),
        stations=stations,
        sensors=len(o.sensors) if network else 0,
        hours=int(stations.hour.max()) + 1 if network else 0,
    )


_Ambient = tuple[IntArray, FloatArray, FloatArray, FloatArray]


def _together(o: Observations) -> tuple[FloatArray, _Ambient]:
    """Return noise and ambient of sensors that stand still and show together the air they share."""
    shown = air_of(o)
    noise = noise_of(o, *shown)
    return noise, ambient_of(o, noise, shown)


def _each(o: Observations, tuning: Tuning) -> tuple[FloatArray, _Ambient]:
    """Return noise and ambient of readings that each stand for themselves."""
    noise = noise_of_each(o)
    return noise, ambient_of_each(o, noise, tuning.drift_nodes_s)


def _prior(o: Observations, most_sources: int, tuning: Tuning) -> _Prior:
    instantaneous = float(np.median(o.span)) < _INSTANT_S
    return _Prior(
        log_number=_log_number(most_sources, tuning.fast_log_more if o.moves else tuning.log_more),
        learning_rate=_learning_rate(o, tuning),
        spread_mean=tuning.fast_spread if o.moves else 0.0,
        spread_sd=tuning.fast_spread_sd if o.moves else 0.45,
        shape_mean=math.log(0.8) if instantaneous else math.log(5.0),
        shape_sd=0.5 if instantaneous else 0.7,
        noise_sd=0.3 if is_series(o) else 0.5,
        rate_mean=math.log(1.0),
        rate_sd=3.0,
    )


def _log_number(most: int, log_more: float) -> FloatArray:
    """Return the log prior of 0, 1, ... sources: each more is `log_more` likelier than one fewer."""
    log = log_more * np.arange(most + 1)
    return np.asarray(log - np.log(np.exp(log).sum()))


def _learning_rate(o: Observations, tuning: Tuning) -> float:
    """Return the power of the likelihood; the more readings of a network there are, the more they share its faults."""
    if o.moves:
        return tuning.fast_rate
    if is_network(o):
        return min(tuning.network_rate, tuning.network_worth / len(o.time))
    # The plume model errs alike each time that it is compared at one place.
    times = len(o.time) / len(np.unique(np.round(o.start), axis=0))
    return float(tuning.slow_rate / min(times, tuning.slow_times))


def _pivot(o: Observations) -> FloatArray:
    """Return the middle of the signal: of the readings, weighted by how far they stand above the lowest tenth."""
    above = np.maximum(o.values[0] - np.quantile(o.values[0], 0.1), 0.0) + 1e-12
    return np.asarray(np.average(0.5 * (o.start + o.end)[:, :2], axis=0, weights=above))
