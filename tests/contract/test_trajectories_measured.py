"""Telemetry as real aircraft, receivers and cameras left it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

#: 2020-09-14T21:48:00Z, off San Diego; a climb at 1,000 m, one position a second.
from makers.telemetry import FOOT

from upwind.readers.trajectories import read_trajectory

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


def measured(place: str) -> Path:
    """Return a measured file that lies beside the checkout."""
    path = SHARED / place
    if not path.is_file():
        pytest.skip(f"needs {place} of the measured data that lie beside the checkout")
    return path


@pytest.mark.shared
def test_pswrd35_off_san_diego() -> None:
    track = read_trajectory(measured("flight/adsb/aircraft_carrier.json.gz"))
    assert len(track.time) == 7335  # the located ones of 9,024 rows
    assert (track.platforms, track.flights, track.notes) == (("PSWRD35",), ("ae0455",), ())
    assert track.row[0] == 1
    assert track.row[-1] <= 9023
    assert track.time[0] == 1600120072


@pytest.mark.shared
def test_fire_aircraft_keep_their_flights_apart() -> None:
    track = read_trajectory(measured("flight/adsb/calfire.json.gz"))
    assert len(track.time) == 9955
    assert track.ellipsoidal_height[0] == pytest.approx(1000 * FOOT)
    assert track.flights[track.flight[0]] == "N342WN_014"
    assert track.platforms[track.platform[0]] == "N342WN"


@pytest.mark.shared
def test_real_squitters_move_as_an_airliner_does() -> None:
    track = read_trajectory(measured("flight/modes/sample_data_adsb.csv"))
    assert len(track.time) > 900  # of 937 airborne positions
    assert set(np.unique(np.diff(track.time))) <= set(range(30))
    east = np.radians(np.diff(track.longitude)) * np.cos(np.radians(track.latitude[1:]))
    metres = 6_371_000 * np.hypot(east, np.radians(np.diff(track.latitude)))
    assert np.all(metres <= 260 * (np.diff(track.time) + 2))  # 494 knots over ground, times late by up to 2 s
    assert track.pressure_altitude == pytest.approx(36_000 * FOOT, abs=50)


@pytest.mark.shared
def test_a_log_of_a_flight_controller_in_trondheim() -> None:
    track = read_trajectory(measured("flight/px4/sample_log_small.ulg"))
    assert len(track.time) == 32
    assert track.latitude == pytest.approx(63.417, abs=1e-3)
    assert track.longitude == pytest.approx(10.408, abs=1e-3)
    assert np.datetime64(int(track.time[0]), "s") == np.datetime64("2021-04-21T06:30:58")
    assert np.all((track.ellipsoidal_height - track.altitude > 39) & (track.ellipsoidal_height - track.altitude < 41))


@pytest.mark.shared
def test_a_telemetry_log_begins_without_a_fix() -> None:
    track = read_trajectory(measured("flight/ardupilot/dronekit_flight.tlog"))
    assert len(track.time) == 2833
    assert (track.longitude[0], track.latitude[0]) == (0.0, 0.0)
    assert (track.longitude[-1], track.latitude[-1]) == (149.1657436, -35.3623295)  # as pymavlink 2.4.50 reads it
    assert track.altitude[-1] == 590.35
    assert track.time[-1] == 1436057055.147776
    assert track.notes == ("cut off after 76,791 messages",)


@pytest.mark.shared
def test_a_dataflash_log_that_is_cut_off() -> None:
    track = read_trajectory(measured("flight/ardupilot/pymavlink_test.BIN"))
    assert track.notes == ("cut off after 1,731 messages",)
    assert track.time == pytest.approx(1509241630 + np.arange(5) * 0.2)  # as pymavlink 2.4.50 reads it
    assert track.latitude == pytest.approx(-35.3626275, abs=3e-7)
    assert track.altitude[0] == pytest.approx(588.82)


@pytest.mark.shared
@pytest.mark.parametrize("video", ["h264", "h265", "mpeg2"])
def test_sets_of_the_standards_own_example(video: str) -> None:
    track = read_trajectory(measured(f"flight/klv/{video}_klv.ts"))
    assert len(track.time) == 30
    assert (track.flights[0], track.platforms[0]) == ("MISSION01", "AF-101")
    # MISB ST 0601.8, example values of tags 2, 13, 14 and 15 (those that kwiver's test streams begin with).
    assert np.datetime64(int(track.time[0] * 1000), "ms") == np.datetime64("2008-10-24T00:13:29.913")
    assert track.latitude[0] == pytest.approx(60.1768229669783, abs=1e-9)
    assert track.longitude[0] == pytest.approx(128.426759042045, abs=1e-9)
    assert track.altitude[0] == pytest.approx(14190.7195, abs=1e-3)


@pytest.mark.shared
def test_the_universal_set_of_an_older_aircraft() -> None:
    track = read_trajectory(measured("flight/klv/aphill_klv_10s.ts"))
    assert len(track.time) == 300
    assert (track.latitude[0], track.longitude[0]) == pytest.approx((38.160, -77.356), abs=1e-3)
    assert track.time[-1] - track.time[0] == pytest.approx(10, abs=0.1)
    assert track.notes == ()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["Drawing Shapes - Circle", "Marker - 2525", "Marker - Spot"])
def test_samples_of_cursor_on_target(name: str) -> None:
    track = read_trajectory(measured(f"intel/cot/{name}.cot"))
    assert np.datetime64(int(track.time[0]), "s") == np.datetime64("2020-12-16T19:59:34")
    assert (track.latitude[0], track.longitude[0]) == pytest.approx((38.85, -77.07), abs=0.02)
    assert np.isnan(track.ellipsoidal_height[0])  # 9999999
