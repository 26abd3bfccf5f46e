"""Where new sources are tried: a map over the area that draws are taken from, and the density of such draws."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.random import Generator

from upwind.arrays import FloatArray
from upwind.invert.layout import HEIGHT_SD, Problem

__all__ = ["BirthMap", "draw_source", "log_birth"]

#: Share of births drawn uniformly, so that nowhere is out of reach.
_UNIFORM = 0.15
#: Spread of a born source's log rate about the map's.
_RATE_SPREAD = 0.7
_HALF_LOG_2_PI = 0.5 * math.log(2.0 * math.pi)


class BirthMap(NamedTuple):
    """Where sources may be: `cumulative`, `log_weight` and `log_rate` (cell,) over a grid of `columns` x rows."""

    log_weight: FloatArray
    cumulative: FloatArray
    log_rate: FloatArray
    columns: int


@njit(cache=True, nogil=True, error_model="numpy")
def draw_source(
    rng: Generator, problem: Problem, births: BirthMap, source: FloatArray
) -> None:  # pragma: no cover (compiled)
    """Write a source drawn from the birth map."""
    west, east, south, north = problem.box
    columns = births.columns
    rows = births.log_weight.shape[0] // columns
    source[2] = abs(rng.normal(0.0, HEIGHT_SD))
    if rng.random() < _UNIFORM:
        source[0] = west + rng.random() * (east - west)
        source[1] = south + rng.random() * (north - south)
        source[3] = rng.normal(problem.rate_mean, problem.rate_sd)
        return
    cell = min(np.searchsorted(births.cumulative, rng.random()), births.log_weight.shape[0] - 1)
    source[0] = west + (cell % columns + rng.random()) * (east - west) / columns
    source[1] = south + (cell // columns + rng.random()) * (north - south) / rows
    source[3] = rng.normal(births.log_rate[cell], _RATE_SPREAD)


@njit(cache=True, nogil=True, error_model="numpy")
def log_birth(problem: Problem, births: BirthMap, source: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log density with which `draw_source` draws a source."""
    west, east, south, north = problem.box
    columns = births.columns
    rows = births.log_weight.shape[0] // columns
    if not (west <= source[0] <= east and south <= source[1] <= north and source[2] >= 0.0):
        return -math.inf
    column = min(int((source[0] - west) / (east - west) * columns), columns - 1)
    row = min(int((source[1] - south) / (north - south) * rows), rows - 1)
    cell = row * columns + column
    log_area = math.log((east - west) * (north - south))
    at = (source[3] - births.log_rate[cell]) / _RATE_SPREAD
    mapped = births.log_weight[cell] + math.log(columns * rows) - 0.5 * at * at - math.log(_RATE_SPREAD)
    at = (source[3] - problem.rate_mean) / problem.rate_sd
    uniform = -0.5 * at * at - math.log(problem.rate_sd)
    height: float = 0.5 * math.log(2.0 / math.pi) - math.log(HEIGHT_SD) - 0.5 * (source[2] / HEIGHT_SD) ** 2
    both = (1.0 - _UNIFORM) * math.exp(mapped) + _UNIFORM * math.exp(uniform)
    return math.log(both) - log_area + height - _HALF_LOG_2_PI
