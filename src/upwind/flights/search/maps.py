"""The search map: made even over a box, or taken from a raster that somebody drew; how it is seen in metres."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.geo import Frame
from upwind.records.mapped import Grid, SearchMap

__all__ = ["frame_over", "scaled", "uniform_map"]

_METRES_A_DEGREE = 111_200.0
#: Probabilities stay below this when a map is scaled.
_MOST = 1.0 - 1e-9


def uniform_map(box: tuple[float, float, float, float], cell_m: float, expected: float) -> SearchMap:
    """Return a map that knows nothing but how many sites are expected in a box.

    Parameters
    ----------
    box
        West, south, east, north. [deg]
    cell_m
        About the side of a cell; cells fill the box. [m]
    expected
        Number of sites in all of it.

    Raises
    ------
    InputError
        The box holds nothing, or the number or the cell is not above 0.
    """
    west, south, east, north = box
    if not (west < east and south < north and cell_m > 0.0 and expected > 0.0):
        msg = f"a search map needs west < east, south < north, a cell and an expected number above 0, not {box}"
        raise InputError(msg)
    wide = (east - west) * _METRES_A_DEGREE * math.cos(math.radians(0.5 * (south + north)))
    columns = max(round(wide / cell_m), 1)
    rows = max(round((north - south) * _METRES_A_DEGREE / cell_m), 1)
    grid = Grid(
        west=west,
        north=north,
        step_longitude=(east - west) / columns,
        step_latitude=(north - south) / rows,
        rows=rows,
        columns=columns,
    )
    # Cells narrow toward the poles: what is even is the number a square metre.
    area = np.cos(np.radians(grid.middles()[1]))
    number = expected * area / area.sum()
    return SearchMap(grid=grid, undiscovered=-np.expm1(-number), shown=np.zeros(grid.shape))


def scaled(searched: SearchMap, expected: float) -> SearchMap:
    """Return a map whose cells keep their proportion and in which so many sites are expected in all.

    A prior that somebody drew is often right in proportion only.

    Raises
    ------
    InputError
        The map holds nothing at all.
    """
    number = -np.log1p(-searched.undiscovered)
    if not number.sum() > 0.0:
        msg = "the map says that there is nothing to find anywhere; give one with a probability above 0 somewhere"
        raise InputError(msg)
    number = number * (expected / number.sum())
    return replace(searched, undiscovered=np.minimum(-np.expm1(-number), _MOST))


def frame_over(searched: SearchMap) -> tuple[Frame, FloatArray, FloatArray]:
    """Return the local frame about a map's middle, and easting and northing of its cells, each (cell,). [m]"""
    longitude, latitude = searched.grid.middles()
    frame = Frame(
        longitude=round(float(longitude.mean()), 6),
        latitude=round(float(latitude.mean()), 6),
    )
    easting, northing = frame.to_local(longitude.ravel(), latitude.ravel())
    return frame, easting, northing
