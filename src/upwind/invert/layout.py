"""What the compiled kernels work on: a problem's fixed arrays, the places in a state, and the room of a chain.

A state is one flat vector: number of sources, discrete choices (spread case, wind smoothing, sensor delay), nuisances,
wind-direction offsets at `K` nodes, then easting, northing, height and log rate of up to `S` sources.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.invert.stations import Stations

__all__ = ["HEADER", "PER_SOURCE", "YOUNGEST_S", "Problem", "Scratch", "scratch_for"]

# Places in a state vector.
NUMBER, CASE, SMOOTHING, DELAY, SPREAD_Y, SPREAD_Z, NOISE, SHAPE, RESPONSE = range(9)
HEADER = 9
PER_SOURCE = 4

#: First age over which wind is averaged; the others are its doubles. [s]
YOUNGEST_S = 4.0
#: Standard deviation of the log factor on sigma_z; that on sigma_y is the problem's.
SPREAD_Z_SD = 0.35
#: Log of a sensor's response time [s]: mean and standard deviation of its prior.
RESPONSE_MEAN, RESPONSE_SD = math.log(1.5), 0.7
#: Scale of the half-normal prior of source height. [m]
HEIGHT_SD = 4.0


class Problem(NamedTuple):
    """Everything that stays fixed while the sampler runs.

    Shapes: reading, delay, age, ageing, case (of spread), surface, row (of a spread table), node (of the wind's
    direction), coefficient (of the ambient). "Unit" is the readings' own.

    Attributes
    ----------
    start, end
        Of each reading's point (alike) or beam: easting, northing, height, shape (reading, 3). [m]
    beam
        Whether each reading is a mean over a beam, (reading,).
    toward
        Unit vectors along the mean wind over the last 0, 4, 8, 16 ... s before each reading, the last over the whole
        flight; of age 0 alone where nothing moves, (age, reading, 2): east, north.
    ageing
        Factors on the time from source to reading, over which the wind that brings the gas is averaged, (ageing,).
    speed
        Of the wind as measured, (reading,). [m/s]
    height_factor
        The wind at the standard height over that as measured, (case, reading).
    surface
        Which surface of the tables each reading is over, (reading,).
    tables
        Spread against distance, as `spread_table` has it, (case, surface, row, column).
    widening
        Factor on sigma_y, for how much the wind's direction varied, (reading,).
    unit
        What is read for one kg/h and a coupling of one s m-3, (reading,). [unit / (kg/h s m-3)]
    y
        The readings, shifted by each delay, (delay, reading). [unit]
    noise
        Standard deviation, before the factor that is inferred, (reading,). [unit]
    weight
        The share of an independent reading that each is, (reading,).
    basis_at, basis
        Which three coefficients make up the ambient of a reading, and their shares, (reading, 3).
    ambient_mean, ambient_precision
        Their prior, (coefficient,) [unit] and (coefficient, coefficient) [unit-2].
    ambient_expected
        The ambient at the prior's mean, (reading,). [unit]
    log_noise
        The sum of the weights, and that of weight times log noise, (2,).
    turn_at, turn_part
        The node before each reading and the part of the way to the next, (reading,).
    turn_precision, turn_root
        Of the direction's error at the nodes, and the lower root of its inverse, (node, node). [rad-2, rad]
    gap
        Time since the reading before of the same moving sensor, inf where there is none, (reading,). [s]
    fluctuation
        Log densities of a plume that comes and goes, as `fluctuation_table` has them.
    box
        Where sources may be: west, east, south, north. [m]
    pivot
        Easting, northing of the signal's middle. [m]
    log_number
        Log prior of each number of sources from none on.
    case_log_prior
        Log prior of each spread case, (case,).
    learning_rate
        The power of the likelihood.
    reach
        The width over which a reading that has nothing to do with the model may lie anywhere. [unit]
    spread_mean, spread_sd
        Prior of the log factor on sigma_y.
    shape_mean, shape_sd
        Prior of the log shape of a plume's fluctuation.
    noise_sd
        Prior standard deviation of the log factor on noise; its mean is 0.
    rate_mean, rate_sd
        Prior of a source's log rate [kg/h].
    stations, sensors, hours
        Of sensors that stand still and show together the air they share, and how many sensors and hours there are;
        empty and 0 for readings that stand each for themselves.
    """

    start: FloatArray
    end: FloatArray
    beam: BoolArray
    toward: FloatArray
    ageing: FloatArray
    speed: FloatArray
    height_factor: FloatArray
    surface: IntArray
    tables: FloatArray
    widening: FloatArray
    unit: FloatArray
    y: FloatArray
    noise: FloatArray
    weight: FloatArray
    basis_at: IntArray
    basis: FloatArray
    ambient_mean: FloatArray
    ambient_precision: FloatArray
    ambient_expected: FloatArray
    log_noise: FloatArray
    turn_at: IntArray
    turn_part: FloatArray
    turn_precision: FloatArray
    turn_root: FloatArray
    gap: FloatArray
    fluctuation: FloatArray
    box: FloatArray
    pivot: FloatArray
    log_number: FloatArray
    case_log_prior: FloatArray
    learning_rate: float
    reach: float
    spread_mean: float
    spread_sd: float
    shape_mean: float
    shape_sd: float
    noise_sd: float
    rate_mean: float
    rate_sd: float
    stations: Stations
    sensors: int
    hours: int


class Scratch(NamedTuple):
    """Room that one chain works in: wind (r, 3), mean and fluctuation of each source (s, r) and their sums (r,).

    `flow` (n, n) counts steps at each number of sources, on its diagonal, and beside it sums the chances with which the
    steps would have changed the number if no weight kept all numbers alive.
    """

    wind: FloatArray
    mean: FloatArray
    share: FloatArray
    total: FloatArray
    spread: FloatArray
    ambient: FloatArray
    flow: FloatArray


def scratch_for(problem: Problem, most_sources: int) -> Scratch:
    """Return empty room for one chain."""
    readings = problem.start.shape[0]
    return Scratch(
        wind=np.empty((readings, 3)),
        mean=np.zeros((most_sources + 1, readings)),
        share=np.zeros((most_sources + 1, readings)),
        total=np.zeros(readings),
        spread=np.zeros(readings),
        ambient=np.zeros(len(problem.ambient_mean)),
        flow=np.zeros((most_sources + 1, most_sources + 1)),
    )
