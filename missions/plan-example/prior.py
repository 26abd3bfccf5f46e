# ruff: noqa: INP001 - a script that stands alone
"""Make `prior.tif`: a made-up map of where something could be, two sites expected in all, most about three places."""

from pathlib import Path

import numpy as np

from upwind.records.mapped import Grid, Raster
from upwind.render.geotiff import geotiff

grid = Grid(west=124.5, north=-20.52, step_longitude=0.001, step_latitude=0.001, rows=80, columns=100)
longitude, latitude = grid.middles()
number = np.full(grid.shape, 0.4 / longitude.size)
for east, north, size, share in (
    (124.515, -20.535, 0.004, 0.8),
    (124.575, -20.585, 0.003, 0.5),
    (124.54, -20.57, 0.002, 0.3),
):
    heap = np.exp(-0.5 * ((longitude - east) ** 2 + (latitude - north) ** 2) / size**2)
    number += share * heap / heap.sum()
bands = -np.expm1(-number)[None]
names = ("probability that a site is in the cell",)
Path(__file__).with_name("prior.tif").write_bytes(geotiff(Raster(grid=grid, bands=bands, names=names)))
