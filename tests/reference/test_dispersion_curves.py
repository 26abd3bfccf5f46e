"""Spread against published curves: Pasquill-Gifford as EPA coded them, Pasquill's f, Project Prairie Grass."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from upwind.dispersion.receptors import Receptors
from upwind.dispersion.site import Site
from upwind.dispersion.spread import NODE_STEP, Surface, briggs, nodes_to, spread_table
from upwind.dispersion.steady import GaussianPlume
from upwind.records import Wind

TOP = Path(__file__).parents[2]

#: Pasquill-Gifford sigma_y = 465.11628 x tan(0.017453293 [c - d ln x]), x [km]: EPA-454/B-95-003b, table 1-1.
PASQUILL_GIFFORD_Y = {
    "A": (24.1670, 2.5334),
    "B": (18.3330, 1.8096),
    "C": (12.5000, 1.0857),
    "D": (8.3330, 0.72382),
    "E": (6.2500, 0.54287),
    "F": (4.1667, 0.36191),
}
#: Pasquill-Gifford sigma_z = a x^b, x [km], at 0.1, 1 and 10 km: EPA-454/B-95-003b, table 1-2 (E, F in part unread).
PASQUILL_GIFFORD_Z = {
    "A": ((122.800, 0.94470), (453.850, 2.11660), None),
    "B": ((90.673, 0.93198), (109.300, 1.09710), (109.300, 1.09710)),
    "C": ((61.141, 0.91465), (61.141, 0.91465), (61.141, 0.91465)),
    "D": ((34.459, 0.86974), (32.093, 0.64403), (33.504, 0.60486)),
}
#: Briggs' formulas worked by hand, sigma_y and sigma_z [m] at 100 m, 1 km and 10 km (Gifford 1976; Vallero,
#: Fundamentals of Air Pollution, tables 19-6 and 19-7, hold for 100 m to 10 km).
BRIGGS = {
    (0, False): ((21.89, 20.0), (209.8, 200.0), (1556.0, 2000.0)),
    (1, False): ((15.92, 12.0), (152.6, 120.0), (1131.0, 1200.0)),
    (2, False): ((10.95, 7.92), (104.9, 73.03), (777.8, 461.9)),
    (3, False): ((7.96, 5.595), (76.28, 37.95), (565.7, 150.0)),
    (4, False): ((5.970, 2.913), (57.21, 23.08), (424.3, 75.0)),
    (5, False): ((3.980, 1.553), (38.14, 12.31), (282.8, 40.0)),
    (0, True): ((31.38, 25.17), (270.5, 339.4), (1431.0, 7960.0)),
    (2, True): ((21.57, 20.0), (185.9, 200.0), (983.9, 2000.0)),
    (3, True): ((15.69, 13.79), (135.2, 122.8), (715.5, 700.0)),
    (5, True): ((10.79, 7.459), (92.97, 50.60), (491.9, 200.0)),
}
DISTANCES = np.array([100.0, 1000.0, 10000.0])


@pytest.mark.parametrize(("pasquill", "urban"), BRIGGS)
def test_briggs_curves_have_the_published_numbers(pasquill: int, *, urban: bool) -> None:
    sigma_y, sigma_z = briggs(DISTANCES, pasquill, urban=urban)
    np.testing.assert_allclose(np.column_stack([sigma_y, sigma_z]), BRIGGS[pasquill, urban], rtol=2e-3)


@pytest.mark.parametrize("name", PASQUILL_GIFFORD_Y)
def test_open_country_sigma_y_lies_near_the_pasquill_gifford_curve(name: str) -> None:
    c, d = PASQUILL_GIFFORD_Y[name]
    x = DISTANCES / 1000.0
    published = 465.11628 * x * np.tan(0.017453293 * (c - d * np.log(x)))
    sigma_y, _ = briggs(DISTANCES, "ABCDEF".index(name), urban=False)
    # Briggs drew his curves through several sets of data, not through Gifford's.
    np.testing.assert_allclose(sigma_y, published, rtol=0.25)


@pytest.mark.parametrize("name", PASQUILL_GIFFORD_Z)
def test_open_country_sigma_z_lies_near_the_pasquill_gifford_curve(name: str) -> None:
    _, sigma_z = briggs(DISTANCES, "ABCDEF".index(name), urban=False)
    for ours, x, curve in zip(sigma_z, DISTANCES / 1000.0, PASQUILL_GIFFORD_Z[name], strict=True):
        if curve is not None and not (name == "A" and x == 1.0):  # beyond 0.5 km Gifford's A turns up, Briggs' does not
            assert ours == pytest.approx(curve[0] * x ** curve[1], rel=0.45)


@pytest.mark.parametrize(
    ("distance_m", "f"),
    # Pasquill 1976, EPA-600/4-76-030b, table of f(x), typed from memory of its reprints (unverified).
    [(100, 0.8), (200, 0.7), (400, 0.65), (1000, 0.6), (2000, 0.5), (4000, 0.4), (10000, 0.33)],
)
def test_sideways_growth_slows_as_pasquill_found(distance_m: float, f: float) -> None:
    table = spread_table(
        "similarity", Surface(inverse_obukhov=0.0, roughness_m=0.03, sigma_theta=0.1), nodes_to(distance_m)
    )
    at = round(math.sqrt(distance_m) / NODE_STEP)
    travelled = (at * NODE_STEP) ** 2
    assert table[at, 0] / (0.1 * travelled) == pytest.approx(f, rel=0.08)


def rows(name: str) -> list[dict[str, str]]:
    with (TOP / "missions" / "prairie-grass" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def arcs(run: str) -> tuple[list[dict[str, str]], np.ndarray, np.ndarray, dict[str, str]]:
    """Return a run's rows, distance [m] and bearing [rad] of each from the release, and the release."""
    source = next(row for row in rows("truth.csv") if row["file"] == f"{run}.csv")
    table = rows(f"{run}.csv")
    latitude = np.array([float(row["latitude [deg]"]) for row in table])
    longitude = np.array([float(row["longitude [deg]"]) for row in table])
    north = (latitude - float(source["latitude"])) * 111_085.0  # metres a degree at 42.5 N on WGS84
    east = (longitude - float(source["longitude"])) * 82_200.0
    return table, np.hypot(east, north), np.unwrap(np.arctan2(east, north)), source


def growth(run: str, arc_m: float) -> float:
    """Return the predicted over the measured crosswind integral at 1.5 m."""
    table, distance, bearing, source = arcs(run)
    at = np.flatnonzero(np.abs(distance - arc_m) < 0.05 * arc_m)
    order = at[np.argsort(bearing[at])]
    level = np.array([float(table[i]["sulfur dioxide [mg/m3]"]) for i in order]) * 1e-6
    measured = np.trapezoid(level, bearing[order] * arc_m)
    weather = table[0]
    column = {
        "wind_speed": float(weather["wind_speed [m/s]"]),
        "wind_from": 180.0,
        "wind_height": 2.0,  # of the wind the data set gives; a fit of profiles says 2 to 4 m
        "sigma_wind_direction": float(weather["sigma_wind_direction [deg]"]),
        "friction_velocity": float(weather["friction_velocity [m/s]"]),
        "obukhov_length": float(weather["obukhov_length [m]"]),
        "temperature": math.nan,
        "pressure": math.nan,
    }
    across = np.linspace(-2.0 * arc_m, 2.0 * arc_m, 4001)
    wind = Wind(time=np.zeros(len(across)), **{name: np.full(len(across), value) for name, value in column.items()})
    positions = np.column_stack([across, np.full(len(across), arc_m), np.full(len(across), 1.5)])
    model = GaussianPlume(site=Site(family="angular", roughness_m=0.006))
    reading = model.sensitivity(
        Receptors.at(np.zeros(len(across)), positions), (0.0, 0.0, float(source["height_m"])), wind
    )
    predicted = np.trapezoid(reading, across) * float(source["rate_kg_h"]) / 3600.0
    return float(predicted / measured)


@pytest.mark.parametrize(
    ("run", "factor"),
    # Nearly neutral, stable, and convective: there profiles are pointed, and a Gaussian that fits on the ground reads
    # too much at the samplers' 1.5 m close to the source.
    [("run57", 1.5), ("run17", 1.5), ("run7", 2.0)],
)
def test_prairie_grass_grows_upward_as_the_similarity_plume_does(run: str, factor: float) -> None:
    """The crosswind integral speaks of vertical growth alone; Barad 1958 measured it, van Ulden 1978 tested it so."""
    # Beyond 400 m the ground had taken up so much sulfur dioxide that the integral speaks of that too.
    ratios = [growth(run, arc_m) for arc_m in (50.0, 100.0, 200.0, 400.0)]
    assert 1.0 / factor < np.median(ratios) < factor
