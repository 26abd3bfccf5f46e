"""What a flight would have shown, and the search map that silent flights leave: physics and limits."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from makers.evidence import FRAME, report

from upwind.arrays import FloatArray
from upwind.flights.search.chances import Rates
from upwind.records import Fit, Located, Posterior, Status, Track, Wind
from upwind.sites.fuse import Settings
from upwind.sites.looks import Look, look_at
from upwind.sites.undiscovered import search_map

START = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


def flown(easting: FloatArray, northing: FloatArray, observed: FloatArray, sensor: FloatArray | None = None) -> Look:
    """Return the look of readings a second apart in a west wind of 4 m/s, with noise of 0.001 ppm about 0."""
    count = len(observed)
    longitude, latitude = FRAME.to_geographic(easting, northing)
    time = START + np.arange(count, dtype=float)
    nothing = np.full(count, np.nan)
    sensors = (np.zeros(count) if sensor is None else sensor).astype(np.int64)
    weather = {"wind_speed": np.full(count, 4.0), "wind_from": np.full(count, 270.0)}
    wind = Wind(time=time, **weather, **dict.fromkeys(_UNKNOWN, nothing))
    names = tuple(f"S{n}" for n in range(sensors.max() + 1))
    track = Track(
        name="t",
        sha256="0",
        time=time,
        longitude=longitude,
        latitude=latitude,
        height=np.full(count, 5.0),
        duration=np.ones(count),
        end_longitude=nothing,
        end_latitude=nothing,
        end_height=nothing,
        sensor=sensors,
        sensors=names,
        gases=(),
        wind=wind,
        extra={},
    )
    zero = np.zeros(count)
    fit = Fit(
        units="ppm",
        time=time,
        longitude=longitude,
        latitude=latitude,
        sensor=sensors,
        sensors=names,
        observed=observed,
        ambient=zero,
        median=zero,
        lower=zero,
        upper=zero,
        used=np.ones(count, dtype=bool),
        **weather,
    )
    none: Posterior | None = None
    answer = Located(
        gas="acetone", status=Status.NO_SOURCE, why="", number_of_sources=(), sources=(), fit=fit, posterior=none
    )
    look = look_at("F1", [track], [answer], None)
    assert look is not None
    return look


_UNKNOWN = ("wind_height", "sigma_wind_direction", "friction_velocity", "obukhov_length", "temperature", "pressure")


def noise(count: int) -> FloatArray:
    return np.asarray(0.001 * np.random.default_rng(1).standard_normal(count))


def shown(look: Look, place: tuple[float, float], rate: float = 0.4) -> float:
    longitude, latitude = FRAME.to_geographic(np.array([place[0]]), np.array([place[1]]))
    return float(1.0 - look.miss(longitude, latitude, ["acetone"], Rates(median_kg_h=rate, spread=0.1)).mean())


def box() -> tuple[float, float, float, float]:
    """Return a square kilometre about the origin."""
    (west, east), (south, north) = FRAME.to_geographic(np.array([-500.0, 500.0]), np.array([-500.0, 500.0]))
    return float(west), float(south), float(east), float(north)


@pytest.fixture(scope="module")
def across() -> Look:
    """One silent pass from south to north at 10 m/s, 100 m east of the origin."""
    north = np.linspace(-300.0, 300.0, 61)
    return flown(np.full(61, 100.0), north, noise(61))


def test_a_pass_shows_what_lies_upwind_of_it_and_nothing_else(across: Look) -> None:
    assert shown(across, (0.0, 0.0)) > 0.8
    assert shown(across, (150.0, 0.0)) == 0.0
    assert shown(across, (0.0, 900.0)) < 0.01


def test_stronger_sites_show_better_and_no_gas_that_was_not_looked_for(across: Look) -> None:
    said = [shown(across, (-200.0, 0.0), rate) for rate in (0.01, 0.1, 1.0)]
    assert said[0] < said[1] < said[2]
    here = np.array([FRAME.longitude]), np.array([FRAME.latitude])
    assert across.miss(*here, ["toluene"], Rates()).min() == 1.0


def test_readings_that_stand_out_are_no_silence() -> None:
    north = np.linspace(-300.0, 300.0, 61)
    loud = np.where(np.abs(north) < 100.0, 0.5, 0.0) + noise(61)
    assert shown(flown(np.full(61, 100.0), north, loud), (0.0, 0.0)) < 0.05


def test_one_that_wobbles_shows_no_more_than_one_that_flies_straight(across: Look) -> None:
    north = np.linspace(-300.0, 300.0, 61)
    wobbly = flown(100.0 + 8.0 * np.sin(north), north, noise(61))
    assert shown(wobbly, (0.0, 0.0)) == pytest.approx(shown(across, (0.0, 0.0)), abs=0.02)


def test_a_standing_sensor_shows_what_the_wind_brings() -> None:
    standing = flown(np.full(61, 100.0), np.zeros(61), noise(61))
    assert shown(standing, (0.0, 0.0)) > 0.5
    assert shown(standing, (0.0, 120.0)) < 0.1
    assert shown(standing, (200.0, 0.0)) == 0.0


def test_silence_empties_the_map_where_it_looked_and_never_wholly(across: Look) -> None:
    before = search_map(box(), ["acetone"], [], [], Settings())
    one = search_map(box(), ["acetone"], [across], [], Settings())
    again = search_map(box(), ["acetone"], [across] * 100, [], Settings())
    row, column = before.grid.rows // 2, before.grid.columns // 2
    assert before.shown.max() < 1e-9
    assert one.undiscovered[row, column] < 0.75 * before.undiscovered[row, column]
    assert one.undiscovered[row, -1] == pytest.approx(before.undiscovered[row, -1])
    # A hundred passes at one time meet one state of emission: what is off then stays.
    assert 0.4 * before.undiscovered[row, column] < again.undiscovered[row, column] <= one.undiscovered[row, column]


def test_reports_that_no_site_explains_raise_the_map(across: Look) -> None:
    plain = search_map(box(), ["acetone"], [across], [], Settings())
    told = search_map(box(), ["acetone"], [across], [report("R1"), report("R2")], Settings())
    middle = plain.grid.rows // 2, plain.grid.columns // 2
    assert told.undiscovered[middle] > 2.0 * plain.undiscovered[middle]
    assert told.undiscovered[0, 0] == pytest.approx(plain.undiscovered[0, 0])
