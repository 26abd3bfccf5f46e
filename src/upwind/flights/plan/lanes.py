"""Lanes: lines along the way between the base and a sortie's band, so that on the way something is seen, too.

A survey of parallel lines sends each sortie across ground that others see. Where that way is flown as a line, out on
one lane and home on the next one, the lines that the lanes cross need not see what lies in them. Lanes lie side by
side in a block along the ends of lines, or through them; those of the sortie that goes farthest lie outermost, so that
the block narrows like a stair, and what lies in it is seen whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan.coverage import chord
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.legs import Legs, legs_of
from upwind.flights.plan.order import oriented, time_of
from upwind.flights.plan.strips import joined, pieces_in, without

__all__ = ["laned"]

#: Outline sides whose directions lanes may have, beside the one square to the lines, and places a block may begin at.
_SIDES, _PLACES = 4, 5
#: Bands nearer to the base than so many lines' spacings need no lanes.
_NEAR = 3.0
#: Lanes lie this much across the lines at least. [sine]
_ACROSS = 0.7
#: Directions and places nearer than this are one. [rad, m]
_SAME, _BESIDE = 0.02, 50.0
#: Of so many blocks it is asked which sorties are better off without lanes.
_ASKED = 3
#: A line no longer than this is none. [m]
_SHORTEST = 1.0
#: Courses are told apart to so many decimals of a radian.
_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Where lanes lie, and for whom.

    `direction` [rad], `edge` of the first lane to the left of it [m], `side` to which more lie, 1 or -1; sorties
    whose bands are no farther from the base than `beyond` [m] have none; the others' lanes lead `through` their bands
    or end before.
    """

    direction: float
    edge: float
    side: float
    beyond: float
    through: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lane:
    """One lane: the sortie that flies it, from and to along the block, and how far across its middle lies. [m]"""

    sortie: int
    begin: float
    end: float
    middle: float


def laned(field: Field, laid: Laid, cut: float) -> list[Laid]:
    """Return surveys with lanes, the quickest first; their sorties may last too long.

    Parameters
    ----------
    laid
        Of parallel lines, in sorties from a base.
    cut
        A line is broken where nothing need be seen for longer than this. [m]
    """
    found = [(_with(field, laid, block, cut), block) for block in _blocks(field, laid.course)]
    best = sorted(((one, block) for one, block in found if one is not None), key=lambda pair: pair[0].time)
    for _, block in best[:_ASKED]:
        for beyond in sorted({away for _, away, _ in _bands(field, laid)}):
            one = _with(field, laid, replace(block, beyond=beyond), cut)
            if one is not None:
                best.append((one, block))
    return [one for one, _ in sorted(best, key=lambda pair: pair[0].time)]


def _blocks(field: Field, course: float) -> Iterator[_Block]:
    sides = field.ground.sides
    way = sides[:, 2:] - sides[:, :2]
    longest = np.argsort(-np.hypot(way[:, 0], way[:, 1]), kind="stable")[:_SIDES]
    directions = [course + math.pi / 2.0, *np.arctan2(way[longest, 1], way[longest, 0]).tolist()]
    for at, direction in enumerate(directions):
        if abs(math.sin(direction - course)) < _ACROSS or any(
            abs(math.sin(direction - other)) < _SAME for other in directions[:at]
        ):
            continue
        left = np.array([-math.sin(direction), math.cos(direction)])
        across = field.ground.vertices @ left
        low, high = float(across.min()), float(across.max())
        places = [*np.linspace(low, high, _PLACES).tolist(), float(np.clip(np.asarray(field.base) @ left, low, high))]
        apart = [
            edge
            for number, edge in enumerate(places)
            if not any(abs(edge - other) < _BESIDE for other in places[:number])
        ]
        beyond = _NEAR * field.swath.spacing
        for edge, side, through in product(apart, (-1.0, 1.0), (False, True)):
            if low <= edge + side * field.swath.spacing <= high:
                yield _Block(direction=direction, edge=edge, side=side, beyond=beyond, through=through)


def _with(field: Field, laid: Laid, block: _Block, cut: float) -> Laid | None:
    """Return a survey with a block of lanes; None where no sortie would use one."""
    lanes = _lanes(field, laid, block)
    if not lanes:
        return None
    turn = _turned(block.direction)
    sides = _moved(field.ground.sides, turn)
    fill = np.hstack([laid.legs.start[::2, :2], laid.legs.end[::2, :2]])
    lines, parts = _trimmed(fill, _stairs(lanes, block, field.swath.spacing), field.swath.width, cut)
    flat: list[tuple[float, float, float, float]] = []
    within = [[line for leg in order for line in _flown(parts, leg)] for order in laid.sorties]
    out: list[list[int]] = [[] for _ in within]
    home: list[list[int]] = [[] for _ in within]
    for number, lane in enumerate(lanes):
        pieces = _over(sides, lane, field.swath.spacing, cut)
        new = list(range(len(lines) + len(flat), len(lines) + len(flat) + len(pieces)))
        flat += [(begin, lane.middle, end, lane.middle) for begin, end in pieces]
        outward = new if lane.end > lane.begin else new[::-1]
        if number % 2 == 0:
            out[lane.sortie] = outward
        else:
            home[lane.sortie] = outward[::-1]
    legs = legs_of(np.concatenate([lines, _moved(np.array(flat).reshape(-1, 4), turn.T)]), field.air, field.base)
    sorties = tuple(_quickest(legs, *ways) for ways in zip(out, within, home, strict=True) if any(ways))
    return Laid(course=laid.course, legs=legs, sorties=sorties)


def _quickest(legs: Legs, out: list[int], within: list[int], home: list[int]) -> IntArray:
    """Return a sortie out, through its band as it was, the other way round, or to and fro, and home."""
    orders = [within, within[::-1], within[::2] + within[1::2][::-1]]
    tried = [oriented(legs, np.array([*out, *order, *home], dtype=np.int64)) for order in orders]
    return min(tried, key=lambda order: time_of(legs, order))


def _moved(lines: FloatArray, turn: FloatArray) -> FloatArray:
    """Return lines (line, 4) with both ends turned."""
    return np.hstack([lines[:, :2] @ turn, lines[:, 2:] @ turn])


def _turned(direction: float) -> FloatArray:
    return np.array([[math.cos(direction), -math.sin(direction)], [math.sin(direction), math.cos(direction)]])


def _bands(field: Field, laid: Laid) -> list[tuple[int, float, float]]:
    """Return each sortie that lies to one side of the base, how near it comes and how far; to the right below 0. [m]"""
    square = np.array([-math.sin(laid.course), math.cos(laid.course)])
    found = []
    for sortie, order in enumerate(laid.sorties):
        away = (laid.legs.start[order][:, :2] - np.asarray(field.base)) @ square
        way = 1.0 if away[0] > 0.0 else -1.0
        if (way * away).min() > 0.0:
            found.append((sortie, float((way * away).min()), float(way * np.abs(away).max())))
    return found


def _lanes(field: Field, laid: Laid, block: _Block) -> list[_Lane]:
    """Return the lanes, two a sortie, on either side of the base those of the farther ones first."""
    turn, spacing = _turned(block.direction), field.swath.spacing
    square = np.array([-math.sin(laid.course), math.cos(laid.course)])
    base = np.asarray(field.base)
    along, aside = float(square @ turn[:, 0]), float(square @ turn[:, 1])
    found = []
    for way in (-1.0, 1.0):
        bands = [band for band in _bands(field, laid) if way * band[2] > 0.0 and band[1] > block.beyond]
        reaches = [
            (abs(far) + field.swath.width / 2.0 if block.through else near - spacing / 2.0, sortie)
            for sortie, near, far in bands
        ]
        for number, (away, sortie) in enumerate(sorted(reaches, key=lambda band: -band[0])):
            reach = way * away
            for lane in (2 * number, 2 * number + 1):
                middle = block.edge + block.side * (lane + 0.5) * spacing
                end = (float(base @ square) + reach - middle * aside) / along
                found.append(_Lane(sortie=sortie, begin=float(base @ turn[:, 0]), end=end, middle=middle))
    return found


def _stairs(lanes: list[_Lane], block: _Block, spacing: float) -> list[FloatArray]:
    """Return rectangles that lanes fill, as corners (4, 2): each lane with those outside of it, as far as all reach."""
    turn = _turned(block.direction)
    found = []
    least = {-1.0: math.inf, 1.0: math.inf}
    for lane in lanes:
        way = math.copysign(1.0, lane.end - lane.begin)
        least[way] = min(least[way], abs(lane.end - lane.begin))
        first, last = sorted((lane.begin, lane.begin + way * least[way]))
        low, high = sorted((block.edge, lane.middle + block.side * spacing / 2.0))
        found.append(np.array([[first, low], [last, low], [last, high], [first, high]]) @ turn.T)
    return found


def _trimmed(
    fill: FloatArray, stairs: list[FloatArray], width: float, cut: float
) -> tuple[FloatArray, list[list[int]]]:
    """Return lines without what lies in rectangles, and which of them are left of each."""
    lines: list[FloatArray] = []
    parts: list[list[int]] = [[] for _ in fill]
    way = fill[:, 2:] - fill[:, :2]
    courses = np.round(np.arctan2(way[:, 1], way[:, 0]), _DECIMALS)
    for course in np.unique(courses).tolist():
        turn = _turned(course)
        own = np.flatnonzero(courses == course)
        flat = _moved(fill[own], turn)
        levels = (flat[:, 1] + flat[:, 3]) / 2.0
        chords = _chords(np.array(stairs) @ turn, levels, width / 2.0)
        for line, row, level, held in zip(own.tolist(), flat, levels, chords, strict=True):
            taken = joined(held[held[:, 0] < held[:, 1]], 0.0)
            kept = without(row[None, [0, 2]], taken)
            kept = joined(kept[kept[:, 1] - kept[:, 0] > _SHORTEST], cut)
            parts[line] = list(range(len(lines), len(lines) + len(kept)))
            lines += [_moved(np.array([[begin, level, end, level]]), turn.T)[0] for begin, end in kept.tolist()]
    return np.array(lines).reshape(-1, 4), parts


@njit(cache=True)
def _chords(shapes: FloatArray, levels: FloatArray, half: float) -> FloatArray:
    """Return between which places each rectangle reaches over all of the band of each level, (level, shape, 2)."""
    found = np.zeros((len(levels), len(shapes), 2))
    for i in range(len(levels)):
        for j in range(len(shapes)):
            first, last = -np.inf, np.inf
            for level in (levels[i] - half, levels[i] + half):
                low, high = chord(shapes[j], level)
                first, last = max(first, low), min(last, high)
            if first < last:
                found[i, j, 0], found[i, j, 1] = first, last
    return found


def _over(sides: FloatArray, lane: _Lane, spacing: float, cut: float) -> list[tuple[float, float]]:
    """Return from where to where a lane is flown: over ground."""
    first, last = sorted((lane.begin, lane.end))
    pieces = joined(pieces_in(sides, lane.middle - spacing / 2.0, lane.middle + spacing / 2.0), cut)
    held = [(max(begin, first), min(end, last)) for begin, end in pieces.tolist()]
    return [(begin, end) for begin, end in held if end - begin > _SHORTEST]


def _flown(parts: list[list[int]], leg: int) -> list[int]:
    """Return the parts of a line in the order that a leg flies them."""
    return parts[leg >> 1] if leg % 2 == 0 else parts[leg >> 1][::-1]
