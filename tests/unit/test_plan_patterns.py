"""Patterns as sorties: where their lines lie, by geodesics; whole within the endurance; what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pyproj import Geod

from upwind.errors import InputError
from upwind.flights import catalogue
from upwind.flights.plan import Breeze
from upwind.flights.search.patterned import PATTERNS, Shape, plan_pattern

GLOBE = Geod(ellps="WGS84")
DRONE = catalogue.platform("quadcopter")
BLOCK = [[np.array([(-40.0, 20.0), (-39.99, 20.0), (-39.99, 20.008), (-40.0, 20.008)])]]
WIND = Breeze(speed=4.0, from_deg=240.0)
MIDDLE = (-39.995, 20.004)


def shape(kind: str, **changed) -> Shape:
    return replace(Shape(kind=kind, height_m=30.0, downwind_m=400.0), **changed)


def lines(pattern) -> np.ndarray:
    return np.concatenate([sortie.waypoints[sortie.lines][..., :2] for sortie in pattern.sorties])


def test_transects_lie_across_the_wind_and_the_farthest_downwind_comes_first() -> None:
    found = lines(plan_pattern(BLOCK, DRONE, shape("transects", spacing_m=150.0), WIND))
    bearing, _, _ = GLOBE.inv(*found[:, 0].T, *found[:, 1].T)
    assert np.abs(np.cos(np.radians(bearing - WIND.from_deg))).max() < 1e-3
    middles = found.mean(axis=1)
    away, _, far = GLOBE.inv(np.full(len(found), MIDDLE[0]), np.full(len(found), MIDDLE[1]), *middles.T)
    downwind = far * np.cos(np.radians(away - (WIND.from_deg - 180.0)))
    assert (np.diff(downwind) < 0.0).all()
    assert np.diff(downwind) == pytest.approx(np.full(len(found) - 1, np.diff(downwind)[0]), abs=0.5)
    assert abs(np.diff(downwind)[0]) <= 150.0
    # From the block's farthest corner downwind on, so much farther.
    corner, _, reach = GLOBE.inv(*MIDDLE, -39.99, 20.008)
    assert downwind[0] == pytest.approx(reach * np.cos(np.radians(corner - 60.0)) + 400.0, abs=1.0)


@pytest.mark.parametrize("kind", PATTERNS)
@pytest.mark.parametrize("base", [None, (-40.001, 20.0)])
def test_sorties_hold_all_legs_within_the_endurance_and_the_bound(kind, base) -> None:
    whole = plan_pattern(BLOCK, DRONE, shape(kind, spacing_m=100.0), WIND, base)
    short = replace(DRONE, endurance_h=0.2)
    parts = plan_pattern(BLOCK, short, shape(kind, spacing_m=100.0), WIND, base)
    assert len(parts.sorties) > len(whole.sorties)
    assert max(sortie.time_s for sortie in parts.sorties) <= 0.2 * 3600.0
    assert lines(parts) == pytest.approx(lines(whole), abs=1e-9)
    # Nothing is flown faster over ground than before the wind.
    flown = sum(GLOBE.line_length(*line.T) for line in lines(whole))
    assert flown / (DRONE.speed_m_s + WIND.speed) <= whole.lower_bound_s <= min(whole.time_s, parts.time_s)


def test_a_perimeter_goes_round_the_block_and_what_lies_downwind() -> None:
    found = lines(plan_pattern(BLOCK, DRONE, shape("perimeter", halvings=1), WIND))
    assert len(found) == 5
    assert found[3, 1] == pytest.approx(found[0, 0], abs=1e-9)
    assert found[:3, 1] == pytest.approx(found[1:4, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("platform", "wind", "says"),
    [
        (DRONE, Breeze(speed=0.0, from_deg=0.0), "across the wind"),
        (DRONE, Breeze(speed=30.0, from_deg=0.0), "no survey weather"),
        (replace(DRONE, endurance_h=0.01), WIND, "outlasts the endurance"),
    ],
)
def test_what_cannot_be_flown_is_said(platform, wind, says) -> None:
    with pytest.raises(InputError, match=says):
        plan_pattern(BLOCK, platform, shape("transects"), wind)
