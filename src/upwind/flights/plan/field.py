"""The field of a survey, and a survey laid over it."""

from __future__ import annotations

from dataclasses import dataclass

from upwind.arrays import IntArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.legs import Legs
from upwind.flights.plan.order import time_of
from upwind.flights.plan.strips import Swath

__all__ = ["Field", "Laid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What is to be covered and how: `base` easting, northing [m] or None; `endurance` of a sortie [s]."""

    ground: Ground
    swath: Swath
    air: Air
    base: tuple[float, float] | None
    endurance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Lines of one course [rad, from east towards north] as legs, and the sorties' orders of them."""

    course: float
    legs: Legs
    sorties: tuple[IntArray, ...]

    @property
    def time(self) -> float:
        """Summed over sorties. [s]"""
        return sum(self.times)

    @property
    def times(self) -> list[float]:
        """Of each sortie. [s]"""
        return [time_of(self.legs, order) for order in self.sorties]
