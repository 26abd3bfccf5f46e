"""Patterns about a block: where they lie, how close, and that they turn with the wind."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from upwind.errors import InputError
from upwind.flights.search.patterns import Block, perimeter_then_bisect, spiral, transects

SQUARE = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 300.0], [0.0, 300.0]])


def block(wind_from_deg: float = 270.0, downwind_m: float = 200.0) -> Block:
    return Block(corners=SQUARE, wind_from_deg=wind_from_deg, downwind_m=downwind_m, height_m=25.0)


@pytest.mark.parametrize("wind", [0.0, 37.0, 180.0, 270.0])
def test_transects_lie_across_the_wind_and_close_enough(wind):
    legs = transects(block(wind), 90.0)
    toward = np.array([math.sin(math.radians(wind + 180.0)), math.cos(math.radians(wind + 180.0))])
    starts, ends = (np.array([getattr(leg, at) for leg in legs]) for at in ("start", "end"))
    assert (ends - starts) @ toward == pytest.approx(np.zeros(len(legs)), abs=1e-6)
    gaps = np.diff(starts @ toward)
    assert (gaps < 0.0).all()
    assert np.abs(gaps).max() <= 90.0 + 1e-6
    # From the asked distance downwind of the block to its upwind edge.
    assert (starts @ toward).max() == pytest.approx((SQUARE @ toward).max() + 200.0)
    assert (starts @ toward).min() == pytest.approx((SQUARE @ toward).min())
    # There and back: a leg begins on the side where the one before ended.
    assert np.linalg.norm(starts[1:] - ends[:-1], axis=1).max() <= 90.0 + 1e-6


def test_a_spiral_is_one_way_that_leaves_no_wide_gap():
    legs = spiral(block(), 80.0)
    assert all(one.end == pytest.approx(other.start) for one, other in pairwise(legs))
    way = np.concatenate([np.linspace(leg.start, leg.end, 60) for leg in legs])
    for place in np.random.default_rng(1).uniform((0.0, 0.0), (600.0, 300.0), (200, 2)):
        assert np.linalg.norm(way - place, axis=1).min() <= 80.0


def test_a_perimeter_goes_round_and_each_halving_halves():
    legs = perimeter_then_bisect(block(), 2)
    assert sum(leg.length_m for leg in legs[:4]) == pytest.approx(2 * (600.0 + 300.0))
    # Wind from the west: lines across it are north-south, at halves and quarters of 600 m.
    assert sorted(round(leg.start[0], 6) for leg in legs[4:]) == [150.0, 300.0, 450.0]
    assert round(legs[4].start[0], 6) == 300.0
    assert len(perimeter_then_bisect(block(), 0)) == 4


def test_what_is_no_block_or_spacing_is_refused():
    with pytest.raises(InputError, match="corners"):
        Block(corners=SQUARE[:2], wind_from_deg=0.0, downwind_m=0.0, height_m=20.0)
    for pattern in (transects, spiral):
        with pytest.raises(InputError, match="spacing"):
            pattern(block(), 0.0)
