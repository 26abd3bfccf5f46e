"""Lanes: lines along the way that sorties come and go, so that on the way something is seen, too.

A survey sends sorties across ground that others see: from the base to their lines and home, and from some of their
lines to others. Where such a way is flown as a line instead, along the edge of the ground that is still to be seen, the
lines that end there are the shorter. The lanes that save most are laid first, the sorties rebuilt, and further lanes
laid beside them along the new edge, until none saves anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.legs import inherited, legs_of
from upwind.flights.plan.sections import turned
from upwind.flights.plan.sorties import fitted, rebuilt_together
from upwind.flights.plan.strips import joined, pieces_in
from upwind.flights.plan.unseen import outside, parts_of

__all__ = ["laned"]

#: A lane is at least so many lines' spacings long; ends of it nearer to each other than the second are one.
_LEAST, _SAME = 6.0, 2.0
#: At most so many blocks of lanes are laid.
_MOST_BLOCKS = 16
#: So many blocks that by straight ways save most are worked out, and of so many the sorties rebuilt in so many rounds.
_WORKED_OUT, _REBUILT, _ROUNDS = 12, 2, 60
#: Where no block saves anything the sorties are rebuilt in so many rounds, and blocks tried once more.
_AGAIN = 300
#: A lane saves more than this on its way, or a turn more costs as much; a block saves at least the second. [s]
_TURN_S, _GAIN_S = 15.0, 2.0
#: Worked out, it may be so much slower, before sorties are rebuilt. [s]
_SLOWER_S = 30.0
#: Sides that bow by less are one edge, where they are no farther apart. [m]
_BOW, _APART = 12.0, 50.0
#: Lanes are taken off the ground a bit wider, each time a bit more, so that edges never fall together. [m]
_WIDER = 1e-3
#: Positions of exported plans are rounded to a centimetre: what a swath barely sees is not left to it. [m]
_NARROWER = 0.05
#: A line no longer than this is none. [m]
_SHORTEST = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """A straight edge of the ground that is still unseen, which lies to the left.

    `direction` [rad], how far to the left `level` lies, from and to along it [m]; `outer` where it is the outline.
    """

    direction: float
    level: float
    first: float
    last: float
    outer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Lanes side by side along an edge, `first` to `last` [m], and before which legs, either way, each is flown.

    `joints` are sorties, places in their orders, and 1 where the lane is flown against the edge; by straight ways so
    much is `saved` [s].
    """

    edge: _Edge
    first: float
    last: float
    joints: tuple[tuple[int, int, int], ...]
    saved: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joints:
    """Where sorties come from a leg or the base and go to the next: sortie and place in its order, from and to. [m]"""

    places: list[tuple[int, int]]
    ends: FloatArray
    starts: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """A survey, which of its lines are lanes, and the sides of what these leave unseen, those of the outline told."""

    laid: Laid
    lanes: BoolArray
    sides: FloatArray
    outer: BoolArray


def laned(field: Field, laid: Laid, cut: float, abreast: int, seed: int) -> Laid:
    """Return a survey with lanes, no slower; itself where none saves anything.

    Parameters
    ----------
    laid
        In sorties from a base.
    cut
        A line is broken where nothing need be seen for longer than this. [m]
    abreast
        At most so many lanes are laid at once.
    """
    sides = field.ground.sides
    state = _State(
        laid=laid,
        lanes=np.zeros(len(laid.legs.time) // 2, dtype=np.bool_),
        sides=sides,
        outer=np.ones(len(sides), dtype=np.bool_),
    )
    was_rebuilt = False
    for step in range(_MOST_BLOCKS):
        better = _better(field, state, (cut, abreast), seed + step)
        if better is None and was_rebuilt:
            break
        was_rebuilt = better is None
        state = better or replace(state, laid=rebuilt_together(field, state.laid, _AGAIN, seed + step))
    return state.laid


def _better(field: Field, state: _State, asked: tuple[float, int], seed: int) -> _State | None:
    """Return the survey with the block of lanes that saves most; None where none does."""
    now, (cut, abreast) = state.laid.time, asked
    blocks = sorted(_blocks(field, state, abreast), key=lambda block: -block.saved)[:_WORKED_OUT]
    tried = [one for block in blocks if block.saved > 0.0 and (one := _with(field, state, block, cut)) is not None]
    found = []
    for one in sorted(tried, key=lambda one: one.laid.time)[:_REBUILT]:
        laid = fitted(field, one.laid) if one.laid.time < now + _SLOWER_S else None
        if laid is not None:
            found.append(replace(one, laid=rebuilt_together(field, laid, _ROUNDS, seed)))
    best = min(found, key=lambda one: one.laid.time, default=None)
    return best if best is not None and best.laid.time < now - _GAIN_S else None


def _edges(state: _State, least: float) -> list[_Edge]:
    """Return the straight edges of what is unseen that are longer than so much. [m]"""
    found: list[_Edge] = []
    for side, outer in zip(state.sides, state.outer.tolist(), strict=True):
        for number, edge in enumerate(found):
            if edge.outer == outer and (longer := _joined(edge, side)) is not None:
                found[number] = longer
                break
        else:
            direction = math.atan2(side[3] - side[1], side[2] - side[0])
            first, level, last, _ = turned(side[None], direction)[0].tolist()
            found.append(_Edge(direction=direction, level=level, first=first, last=last, outer=outer))
    return [edge for edge in found if edge.last - edge.first > least]


def _joined(edge: _Edge, side: FloatArray) -> _Edge | None:
    """Return an edge with a side that goes on with it, no ground to the right of it; None where none does."""
    first, one, last, two = turned(side[None], edge.direction)[0].tolist()
    if last < first or max(abs(one - edge.level), abs(two - edge.level)) > _BOW:
        return None
    if first > edge.last + _APART or last < edge.first - _APART:
        return None
    return replace(edge, level=min(edge.level, one, two), first=min(edge.first, first), last=max(edge.last, last))


def _blocks(field: Field, state: _State, abreast: int) -> Iterator[_Block]:
    """Yield blocks of lanes, each lane where by straight ways it saves most."""
    laid, base = state.laid, np.asarray(field.base)
    joints = _Joints(
        places=[(sortie, place) for sortie, order in enumerate(laid.sorties) for place in range(len(order) + 1)],
        ends=np.concatenate([np.vstack([base, laid.legs.end[order, :2]]) for order in laid.sorties]),
        starts=np.concatenate([np.vstack([laid.legs.start[order, :2], base]) for order in laid.sorties]),
    )
    spacing = field.swath.spacing
    reaches = [np.vstack([laid.legs.start[order, :2], laid.legs.end[order, :2]]) for order in laid.sorties]
    for edge in _edges(state, _LEAST * spacing):
        way = np.array([math.cos(edge.direction), math.sin(edge.direction)])
        stops = _stops(edge, [float(way @ base), *_spans(reaches, way)], _SAME * spacing)
        for first, last, saved in _savings(field, joints, edge, stops):
            most = saved.max(axis=1)
            best = np.argsort(-most, kind="stable")[:abreast]
            gains = np.cumsum(most[best]).tolist()
            backs = saved[best].argmax(axis=1).tolist()
            chosen = tuple((*joints.places[at], back) for at, back in zip(best.tolist(), backs, strict=True))
            for lanes, gain in enumerate(gains, start=1):
                yield _Block(edge=edge, first=first, last=last, joints=chosen[:lanes], saved=gain)


def _savings(
    field: Field, joints: _Joints, edge: _Edge, stops: list[float]
) -> Iterator[tuple[float, float, FloatArray]]:
    """Yield between which stops a lane may lie, and what it saves at each joint either way, (joint, 2). [m, m, s]"""
    way, spacing = np.array([math.cos(edge.direction), math.sin(edge.direction)]), field.swath.spacing
    middle = np.array([-way[1], way[0]]) * (edge.level + spacing / 2.0)
    places = (np.outer(stops, way) + middle)[:, None]
    now = _straight(field.air, joints.starts - joints.ends)
    to, back = _straight(field.air, places - joints.ends), _straight(field.air, places - joints.starts)
    for first, last in combinations(range(len(stops)), 2):
        if stops[last] - stops[first] >= _LEAST * spacing:
            saved = np.stack([now - to[first] - back[last], now - to[last] - back[first]], axis=1) - _TURN_S
            yield stops[first], stops[last], saved


def _straight(air: Air, ways: FloatArray) -> FloatArray:
    """Return the S of straight ways (..., 2), the same there and back; see `bound`. [s]"""
    rest = air.speed**2 - air.wind**2
    across = ways[..., 1] * air.east - ways[..., 0] * air.north
    far = (ways**2).sum(axis=-1)
    cost: FloatArray = np.sqrt(np.maximum(air.speed**2 * far - across**2, 0.0)) / rest
    return cost


def _spans(reaches: list[FloatArray], way: FloatArray) -> Iterator[float]:
    for places in reaches:
        along = places @ way
        yield from (float(along.min()), float(along.max()))


def _stops(edge: _Edge, places: list[float], apart: float) -> list[float]:
    """Return where lanes along an edge may end: with it, and where the base lies or a sortie begins or ends."""
    stops = [edge.first, edge.last]
    for place in places:
        if edge.first < place < edge.last and all(abs(place - stop) > apart for stop in stops):
            stops.append(place)
    return sorted(stops)


def _with(field: Field, state: _State, block: _Block, cut: float) -> _State | None:
    """Return the survey with a block of lanes, its sorties as they were; None where a lane sees nothing new."""
    edge, swath = block.edge, field.swath
    wider = _WIDER * (1.0 + float(state.lanes.sum()))
    low = edge.level - wider - (_BOW if edge.outer else 0.0)
    middle = edge.level + (swath.width / 2.0 - _NARROWER if edge.outer else swath.spacing / 2.0)
    flat = turned(state.sides, edge.direction)
    lanes, reached = [], low
    for _ in block.joints:
        lane = _pieces(flat, (reached, middle + swath.spacing / 2.0), (block.first, block.last), cut)
        if not len(lane):
            return None
        across = np.full(len(lane), middle)
        lanes.append(turned(np.column_stack([lane[:, 0], across, lane[:, 1], across]), -edge.direction))
        reached, middle = middle + swath.spacing / 2.0, middle + swath.spacing
    along, across_ = (block.first - wider, block.last + wider), (low, reached + wider)
    sides, outer = outside(state.sides, state.outer, edge.direction, along, across_)
    old = np.hstack([state.laid.legs.start[::2, :2], state.laid.legs.end[::2, :2]])
    parts = parts_of(old, state.lanes, sides, swath.width / 2.0 - _NARROWER, cut)
    number = parts[:, 0].astype(np.int64)
    legs = inherited(legs_of(np.concatenate([parts[:, 1:], *lanes]), field.air, field.base), state.laid.legs, number)
    first = np.searchsorted(number, np.arange(len(old) + 1))
    begins = np.cumsum([len(parts), *map(len, lanes)])
    flown = {
        joint[:2]: _either(int(begin), int(end), joint[2])
        for joint, begin, end in zip(block.joints, begins, begins[1:], strict=False)
    }
    sorties = [_order(sortie, order, first, flown) for sortie, order in enumerate(state.laid.sorties)]
    kept = np.concatenate([state.lanes[number], np.ones(len(legs.time) // 2 - len(parts), dtype=np.bool_)])
    laid = Laid(course=state.laid.course, legs=legs, sorties=tuple(order for order in sorties if len(order)))
    return _State(laid=laid, lanes=kept, sides=sides, outer=outer)


def _pieces(flat: FloatArray, across: tuple[float, float], along: tuple[float, float], cut: float) -> FloatArray:
    """Return from where to where a band holds unseen ground, within limits. (piece, 2) [m]"""
    pieces = np.clip(joined(pieces_in(flat, *across), cut), *along)
    kept: FloatArray = pieces[pieces[:, 1] - pieces[:, 0] > _SHORTEST]
    return kept


def _either(begin: int, end: int, back: int) -> list[int]:
    """Return the legs of lines begin to end, one way or the other."""
    lines = range(begin, end)
    return [2 * line + back for line in (reversed(lines) if back else lines)]


def _order(sortie: int, order: IntArray, first: IntArray, flown: dict[tuple[int, int], list[int]]) -> IntArray:
    """Return a sortie's legs, each line its parts in the order flown, with lanes where they belong."""
    found: list[int] = []
    for place, leg in enumerate([*order.tolist(), None]):
        found += flown.get((sortie, place), [])
        if leg is not None:
            found += _either(int(first[leg >> 1]), int(first[(leg >> 1) + 1]), leg % 2)
    return np.array(found, dtype=np.int64)
