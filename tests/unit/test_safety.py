"""Limits and what stands in for them, houses and facilities, and releases that cannot be computed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from makers.neighbourhood import FRAME, area, house, lead, wind

from upwind.compounds import every, find
from upwind.compounds.species import by_key
from upwind.errors import InputError
from upwind.records import Place
from upwind.render.words import _compounds, compound_name
from upwind.safety import Scenario, Surroundings, protect
from upwind.safety.climate import Blowing
from upwind.safety.dense import heavy
from upwind.safety.isolation import isolation_of
from upwind.safety.limits import limits_of
from upwind.safety.people import building_at, facility_kind, footprint_m2, residents_of
from upwind.safety.releases import Release, spilled_indoors, spilled_outdoors


def limit(name, kind, minutes):
    compound = find(name)
    assert compound is not None
    return next(each for each in limits_of(compound) if (each.kind, each.minutes) == (kind, minutes))


def test_an_aegl_of_its_own_time_is_taken_as_it_is():
    hour = limit("hydrogen chloride", "level 2", 60.0)
    assert (hour.mg_m3, hour.stands_in, hour.verified) == (33.0, False, True)
    assert limit("hydrogen chloride", "level 2", 480.0).mg_m3 == 16.0


def test_a_longer_limit_serves_a_shorter_time_unchanged_and_says_so():
    short = limit("hydrogen chloride", "level 2", 10.0)
    assert short.mg_m3 == 33.0
    assert short.stands_in
    assert "taken for 10 min as it is" in short.basis


def test_a_shorter_limit_is_brought_down_by_equal_toxic_load():
    eight = limit("acetone", "level 2", 480.0)
    assert eight.mg_m3 == pytest.approx(limit("acetone", "level 2", 60.0).mg_m3 / 8.0)
    assert "n = 1 (assumed)" in eight.basis
    assert not eight.verified


@pytest.mark.parametrize(
    ("name", "level", "ppm"),
    [("chlorine", 3, (50, 28, 20, 10, 7.1)), ("ammonia", 2, (220, 220, 160, 110, 110))],
)
def test_an_aegl_is_there_for_each_of_its_five_times(name, level, ppm):
    """As the EPA and the NRC publish them."""
    compound = find(name)
    for minutes, value in zip((10.0, 30.0, 60.0, 240.0, 480.0), ppm, strict=True):
        found = limit(name, f"level {level}", minutes)
        assert found.mg_m3 == pytest.approx(value * compound.molar_mass_g_mol / 24.465, rel=0.01)
        assert not found.stands_in


def test_between_two_times_equal_toxic_load_tells_and_says_so():
    """AEGL-2 of toluene falls from 2100 mg/m3 over 1 h to 940 over 8 h; 4 h are two of three doublings of the time."""
    four = limit("toluene", "level 2", 240.0)
    assert four.mg_m3 == pytest.approx(2100.0 * (940.0 / 2100.0) ** (2.0 / 3.0), rel=1e-6)
    assert four.stands_in
    assert four.verified
    assert "by equal toxic load through both, n = 2.6" in four.basis


def test_idlh_stands_in_where_there_is_no_aegl_and_no_erpg():
    grave, lasting = (limit("diethyl ether", f"level {level}", 30.0) for level in (3, 2))
    assert grave.mg_m3 == pytest.approx(1900 * 74.12 / 24.465, rel=1e-3)
    assert lasting.mg_m3 == pytest.approx(grave.mg_m3 / 10.0)
    assert "IDLH/10" in lasting.basis
    assert "unverified" in lasting.basis
    with pytest.raises(StopIteration):
        limit("diethyl ether", "level 1", 60.0)


def test_flammable_limits_are_shares_of_the_lower_one():
    """Acetone's lower limit is 2.5 % by volume."""
    assert limit("acetone", "flammable 10 %", None).mg_m3 == pytest.approx(2500 * 58.08 / 24.465, rel=1e-3)
    assert limit("acetone", "flammable 60 %", None).mg_m3 == pytest.approx(15_000 * 58.08 / 24.465, rel=1e-3)


def test_published_distances_are_marked_unverified():
    chlorine = isolation_of(find("chlorine"))
    assert (chlorine.un, chlorine.isolation_m, chlorine.day_m, chlorine.night_m) == ("UN1017", 60.0, 300.0, 1500.0)
    assert chlorine.source.endswith("unverified")
    assert isolation_of(find("helium")) is None


def test_a_compound_without_vapour_pressure_does_not_evaporate():
    unknown = replace(find("acetone"), cas="0-00-0")
    assert spilled_outdoors(unknown, 5.0, np.ones(3), 298.15) is None
    assert spilled_indoors(unknown, 5.0, np.full(3, 0.36), 298.15).rate == pytest.approx(5e-4)


def test_persons_go_to_floors_not_to_shops():
    low, high = house(-20.0, 0.0), house(20.0, 0.0, **{"building:levels": "3"})
    shop = house(0.0, 30.0, building="yes", shop="paint")
    found = residents_of([area(80.0, 0.0, 0.0, 100.0, 100.0)], [low, high, shop], FRAME)
    at = {round(float(east)): persons for east, persons in zip(found.easting, found.persons, strict=True) if persons}
    covered = sum(at[key] for key in (-20, 20))
    assert at[20] / at[-20] == pytest.approx(3.0)
    assert 0.0 < covered <= 80.0
    assert not any(
        abs(north - 30.0) < 0.5 and abs(east) < 0.5 for east, north in zip(found.easting, found.northing, strict=True)
    )


def test_a_footprint_is_what_was_drawn_less_its_court():
    square = house(0.0, 0.0, 20.0, 10.0)
    assert footprint_m2(square) == pytest.approx(200.0, rel=0.01)
    court = house(0.0, 0.0, 5.0, 4.0).outline["coordinates"][0]
    outline = {"type": "Polygon", "coordinates": [*square.outline["coordinates"], court]}
    assert footprint_m2(replace(square, outline=outline)) == pytest.approx(180.0, rel=0.01)


def test_the_building_at_a_place_holds_it_or_is_near():
    far, here = house(60.0, 0.0), house(2.0, 2.0)
    assert building_at([far, here], FRAME, 25.0) is here
    assert building_at([house(15.0, 0.0), far], FRAME, 25.0).id == "house/15,0"
    assert building_at([far], FRAME, 25.0) is None


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "school"}, "school"),
        ({"amenity": "kindergarten", "building": "school"}, "kindergarten"),
        ({"healthcare": "doctor"}, "clinic"),
        ({"amenity": "hospital"}, "hospital"),
        ({"amenity": "social_facility"}, "home"),
        ({"shop": "paint"}, None),
    ],
)
def test_facilities_are_told_by_their_tags(tags, kind):
    place = Place(id="1", name="", longitude=0.0, latitude=0.0, outline=None, tags=tags)
    assert facility_kind(place) == kind


def test_who_is_downwind_is_counted_and_who_is_upwind_is_not():
    downwind, upwind = house(150.0, 0.0), house(-150.0, 0.0)
    school = house(120.0, 0.0, building="school", amenity="school")
    areas = (area(30.0, 150.0, 0.0, 40.0, 40.0), area(50.0, -150.0, 0.0, 40.0, 40.0))
    around = Surroundings(places=(downwind, upwind, school), areas=areas, persons_error=0.0)
    place = lead(("hydrogen chloride", 200.0))
    asked = Scenario(town=False)
    found = protect(place, wind(wind_from=270.0), around, asked, np.random.default_rng(2))
    assert 10.0 < found.exposure.in_zone.upper <= 30.0
    assert found.facilities[0].kind == "school"
    assert found.facilities[0].distance_m == pytest.approx(120.0, abs=1.0)
    assert found.facilities[0].bearing_deg == pytest.approx(90.0, abs=1.0)
    assert found.facilities[0].chance > 0.3
    turned = protect(place, wind(wind_from=90.0), around, asked, np.random.default_rng(2))
    assert turned.facilities[0].chance < 0.01
    assert turned.exposure.in_zone.upper > 30.0
    for zone in found.zones:
        if zone.sheltered is not None:
            assert zone.sheltered.upper <= zone.exposed.upper


def test_a_heavy_cloud_is_recognised_and_its_zone_is_all_round():
    """Cold ammonia hugs the ground: who is upwind is warned as well, and it is said that no model computed that."""
    places = (house(40.0, 0.0), house(-40.0, 0.0))
    areas = (area(30.0, 40.0, 0.0, 20.0, 20.0), area(50.0, -40.0, 0.0, 20.0, 20.0))
    around = Surroundings(places=places, areas=areas, persons_error=0.0)
    asked = Scenario(town=False, release_kg=50.0)
    found = protect(lead(("ammonia", 0.001)), wind(wind_from=270.0), around, asked, np.random.default_rng(2))
    assert ("note_dense", "ammonia") in found.notes
    spilled = [zone for zone in found.zones if zone.scenario == "spill outdoors" and zone.limit.kind == "level 2"]
    assert spilled
    assert all(zone.is_all_round for zone in spilled)
    assert next(zone for zone in spilled if zone.limit.minutes == 60.0).exposed.lower == pytest.approx(80.0)
    assert not any(zone.is_all_round for zone in found.zones if zone.scenario == "as measured")


@pytest.mark.parametrize(
    ("name", "kg_s", "metres", "speed", "is_heavy"),
    [
        # (g' q / (U^3 D))^(1/3), by hand: 0.57, 0.14, 0.25, lighter than air, 0.015; 0.15 parts them.
        ("chlorine", 1.0, 1.0, 3.0, True),
        ("chlorine", 1.0, 1.0, 12.0, False),
        ("acetone", 0.05, 1.6, 2.0, True),
        ("methane", 1.0, 1.0, 1.0, False),
        ("acetone", 2e-4, 10.0, 3.0, False),
    ],
)
def test_what_is_heavy_is_so_by_its_buoyancy_against_the_wind(name, kg_s, metres, speed, is_heavy):
    compound = find(name)
    release = Release(
        scenario="as measured",
        compound=compound,
        rate=np.array([kg_s]),
        lasts=np.array([np.inf]),
        pool_m=0.0,
    )
    blowing = Blowing(
        toward=np.array([[1.0, 0.0]]), speed=np.array([speed]), pasquill=np.array([3]), temperature_k=298.15
    )
    assert bool(heavy(release, blowing, metres)[0]) is is_heavy


def test_what_nobody_can_compute_is_said():
    place = lead(("unobtainium", 1.0), ("acetone", None), ("helium", 1.0))
    found = protect(place, None, Surroundings(), Scenario(), np.random.default_rng(0))
    assert set(found.notes) == {
        ("note_unknown", "unobtainium"),
        ("note_no_rate", "acetone"),
        ("note_no_limits", "helium"),
    }
    assert found.exposure is None
    assert found.precaution.cause == "unidentified"


def test_an_hour_with_too_few_rows_falls_back_on_all():
    place = lead(("ammonia", 1.0))
    rows = wind(rows=48)
    at = float(rows.time[0])
    few = protect(place, wind(rows=2), Surroundings(), Scenario(time_s=at), np.random.default_rng(0))
    assert (few.wind.kind, few.wind.rows) == ("all", 2)
    # Hours 0 and 1; 23, 24 and 25; 47.
    many = protect(place, rows, Surroundings(), Scenario(time_s=at), np.random.default_rng(0))
    assert (many.wind.kind, many.wind.rows) == ("hour", 6)
    assert many.wind.wind_from == pytest.approx(270.0, abs=2.0)
    assert many.wind.spread_deg == pytest.approx(10.0, abs=1.5)


def test_calm_air_comes_from_any_side():
    found = protect(lead(("ammonia", 1.0)), wind(speed=0.3), Surroundings(), Scenario(), np.random.default_rng(0))
    assert found.wind.calm == 1.0
    assert np.isnan(found.wind.wind_from)


def test_every_compound_of_the_table_has_a_spanish_name_and_it_names_the_same_one():
    assert {one.name for one in every()} <= set(_compounds())
    species = {one.name for one in by_key().values()}
    for english, spanish in _compounds().items():
        compound = find(english)
        assert english in species or (compound is not None and compound.name == english)
        assert find(spanish) in (compound, None), spanish
    assert compound_name("acetone", "es") == "acetona"
    assert compound_name("Pine tar", "es") == "Pine tar"


def test_a_wind_without_speed_or_direction_is_refused():
    rows = replace(wind(), wind_from=np.full(24, np.nan))
    with pytest.raises(InputError, match="no row has both a speed and a direction"):
        protect(lead(("ammonia", 1.0)), rows, Surroundings(), Scenario(), np.random.default_rng(0))


def test_a_school_that_is_mapped_twice_is_listed_once():
    twice = [
        Place(
            id=str(number),
            name="Escuela",
            longitude=FRAME.longitude + 0.001 * number,
            latitude=FRAME.latitude,
            outline=None,
            tags={"amenity": "school"},
        )
        for number in (1, 2)
    ]
    nameless = [replace(each, id=each.id + "n", name="") for each in twice]
    around = Surroundings(places=(*twice, *nameless))
    found = protect(lead(("ammonia", 1.0)), None, around, Scenario(), np.random.default_rng(0)).facilities
    assert [each.name for each in found].count("Escuela") == 1
    assert min(each.distance_m for each in found) == next(each.distance_m for each in found if each.name == "Escuela")
    assert len(found) == 3


def test_a_wind_from_a_high_mast_is_brought_down_and_a_low_one_is_left():
    speeds = []
    for height in (2.0, 10.0, 60.0):
        rows = replace(wind(speed=4.0), wind_height=np.full(24, height))
        found = protect(lead(("ammonia", 1.0)), rows, Surroundings(), Scenario(town=False), np.random.default_rng(0))
        speeds.append(found.wind.speed.median)
    assert speeds[:2] == [4.0, 4.0]
    # The neutral profile over a roughness of 0.1 m: ln(10/0.1) / ln(60/0.1).
    assert speeds[2] == pytest.approx(4.0 * np.log(100.0) / np.log(600.0), rel=1e-6)


def test_the_distance_to_keep_grows_by_how_far_off_the_place_may_be():
    sure, unsure = (
        protect(lead(("acetone", None), radius=radius), None, Surroundings(), Scenario(), np.random.default_rng(0))
        for radius in (0.0, 40.0)
    )
    assert sure.precaution.metres == 100.0
    # Of two normal errors of 40 / 1.645 m each, the distance passes 2.448 standard deviations in 5 % of cases.
    assert unsure.precaution.metres == pytest.approx(100.0 + 2.448 * 40.0 / 1.645, rel=0.05)
