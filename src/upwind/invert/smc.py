"""Waste-free sequential Monte Carlo from the birth map to the posterior.

At each step the next temper is the one that leaves half of the particles' weight effective; the survivors run short
chains whose every state is kept as a particle (Dau and Chopin 2022, doi 10.1111/rssb.12475). Chains run in threads:
the kernels release the interpreter's lock, and each chain has its own generator, so the answer does not depend on how
many threads there are. Which moves, and why this sampler: docs/adr/0002.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.invert.births import BirthMap, draw_source
from upwind.invert.layout import (
    CASE,
    DELAY,
    HEADER,
    NOISE,
    NUMBER,
    PER_SOURCE,
    RESPONSE,
    RESPONSE_MEAN,
    RESPONSE_SD,
    SHAPE,
    SMOOTHING,
    SPREAD_Y,
    SPREAD_Z,
    SPREAD_Z_SD,
    Problem,
    scratch_for,
)
from upwind.invert.moves import Tempering, evaluate_all, run_chain

__all__ = ["Effort", "Population", "sample", "systematic"]


#: So many draws are handed on.
_DRAWS = 2000
#: So many states of a step guide the next.
_KEPT = 600
#: At the end each number of sources keeps at least about this share of the population; "no source" has the other one
#: all along.
_SPARED, _NONE = 0.05, 0.05
#: Fewer readings than this cost little: there are more chains in proportion, up to so many times.
_ENOUGH, _MORE = 200, 3.0
#: Up to this temper chains of half the length do.
_WARM = 0.2
#: Share of the particles' weight that each step of the temper leaves effective.
_EFFECTIVE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to try: `chains` survivors a step, each `length` states long, and `last` states at the end."""

    chains: int = 40
    length: int = 40
    last: int = 400
    workers: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Equally weighted `states` of the posterior (particle, place).

    `trace` (step,) tells how the tempering went, `effective` how many of the states are independent.
    """

    states: FloatArray
    trace: dict[str, FloatArray]
    effective: float


def _start(rng: np.random.Generator, problem: Problem, births: BirthMap, count: int) -> FloatArray:
    most = len(problem.log_number) - 1
    nodes = len(problem.turn_precision)
    states = np.zeros((count, HEADER + nodes + PER_SOURCE * (most + 1)))
    states[:, NUMBER] = np.arange(count) % (most + 1)
    states[:, CASE] = rng.choice(len(problem.case_log_prior), count, p=np.exp(problem.case_log_prior))
    states[:, SMOOTHING] = rng.integers(0, len(problem.ageing), count)
    states[:, DELAY] = rng.integers(0, len(problem.y), count)
    states[:, SPREAD_Y] = rng.normal(problem.spread_mean, problem.spread_sd, count)
    states[:, SPREAD_Z] = rng.normal(0, SPREAD_Z_SD, count)
    states[:, NOISE] = rng.normal(0, problem.noise_sd, count)
    states[:, RESPONSE] = rng.normal(RESPONSE_MEAN, RESPONSE_SD, count)
    states[:, SHAPE] = rng.normal(problem.shape_mean, problem.shape_sd, count)
    covariance = np.linalg.inv(problem.turn_precision)
    states[:, HEADER : HEADER + nodes] = rng.standard_normal((count, nodes)) @ np.linalg.cholesky(covariance).T
    for state in states:
        for s in range(int(state[NUMBER])):
            place = HEADER + nodes + s * PER_SOURCE
            draw_source(rng, problem, births, state[place : place + PER_SOURCE])
    return states


def _temper_next(gain: FloatArray, now: float) -> float:
    """Return the temper at which half of the particles' weight is effective, by bisection."""

    def effective(to: float) -> float:
        weight = np.exp((to - now) * (gain - gain.max()))
        return float(weight.sum() ** 2 / (weight**2).sum())

    if effective(1.0) >= _EFFECTIVE * np.isfinite(gain).sum():
        return 1.0
    low, high = now, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle) >= _EFFECTIVE * np.isfinite(gain).sum() else (low, middle)
    return high


def sample(
    rng: np.random.Generator,
    problem: Problem,
    births: BirthMap,
    effort: Effort,
    progress: Callable[[float], None],
) -> Population:
    """Return draws of the posterior."""
    chains = round(effort.chains * min(max(_ENOUGH / len(problem.start), 1.0), _MORE))
    states = _start(rng, problem, births, chains * effort.length)
    logs = np.empty((len(states), 3))
    room = scratch_for(problem, len(problem.log_number) - 1)
    evaluate_all(problem, births, states, room, logs)
    archive, first = _archive(problem, states)
    tempering = Tempering(temper=0.0, bias=-np.asarray(problem.log_number), archive=archive, first=first)
    trace = []
    with ThreadPoolExecutor(effort.workers) as pool:
        while tempering.temper < 1.0:
            weight, tempering = _reweight(problem, states, logs, tempering)
            # At a low temper chains move freely and short ones do.
            length = effort.length if tempering.temper > _WARM else effort.length // 2
            length = effort.last if tempering.temper >= 1.0 else length
            jobs = [
                pool.submit(_chain, generator, (problem, births, tempering), (states[p], logs[p]), length)
                for generator, p in zip(rng.spawn(chains), systematic(rng, weight, chains), strict=True)
            ]
            done = [job.result() for job in jobs]
            states = np.concatenate([d[0] for d in done])
            logs = np.concatenate([d[1] for d in done])
            accepted = sum(d[2] for d in done) / (chains * (length - 1))
            trace.append((tempering.temper, accepted, states[:, NUMBER].mean(), logs[:, 2].mean()))
            progress(tempering.temper)
    names = ("temper", "accepted", "number", "log_likelihood")
    weight = _weights(states[:, NUMBER].astype(int), tempering.bias, np.sum([d[3] for d in done], axis=0))
    chosen = systematic(rng, weight / weight.sum(), _DRAWS)
    return Population(
        states=states[chosen],
        trace=dict(zip(names, np.array(trace).T, strict=True)),
        effective=_effective(states, logs, chains) * float(weight.mean() ** 2 / (weight**2).mean()),
    )


def _reweight(
    problem: Problem, states: FloatArray, logs: FloatArray, tempering: Tempering
) -> tuple[FloatArray, Tempering]:
    """Return the particles' weights at the next temper, and it with the bias that keeps every number of sources alive.

    Without the bias "no source" wins at small tempers, where a source fits badly wherever it is put, and the sources
    that fit well at the end are never met.
    """
    seen = np.isfinite(logs[:, 1])
    with np.errstate(invalid="ignore"):
        gain = np.where(seen, logs[:, 1] + problem.learning_rate * logs[:, 2] - logs[:, 0], -np.inf)
    number = states[:, NUMBER].astype(int)
    following = min((_temper_next(gain[number == n], tempering.temper) for n in np.unique(number[seen])), default=1.0)
    weight = np.exp((following - tempering.temper) * (gain - gain[seen].max()))
    share = np.bincount(number, weight, minlength=len(problem.log_number))
    alive = share > 0.0
    log_share = np.log(np.where(alive, share, 1.0))
    wanted = _wanted(np.where(alive, log_share - tempering.bias, -np.inf), following)
    change = np.where(alive, np.log(np.where(alive, wanted, 1.0)) - log_share, 0.0)
    weight = weight * np.exp(change[number])
    archive, first = _archive(problem, states[systematic(np.random.default_rng(0), weight / weight.sum(), _KEPT)])
    tempering = Tempering(temper=following, bias=tempering.bias + change, archive=archive, first=first)
    return weight / weight.sum(), tempering


def _wanted(log_belief: FloatArray, temper: float) -> FloatArray:
    """Return the shares of a population that numbers of sources should have, up to a factor.

    No source needs no search: the others share nearly all of the population, whatever "none" is worth.
    """
    some = log_belief[1:]
    if not np.isfinite(some).any():
        return np.ones(len(log_belief))
    belief = np.exp(some - some.max())
    wanted = np.where(np.isfinite(some), (belief / belief.sum() + _SPARED) ** temper**2, 0.0)
    return np.append(_NONE * wanted.sum(), wanted)


def _archive(problem: Problem, states: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return states by their number of sources, their sources from west to east, and where each number starts."""
    most = len(problem.log_number) - 1
    at = HEADER + len(problem.turn_precision)
    number = states[:, NUMBER].astype(int)
    kept = states[np.argsort(number, kind="stable")]
    for state in kept:
        here = state[at : at + int(state[NUMBER]) * PER_SOURCE].reshape(-1, PER_SOURCE)
        here[:] = here[np.argsort(here[:, 0])]
    return kept, np.searchsorted(np.sort(number), np.arange(most + 2)).astype(np.int64)


def _chain(
    rng: np.random.Generator,
    target: tuple[Problem, BirthMap, Tempering],
    start: tuple[FloatArray, FloatArray],
    length: int,
) -> tuple[FloatArray, FloatArray, int, FloatArray]:
    problem, births, tempering = target
    room = scratch_for(problem, len(problem.log_number) - 1)
    states = np.empty((length, len(start[0])))
    logs = np.empty((length, 3))
    states[0], logs[0] = start
    accepted = run_chain(rng, problem, (births, tempering), room, states, logs)
    return states, logs, accepted, room.flow


def _weights(number: IntArray, bias: FloatArray, flow: FloatArray) -> FloatArray:
    """Return the weight of each state that undoes the bias towards some numbers of sources.

    How often a number is met says little: chains seldom change it. But every proposal to change it has a chance, and
    the flow from n to n + 1 equals the flow back, so the chances' means tell how probable one is beside the other
    (transition-matrix Monte Carlo; Fitzgerald, Picard and Silver 1999, unverified). Where nothing was proposed, the
    bias has the last word.
    """
    count = np.bincount(number, minlength=len(bias)).astype(float)
    log_weight = -bias + np.log(np.maximum(count, 1e-300))
    for n in range(1, len(bias)):
        up, down = flow[n - 1, n] / max(flow[n - 1, n - 1], 1.0), flow[n, n - 1] / max(flow[n, n], 1.0)
        if up > 0.0 and down > 0.0:
            log_weight[n:] += log_weight[n - 1] + np.log(up / down) - log_weight[n]
    log_weight -= log_weight[count > 0].max()
    weight: FloatArray = np.exp(log_weight - np.log(np.maximum(count, 1.0)))[number]
    return weight


def _effective(states: FloatArray, logs: FloatArray, chains: int) -> float:
    """Return how many independent draws the last step's chains are worth, from how far their means lie apart."""
    watched = np.column_stack([logs[:, 2], states[:, [NUMBER, SPREAD_Y, SPREAD_Z, NOISE, HEADER]]])
    means = watched.reshape(chains, -1, watched.shape[1]).mean(axis=1)
    spread, between = watched.var(axis=0), means.var(axis=0)
    worth = chains * np.where(between > 0.0, spread / np.where(between > 0.0, between, 1.0), np.inf)
    return float(min(worth[spread > 1e-12].min(), len(states)))


def systematic(rng: np.random.Generator, weight: FloatArray, count: int) -> FloatArray:
    """Return which of some weighted states stand for them: so many, spread evenly over the weight."""
    at = (rng.random() + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), at), len(weight) - 1)
