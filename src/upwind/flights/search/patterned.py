"""A pattern about a block as sorties: transects, a spiral or a perimeter, flown in their own order.

The order is what a pattern is: transects go upwind toward the source, a perimeter comes before what halves it. So only
where one sortie ends and the next begins is chosen. Beside the time stands that of the legs alone, each flown the
quicker way and no turn between: these legs, in whatever order, take no less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.errors import InputError
from upwind.flights.plan.air import Air, air_of
from upwind.flights.plan.cuts import cuts
from upwind.flights.plan.ground import Polygon, ground_of
from upwind.flights.plan.legs import Legs, columns, legs_of
from upwind.flights.plan.order import time_of
from upwind.flights.plan.paths import fly
from upwind.flights.plan.sortie import Sorties, sortie_of
from upwind.flights.plan.survey import Breeze
from upwind.flights.search.legs import Leg, as_table
from upwind.flights.search.patterns import Block, perimeter_then_bisect, spiral, transects
from upwind.records import Platform

__all__ = ["PATTERNS", "Pattern", "Shape", "plan_pattern"]

PATTERNS = ("transects", "spiral", "perimeter")
_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which pattern, and its measures.

    Attributes
    ----------
    kind
        One of `PATTERNS`.
    height_m
        Above ground. [m]
    downwind_m
        How far downwind of the block it reaches. [m]
    spacing_m
        Between transects or the spiral's turns; None for eight across the reach along the wind. [m]
    halvings
        How many times what lies within a perimeter is halved.
    """

    kind: str
    height_m: float
    downwind_m: float
    spacing_m: float | None = None
    halvings: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern(Sorties):
    """Sorties in the order flown; `lower_bound_s` is what their legs take in any order, without turns."""

    kind: str
    lower_bound_s: float

    @property
    def gap(self) -> float:
        """Time over lower bound, less 1."""
        return self.time_s / self.lower_bound_s - 1.0


#: Transects, or turns of a spiral, across the reach where no spacing is asked for.
_LINES = 8


def plan_pattern(
    polygons: Sequence[Polygon],
    platform: Platform,
    shape: Shape,
    wind: Breeze,
    base: tuple[float, float] | None = None,
) -> Pattern:
    """Return the sorties of a pattern about an area.

    Parameters
    ----------
    polygons
        The block: each an outer ring and its holes, (vertex, 2): longitude, latitude. [deg]
    wind
        Steady; the pattern lies along and across it.
    base
        Longitude, latitude that every sortie leaves and returns to; without one a sortie begins and ends with a leg.

    Raises
    ------
    InputError
        There is no wind to lie across, or too much of it, or a leg does not fit into a sortie.
    """
    if not wind.speed > 0.0:
        msg = f"{shape.kind} lie along and across the wind; give one above 0 m/s"
        raise InputError(msg)
    air, ground = air_of(platform, wind.speed, wind.from_deg), ground_of(polygons)
    home = None
    if base is not None:
        easting, northing = ground.frame.to_local(np.array([base[0]]), np.array([base[1]]))
        home = (float(easting[0]), float(northing[0]))
    block = Block(
        corners=ground.vertices, wind_from_deg=wind.from_deg, downwind_m=shape.downwind_m, height_m=shape.height_m
    )
    table = as_table(_legs(block, shape))
    legs = legs_of(table, air, home)
    flown = [fly(legs, order, air) for order in _sorties(legs, platform.endurance_h * _HOUR)]
    return Pattern(
        kind=shape.kind,
        sorties=tuple(sortie_of(ground.frame, flight, shape.height_m) for flight in flown),
        lower_bound_s=_least(table, air),
    )


def _legs(block: Block, shape: Shape) -> tuple[Leg, ...]:
    low, high, left, right = block.reach()
    if shape.kind == "perimeter":
        return perimeter_then_bisect(block, shape.halvings)
    if shape.kind == "spiral":
        # A turn of the spiral takes from both sides.
        return spiral(block, shape.spacing_m or min(high - low, right - left) / (2.0 * _LINES))
    return transects(block, shape.spacing_m or (high - low) / (_LINES - 1.0))


def _sorties(legs: Legs, endurance: float) -> list[IntArray]:
    """Return the legs in their order, cut into sorties."""
    order = 2 * np.arange(len(legs.time) // 2, dtype=np.int64)
    if time_of(legs, order) <= endurance:
        return [order]
    if max(time_of(legs, order[k : k + 1]) for k in range(len(order))) > endurance:
        msg = "a leg of the pattern with the way there and back outlasts the endurance; give a smaller block or a base"
        raise InputError(msg)
    return [order[first:last] for first, last in pairwise(cuts(columns(legs), order, endurance).tolist())]


def _least(table: FloatArray, air: Air) -> float:
    """Return the time of legs flown the quicker way, one by one. [s]"""
    way = table[:, 2:] - table[:, :2]
    course = np.arctan2(way[:, 1], way[:, 0])
    fastest = np.maximum(air.ground_speed(course), air.ground_speed(course + np.pi))
    return float((np.hypot(way[:, 0], way[:, 1]) / fastest).sum())
