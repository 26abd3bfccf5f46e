"""Waste-free sequential Monte Carlo from the birth map to the posterior.

At each step the next temper is the one that leaves half of the particles' weight effective; the survivors run short
chains whose every state is kept as a particle (Dau and Chopin 2022, doi 10.1111/rssb.12475). Chains run in threads:
the kernels release the interpreter's lock, and each chain has its own generator, so the answer does not depend on how
many threads there are.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.invert.moves import BirthMap, draw_source, evaluate, run_chain
from upwind.invert.moves import _respond_all as respond_all
from upwind.invert.target import (
    CASE,
    DELAY,
    HEADER,
    NOISE,
    NUMBER,
    PER_SOURCE,
    SHAPE,
    SMOOTHING,
    SPREAD_Y,
    SPREAD_Y_SD,
    SPREAD_Z,
    SPREAD_Z_SD,
    Problem,
    scratch_for,
)

__all__ = ["Effort", "Population", "sample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to try: `chains` survivors a step, each `length` states long, and `last` states at the end."""

    chains: int = 40
    length: int = 16
    last: int = 60
    workers: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Equally weighted states of the posterior (particle, place), the tempering's trace (step,), and the evidence."""

    states: FloatArray
    trace: dict[str, FloatArray]
    log_evidence: float
    effective: float


def _start(rng: np.random.Generator, problem: Problem, births: BirthMap, count: int) -> FloatArray:
    most = len(problem.log_number) - 1
    nodes = len(problem.turn_precision)
    states = np.zeros((count, HEADER + nodes + PER_SOURCE * (most + 1)))
    states[:, NUMBER] = rng.choice(most + 1, count, p=np.exp(problem.log_number))
    states[:, CASE] = rng.choice(len(problem.case_log_prior), count, p=np.exp(problem.case_log_prior))
    states[:, SMOOTHING] = rng.integers(0, len(problem.toward), count)
    states[:, DELAY] = rng.integers(0, len(problem.y), count)
    states[:, SPREAD_Y] = rng.normal(0, SPREAD_Y_SD, count)
    states[:, SPREAD_Z] = rng.normal(0, SPREAD_Z_SD, count)
    states[:, NOISE] = rng.normal(0, problem.noise_sd, count)
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

    if effective(1.0) >= 0.5 * np.isfinite(gain).sum():
        return 1.0
    low, high = now, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if effective(middle) >= 0.5 * np.isfinite(gain).sum() else (low, middle)
    return high


def sample(
    rng: np.random.Generator,
    problem: Problem,
    births: BirthMap,
    effort: Effort,
    progress: Callable[[float], None],
) -> Population:
    """Return draws of the posterior."""
    count = effort.chains * effort.length
    most = len(problem.log_number) - 1
    states = _start(rng, problem, births, count)
    logs = np.empty((count, 3))
    room = scratch_for(problem, most)
    for i in range(count):
        respond_all(problem, states[i], room)
        evaluate(problem, births, states[i], room, logs[i])
    temper, evidence, trace = 0.0, 0.0, []
    with ThreadPoolExecutor(effort.workers) as pool:
        while temper < 1.0:
            with np.errstate(invalid="ignore"):
                gain = np.where(np.isfinite(logs[:, 1]), logs[:, 1] + problem.learning_rate * logs[:, 2] - logs[:, 0], -np.inf)
            following = _temper_next(gain, temper)
            weight = np.exp((following - temper) * (gain - gain.max()))
            evidence += (following - temper) * gain.max() + np.log(weight.mean())
            temper = following
            length = effort.last if temper >= 1.0 else effort.length
            parents = _systematic(rng, weight / weight.sum(), effort.chains)
            generators = rng.spawn(effort.chains)
            jobs = [
                pool.submit(_chain, generator, problem, births, temper, states[p], logs[p], length)
                for generator, p in zip(generators, parents, strict=True)
            ]
            done = [job.result() for job in jobs]
            states = np.concatenate([d[0] for d in done])
            logs = np.concatenate([d[1] for d in done])
            accepted = sum(d[2] for d in done) / (effort.chains * (length - 1))
            trace.append((temper, accepted, states[:, NUMBER].mean(), logs[:, 2].mean()))
            progress(temper)
    columns = np.array(trace).T
    names = ("temper", "accepted", "number", "log_likelihood")
    return Population(states=states, trace=dict(zip(names, columns, strict=True)), log_evidence=float(evidence), effective=float(effort.chains))


def _chain(rng, problem, births, temper, state, log, length):
    room = scratch_for(problem, len(problem.log_number) - 1)
    states = np.empty((length, len(state)))
    logs = np.empty((length, 3))
    states[0], logs[0] = state, log
    accepted = run_chain(rng, problem, births, temper, room, states, logs)
    return states, logs, accepted


def _systematic(rng: np.random.Generator, weight: FloatArray, count: int) -> FloatArray:
    at = (rng.random() + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), at), len(weight) - 1)
