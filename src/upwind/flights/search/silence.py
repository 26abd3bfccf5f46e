"""How likely legs, flown anywhere and in any direction, are to show nothing of a site that emits."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numba import njit

from upwind.arrays import FloatArray
from upwind.flights.search.chances import Chances
from upwind.flights.search.legs import Leg, as_table

__all__ = ["silence"]

#: A leg is cut so that no piece spans more of the wind's direction than this. [m]
_PIECE_M = 50.0
#: Beyond so many standard deviations nothing is crossed.
_FAR = 5.0


def silence(
    legs: Sequence[Leg], easting: FloatArray, northing: FloatArray, chances: Chances, wind_from_deg: float
) -> FloatArray:
    """Return the probability that legs show nothing of a site that emits all the while.

    Parameters
    ----------
    legs
        In the frame of the sites.
    easting, northing
        Of sites, (cell,). [m]
    chances
        What a crossing shows.
    wind_from_deg
        For an imager: any direction along which legs are not flown.

    Returns
    -------
    FloatArray
        Shape (rate, cell). Crossings by different legs count as independent: each meets another instant of the plume.
        A leg meets a plume's centreline once, so its pieces' chances add.
    """
    toward = math.radians(wind_from_deg + 180.0)
    east, north = math.sin(toward), math.cos(toward)
    table = as_table(legs)
    turned = np.column_stack(
        [
            table[:, 0] * east + table[:, 1] * north,
            table[:, 1] * east - table[:, 0] * north,
            table[:, 2] * east + table[:, 3] * north,
            table[:, 3] * east - table[:, 2] * north,
        ]
    )
    cells = np.column_stack([easting * east + northing * north, northing * east - easting * north])
    left = np.ones((chances.crossing.shape[0], cells.shape[0]))
    first, step = float(chances.downwind_m[0]), float(chances.downwind_m[1] - chances.downwind_m[0])
    _quiet(turned, cells, (first, step), (np.ascontiguousarray(chances.crossing), chances.spread_m), left)
    return left


@njit(cache=True, nogil=True)
def _quiet(
    legs: FloatArray,
    cells: FloatArray,
    axis: tuple[float, float],
    table: tuple[FloatArray, FloatArray],
    left: FloatArray,
) -> None:  # pragma: no cover (compiled)
    """Multiply into `left` (rate, cell) what each leg (x, y, x, y; x downwind) leaves."""
    rates = left.shape[0]
    chance = np.empty(rates)
    for cell in range(cells.shape[0]):
        for leg in range(legs.shape[0]):
            chance[:] = 0.0
            _met(legs[leg], cells[cell], axis, table, chance)
            for rate in range(rates):
                left[rate, cell] *= 1.0 - min(chance[rate], 1.0)


@njit(cache=True, nogil=True)
def _met(
    leg: FloatArray,
    cell: FloatArray,
    axis: tuple[float, float],
    table: tuple[FloatArray, FloatArray],
    chance: FloatArray,
) -> None:  # pragma: no cover (compiled)
    """Add to `chance` (rate,) what one leg shows of one cell."""
    crossing, spread = table
    low, high = min(leg[0], leg[2]) - cell[0], max(leg[0], leg[2]) - cell[0]
    if high < axis[0] - axis[1] or low > axis[0] + axis[1] * crossing.shape[1]:
        return
    pieces = max(math.ceil((high - low) / _PIECE_M), 1)
    for piece in range(pieces):
        one, other = piece / pieces, (piece + 1) / pieces
        x = leg[0] + 0.5 * (one + other) * (leg[2] - leg[0]) - cell[0]
        place = (x - axis[0]) / axis[1]
        row = math.floor(place)
        if place < 0.0 or row >= crossing.shape[1] - 1:
            continue
        part = place - row
        wide = spread[row] + part * (spread[row + 1] - spread[row])
        y, then = leg[1] + one * (leg[3] - leg[1]) - cell[1], leg[1] + other * (leg[3] - leg[1]) - cell[1]
        if min(y, then) > _FAR * wide or max(y, then) < -_FAR * wide:
            continue
        share = 0.5 * abs(math.erf(then / (math.sqrt(2.0) * wide)) - math.erf(y / (math.sqrt(2.0) * wide)))
        for rate in range(chance.size):
            chance[rate] += share * (crossing[rate, row] + part * (crossing[rate, row + 1] - crossing[rate, row]))
