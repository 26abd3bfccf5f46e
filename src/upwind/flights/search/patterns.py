"""Patterns about one block for a sniffer: transects across the wind, a spiral inward, a perimeter that is then halved.

Each lies along and across the wind, in a rectangle that holds the block and reaches as far downwind of it as asked:
what a block lets go of is met there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.flights.search.legs import Leg

__all__ = ["Block", "perimeter_then_bisect", "spiral", "transects"]

_Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What is looked at, and how: the corners of a block [m], the wind, how far downwind of it, how high above ground.

    Raises
    ------
    InputError
        A block needs three corners or more.
    """

    corners: FloatArray
    wind_from_deg: float
    downwind_m: float
    height_m: float

    def __post_init__(self) -> None:
        """Hold that there is a block."""
        if self.corners.ndim != 2 or self.corners.shape[0] < 3:  # noqa: PLR2004 - a triangle
            msg = "a block needs at least three corners"
            raise InputError(msg)

    def _turned(self) -> tuple[_Point, _Point]:
        """Return the unit vectors along the wind and across it, to its left."""
        toward = math.radians(self.wind_from_deg + 180.0)
        along = math.sin(toward), math.cos(toward)
        return along, (-along[1], along[0])

    def reach(self) -> tuple[float, float, float, float]:
        """Return the rectangle: from and to along the wind, from and to across it. [m]"""
        along, across = self._turned()
        x, y = self.corners @ np.array(along), self.corners @ np.array(across)
        return float(x.min()), float(x.max()) + self.downwind_m, float(y.min()), float(y.max())

    def place(self, x: float, y: float) -> _Point:
        """Return easting and northing of a place along and across the wind. [m]"""
        along, across = self._turned()
        return x * along[0] + y * across[0], x * along[1] + y * across[1]

    def way(self, points: Sequence[_Point]) -> tuple[Leg, ...]:
        """Return legs through points along and across the wind."""
        met = [self.place(*point) for point in points]
        return tuple(Leg(start=one, end=other, height_m=self.height_m) for one, other in pairwise(met) if one != other)


def transects(block: Block, spacing_m: float) -> tuple[Leg, ...]:
    """Return lines across the wind, at most so far apart, the farthest downwind first: upwind, toward the source.

    Raises
    ------
    InputError
        The spacing is not above 0.
    """
    low, high, left, right = block.reach()
    lines = np.linspace(high, low, _steps(high - low, spacing_m) + 1)
    ends = ((left, right), (right, left))
    return tuple(
        Leg(start=block.place(x, ends[at % 2][0]), end=block.place(x, ends[at % 2][1]), height_m=block.height_m)
        for at, x in enumerate(lines.tolist())
    )


def spiral(block: Block, spacing_m: float) -> tuple[Leg, ...]:
    """Return a rectangular spiral from outside inward, whose turns lie so far apart.

    Raises
    ------
    InputError
        The spacing is not above 0.
    """
    low, high, left, right = block.reach()
    _steps(high - low, spacing_m)
    points: list[_Point] = [(high, left)]
    # Each side, once flown, moves in by the spacing: downwind edge, right, upwind edge, left.
    for side in cycle(range(4)):
        if (right - left if side % 2 == 0 else high - low) <= 0.0:
            break
        points.append((high if side in {0, 3} else low, right if side < 2 else left))  # noqa: PLR2004 - corners
        moves = [spacing_m if side == one else 0.0 for one in range(4)]
        high, right, low, left = high - moves[0], right - moves[1], low + moves[2], left + moves[3]
    return block.way(points)


def perimeter_then_bisect(block: Block, halvings: int) -> tuple[Leg, ...]:
    """Return the perimeter, then lines across the wind that halve what is between lines, so many times over.

    The perimeter tells whether anything comes out at all; each halving tells from which half.
    """
    low, high, left, right = block.reach()
    corners = [(high, left), (high, right), (low, right), (low, left), (high, left)]
    legs = list(block.way(corners))
    for halving in range(1, halvings + 1):
        odd = range(1, 2**halving, 2)
        for number in reversed(odd):
            x = low + (high - low) * number / 2**halving
            line = Leg(start=block.place(x, left), end=block.place(x, right), height_m=block.height_m)
            near = _nearer(legs[-1].end)
            legs.append(min((line, line.reversed()), key=near))
    return tuple(legs)


def _nearer(place: _Point) -> Callable[[Leg], float]:
    """Return how far a leg begins from a place, as what to sort by."""
    return lambda leg: math.dist(place, leg.start)


def _steps(length_m: float, spacing_m: float) -> int:
    """Return into how many steps of at most the spacing a length is cut."""
    if not spacing_m > 0.0:
        msg = f"lines {spacing_m:g} m apart are none; give a spacing above 0"
        raise InputError(msg)
    return max(math.ceil(length_m / spacing_m - 1e-9), 1)
