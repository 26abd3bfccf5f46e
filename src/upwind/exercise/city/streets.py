"""A fictional city's ground: streets, blocks of people, houses with levels, shops, a school and a clinic.

It stands on empty prairie in the land of a real state, so that audits have something to say, and in the year 2030.
Nobody lives there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.city.trades import Trade, trades
from upwind.exercise.conditions import Range, draw
from upwind.geo import Frame

__all__ = ["Block", "Building", "Streets", "draw_frame", "draw_streets"]

#: Empty land of Montana, a few kilometres south of the 49th parallel. [deg]
LONGITUDES: Range = (-107.20, -107.10)
LATITUDES: Range = (48.965, 48.980)
#: A lot's front along the street and its depth; a street's width. [m]
LOT_M, DEPTH_M, STREET_M = 22.0, 26.0, 14.0
#: Lots in each of the two rows of a block.
LOTS = 4
#: Levels of houses, and how often.
LEVELS = ((1, 0.55), (2, 0.35), (3, 0.10))
#: People in a house, a level (a choice of this exercise).
PEOPLE: Range = (1.5, 3.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """A building: the middle and the half sides of its rectangle in the city's turned axes [m], and a map's tags."""

    id: str
    across_m: float
    along_m: float
    half_across_m: float
    half_along_m: float
    block: int
    tags: Mapping[str, str]

    @property
    def is_home(self) -> bool:
        """Whether people live there."""
        return self.tags["building"] == "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A census block: the middle and half sides of its rectangle in the city's turned axes [m], and who lives there."""

    across_m: float
    along_m: float
    half_across_m: float
    half_along_m: float
    population: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    """The ground of a city; its axes are turned by `bearing_deg` about the frame's origin."""

    frame: Frame
    bearing_deg: float
    buildings: tuple[Building, ...]
    blocks: tuple[Block, ...]

    @property
    def reach_m(self) -> float:
        """How far from the origin the farthest corner lies. [m]"""
        corners = (
            np.hypot(abs(block.across_m) + block.half_across_m, abs(block.along_m) + block.half_along_m)
            for block in self.blocks
        )
        return float(max(corners))

    def place(self, across_m: FloatArray, along_m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return easting and northing of places in the turned axes. [m]"""
        turn = np.radians(self.bearing_deg)
        return across_m * np.cos(turn) + along_m * np.sin(turn), along_m * np.cos(turn) - across_m * np.sin(turn)

    def of(self, building: Building) -> tuple[float, float]:
        """Return easting and northing of a building's middle. [m]"""
        east, north = self.place(np.array(building.across_m), np.array(building.along_m))
        return float(east), float(north)


def draw_frame(rng: np.random.Generator) -> Frame:
    """Return where the city lies."""
    return Frame(longitude=round(draw(rng, LONGITUDES), 5), latitude=round(draw(rng, LATITUDES), 5))


def draw_streets(rng: np.random.Generator, size: tuple[int, int]) -> Streets:
    """Return a city of `size` blocks across and along: the middle row is of shops, one block a school, else homes."""
    frame, bearing = draw_frame(rng), draw(rng, (-25.0, 25.0))
    shops = iter(_shops(rng))
    school = int(rng.integers(size[0] * size[1])) if size[0] * size[1] > 1 else -1
    buildings: list[Building] = []
    blocks = []
    for number in range(size[0] * size[1]):
        column, row = number % size[0], number // size[0]
        block = _block(column - (size[0] - 1) / 2.0, row - (size[1] - 1) / 2.0)
        if number == school:
            made = [_rectangle(block, number, (0.0, 0.0, 24.0, 12.0), _school())]
        else:
            made = [
                _lot(rng, block, (number, lot, side), next(shops, None) if row == size[1] // 2 and side else None)
                for side in (0, 1)
                for lot in range(LOTS)
            ]
        people = sum(int(b.tags["building:levels"]) * draw(rng, PEOPLE) for b in made if b.is_home)
        blocks.append(replace(block, population=round(people)))
        buildings += made
    named = tuple(replace(b, id=f"exercise/{number}") for number, b in enumerate(buildings, start=1))
    return Streets(frame=frame, bearing_deg=bearing, buildings=named, blocks=tuple(blocks))


def _shops(rng: np.random.Generator) -> list[Mapping[str, str]]:
    """Return the tags of all shops in the order in which they stand: one of each mapped trade, and a clinic."""
    mapped: list[Trade] = [trade for trade in trades() if trade.is_mapped]
    tags = [{**trade.tags, "opening_hours": trade.opening_hours} for trade in mapped]
    tags.append({"amenity": "clinic", "building": "retail"})
    return [tags[at] for at in rng.permutation(len(tags))]


def _school() -> dict[str, str]:
    return {"amenity": "school", "building": "school", "building:levels": "2"}


def _block(column: float, row: float) -> Block:
    half_across, half_along = LOTS * LOT_M / 2.0, DEPTH_M
    return Block(
        across_m=column * (2.0 * half_across + STREET_M),
        along_m=row * (2.0 * half_along + STREET_M),
        half_across_m=half_across,
        half_along_m=half_along,
        population=0,
    )


def _lot(
    rng: np.random.Generator, block: Block, place: tuple[int, int, int], shop: Mapping[str, str] | None
) -> Building:
    """Return the building on one lot; `place` is its block, lot and side."""
    number, lot, side = place
    middle = ((lot - (LOTS - 1) / 2.0) * LOT_M, (side - 0.5) * DEPTH_M)
    half = (draw(rng, (4.0, 8.0)), draw(rng, (4.0, 7.0)))
    levels = int(rng.choice([level for level, _ in LEVELS], p=[part for _, part in LEVELS]))
    tags = {"building": "house", "building:levels": str(levels)} if shop is None else {**shop, "building:levels": "1"}
    return _rectangle(block, number, (*middle, *half), tags)


def _rectangle(
    block: Block, number: int, sides: tuple[float, float, float, float], tags: Mapping[str, str]
) -> Building:
    """Return a building: `sides` are its middle in the block and its half sides [m]."""
    return Building(
        id="",
        across_m=block.across_m + sides[0],
        along_m=block.along_m + sides[1],
        half_across_m=sides[2],
        half_along_m=sides[3],
        block=number,
        tags=tags,
    )
