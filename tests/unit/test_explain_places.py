"""What lies upwind counts: near, open and fitting places explain more; what is far, closed or unmapped does not."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwind.compounds.species import isobars, keys_of
from upwind.explain import CLASSES, Moment, Neighbourhood, explain, explain_there
from upwind.explain.answer import PRIOR_UNEXPLAINED, TOO_FEW
from upwind.explain.kinds import every_kind, kind_of
from upwind.explain.whereabouts import Whereabouts, upwind_of, within
from upwind.geo import Frame
from upwind.records import Explained, KnownPlace, Place, Reading, Sample

HERE = (-110.5, 31.25)
NOON, NIGHT = (datetime.fromisoformat(f"2026-03-03T{clock}:00-07:00") for clock in ("12:00", "03:00"))
SALON = {"acetone": 30.0, "ethyl acetate": 30.0, "n-butyl acetate": 8.0, "ethyl methacrylate": 6.0, "isopropanol": 5.0}
FUEL = {"n-butane": 20.0, "isopentane": 30.0, "n-pentane": 12.0, "toluene": 4.0, "n-hexane": 3.0}


def sample(parts: dict[str, float]) -> Sample:
    readings = (
        Reading(compound=name, keys=keys_of(name), amount=part, limit=math.nan, uncertainty=0.1 * part)
        for name, part in parts.items()
    )
    return Sample(name="", readings=tuple(readings), is_whole=False)


def place(name: str, east_m: float, north_m: float, **tags: str) -> Place:
    longitude, latitude = Frame(longitude=HERE[0], latitude=HERE[1]).to_geographic(
        np.array([east_m]), np.array([north_m])
    )
    return Place(
        id=name, name=name, longitude=float(longitude[0]), latitude=float(latitude[0]), outline=None, tags=tags
    )


#: A house that emits nothing: the map reaches here.
HOUSE = place("house", 5.0, 5.0, building="yes")


def answer(parts: dict[str, float], *places: Place, moment: Moment | None = None, where: Whereabouts | None = None):
    there = within(*HERE, 40.0) if where is None else where
    return explain_there(sample(parts), Neighbourhood(places=(HOUSE, *places), whereabouts=there, moment=moment))


def of(answered: Explained, name: str) -> KnownPlace | None:
    return next((each for each in answered.places if each.name == name), None)


def probability(answered: Explained, name: str) -> float:
    found = of(answered, name)
    return 0.0 if found is None else found.probability


def test_a_near_salon_explains_a_salon_and_a_far_one_does_not() -> None:
    near = answer(SALON, place("salon", 30.0, 0.0, shop="beauty", beauty="nails"))
    assert near.places[0].name == "salon"
    assert near.places[0].probability > 0.5
    assert near.places[0].distance_m.lower < 30.0 < near.places[0].distance_m.upper
    assert probability(answer(SALON, place("salon", 900.0, 0.0, beauty="nails")), "salon") < 0.01


def test_the_nearer_of_two_alike_is_likelier() -> None:
    both = answer(FUEL, place("near", 20.0, 0.0, amenity="fuel"), place("far", 0.0, 90.0, amenity="fuel"))
    assert probability(both, "near") > probability(both, "far") > 0.0


def test_a_place_explains_its_own_compounds() -> None:
    places = place("salon", 25.0, 0.0, beauty="nails"), place("station", -25.0, 0.0, amenity="fuel")
    assert answer(SALON, *places).places[0].name == "salon"
    assert answer(FUEL, *places).places[0].name == "station"


def test_listed_compounds_that_no_salon_lets_out_stay_unexplained_beside_one() -> None:
    odd = {"acetone": 10.0, "diethyl ether": 40.0, "acetic anhydride": 30.0, "toluene": 5.0, "benzene": 0.5}
    beside = answer(odd, place("salon", 35.0, 0.0, beauty="nails"))
    assert beside.unexplained.probability > 0.5
    assert beside.unexplained.probability < explain(sample(odd)).unexplained.probability + 0.1


#: A body shop as a proton-transfer mass spectrometer smells it: 1-butanol is some percent of paint.
WORKSHOP = place("workshop", 25.0, 0.0, shop="car_repair")
PAINT = {"acetone": 10.0, "toluene": 40.0, "xylenes": 40.0}


def by_mass(parts: dict[str, float], where: Whereabouts | None = None) -> Explained:
    """Return what is said beside a workshop of masses that each may be several compounds."""
    plain = sample(parts)
    readings = tuple(replace(reading, keys=isobars(reading.keys)) for reading in plain.readings)
    there = within(*HERE, 40.0) if where is None else where
    return explain_there(replace(plain, readings=readings), Neighbourhood(places=(HOUSE, WORKSHOP), whereabouts=there))


def test_what_a_workshop_never_lets_out_is_not_explained_by_it() -> None:
    found = answer({"acetone": 50.0, "diethyl ether": 50.0, "toluene": 3.0}, WORKSHOP)
    assert found.unexplained.probability > 0.5
    assert probability(found, "workshop") < 0.1


def test_the_isobar_of_a_listed_compound_explains_as_much_as_paint_has_of_it_and_no_more() -> None:
    little, much = (of(by_mass({**PAINT, "diethyl ether": part}), "workshop") for part in (5.0, 80.0))
    speaks = [next(line for line in each.evidence if line.of == "compounds") for each in (little, much) if each]
    assert speaks[0].log_likelihood_ratio > 0.0 > speaks[1].log_likelihood_ratio
    assert "seldom" in speaks[1].words
    assert "seldom" not in speaks[0].words
    assert probability(by_mass({**PAINT, "diethyl ether": 5.0}), "workshop") > 0.5


def test_a_rate_that_no_house_lets_out_speaks_against_a_hidden_one() -> None:
    def at(rate: float) -> float:
        there = within(*HERE, 40.0)
        there = replace(there, emission_rate=np.full(len(there.weight), rate))
        odd = {"acetone": 50.0, "diethyl ether": 50.0, "toluene": 3.0}
        return answer(odd, WORKSHOP, where=there).unexplained.probability

    assert at(0.2) > at(200.0)


def test_the_note_says_what_rarer_hidden_sources_would_leave() -> None:
    found = answer({"acetone": 50.0, "diethyl ether": 50.0, "toluene": 3.0}, WORKSHOP)
    (note,) = (note for note in found.notes if "per km2" in note)
    odds = found.unexplained.probability / (1.0 - found.unexplained.probability) / 10.0
    assert note.endswith(f"it would be {odds / (1.0 + odds):.0%}")
    assert not any("per km2" in note for note in answer(FUEL, WORKSHOP).notes)


def test_upwind_counts_and_downwind_does_not() -> None:
    west, east = place("west", -80.0, 0.0, amenity="fuel"), place("east", 80.0, 0.0, amenity="fuel")
    found = answer(FUEL, west, east, where=upwind_of(*HERE, 300.0, 270.0))
    assert found.places[0].name == "west"
    assert probability(found, "west") > 50.0 * probability(found, "east")


def test_hours_speak_for_what_is_open_and_against_what_is_closed() -> None:
    shop = place("shop", 30.0, 0.0, craft="car_painter", opening_hours="Mo-Fr 08:00-18:00")
    paint = {"toluene": 20.0, "xylenes": 20.0, "n-butyl acetate": 20.0, "acetone": 10.0}
    zone = ZoneInfo("America/Phoenix")
    noon, night = (answer(paint, shop, moment=Moment(time=time, zone=zone)) for time in (NOON, NIGHT))
    assert (of(noon, "shop").is_open, of(night, "shop").is_open) == (True, False)
    assert probability(noon, "shop") > probability(answer(paint, shop), "shop") > probability(night, "shop") > 0.0
    holiday = answer(
        paint,
        replace(shop, tags={**shop.tags, "opening_hours": "Mo-Fr 08:00-18:00; PH off"}),
        moment=Moment(time=NOON, zone=zone, holiday=True),
    )
    assert of(holiday, "shop").is_open is False


@pytest.mark.parametrize("said", ["", "sunrise-sunset"])
def test_hours_that_nobody_knows_are_never_open(said: str) -> None:
    shop = place("shop", 30.0, 0.0, shop="paint", opening_hours=said)
    for time in (NOON, NIGHT):
        found = of(answer({"toluene": 20.0, "xylenes": 20.0}, shop, moment=Moment(time=time)), "shop")
        assert found is not None
        assert found.is_open is None


def test_without_a_zone_the_hours_about_noon_are_sure_and_those_at_the_door_are_not() -> None:
    shop = place("shop", 30.0, 0.0, shop="paint", opening_hours="Mo-Fr 08:00-18:00")
    assert of(answer(SALON, shop, moment=Moment(time=NOON)), "shop").is_open is True
    edge = datetime.fromisoformat("2026-03-03T17:30:00-07:00")
    assert of(answer(SALON, shop, moment=Moment(time=edge)), "shop").is_open is None


def test_a_rate_that_fits_speaks_for_a_place() -> None:
    def at(rate: float) -> float:
        there = within(*HERE, 40.0)
        there = replace(there, emission_rate=np.full(len(there.weight), rate))
        return probability(answer(FUEL, place("station", 30.0, 0.0, amenity="fuel"), where=there), "station")

    assert at(0.15) > at(500.0)
    assert at(0.15) > at(0.0003)


def test_a_rate_on_the_map_goes_before_the_usual_one() -> None:
    there = within(*HERE, 40.0)
    there = replace(there, emission_rate=np.full(len(there.weight), 40.0))
    plain, told = (
        answer(FUEL, place("station", 30.0, 0.0, amenity="fuel", **tags), where=there)
        for tags in ({}, {"rate": "20-80"})
    )
    assert probability(told, "station") > probability(plain, "station")


def test_where_the_map_does_not_reach_nothing_changes() -> None:
    far = Neighbourhood(places=(place("far", 60_000.0, 0.0, amenity="fuel"),), whereabouts=within(*HERE, 40.0))
    plain, there = explain(sample(FUEL)), explain_there(sample(FUEL), far)
    assert there.explanations == plain.explanations
    assert there.places == ()
    assert "the map shows nothing within" in there.notes[0]


def test_a_map_without_benign_sources_speaks_for_the_unmapped() -> None:
    odd = {"toluene": 25.0, "acetone": 20.0, "methyl ethyl ketone": 20.0, "ethyl acetate": 5.0}
    assert answer(odd).unexplained.probability > explain(sample(odd)).unexplained.probability


def test_one_gas_abstains_and_still_names_the_place() -> None:
    found = answer({"acetone": 5.0}, place("salon", 20.0, 0.0, beauty="nails"))
    assert found.abstained
    assert found.places[0].name == "salon"


@pytest.mark.parametrize("about", [(), (("salon", 20.0, 0.0),), (("salon", 390.0, 0.0),)])
def test_one_gas_is_no_co_emission_wherever_it_is(about: tuple[tuple[str, float, float], ...]) -> None:
    found = answer({"acetone": 5.0}, *(place(*each, beauty="nails") for each in about))
    assert found.unexplained.probability <= PRIOR_UNEXPLAINED + 1e-9
    assert sum(each.probability for each in found.explanations) + found.unexplained.probability == pytest.approx(1.0)


places_about = st.lists(
    st.builds(
        lambda kind, east, north: place(f"{kind}{east}{north}", east, north, **dict([kind])),
        st.sampled_from([("amenity", "fuel"), ("shop", "paint"), ("beauty", "nails"), ("craft", "distillery")]),
        st.floats(-400.0, 400.0),
        st.floats(-400.0, 400.0),
    ),
    max_size=5,
)


@settings(max_examples=20)
@given(places=places_about, parts=st.sampled_from([SALON, FUEL, {"acetone": 1.0, "diethyl ether": 2.0}]))
def test_probabilities_sum_to_one_and_places_are_parts_of_their_classes(
    places: list[Place], parts: dict[str, float]
) -> None:
    found = answer(parts, *places)
    by_class = {each.name: each.probability for each in found.explanations}
    assert set(by_class) == set(CLASSES)
    assert sum(by_class.values()) + found.unexplained.probability == pytest.approx(1.0, abs=1e-9)
    for name, value in by_class.items():
        assert sum(each.probability for each in found.places if each.classes == (name,)) <= value + 1e-9


@settings(max_examples=20)
@given(radius=st.floats(5.0, 500.0), sigmas=st.floats(-2.0, 2.0))
def test_a_density_is_that_of_a_normal(radius: float, sigmas: float) -> None:
    where = within(*HERE, radius)
    # nine of ten within the radius, smoothed, and the place's own 60 m
    wide = radius**2 / (2.0 * math.log(10.0)) + where.bandwidth_m**2 + 60.0**2
    there = place("", sigmas * math.sqrt(wide), 0.0)
    found = where.density(np.array([there.longitude]), np.array([there.latitude]), np.array([60.0]))
    assert found[0] == pytest.approx(math.exp(-0.5 * sigmas**2) / (2.0 * math.pi * wide), rel=0.1)


def test_every_row_of_the_table_of_kinds_is_sound() -> None:
    for (key, value), kind in every_kind():
        assert key
        assert value
        assert set(kind.classes) <= set(CLASSES)
        assert 0.0 < kind.rate_kg_h[0] < kind.rate_kg_h[1]
        assert 0.0 < kind.closed_share <= 1.0
        assert "expert judgement" in kind.source
        assert len(kind.keys) >= 3
    assert kind_of(HOUSE) is None


def test_one_gas_is_too_few_to_tell_however_many_were_looked_for() -> None:
    """What was not found makes no composition: the reason is not that no explanation is likely enough."""
    absent = [
        Reading(compound=name, keys=keys_of(name), amount=math.nan, limit=0.1, uncertainty=math.nan)
        for name in ("toluene", "xylenes", "ethanol")
    ]
    plain = sample({"acetone": 30.0})
    alone = replace(plain, readings=(*plain.readings, *absent))
    there = Neighbourhood(places=(HOUSE,), whereabouts=within(*HERE, 40.0))
    assert explain_there(alone, there).why_abstained == TOO_FEW
