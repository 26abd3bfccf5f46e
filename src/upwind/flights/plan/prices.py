r"""What seeing a piece of ground costs any flight at least: prices, and the potential that proves them.

**A potential.** Let V(x, theta) be any function of place and course over ground, in seconds, continuous and 0 far out,
``G = u . grad V`` how it rises along the course's own direction u. S is that of `bound`: a metre of the course theta
costs c, and turning over ground by d theta at least ``sigma |d theta|``, ``sigma = r g^2 / (v (v^2 - w^2))``, g the
ground speed, so that no path bends by more than ``c / sigma`` a metre. Say that everywhere

    ``|dV/d theta| <= sigma (1 + G / c) - |G| s / 2``  (1)

and that a place has the price p if there in all courses

    ``p <= c + G``.  (2)

**Proof that prices are paid.** Beside the path of a flight let a place z go, y to the left of it, ``|y| <= s/2``.
Along a straight line S grows by c a metre and V, at z, by G: by (2) their sum grows by no less than p. By (1), c + G is
nowhere negative, so it falls nowhere else. Where the path bends by k a metre, z goes 1 - y k metres, and by (1) S + V
grows by ``c + k dV/d theta + G (1 - y k) >= 0``. So from one moment of a flight to another

    S + V(last) - V(first) >= the integral of p along all straight lines that z goes.

Taken in the mean over y: that of p over the strips of width s about all lines, divided by s. Strips hold the area less
its rim. Turns, ways and what lines fly to no use are all paid for: V rises along lines by what they pay beyond their
length, and falls in turns, and across gaps between parts of the area; (1) is what both may take from it.

**Which potential.** Any one will do. Here it is a number for each node of a mesh and each of 24 courses, linear within
triangles, and between courses in the cost of turning. Then (1) and (2) can be worked out: at places between two courses
close enough together that what lies between these is no worse than a second derivative allows. Where (1) fails by a
share, V is divided by as much. `ascent` looks for the potential by which prices add up to most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.ascent import Program, ascended
from upwind.flights.plan.mesh import Mesh

__all__ = ["Prices", "prices_of"]

#: Courses of the whole circle, a multiple of 4: those square to the wind are among them.
_COURSES = 24
#: Steps from one to the next that (1) and (2) are worked out at.
_PARTS = 4
_ROUNDS = 800
_REPAIRS = 3
#: Turns are sought to be dearer, by these, than (1) makes them: rounds end where (1) does not hold quite.
_DEARER, _LESS = 1.2, 0.995


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of ground.

    Attributes
    ----------
    mesh
        Triangles that each have one price.
    price
        S that a metre of line is worth, shape (triangle,). [s/m]
    most
        The most that the potential is in each triangle, either way, shape (triangle,). [s]
    """

    mesh: Mesh
    price: FloatArray
    most: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fan:
    """Courses, each with the steps to the next one, shape (course, part): along rows from one to the next.

    `courses` [rad], what a metre `costs` [s/m], what turning costs there, `bend` [s/rad], and from one to the next in
    all, `turns` (course,) [s], of which `share` is done. `curved` is the most that costs bend in between [s/m].
    """

    courses: FloatArray
    costs: FloatArray
    bend: FloatArray
    turns: FloatArray
    share: FloatArray
    steepest: float
    curved: float


def prices_of(mesh: Mesh, spacing: float, air: Air, most: FloatArray) -> Prices:
    """Return prices of ground.

    Parameters
    ----------
    spacing
        The most between neighbouring lines. [m]
    most
        The most that the potential may be, either way, in each triangle that holds area, shape (triangle,). [s]
    """
    fan = _fan(air)
    least = np.where(mesh.outermost, 0.0, np.inf)
    for corner in mesh.triangles[mesh.held > 0.0].T:
        np.minimum.at(least, corner, most[mesh.held > 0.0])
    potential = _sought(mesh, fan, spacing, least)
    price, excess = _proven(mesh, fan, potential, spacing)
    for _ in range(_REPAIRS):
        # What is too much is taken off about its place.
        by = np.ones(len(mesh.nodes))
        for corner in mesh.triangles.T:
            np.maximum.at(by, corner, excess)
        potential /= by[:, None]
        price, excess = _proven(mesh, fan, potential, spacing)
    if excess.max() > 1.0:
        potential /= excess.max()
        price, _ = _proven(mesh, fan, potential, spacing)
    return Prices(mesh=mesh, price=price, most=np.abs(potential[mesh.triangles]).max(axis=(1, 2)))


def _fan(air: Air) -> _Fan:
    rest, toward = air.speed**2 - air.wind**2, math.atan2(air.north, air.east)
    step = 2.0 * math.pi / _COURSES
    courses = toward + step * (np.arange(_COURSES)[:, None] + np.arange(_PARTS + 1) / _PARTS)
    along, across = air.wind * np.cos(courses - toward), air.wind * np.sin(courses - toward)
    level = np.sqrt(air.speed**2 - across**2)
    bend = air.radius * (level + along) ** 2 / (air.speed * rest)
    done = _turned(air, courses - toward)
    turns = done[:, -1] - done[:, 0]
    # With q = sqrt(v^2 - w^2 sin^2), |q''| <= w^2 / q + w^4 / (4 q^3), and q^2 >= v^2 - w^2; g = q + w cos.
    curved = air.wind**2 / math.sqrt(rest) * (1.0 + air.wind**2 / (4.0 * rest))
    changing = 2.0 * air.radius * (air.speed + air.wind) * air.wind * (1.0 + air.wind / math.sqrt(rest))
    return _Fan(
        courses=courses,
        costs=level / rest,
        bend=bend,
        turns=turns,
        share=(done - done[:, :1]) / turns[:, None],
        steepest=changing / (air.speed * rest),
        curved=curved / rest,
    )


def _turned(air: Air, courses: FloatArray) -> FloatArray:
    """Return S of turning from the wind's course to others, r (v psi + w sin psi) / (v^2 - w^2), psi the nose's. [s]"""
    heading = courses - np.arcsin(-air.wind * np.sin(courses) / air.speed)
    turned: FloatArray = air.radius * (air.speed * heading + air.wind * np.sin(heading)) / (air.speed**2 - air.wind**2)
    return turned


def _sought(mesh: Mesh, fan: _Fan, spacing: float, most: FloatArray) -> FloatArray:
    """Return a potential by which prices add up to much, shape (node, course). [s]"""
    courses, costs = fan.courses[:, 0], fan.costs[:, 0]
    unit, bend = float(fan.turns.sum()) / 2.0, fan.bend.mean(axis=1)
    along = np.stack([np.cos(courses), np.sin(courses)])
    falling = (1.0 / costs + spacing / 2.0 / bend) * _DEARER
    rising = np.maximum(spacing / 2.0 / bend - 1.0 / costs, 0.0) * _DEARER
    program = Program(
        triangles=mesh.triangles,
        slopes=np.ascontiguousarray(mesh.slopes @ along) * mesh.cell,
        held=mesh.held / mesh.cell**2,
        most=most / unit,
        costs=costs * mesh.cell / unit,
        turns=fan.turns / unit * _LESS,
        falling=falling * unit / mesh.cell,
        rising=rising * unit / mesh.cell,
    )
    return ascended(program, _ROUNDS) * unit


def _proven(mesh: Mesh, fan: _Fan, potential: FloatArray, spacing: float) -> tuple[FloatArray, FloatArray]:
    """Return the prices of a potential by (2), and how much of (1) it takes at most: 1 where it just holds. [s/m]"""
    corners = potential[mesh.triangles]
    slope = np.einsum("tmd,tmk->tkd", mesh.slopes, corners)
    then = np.roll(slope, -1, axis=1)
    change = then - slope
    steep = np.maximum(np.hypot(slope[..., 0], slope[..., 1]), np.hypot(then[..., 0], then[..., 1]))
    apart = np.hypot(change[..., 0], change[..., 1])
    here = slope[:, :, None] + fan.share[..., None] * change[:, :, None]
    rise = here[..., 0] * np.cos(fan.courses) + here[..., 1] * np.sin(fan.courses)
    # Between two steps a function lies no lower than the line through both less so much of its second derivative.
    step = 2.0 * math.pi / _COURSES / _PARTS
    bent = steep + apart * (2.0 * fan.bend.max(axis=1) + fan.steepest) / fan.turns
    lower = step**2 / 8.0 * bent
    price = (fan.costs + rise).min(axis=2) - lower - step**2 / 8.0 * fan.curved
    least = np.minimum(rise[..., :-1], rise[..., 1:]) - lower[..., None]
    most = np.maximum(rise[..., :-1], rise[..., 1:]) + lower[..., None]
    ends = fan.costs[:, :-1], fan.costs[:, 1:]
    cost = np.where(least < 0.0, np.minimum(*ends), np.maximum(*ends))
    bend = np.minimum(fan.bend[:, :-1], fan.bend[:, 1:])
    turn = np.abs(np.roll(corners, -1, axis=2) - corners).max(axis=1) / fan.turns
    excess = turn[..., None] - least / cost + spacing / 2.0 * np.maximum(np.abs(least), np.abs(most)) / bend
    return price.min(axis=1), excess.max(axis=(1, 2))
