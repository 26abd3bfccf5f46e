"""The likelihood of sensors that stand still, against dense linear algebra and sums written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from upwind.arrays import FloatArray
from upwind.invert import station_likelihood
from upwind.invert.layout import Problem
from upwind.invert.station_likelihood import log_likelihood_of_stations
from upwind.invert.stations import Stations

DEGREES = 4.0


def _network(problem: Problem, rng: np.random.Generator, sensors: int = 3, moments: int = 12) -> Problem:
    """Return sensors that each read once a moment, for two hours, and air with a node for each moment."""
    sensor, moment = np.tile(np.arange(sensors), moments), np.repeat(np.arange(moments), sensors)
    readings, hours = len(sensor), 2
    previous = np.where(moment > 0, np.arange(readings) - sensors, -1)
    lasting = np.where(previous >= 0, np.array([[0.1], [0.6], [0.95]]), 0.0)
    size = moments + 2 * sensors + hours
    precision = np.diag(rng.uniform(0.5, 2.0, size))
    for k in range(moments - 1):
        precision[k : k + 2, k : k + 2] += 3.0 * np.array([[1.0, -1.0], [-1.0, 1.0]])
    part = rng.uniform(0.0, 1.0, readings)
    following = np.minimum(moment + 1, moments - 1)
    part[following == moment] = 0.0
    return problem._replace(
        y=rng.normal(0.0, 1.0, (1, readings)),
        noise=rng.uniform(0.5, 2.0, readings),
        weight=np.ones(readings),
        basis_at=np.column_stack([moment, following, moments + sensor]).astype(np.int64),
        basis=np.column_stack([1.0 - part, part, np.ones(readings)]),
        ambient_mean=np.zeros(size),
        ambient_precision=precision,
        ambient_expected=np.zeros(readings),
        stations=Stations(
            sensor=sensor.astype(np.int64),
            previous=previous.astype(np.int64),
            memory=lasting,
            vague=np.ones(readings),
            hour=(moment * hours // moments).astype(np.int64),
        ),
        sensors=sensors,
        hours=hours,
    )


def _log_student(u: FloatArray, size: float) -> FloatArray:
    """Return the log density of Student's t of a scale, up to its constant."""
    return np.asarray(-math.log(size) - 0.5 * (DEGREES + 1.0) * np.log1p((u / size) ** 2 / DEGREES))


def _written_out(network: Problem, residual: FloatArray) -> float:
    """Return the log density of residuals, every memory and size of each sensor in a sum."""
    total = 0.0
    for sensor in range(network.sensors):
        at = np.flatnonzero(network.stations.sensor == sensor)
        terms = []
        for memory in network.stations.memory:
            rho = memory[at]
            before = np.concatenate([[0.0], residual[at][:-1]])
            rest = np.sqrt(1.0 - rho**2)
            u = (residual[at] - rho * before) / rest
            for size in (0.5, 1.0, 2.0, 4.0, 8.0, 16.0):
                prior = math.exp(-0.5 * math.log(size) ** 2)
                terms.append(math.log(prior) + float((_log_student(u, size) - np.log(rest)).sum()))
        total += float(np.logaddexp.reduce(terms))
    return total


def test_a_bordered_tridiagonal_system_is_solved_as_a_dense_one() -> None:
    rng = np.random.default_rng(1)
    nodes, border = 9, 5
    size = nodes + border
    dense = np.zeros((size, size))
    for k in range(nodes - 1):
        dense[k, k + 1] = dense[k + 1, k] = rng.normal()
    dense[:nodes, nodes:] = rng.normal(size=(nodes, border))
    dense[nodes:, :nodes] = dense[:nodes, nodes:].T
    mixed = rng.normal(size=(border, border))
    dense[nodes:, nodes:] = mixed @ mixed.T
    dense += 20.0 * np.eye(size)
    right = rng.normal(size=size)
    solution = right.copy()
    beside = np.append(np.diag(dense, 1)[: nodes - 1], 0.0)
    block = (np.diag(dense)[:nodes].copy(), beside, dense[:nodes, nodes:].copy(), dense[nodes:, nodes:].copy())
    log_det = station_likelihood._solve((*block, solution))
    assert solution == pytest.approx(np.linalg.solve(dense, right), abs=1e-12)
    assert log_det == pytest.approx(np.linalg.slogdet(dense)[1], abs=1e-10)


def test_errors_with_memory_are_summed_over_every_memory_and_size(problem: Problem) -> None:
    rng = np.random.default_rng(2)
    network = _network(problem, rng)
    residual = rng.standard_t(3.0, len(network.noise)) * 3.0
    assert station_likelihood._series(network, residual) == pytest.approx(_written_out(network, residual), abs=1e-9)


def test_sizes_that_would_overflow_as_a_product_are_kept(problem: Problem) -> None:
    network = _network(problem, np.random.default_rng(3), moments=400)
    residual = np.full(len(network.noise), 1e3)
    residual[::2] *= -1.0
    said = station_likelihood._series(network, residual)
    assert said == pytest.approx(_written_out(network, residual), rel=1e-12)


def test_without_sources_the_likelihood_is_that_of_air_offsets_and_noise(problem: Problem) -> None:
    rng = np.random.default_rng(4)
    network = _network(problem, rng)
    readings, size = len(network.noise), len(network.ambient_mean)
    design = np.zeros((readings, size))
    for column in range(3):
        design[np.arange(readings), network.basis_at[:, column]] += network.basis[:, column]
    residual = network.y[0].copy()
    variance = network.noise**2
    weight = 1.0 / (variance * (1.0 + np.maximum(residual, 0.0) ** 2 / (16.0 * variance)))
    normal = network.ambient_precision + design.T @ (weight[:, None] * design)
    ambient = np.linalg.solve(normal, design.T @ (weight * residual))
    expected = _written_out(network, (residual - design @ ambient) / network.noise)
    expected -= float(np.log(network.noise).sum()) + 0.5 * float(np.linalg.slogdet(normal)[1])
    expected -= 0.5 * float(ambient @ network.ambient_precision @ ambient)
    nothing, written = np.zeros(readings), np.empty(size)
    said = log_likelihood_of_stations(network, (1.0, 5.0), nothing, nothing, written)
    assert written == pytest.approx(ambient, abs=1e-10)
    assert said == pytest.approx(expected, abs=1e-9)


def test_strengths_of_an_hour_and_a_sensor_make_up_for_plumes_that_are_a_little_wrong(problem: Problem) -> None:
    network = _network(problem, np.random.default_rng(5))
    total = np.where(network.stations.sensor == 0, 50.0, 0.0)
    network = network._replace(y=1.2 * total[None, :])
    ambient = np.empty(len(network.ambient_mean))
    log_likelihood_of_stations(network, (1.0, 5.0), total, 0.01 * total**2, ambient)
    gain, hours = ambient[-network.sensors], ambient[-network.sensors - network.hours : -network.sensors]
    # Sensor 0 reads a fifth more than its plumes all day.
    assert gain + hours == pytest.approx(0.2, abs=0.05)
