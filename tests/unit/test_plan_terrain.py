"""Terrain under plans: heights above hills of known shape, climbs no steeper than allowed, the same in every format."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from upwind.errors import InputError
from upwind.flights.exports import EXPORTS
from upwind.flights.plan import Effort, plan_survey
from upwind.flights.plan.route import over_home, route_of
from upwind.flights.plan.terrain import Terrain, followed
from upwind.readers.geotiff import read_raster
from upwind.readers.plans import read_plan
from upwind.records import HeightOver, Home, Platform, Sensor
from upwind.records.mapped import Grid, Raster

GLOBE = Geod(ellps="WGS84")
WING = Platform(name="wing", speed_m_s=20.0, bank_deg=25.0, endurance_h=50.0)
SCANNER = Sensor(name="scanner", swath_m=600.0, height_m=200.0, overlap=0.2)
AREA = [[np.array([(9.0, 48.0), (9.06, 48.0), (9.06, 48.03), (9.0, 48.03)])]]
BASE = (8.99, 47.99)
MEASURED = Path(__file__).parents[2].parent / "shared/data/flight/dem/elevation_10KMmd_GMTEDmd.tif"


def hills(longitude, latitude, steep: float = 1.0):
    """Return ground of 500 m with hills of 150 m, two kilometres and more across: slopes up to about a fifth."""
    return 500.0 + 150.0 * steep * np.sin(longitude * 200.0) * np.cos(latitude * 180.0)


def raster(steep: float = 1.0) -> Raster:
    grid = Grid(west=8.9, north=48.1, step_longitude=2e-4, step_latitude=2e-4, rows=1000, columns=1500)
    return Raster(grid=grid, bands=hills(*grid.middles(), steep)[None], names=())


@pytest.fixture(scope="module")
def sortie():
    return plan_survey(AREA, WING, SCANNER, None, BASE, Effort(courses=1, kicks=2)).sorties[0]


def along(found) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return places, altitudes by straight lines between waypoints, and steepness, all along the survey lines."""
    places, altitudes, steep = [], [], []
    for first, last in found.lines:
        for k in range(first, last):
            (a, b), (one, two) = found.waypoints[k : k + 2, :2], found.altitude[k : k + 2]
            azimuth, _, far = GLOBE.inv(*a, *b)
            part = np.linspace(0.0, 1.0, 60)
            longitude, latitude, _ = GLOBE.fwd(np.full(60, a[0]), np.full(60, a[1]), np.full(60, azimuth), part * far)
            places.append(np.column_stack([longitude, latitude]))
            altitudes.append(one + part * (two - one))
            steep.append(abs(two - one) / far)
    longitude, latitude = np.concatenate(places).T
    return longitude, latitude, np.concatenate(altitudes), np.array(steep)


def test_the_height_above_ground_is_kept_between_waypoints_too(sortie) -> None:
    found = followed(sortie, Terrain(ground=raster(), height_m=200.0, tolerance_m=15.0, climb=1.0))
    longitude, latitude, altitude, _ = along(found)
    above = altitude - hills(longitude, latitude)
    # Hills sampled every 100 m, and a raster of 20 m cells, leave a metre or two beside the tolerance.
    assert above.min() > 200.0 - 15.0 - 3.0
    assert above.max() < 200.0 + 15.0 + 3.0
    straight = sortie.waypoints[sortie.lines][..., :2]
    assert found.waypoints[found.lines][..., :2] == pytest.approx(straight, abs=1e-12)
    assert len(found.waypoints) > 2 * len(sortie.waypoints)
    tight = followed(sortie, Terrain(ground=raster(), height_m=200.0, tolerance_m=5.0, climb=1.0))
    assert len(tight.waypoints) > len(found.waypoints)


def test_it_climbs_no_steeper_than_the_aircraft_can_and_never_below_the_height(sortie) -> None:
    found = followed(sortie, Terrain(ground=raster(), height_m=200.0, tolerance_m=10.0, climb=0.05))
    longitude, latitude, altitude, steep = along(found)
    assert steep.max() <= 0.05 * 1.001
    above = altitude - hills(longitude, latitude)
    assert above.min() > 200.0 - 10.0 - 3.0
    assert above.max() > 260.0


def test_flat_ground_needs_no_more_waypoints(sortie) -> None:
    found = followed(sortie, Terrain(ground=raster(0.0), height_m=200.0, tolerance_m=5.0))
    assert len(found.waypoints) == len(sortie.waypoints)
    assert found.altitude == pytest.approx(np.full(len(sortie.waypoints), 700.0))
    assert found.path == pytest.approx(sortie.path)


@pytest.mark.parametrize("ending", EXPORTS)
def test_altitudes_come_back_from_every_format(sortie, ending, tmp_path) -> None:
    found = followed(sortie, Terrain(ground=raster(), height_m=200.0, tolerance_m=15.0))
    route = route_of([found], WING, BASE)
    assert set(route.over) == {HeightOver.SEA}
    expected, over = found.altitude, HeightOver.SEA
    if ending == ".kmz":
        home = Home(longitude=BASE[0], latitude=BASE[1], height_m=float(hills(*BASE)))
        route = over_home(route, home)
        expected, over = found.altitude - float(hills(*BASE)), HeightOver.HOME
    (tmp_path / f"plan{ending}").write_bytes(EXPORTS[ending](route, {}))
    back = read_plan(tmp_path / f"plan{ending}")
    assert back.height == pytest.approx(expected, abs=2e-3)
    assert set(back.over) == {over}
    assert np.abs(back.longitude - found.waypoints[:, 0]).max() <= 1e-7
    assert back.line.tolist() == route.line.tolist()


def test_ground_that_is_not_known_is_said(sortie) -> None:
    small = replace(raster().grid, west=9.02)
    with pytest.raises(InputError, match="holds the whole way"):
        followed(sortie, Terrain(ground=replace(raster(), grid=small), height_m=200.0, tolerance_m=5.0))


@pytest.mark.shared
@pytest.mark.skipif(not MEASURED.exists(), reason="no elevation model beside the checkout")
def test_a_measured_model_knows_the_dead_sea_and_tibet() -> None:
    terrain = Terrain(ground=read_raster(MEASURED), height_m=100.0, tolerance_m=30.0)
    low, high = terrain.elevation(np.array([35.5, 88.0]), np.array([31.5, 33.0]))
    assert low == pytest.approx(-430.0, abs=150.0)
    assert high == pytest.approx(4900.0, abs=500.0)
    assert math.isfinite(low + high)
