r"""A time that no plan of parallel lines beats, whatever their direction, spacing, breaks, order and sorties.

Terms and the sum S are those of `bound`. Let all lines have the course phi.

**Lines**: ``S >= c(phi) L``, ``L >= (|A| - (W - s) X) / s``.

**Turns**: the number of lines that pass one place along them is, at the widest slab of the area, at least the mean
reach of the slab's sections, less (W - s) for each of their pieces, over s; a whole number. Of lines that pass one
place, two in a row are flown opposite ways, or the flight comes back between them. So the nose turns right round once
for each but the first of a sortie: ``S >= (n - sorties) tau``.

**Transits**: a sortie whose farthest line is H off the base, square to the lines, goes 2 H square to them, and lines
are none of it. Of all S on the way, ``c' |dy|`` is for that, c' the least S for a metre square to the lines,
``1 / ((v^2 - w^2) sqrt(e M e))``, ``M = along along'/v^2 + across across'/(v^2 - w^2)``. The rest of a reversal is
tau less c' times what a reversal itself goes, ``tau'``. So beside the lines
``S >= (n - sorties) tau' + sum over sorties of 2 c' H``. No sortie holds more lines than its endurance leaves time
for; in the order of their H, farthest first, each so must begin where those before it cannot have seen.

Between two directions of the grid nothing moves by more than the area's reach times half a step; each term is taken at
its least there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.air import Air
from upwind.flights.plan.bound import Flights, drifted, straight, way_of
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.sections import farthest, turned, widest
from upwind.flights.plan.strips import Swath

__all__ = ["parallel_lines"]

_DIRECTIONS = 720
_HALF = 0.5 * math.pi / _DIRECTIONS
_MOST_SORTIES = 4096
#: An endurance that needs no second sortie. [s]
_ENDLESS = 1e12


def parallel_lines(ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return a time no plan of parallel lines beats, whatever their direction; see the module. [s]"""
    air = flights.air
    directions: FloatArray = (np.arange(_DIRECTIONS, dtype=np.float64) + 0.5) * math.pi / _DIRECTIONS
    costs, fall = straight(air, directions)
    sides = ground.sides
    way = sides[:, 2:] - sides[:, :2]
    along = np.abs(np.cos(directions)[:, None] * way[:, 0] + np.sin(directions)[:, None] * way[:, 1]).sum(axis=1)
    outline = (along + _HALF * float(np.hypot(way[:, 0], way[:, 1]).sum())) / 2.0
    rim = swath.width - swath.spacing
    length = np.maximum(ground.size - rim * outline, 0.0) / swath.spacing
    lines = length * (costs - _HALF * fall)
    # Many directions are out of the question by their lines alone: time falls short of these by drifting, at most.
    best, lacking = math.inf, 0.0 if flights.base is not None else flights.sorties * drifted(ground, swath, air)
    for k in np.argsort(lines, kind="stable"):
        if lines[k] - lacking >= best:
            break
        one = _Course(float(directions[k]), float(lines[k]), rim * float(outline[k]))
        best = min(best, _least(one, ground, swath, flights))
    return best


@dataclass(frozen=True, slots=True)
class _Course:
    """One direction of the grid: S of its lines [s], and the area that rims may take from them [m2]."""

    direction: float
    lines: float
    lost: float


def _least(course: _Course, ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return the least time of plans of one course. [s]"""
    air, rim = flights.air, swath.width - swath.spacing
    reach = float(np.hypot(*ground.vertices.T).max())
    sides = turned(ground.sides, course.direction)
    lines = max(math.ceil(widest(sides, rim, reach * _HALF, _HALF) / swath.spacing - 1e-9), 1)
    reversal, spare = _reversals(air, course.direction)
    if flights.base is None:
        lacking = flights.sorties * drifted(ground, swath, air)
        return max(course.lines + max(lines - flights.sorties, 0) * reversal - lacking, 0.0)
    way = way_of(ground, swath, flights)
    out = _transits(course, ground, swath, flights)

    def total(sorties: float) -> float:
        turns = max(lines - sorties, 0.0)
        return course.lines + max(turns * reversal + sorties * way, turns * spare + out)

    fewest = 1
    while total(fewest) > fewest * flights.endurance and fewest < _MOST_SORTIES:
        fewest += 1
    most = max(float(lines), float(fewest))
    # Both sides of the larger one are straight in the number of sorties: the least is at an end, or where they meet.
    bend = reversal - spare - way
    meet = (lines * (reversal - spare) - out) / bend if bend != 0.0 else most
    return min(total(number) for number in (fewest, most, min(max(meet, fewest), most)))


def _transits(course: _Course, ground: Ground, swath: Swath, flights: Flights) -> float:
    """Return the least S of going square to the lines, from the base and back, summed over sorties. [s]"""
    endurance = min(flights.endurance, _ENDLESS)
    base = np.asarray(flights.base)
    square = course.direction + math.pi / 2.0
    price = _square(flights.air, square)
    sides = turned(ground.sides, square)
    across = float(base @ np.array([math.cos(square), math.sin(square)]))
    slack = float(np.hypot(*(ground.vertices - base).T).max()) * _HALF + swath.width / 2.0
    area_per_s = (ground.size - course.lost) / course.lines if course.lines > 0.0 else math.inf
    total, taken = 0.0, 0.0
    while taken < ground.size - course.lost:
        far = max(float(farthest(sides, across, np.array([taken]), course.lost)[0]) - slack, 0.0)
        if far == 0.0:
            break
        total += 2.0 * price * far
        taken += max(endurance - 2.0 * price * far, 0.0) * area_per_s
        if 2.0 * price * far >= endurance:
            break
    return total


def _square(air: Air, direction: float) -> float:
    """Return the least S of a metre in a direction, on whatever course. [s/m]"""
    toward = math.atan2(air.north, air.east)
    rest = air.speed**2 - air.wind**2
    least = math.inf
    for turn in (-_HALF, 0.0, _HALF):
        angle = direction + turn - toward
        least = min(least, 1.0 / (rest * math.sqrt(math.cos(angle) ** 2 / air.speed**2 + math.sin(angle) ** 2 / rest)))
    return least * (1.0 - _HALF**2) if air.wind > 0.0 else least


def _reversals(air: Air, direction: float) -> tuple[float, float]:
    """Return the least S of turning right round, and of that what is not going square to the lines. [s]"""
    toward = math.atan2(air.north, air.east)
    first, last = (air.heading(np.array([direction, direction + math.pi])) - toward).tolist()
    rest = air.speed**2 - air.wind**2
    turn = (last - first) % (2.0 * math.pi)
    swing = air.wind * (math.sin(last) - math.sin(first))
    # Headings follow courses by less than v/(v - w), at both ends.
    change = 2.0 * air.speed / (air.speed - air.wind) * _HALF if air.wind > 0.0 else 0.0
    across = air.wind * (abs(math.sin(direction - toward)) + _HALF)
    price = _square(air, direction + math.pi / 2.0)
    found = []
    for angle, sign in ((turn, 1.0), (2.0 * math.pi - turn, -1.0)):
        cost = air.radius * max(air.speed * angle + sign * swing - change * (air.speed + air.wind), 0.0) / rest
        widest = angle + change
        moved = air.radius * (2.0 + max(widest - math.pi, 0.0) + across * widest / air.speed)
        found.append((cost, max(cost - price * moved, 0.0)))
    return min(cost for cost, _ in found), min(left for _, left in found)
