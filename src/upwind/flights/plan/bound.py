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
length of it, stretched along the wind by v/(v^2 - w^2) and across it by 1/sqrt(v^2 - w^2); call that N. None is longer
than the endurance: so many are needed that the sum fits. Three things hold of k sorties, and the largest counts.
(1) Beside lines and turns each has the way to the nearest place of the area and back. (2) Sorties all pass the ground
about the base: with an ellipse N <= rho about it, what lines take outside of it and the turns between them, less the
ground farther out than rho that lines within may see (s/2 of it), are flown by sorties that each leave 2 rho less of
their endurance for them; so there are at least so many of these, and each spends 2 rho within. Turns are counted
between the first and the last line outside, so nothing counts twice; each rho gives a bound. (3) The polygon may begin
and end in the base. Its first piece and its last lead from there no farther in f than M_f, the larger reach of the
area to either side of the base: for n_e >= 1 the pieces lead no farther than (n_e - 1) H_f + 2 M_f, so that a sortie
takes only 2 M_f / H_f - 1 off the turning points; and as a closed flight has one in each e, n_e >= 1. Where the base
lies amidst the area, a sortie more so saves no turn. Ways to and from the base then count as ways between lines do.
Without a base the flight is cut where the endurance ends; then plans of as many sorties are compared.

Minima over directions are taken on a grid, less the most that the function can fall between two of its places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.sections import tallest, turned
from upwind.flights.plan.strips import Swath

__all__ = ["Flights", "any_lines", "eroded", "straight", "way_of"]

#: Directions of half a circle that minima and integrals are taken over.
_DIRECTIONS = 360
_STEP = math.pi / _DIRECTIONS
_GRID: FloatArray = (np.arange(_DIRECTIONS, dtype=np.float64) + 0.5) * _STEP
#: Directions f is taken from, and how far from them towards e.
_PRIMES = tuple((np.arange(12) * math.pi / 12.0).tolist())
#: Ellipses about the base that are tried.
_ELLIPSES = 40
#: An ellipse whose way takes more of the endurance bounds nothing that another does not.
_NEARLY = 0.95
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
    """S of all lines, of all turns, and what sorties add and take off. [s]

    `held` is the area that counts for turns [m2]. `off` is what each takes off the turns, `way` its way to the area and
    back; where the base counts as part of it, `off_based`; `floor` is what each turns at least.
    """

    lines: float
    turns: float
    held: float
    off: float
    off_based: float
    floor: float
    way: float


def any_lines(ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return a time no plan of straight lines in any directions beats; see the module. [s]"""
    air = flights.air
    costs, fall = straight(air, _GRID)
    costs = costs - 0.5 * _STEP * fall
    cheapest = int(np.argmin(costs))
    least = eroded(ground, swath) / swath.spacing * float(costs[cheapest])
    way = way_of(ground, swath, flights)
    within = _within(ground, swath, flights)
    most = 0.0
    for share in _SHARES:
        for prime in (float(_GRID[cheapest]), *_PRIMES):
            one = _turning(_Look(prime=prime, share=share), ground, swath, (flights, costs))
            most = max(most, _in_sorties(replace(one, lines=least, way=way), ground, flights))
            if flights.base is not None:
                most = max(most, _through(replace(one, lines=least), within, eroded(ground, swath), flights.endurance))
    return most


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How turning points are counted: f is `share` of the way from the direction `prime` [rad] to e."""

    prime: float
    share: float


def _turning(look: _Look, ground: Ground, swath: Swath, known: tuple[Flights, FloatArray]) -> _Costs:
    """Return the least S of turns, with what lines cost beyond the cheapest, and what sorties take off it."""
    flights, costs = known
    air, rim = flights.air, (swath.width - swath.spacing) / 2.0
    weight, heaviest = _weight(air, _GRID), _heaviest(air, _GRID)
    # e and prime less than a quarter turn apart, so that f lies between them.
    apart = (_GRID - look.prime + math.pi / 2.0) % math.pi - math.pi / 2.0
    across = look.prime + look.share * apart
    reach = ground.width(across) - 2.0 * rim + swath.spacing
    if look.share == 1.0:
        # f is e itself, not what the grid has for it.
        reach = reach + 0.5 * _STEP * float(reach.max())
    forward = np.cos(_GRID[:, None] - across)
    side = np.cos(_GRID[:, None] - (look.prime + apart))
    gone = np.where(np.abs(side) > math.sin(_STEP), np.sign(side) * forward, -np.abs(forward)) - 0.5 * _STEP
    if look.share == 1.0:
        gone = np.maximum(np.abs(forward) - 0.5 * _STEP, 0.0)
    tried = [(reach, eroded(ground, swath))]
    if look.share == 0.0:
        slabs = tallest(turned(ground.sides, look.prime), rim, swath.spacing, _fans(ground, rim))
        tried += [(np.full(_DIRECTIONS, height), held) for height, held in slabs.tolist()]
    slowest = 1.0 / math.sqrt(air.speed**2 - air.wind**2)
    best = _Costs(lines=0.0, turns=0.0, held=0.0, off=0.0, off_based=0.0, floor=float(weight.sum()) * _STEP, way=0.0)
    # Of one height for all e what is charged grows as its inverse.
    charged = gone @ (weight / reach)
    for height, held in tried:
        rate = float((weight / height).sum()) * _STEP
        lost = rate / (rate + slowest) if look.share < 1.0 else 0.0
        turning = (1.0 - lost) * charged * float(reach[0] / height[0]) * _STEP
        turns = held / swath.spacing * max(float((costs + turning).min() - costs.min()), 0.0)
        if turns > best.turns:
            part = np.maximum(2.0 * np.minimum(_from_base(ground, swath, flights, across) / height, 1.0) - 1.0, 0.0)
            off, off_based = ((1.0 - lost) * _STEP * float((heaviest * one).sum()) for one in (1.0, part))
            best = replace(best, turns=turns, held=held, off=off, off_based=off_based)
    return best


def _from_base(ground: Ground, swath: Swath, flights: Flights, courses: FloatArray) -> FloatArray:
    """Return how far useful lines reach along courses from the base, to the farther side; endless without one. [m]"""
    if flights.base is None:
        return np.full(len(courses), math.inf)
    way = np.stack([np.cos(courses), np.sin(courses)])
    out = ground.vertices - np.asarray(flights.base)
    # Where f is e itself, it turns by half a step.
    loose = 0.5 * _STEP * float(np.hypot(out[:, 0], out[:, 1]).max())
    reach: FloatArray = np.abs(out @ way).max(axis=0) + loose + swath.spacing - swath.width / 2.0
    return reach


def eroded(ground: Ground, swath: Swath) -> float:
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
    sides, scale = _stretched(ground, flights)
    away = _distance(sides, np.zeros(2))
    return 2.0 * max(away - max(swath.spacing - swath.width / 2.0, 0.0) * float(scale[0]), 0.0)


def _stretched(ground: Ground, flights: Flights) -> tuple[FloatArray, FloatArray]:
    """Return sides about the base, the wind along x, so that S of a straight way is its length, and by how much."""
    air, rest = flights.air, flights.air.speed**2 - flights.air.wind**2
    toward = math.atan2(air.north, air.east)
    turn = np.array([[math.cos(toward), -math.sin(toward)], [math.sin(toward), math.cos(toward)]])
    scale = np.array([air.speed / rest, 1.0 / math.sqrt(rest)])
    base = np.zeros(2) if flights.base is None else np.asarray(flights.base)
    sides = ground.sides
    return np.hstack([(sides[:, :2] - base) @ turn * scale, (sides[:, 2:] - base) @ turn * scale]), scale


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
        apart = max(costs.turns - sorties * costs.off, 0.0) + sorties * costs.way
        return costs.lines + max(apart, costs.turns - sorties * costs.off_based, sorties * costs.floor)

    if flights.base is None:
        toward = np.array([math.atan2(air.north, air.east)])
        kept = air.wind / (air.speed**2 - air.wind**2) * float(ground.width(toward)[0])
        return max(total(flights.sorties) - flights.sorties * kept, 0.0)
    sorties = max(math.ceil(costs.lines / flights.endurance), 1) if math.isfinite(flights.endurance) else 1
    while total(sorties) > sorties * flights.endurance and costs.way < flights.endurance:
        sorties += 1
    # The sum is convex in the number of sorties.
    while total(sorties + 1) < total(sorties):
        sorties += 1
    return total(sorties)


def _within(ground: Ground, swath: Swath, flights: Flights) -> FloatArray:
    """Return S of the way to ellipses about the base [s], and no less than lines within see of the area [m2]."""
    if flights.base is None:
        return np.empty((0, 2))
    sides, scale = _stretched(ground, flights)
    near, far = _distance(sides, np.zeros(2)), float(np.hypot(sides[:, 0], sides[:, 1]).max())
    margin, size = swath.spacing / 2.0 * float(scale[0]), float(np.prod(scale))
    ellipses = near + (far - near) * (np.arange(_ELLIPSES) / _ELLIPSES) ** 2
    return np.array([(ellipse, _in_disc(sides, ellipse + margin) / size) for ellipse in ellipses.tolist()])


def _through(costs: _Costs, within: FloatArray, size: float, endurance: float) -> float:
    """Return the least time of sorties that all pass the ground about the base; `size` is that of the area. [s]"""
    most = 0.0
    for ellipse, seen in within.tolist():
        lines = costs.lines * max(1.0 - seen / size, 0.0) if size > 0.0 else 0.0
        turns = costs.turns * max(1.0 - seen / costs.held, 0.0) if costs.held > 0.0 else 0.0
        if lines == 0.0 or 2.0 * ellipse >= _NEARLY * endurance:
            continue

        def total(sorties: int, lines: float = lines, turns: float = turns, ellipse: float = ellipse) -> float:
            return lines + max(turns - sorties * costs.off, 0.0) + 2.0 * sorties * ellipse

        fewest = 1
        while total(fewest) > fewest * endurance:
            fewest += 1
        while total(fewest + 1) < total(fewest):
            fewest += 1
        most = max(most, total(fewest))
    return most


def _in_disc(sides: FloatArray, radius: float) -> float:
    """Return how much of what sides enclose lies in a disc about the origin."""
    first, way = sides[:, :2], sides[:, 2:] - sides[:, :2]
    square = np.maximum((way**2).sum(axis=1), 1e-30)
    middle = -(first * way).sum(axis=1) / square
    half = np.sqrt(np.maximum(middle**2 - ((first**2).sum(axis=1) - radius**2) / square, 0.0))
    enter, leave = np.clip(middle - half, 0.0, 1.0)[:, None], np.clip(middle + half, 0.0, 1.0)[:, None]
    stops = [first, first + enter * way, first + leave * way, sides[:, 2:]]
    held = 0.0
    for number, (one, two) in enumerate(pairwise(stops)):
        cross = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
        within = cross if number == 1 else radius**2 * np.arctan2(cross, (one * two).sum(axis=1))
        held += float(within.sum()) / 2.0
    return held
