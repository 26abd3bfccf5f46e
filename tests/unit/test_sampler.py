"""The sampler against direct draws: chains leave their distribution as it is, and silent data leave the prior."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from upwind.exercise.conditions import Conditions
from upwind.exercise.scenes import as_track, make_scene
from upwind.invert.births import BirthMap, draw_source
from upwind.invert.crowd import guide
from upwind.invert.layout import (
    CASE,
    DELAY,
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
    scratch_for,
)
from upwind.invert.moves import Tempering, evaluate_all, run_chain
from upwind.invert.observations import common_frame, gather
from upwind.invert.problem import Tuning, build
from upwind.invert.scan import birth_map
from upwind.invert.smc import Effort, sample

MOST = 3
BOX = np.array([-400.0, 400.0, -300.0, 300.0])
#: Chains, and how long each is.
CHAINS, LENGTH = 8_000, 100
#: Thirteen comparisons, each of which may fail by chance once in so many runs.
UNLIKELY = 1e-4


@cache
def problem() -> Problem:
    """Return a flight whose sensor is so good that nearly every source would be seen."""
    track = as_track(make_scene(np.random.default_rng(29), Conditions(samples=(300.0, 300.0)), 1))
    observations = gather([track], "methane", common_frame([track]), (24, 24))
    assert observations is not None
    built = build(observations, BOX, MOST, Tuning())
    return built._replace(noise=1e-3 * built.noise, log_number=np.log(np.array([0.1, 0.3, 0.3, 0.3])))


@cache
def uneven() -> BirthMap:
    """Return a map over a few cells, so that sources are born here rather than there."""
    rng = np.random.default_rng(5)
    weight = rng.dirichlet(np.full(12, 2.0))
    return BirthMap(
        log_weight=np.log(weight), cumulative=np.cumsum(weight), log_rate=rng.normal(0.0, 0.5, 12), columns=4
    )


def drawn_of_the_prior(rng: np.random.Generator, problem: Problem, count: int) -> np.ndarray:
    """Return states whose nuisances are of the prior, with as many sources as it has; where, is not said yet."""
    nodes = len(problem.turn_precision)
    states = np.zeros((count, HEADER + nodes + PER_SOURCE * (MOST + 1)))
    states[:, NUMBER] = rng.choice(MOST + 1, count, p=np.exp(problem.log_number))
    states[:, CASE] = rng.choice(len(problem.case_log_prior), count, p=np.exp(problem.case_log_prior))
    states[:, SMOOTHING] = rng.integers(len(problem.ageing), size=count)
    states[:, DELAY] = rng.integers(len(problem.y), size=count)
    states[:, SPREAD_Y] = rng.normal(problem.spread_mean, problem.spread_sd, count)
    states[:, SPREAD_Z] = rng.normal(0.0, SPREAD_Z_SD, count)
    states[:, NOISE] = rng.normal(0.0, problem.noise_sd, count)
    states[:, SHAPE] = rng.normal(problem.shape_mean, problem.shape_sd, count)
    states[:, RESPONSE] = rng.normal(RESPONSE_MEAN, RESPONSE_SD, count)
    turns = rng.multivariate_normal(np.zeros(nodes), np.linalg.inv(problem.turn_precision), count)
    states[:, HEADER : HEADER + nodes] = turns
    return states


def slots(problem: Problem, states: np.ndarray) -> np.ndarray:
    """Return the room for sources, (state, source, 4)."""
    first = HEADER + len(problem.turn_precision)
    return states[:, first : first + MOST * PER_SOURCE].reshape(len(states), MOST, PER_SOURCE)


def visible(problem: Problem, births: BirthMap, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the states of which every source would be seen, and their logs."""
    logs = np.empty((len(states), 3))
    evaluate_all(problem, births, states, scratch_for(problem, MOST), logs)
    seen = np.isfinite(logs[:, 1])
    return states[seen], logs[seen]


def born(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return direct draws of what the tempered sampler starts from, and their logs."""
    states = drawn_of_the_prior(rng, problem(), count)
    for room in slots(problem(), states):
        for source in room:
            draw_source(rng, problem(), uneven(), source)
    return visible(problem(), uneven(), states)


def quantities(problem: Problem, states: np.ndarray) -> dict[str, np.ndarray]:
    """Return what is compared, none of which depends on the order of sources."""
    number = states[:, NUMBER].astype(int)
    room = slots(problem, states)
    one, some = room[number == 1, 0], room[np.arange(MOST)[None, :] < number[:, None]]
    pairs = room[number == 2][:, :2]
    turn = states[:, HEADER : HEADER + len(problem.turn_precision)]
    return {
        "easting of one": one[:, 0],
        "northing of one": one[:, 1],
        "height of one": one[:, 2],
        "log rate of one": one[:, 3],
        "easting of all": some[:, 0],
        "log rate of all": some[:, 3],
        "how far two lie apart": np.hypot(*(pairs[:, 0, :2] - pairs[:, 1, :2]).T),
        "how unlike two are": np.abs(pairs[:, 0, 3] - pairs[:, 1, 3]),
        "turn": turn.mean(axis=1),
        "how far it turns": np.sqrt((turn**2).mean(axis=1)),
        "spread": states[:, SPREAD_Y],
        "noise": states[:, NOISE],
    }


@pytest.mark.slow
def test_chains_leave_the_start_density_as_it_is() -> None:
    rng = np.random.default_rng(11)
    nodes = len(problem().turn_precision)
    starts, logs = born(rng, CHAINS)
    others, _ = born(rng, CHAINS)
    archive, first = guide(born(rng, 400)[0], nodes, MOST)
    tempering = Tempering(temper=0.0, bias=np.zeros(MOST + 1), archive=archive, first=first)
    room = scratch_for(problem(), MOST)
    ends, accepted = np.empty(starts.shape), 0
    for end, start, log in zip(ends, starts, logs, strict=True):
        states, kept = np.tile(start, (LENGTH, 1)), np.tile(log, (LENGTH, 1))
        accepted += run_chain(rng, problem(), (uneven(), tempering), room, states, kept)
        end[:] = states[-1]
    assert accepted > 0.2 * LENGTH * len(starts)
    assert (ends[:, NUMBER] != starts[:, NUMBER]).mean() > 0.3
    counts = [np.bincount(states[:, NUMBER].astype(int), minlength=MOST + 1) for states in (ends, others)]
    chances = {"number": chi2_contingency(counts).pvalue}
    after, before = quantities(problem(), ends), quantities(problem(), others)
    chances |= {name: ks_2samp(after[name], before[name]).pvalue for name in after}
    assert {name: chance for name, chance in chances.items() if chance < UNLIKELY} == {}


def test_readings_that_say_nothing_leave_number_place_and_rate_to_the_prior() -> None:
    rng = np.random.default_rng(12)
    silent = problem()._replace(learning_rate=0.0)
    births = birth_map(silent, MOST)
    west, east, south, north = BOX
    prior = drawn_of_the_prior(rng, silent, 20_000)
    slots(silent, prior)[...] = np.stack(
        [
            rng.uniform(west, east, (len(prior), MOST)),
            rng.uniform(south, north, (len(prior), MOST)),
            np.abs(rng.normal(0.0, HEIGHT_SD, (len(prior), MOST))),
            rng.normal(silent.rate_mean, silent.rate_sd, (len(prior), MOST)),
        ],
        axis=2,
    )
    prior, _ = visible(silent, births, prior)
    found = sample(rng, silent, births, Effort(chains=300, length=60, last=200), lambda _: None).states
    shares = [np.bincount(states[:, NUMBER].astype(int), minlength=MOST + 1) / len(states) for states in (found, prior)]
    np.testing.assert_allclose(*shares, atol=0.08)
    after, before = quantities(silent, found), quantities(silent, prior)
    for name, expected in before.items():
        assert abs(after[name].mean() - expected.mean()) < 0.25 * expected.std(), name
        assert after[name].std() == pytest.approx(expected.std(), rel=0.25), name


def test_the_same_seed_gives_the_same_bytes_however_many_workers_there_are() -> None:
    births = birth_map(problem(), MOST)
    populations = [
        sample(
            np.random.default_rng(3), problem(), births, Effort(chains=6, length=6, last=12, workers=n), lambda _: None
        )
        for n in (1, 2, 5)
    ]
    assert len({population.states.tobytes() for population in populations}) == 1
    assert len({population.trace["log_likelihood"].tobytes() for population in populations}) == 1
