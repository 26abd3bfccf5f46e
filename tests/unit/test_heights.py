"""Bounds of heights: wide enough to be true anywhere, and never a guess."""

from __future__ import annotations

import numpy as np
import pytest
from makers.flown import trajectory

from upwind.flights.audit.heights import above, bounds, under
from upwind.records import Datum, Level, Trajectory


def at(**heights: float) -> Trajectory:
    """Return one sample twice, of which these heights are known."""
    known = {name: np.full(2, heights.get(name, np.nan)) for name in HEIGHTS}
    return trajectory([0.0, 1.0], 0.0, 0.0, **known)


HEIGHTS = ("height", "altitude", "ellipsoidal_height", "pressure_altitude")


def ask(datum: Datum, *, at_sea: bool = False, **heights: float) -> tuple[float, float]:
    low, high = bounds(at(**heights), np.array([0]), np.array([at_sea]), datum)
    return float(low[0]), float(high[0])


@pytest.mark.parametrize("datum", Datum)
@pytest.mark.parametrize("at_sea", [True, False])
def test_what_a_track_does_not_say_is_not_known(datum: Datum, *, at_sea: bool) -> None:
    assert np.isnan(ask(datum, at_sea=at_sea)).all()


def test_a_height_above_ground_is_itself_and_wins() -> None:
    assert ask(Datum.GROUND, height=120.0, altitude=900.0, pressure_altitude=950.0) == (120.0, 120.0)


def test_over_the_sea_an_altitude_is_a_height() -> None:
    assert ask(Datum.GROUND, at_sea=True, altitude=1500.0) == (1500.0, 1500.0)
    assert ask(Datum.SEA, at_sea=True, height=80.0) == (80.0, 80.0)


# The Dead Sea's shore, Everest, an airliner over the coast, El Alto, the Caspian.
@pytest.mark.parametrize(
    ("ground", "height"), [(-430.0, 0.0), (8_848.0, 10.0), (0.0, 11_000.0), (4_061.0, 500.0), (-28.0, 3.0)]
)
def test_bounds_hold_the_height_over_any_ground(ground: float, height: float) -> None:
    low, high = ask(Datum.GROUND, altitude=ground + height)
    assert low <= height <= high
    low, high = ask(Datum.SEA, height=height)
    assert low <= ground + height <= high


# The geoid's extremes are -106 m south of India and +85 m in New Guinea (EGM96).
@pytest.mark.parametrize("undulation", [-106.0, 85.0])
def test_bounds_hold_the_altitude_over_any_geoid(undulation: float) -> None:
    low, high = ask(Datum.SEA, ellipsoidal_height=1000.0 + undulation)
    assert low <= 1000.0 <= high


# The barometric formula: of a column that is so much warmer than the standard one, and of the standard atmosphere.
@pytest.mark.parametrize("sea_level_hpa", [940.0, 1013.25, 1060.0])
@pytest.mark.parametrize("warmer_k", [-28.0, 0.0, 28.0])
@pytest.mark.parametrize("altitude", [0.0, 2_000.0, 10_000.0])
def test_bounds_hold_the_altitude_in_any_weather(sea_level_hpa: float, warmer_k: float, altitude: float) -> None:
    column = 288.15 + warmer_k - 0.00325 * altitude
    pressure = sea_level_hpa * np.exp(-9.80665 * altitude / (287.053 * column))
    standard = 44_330.77 * (1.0 - (pressure / 1013.25) ** 0.190263)
    low, high = ask(Datum.SEA, pressure_altitude=float(standard))
    assert low <= altitude <= high
    low, high = ask(Datum.PRESSURE, altitude=altitude)
    assert low <= standard <= high


def test_levels_are_met_surely_maybe_or_not() -> None:
    height = np.array([10.0, 90.0, 110.0, np.nan]), np.array([20.0, 110.0, 120.0, np.nan])
    level = Level(metres=100.0, datum=Datum.SEA)
    assert [part.tolist() for part in above(level, height)] == [[False, False, True, False], [False, True, True, True]]
    assert [part.tolist() for part in under(level, height)] == [[True, False, False, False], [True, True, False, True]]


def test_a_level_is_met_at_itself() -> None:
    exactly = np.array([100.0]), np.array([100.0])
    level = Level(metres=100.0, datum=Datum.GROUND)
    assert above(level, exactly)[0].all()
    assert under(level, exactly)[0].all()
