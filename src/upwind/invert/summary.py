"""From draws of the posterior to what is said of them: how many sources, which, where, how much."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.invert.layout import (
    DELAY,
    HEADER,
    NOISE,
    NUMBER,
    PER_SOURCE,
    SHAPE,
    SMOOTHING,
    SPREAD_Y,
    SPREAD_Z,
    Problem,
    scratch_for,
)
from upwind.invert.moves import respond_all
from upwind.invert.observations import Observations
from upwind.invert.regions import density_of, region
from upwind.invert.smc import Population
from upwind.invert.target import log_likelihood, slow_down
from upwind.records import Estimate, Fit, Posterior, Source

__all__ = ["Draws", "draws_of", "fit_of", "number_probabilities", "posterior_of", "sources_of"]

LEVEL = 0.9
#: A source is reported when it is as likely as not.
_LIKELY = 0.5
#: More ways to match sources than this are not all tried.
_MOST_OPTIONS = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Draws with their sources matched: `place` (draw, source, 4) NaN where absent; `matched` (draw, slot) or -1."""

    number: IntArray
    place: FloatArray
    matched: IntArray
    slots: FloatArray


def number_probabilities(number: IntArray, most: int) -> tuple[tuple[int, float], ...]:
    """Return how probable each number of sources is."""
    share = np.bincount(number, minlength=most + 1) / len(number)
    return tuple((n, float(p)) for n, p in enumerate(share))


def draws_of(population: Population, problem: Problem) -> Draws:
    """Return the draws, each source matched to one of as many reported ones as at least half of the draws hold."""
    states = population.states
    nodes = len(problem.turn_precision)
    most = len(problem.log_number) - 1
    number = states[:, NUMBER].astype(np.int64)
    first = HEADER + nodes
    slots = states[:, first : first + most * PER_SOURCE].reshape(len(states), most, PER_SOURCE).copy()
    slots[np.arange(most)[None, :] >= number[:, None]] = np.nan
    reported = max((n for n in range(1, most + 1) if (number >= n).mean() >= _LIKELY), default=0)
    matched = np.full((len(states), most), -1, dtype=np.int64)
    place = np.full((len(states), reported, PER_SOURCE), np.nan)
    if reported:
        centre = _first_centre(slots, number, reported)
        for _ in range(8):
            matched = _match(slots, number, centre)
            for source in range(reported):
                at = np.argwhere(matched == source)
                place[:, source] = np.nan
                place[at[:, 0], source] = slots[at[:, 0], at[:, 1]]
            centre = np.nanmedian(place[:, :, :2], axis=0)
        place, matched = _most_probable_first(place, matched)
    return Draws(number=number, place=place, matched=matched, slots=slots)


def _most_probable_first(place: FloatArray, matched: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the sources in the order in which they are reported, and which of them each slot stands for."""
    order = np.argsort(-np.isfinite(place[:, :, 0]).mean(axis=0), kind="stable")
    rank = np.append(np.argsort(order), -1)
    return place[:, order], rank[matched].astype(np.int64)


def _first_centre(slots: FloatArray, number: IntArray, reported: int) -> FloatArray:
    """Return the positions of the draw that lies nearest to the others of its number."""
    some = slots[number == reported][:, :reported, :2]
    if len(some) == 0:
        some = slots[number >= reported][:, :reported, :2]
    some = some[np.linspace(0, len(some) - 1, min(len(some), 60)).astype(int)]
    best: FloatArray = some[0]
    least = np.inf
    for candidate in some:
        away = np.hypot(*np.moveaxis(some[:, :, None] - candidate[None, None], -1, 0)).min(axis=1)
        cost = float(np.minimum(away, 100.0).sum())
        if cost < least:
            best, least = candidate, cost
    return best


def _match(slots: FloatArray, number: IntArray, centre: FloatArray) -> IntArray:
    """Return for each draw and slot the reported source it stands for, by least total (bounded) distance."""
    matched = np.full(slots.shape[:2], -1, dtype=np.int64)
    reported = len(centre)
    for count in np.unique(number):
        at = np.flatnonzero(number == count)
        if count == 0:
            continue
        away = np.hypot(*np.moveaxis(slots[at, :count, None, :2] - centre[None, None], -1, 0))
        away = np.minimum(away, 500.0)
        few, many = min(int(count), reported), max(int(count), reported)
        matched[at, :count] = _best(away) if math.perm(many, few) <= _MOST_OPTIONS else _nearest_first(away)
    return matched


def _best(away: FloatArray) -> IntArray:
    """Return which source each slot stands for (draw, slot) by least total of distances (draw, slot, source)."""
    count, reported = away.shape[1:]
    few, many = min(count, reported), max(count, reported)
    options = [
        tuple(zip(p, range(few), strict=True)) if count > reported else tuple(zip(range(few), p, strict=True))
        for p in itertools.permutations(range(many), few)
    ]
    cost = np.stack([sum(away[:, slot, source] for slot, source in option) for option in options])
    best = cost.argmin(axis=0)
    matched = np.full(away.shape[:2], -1, dtype=np.int64)
    for index, option in enumerate(options):
        chosen = np.flatnonzero(best == index)
        for slot, source in option:
            matched[chosen, slot] = source
    return matched


def _nearest_first(away: FloatArray) -> IntArray:
    """Return what `_best` does where the ways to match are too many to try: the nearest pair first, then the next."""
    draws, count, reported = away.shape
    left = away.copy()
    matched = np.full((draws, count), -1, dtype=np.int64)
    every = np.arange(draws)
    for _ in range(min(count, reported)):
        slot, source = np.divmod(left.reshape(draws, -1).argmin(axis=1), reported)
        matched[every, slot] = source
        left[every, slot, :] = np.inf
        left[every, :, source] = np.inf
    return matched


def sources_of(draws: Draws, observations: Observations, gas: str) -> tuple[Source, ...]:
    """Return the reported sources, most probable first; source i is the one that `matched` calls i."""
    sources = [_source(draws.place[:, s], observations, gas) for s in range(draws.place.shape[1])]
    return tuple(s for s in sources if s.probability >= _LIKELY)


def _source(place: FloatArray, observations: Observations, gas: str) -> Source:
    there = np.isfinite(place[:, 0])
    east, north, height, log_rate = place[there].T
    middle = np.median(east), np.median(north)
    longitude, latitude = observations.frame.to_geographic(np.array([middle[0]]), np.array([middle[1]]))
    density = density_of(east, north)
    known = observations.molar_mass is not None or observations.units == "mg/m3"
    return Source(
        gas=gas,
        probability=float(there.mean()),
        longitude=float(longitude[0]),
        latitude=float(latitude[0]),
        height=_estimate(height, "m"),
        emission_rate=_estimate(np.exp(log_rate), "kg/h") if known else None,
        why_no_rate="" if known else f"the molar mass of {gas} is not known",
        easting_90=_interval(east - middle[0]),
        northing_90=_interval(north - middle[1]),
        region_90=region(density, LEVEL, observations.frame),
        region_50=region(density, 0.5, observations.frame),
    )


def _interval(values: FloatArray) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _estimate(values: FloatArray, units: str) -> Estimate:
    low, high = _interval(values)
    return Estimate(median=float(np.median(values)), lower=low, upper=high, level=LEVEL, units=units)


def posterior_of(draws: Draws, population: Population, problem: Problem, observations: Observations) -> Posterior:
    """Return the draws as pictures and diagnosis need them."""
    draw, slot = np.nonzero(np.isfinite(draws.slots[:, :, 0]))
    at = draws.slots[draw, slot]
    longitude, latitude = observations.frame.to_geographic(at[:, 0], at[:, 1])
    states = population.states
    turn = states[:, HEADER : HEADER + len(problem.turn_precision)].mean(axis=1)
    return Posterior(
        draw=draw.astype(np.int64),
        source=draws.matched[draw, slot],
        longitude=longitude,
        latitude=latitude,
        height=at[:, 2],
        emission_rate=np.exp(at[:, 3]),
        nuisance={
            "spread_y": np.exp(states[:, SPREAD_Y]),
            "spread_z": np.exp(states[:, SPREAD_Z]),
            "noise": np.exp(states[:, NOISE]),
            "fluctuation_shape": np.exp(states[:, SHAPE]),
            "delay": observations.delays[states[:, DELAY].astype(int)],
            "smoothing": states[:, SMOOTHING],
            "wind_turn": np.degrees(turn),
        },
        trace=population.trace,
        effective_sample_size=population.effective,
    )


def fit_of(rng: np.random.Generator, population: Population, problem: Problem, observations: Observations) -> Fit:
    """Return the readings beside the posterior predictive, from 80 draws."""
    states = population.states
    chosen = states[np.linspace(0, len(states) - 1, min(len(states), 80)).astype(int)]
    room = scratch_for(problem, len(problem.log_number) - 1)
    predicted, ambients = [], []
    for state in chosen:
        respond_all(problem, state, room)
        room.total[:] = room.mean[: int(state[NUMBER])].sum(axis=0)
        room.spread[:] = room.share[: int(state[NUMBER])].sum(axis=0)
        slow_down(problem, state, room.total, room.spread)
        log_likelihood(problem, state, room.total, room.spread, room.ambient)
        level = np.einsum("rc,rc->r", problem.basis, room.ambient[problem.basis_at])
        shape = np.clip(np.exp(state[SHAPE]) * room.total**2 / np.maximum(room.spread, 1e-300), 0.04, 40.0)
        plume = rng.gamma(shape) * room.total / shape
        predicted.append(level + plume + rng.normal(0.0, problem.noise * np.exp(state[NOISE])))
        ambients.append(level)
    lower, median, upper = np.quantile(predicted, [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2], axis=0)
    middle = 0.5 * (observations.start + observations.end)
    longitude, latitude = observations.frame.to_geographic(middle[:, 0], middle[:, 1])
    delay = int(np.bincount(states[:, DELAY].astype(int)).argmax())
    return Fit(
        units=observations.units,
        time=observations.time,
        longitude=longitude,
        latitude=latitude,
        sensor=observations.sensor,
        sensors=observations.sensors,
        observed=observations.values[delay],
        ambient=np.median(ambients, axis=0),
        median=median,
        lower=lower,
        upper=upper,
        wind_speed=observations.weather["wind_speed"],
        wind_from=observations.weather["wind_from"],
        used=np.ones(len(median), dtype=bool),
    )
