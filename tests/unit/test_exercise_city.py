"""The exercise's city: what its sources bring, when, and that one seed tells one story."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pytest
from makers.weather import NEUTRAL

from upwind.exercise.city.emitters import HIDDEN, PAIRS, Emitter, TwoState, within
from upwind.exercise.city.files import city_files
from upwind.exercise.city.noses import FOUR, TEN, ppb, smell
from upwind.exercise.city.patrols import TICK_S, Patrol, Slot, transported
from upwind.exercise.city.reports import TIP_M, draw_reports
from upwind.exercise.city.trades import Trade, draw_gas, open_spans, trades
from upwind.exercise.city.world import City, CityConditions, draw_city
from upwind.exercise.filaments import Receptors, TrueSource, concentration
from upwind.exercise.wind import blow
from upwind.geo import Frame

SMALL = CityConditions(
    blocks=(2, 2),
    slots=(Slot(id="F1", day=0, hour=10.0, height_m=10.0), Slot(id="F2", day=1, hour=15.0, height_m=10.0)),
)
WEATHER = replace(NEUTRAL, speed_m_s=4.0, roughness_m=0.2, temperature_k=293.15, pressure_pa=101_325.0)


@cache
def small_files(seed: int) -> dict[str, str]:
    return city_files(seed, "tiny", SMALL)


@cache
def small_city(seed: int) -> City:
    return draw_city(np.random.default_rng(seed), SMALL)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def patrol_of(seconds: float, place: tuple[float, float, float]) -> Patrol:
    """Return a drone that stands still in the air from ten o'clock on."""
    ticks = int(seconds / TICK_S)
    return Patrol(
        slot=Slot(id="F1", day=0, hour=10.0, height_m=place[2]),
        start=datetime(2030, 6, 4, 10),  # noqa: DTZ001 - clocks there
        weather=WEATHER,
        series=blow(np.random.default_rng(1), WEATHER, (-200.0, seconds), TICK_S),
        easting=np.full(ticks, place[0]),
        northing=np.full(ticks, place[1]),
        up=np.full(ticks, place[2]),
    )


def emitter(works: str | TwoState) -> Emitter:
    return Emitter(
        id="exercise/1",
        kind="bakery",
        easting_m=0.0,
        northing_m=0.0,
        height_m=3.0,
        gas={"ethanol": 1.0},
        rate_kg_h=3.6,
        works=works,
    )


# One gram a second for ten minutes: what passes a plane 60 m downwind is that, as mass is kept.
def test_what_a_source_lets_go_in_its_spans_passes_a_downwind_plane() -> None:
    up = np.concatenate([np.arange(12.0) + 0.5, np.arange(12.0) * 4.0 + 14.0])
    thick = np.repeat([1.0, 4.0], 12)
    nothing = np.zeros((up.size, 1))
    receptors = Receptors(
        easting=nothing,
        northing=nothing - 200.0,
        up=up[:, None],
        beam_east=nothing,
        beam_north=nothing + 400.0,
        beam_up=nothing,
        ticks=900,
        tick_s=1.0,
    )
    source = TrueSource(
        easting_m=-60.0, northing_m=0.0, height_m=3.0, rate_kg_h=3.6, spans=((0.0, 200.0), (300.0, 700.0))
    )
    fluxes = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        brought = concentration(rng, (source,), blow(rng, WEATHER, (-100.0, 900.0), 1.0), receptors)[0]
        fluxes.append((brought.sum(axis=1) * 400.0 * WEATHER.speed_at(up) * thick).sum())
    assert np.mean(fluxes) == pytest.approx(0.6, rel=0.12)  # kg: 1 g/s for 600 s


def test_a_closed_shop_brings_nothing_and_an_open_one_does() -> None:
    patrol = patrol_of(300.0, (40.0, 0.0, 4.0))
    shut, open_ = open_spans("Mo-Su 04:00-09:00", datetime(2030, 6, 4), 86400.0), ((0.0, 86400.0),)  # noqa: DTZ001
    brought = transported(np.random.default_rng(0), patrol, [emitter(""), emitter("")], [shut, open_])
    assert (brought[0] == 0.0).all()
    assert brought[1].max() > 0.0


def test_a_source_that_stops_leaves_no_gas_once_it_has_blown_away() -> None:
    patrol = patrol_of(400.0, (40.0, 0.0, 4.0))
    stops = ((0.0, 36000.0 + 100.0),)
    brought = transported(np.random.default_rng(0), patrol, [emitter("")], [stops])[0]
    assert brought[: int(100.0 / TICK_S)].max() > 0.0
    assert (brought[int(250.0 / TICK_S) :] == 0.0).all()


def test_the_two_state_process_is_on_as_long_as_it_says() -> None:
    process = TwoState(on_s=3.0, off_s=4.0)
    length = 200_000.0
    spans = process.spans(np.random.default_rng(5), length)
    lasts = np.array([last - first for first, last in spans])
    assert lasts.sum() / length == pytest.approx(3.0 / 7.0, rel=0.03)
    assert lasts.mean() == pytest.approx(3.0, rel=0.03)
    starts_on = [process.spans(np.random.default_rng(seed), 1e-6) != () for seed in range(2000)]
    assert np.mean(starts_on) == pytest.approx(3.0 / 7.0, abs=0.04)


def test_spans_are_cut_to_a_flight() -> None:
    assert within(((0.0, 5.0), (8.0, 9.0), (20.0, 30.0)), 3.0, 9.0) == ((3.0, 5.0), (8.0, 9.0))


# 4 June 2030 is a Tuesday.
@pytest.mark.parametrize(
    ("hours", "spans"),
    [
        ("Mo-Fr 08:00-18:00", ((8 * 3600.0, 18 * 3600.0), (32 * 3600.0, 42 * 3600.0))),
        ("We-Fr 08:00-18:00", ((32 * 3600.0, 42 * 3600.0),)),
        ("24/7", ((0.0, 48 * 3600.0),)),
    ],
)
def test_opening_hours_are_those_of_the_week_day(hours: str, spans: tuple[tuple[float, float], ...]) -> None:
    assert open_spans(hours, datetime(2030, 6, 4), 48 * 3600.0) == spans  # noqa: DTZ001


@pytest.mark.parametrize("trade", trades(), ids=lambda trade: trade.name)
def test_a_shop_s_gas_is_about_its_trade_s(trade: Trade) -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_gas(rng, trade) for _ in range(400)]
    assert all(0.0 < sum(gas.values()) <= 1.0 + 1e-9 for gas in drawn)
    main = max(trade.parts, key=lambda name: trade.parts[name])
    had = [gas[main] for gas in drawn if main in gas]
    assert len(had) / len(drawn) == pytest.approx(trade.presence.get(main, 1.0), abs=0.08)
    assert 0.6 < np.median(had) / (trade.parts[main] / 100.0) < 1.4
    assert any(set(gas) != set(drawn[0]) for gas in drawn) or not trade.presence


# 1 ug/m3 of acetone at 20 degrees and one atmosphere is 24.06 / 58.08 = 0.414 ppb.
def test_a_channel_counts_molecules_of_all_that_has_its_mass() -> None:
    acetone, ether, *_ = 1e-9 * ppb(FOUR, {"acetone": 1.0}, WEATHER)
    assert acetone == pytest.approx(0.414, rel=0.002)
    assert ether == 0.0
    butanol = ppb(FOUR, {"1-butanol": 1.0}, WEATHER)
    assert butanol[1] == pytest.approx(ppb(FOUR, {"diethyl ether": 1.0}, WEATHER)[1], rel=1e-3)  # isomers


def test_a_nose_reads_late_noisily_and_about_what_is_there() -> None:
    brought = np.zeros((10, 2400))
    brought[2, 1200:] = 20.0
    read, noise = smell(np.random.default_rng(3), TEN, brought, TICK_S)
    before, after = read[2, 600:1200], read[2, 1220:1800]
    assert after.mean() - before.mean() == pytest.approx(20.0, abs=1.5)
    assert read[2, 1200] - before.mean() < 5.0  # the step has not yet come through the inlet
    assert (noise <= 0.5).all()
    assert np.std(np.diff(before)) / np.sqrt(2.0) < 1.0  # a ppb stands out of a second


def test_one_seed_gives_the_same_bytes_and_another_does_not() -> None:
    first = dict(small_files(3))
    small_files.cache_clear()
    assert small_files(3) == first
    assert small_files(4)["f1.csv"] != first["f1.csv"]


def test_a_mission_names_only_files_that_are_there_and_all_of_them() -> None:
    files = small_files(3)
    named = {name for name in files if f'"{name}"' in files["mission.toml"]}
    assert named == set(files) - {"mission.toml"}


def test_the_truth_names_two_listed_compounds_at_one_house_and_leaves_silent_shops_out() -> None:
    files = small_files(3)
    truth = rows(files["truth.csv"])
    hidden = [row for row in truth if row["kind"] == HIDDEN]
    assert {row["gas"] for row in hidden} <= {*PAIRS[0]}
    assert len({(row["longitude"], row["latitude"]) for row in hidden}) == 1
    home = next(p for p in places(files) if p["properties"]["id"] == hidden[0]["place"])
    assert home["properties"]["building"] == "house"
    ring = np.array(home["geometry"]["coordinates"][0])
    place = np.array([float(hidden[0]["longitude"]), float(hidden[0]["latitude"])])
    assert (ring.min(axis=0) < place).all()
    assert (place < ring.max(axis=0)).all()
    afternoon = {row["kind"] for row in truth if row["file"] == "f2.csv"}
    assert "bakery" not in afternoon  # it shuts at two


def places(files: dict[str, str]) -> list[dict[str, Any]]:
    return list(json.loads(files["places.geojson"])["features"])


def test_the_hidden_source_shows_on_one_low_flight_and_is_silent_on_another() -> None:
    for seed in range(6):
        city = draw_city(np.random.default_rng(seed), replace(SMALL, blocks=(3, 2)))
        spans = city.spans[-1]
        begins = [patrol.slot.begins_s for patrol in city.patrols]
        on = [
            bool(within(spans, begin, begin + patrol.length_s))
            for begin, patrol in zip(begins, city.patrols, strict=True)
        ]
        assert on in ([True, False], [False, True])


def test_reports_lie_as_far_off_as_they_say_and_the_copy_has_the_tip_s_origin() -> None:
    city = small_city(3)
    tip, meter, copy, wrong = draw_reports(np.random.default_rng(0), city)
    hidden = city.hidden
    assert hidden is not None
    away = [np.hypot(one.easting_m - hidden.easting_m, one.northing_m - hidden.northing_m) for one in (tip, meter)]
    assert away[0] == pytest.approx(TIP_M)
    assert away[1] < meter.radius_m
    assert copy.origin == tip.origin
    assert wrong.origin != tip.origin


def test_people_live_where_houses_are() -> None:
    blocks = json.loads(small_files(3)["population.geojson"])["features"]
    people = [block["properties"]["population"] for block in blocks]
    assert sum(people) > 50
    schools = [p for p in places(small_files(3)) if p["properties"].get("amenity") == "school"]
    assert len(schools) == 1
    assert people.count(0) == 1  # the school's block


def test_a_city_s_frame_lies_on_empty_land_south_of_the_49th_parallel() -> None:
    frame: Frame = small_city(3).streets.frame
    assert -107.2 <= frame.longitude <= -107.1
    assert 48.965 <= frame.latitude <= 48.98
