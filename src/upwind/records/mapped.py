"""Rasters over longitude and latitude, and the search map that flights leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import ContractError

__all__ = ["Grid", "Raster", "SearchMap"]

#: As far as longitudes and latitudes go, and a rounding. [deg]
_LONGITUDES, _LATITUDES = 180.0, 90.0 + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells of even steps in longitude and latitude, WGS84: rows from the north, columns from the west.

    `west`, `north` [deg] are the outer edges of the first cell, `step_longitude`, `step_latitude` [deg] its sides.
    """

    west: float
    north: float
    step_longitude: float
    step_latitude: float
    rows: int
    columns: int

    def __post_init__(self) -> None:
        """Hold that it lies on the globe and holds something."""
        south = self.north - self.rows * self.step_latitude
        on_globe = abs(self.west) <= _LONGITUDES and max(self.north, -south) <= _LATITUDES
        if min(self.rows, self.columns) < 1 or min(self.step_longitude, self.step_latitude) <= 0.0 or not on_globe:
            msg = (
                f"a grid of {self.rows} by {self.columns} cells from {self.west:g}, {self.north:g} is none on the globe"
            )
            raise ContractError(msg)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of all cells. [deg]"""
        east = self.west + self.columns * self.step_longitude
        return self.west, self.north - self.rows * self.step_latitude, east, self.north

    def holds(self, longitude: float, latitude: float) -> bool:
        """Return whether a position [deg] lies in any of the cells."""
        column = (longitude - self.west) / self.step_longitude
        row = (self.north - latitude) / self.step_latitude
        return 0.0 <= column <= self.columns and 0.0 <= row <= self.rows

    def middles(self) -> tuple[FloatArray, FloatArray]:
        """Return longitude and latitude of the cells' middles, each (row, column). [deg]"""
        longitude = self.west + self.step_longitude * (np.arange(self.columns) + 0.5)
        latitude = self.north - self.step_latitude * (np.arange(self.rows) + 0.5)
        east, up = np.meshgrid(longitude, latitude)
        return east, up


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """Bands over a grid, (band, row, column); NaN is not known. `names` are the bands', "" where there is none."""

    grid: Grid
    bands: FloatArray
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMap:
    """Where something could still be, after all flights so far.

    Attributes
    ----------
    undiscovered
        Probability that an emitting site is still undiscovered in the cell, (row, column). 0 to below 1.
    shown
        Probability that the flights so far would have shown one, (row, column). 0 to below 1.

    Raises
    ------
    ContractError
        A value is missing or out of bounds: a certainty, which no flight can leave, is out of bounds too.
    """

    grid: Grid
    undiscovered: FloatArray
    shown: FloatArray

    def __post_init__(self) -> None:
        """Hold the contract."""
        for name in ("undiscovered", "shown"):
            values = getattr(self, name)
            if values.shape != self.grid.shape:
                msg = f"search map: {name} has the shape {values.shape}, not {self.grid.shape}"
                raise ContractError(msg)
            if not ((values >= 0.0) & (values < 1.0)).all():
                msg = f"search map: {name} holds what is no probability from 0 to below 1"
                raise ContractError(msg)
