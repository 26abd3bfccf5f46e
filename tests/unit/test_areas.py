"""An area holds what is in it and on its edge, and nothing in its holes or across the globe."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from upwind.flights.permission.areas import inside

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]
HOLE = [[4, 4], [4, 6], [6, 6], [6, 4], [4, 4]]
RIDGE = [[20, 0], [30, 0], [30, 10], [25, 3], [20, 10], [20, 0]]
AREA = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [RIDGE]]}


@pytest.mark.parametrize(
    ("longitude", "latitude", "held"),
    [
        (2, 2, True),
        (0, 0, True),
        (10, 5, True),
        (10.0001, 5, False),
        (5, 5, False),
        (4, 5, True),
        (6, 6, True),
        (3.9999, 5, True),
        (4.0001, 5, False),
        (15, 5, False),
        (25, 3, True),
        (25, 3.0001, False),
        (25, 2.9999, True),
        (22, 7.2, True),
        (28, 7.2, True),
        (-1, 10, False),
        (11, 0, False),
    ],
)
def test_edges_belong_and_holes_do_not(longitude: float, latitude: float, held: bool) -> None:  # noqa: FBT001 - told
    found = inside(AREA, np.array([longitude], dtype=float), np.array([latitude], dtype=float))
    assert found.tolist() == [held]


def test_a_slanted_edge_is_inclusive_though_floats_miss_it() -> None:
    third = {"type": "Polygon", "coordinates": [[[0.1, 0.1], [0.7, 0.4], [0.1, 0.4], [0.1, 0.1]]]}
    share = np.linspace(0.0, 1.0, 1001)
    assert inside(third, 0.1 + 0.6 * share, 0.1 + 0.3 * share).all()


def test_both_names_of_the_180th_meridian_are_one_place() -> None:
    west = [[-180, 0], [-170, 0], [-170, 10], [-180, 10], [-180, 0]]
    east = [[170, 20], [180, 20], [180, 30], [170, 30], [170, 20]]
    area: dict[str, Any] = {"type": "MultiPolygon", "coordinates": [[west], [east]]}
    longitude, latitude = np.array([180.0, -180.0, 180.0, -180.0, 179.9]), np.array([5.0, 25.0, 15.0, 30.0, 5.0])
    assert inside(area, longitude, latitude).tolist() == [True, True, False, True, False]


def test_heights_of_positions_and_repeated_corners_change_nothing() -> None:
    area = {"type": "Polygon", "coordinates": [[[0, 0, 5], [10, 0, 5], [10, 0, 5], [10, 10, 5], [0, 10, 5], [0, 0, 5]]]}
    assert inside(area, np.array([5.0, 12.0]), np.array([5.0, 0.0])).tolist() == [True, False]


def test_no_position_is_nowhere() -> None:
    assert inside(AREA, np.empty(0), np.empty(0)).shape == (0,)


def test_a_tenth_of_a_millimetre_outside_is_on_the_edge_and_a_metre_is_not() -> None:
    square = {"type": "Polygon", "coordinates": [SQUARE]}
    beside = np.array([5.0, 5.0, -5e-10, 10.0 + 5e-10])
    across = np.array([-5e-10, 10.0 + 5e-10, 5.0, 5.0])
    assert inside(square, beside, across).all()
    assert not inside(square, np.array([5.0, 5.0, -1e-5]), np.array([-1e-5, 10.00001, 5.0])).any()
