"""What a leg would teach: how far apart the draws of a belief are by what they would let it read.

For draw j a reading y_j along the leg is imagined, with an error of the wind's direction of its own, and its log
likelihood under each draw k, the error summed over, is the matrix L[j, k]. The gain expected in nats is the mean over j
of ``log sum_k w_jk exp L[j, k] - log mean_k exp L[j, k]``, where w_jk, of sum one over k, says how far draw k has the
place and the rate of j: what the readings tell of number, place and rate as finely as anybody asks, but not of the
wind's error or of the kind of air. Readings of several legs are independent given a draw, so their matrices add up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.flights.adaptive.belief import Belief, radius_90
from upwind.invert.cells import CORRELATION_S
from upwind.invert.fluctuation import (
    FAINT,
    fluctuation_table,
    log_between,
    place_of_mean,
    place_of_reading,
    place_of_shape,
)
from upwind.invert.kinds import FOLLOWS
from upwind.invert.stretch import ABSENT, AGES_S, SHAPE, Rows, density_of_none, ratio_to_none, seen_along

__all__ = ["Eye", "Taught", "gain_of", "outcomes_of", "radii_of", "taught"]

#: Errors of the wind's direction on a leg that is still to come, and what they weigh. [rad]
TURN_SD = np.radians(8.0)
_TURNS, _WEIGHT = TURN_SD * np.array([-np.sqrt(3.0), 0.0, np.sqrt(3.0)]), np.array([1.0, 4.0, 1.0]) / 6.0
#: Places and logarithms of rates nearer than this need not be told apart. [m]
_PLACE_M, _RATE = 4.0, 1.0
#: A leg is read this often. [s]
STEP_S = 1.5
#: Likelihoods are multiplied up to here, and only then a logarithm is taken.
_TINY = 1e-100


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """How legs are read: height above ground [m], speed over ground [m/s], wind at 5 m [m/s] and toward (east, north).

    `noises` is what a reading says of one kg/h and 1 s m-3, over the noise; `response_s` the sensor's time constant.
    """

    height_m: float
    speed_m_s: float
    wind_m_s: float
    toward: tuple[float, float]
    noises: float
    response_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """The matrix of a leg, `logs` (outcome, draw), and how far each draw is `like` the one that an outcome is of."""

    logs: FloatArray
    like: FloatArray

    def __add__(self, other: Taught) -> Taught:
        """Return the matrix of both legs."""
        return Taught(logs=self.logs + other.logs, like=self.like)


def outcomes_of(belief: Belief, count: int) -> IntArray:
    """Return the draws that are taken for true in turn."""
    return np.linspace(0, len(belief.place) - 1, min(count, len(belief.place))).astype(np.int64)


def taught(rng: np.random.Generator, belief: Belief, corners: FloatArray, eye: Eye, outcomes: IntArray) -> Taught:
    """Return what a leg along corners (corner, 2) [m] would teach where each of the outcomes is true."""
    rows = _rows(corners, eye)
    errors = rng.normal(0.0, TURN_SD, len(outcomes))
    readings = _imagined(rng, _seen(_some(belief, outcomes), errors, rows))
    seen = np.stack([_seen(belief, np.full(len(belief.place), turn), rows) for turn in _TURNS])
    logs = np.empty((len(outcomes), len(belief.place)))
    _likelihoods(readings, seen, STEP_S / CORRELATION_S, fluctuation_table(), logs)
    return Taught(logs=logs, like=_like(belief, outcomes))


def _like(belief: Belief, outcomes: IntArray) -> FloatArray:
    """Return how far each draw has the first source of each outcome's draw, (outcome, draw); a row's sum is one."""
    place, rate = belief.main, np.log(belief.place[:, 0, 3])
    apart = (np.hypot(*(place[outcomes, None] - place[None]).T).T / _PLACE_M) ** 2
    apart += ((rate[outcomes, None] - rate[None]) / _RATE) ** 2
    none = np.isnan(rate)
    weight = np.where(none[outcomes, None] & none, 1.0, np.nan_to_num(np.exp(-0.5 * apart)))
    like: FloatArray = weight / weight.sum(axis=1, keepdims=True)
    return like


def _some(belief: Belief, draws: IntArray) -> Belief:
    return Belief(place=belief.place[draws], kind=belief.kind[draws], kinds=belief.kinds)


def _rows(corners: FloatArray, eye: Eye) -> Rows:
    """Return the readings along a leg as `invert.cells` takes them."""
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T)))
    count = max(int(way[-1] / (eye.speed_m_s * STEP_S)), 2)
    at = np.linspace(0.0, way[-1], count)
    place = np.column_stack([*(np.interp(at, way, corners[:, axis]) for axis in (0, 1)), np.full(count, eye.height_m)])
    kept = np.exp(-STEP_S / max(eye.response_s, 0.1))
    own = np.tile([eye.wind_m_s, eye.noises, 1.0, kept], (count, 1))
    toward = np.ascontiguousarray(np.broadcast_to(np.array(eye.toward), (len(FOLLOWS), len(AGES_S), count, 2)))
    return place, np.zeros(count), own, toward


def _seen(belief: Belief, turn: FloatArray, rows: Rows) -> FloatArray:
    """Return mean in noises and shape of each reading under each draw, (draw, reading, 2)."""
    out = np.zeros((len(turn), len(rows[0]), 2))
    _see(belief.place, (belief.kind, belief.kinds.tables, belief.kinds.follows), (turn, rows), out)
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _see(
    place: FloatArray,
    kinds: tuple[IntArray, FloatArray, IntArray],
    legs: tuple[FloatArray, Rows],
    out: FloatArray,
) -> None:  # pragma: no cover (compiled)
    """Write mean and shape of each reading under each draw; of several sources their spreads add up."""
    turn, rows = legs
    kind, tables, follows = kinds
    one = np.empty((out.shape[1], 2))
    for draw in range(out.shape[0]):
        turned = (np.cos(turn[draw]), np.sin(turn[draw]))
        out[draw] = 0.0
        for source in range(place.shape[1]):
            if np.isnan(place[draw, source, 0]):
                continue
            here = (place[draw, source, 0], place[draw, source, 1], place[draw, source, 2])
            seen_along(here, turned, (tables, kind[draw], follows[kind[draw]]), rows, one)
            for i in range(out.shape[1]):
                mean = one[i, 0] * place[draw, source, 3]
                out[draw, i, 0] += mean
                out[draw, i, 1] += mean * mean / (SHAPE * np.sqrt(max(one[i, 1], 1e-3)))
        for i in range(out.shape[1]):
            squared = out[draw, i, 0] ** 2
            out[draw, i, 1] = min(max(squared / max(out[draw, i, 1], 1e-300), 0.04), 40.0)


def _imagined(rng: np.random.Generator, seen: FloatArray) -> FloatArray:
    """Return readings in noises (outcome, reading) of plumes that come and go."""
    mean, shape = seen[:, :, 0], seen[:, :, 1]
    plume = rng.gamma(shape) * mean / shape * (rng.uniform(size=mean.shape) > ABSENT)
    readings: FloatArray = plume + rng.standard_normal(mean.shape)
    return readings


@njit(cache=True, nogil=True, error_model="numpy")
def _likelihoods(
    readings: FloatArray, seen: FloatArray, weight: float, table: FloatArray, out: FloatArray
) -> None:  # pragma: no cover (compiled)
    """Write the log likelihood of each outcome's readings under each draw, over that of no plume at all."""
    at = _places(seen.reshape(-1, 2)).reshape(seen.shape[0], seen.shape[1], seen.shape[2], 4)
    where = np.empty((readings.shape[1], 3))
    for j in range(readings.shape[0]):
        for i in range(readings.shape[1]):
            where[i, 0], where[i, 1] = place_of_reading(readings[j, i])
            where[i, 2] = density_of_none(readings[j, i])
        for k in range(seen.shape[1]):
            total = 0.0
            for turn in range(seen.shape[0]):
                total += _WEIGHT[turn] * np.exp(weight * _better(where, at[turn, k], table))
            out[j, k] = np.log(total)


@njit(cache=True, nogil=True, error_model="numpy")
def _places(seen: FloatArray) -> FloatArray:  # pragma: no cover (compiled)
    """Return where shapes and means are in the table (row, 4), -1 where there is no plume."""
    at = np.full((seen.shape[0], 4), -1.0)
    for i in range(seen.shape[0]):
        if seen[i, 0] > FAINT:
            at[i, 0], at[i, 1] = place_of_shape(seen[i, 1])
            at[i, 2], at[i, 3] = place_of_mean(seen[i, 0])
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def _better(where: FloatArray, at: FloatArray, table: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log likelihood of readings over that of no plume."""
    log, product = 0.0, 1.0
    for i in range(where.shape[0]):
        if at[i, 0] < 0.0:
            continue
        shape, mean = (int(at[i, 0]), at[i, 1]), (int(at[i, 2]), at[i, 3])
        product *= ratio_to_none(log_between(shape, mean, (int(where[i, 0]), where[i, 1]), table), where[i, 2])
        if not _TINY < product < 1.0 / _TINY:
            log, product = log + math.log(product), 1.0
    return log + math.log(product)


def gain_of(taught: Taught) -> FloatArray:
    """Return the gain of each outcome, (outcome,). [nat]"""
    weight = np.exp(taught.logs - taught.logs.max(axis=1, keepdims=True))
    gain: FloatArray = np.log((taught.like * weight).sum(axis=1) + 1e-300) - np.log(weight.mean(axis=1))
    return gain


def radii_of(taught: Taught, belief: Belief) -> FloatArray:
    """Return the 90 % radius of the first source after each outcome, (outcome,). [m]"""
    weight = np.exp(taught.logs - taught.logs.max(axis=1, keepdims=True))
    return np.array([radius_90(belief.main, one) for one in weight])
