r"""A time that no plan beats, and why.

**What is proven, and of which plans.** A plan is any finite set of straight lines, in any directions, at any places,
of any lengths, flown either way and in any order, in any number of sorties, joined by any paths whose curvature in the
air is at most 1/r, at airspeed v in a steady wind w < v. It *covers at an overlap* when each point of the area is in a
swath, of width W, and when what is farther than (W - s)/2 from the area's edge is even within s/2 of a line that passes
it, s = W (1 - overlap): parallel lines no more than s apart do just that, and lines that cross or bend may.
`any_lines` bounds all such plans; `parallel.parallel_lines`, tighter, those whose lines are parallel to each other, in
whatever direction, however far apart up to s, broken and joined at will.

**Lines.** The strips of width s hold the area eroded by (W - s)/2, so the lengths over it sum to at least |eroded|/s.
Of parallel lines more is true: across them, each piece of the area's section is held by a chain of k lines, which
reaches (k - 1) s + W, so that only what lies across is eroded:
``L >= (|A| - (W - s) X) / s``, X half of what the outline measures along the lines.

**Wind.** With x the way along the wind and kappa = w/(v^2 - w^2), a metre flown over ground on a course at the angle a
to the wind costs ``1/g + kappa cos a = sqrt(v^2 - w^2 sin^2 a)/(v^2 - w^2) =: c(a)`` seconds in the sum
``S = T + kappa dx``: the same both ways. S of a closed flight is its time; of an open one ``T >= S - kappa D``, D the
area's reach along the wind. A turn of the nose by d psi costs r (v + w cos psi)/(v^2 - w^2) |d psi| in S, never
negative, so S adds up over lines and turns.

**Turns.** Take directions e and f, less than a quarter turn apart. The polygon through the useful parts of the lines in
their order rises and falls in e; each of its n_e + 1 pieces between turning points, n_e the number of these, leads no
farther in f than the area reaches, H_f = W_f + s - (W - s), as lines pass outside; of a piece only what lies within a
slab across f may be taken, H_f then the slab's height and s, and only the ground in the slab counts. So, each line
taken the way that it rises in e, ``sum of l cos(course - f) <= (n_e + 1) H_f + what ways go back in f``. The flight
passes all corners of the polygon, so it has no fewer turning points. At each the course over ground is square to e; the
nose then passes one of two headings. Summed over all e, with the weight ``rho(e) = r min g^2 / (v (v^2 - w^2))``, g the
ground speeds square to e, no heading is charged more than a turn through it costs. A way of the length d costs no less
than ``d / sqrt(v^2 - w^2)``, too: with the share mu of its S for what it goes back and 1 - mu for its turns,
``mu / sqrt(v^2 - w^2) = (1 - mu) R``, R the integral of rho / H_f, ways pay both, and
``S >= sum over lines of l [c + (1 - mu) integral over e of rho sign(cos(course - e)) cos(course - f) / H_f] -
(sorties) (1 - mu) integral of rho``.
With f = e no way goes back, mu = 0, and for w = 0 this is Fary's argument that curvature exceeds length over radius
(Fary 1949, unverified). With one f for all e, across a strong wind, a line of the cheapest course is charged a whole
reversal for each H_f, and lines that would be charged less cost more by their course. Each f gives a bound; the best
counts.

**Sorties.** Each goes from the base to the area and back, and S of a way is no less than that of the straight one: the
length of it, stretched along the wind by v/(v^2 - w^2) and across it by 1/sqrt(v^2 - w^2). None is longer than the
endurance: so many are needed that the sum fits. Without a base the flight is cut where the endurance ends; then plans
of as many sorties are compared.

Minima over directions are taken on a grid, less the most that the function can fall between two of its places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.sections import tallest, turned
from upwind.flights.plan.strips import Swath

__all__ = ["Flights", "any_lines", "straight", "way_of"]

#: Directions of half a circle that minima and integrals are taken over.
_DIRECTIONS = 360
_STEP = math.pi / _DIRECTIONS
_GRID: FloatArray = (np.arange(_DIRECTIONS, dtype=np.float64) + 0.5) * _STEP
#: Directions f is taken from, and how far from them towards e.
_PRIMES = tuple((np.arange(12) * math.pi / 12.0).tolist())
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flights:
    """How plans fly: their air, where they start from, how long they may last.

    Attributes
    ----------
    air
        See `Air`.
    base
        Easting and northing that each sortie leaves and returns to; None where sorties begin and end anywhere. [m]
    endurance
        Of one sortie. [s]
    sorties
        Without a base, how many there are.
    """

    air: Air
    base: tuple[float, float] | None = None
    endurance: float = math.inf
    sorties: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Costs:
    """S of all lines, of all turns, what each sortie takes off the turns, and what it adds by its way. [s]"""

    lines: float
    turns: float
    off: float
    way: float


def any_lines(ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return a time no plan of straight lines in any directions beats; see the module. [s]"""
    air = flights.air
    weight = _weight(air, _GRID)
    costs, fall = straight(air, _GRID)
    costs = costs - 0.5 * _STEP * fall
    cheapest = int(np.argmin(costs))
    length = _eroded(ground, swath) / swath.spacing
    least = length * float(costs[cheapest])
    most = 0.0
    for share in _SHARES:
        for prime in (float(_GRID[cheapest]), *_PRIMES):
            turns, lost = _turns(_Look(prime=prime, share=share), ground, swath, (air, costs, weight))
            off = float(_heaviest(air, _GRID).sum()) * _STEP * (1.0 - lost)
            one = _Costs(lines=least, turns=turns, off=off, way=way_of(ground, swath, flights))
            most = max(most, _in_sorties(one, ground, flights))
    return most


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How turning points are counted: f is `share` of the way from the direction `prime` [rad] to e."""

    prime: float
    share: float


def _turns(look: _Look, ground: Ground, swath: Swath, known: tuple[Air, FloatArray, FloatArray]) -> tuple[float, float]:
    """Return the least S of turns, with what lines cost beyond the cheapest, and mu."""
    air, costs, weight = known
    rim = (swath.width - swath.spacing) / 2.0
    # e and prime less than a quarter turn apart, so that f lies between them.
    apart = (_GRID - look.prime + math.pi / 2.0) % math.pi - math.pi / 2.0
    across = look.prime + look.share * apart
    reach = ground.width(across) - 2.0 * rim + swath.spacing
    length = _eroded(ground, swath) / swath.spacing
    if look.share == 0.0:
        height, held = tallest(turned(ground.sides, look.prime), rim, swath.spacing, _fans(ground, rim))
        if held / height > length * swath.spacing / float(reach[0]):
            reach, length = np.full(_DIRECTIONS, height), held / swath.spacing
    if look.share == 1.0:
        # f is e itself, not what the grid has for it.
        reach = reach + 0.5 * _STEP * float(reach.max())
    rate = float((weight / reach).sum()) * _STEP
    slowest = 1.0 / math.sqrt(air.speed**2 - air.wind**2)
    lost = rate / (rate + slowest) if look.share < 1.0 else 0.0
    forward = np.cos(_GRID[:, None] - across)
    side = np.cos(_GRID[:, None] - (look.prime + apart))
    gone = np.where(np.abs(side) > math.sin(_STEP), np.sign(side) * forward, -np.abs(forward)) - 0.5 * _STEP
    if look.share == 1.0:
        gone = np.maximum(np.abs(forward) - 0.5 * _STEP, 0.0)
    turning = (1.0 - lost) * (gone @ (weight / reach)) * _STEP
    return length * max(float((costs + turning).min() - costs.min()), 0.0), lost


def _eroded(ground: Ground, swath: Swath) -> float:
    """Return no more than the area that is farther than half an overlap from its edge. [m2]"""
    depth = (swath.width - swath.spacing) / 2.0
    way = ground.sides[:, 2:] - ground.sides[:, :2]
    taken = depth * float(np.hypot(way[:, 0], way[:, 1]).sum()) + _fans(ground, depth)
    return max(ground.size - taken, 0.0)


def _fans(ground: Ground, depth: float) -> float:
    """Return how much of a rim so deep lies round corners where the outline turns right. [m2]"""
    taken = 0.0
    for ring in ground.rings:
        side = np.roll(ring, -1, axis=0) - ring
        before = np.roll(side, 1, axis=0)
        turns = np.arctan2(before[:, 0] * side[:, 1] - before[:, 1] * side[:, 0], (before * side).sum(axis=1))
        taken -= depth**2 * float(turns[turns < 0.0].sum()) / 2.0
    return taken


def straight(air: Air, directions: FloatArray) -> tuple[FloatArray, float]:
    """Return what a metre of each direction costs, and the most that this changes with direction. [s/m, s/m/rad]"""
    across = -air.east * np.sin(directions) + air.north * np.cos(directions)
    rest = air.speed**2 - air.wind**2
    return np.sqrt(air.speed**2 - across**2) / rest, air.wind**2 / (2.0 * math.sqrt(rest) * rest)


def _both(air: Air, directions: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ground speeds square to directions, one way and the other. [m/s]"""
    return air.ground_speed(directions + math.pi / 2.0), air.ground_speed(directions - math.pi / 2.0)


def _weight(air: Air, directions: FloatArray) -> FloatArray:
    """Return no more than what a turning point in each direction costs, per angle. [s/rad]"""
    rest = air.speed**2 - air.wind**2
    slowest = np.minimum(*_both(air, directions))
    change = air.wind * (1.0 + air.wind / math.sqrt(rest))
    slowest = np.maximum(slowest - 0.5 * _STEP * change, 0.0)
    weight: FloatArray = air.radius * slowest**2 / (air.speed * rest)
    return weight


def _heaviest(air: Air, directions: FloatArray) -> FloatArray:
    """Return no less than the weight of each direction. [s/rad]"""
    rest = air.speed**2 - air.wind**2
    change = air.wind * (1.0 + air.wind / math.sqrt(rest))
    slowest = np.minimum(*_both(air, directions)) + 0.5 * _STEP * change
    weight: FloatArray = air.radius * slowest**2 / (air.speed * rest)
    return weight


def way_of(ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return what coming from the base and going home costs a sortie at least. [s]"""
    if flights.base is None:
        return 0.0
    # Where the way along the wind is stretched as S is, S of the straight way is its length.
    air, rest = flights.air, flights.air.speed**2 - flights.air.wind**2
    toward = math.atan2(air.north, air.east)
    turn = np.array([[math.cos(toward), -math.sin(toward)], [math.sin(toward), math.cos(toward)]])
    scale = np.array([air.speed / rest, 1.0 / math.sqrt(rest)])
    sides = ground.sides
    stretched = np.hstack([sides[:, :2] @ turn * scale, sides[:, 2:] @ turn * scale])
    away = _distance(stretched, np.asarray(flights.base) @ turn * scale)
    return 2.0 * max(away - max(swath.spacing - swath.width / 2.0, 0.0) * float(scale[0]), 0.0)


def _distance(sides: FloatArray, point: FloatArray) -> float:
    """Return how far a point is from an area, 0 within it."""
    first, way = sides[:, :2], sides[:, 2:] - sides[:, :2]
    part = np.clip(((point - first) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-30), 0.0, 1.0)
    away = float(np.hypot(*(first + part[:, None] * way - point).T).min())
    above = (sides[:, 1] > point[1]) != (sides[:, 3] > point[1])
    rise = np.where(above, sides[:, 3] - sides[:, 1], 1.0)
    right = sides[:, 0] + (point[1] - sides[:, 1]) / rise * (sides[:, 2] - sides[:, 0]) > point[0]
    return 0.0 if int((above & right).sum()) % 2 else away


def _in_sorties(costs: _Costs, ground: Ground, flights: Flights) -> float:
    """Return the least time over all numbers of sorties that the endurance allows. [s]"""
    air = flights.air

    def total(sorties: float) -> float:
        return costs.lines + max(costs.turns - sorties * costs.off, 0.0) + sorties * costs.way

    if flights.base is None:
        toward = np.array([math.atan2(air.north, air.east)])
        kept = air.wind / (air.speed**2 - air.wind**2) * float(ground.width(toward)[0])
        return max(total(flights.sorties) - flights.sorties * kept, 0.0)
    sorties = max(math.ceil(costs.lines / flights.endurance), 1) if math.isfinite(flights.endurance) else 1
    while total(sorties) > sorties * flights.endurance and costs.way < flights.endurance:
        sorties += 1
    most = costs.turns / costs.off if costs.off > 0.0 else 0.0
    later = max(float(sorties), most)
    return min(total(sorties), total(later))
