"""Parts of the search: chances against physics, ways against their geometry, maps against what was asked for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from upwind.errors import ContractError, InputError
from upwind.flights import catalogue
from upwind.flights.search.belief import Duties, believe
from upwind.flights.search.chances import Outlook, Rates, chances_of
from upwind.flights.search.legs import Leg, Motion, as_table, flight_time, waypoints
from upwind.flights.search.maps import frame_over, scaled, uniform_map
from upwind.flights.search.tour import shortened
from upwind.records import DetectionLimit, Estimate, Sensor
from upwind.records.mapped import Grid
from upwind.render.readings import Weather
from upwind.render.search_page import SearchPicture, search_map_page

DRONE = catalogue.platform("quadcopter")
OUTLOOK = Outlook(speed_m_s=4.0, wind_from_deg=90.0, pasquill=2)


def sniffer(limit: float, units: str = "ppb", gas: str = "acetone") -> Sensor:
    limits = (DetectionLimit(gas=gas, limit=limit, units=units),)
    return Sensor(name="sniffer", kind="in situ", response_s=1.0, detection_limits=limits)


def sweep(sensor: Sensor, outlook: Outlook = OUTLOOK, height_m: float = 30.0) -> np.ndarray:
    return chances_of(sensor, "acetone", DRONE, outlook, Rates(), height_m).sweep_m()


def test_more_gas_is_seen_further_and_a_dull_sensor_sees_less():
    assert (np.diff(sweep(sniffer(1.0))) > 0.0).all()
    assert (sweep(sniffer(0.1)) > sweep(sniffer(1.0))).all()
    assert (sweep(sniffer(1.0)) > sweep(sniffer(10.0))).all()
    slow = replace(sniffer(1.0), response_s=30.0)
    assert (sweep(slow) < sweep(sniffer(1.0))).all()


def test_a_plume_close_to_its_source_passes_below_a_high_leg():
    low = chances_of(sniffer(1.0), "acetone", DRONE, OUTLOOK, Rates(), 5.0)
    high = chances_of(sniffer(1.0), "acetone", DRONE, OUTLOOK, Rates(), 80.0)
    assert low.crossing[2, 1] > 0.9
    assert high.crossing[2, 1] < 0.05


def test_a_limit_says_the_same_in_parts_and_in_mass():
    """1 ppb of acetone is 58.08 g/mol x 42.29 mol/m3 x 1e-9 = 2.456 ug/m3 in the standard atmosphere at sea level."""
    assert sweep(sniffer(2.456, "ug/m3")) == pytest.approx(sweep(sniffer(1.0)), rel=0.01)


def test_an_imager_sees_its_swath_whatever_the_wind():
    imager = Sensor(
        name="imager",
        swath_m=300.0,
        height_m=400.0,
        overlap=0.2,
        detection_limits=sniffer(0.1, "kg/h").detection_limits,
    )
    seen = sweep(imager, replace(OUTLOOK, speed_m_s=0.0), 400.0)
    assert seen.max() <= 310.0
    assert seen[-1] == pytest.approx(300.0, rel=0.1)


@pytest.mark.parametrize(
    ("sensor", "outlook", "says"),
    [
        (sniffer(1.0, gas="methane"), OUTLOOK, "no detection limit for acetone"),
        (sniffer(1.0, "ppm m"), OUTLOOK, "no detection limit for acetone"),
        (sniffer(1.0, "kg/h"), OUTLOOK, "no swath"),
        (sniffer(1.0), replace(OUTLOOK, speed_m_s=0.0), "calm"),
    ],
)
def test_what_cannot_be_planned_is_said(sensor, outlook, says):
    with pytest.raises(InputError, match=says):
        chances_of(sensor, "acetone", DRONE, outlook, Rates(), 30.0)


def test_a_leg_across_the_wind_takes_what_the_wind_triangle_says():
    motion = Motion(airspeed_m_s=10.0, radius_m=5.0, wind_east=6.0, wind_north=0.0)
    across = as_table([Leg(start=(0.0, 0.0), end=(0.0, 800.0), height_m=30.0)])
    assert flight_time(across, motion.as_tuple()) == pytest.approx(100.0)
    with_it = as_table([Leg(start=(0.0, 0.0), end=(800.0, 0.0), height_m=30.0)])
    assert flight_time(with_it, motion.as_tuple()) == pytest.approx(50.0)
    with pytest.raises(InputError, match="too much"):
        Motion(airspeed_m_s=5.0, radius_m=5.0, wind_east=6.0, wind_north=0.0)


def test_an_order_made_shorter_holds_the_same_legs():
    rng = np.random.default_rng(2)
    starts = rng.uniform(-2_000.0, 2_000.0, (14, 2))
    tour = np.hstack([starts, starts + rng.uniform(-300.0, 300.0, (14, 2))])
    motion = Motion.of(DRONE, 3.0, 200.0).as_tuple()
    made, order = shortened(tour, (1, 1), motion)
    assert flight_time(made, motion) < flight_time(tour, motion)
    assert sorted(order) == list(range(14))
    assert (order[0], order[-1]) == (0, 13)
    for row, which in zip(made, order, strict=True):
        assert np.allclose(row, tour[which]) or np.allclose(row, tour[which][[2, 3, 0, 1]])


def test_a_uniform_map_expects_what_it_was_told():
    searched = uniform_map((10.0, 45.0, 10.1, 45.1), 200.0, 2.5)
    assert -np.log1p(-searched.undiscovered).sum() == pytest.approx(2.5)
    assert -np.log1p(-scaled(searched, 7.0).undiscovered).sum() == pytest.approx(7.0)
    assert believe(searched, Rates(), Duties()).undiscovered.sum() == pytest.approx(2.5)
    with pytest.raises(InputError):
        uniform_map((10.1, 45.0, 10.0, 45.1), 200.0, 2.5)
    with pytest.raises(InputError, match="nothing to find"):
        scaled(replace(searched, undiscovered=np.zeros(searched.grid.shape)), 1.0)
    with pytest.raises(ContractError):
        Duties(shares=(0.0,))


def test_waypoints_are_the_ends_of_the_legs():
    searched = uniform_map((10.0, 45.0, 10.1, 45.1), 200.0, 2.5)
    frame, easting, northing = frame_over(searched)
    legs = [Leg(start=(easting[0], northing[0]), end=(easting[-1], northing[-1]), height_m=30.0)]
    found = waypoints(legs, frame)
    longitude, latitude = searched.grid.middles()
    assert found[0] == pytest.approx([longitude[0, 0], latitude[0, 0], 30.0], abs=1e-7)
    assert found[1] == pytest.approx([longitude[-1, -1], latitude[-1, -1], 30.0], abs=1e-7)


def test_the_page_of_a_search_map_stands_by_itself_and_says_what_was_found():
    grid = Grid(west=10.0, north=45.1, step_longitude=0.002, step_latitude=0.001, rows=20, columns=30)
    before = np.full(grid.shape, 0.002)
    legs = np.array([[[10.01, 45.09], [10.05, 45.09]]])
    chance = Estimate(median=0.42, lower=0.2, upper=0.7, level=0.9, units="1")
    picture = SearchPicture(
        name="area.geojson",
        grid=grid,
        before=before,
        after=0.7 * before,
        legs=legs,
        chance=chance,
        time_s=3240.0,
        weather=Weather(wind_from=225.0, spread=20.0, speed=5.0),
        source="a <drawn> map",
    )
    page = search_map_page(picture, "es")
    assert "A find with 42 % (20-70) in 0:54:00 of flight" in page
    assert "Un hallazgo con 42 % (20-70) en 0:54:00 de vuelo" in page
    assert "viento de 225°, 5.0 m/s" in page
    assert "&lt;drawn&gt;" in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    for drawn in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        ET.fromstring(drawn)  # noqa: S314 - our own page
    assert json.dumps(page)
