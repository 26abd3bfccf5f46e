"""A sensor of first-order response is the recursive filter that signal processing has for it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.signal import lfilter

from upwind.invert.layout import HEADER, RESPONSE, Problem
from upwind.invert.target import slow_down


def slowed(problem: Problem, series: np.ndarray, gap: np.ndarray, response_s: float) -> tuple[np.ndarray, np.ndarray]:
    state = np.zeros(HEADER)
    state[RESPONSE] = math.log(response_s)
    total, spread = series.copy(), series**2
    slow_down(problem._replace(gap=gap), state, total, spread)
    return total, spread


@pytest.mark.parametrize("response_s", [0.3, 1.5, 8.0])
def test_a_response_of_first_order_is_a_recursive_filter(problem: Problem, response_s: float) -> None:
    series = np.random.default_rng(1).gamma(0.5, size=200)
    total, spread = slowed(problem, series, np.append(math.inf, np.full(199, 2.0)), response_s)
    kept = math.exp(-2.0 / response_s)
    for result, whole in ((total, series), (spread, series**2)):
        expected, _ = lfilter([1.0 - kept], [1.0, -kept], whole, zi=[kept * whole[0]])
        np.testing.assert_allclose(result, expected, rtol=1e-12)


def test_a_pause_or_another_sensor_is_a_fresh_start(problem: Problem) -> None:
    series = np.random.default_rng(2).gamma(0.5, size=100)
    gap = np.append(math.inf, np.full(99, 1.0))
    gap[40], gap[70] = math.inf, 60.0
    total, _ = slowed(problem, series, gap, 5.0)
    parts = [
        slowed(problem, part, np.append(math.inf, np.full(len(part) - 1, 1.0)), 5.0)[0]
        for part in np.split(series, [40, 70])
    ]
    np.testing.assert_array_equal(total, np.concatenate(parts))
