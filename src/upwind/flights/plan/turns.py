"""Shortest paths of bounded curvature between poses, in still air and in a steady wind.

In still air these are Dubins' six words (Dubins 1957, https://doi.org/10.2307/2372560; formulas after Shkel and
Lumelsky 2001, https://doi.org/10.1016/S0921-8890(00)00127-5). In a wind w the aircraft flies such a path in the air,
and the air moves: the target, seen from the air, moves with -w t, so that the time T of flight solves
``D(target - w T) = v T`` with D the length of the shortest word. Over ground its arcs are trochoids.

D is Lipschitz with constant 1 but for jumps where a word's arc wraps. Where the equation jumps over its root, the same
words are flown at a wider radius, or after a whole circle, which is always allowed.

A pose is x, y [m] and heading h [rad, from x towards y]; through the air, nose first.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import FloatArray, IntArray

__all__ = ["flown", "from_point", "length", "sampled", "time_between", "time_from_point", "way_length"]

_TURN = 2.0 * math.pi
#: An arc so near a whole circle is none: rounding, not a loop. [rad]
_WRAP = 1e-7
#: Circles whose middles are so near are one: the square of their distance, in radii.
_SAME_CIRCLE = 1e-12
#: Words: the senses of the three pieces, 1 left, -1 right, 0 straight.
_SENSES = np.array([[1, 0, 1], [-1, 0, -1], [1, 0, -1], [-1, 0, 1], [-1, 1, -1], [1, -1, 1]])
#: Times are solved to within this share, and as many seconds.
_CLOSE = 1e-8
_ROUNDS = 40
_WIDER = 1.04
_WIDEST = 1.5
#: A wind carries the target no farther than so many circles take.
_CIRCLES = 8


@njit(cache=True)
def _arc(angle: float) -> float:
    turned = angle % _TURN
    return 0.0 if turned > _TURN - _WRAP else turned


@njit(cache=True)
def _csc(word: int, d: float, a: float, b: float, trig: tuple[float, ...]) -> tuple[float, float, float]:
    """Return the three pieces of LSL, RSR, LSR or RSL between headings a and b at distance d, in radii."""
    sa, ca, sb, cb, cab = trig
    if word == 0:
        square, way = 2.0 + d * d - 2.0 * cab + 2.0 * d * (sa - sb), math.atan2(cb - ca, d + sa - sb)
        if square < _SAME_CIRCLE:
            return _arc(b - a), 0.0, 0.0
        return _arc(way - a), math.sqrt(square), _arc(b - way)
    if word == 1:
        square, way = 2.0 + d * d - 2.0 * cab + 2.0 * d * (sb - sa), math.atan2(ca - cb, d - sa + sb)
        if square < _SAME_CIRCLE:
            return _arc(a - b), 0.0, 0.0
        return _arc(a - way), math.sqrt(square), _arc(way - b)
    side = 1.0 if word == 2 else -1.0  # noqa: PLR2004 - the third word
    square = -2.0 + d * d + 2.0 * cab + side * 2.0 * d * (sa + sb)
    if square < -_SAME_CIRCLE:
        return math.inf, 0.0, 0.0
    straight = math.sqrt(max(square, 0.0))
    way = math.atan2(-side * (ca + cb), d + side * (sa + sb)) + side * math.atan2(2.0, straight)
    return _arc(side * (way - a)), straight, _arc(side * (way - b))


@njit(cache=True)
def _ccc(side: float, d: float, a: float, b: float, trig: tuple[float, ...]) -> tuple[float, float, float]:
    """Return the three arcs of RLR (side 1) or LRL (side -1) between headings a and b at distance d."""
    sa, ca, sb, cb, cab = trig
    sine = side * (sa - sb)
    cosine = (6.0 - d * d + 2.0 * cab + 2.0 * d * sine) / 8.0
    if abs(cosine) > 1.0 + _SAME_CIRCLE:
        return math.inf, 0.0, 0.0
    middle = _TURN - math.acos(min(max(cosine, -1.0), 1.0))
    first = _arc(side * a - math.atan2(ca - cb, d - sine) + middle / 2.0)
    return first, middle, _arc(side * (a - b) - first + middle)


@njit(cache=True)
def _shortest(x: float, y: float, h0: float, h1: float, radius: float) -> tuple[float, int, float, float, float]:
    """Return length [m], word and its three pieces [radii] from (0, 0, h0) to (x, y, h1)."""
    d, way = math.hypot(x, y) / radius, math.atan2(y, x)
    a, b = h0 - way, h1 - way
    trig = (math.sin(a), math.cos(a), math.sin(b), math.cos(b), math.cos(a - b))
    best, kind, first, second, third = math.inf, 0, 0.0, 0.0, 0.0
    for word in range(6 if d < 4.0 else 4):  # noqa: PLR2004 - three arcs reach no farther than four radii
        t, p, q = _csc(word, d, a, b, trig) if word < 4 else _ccc(9.0 - 2.0 * word, d, a, b, trig)  # noqa: PLR2004
        if t + p + q < best:
            best, kind, first, second, third = t + p + q, word, t, p, q
    return best * radius, kind, first, second, third


@njit(cache=True)
def _from_point(x: float, y: float, h: float, radius: float) -> tuple[float, float]:
    """Return length and first heading of the shortest path from (0, 0), any heading, to (x, y, h)."""
    best, first, is_within = math.inf, 0.0, False
    for side in (1.0, -1.0):
        cx, cy = x - side * radius * math.sin(h), y + side * radius * math.cos(h)
        away = math.hypot(cx, cy)
        if away < radius:
            is_within = True
            continue
        heading = math.atan2(cy, cx) - side * math.asin(radius / away)
        long = math.sqrt(away * away - radius * radius) + radius * _arc(side * (h - heading))
        if long < best:
            best, first = long, heading
    if not is_within:
        return best, first
    # From within a last circle two turns may be shorter than a turn behind a straight way.
    for k in range(64):
        heading = _TURN * k / 64.0
        long = _shortest(x, y, heading, h, radius)[0]
        if long < best:
            best, first = long, heading
    return best, first


@njit(cache=True)
def _long(pose: FloatArray, away: float, radius: float, air: FloatArray, free: bool) -> float:  # noqa: FBT001
    """Return the length in the air when the target has moved for a time `away`; pose is x, y, h0, h1."""
    x, y = pose[0] - air[2] * away, pose[1] - air[3] * away
    if free:
        return _from_point(x, y, pose[3], radius)[0]
    return _shortest(x, y, pose[2], pose[3], radius)[0]


@njit(cache=True)
def _late(time: float, pose: FloatArray, circle: tuple[float, int], air: FloatArray, free: bool) -> float:  # noqa: FBT001
    """Return how much longer than a time the way takes to where the target is by then. [s]"""
    radius, circles = circle
    return float((_long(pose, time, radius, air, free) + _TURN * radius * circles) / air[0] - time)


@njit(cache=True)
def _root(pose: FloatArray, circle: tuple[float, int], air: FloatArray, free: bool) -> float:  # noqa: FBT001
    """Return the time that solves D = v T at one radius after so many whole circles; infinite where D jumps over it."""
    low, late_low = 0.0, _late(0.0, pose, circle, air, free)
    if air[2] == 0.0 and air[3] == 0.0:
        return late_low
    drift = math.hypot(air[2], air[3]) / air[0]
    high = late_low
    late_high = _late(high, pose, circle, air, free)
    while late_high > 0.0:
        low, late_low = high, late_high
        high += late_high / (1.0 - drift) + _CLOSE
        late_high = _late(high, pose, circle, air, free)
    before, late_before, now, late = low, late_low, high, late_high
    for k in range(_ROUNDS):
        # The secant while it stays in the bracket; halves now and then, so that a jump does not stall it.
        step = now - late * (now - before) / (late - late_before) if late != late_before else low
        if k % 5 == 4 or not low < step < high:  # noqa: PLR2004 - every fifth
            step = (low + high) / 2.0
        before, late_before, now = now, late, step
        late = _late(now, pose, circle, air, free)
        if abs(late) < _CLOSE * (1.0 + now):
            return now
        if late > 0.0:
            low = now
        else:
            high = now
    return math.inf


@njit(cache=True)
def _solved(pose: FloatArray, air: FloatArray, free: bool) -> tuple[float, float, int]:  # noqa: FBT001
    """Return time [s], radius [m] and first whole circles of the quickest path."""
    time = _root(pose, (air[1], 0), air, free)
    radius = air[1]
    while time == math.inf and radius < _WIDEST * air[1]:
        radius *= _WIDER
        time = _root(pose, (radius, 0), air, free)
    circles = 0
    while time == math.inf and circles < _CIRCLES:
        circles, radius = circles + 1, air[1]
        time = _root(pose, (radius, circles), air, free)
    return time, radius, circles


@njit(cache=True)
def time_between(start: FloatArray, end: FloatArray, air: FloatArray) -> float:
    """Return the time between two poses. [s]

    Parameters
    ----------
    start, end
        x, y [m] and heading [rad].
    air
        As `Air.row` gives it.
    """
    return _solved(np.array([end[0] - start[0], end[1] - start[1], start[2], end[2]]), air, False)[0]  # noqa: FBT003 - kernels take no keywords


@njit(cache=True)
def time_from_point(point: FloatArray, end: FloatArray, air: FloatArray) -> float:
    """Return the time from a point, left at any heading, to a pose. [s]"""
    return _solved(np.array([end[0] - point[0], end[1] - point[1], 0.0, end[2]]), air, True)[0]  # noqa: FBT003 - kernels take no keywords


@njit(cache=True, nogil=True)
def way_length(x: float, y: float, h0: float, h1: float, radius: float) -> float:
    """Return the length of the shortest path of a radius from (0, 0) at one heading to (x, y) at another. [m]"""
    return _shortest(x, y, h0, h1, radius)[0]


def length(start: FloatArray, end: FloatArray, radius: float) -> float:
    """Return the length of the shortest path of a radius between two poses. [m]"""
    return float(way_length(end[0] - start[0], end[1] - start[1], start[2], end[2], radius))


def from_point(point: FloatArray, end: FloatArray, air: FloatArray) -> float:
    """Return the heading at which a point is best left for a pose. [rad]"""
    pose = np.array([end[0] - point[0], end[1] - point[1], 0.0, end[2]])
    time, radius, _ = _solved(pose, air, True)  # noqa: FBT003 - kernels take no keywords
    return float(_from_point(pose[0] - air[2] * time, pose[1] - air[3] * time, pose[3], radius)[1])


def flown(start: FloatArray, end: FloatArray, air: FloatArray) -> tuple[float, float, int, FloatArray]:
    """Return time [s], radius [m], word and its pieces [radii] of the quickest path between two poses."""
    pose = np.array([end[0] - start[0], end[1] - start[1], start[2], end[2]])
    time, radius, circles = _solved(pose, air, False)  # noqa: FBT003 - kernels take no keywords
    found = _shortest(pose[0] - air[2] * time, pose[1] - air[3] * time, pose[2], pose[3], radius)
    return time, radius, found[1], np.array(found[2:]) + _TURN * np.array([circles, 0, 0])


def sampled(start: FloatArray, end: FloatArray, air: FloatArray, step: float) -> FloatArray:
    """Return positions over ground along the quickest path, both ends among them.

    Parameters
    ----------
    step
        The most between two positions, through the air. [m]

    Returns
    -------
    FloatArray
        Shape (position, 2). [m]
    """
    time, radius, word, pieces = flown(start, end, air)
    stops = np.cumsum([0.0, *pieces])
    count = max(math.ceil(stops[-1] * radius / step), 1)
    ways = np.unique(np.concatenate([np.linspace(0.0, stops[-1], count + 1), stops]))
    moved = _along(ways, stops, _SENSES[word], float(start[2])) * radius
    total = stops[-1] if stops[-1] > 0.0 else 1.0
    drift = np.outer(ways / total * time, air[2:4])
    path: FloatArray = np.asarray(start[:2]) + moved + drift
    return path


def _along(ways: FloatArray, stops: FloatArray, senses: IntArray, heading: float) -> FloatArray:
    """Return where a word of radius 1 is after each way, from the origin."""
    at, out = np.zeros(2), np.zeros((len(ways), 2))
    for begin, end, sense in zip(stops[:-1], stops[1:], senses, strict=True):
        within = (ways >= begin) & (ways <= end)
        out[within] = at + _piece(ways[within] - begin, int(sense), heading)
        at = at + _piece(np.array([end - begin]), int(sense), heading)[0]
        heading += sense * (end - begin)
    return out


def _piece(ways: FloatArray, sense: int, heading: float) -> FloatArray:
    if sense == 0:
        return np.outer(ways, np.array([math.cos(heading), math.sin(heading)]))
    turned = heading + sense * ways
    east, north = np.sin(turned) - math.sin(heading), math.cos(heading) - np.cos(turned)
    return sense * np.column_stack([east, north])
