"""Triangles over an area and some way beyond it, their sides along the area's own where these are square."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numba import njit

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.plan.cells import clipped
from upwind.flights.plan.ground import Ground

__all__ = ["Mesh", "mesh_of"]

#: Sides that give the triangles a direction, and how near to each other corners are one, in cells.
_SIDES, _SAME = 24, 0.6
#: Beyond the area triangles are so many cells wide, from within outward.
_BEYOND = (1.0, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """Triangles, and what lies in them.

    Attributes
    ----------
    nodes
        Shape (node, 2). [m]
    outermost
        Nodes on the rim of it all, shape (node,).
    triangles
        Nodes of each, shape (triangle, 3).
    slopes
        By how much a function rises east and north where it is 1 at one node and 0 at the others, shape (triangle, 3,
        2). [1/m]
    held
        Area in each, shape (triangle,). [m2]
    cell
        About how wide two of them are. [m]
    """

    nodes: FloatArray
    outermost: BoolArray
    triangles: IntArray
    slopes: FloatArray
    held: FloatArray
    cell: float


def mesh_of(ground: Ground, cells: int) -> Mesh:
    """Return about so many cells, of two triangles each, over an area, and some beyond it."""
    turn = _direction(ground)
    way = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    corners = ground.vertices @ way
    cell = math.sqrt(float(np.prod(np.ptp(corners, axis=0))) / cells)
    along, across = (_stops(corners[:, axis], cell) for axis in (0, 1))
    numbers = np.arange(len(along) * len(across)).reshape(len(along), len(across))
    outermost = np.ones(numbers.shape, dtype=np.bool_)
    outermost[1:-1, 1:-1] = False
    nodes = np.stack(np.meshgrid(along, across, indexing="ij"), axis=-1).reshape(-1, 2) @ way.T
    triangles = _triangles(numbers)
    first, second, third = (nodes[triangles[:, k]] for k in range(3))
    opposite = np.stack([third - second, first - third, second - first], axis=1)
    twice = opposite[:, 0, 0] * opposite[:, 1, 1] - opposite[:, 0, 1] * opposite[:, 1, 0]
    slopes = np.stack([-opposite[..., 1], opposite[..., 0]], axis=-1) / twice[:, None, None]
    return Mesh(
        nodes=nodes,
        outermost=outermost.ravel(),
        triangles=triangles,
        slopes=slopes,
        held=_held(ground.sides, nodes, triangles),
        cell=cell,
    )


def _direction(ground: Ground) -> float:
    """Return the direction of a long side along which a box about the area is smallest."""
    way = ground.sides[:, 2:] - ground.sides[:, :2]
    longest = np.argsort(-np.hypot(way[:, 0], way[:, 1]), kind="stable")[:_SIDES]
    directions = np.arctan2(way[longest, 1], way[longest, 0])
    boxes = ground.width(directions) * ground.width(directions + math.pi / 2.0)
    return float(directions[np.argmin(boxes)])


def _stops(places: FloatArray, cell: float) -> FloatArray:
    """Return where cells begin and end: at corners, about a cell apart, and beyond."""
    kept = [float(places.min()), float(places.max())]
    for place in np.unique(places).tolist():
        if min(abs(place - one) for one in kept) > _SAME * cell:
            kept.append(place)
    kept.sort()
    within = [np.linspace(first, last, max(round((last - first) / cell), 1) + 1)[:-1] for first, last in pairwise(kept)]
    beyond = cell * np.cumsum(_BEYOND)
    return np.concatenate([kept[0] - beyond[::-1], *within, kept[-1:], kept[-1] + beyond])


def _triangles(numbers: IntArray) -> IntArray:
    """Return two triangles for each four neighbours, turning left, their long sides in turn one way and the other."""
    one, two = numbers[:-1, :-1].ravel(), numbers[1:, :-1].ravel()
    four, three = numbers[:-1, 1:].ravel(), numbers[1:, 1:].ravel()
    is_odd = (np.add.outer(np.arange(numbers.shape[0] - 1), np.arange(numbers.shape[1] - 1)) % 2 == 1).ravel()
    lower = np.column_stack([one, two, np.where(is_odd, three, four)])
    upper = np.column_stack([np.where(is_odd, one, two), three, four])
    return np.concatenate([lower, upper])


@njit(cache=True)
def _held(sides: FloatArray, nodes: FloatArray, triangles: IntArray) -> FloatArray:
    """Return how much of what sides enclose is in each triangle. [m2]"""
    held = np.zeros(len(triangles))
    for t in range(len(triangles)):
        part = sides
        for k in range(3):
            if len(part) == 0:
                break
            first, last = nodes[triangles[t, k]], nodes[triangles[t, (k + 1) % 3]]
            direction = math.atan2(last[1] - first[1], last[0] - first[0])
            part = clipped(part, direction, first[1] * math.cos(direction) - first[0] * math.sin(direction), 1.0)
        for k in range(len(part)):
            held[t] += (part[k, 0] * part[k, 3] - part[k, 2] * part[k, 1]) / 2.0
    return np.maximum(held, 0.0)
