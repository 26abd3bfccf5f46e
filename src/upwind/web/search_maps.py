"""A search map from the shelf, made ready for a page: its picture, its likeliest cells, and what is left in all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import grid_reference
from upwind.readers.geotiff import read_search_map
from upwind.records.mapped import Grid
from upwind.render.numbers import coordinates
from upwind.render.search_map import brightest, cell_m, probability_png
from upwind.store.shelf import Shelf

__all__ = ["LAYERS", "Searched", "searched"]

#: What a search map can be drawn by: its two bands.
LAYERS = ("undiscovered", "shown")
#: Cells of the table, the likeliest first.
_CELLS = 20
#: A picture has at most so many cells a side; of larger maps a pixel is the brightest of several.
_MOST_PIXELS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a page shows of one search map.

    `pictures` and `tops` are by layer: a PNG whose rows are even on the web's map, `tall` times as tall as wide there,
    and the probability at which its colours end. `expected` is how many undiscovered sites there are thought to be,
    `chance` that there is any.
    """

    corners: Sequence[Sequence[float]]
    tall: float
    cell_m: float
    shape: tuple[int, int]
    pictures: Mapping[str, bytes]
    tops: Mapping[str, float]
    expected: float
    chance: float
    cells: Sequence[Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return the outlines of the likeliest cells, and of the whole, as GeoJSON."""
        whole = _ring(self.corners[0][0], self.corners[0][1], self.corners[2][0], self.corners[2][1])
        features = [_outline(whole, {"role": "searched"})]
        features += [
            _outline(cell["ring"], {"role": "cell", "name": str(cell["rank"]), "said": cell["said"]})
            for cell in self.cells
        ]
        return {"type": "FeatureCollection", "features": features}


@lru_cache(maxsize=8)
def searched(shelf: Shelf, digest: str) -> Searched:
    """Return a search map of the shelf; a digest has one content, so what was read once stays true.

    Raises
    ------
    InputError
        The file is gone, or is no search map.
    """
    found = read_search_map(shelf.path(digest))
    grid, bands = found.grid, {"undiscovered": found.undiscovered, "shown": found.shown}
    south, east = grid.north - grid.rows * grid.step_latitude, grid.west + grid.columns * grid.step_longitude
    tops = {"undiscovered": brightest(found.undiscovered), "shown": 1.0}
    number = float(-np.log1p(-found.undiscovered).sum())
    return Searched(
        corners=[[grid.west, grid.north], [east, grid.north], [east, south], [grid.west, south]],
        tall=(grid.north - south)
        / ((east - grid.west) * max(math.cos(math.radians(0.5 * (grid.north + south))), 0.01)),
        cell_m=cell_m(grid),
        shape=grid.shape,
        pictures={name: probability_png(_even(grid, _fewer(band)), tops[name]) for name, band in bands.items()},
        tops=tops,
        expected=number,
        chance=-math.expm1(-number),
        cells=_likeliest(grid, found.undiscovered, found.shown),
    )


def _likeliest(grid: Grid, undiscovered: FloatArray, shown: FloatArray) -> list[dict[str, Any]]:
    """Return the cells in which an undiscovered site is likeliest; equal ones from the north-west."""
    order = np.argsort(-undiscovered, axis=None, kind="stable")[:_CELLS]
    longitude, latitude = grid.middles()
    rows = []
    for rank, at in enumerate(order, start=1):
        row, column = divmod(int(at), grid.columns)
        east, north = float(longitude[row, column]), float(latitude[row, column])
        west, top = grid.west + column * grid.step_longitude, grid.north - row * grid.step_latitude
        rows.append(
            {
                "rank": rank,
                "place": coordinates(east, north),
                "grid": grid_reference(east, north),
                "probability": float(undiscovered[row, column]),
                "shown": float(shown[row, column]),
                "ring": _ring(west, top, west + grid.step_longitude, top - grid.step_latitude),
                "said": f"{rank}: {undiscovered[row, column]:.2g}",
            }
        )
    return rows


def _fewer(band: FloatArray) -> FloatArray:
    """Return a band with blocks of cells as one, the greatest of each, so that no bright cell is lost."""
    step = math.ceil(max(band.shape) / _MOST_PIXELS)
    if step == 1:
        return band
    starts = [np.arange(0, size, step) for size in band.shape]
    whole: FloatArray = np.maximum.reduceat(np.maximum.reduceat(band, starts[0], axis=0), starts[1], axis=1)
    return whole


def _even(grid: Grid, band: FloatArray) -> FloatArray:
    """Return a band whose rows are even in the web's projection, which stretches a picture between its corners."""
    edges = np.radians([grid.north, grid.north - grid.rows * grid.step_latitude])
    high, low = np.arcsinh(np.tan(np.clip(edges, -1.48, 1.48)))
    count = min(4 * len(band), _MOST_PIXELS)
    middles = high - (np.arange(count) + 0.5) * (high - low) / count
    latitude = np.degrees(np.arctan(np.sinh(middles)))
    rows = ((grid.north - latitude) / (grid.rows * grid.step_latitude) * len(band)).astype(np.int64)
    even: FloatArray = band[np.clip(rows, 0, len(band) - 1)]
    return even


def _ring(west: float, north: float, east: float, south: float) -> list[list[float]]:
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return [[round(x, 7), round(y, 7)] for x, y in corners]


def _outline(ring: Sequence[Sequence[float]], said: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": dict(said)}
