"""Local frames: metres that agree with the ellipsoid, and back."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from upwind.geo import Frame, frame_of

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
