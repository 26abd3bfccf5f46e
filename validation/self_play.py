"""One problem of simulation-based calibration: a truth from the prior, readings from the kernels, and its ranks."""

from __future__ import annotations

import math

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.conditions import Conditions, Kind
from upwind.exercise.scenes import as_track, make_scene
from upwind.invert.fluctuation import FAINT
from upwind.invert.layout import (
    CASE,
    HEADER,
    HEIGHT_SD,
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
    Scratch,
    scratch_for,
)
from upwind.invert.moves import respond_all
from upwind.invert.observations import common_frame, gather
from upwind.invert.problem import Tuning, build
from upwind.invert.scan import birth_map
from upwind.invert.smc import Effort, sample
from upwind.invert.target import log_likelihood, log_sources, slow_down

__all__ = ["ranks_of"]

MOST_SOURCES = 2
#: Readings of one problem, and half the side of its box [m].
READINGS, REACH_M = 60, 150.0
#: The ambient is as good as known: its prior's precision is multiplied by this.
KNOWN = 1e8


def ranks_of(family: str, number: int, draws: int) -> dict[str, int]:
    """Return the rank of each quantity of a truth among so many draws of its posterior."""
    rng = np.random.default_rng([number, len(family)])
    problem = _template(rng, family)
    room = scratch_for(problem, MOST_SOURCES)
    truth = _truth(rng, problem, room)
    problem = problem._replace(y=_readings(rng, problem, truth, room)[None])
    population = sample(rng, problem, birth_map(problem, MOST_SOURCES), Effort(workers=1), lambda _: None)
    chosen = np.linspace(0, len(population.states) - 1, draws).astype(int)
    known = _quantities(problem, truth, room)
    others = [_quantities(problem, population.states[one], room) for one in chosen]
    return {name: _rank(rng, value, np.array([other[name] for other in others])) for name, value in known.items()}


def _template(rng: np.random.Generator, family: str) -> Problem:
    """Return the problem of a drawn geometry and wind, with everything known that is only approximated elsewhere."""
    scene = make_scene(rng, Conditions(kind=Kind(family), box_m=(200.0, 200.0), samples=(600.0, 600.0)), 1)
    track = as_track(scene)
    observations = gather([track], scene.conditions.gas.name, common_frame([track]), (READINGS, READINGS))
    if observations is None:
        msg = "an exercise has wind and readings"
        raise RuntimeError(msg)
    middle = np.mean(0.5 * (observations.start + observations.end)[:, :2], axis=0)
    box = np.array([middle[0] - REACH_M, middle[0] + REACH_M, middle[1] - REACH_M, middle[1] + REACH_M])
    problem = build(observations, box, MOST_SOURCES, Tuning())
    weight = np.ones(len(problem.weight))
    return problem._replace(
        y=problem.y[:1],
        weight=weight,
        learning_rate=1.0,
        log_noise=np.array([weight.sum(), np.log(problem.noise).sum()]),
        ambient_precision=KNOWN * problem.ambient_precision,
    )


def _truth(rng: np.random.Generator, problem: Problem, room: Scratch) -> FloatArray:
    """Return a state drawn from the prior: drawn anew until every source would show."""
    while True:
        state = _draw(rng, problem)
        respond_all(problem, state, room)
        if log_sources(problem, state, room.mean) > -math.inf:
            return state


def _draw(rng: np.random.Generator, problem: Problem) -> FloatArray:
    """Return a state of the prior as if all sources could be seen."""
    nodes = len(problem.turn_precision)
    state = np.zeros(HEADER + nodes + PER_SOURCE * (MOST_SOURCES + 1))
    state[NUMBER] = rng.choice(MOST_SOURCES + 1, p=np.exp(problem.log_number))
    state[CASE] = rng.choice(len(problem.case_log_prior), p=np.exp(problem.case_log_prior))
    state[SMOOTHING] = rng.integers(len(problem.ageing))
    state[SPREAD_Y] = rng.normal(problem.spread_mean, problem.spread_sd)
    state[SPREAD_Z] = rng.normal(0.0, SPREAD_Z_SD)
    state[RESPONSE] = rng.normal(RESPONSE_MEAN, RESPONSE_SD)
    state[NOISE] = rng.normal(0.0, problem.noise_sd)
    state[SHAPE] = rng.normal(problem.shape_mean, problem.shape_sd)
    root = np.linalg.cholesky(np.linalg.inv(problem.turn_precision))
    state[HEADER : HEADER + nodes] = root @ rng.standard_normal(nodes)
    west, east, south, north = problem.box
    for source in range(int(state[NUMBER])):
        place = HEADER + nodes + source * PER_SOURCE
        state[place : place + PER_SOURCE] = (
            rng.uniform(west, east),
            rng.uniform(south, north),
            abs(rng.normal(0.0, HEIGHT_SD)),
            rng.normal(problem.rate_mean, problem.rate_sd),
        )
    return state


def _plumes(problem: Problem, state: FloatArray, room: Scratch) -> None:
    """Sum what the sources of a state bring; `room` holds each one's."""
    number = int(state[NUMBER])
    room.total[:] = room.mean[:number].sum(axis=0)
    room.spread[:] = room.share[:number].sum(axis=0)
    slow_down(problem, state, room.total, room.spread)


def _readings(rng: np.random.Generator, problem: Problem, state: FloatArray, room: Scratch) -> FloatArray:
    """Return readings as the likelihood has them: ambient, a plume that fluctuates, and noise."""
    respond_all(problem, state, room)
    _plumes(problem, state, room)
    noise = problem.noise * math.exp(state[NOISE])
    total, spread = room.total, np.maximum(room.spread, 1e-300)
    shape = np.clip(math.exp(state[SHAPE]) * total**2 / spread, 0.04, 40.0)
    plume = np.where(total / noise > FAINT, rng.gamma(shape) * total / shape, 0.0)
    return np.asarray(problem.ambient_expected + plume + rng.normal(0.0, noise))


def _quantities(problem: Problem, state: FloatArray, room: Scratch) -> dict[str, float]:
    """Return what is ranked: functions of a state that do not depend on the order of its sources."""
    nodes, number = len(problem.turn_precision), int(state[NUMBER])
    respond_all(problem, state, room)
    _plumes(problem, state, room)
    first = HEADER + nodes
    sources = state[first : first + number * PER_SOURCE].reshape(number, PER_SOURCE)
    strongest = sources[sources[:, 3].argmax()] if number else np.full(PER_SOURCE, -math.inf)
    return {
        "number of sources": float(number),
        "easting of the strongest": float(strongest[0]),
        "northing": float(strongest[1]),
        "height": float(strongest[2]),
        "log rate": float(strongest[3]),
        "spread across": float(state[SPREAD_Y]),
        "spread upward": float(state[SPREAD_Z]),
        "noise": float(state[NOISE]),
        "fluctuation": float(state[SHAPE]),
        "wind turn": float(state[HEADER:first].mean()),
        "log likelihood": float(log_likelihood(problem, state, room.total, room.spread, room.ambient)),
    }


def _rank(rng: np.random.Generator, value: float, others: FloatArray) -> int:
    """Return how many of the others are less, ties broken at random."""
    return int((others < value).sum() + rng.integers((others == value).sum() + 1))
