"""A problem that grows row by row, and whose older half is thinned so that it stays bounded.

What `problem.build` learned from the readings before (noise, surfaces, the share each reading counts) holds for the
next reading of the same sensor; its place, wind and value are its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.invert.air import SLOW_NODES_S
from upwind.invert.layout import HEADER, YOUNGEST_S, Problem
from upwind.invert.observations import Observations
from upwind.invert.problem import Tuning
from upwind.invert.winds import LOWEST_WIND, SPEED_OVER_S, turn_covariance

__all__ = ["Past", "append", "one_row", "rows_of", "thin", "with_nodes", "with_room"]

#: Which axis of a problem's array runs over the readings.
_READING_AXIS = {
    "start": 0,
    "end": 0,
    "beam": 0,
    "toward": 1,
    "speed": 0,
    "height_factor": 1,
    "surface": 0,
    "widening": 0,
    "unit": 0,
    "y": 1,
    "noise": 0,
    "weight": 0,
    "basis_at": 0,
    "basis": 0,
    "ambient_expected": 0,
    "turn_at": 0,
    "turn_part": 0,
    "gap": 0,
}
#: Columns of observations over the readings, beside values and weather.
_COLUMNS = ("time", "span", "start", "end", "beam", "sensor", "unit", "moving")
#: So many readings of wind are remembered.
_WIND_ROWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the rows of a problem do not say of themselves.

    `time` [s] and `sensor` (row,) of the problem's rows; `wind_time` [s] and `wind` (reading, 2) toward east and north
    [m/s] as last measured; `turn_time`, `ambient_time` (node,) [s]; `column` (node,) of the ambient's nodes among its
    coefficients.
    """

    time: FloatArray
    sensor: IntArray
    wind_time: FloatArray
    wind: FloatArray
    turn_time: FloatArray
    ambient_time: FloatArray
    column: IntArray


def with_room(problem: Problem, observations: Observations, until: float, tuning: Tuning) -> tuple[Problem, Past]:
    """Return a problem just built, its nodes of direction and ambient laid on until a time to come, and its past.

    Parameters
    ----------
    problem
        Built from the observations.
    observations
        Its rows.
    until
        No nodes beyond are needed. [s]
    tuning
        What it was built with.
    """
    time = observations.time
    fast = len(problem.toward) > 1
    nodes = int(problem.basis_at[:, :2].max()) + 1
    turn_time = np.linspace(time[0], time[-1] + 1e-6, len(problem.turn_precision))
    ambient_time = np.linspace(time[0], time[-1] + 1e-6, nodes)
    column = np.arange(nodes)
    if fast:
        turn_time = np.append(turn_time, np.arange(turn_time[-1], until, tuning.turn_memory_s)[1:])
        covariance = turn_covariance(turn_time, tuning.fast_turn_sd, tuning.turn_memory_s)
        problem = problem._replace(
            turn_precision=np.asarray(np.linalg.inv(covariance), dtype=np.float64),
            turn_root=np.asarray(np.linalg.cholesky(covariance), dtype=np.float64),
        )
    for at in np.arange(ambient_time[-1], until, tuning.drift_nodes_s if fast else SLOW_NODES_S)[1:]:
        problem = _with_node(problem, column)
        ambient_time = np.append(ambient_time, at)
        column = np.append(column, len(problem.ambient_mean) - 1)
    return problem, Past(
        time=time,
        sensor=observations.sensor,
        wind_time=time,
        wind=_wind(observations),
        turn_time=turn_time,
        ambient_time=ambient_time,
        column=column,
    )


def with_nodes(rng: np.random.Generator, problem: Problem, states: FloatArray, nodes: int) -> FloatArray:
    """Return states with the nodes of direction that they lack, drawn from their prior given those before.

    Parameters
    ----------
    rng
        Draws them.
    problem
        After `with_room`.
    states
        Shape (particle, place).
    nodes
        How many they have.
    """
    covariance = np.linalg.inv(problem.turn_precision)
    for number in range(nodes, len(covariance)):
        tie = np.linalg.solve(covariance[:number, :number], covariance[:number, number])
        spread = np.sqrt(covariance[number, number] - covariance[number, :number] @ tie)
        drawn = states[:, HEADER : HEADER + number] @ tie + spread * rng.standard_normal(len(states))
        states = np.insert(states, HEADER + number, drawn, axis=1)
    return states


def append(problem: Problem, past: Past, observation: Observations) -> tuple[Problem, Past]:
    """Return the problem with one more reading.

    Parameters
    ----------
    problem, past
        As they stand; beyond the last node of direction and ambient, that node holds.
    observation
        One row.
    """
    past = replace(
        past,
        sensor=np.append(past.sensor, observation.sensor),
        time=np.append(past.time, observation.time),
        wind_time=np.append(past.wind_time, observation.time)[-_WIND_ROWS:],
        wind=np.concatenate([past.wind, _wind(observation)])[-_WIND_ROWS:],
    )
    row = _row(problem, past, observation)
    grown = {
        name: np.concatenate([getattr(problem, name), row[name]], axis=axis) for name, axis in _READING_AXIS.items()
    }
    weight, noise = row["weight"][0], row["noise"][0]
    return problem._replace(
        **grown,
        log_noise=problem.log_noise + np.array([weight, weight * np.log(noise)]),
        reach=max(problem.reach, float(np.abs(row["y"] - row["ambient_expected"]).max())),
    ), past


def one_row(problem: Problem, at: int) -> Problem:
    """Return the problem of one reading alone."""
    only: dict[str, Any] = {
        name: np.ascontiguousarray(np.take(getattr(problem, name), [at], axis=axis))
        for name, axis in _READING_AXIS.items()
    }
    weight = float(only["weight"][0])
    return problem._replace(**only, log_noise=np.array([weight, weight * np.log(only["noise"][0])]))


def thin(problem: Problem, past: Past) -> tuple[Problem, Past]:
    """Return the problem with its older half averaged two by two, the readings of each sensor by themselves."""
    half = len(past.time) // 2
    order = np.lexsort((past.time[:half], past.sensor[:half]))
    begins = np.flatnonzero(np.diff(past.sensor[order], prepend=-1))
    place = np.arange(half) - np.repeat(begins, np.diff(begins, append=half))
    first = np.flatnonzero(place % 2 == 0)
    count = np.diff(first, append=half)
    older = {name: np.take(getattr(problem, name), order, axis) for name, axis in _READING_AXIS.items()}
    mean = {name: _averaged(older[name], first, count, axis) for name, axis in _READING_AXIS.items()}
    mean |= {name: older[name][first] for name in ("basis", "ambient_expected", "turn_part")}
    mean["toward"] /= np.maximum(np.linalg.norm(mean["toward"], axis=2, keepdims=True), 1e-9)
    mean["noise"] /= np.sqrt(count)
    mean["weight"] = np.minimum(mean["weight"] * count, np.maximum(mean["weight"], 1.0))
    newer = {name: np.take(getattr(problem, name), range(half, len(past.time)), n) for name, n in _READING_AXIS.items()}
    whole = {name: np.concatenate([mean[name], newer[name]], axis) for name, axis in _READING_AXIS.items()}
    weight = whole["weight"]
    log_noise = np.array([weight.sum(), (weight * np.log(whole["noise"])).sum()])
    kept = np.append(order[first], np.arange(half, len(past.time)))
    past = replace(past, time=past.time[kept], sensor=past.sensor[kept])
    return problem._replace(**whole, log_noise=log_noise), past


def _averaged(values: FloatArray, first: IntArray, count: IntArray, axis: int) -> FloatArray:
    """Return the mean of each group of rows; what points somewhere keeps its first."""
    if values.dtype.kind == "i":
        return np.take(values, first, axis)
    shape = [1] * values.ndim
    shape[axis] = len(count)
    mean: FloatArray = np.add.reduceat(values, first, axis=axis) / count.reshape(shape)
    return mean


def rows_of(observations: Observations, rows: IntArray) -> Observations:
    """Return some rows of the observations."""
    return replace(
        observations,
        **{name: getattr(observations, name)[rows] for name in _COLUMNS},
        values=np.ascontiguousarray(observations.values[:, rows]),
        weather={name: column[rows] for name, column in observations.weather.items()},
    )


def _wind(observations: Observations) -> FloatArray:
    radians = np.radians(observations.weather["wind_from"])
    speed = np.maximum(observations.weather["wind_speed"], 1e-3)
    return np.column_stack([-speed * np.sin(radians), -speed * np.cos(radians)])


def _row(problem: Problem, past: Past, observation: Observations) -> dict[str, FloatArray]:
    """Return a problem's arrays for the last reading: as the one before of its sensor, but for what is its own."""
    like = np.flatnonzero(past.sensor[:-1] == observation.sensor[0])
    at = int(like[-1]) if len(like) else len(past.sensor) - 2
    row = {name: np.take(getattr(problem, name), [at], axis=axis) for name, axis in _READING_AXIS.items()}
    row |= {"start": observation.start, "end": observation.end, "y": observation.values}
    row["unit"] = observation.unit / 3600.0
    moves = len(like) > 0 and problem.gap.min() < math.inf
    row["gap"] = observation.time - past.time[at] if moves else np.array([math.inf])
    row["toward"], row["speed"] = _blown(past, len(problem.toward))
    time = float(observation.time[0])
    row["turn_at"], row["turn_part"] = _between(past.turn_time, time)
    at_node, part = _between(past.ambient_time, time)
    following = np.minimum(at_node + 1, len(past.column) - 1)
    row["basis_at"] = np.column_stack([past.column[at_node], past.column[following], row["basis_at"][:, 2]])
    row["basis"] = np.column_stack([1.0 - part, part, row["basis"][:, 2]])
    row["ambient_expected"] = np.einsum("rc,rc->r", row["basis"], problem.ambient_mean[row["basis_at"]])
    return row


def _between(nodes: FloatArray, time: float) -> tuple[IntArray, FloatArray]:
    """Return the node before a time and the part of the way to the next, both (1,)."""
    if len(nodes) == 1:
        return np.zeros(1, dtype=np.int64), np.zeros(1)
    at = int(np.clip(np.searchsorted(nodes, time, side="right") - 1, 0, len(nodes) - 2))
    part = (time - nodes[at]) / (nodes[at + 1] - nodes[at])
    return np.array([at], dtype=np.int64), np.clip(np.array([part]), 0.0, 1.0)


def _blown(past: Past, ages: int) -> tuple[FloatArray, FloatArray]:
    """Return unit vectors (age, 1, 2) along the mean wind before the last reading, and the plume's speed (1,)."""
    time, wind = past.wind_time, past.wind
    spans = [0.0, *(YOUNGEST_S * 2.0 ** np.arange(ages - 2)), np.inf][:ages]
    means = np.stack([wind[np.searchsorted(time, time[-1] - span) :].mean(axis=0) for span in spans])
    means[0] = wind[-1]
    toward = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    speeds = np.hypot(*wind.T)
    over = speeds[np.searchsorted(time, time[-1] - SPEED_OVER_S) :].mean() if ages > 1 else speeds[-1]
    return toward[:, None, :], np.array([max(float(over), LOWEST_WIND)])


def _with_node(problem: Problem, column: IntArray) -> Problem:
    """Return the problem with one node more of the ambient, at a random walk's step from the last."""
    size, before = len(problem.ambient_mean), column[-1]
    tie = -problem.ambient_precision[column[-2], before] if len(column) > 1 else 0.0
    tie = tie if tie > 0.0 else (1.5 * float(np.median(problem.noise))) ** -2
    precision = np.zeros((size + 1, size + 1))
    precision[:size, :size] = problem.ambient_precision
    precision[np.ix_([before, size], [before, size])] += tie * np.array([[1.0, -1.0], [-1.0, 1.0]])
    return problem._replace(
        ambient_precision=precision, ambient_mean=np.append(problem.ambient_mean, problem.ambient_mean[before])
    )
