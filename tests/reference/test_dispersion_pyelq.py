"""Where the models coincide, pyELQ's coupling comes out to ten digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from upwind.arrays import FloatArray
from upwind.dispersion.gaussian import plain_plume

TABLE = Path(__file__).with_name("pyelq_coupling.csv")
SOURCE_HALF_WIDTH_M = 0.5


def ours(table: FloatArray) -> FloatArray:
    easting, northing, height, east_0, north_0, height_0, u, v, across, up, _ = table.T
    speed = np.hypot(u, v)
    x = ((easting - east_0) * u + (northing - north_0) * v) / speed
    y = ((northing - north_0) * u - (easting - east_0) * v) / speed
    sigma = np.column_stack(
        [np.tan(np.radians(across)) * np.abs(x) + SOURCE_HALF_WIDTH_M, np.tan(np.radians(up)) * np.abs(x)]
    )
    offset = np.column_stack([x, y, height])
    result = np.empty(len(table))
    for source_height in np.unique(height_0):
        at = height_0 == source_height
        result[at] = plain_plume(offset[at], float(source_height), sigma[at], speed[at])
    return result


def test_the_plain_plume_is_pyelqs() -> None:
    table = np.loadtxt(TABLE, delimiter=",", skiprows=2)
    pyelq = table[:, -1] * 3600.0 / 1e6
    assert (pyelq > 0.0).sum() > 60
    assert (pyelq == 0.0).sum() > 5
    np.testing.assert_allclose(ours(table), pyelq, rtol=1e-10, atol=1e-300)
