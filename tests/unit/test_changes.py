"""Ways about which nothing changes, held against shapely on the geodesic."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod
from validation.grounds import edges, met

from upwind.flights.borders.atlas import atlas_of
from upwind.flights.borders.grid import build
from upwind.flights.borders.polygons import Polygons
from upwind.flights.borders.ways import changes, touch

GEOD = Geod(ellps="WGS84")


@pytest.mark.slow
def test_a_way_that_changes_nothing_is_all_along_where_its_ends_are() -> None:
    grid = atlas_of(()).borders
    rng = np.random.default_rng(21)
    start = rng.permutation(edges(180.0, 88.0))[:1500] + rng.normal(0.0, 0.5, (1500, 2))
    stop = start + rng.normal(0.0, 1.0, start.shape) * 10.0 ** rng.uniform(-2.5, 0.3, (1500, 1))
    ends = np.stack([start, stop])
    ends[..., 0] = (ends[..., 0] + 180.0) % 360.0 - 180.0
    ends[..., 1] = np.clip(ends[..., 1], -90.0, 90.0)
    changed = changes(grid, ends[..., 0].copy(), ends[..., 1].copy())
    same = np.flatnonzero(~changed)
    assert 300 < len(same) < 1200
    long = 0
    for way in same.tolist():
        one, other = ends[:, way]
        between = GEOD.npts(*one, *other, 50)
        held = {name for name in met(shapely.MultiPoint([one, *between, other])) if "*" not in name}
        for place in (one, other):
            assert {name for name in met(shapely.Point(place)) if "*" not in name} == held
        long += float(np.hypot(*(other - one))) > 0.3
    assert long > 50


@pytest.mark.parametrize("pole", [1.0, -1.0])
def test_a_geodesic_bulges_into_what_its_ends_stand_off_from(pole: float) -> None:
    """Over 111 km east to west at 60 degrees it comes 420 m nearer to the pole; the area begins 290 m on.

    The cells of the ends know nothing of it: it is 180 m off their edge.
    """
    ring = np.array([(-0.05, 60.0016), (0.05, 60.0016), (0.05, 60.05), (-0.05, 60.05)])
    grid = build(
        Polygons(
            names=("A",),
            area=np.zeros(1, dtype=np.int32),
            start=np.array([0, 4]),
            longitude=ring[:, 0].copy(),
            latitude=pole * ring[:, 1],
        )
    )
    ends = np.array([[-1.0], [1.0]]), pole * np.array([[59.999], [59.999]])
    assert changes(grid, *ends).all()
    assert len(touch(grid, *ends).way) == 1
    assert not changes(grid, 0.2 * ends[0], ends[1]).any()
