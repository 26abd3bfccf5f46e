r"""A time that no plan beats, and why.

**What is proven, and of which plans.** A plan is any finite set of straight lines, in any directions, at any places,
of any lengths, flown either way and in any order, in any number of sorties, joined by any paths whose curvature in the
air is at most 1/r, at airspeed v in a steady wind w < v. It *covers at an overlap* when each point of the area is in a
swath, of width W, and when what is farther than (W - s)/2 from the area's edge is even within s/2 of a line that passes
it, s = W (1 - overlap): parallel lines no more than s apart do just that, and lines that cross or bend may.
`any_lines` bounds all such plans; `parallel.parallel_lines` those whose lines are parallel to each other, in whatever
direction, however far apart up to s, broken and joined at will.

**Wind.** With x the way along the wind and kappa = w/(v^2 - w^2), a metre flown over ground on a course at the angle a
to the wind costs ``1/g + kappa cos a = sqrt(v^2 - w^2 sin^2 a)/(v^2 - w^2) =: c(a)`` seconds in the sum
``S = T + kappa dx``: the same both ways. S of a closed flight is its time; of an open one ``T >= S - kappa D``, D the
area's reach along the wind. S is never negative, so it adds up over lines and ways.

**Lines and turns.** The strips of width s about all lines hold the area but a rim (W - s)/2 deep. In `prices` ground is
given prices, and it is proven that a flight pays, in S, those of all ground in its strips, but for the difference of a
potential V between its end and its beginning. So plans pay at least what the area is worth without its rim, this taken
away where it is dearest.

**Sorties.** Each goes from the base to the area and back, and S of a way is no less than that of the straight one: the
length of it, stretched along the wind by v/(v^2 - w^2) and across it by 1/sqrt(v^2 - w^2); call that N. None is longer
than the endurance: so many are needed that the sum fits. Beside what it sees, each has the way to the nearest place of
the area and back. More is true: sorties all pass the ground about the base. Draw an ellipse N <= rho about it; what
sorties see farther out, which is all but what lines within may see (s/2 of it), they pay beside their ways through the
ellipse, 2 rho each. Where a sortie sees the first of that, and the last, it is N - rho farther out, and of what it sees
it lacks no more than |V| at either: so in all no more than twice the most that |V| is above N - rho. The potential is
sought so that this is little. Each rho gives a bound, and the best counts. Without a base a flight lacks twice the most
that |V| is; it is cut where the endurance ends, and plans of as many sorties are compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.mesh import Mesh, mesh_of
from upwind.flights.plan.prices import Prices, prices_of
from upwind.flights.plan.strips import Swath

__all__ = ["Flights", "any_lines", "drifted", "eroded", "straight", "way_of"]

#: Cells of the mesh that prices are sought on.
_CELLS = 100
#: Ellipses about the base that are tried.
_ELLIPSES = 40
#: An ellipse whose way takes more of the endurance bounds nothing that another does not.
_NEARLY = 0.95
#: Ground farther out worth less than this asks for no sortie: areas are known to a square metre or so. [s]
_NOTHING = 1.0


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
class _Sorties:
    """Sorties from a base over the triangles of a mesh, and the ellipses about the base that are tried.

    S of the way to each ellipse, `ellipses` (ellipse,), and `beyond` each to a triangle, (triangle,) [s]. Lines within
    an ellipse may see so much in each triangle, `about` (ellipse, triangle), and `seen` (ellipse,) in all; so much of
    the area is its `rim` [m2]. Lines are `spacing` apart [m], and a sortie lasts for the `endurance` [s].
    """

    mesh: Mesh
    ellipses: FloatArray
    beyond: FloatArray
    about: FloatArray
    seen: FloatArray
    rim: float
    spacing: float
    endurance: float

    def time(self, prices: Prices, at: int) -> float:
        """Return the least time of sorties that all pass an ellipse. [s]"""
        lacking = (prices.most - self.farther(at))[self.mesh.held > 0.0].max()
        way = 2.0 * float(self.ellipses[at] - max(lacking, 0.0))
        left = self.mesh.held - _dearest(prices, self.about[at], float(self.seen[at]))
        worth = _worth(prices, left, self.rim) / self.spacing
        if way < 0.0 or worth < _NOTHING:
            return 0.0
        if not way < self.endurance < math.inf:
            return worth + way
        return worth + way * max(math.ceil(worth / (self.endurance - way) - 1e-6), 1)

    def farther(self, at: int) -> FloatArray:
        """Return S of the way from an ellipse to each triangle. [s]"""
        away: FloatArray = np.maximum(self.beyond - self.ellipses[at], 0.0)
        return away


def any_lines(ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return a time no plan of straight lines in any directions beats; see the module. [s]"""
    mesh, air = mesh_of(ground, _CELLS), flights.air
    if flights.base is None:
        return _without_base(mesh, ground, swath, flights)
    sorties = _sorties(mesh, ground, swath, flights)
    times = [sorties.time(_flat(mesh, air), at) for at in range(len(sorties.ellipses))]
    best = int(np.argmax(times))
    # A sortie may lack half of what turning round costs, or its potential were small all about the base.
    lacking = min(air.radius / air.speed, float(sorties.ellipses[best]) / 2.0)
    prices = prices_of(mesh, swath.spacing, air, sorties.farther(best) + lacking)
    return max(*times, *(sorties.time(prices, at) for at in range(len(sorties.ellipses))))


def _without_base(mesh: Mesh, ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return the least time of flights that begin and end anywhere. [s]"""
    air, rim, most = flights.air, ground.size - eroded(ground, swath), 0.0
    for prices in (_flat(mesh, air), prices_of(mesh, swath.spacing, air, np.full(len(mesh.triangles), math.inf))):
        lacking = drifted(ground, swath, air) + 2.0 * float(prices.most[mesh.held > 0.0].max())
        most = max(most, _worth(prices, mesh.held, rim) / swath.spacing - flights.sorties * lacking)
    return most


def drifted(ground: Ground, swath: Swath, air: Air) -> float:
    """Return by how much the time of a flight over an area may fall short of its S. [s]"""
    reach = float(ground.width(np.array([math.atan2(air.north, air.east)]))[0])
    return air.wind / (air.speed**2 - air.wind**2) * (reach + max(2.0 * swath.spacing - swath.width, 0.0))


def _sorties(mesh: Mesh, ground: Ground, swath: Swath, flights: Flights) -> _Sorties:
    corners, size = _stretched(mesh.nodes[mesh.triangles], flights), float(np.prod(_scale(flights.air)))
    sides = np.concatenate([corners, np.roll(corners, -1, axis=1)], axis=2)
    margin = swath.spacing / 2.0 * float(_scale(flights.air)[0])
    near, far = way_of(ground, swath, flights) / 2.0, float(np.hypot(corners[..., 0], corners[..., 1]).max())
    ellipses = near + (far - near) * (np.arange(_ELLIPSES) / _ELLIPSES) ** 2
    ellipses = np.append(near, ellipses[1:][ellipses[1:] < _NEARLY * flights.endurance / 2.0])
    outline = _sides(ground, flights)[None]
    seen = np.array([float(_in_disc(outline, ellipse + margin)[0]) for ellipse in ellipses[1:].tolist()]) / size
    about = [np.minimum(_in_disc(sides, ellipse + margin) / size, mesh.held) for ellipse in ellipses[1:].tolist()]
    return _Sorties(
        mesh=mesh,
        ellipses=ellipses,
        beyond=np.array([_distance(triangle, np.zeros(2)) for triangle in sides]) - margin,
        # The first lies before all of the area.
        about=np.stack([np.zeros(len(sides)), *about]),
        seen=np.append(0.0, seen),
        rim=ground.size - eroded(ground, swath),
        spacing=swath.spacing,
        endurance=flights.endurance,
    )


def _flat(mesh: Mesh, air: Air) -> Prices:
    """Return the prices of no potential at all: what a metre of the cheapest course costs."""
    nothing = np.zeros(len(mesh.triangles))
    return Prices(mesh=mesh, price=nothing + 1.0 / math.sqrt(air.speed**2 - air.wind**2), most=nothing)


def _dearest(prices: Prices, held: FloatArray, lost: float) -> FloatArray:
    """Return how much is lost of what triangles hold if so much is in all, where it is dearest. [m2]"""
    order = np.argsort(-prices.price, kind="stable")
    of_each = np.empty_like(held)
    of_each[order] = np.diff(np.minimum(np.cumsum(held[order]), lost), prepend=0.0)
    return of_each


def _worth(prices: Prices, held: FloatArray, lost: float) -> float:
    """Return what ground is worth at least of which so much is lost. [s m]"""
    return float((held - _dearest(prices, held, lost)) @ prices.price)


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


def way_of(ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return what coming from the base and going home costs a sortie at least. [s]"""
    if flights.base is None:
        return 0.0
    away = _distance(_sides(ground, flights), np.zeros(2))
    return 2.0 * max(away - max(swath.spacing - swath.width / 2.0, 0.0) * float(_scale(flights.air)[0]), 0.0)


def _scale(air: Air) -> FloatArray:
    rest = air.speed**2 - air.wind**2
    return np.array([air.speed / rest, 1.0 / math.sqrt(rest)])


def _stretched(places: FloatArray, flights: Flights) -> FloatArray:
    """Return places about the base, the wind along x, so that S of a straight way is its length."""
    air = flights.air
    toward = math.atan2(air.north, air.east)
    turn = np.array([[math.cos(toward), -math.sin(toward)], [math.sin(toward), math.cos(toward)]])
    base = np.zeros(2) if flights.base is None else np.asarray(flights.base)
    stretched: FloatArray = (places - base) @ turn * _scale(air)
    return stretched


def _sides(ground: Ground, flights: Flights) -> FloatArray:
    """Return an area's sides about the base, so stretched, shape (side, 4). [s]"""
    return np.hstack([_stretched(ground.sides[:, :2], flights), _stretched(ground.sides[:, 2:], flights)])


def _distance(sides: FloatArray, point: FloatArray) -> float:
    """Return how far a point is from an area, 0 within it."""
    first, way = sides[:, :2], sides[:, 2:] - sides[:, :2]
    part = np.clip(((point - first) * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-30), 0.0, 1.0)
    away = float(np.hypot(*(first + part[:, None] * way - point).T).min())
    above = (sides[:, 1] > point[1]) != (sides[:, 3] > point[1])
    rise = np.where(above, sides[:, 3] - sides[:, 1], 1.0)
    right = sides[:, 0] + (point[1] - sides[:, 1]) / rise * (sides[:, 2] - sides[:, 0]) > point[0]
    return 0.0 if int((above & right).sum()) % 2 else away


def _in_disc(sides: FloatArray, radius: float) -> FloatArray:
    """Return how much of what sides (area, side, 4) enclose lies in a disc about the origin, shape (area,)."""
    first, way = sides[..., :2], sides[..., 2:] - sides[..., :2]
    square = np.maximum((way**2).sum(axis=-1), 1e-30)
    middle = -(first * way).sum(axis=-1) / square
    half = np.sqrt(np.maximum(middle**2 - ((first**2).sum(axis=-1) - radius**2) / square, 0.0))
    enter, leave = np.clip(middle - half, 0.0, 1.0)[..., None], np.clip(middle + half, 0.0, 1.0)[..., None]
    stops = [first, first + enter * way, first + leave * way, sides[..., 2:]]
    held = np.zeros(len(sides))
    for number, (one, two) in enumerate(pairwise(stops)):
        cross = one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]
        within = cross if number == 1 else radius**2 * np.arctan2(cross, (one * two).sum(axis=-1))
        held += within.sum(axis=-1) / 2.0
    return held
