"""The density of births is a density, and that of the draws."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy.stats import chisquare, halfnorm, kstest

from upwind.exercise.conditions import Conditions
from upwind.exercise.scenes import as_track, make_scene
from upwind.invert.births import BirthMap, draw_source, log_birth
from upwind.invert.layout import HEIGHT_SD, Problem
from upwind.invert.observations import common_frame, gather
from upwind.invert.problem import Tuning, build

BOX = np.array([-300.0, 500.0, -200.0, 100.0])
COLUMNS, ROWS = 4, 3
#: Log rates over which the density is summed, and their step.
RATES, STEP = np.linspace(-20.0, 20.0, 801), 0.05


@cache
def problem() -> Problem:
    track = as_track(make_scene(np.random.default_rng(29), Conditions(samples=(120.0, 120.0)), 1))
    observations = gather([track], "methane", common_frame([track]), (60, 60))
    assert observations is not None
    return build(observations, BOX, 2, Tuning())


@cache
def births() -> BirthMap:
    rng = np.random.default_rng(4)
    weight = rng.dirichlet(np.full(COLUMNS * ROWS, 0.7))
    return BirthMap(
        log_weight=np.log(np.maximum(weight, 1e-12)),
        cumulative=np.cumsum(weight),
        log_rate=rng.normal(0.0, 2.0, COLUMNS * ROWS),
        columns=COLUMNS,
    )


def middle(cell: int) -> tuple[float, float]:
    west, east, south, north = BOX
    column, row = cell % COLUMNS, cell // COLUMNS
    return west + (column + 0.5) / COLUMNS * (east - west), south + (row + 0.5) / ROWS * (north - south)


@cache
def densities() -> np.ndarray:
    """Return the density of births on the ground at each cell's middle and each rate, (cell, rate) [m-3]."""
    sources = [np.array([*middle(cell), 0.0, rate]) for cell in range(COLUMNS * ROWS) for rate in RATES]
    logs = np.array([log_birth(problem(), births(), source) for source in sources])
    return np.exp(logs).reshape(COLUMNS * ROWS, len(RATES))


def cell_area() -> float:
    return float((BOX[1] - BOX[0]) * (BOX[3] - BOX[2]) / (COLUMNS * ROWS))


def test_the_density_of_births_integrates_to_one() -> None:
    on_the_ground = densities().sum() * STEP * cell_area()
    assert on_the_ground == pytest.approx(halfnorm(scale=HEIGHT_SD).pdf(0.0), rel=1e-6)
    east, north = middle(5)
    heights = np.arange(0.0, 40.0, 0.01) + 0.005
    column = [math.exp(log_birth(problem(), births(), np.array([east, north, up, 0.3]))) for up in heights]
    ground = math.exp(log_birth(problem(), births(), np.array([east, north, 0.0, 0.3])))
    assert np.sum(column) * 0.01 == pytest.approx(ground / halfnorm(scale=HEIGHT_SD).pdf(0.0), rel=1e-5)


@pytest.mark.parametrize("outside", [(-301.0, 0.0, 1.0), (501.0, 0.0, 1.0), (0.0, -201.0, 1.0), (0.0, 0.0, -0.1)])
def test_nothing_is_born_outside(outside: tuple[float, float, float]) -> None:
    assert log_birth(problem(), births(), np.array([*outside, 0.0])) == -math.inf


def test_births_are_drawn_from_their_density() -> None:
    rng = np.random.default_rng(8)
    drawn = np.empty((20_000, 4))
    for source in drawn:
        draw_source(rng, problem(), births(), source)
    west, east, south, north = BOX
    column = ((drawn[:, 0] - west) / (east - west) * COLUMNS).astype(int)
    row = ((drawn[:, 1] - south) / (north - south) * ROWS).astype(int)
    edges = np.array([-3.025, -1.025, -0.025, 0.975, 2.975])
    counts = np.zeros((COLUMNS * ROWS, len(edges) + 1))
    np.add.at(counts, (row * COLUMNS + column, np.searchsorted(edges, drawn[:, 3])), 1.0)
    expected = np.zeros(counts.shape)
    np.add.at(expected, (slice(None), np.searchsorted(edges, RATES)), densities())
    expected *= len(drawn) / densities().sum()
    rare = expected < 5.0
    counts, expected = (np.append(column[~rare], column[rare].sum()) for column in (counts, expected))
    assert chisquare(counts[expected > 0.0], expected[expected > 0.0]).pvalue > 0.001
    assert kstest(drawn[:, 2], halfnorm(scale=HEIGHT_SD).cdf).pvalue > 0.001
    within = (drawn[:, 0] - west) / (east - west) * COLUMNS % 1.0
    assert kstest(within, "uniform").pvalue > 0.001
