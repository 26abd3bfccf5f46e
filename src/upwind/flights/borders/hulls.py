"""Which areas a hull may meet: one question for all places within it, however many they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.borders.grid import CELL, UNIT, Grid
from upwind.flights.borders.lookup import locate_points

__all__ = ["Hull", "areas_met", "corners", "edges_met", "hull_about", "meets"]

#: Beyond these a hull says nothing: at 180 degrees and about the poles outlines are cut. [deg]
_EASTMOST, _NORTHMOST, _WIDEST = 179.0, 80.0, 180.0
#: A hull has so many sides; the first faces east, the others follow counterclockwise.
_SIDES = 32
_ANGLES = 2.0 * np.pi * np.arange(_SIDES) / _SIDES
_TOWARD = np.array([np.cos(_ANGLES), np.sin(_ANGLES)])
#: What rounding may lose. [deg]
_ROUNDED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Hull:
    """All that reaches no farther than so much toward each side, in longitude and latitude: convex.

    Attributes
    ----------
    reach
        Shape (side,). [deg]
    place
        Longitude and latitude of some place within, shape (2,). [deg]
    """

    reach: FloatArray
    place: FloatArray

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north. [deg]"""
        east, north, west, south = self.reach[:: _SIDES // 4].tolist()
        return -west, -south, east, north

    @property
    def is_plain(self) -> bool:
        """Whether it stays off the poles and 180 degrees; places on both sides of those make a hull about the globe."""
        west, south, east, north = self.box
        return east - west < _WIDEST and max(-west, east) <= _EASTMOST and max(-south, north) <= _NORTHMOST


def hull_about(places: FloatArray, beyond: tuple[float, float]) -> Hull:
    """Return a hull that holds places (place, 2) and whatever is so far east or west, north or south of one. [deg]"""
    reach = (places @ _TOWARD).max(axis=0) + np.array(beyond) @ np.abs(_TOWARD) + _ROUNDED
    return Hull(reach=reach, place=places[0])


def corners(hull: Hull) -> FloatArray:
    """Return the corners of a hull, counterclockwise, (side, 2): longitude and latitude. [deg]"""
    after = np.roll(np.column_stack([_TOWARD.T, hull.reach]), -1, axis=0)
    (x, y), reach = _TOWARD, hull.reach
    turn = x * after[:, 1] - y * after[:, 0]
    cut = np.column_stack([reach * after[:, 1] - y * after[:, 2], x * after[:, 2] - reach * after[:, 0]])
    places: FloatArray = cut / turn[:, None]
    return places


def meets(hull: Hull, lines: FloatArray) -> BoolArray:
    """Return which lines have a part in a hull.

    Parameters
    ----------
    hull
        Sides and lines are straight in longitude and latitude.
    lines
        Longitude and latitude of both ends, (line, 4). [deg]
    """
    over0, over1 = lines[:, :2] @ _TOWARD - hull.reach, lines[:, 2:] @ _TOWARD - hull.reach
    apart = ((over0 > 0.0) & (over1 > 0.0)).any(axis=1)
    # What is left of the line between where it comes in over one side, and where it goes out over another.
    crossing = np.divide(over0, over0 - over1, out=np.zeros_like(over0), where=(over0 > 0.0) != (over1 > 0.0))
    enters = np.where(over0 > 0.0, crossing, 0.0).max(axis=1)
    leaves = np.where(over1 > 0.0, crossing, 1.0).min(axis=1)
    met: BoolArray = ~apart & (enters <= leaves + _ROUNDED)
    return met


def areas_met(grid: Grid, hull: Hull) -> IntArray:
    """Return the areas that a plain hull meets: whatever is not among them has no place in it.

    A convex hull that no edge of an area meets lies in it whole, or not at all; one place tells which.
    """
    within = locate_points(grid, hull.place[:1], hull.place[1:]).area
    return np.unique(np.append(within, edges_met(grid, hull)[1]))


def edges_met(grid: Grid, hull: Hull) -> tuple[FloatArray, IntArray]:
    """Return the edges of areas that have a part in a plain hull, (edge, 4) [deg], and the area that each bounds."""
    west, south, east, north = hull.box
    columns = slice(int((west + 180.0) / CELL), int((east + 180.0) / CELL) + 1)
    rows = slice(int((south + 90.0) / CELL), int((north + 90.0) / CELL) + 1)
    codes = grid.table[rows, columns]
    cells = (-1 - codes[codes < 0]).tolist()
    listed = [grid.listed[grid.first[cell] : grid.first[cell + 1]] for cell in cells]
    edges = np.unique(np.concatenate([np.empty(0, dtype=np.int32), *listed]))
    lines = np.column_stack([grid.x0[edges], grid.y0[edges], grid.x1[edges], grid.y1[edges]]) * UNIT
    met = meets(hull, lines)
    return lines[met], grid.area[edges[met]].astype(np.int64)
