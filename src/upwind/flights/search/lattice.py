"""A lattice along the wind on which legs are chosen: what pieces of legs across the wind would find, all at once.

Row i lies at a distance downwind, column m across. A leg in row i over some columns meets a site in row a at the
distance ``k = i - a`` with the chance ``p[rate, k] sum_m L_k[m, b]``, b the site's column: L is what `Chances` spreads
over the columns. So what every piece would find is a sum over k of matrix products, and what a leg would find is the
sum of its pieces, exactly, because a leg meets a plume once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.errors import InputError
from upwind.flights.search.chances import Chances
from upwind.flights.search.legs import Leg

__all__ = ["Lattice", "Stretch", "lattice_over"]

#: A lattice has about so many rows over the longer side of the map.
_ROWS = 72
#: No cell is smaller: plumes are not known to less. [m]
_LEAST_M = 40.0
#: Distances within a cell over which a chance is averaged.
_WITHIN = 9


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A leg on the lattice: its row, and its columns from `first` to before `last`."""

    row: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """The lattice over one map in one wind.

    Attributes
    ----------
    toward
        Unit vector toward which the wind blows, east and north.
    corner
        Downwind and crosswind coordinate of the outer corner of row 0, column 0. [m]
    step_m
        Side of a cell.
    allowed
        Where a leg may be, (row, column).
    worth
        Expected number of sites that emit, (rate, row, column).
    offsets
        k, (offset,).
    crossing
        p, (rate, offset).
    reached
        Sums of L_k over columns up to before each, (offset, column + 1, column).
    """

    toward: tuple[float, float]
    corner: tuple[float, float]
    step_m: float
    allowed: BoolArray
    worth: FloatArray
    offsets: tuple[int, ...]
    crossing: FloatArray
    reached: FloatArray

    def gains(self, worth: FloatArray) -> FloatArray:
        """Return what each piece would find where `worth` (rate, row, column) is left, (row, column)."""
        return self._collected(worth, self.crossing)

    def rows_gained(self, worth: FloatArray, rows: slice) -> FloatArray:
        """Return the same for some rows alone."""
        found = np.zeros((rows.stop - rows.start, worth.shape[2]))
        for number, offset in enumerate(self.offsets):
            first, last = max(rows.start - offset, 0), min(rows.stop - offset, worth.shape[1])
            if first < last:
                mixed = np.tensordot(self.crossing[:, number], worth[:, first:last], axes=1)
                found[first + offset - rows.start : last + offset - rows.start] += mixed @ self._spread(number).T
        return found

    def left_after(self, worth: FloatArray, stretch: Stretch) -> FloatArray:
        """Return what is left of `worth` once a leg was flown and showed nothing."""
        left = worth.copy()
        for number, offset in enumerate(self.offsets):
            row = stretch.row - offset
            if 0 <= row < worth.shape[1]:
                share = self.reached[number, stretch.last] - self.reached[number, stretch.first]
                left[:, row] *= 1.0 - self.crossing[:, number, None] * share[None, :]
        return left

    def steeper(self, worth: FloatArray, density: FloatArray) -> tuple[float, FloatArray]:
        """Return value and slope of the relaxed problem for `density` (row, column) flights of each piece.

        Each piece counts for ``-ln(1 - p) L_k`` in the exponent, which is no less than what any leg brings.
        """
        most = -np.log1p(-np.minimum(self.crossing, 1.0 - 1e-9))
        exponent = np.zeros_like(worth)
        for number, offset in enumerate(self.offsets):
            over = density @ self._spread(number)
            to, come = _shifted(worth.shape[1], -offset)
            exponent[:, to] += most[:, number, None, None] * over[None, come]
        left = worth * np.exp(-exponent)
        return float((worth - left).sum()), self._collected(left, most)

    def leg(self, stretch: Stretch, height_m: float) -> Leg:
        """Return a stretch as a leg in the local frame."""
        x = self.corner[0] + (stretch.row + 0.5) * self.step_m
        ends = [self.corner[1] + column * self.step_m for column in (stretch.first, stretch.last)]
        east, north = self.toward
        start, end = ((x * east - y * north, x * north + y * east) for y in ends)
        return Leg(start=start, end=end, height_m=height_m)

    def _spread(self, number: int) -> FloatArray:
        """Return L of one offset, (column of the path, column of the site)."""
        return np.diff(self.reached[number], axis=0)

    def _collected(self, worth: FloatArray, weight: FloatArray) -> FloatArray:
        mixed = np.tensordot(weight.T, worth, axes=1)
        found = np.zeros(worth.shape[1:])
        for number, offset in enumerate(self.offsets):
            to, come = _shifted(worth.shape[1], offset)
            found[to] += mixed[number, come] @ self._spread(number).T
        return found


def lattice_over(
    easting: FloatArray, northing: FloatArray, worth: FloatArray, chances: Chances, wind_from_deg: float
) -> Lattice:
    """Return the lattice over cells of a map.

    A map's cell counts whole where its middle lies. Where the wind blows along the map's rows or columns, and these are
    nearly as wide as the lattice's, some rows of it hold two of the map's and others one, and a plan makes use of that.

    Parameters
    ----------
    easting, northing
        Middles of the cells, (cell,). [m]
    worth
        Expected number of sites that emit, (rate, cell).
    chances
        What a crossing shows.
    wind_from_deg
        Legs lie across it.

    Raises
    ------
    InputError
        The map has fewer than two cells.
    """
    if easting.size <= 1:
        msg = "a search map of one cell leaves nothing to choose"
        raise InputError(msg)
    bearing = math.radians(wind_from_deg + 180.0)
    toward = (math.sin(bearing), math.cos(bearing))
    x = easting * toward[0] + northing * toward[1]
    y = northing * toward[0] - easting * toward[1]
    step = max(max(np.ptp(x), np.ptp(y)) / _ROWS, 1.5 * _spacing(easting, northing), _LEAST_M)
    corner = (float(x.min() - 0.5 * step), float(y.min() - 0.5 * step))
    row = ((x - corner[0]) / step).astype(np.int64)
    column = ((y - corner[1]) / step).astype(np.int64)
    shape = (int(row.max()) + 1, int(column.max()) + 1)
    flat = row * shape[1] + column
    held = np.stack([np.bincount(flat, of, shape[0] * shape[1]).reshape(shape).astype(np.float64) for of in worth])
    offsets, crossing, spread = _at_offsets(chances, step, shape[0])
    edges = step * np.arange(shape[1] + 1)[:, None] - step * (np.arange(shape[1]) + 0.5)[None, :]
    return Lattice(
        toward=toward,
        corner=corner,
        step_m=float(step),
        allowed=np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape) > 0,
        worth=held,
        offsets=offsets,
        crossing=crossing,
        reached=np.stack([_phi(edges / width) for width in spread]),
    )


def _spacing(easting: FloatArray, northing: FloatArray) -> float:
    """Return about how far apart cells lie. [m]"""
    area = max(float(np.ptp(easting)), 1.0) * max(float(np.ptp(northing)), 1.0)
    return math.sqrt(area / easting.size)


def _at_offsets(chances: Chances, step: float, rows: int) -> tuple[tuple[int, ...], FloatArray, FloatArray]:
    """Return the offsets that matter, the chances averaged over a cell, and how far across they spread. [m]"""
    first, last = chances.downwind_m[0], chances.downwind_m[-1]
    offsets = range(max(math.floor(first / step), 1 - rows), min(math.ceil(last / step), rows - 1) + 1)
    within = step * ((np.arange(_WITHIN) + 0.5) / _WITHIN - 0.5)
    distance = step * np.array(offsets)[:, None] + within[None, :]
    crossing = np.stack(
        [np.interp(distance, chances.downwind_m, of, left=0.0, right=0.0).mean(axis=1) for of in chances.crossing]
    )
    spread = np.interp(step * np.array(offsets), chances.downwind_m, chances.spread_m)
    # A site is anywhere in its cell, across the wind as well.
    return tuple(offsets), crossing, np.hypot(spread, step / math.sqrt(12.0))


def _shifted(rows: int, offset: int) -> tuple[slice, slice]:
    """Return which rows receive and which give when what is given moves by an offset."""
    return slice(max(offset, 0), rows + min(offset, 0)), slice(max(-offset, 0), rows + min(-offset, 0))


def _phi(values: FloatArray) -> FloatArray:
    """Return the normal distribution function."""
    flat = [0.5 * math.erfc(-value / math.sqrt(2.0)) for value in np.ravel(values)]
    return np.array(flat).reshape(np.shape(values))
