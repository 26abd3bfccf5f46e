"""A beam reads the mean of its points, also where it passes within decimetres of a source."""

from __future__ import annotations

import math

import numpy as np
import pytest

from upwind.invert.layout import HEADER, NUMBER, PER_SOURCE, Problem, scratch_for
from upwind.invert.moves import respond_all

POINTS = 20_000


def read(problem: Problem, source: tuple[float, float, float], start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return what points or beams, one a row, read of a source of 1 kg/h, each in the first reading's wind."""
    first = HEADER + len(problem.turn_precision)
    state = np.zeros(first + 2 * PER_SOURCE)
    state[NUMBER] = 1.0
    state[first : first + 3] = source
    rows = len(problem.start)
    means = []
    for low in range(0, len(start), rows):
        a, b = (np.resize(ends[low : low + rows], (rows, 3)) for ends in (start, end))
        one = problem._replace(
            start=a,
            end=b,
            beam=(a != b).any(axis=1),
            toward=np.repeat(problem.toward[:, :1], rows, axis=1),
            speed=np.full(rows, problem.speed[0]),
            height_factor=np.ones_like(problem.height_factor),
        )
        room = scratch_for(one, 1)
        respond_all(one, state, room)
        means.append(room.mean[0, : len(start) - low])
    return np.concatenate(means)[: len(start)]


@pytest.mark.parametrize(("aside_m", "within"), [(0.5, 0.12), (1.0, 0.06), (5.0, 0.06), (40.0, 0.06)])
def test_a_beam_is_the_mean_of_its_points(problem: Problem, aside_m: float, within: float) -> None:
    share = ((np.arange(POINTS) + 0.5) / POINTS)[:, None]
    means, beams = [], []
    for bearing in np.linspace(0.0, 2.0 * math.pi, 16, endpoint=False):
        along = np.array([math.sin(bearing), math.cos(bearing), 0.0])
        start, end = np.array([0.0, 0.0, 1.2]) - 37.0 * along, np.array([0.0, 0.0, 1.6]) + 83.0 * along
        source = aside_m * along[1], -aside_m * along[0], 1.0
        points = start + share * (end - start)
        means.append(read(problem, source, points, points).mean())
        beams.append(read(problem, source, start[None], end[None])[0])
    np.testing.assert_allclose(beams, means, rtol=within, atol=0.02 * max(means))
