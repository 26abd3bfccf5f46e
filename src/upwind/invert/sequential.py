"""The posterior while it grows: `init` on what was read, then a `step` a reading, at a cost that stays bounded.

A population of weighted states is carried along. A new reading reweights each by how likely it was; then an ancestor
drawn by weight runs a short Markov chain that leaves the posterior of all readings unchanged, and its states take the
place of the oldest ones at the mean weight: every state is renewed after a fixed number of readings (waste-free
chains, Dau and Chopin 2022, doi 10.1111/rssb.12475). Births are proposed where the opening had them, and where what
the population does not explain of the newest readings points. Where rows are many, the older half is averaged in pairs.

What `init` learns from the opening and `step` keeps: noise, box, spread cases, the scale of the drift. A population
hardly leaves a place that it is sure of; the tempered sampler of `init` does. So whoever has the time calls `init` anew
now and then, on all readings so far.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from upwind.arrays import FloatArray
from upwind.invert.births import BirthMap
from upwind.invert.crowd import COLUMNS, Ground, Members, births_of, chain_from, felt, grown, guide, likely_of, weigh
from upwind.invert.growth import one_row, rows_of, with_nodes, with_room
from upwind.invert.layout import NUMBER, scratch_for
from upwind.invert.locate import Settings, box_of
from upwind.invert.moves import Tempering
from upwind.invert.observations import Observations
from upwind.invert.problem import build
from upwind.invert.scan import birth_map
from upwind.invert.smc import sample, systematic

__all__ = ["Budget", "State", "draws", "init", "one_by_one", "step"]

#: What of the newest readings is unexplained is remembered over so many.
_REMEMBERED = 60.0
#: Another ancestor is drawn so often where the readings have made one's source too faint to be seen.
_TRIES = 4
#: Log weight of a state that the readings rule out.
_IMPOSSIBLE = -1e3
#: Nodes of direction and ambient are laid on for so many readings to come.
_AHEAD = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a step may cost: a chain of `length` states renews so many `particles`, over at most so many `rows`."""

    particles: int = 256
    length: int = 16
    rows: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A posterior that has read some readings; nothing in it is ever changed.

    `members` with `log_weight` (particle,) are the population on the `ground`, `oldest` the one to be renewed next;
    `opening` (map, 2, cell) says where births were at first, `cross` and `squares` (cell,) are a matched filter over
    what of the newest readings is unexplained.
    """

    budget: Budget
    ground: Ground
    members: Members
    log_weight: FloatArray
    oldest: int
    opening: FloatArray
    cross: FloatArray
    squares: FloatArray


def init(
    rng: np.random.Generator, observations: Observations, settings: Settings, budget: Budget | None = None
) -> State:
    """Return the posterior of an opening, as `locate` has it, ready to grow.

    Parameters
    ----------
    rng
        The same generator gives the same state.
    observations
        The readings so far, six at least.
    settings
        Where sources may be, how many, and how hard to try.
    budget
        What a step may cost.
    """
    budget = budget or Budget()
    box = box_of(observations, settings.area, observations.frame)
    problem = build(observations, box, settings.max_sources, settings.tuning)
    births = birth_map(problem, settings.max_sources)
    population = sample(rng, problem, births, settings.effort, lambda _: None)
    chosen = np.linspace(0, len(population.states) - 1, budget.particles).astype(int)
    states, nodes = rng.permutation(population.states[chosen]), len(problem.turn_precision)
    ground = Ground(*with_room(problem, observations, _until(observations), settings.tuning))
    states = with_nodes(rng, ground.problem, states, nodes)
    return State(
        budget=budget,
        ground=ground,
        members=Members(states=states, ambient=_ambients(rng, ground, births, states)),
        log_weight=np.zeros(len(states)),
        oldest=0,
        opening=_coarse(births),
        cross=np.zeros(COLUMNS * COLUMNS),
        squares=np.zeros(COLUMNS * COLUMNS),
    )


def step(rng: np.random.Generator, state: State, observation: Observations) -> State:
    """Return the posterior with one more reading.

    Parameters
    ----------
    rng
        The same generator and state give the same state.
    state
        From `init` or `step`; it stays as it was.
    observation
        One row (`one_by_one` gives them), of the delays that `init` met.
    """
    ground = grown(state.ground, observation, state.budget.rows)
    gain, total = weigh(one_row(ground.problem, -1), state.members)
    log_weight = state.log_weight + ground.problem.learning_rate * gain
    state = replace(state, ground=ground, log_weight=log_weight - log_weight.max())
    return _renewed(rng, _looked(state, total))


def draws(rng: np.random.Generator, state: State, count: int) -> FloatArray:
    """Return equally weighted states, (count, place)."""
    drawn: FloatArray = state.members.states[systematic(rng, _weights(state.log_weight), count)]
    return drawn


def one_by_one(observations: Observations, first: int) -> Iterator[Observations]:
    """Give the rows from `first` on, each as observations of one row."""
    for at in range(first, len(observations.time)):
        yield rows_of(observations, np.array([at]))


def _until(observations: Observations) -> float:
    """Return the time until which nodes are laid on. [s]"""
    time = np.unique(observations.time)
    pause = float(np.median(np.diff(time))) if len(time) > 1 else 0.0
    return float(time[-1] + _AHEAD * pause)


def _ambients(rng: np.random.Generator, ground: Ground, births: BirthMap, states: FloatArray) -> FloatArray:
    """Return the ambient's coefficients under each state."""
    room = scratch_for(ground.problem, ground.most)
    target = (ground.problem, births, _posterior(ground, states))
    chains = [chain_from(rng, target, room, state, 1) for state in states]
    return np.concatenate([chain.ambient if chain else ground.problem.ambient_mean[None] for chain in chains])


def _posterior(ground: Ground, states: FloatArray) -> Tempering:
    """Return the posterior itself as what chains explore, guided by a population."""
    archive, first = guide(states, len(ground.problem.turn_precision), ground.most)
    return Tempering(temper=1.0, bias=np.zeros(ground.most + 1), archive=archive, first=first)


def _coarse(births: BirthMap) -> FloatArray:
    """Return a map over this module's cells: how likely a source is there, and its log rate, (1, 2, cell)."""
    many = births.columns // COLUMNS
    weight = np.exp(births.log_weight).reshape(COLUMNS, many, COLUMNS, many)
    whole = weight.sum(axis=(1, 3))
    log_rate = (weight * births.log_rate.reshape(weight.shape)).sum(axis=(1, 3)) / whole
    return np.stack([(whole / whole.sum()).ravel(), log_rate.ravel()])[None]


def _weights(log_weight: FloatArray) -> FloatArray:
    weight = np.exp(log_weight - log_weight.max())
    normed: FloatArray = weight / weight.sum()
    return normed


def _looked(state: State, total: FloatArray) -> State:
    """Return the state whose filter has seen what the population leaves unexplained of the newest reading."""
    weight = _weights(state.log_weight)
    unit, value, precision = felt(state.ground, -1)
    problem = state.ground.problem
    ambient = (weight @ state.members.ambient - problem.ambient_mean)[problem.basis_at[-1]]
    residual = value - float(problem.basis[-1] @ ambient) - float(weight @ total)
    kept = 1.0 - 1.0 / _REMEMBERED
    return replace(
        state,
        cross=kept * state.cross + precision * residual * unit,
        squares=kept * state.squares + precision * unit**2,
    )


def _target(state: State) -> tuple[Ground, BirthMap, Tempering]:
    likely = np.concatenate([state.opening, likely_of(state.cross[None], state.squares[None])])
    return state.ground, births_of(likely), _posterior(state.ground, state.members.states)


def _renewed(rng: np.random.Generator, state: State) -> State:
    """Return the state with its oldest members replaced by a chain that starts at one drawn by weight."""
    chain, log_weight = _chain(rng, _target(state), state)
    slots = (state.oldest + np.arange(state.budget.length)) % len(log_weight)
    log_weight[slots] = np.log(np.exp(log_weight).mean())
    states, ambient = state.members.states.copy(), state.members.ambient.copy()
    states[slots], ambient[slots] = chain.states, chain.ambient
    return replace(
        state,
        members=Members(states=states, ambient=ambient),
        log_weight=log_weight,
        oldest=int(slots[-1] + 1) % len(log_weight),
    )


def _chain(
    rng: np.random.Generator, target: tuple[Ground, BirthMap, Tempering], state: State
) -> tuple[Members, FloatArray]:
    """Return a chain from an ancestor drawn by weight, and the weights without those that are impossible by now.

    A source may have become too faint to count where readings were averaged; the last resort has none.
    """
    ground, births, tempering = target
    problem, length = (ground.problem, births, tempering), state.budget.length
    room, log_weight = scratch_for(ground.problem, ground.most), state.log_weight.copy()
    for _ in range(_TRIES):
        ancestor = int(systematic(rng, _weights(log_weight), 1)[0])
        chain = chain_from(rng, problem, room, state.members.states[ancestor], length)
        if chain is not None:
            return chain, log_weight
        log_weight[ancestor] = _IMPOSSIBLE
    empty = state.members.states[ancestor].copy()
    empty[NUMBER] = 0.0
    # Without a source there is none that could be too faint.
    return cast("Members", chain_from(rng, problem, room, empty, length)), log_weight
