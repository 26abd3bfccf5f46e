"""Zones and concentrations against published examples and tables that others computed."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from makers.neighbourhood import wind

from upwind import compounds
from upwind.records import Limit
from upwind.safety import plume
from upwind.safety.climate import Blowing, _classes, _sun_height_deg
from upwind.safety.inside import _USUAL
from upwind.safety.releases import evaporated
from upwind.safety.zones import distances

TABLE = Path(__file__).parent / "plume_scale.csv"
ALONG = np.geomspace(2.0, 10_000.0, 400)
MOLAR_MASS = {"acetone": 58.08, "ammonia": 17.031}


def blowing(pasquill: int, speed: float) -> Blowing:
    return Blowing(
        toward=np.array([[1.0, 0.0]]), speed=np.array([speed]), pasquill=np.array([pasquill]), temperature_k=298.15
    )


def distance_to(mg_m3: float, kg_s: float, pasquill: int, speed: float, ground: plume.Ground) -> float:
    limit = Limit(kind="odour", minutes=None, mg_m3=mg_m3, basis="", stands_in=False, verified=True)
    axis = plume.axis(blowing(pasquill, speed), ground, ALONG)
    return float(distances(axis, ALONG, np.array([kg_s * 1e6]), limit)[0])


@pytest.mark.parametrize(
    "row", list(csv.DictReader(TABLE.read_text("utf-8").splitlines())), ids=lambda row: f"{row['gas']} {row['x_m']}"
)
def test_zones_reach_as_far_as_an_independent_table_says(row: dict[str, str]) -> None:
    """Briggs' urban spread with the wake of a house; the zone of a listed concentration ends at its distance."""
    ground = plume.Ground(town=True, building=_USUAL)
    mg_m3 = float(row["C_ppb"]) * MOLAR_MASS[row["gas"]] / 24.465 / 1000.0
    far = distance_to(mg_m3, float(row["Q_g_s"]) / 1000.0, "ABCDEF".index(row["stab"]), float(row["u"]), ground)
    assert far == pytest.approx(float(row["x_m"]), rel=0.15)


def test_a_textbook_s_example_of_a_stack() -> None:
    """De Visscher, Air Dispersion Modeling, Wiley, example 2.1 (p. 24-25): 160.3 and 107.5 ug/m3.

    The book's figures as the tests of the Julia package GaussianDispersion quote them.
    """
    ground = plume.Ground(town=False, building=None, source_m=90.0)
    places = np.array([[1500.0, 0.0], [1500.0, 100.0]])
    read = plume.field(blowing(3, 7.0), ground, np.zeros((1, 2)), places)[0]
    assert read * 100.0 * 1e6 == pytest.approx([160.3, 107.5], abs=0.1)


def test_the_zone_of_another_program_s_example_ends_where_it_stands() -> None:
    """5 g/s from 30 m in class D, 2 m/s, open country: 201.14 ug/m3 at 1000 m (GaussianDispersion's tests)."""
    ground = plume.Ground(town=False, building=None, source_m=30.0)
    assert distance_to(0.201139895, 0.005, 3, 2.0, ground) == pytest.approx(1000.0, rel=0.01)


def test_a_pool_evaporates_as_another_correlation_has_it() -> None:
    """Mackay and Matsugu 1973: K = 0.0292 u^0.78 X^-0.11 Sc^-0.67 m/h, E = K M p / (R T); acetone's Sc is about 1.5."""
    acetone = compounds.find("acetone")
    assert acetone is not None
    speed, across = 5.0, 3.0
    transfer = 0.0292 * (3600.0 * speed) ** 0.78 * across**-0.11 * 1.5**-0.67 / 3600.0
    other = transfer * 0.05808 * 30_800.0 / (8.314 * 298.15)
    assert evaporated(acetone, 1.0, 298.15) * speed**0.78 == pytest.approx(other, rel=0.5)


@pytest.mark.parametrize(
    ("hour", "speed", "classes"),
    [
        # NOAA's table after Pasquill 1961 (www.ready.noaa.gov/READYpgclass.php), the more stable of two classes;
        # clear, broken and overcast skies. Noon in June at 25 N has strong sun, 03:00 is night.
        (12, 1.5, {0, 1, 3}),
        (12, 4.0, {1, 2}),
        (12, 7.0, {2, 3}),
        (3, 1.5, {3, 4, 5}),
        (3, 4.0, {3, 4}),
        (3, 7.0, {3}),
    ],
)
def test_classes_are_those_of_the_published_table(hour: int, speed: float, classes: set[int]) -> None:
    rows = wind(speed=speed, rows=1)
    none = np.array([np.nan])
    # 30 degrees west the sun is two hours late.
    time = np.array([1_782_000_000.0 // 86_400 * 86_400 + 3600.0 * (hour + 2)])
    at = type(rows)(**{name: getattr(rows, name) for name in rows.__slots__} | {"time": time, "obukhov_length": none})
    drawn = _classes(at, np.zeros(200, dtype=np.int64), (-30.0, 25.0), np.random.default_rng(1))
    assert set(drawn.tolist()) <= classes | {3}
    assert len(set(drawn.tolist())) > 1 or classes == {3}


@pytest.mark.parametrize(
    ("time", "place", "height"),
    [
        ("2026-03-20T12:00:00", (0.0, 0.0), 90.0),
        ("2026-06-21T12:00:00", (0.0, 40.0), 73.4),
        ("2026-12-21T19:00:00", (-105.0, 40.0), 26.6),
        ("2026-06-21T00:00:00", (0.0, 40.0), -26.6),
    ],
)
def test_the_sun_stands_where_astronomy_says(time: str, place: tuple[float, float], height: float) -> None:
    """At noon it stands at 90 degrees less the latitude's distance from the declination."""
    seconds = np.datetime64(time).astype("datetime64[s]").astype(float)
    assert _sun_height_deg(np.array([seconds]), place)[0] == pytest.approx(height, abs=2.0)
