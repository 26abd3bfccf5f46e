"""Local frames: metres that agree with the ellipsoid, and back."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from upwind.geo import Frame, frame_of, grid_reference

WGS84 = Geod(ellps="WGS84")


@pytest.mark.parametrize("count", [0, 1, 2, 50])
@pytest.mark.parametrize("origin", [(-98.57, 42.49), (179.9999, 0.0), (10.0, 84.0)])
def test_there_and_back_keeps_places_and_shape(count: int, origin: tuple[float, float]) -> None:
    frame = Frame(longitude=origin[0], latitude=origin[1])
    rng = np.random.default_rng(1)
    easting, northing = rng.uniform(-2000, 2000, (2, count))
    again = frame.to_local(*frame.to_geographic(easting, northing))
    assert again[0].shape == (count,)
    np.testing.assert_allclose(again, (easting, northing), atol=1e-3)


def test_distance_and_bearing_from_the_origin_are_the_ellipsoids() -> None:
    frame = Frame(longitude=-98.57, latitude=42.49)
    bearing, distance = np.array([0.0, 37.0, 90.0, 200.0]), np.array([1.0, 100.0, 3000.0, 50_000.0])
    turned = np.radians(bearing)
    longitude, latitude = frame.to_geographic(distance * np.sin(turned), distance * np.cos(turned))
    azimuth, _, metres = WGS84.inv(np.full(4, -98.57), np.full(4, 42.49), longitude, latitude)
    np.testing.assert_allclose(metres, distance, atol=1e-3)
    np.testing.assert_allclose(np.mod(azimuth + 1e-6, 360), bearing, atol=1e-3)


def test_the_middle_of_positions_across_the_date_line_is_near_them() -> None:
    frame = frame_of(np.array([179.9, -179.9]), np.array([10.0, 12.0]))
    assert abs(frame.longitude) == pytest.approx(180)
    assert frame.latitude == pytest.approx(11)


#: What GeoTrans says (the mgrs 1.5 package of PyPI), within a metre.
GRID = [
    (-98.57021, 42.48831, "14TNN3532004084"),
    (-127.52336, -49.7557, "09FXE0635987484"),
    (-99.1332, 19.4326, "14QMG8601748700"),
    (-117.02, 32.53, "11SMR9812199184"),
    (5.32, 60.39, "32VKN9723000510"),
    (15.65, 78.22, "33XWG1481383004"),
    (0.0001, 0.0001, "31NAA6603200011"),
    (179.999, -0.5, "60MZE3385444658"),
    (-179.9, 83.9, "01XDP6560917795"),
    (100.0, -79.9, "47CNM1957629407"),
    (3.0, 55.9999, "31UEC0000006068"),
    (8.999, 71.99, "32WME9996587817"),
    (-90.0, 35.1, "16SBD2653588251"),
]


@pytest.mark.parametrize(("longitude", "latitude", "said"), GRID)
def test_the_military_grid_is_that_of_geotrans(longitude: float, latitude: float, said: str) -> None:
    made = grid_reference(longitude, latitude).replace(" ", "")
    assert made[:5] == said[:5]
    assert int(made[5:10]) == pytest.approx(int(said[5:10]), abs=1)
    assert int(made[10:]) == pytest.approx(int(said[10:]), abs=1)


def test_the_poles_have_no_military_grid() -> None:
    assert grid_reference(0.0, 88.0) == grid_reference(0.0, -85.0) == ""
