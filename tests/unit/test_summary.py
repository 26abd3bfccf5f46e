"""Which source of a draw is which: matching by distance, however many there are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from upwind.invert.summary import _best, _match, _most_probable_first, _nearest_first

RNG = np.random.default_rng(5)


@pytest.mark.parametrize(("slots", "sources"), [(3, 3), (2, 4), (5, 2), (1, 1)])
def test_the_best_match_is_that_of_linear_programming(slots: int, sources: int) -> None:
    away = RNG.uniform(0.0, 100.0, (40, slots, sources))
    for distance, matched in zip(away, _best(away), strict=True):
        rows, columns = linear_sum_assignment(distance)
        made = np.flatnonzero(matched >= 0)
        assert distance[made, matched[made]].sum() == pytest.approx(distance[rows, columns].sum())
        assert len(set(matched[made])) == min(slots, sources)


def test_many_sources_that_lie_apart_are_matched_to_themselves() -> None:
    places = np.column_stack([np.arange(12) * 50.0, np.zeros(12)])
    orders = np.stack([RNG.permutation(12) for _ in range(500)])
    slots = places[orders] + RNG.normal(0.0, 1.0, (500, 12, 2))
    matched = _match(slots, np.full(500, 12), places)
    np.testing.assert_array_equal(matched, orders)


def test_what_is_nearest_first_pairs_each_once() -> None:
    matched = _nearest_first(RNG.uniform(0.0, 100.0, (50, 9, 6)))
    for row in matched:
        assert sorted(row[row >= 0]) == list(range(6))


def test_draws_keep_their_source_when_sources_are_ranked() -> None:
    place = np.full((4, 3, 4), np.nan)
    matched = np.full((4, 5), -1, dtype=np.int64)
    for source, draws in enumerate(([0], [0, 1, 2, 3], [0, 1, 2])):
        place[draws, source] = float(source)
        matched[draws, 2 - source] = source
    ranked, whose = _most_probable_first(place, matched)
    assert np.isfinite(ranked[:, :, 0]).sum(axis=0).tolist() == [4, 3, 1]
    for draw, slot in np.argwhere(whose >= 0):
        assert ranked[draw, whose[draw, slot], 0] == place[draw, matched[draw, slot], 0]
    np.testing.assert_array_equal(whose == -1, matched == -1)
