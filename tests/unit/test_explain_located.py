"""Gases located at one place are one composition: ratios of rates, and what their errors share taken out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from upwind.exercise.conditions import Conditions
from upwind.exercise.mission import AREA_REACH
from upwind.exercise.scenes import as_track, make_scene
from upwind.explain import Neighbourhood, from_sources
from upwind.explain.whereabouts import of_posterior, of_source, within
from upwind.geo import Frame
from upwind.invert import Settings, locate
from upwind.invert.smc import Effort
from upwind.records import Estimate, Gas, Place, Posterior, Source

HERE = Frame(longitude=-110.5, latitude=31.25)
DRAWS = 1500


def box(middle: tuple[float, float], half_m: float) -> dict[str, object]:
    east = middle[0] + half_m * np.array([-1, 1, 1, -1, -1])
    north = middle[1] + half_m * np.array([-1, -1, 1, 1, -1])
    longitude, latitude = HERE.to_geographic(east, north)
    return {"type": "Polygon", "coordinates": [np.column_stack([longitude, latitude]).tolist()]}


def located(gas: str, rate: float, factor: float, seed: int, *, spread_m: float = 25.0) -> tuple[Source, Posterior]:
    """Return a source and its draws; what is farther from the flight, 150 m south, must let out more to read the same.

    The truth stands at the origin. `factor` is the error (1 sigma) of the log rate at a known place.
    """
    rng = np.random.default_rng(seed)
    east, north = rng.normal(0.0, spread_m / 3.0, DRAWS), rng.normal(0.0, spread_m, DRAWS)
    logs = np.log(rate) + 3.0 * np.log(np.maximum(north + 150.0, 10.0) / 150.0) + factor * rng.normal(size=DRAWS)
    longitude, latitude = HERE.to_geographic(east, north)
    low, middle, high = np.exp(np.quantile(logs, [0.05, 0.5, 0.95]))
    source = Source(
        gas=gas,
        probability=0.99,
        longitude=HERE.longitude,
        latitude=HERE.latitude,
        height=Estimate(median=2.0, lower=0.0, upper=5.0, level=0.9, units="m"),
        emission_rate=Estimate(median=float(middle), lower=float(low), upper=float(high), level=0.9, units="kg/h"),
        why_no_rate="",
        easting_90=(-15.0, 15.0),
        northing_90=(-42.0, 42.0),
        region_90=box((0.0, 0.0), 35.0),
        region_50=box((0.0, 0.0), 18.0),
    )
    posterior = Posterior(
        draw=np.arange(DRAWS),
        source=np.zeros(DRAWS, dtype=np.int64),
        longitude=longitude,
        latitude=latitude,
        height=np.full(DRAWS, 2.0),
        emission_rate=np.exp(logs),
        nuisance={},
        trace={},
        effective_sample_size=float(DRAWS),
    )
    return source, posterior


#: kg/h; acetone makes 75 % of the two.
PAIR = [located("acetone", 0.6, 0.1, 1), located("diethyl ether", 0.2, 0.1, 2)]


def test_what_the_rates_share_is_taken_out_of_their_ratio() -> None:
    sources = [source for source, _ in PAIR]
    alone = dict(from_sources(sources).composition)
    drawn = dict(from_sources(sources, [of_posterior(posterior, 0) for _, posterior in PAIR]).composition)
    for composition in (alone, drawn):
        assert composition["acetone"].lower < 75.0 < composition["acetone"].upper
        assert sum(part.median for part in composition.values()) == pytest.approx(100.0, abs=2.0)
    widths = [each["acetone"].upper - each["acetone"].lower for each in (alone, drawn)]
    assert widths[1] < 0.7 * widths[0]


def test_the_interval_of_a_part_holds_the_truth_as_often_as_it_says() -> None:
    held = []
    for seed in range(60):
        rng = np.random.default_rng(1000 + seed)
        errors = np.exp(0.1 * rng.normal(size=2))  # the data's own error: draws lie about it, not about the truth
        pair = [
            located("acetone", 0.6 * errors[0], 0.1, 3 * seed + 10),
            located("diethyl ether", 0.2 * errors[1], 0.1, 3 * seed + 11),
        ]
        whereabouts = [of_posterior(posterior, 0) for _, posterior in pair]
        part = dict(from_sources([source for source, _ in pair], whereabouts).composition)["acetone"]
        held.append(part.lower <= 75.0 <= part.upper)
    assert 0.78 <= np.mean(held) <= 1.0


def test_two_listed_gases_at_one_place_are_unexplained_and_fuel_is_not() -> None:
    fuel = {"n-butane": 0.3, "isopentane": 0.4, "n-pentane": 0.15, "toluene": 0.05, "n-hexane": 0.04}
    sources = [located(gas, rate, 0.1, number)[0] for number, (gas, rate) in enumerate(fuel.items())]
    plain = from_sources(sources)
    assert plain.explanations[0].name == "fuel evaporation"
    assert plain.unexplained.probability < 0.2
    odd = from_sources([*sources, *(source for source, _ in PAIR)])
    assert odd.unexplained.probability > 0.8
    assert set(odd.unexplained.compounds) == {"acetone", "diethyl ether"}


def test_a_gas_without_a_rate_names_nothing() -> None:
    source, _ = located("TVOC", 1.0, 0.1, 5)
    sum_of_all = Source(
        **{name: getattr(source, name) for name in Source.__slots__}
        | {"emission_rate": None, "why_no_rate": "the molar mass of TVOC is not known"}
    )
    answer = from_sources([PAIR[0][0], sum_of_all])
    assert answer.not_recognised == ("TVOC",)
    assert [gas for gas, _ in answer.composition] == ["acetone"]
    assert from_sources([sum_of_all]).abstained


def test_several_flights_of_one_gas_are_one_part() -> None:
    again = located("acetone", 0.62, 0.1, 7)[0]
    composition = dict(from_sources([PAIR[0][0], again, PAIR[1][0]]).composition)
    assert set(composition) == {"acetone", "diethyl ether"}
    assert composition["acetone"].lower < 75.0 < composition["acetone"].upper


def test_two_flights_over_one_emission_do_not_double_it() -> None:
    salon = Place(id="s", name="salon", longitude=-110.5, latitude=31.25, outline=None, tags={"beauty": "nails"})
    map_ = Neighbourhood(places=(salon,), whereabouts=within(-110.5, 31.25, 50.0))
    once, twice = (
        from_sources([PAIR[0][0]] * flights + [PAIR[1][0]], neighbourhood=map_).places[0].evidence for flights in (1, 2)
    )
    (first, again) = (next(line.words for line in lines if line.of == "rate") for lines in (once, twice))
    located = [float(words.split(" kg/h were located")[0]) for words in (first, again)]
    assert located[1] == pytest.approx(located[0], rel=0.25)


def test_the_map_is_asked_where_the_gases_are() -> None:
    salon = Place(id="s", name="salon", longitude=-110.5, latitude=31.25, outline=None, tags={"beauty": "nails"})
    far = within(-110.4, 31.3, 50.0)
    gases = {"acetone": 0.1, "ethyl acetate": 0.1, "n-butyl acetate": 0.02}
    sources = [located(gas, rate, 0.1, number)[0] for number, (gas, rate) in enumerate(gases.items())]
    answer = from_sources(sources, neighbourhood=Neighbourhood(places=(salon,), whereabouts=far))
    assert answer.places[0].name == "salon"
    assert {each.of for each in answer.places[0].evidence} == {"position", "compounds", "rate"}


def test_regions_are_filled_as_their_shares_say() -> None:
    source, _ = PAIR[0]
    where = of_source(source)
    east, north = HERE.to_local(where.longitude, where.latitude)
    inner = np.maximum(np.abs(east), np.abs(north)) <= 18.0
    assert where.weight[inner].sum() == pytest.approx(0.5, abs=0.02)
    assert np.maximum(np.abs(east), np.abs(north)).max() <= 35.1


@pytest.mark.slow
def test_two_gases_that_are_really_located_are_their_composition() -> None:
    scene = make_scene(np.random.default_rng(29), Conditions(samples=(600.0, 600.0)), 1)
    track = as_track(scene)
    (methane,) = track.gases
    plume = methane.values - np.nanquantile(methane.values, 0.2)
    noise = np.random.default_rng(3).normal(0.0, 0.05 * np.nanstd(plume), len(plume))
    acetone = Gas(name="acetone", units="ppm", values=0.25 * plume + noise)
    both = replace(track, gases=(methane, acetone))
    half = AREA_REACH * scene.side_m
    (west, east), (south, north) = scene.frame.to_geographic(np.array([-half, half]), np.array([-half, half]))
    area = (float(west), float(south), float(east), float(north))
    effort = Effort(chains=24, length=24, last=100)
    located = locate([both], Settings(area=area, max_sources=1, effort=effort))
    sources = [each.sources[0] for each in located]
    whereabouts = [of_posterior(each.posterior, 0) for each in located if each.posterior is not None]
    part = dict(from_sources(sources, whereabouts).composition)["acetone"]
    # a quarter of the molecules; 58.08 and 16.04 g/mol
    truth = 100.0 * 0.25 * 58.08 / (0.25 * 58.08 + 16.043)
    assert part.lower < truth < part.upper
    assert part.upper - part.lower < 60.0
