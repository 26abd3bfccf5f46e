"""Searches against what plans of a flight must hold: endurance, the wind, an imager's swath, and even lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from upwind.errors import InputError
from upwind.flights.search.belief import Duties
from upwind.flights.search.chances import Outlook, Rates, chances_of
from upwind.flights.search.choose import Effort
from upwind.flights.search.even import evenly
from upwind.flights.search.lattice import lattice_over
from upwind.flights.search.legs import Motion
from upwind.flights.search.maps import frame_over, uniform_map
from upwind.flights.search.reckoning import chance_of, reckoned
from upwind.flights.search.sorties import Sought, Terms, plan_search
from upwind.records import DetectionLimit, Platform, Sensor

BOX = (10.0, 45.0, 10.08, 45.06)
AREA = [[np.array([[10.0, 45.0], [10.08, 45.0], [10.08, 45.06], [10.0, 45.06], [10.0, 45.0]])]]
DRONE = Platform(name="drone", speed_m_s=15.0, bank_deg=25.0, endurance_h=0.5)
NOSE = Sensor(name="nose", response_s=1.0, detection_limits=(DetectionLimit(gas="acetone", limit=3.0, units="ppb"),))
IMAGER = Sensor(
    name="imager",
    swath_m=300.0,
    height_m=400.0,
    overlap=0.2,
    detection_limits=(DetectionLimit(gas="methane", limit=0.1, units="kg/h"),),
)
WIND = Outlook(speed_m_s=4.0, wind_from_deg=200.0)
SOUGHT = Sought(gas="acetone", rates=Rates(), duties=Duties())


def terms(**changed: object) -> Terms:
    said: dict[str, object] = {"platform": DRONE, "sensor": NOSE, "outlook": WIND, "height_m": 30.0, **changed}
    return Terms(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize("base", [None, (10.03, 45.02)])
def test_every_sortie_keeps_to_the_endurance_and_finds_less_than_the_one_before(base):
    search = plan_search(uniform_map(BOX, 150.0, 2.0), AREA, SOUGHT, terms(base=base, sorties=3))
    assert [sortie.time_s <= 1_800.0 for sortie in search.sorties] == [True] * 3
    found = [worth.expected for worth in search.worths]
    assert found == sorted(found, reverse=True)
    assert all(worth.bound >= worth.expected for worth in search.worths)
    if base is not None:
        for sortie in search.sorties:
            assert sortie.waypoints[[0, -1], :2] == pytest.approx(np.array([base, base]), abs=1e-7)
    # What is found leaves the map; of sites that are off, none is.
    lost = -np.log1p(-search.before.undiscovered).sum() + np.log1p(-search.after.undiscovered).sum()
    assert lost == pytest.approx(search.expected, rel=1e-6)


def test_a_hole_is_not_searched_and_what_lies_outside_stays_as_it_was():
    hole = np.array([[10.02, 45.02], [10.02, 45.04], [10.06, 45.04], [10.06, 45.02], [10.02, 45.02]])
    searched = uniform_map((9.98, 44.98, 10.1, 45.08), 150.0, 2.0)
    search = plan_search(searched, [[AREA[0][0], hole]], SOUGHT, terms())
    longitude, latitude = searched.grid.middles()
    out = (longitude < 10.0) | (longitude > 10.08) | (latitude < 45.0) | (latitude > 45.06)
    out |= (abs(longitude - 10.04) < 0.02) & (abs(latitude - 45.03) < 0.01)
    assert (search.after.undiscovered[out] == searched.undiscovered[out]).all()
    assert (search.before.undiscovered[out] == 0.0).all()
    assert (search.before.undiscovered[~out] > 0.0).all()


def test_an_imager_searches_in_a_calm_and_sees_about_its_swath():
    sought = Sought(gas="methane", rates=Rates(), duties=Duties(shares=(1.0,)))
    still = Outlook(speed_m_s=0.0, wind_from_deg=0.0)
    searched = uniform_map(BOX, 150.0, 1.0)
    (worth,) = plan_search(searched, AREA, sought, terms(sensor=IMAGER, outlook=still, height_m=400.0)).worths
    # No more than a swath along 15 m/s for half an hour, of an area of 6.30 km by 6.67 km.
    assert 0.14 < worth.expected < 300.0 * 15.0 * 1_800.0 / (6_300.0 * 6_670.0) * 1.05


def test_even_lines_lie_across_the_wind_and_evenly_apart():
    searched = uniform_map(BOX, 150.0, 1.0)
    _, easting, northing = frame_over(searched)
    west = Outlook(speed_m_s=4.0, wind_from_deg=270.0)
    rates = Rates()
    chances = chances_of(NOSE, "acetone", DRONE, west, rates, 30.0)
    worth = np.full((rates.classes, easting.size), 1.0 / easting.size)
    lattice = lattice_over(easting, northing, worth, chances, 270.0)
    motion = Motion.of(DRONE, 4.0, 270.0)
    legs, time_s = evenly(lattice, motion, Effort(time_s=3_600.0, height_m=30.0), 0)
    assert time_s <= 3_600.0
    across = np.array([leg.start[0] for leg in legs])
    assert [leg.end[0] for leg in legs] == pytest.approx(across)
    assert np.ptp(np.diff(across)) <= lattice.step_m * 1.01
    # Twice the time, twice the lines or so.
    assert len(evenly(lattice, motion, Effort(time_s=7_200.0, height_m=30.0), 0)[0]) >= 1.7 * len(legs)


def test_where_a_map_says_little_even_lines_are_flown_and_where_it_says_much_they_are_not():
    searched = uniform_map(BOX, 150.0, 1.0)
    longitude, latitude = searched.grid.middles()
    led = []
    for share in (0.02, 0.97):
        near = np.exp(-0.5 * ((longitude - 10.02) ** 2 + (latitude - 45.04) ** 2) / 0.004**2)
        number = (1.0 - share) / near.size + share * near / near.sum()
        drawn = replace(searched, undiscovered=-np.expm1(-number))
        (worth,) = plan_search(drawn, AREA, SOUGHT, terms(platform=replace(DRONE, endurance_h=1.0))).worths
        led.append(not worth.unled)
        assert worth.finds >= worth.even_finds * (1.0 - 1e-9)
    assert led == [False, True]


def test_nothing_expected_is_no_chance_and_much_is_nearly_sure():
    assert chance_of(0.0).upper == 0.0
    assert chance_of(50.0).lower > 0.999
    chance = chance_of(np.log(2.0))
    assert chance.median == pytest.approx(0.5)
    assert reckoned(1.0) < reckoned(1.0, unled=True) < 1.0


def test_what_is_too_far_is_refused():
    with pytest.raises(InputError, match="nearer base"):
        plan_search(uniform_map(BOX, 150.0, 2.0), AREA, SOUGHT, terms(base=(10.4, 45.0)))
