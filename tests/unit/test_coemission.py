"""Co-emission: the readings of a flight through the plumes of an exercise's filaments, one place or two."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from makers.evidence import FRAME, START, sighting

from upwind.arrays import FloatArray
from upwind.records import Gas, Place, Track, Wind
from upwind.sites.association import joint_places, partition
from upwind.sites.coemission import agreement, alike, most_beside, weight_of
from upwind.sites.evidence import About, emitters_about

#: Across the wind and back, at 1 reading a second. [s]
TIME = START.timestamp() + np.arange(900.0)


def crossings(centre_s: float, seed: int) -> FloatArray:
    """Return what a plume brings to nine crossings: gusts of its own make every one another."""
    rng = np.random.default_rng(seed)
    within = np.abs((TIME - TIME[0]) % 100.0 - centre_s)
    return np.exp(-0.5 * (within / 4.0) ** 2) * rng.gamma(1.0, 1.0, 9).repeat(100)


def flown(*excess: FloatArray) -> Track:
    """Return a track of acetone and toluene over a drifting background, with noise."""
    rng = np.random.default_rng(3)
    nothing = np.full(TIME.size, np.nan)
    longitude, latitude = FRAME.to_geographic(np.arange(TIME.size, dtype=float), np.zeros(TIME.size))
    drift = 2.0 + 0.2 * np.sin(TIME / 400.0)
    gases = tuple(
        Gas(name=name, units="ppm", values=drift + 10.0 * brought + 0.1 * rng.standard_normal(TIME.size))
        for name, brought in zip(("acetone", "toluene"), excess, strict=True)
    )
    weather = dict.fromkeys(
        ("wind_height", "sigma_wind_direction", "friction_velocity", "obukhov_length", "temperature", "pressure"),
        nothing,
    )
    return Track(
        name="flight",
        sha256="0" * 64,
        time=TIME,
        longitude=longitude,
        latitude=latitude,
        height=np.full(TIME.size, 12.0),
        duration=np.ones(TIME.size),
        end_longitude=nothing,
        end_latitude=nothing,
        end_height=nothing,
        sensor=np.zeros(TIME.size, dtype=int),
        sensors=("nose",),
        gases=gases,
        wind=Wind(time=TIME, wind_speed=np.full(TIME.size, 4.0), wind_from=np.full(TIME.size, 90.0), **weather),
        extra={},
    )


ACETONE, TOLUENE = sighting("F1", 0.0, (0.0, 0.0)), sighting("F1", 0.0, (25.0, 0.0), "toluene")
PAIR = (ACETONE.key, TOLUENE.key)


def test_gases_of_one_place_keep_one_ratio_and_are_one_site() -> None:
    told = alike([flown(crossings(50.0, 1), 0.4 * crossings(50.0, 1))], [ACETONE, TOLUENE])
    assert told[PAIR] == pytest.approx(weight_of(1.0), abs=0.3)
    assert len(partition([ACETONE, TOLUENE], {}, About(per_km2=100.0, alike=told))) == 1


def test_gases_of_two_places_do_not_and_are_two_sites() -> None:
    told = alike([flown(crossings(50.0, 1), crossings(58.0, 2))], [ACETONE, TOLUENE])
    assert told[PAIR] == weight_of(0.0)
    assert len(partition([ACETONE, TOLUENE], {}, About(per_km2=100.0, alike=told))) == 2


def test_nothing_is_said_where_a_gas_has_two_sources_or_nothing_stands_out() -> None:
    track = flown(crossings(50.0, 1), crossings(50.0, 1))
    assert alike([track], [ACETONE, TOLUENE, sighting("F1", 0.0, (90.0, 0.0))]) == {}
    assert alike([flown(0.0 * TIME, 0.0 * TIME)], [ACETONE, TOLUENE]) == {}
    assert agreement(np.zeros((2, 0))) is None


def test_the_ratio_itself_makes_no_difference() -> None:
    ratios = [alike([flown(crossings(50.0, 1), k * crossings(50.0, 1))], [ACETONE, TOLUENE])[PAIR] for k in (0.3, 3.0)]
    assert ratios[0] == pytest.approx(ratios[1], abs=0.3)


def test_the_denser_emitters_lie_the_more_sites_there_are() -> None:
    seen = [sighting(f"F{n}", 24.0 * n, (15.0 * n, 0.0)) for n in range(4)]
    counts = [len(partition(seen, {}, About(per_km2=density))) for density in (1.0, 30.0, 1000.0, 30_000.0)]
    assert all(one <= other for one, other in pairwise(counts))
    assert counts[0] < counts[-1]


def test_mapped_emitters_are_counted_about_sightings() -> None:
    shops = [placed(0.0), placed(100.0), placed(-250.0), placed(2000.0)]
    assert emitters_about([ACETONE], shops) == pytest.approx(3.0 / (math.pi * 0.3**2))
    assert emitters_about([], shops) == emitters_about([ACETONE], []) == 0.0


def placed(east_m: float) -> Place:
    longitude, latitude = (float(value[0]) for value in FRAME.to_geographic(np.array([east_m]), np.zeros(1)))
    return Place(id="", name="", longitude=longitude, latitude=latitude, outline=None, tags={"shop": "paint"})


def spread(places: FloatArray) -> float:
    return float(np.sqrt(sum(values.var() for values in FRAME.to_local(places[:, 0], places[:, 1]))))


def test_more_gases_of_one_flight_hardly_sharpen_a_place_and_more_flights_do() -> None:
    one = sighting("F1", 0.0, (0.0, 0.0))
    gases = [sighting("F1", 0.0, (0.0, 0.0), name) for name in ("acetone", "toluene", "xylenes", "methanol")]
    flights = [sighting(f"F{n}", 24.0 * n, (0.0, 0.0)) for n in range(4)]
    assert spread(joint_places(gases)) > 0.85 * spread(one.places)
    # Independent errors would leave a half, errors that share a fifth of their variance 0.63.
    assert 0.5 < spread(joint_places(flights)) / spread(one.places) < 0.85


@pytest.mark.parametrize("elsewhere", [0.0, 1.0], ids=["alone", "beside another"])
@pytest.mark.parametrize("share", [0.0, 0.4])
def test_what_a_place_emits_at_most_of_another_gas_is_bounded(share: float, elsewhere: float) -> None:
    """Others can only add to what it brings; the bound is never below the truth, and tells little from nothing."""
    for seed in range(1, 11):
        own = crossings(50.0, seed)
        most = most_beside([flown(own, share * own + elsewhere * crossings(58.0, 50 + seed))], "acetone", "toluene")
        assert most is not None
        assert share <= most <= share + (0.2 if elsewhere == 0.0 else 0.6)


def test_nothing_bounds_what_was_not_flown() -> None:
    assert most_beside([flown(crossings(50.0, 1), crossings(50.0, 1))], "acetone", "xylenes") is None
