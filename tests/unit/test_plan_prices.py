"""Prices of ground: no round of lines and turns sees more than it pays for, and some see nearly as much."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from upwind.flights.plan.air import Air
from upwind.flights.plan.ground import Ground
from upwind.flights.plan.mesh import mesh_of
from upwind.flights.plan.prices import prices_of
from upwind.geo import Frame

FRAME = Frame(longitude=9.0, latitude=48.0)
SPEED, RADIUS, SPACING = 25.0, 137.0, 240.0
COMB = [(-10, -8), (10, -8), (10, 8), (6, 8), (6, -3), (2, -3), (2, 8), (-2, 8), (-2, -3), (-6, -3), (-6, 8), (-10, 8)]
BAR = [(-10, -2), (10, -2), (10, 2), (-10, 2)]


def ground_of_km(corners) -> Ground:
    return Ground(frame=FRAME, rings=(1000.0 * np.array(corners, dtype=float),))


def worth(prices, starts, way):
    """Return the prices that lines of one way see from each start: of each triangle as much as is inside its sides."""
    corners = prices.mesh.nodes[prices.mesh.triangles]
    side = np.roll(corners, -1, axis=1) - corners
    start = starts[:, None, None] - corners
    within = side[..., 0] * start[..., 1] - side[..., 1] * start[..., 0]
    grows = side[..., 0] * way[1] - side[..., 1] * way[0]
    at = -within / np.where(grows == 0.0, 1.0, grows)
    # Along a side it is all in, or all out.
    enter = np.where(grows > 0.0, at, np.where((grows == 0.0) & (within < 0.0), 1.0, 0.0)).max(axis=-1).clip(0.0)
    leave = np.where(grows < 0.0, at, 1.0).min(axis=-1).clip(max=1.0)
    return np.maximum(leave - enter, 0.0) @ prices.price * math.hypot(*way)


def heading(course, wind) -> float:
    """Return the nose's angle to the wind on a course at an angle to it."""
    return course - math.asin(-wind * math.sin(course) / SPEED)


def falls_for_ever(prices, air) -> bool:
    """Return whether a round of straight lines from place to place and turns on the spot sees more than it pays for.

    Places are 900 m apart; rounds are found by shortest ways in such a graph that get shorter for ever (Bellman, Ford).
    """
    moves = [(1, 0), (3, 1), (2, 1), (1, 1), (1, 2), (1, 3)]
    moves += [(-y, x) for x, y in moves]
    moves += [(-x, -y) for x, y in moves]
    low, high = prices.mesh.nodes.min(axis=0) + np.array([37.3, 51.9]), prices.mesh.nodes.max(axis=0)
    across, up = (int(size) for size in (high - low) // 900.0)
    toward, rest = math.atan2(air.north, air.east), SPEED**2 - air.wind**2
    steps, turns = [], []
    for number, (x, y) in enumerate(moves):
        course, after = (math.atan2(*moves[k % len(moves)][::-1]) - toward for k in (number, number + 1))
        cost = math.sqrt(SPEED**2 - (air.wind * math.sin(course)) ** 2) / rest * math.hypot(x, y) * 900.0
        step = np.full((across, up), np.inf)
        there = slice(max(-x, 0), across - max(x, 0)), slice(max(-y, 0), up - max(y, 0))
        starts = low + 900.0 * np.argwhere(np.isinf(step)).reshape(across, up, 2)[there]
        seen = worth(prices, starts.reshape(-1, 2), 900.0 * np.array([x, y]))
        step[there] = cost - seen.reshape(starts.shape[:2])
        steps.append(step)
        one, two = heading(course, air.wind), heading(after, air.wind)
        two += 2.0 * math.pi * round((one + 0.3 - two) / (2.0 * math.pi))
        turns.append(RADIUS * (SPEED * (two - one) + air.wind * (math.sin(two) - math.sin(one))) / rest)
    least = np.zeros((len(moves), across, up))
    for _ in range(600):
        now = least.copy()
        for number, (x, y) in enumerate(moves):
            reached = np.roll(least[number] + steps[number], (x, y), axis=(0, 1))
            now[number] = np.minimum(now[number], reached)
            now[number] = np.minimum(now[number], least[number - 1] + turns[number - 1])
            now[number - 1] = np.minimum(now[number - 1], least[number] + turns[number - 1])
        if (now >= least - 1e-6).all():
            return False
        least = now
    return True


@pytest.mark.parametrize(("shape", "share"), [(BAR, 0.0), (BAR, 0.3), (COMB, 0.3)])
def test_no_round_sees_more_than_it_pays_for(shape, share) -> None:
    air = Air(speed=SPEED, radius=RADIUS, east=share * SPEED * math.cos(0.7), north=share * SPEED * math.sin(0.7))
    mesh = mesh_of(ground_of_km(shape), 80)
    prices = prices_of(mesh, SPACING, air, np.full(len(mesh.triangles), math.inf))
    assert not falls_for_ever(prices, air)
    # What turns are charged is near the most that they may be.
    cheapest = 1.0 / math.sqrt(SPEED**2 - air.wind**2)
    dearer = replace(prices, price=cheapest + 1.5 * (prices.price - cheapest))
    assert falls_for_ever(dearer, air)


@pytest.mark.parametrize("turned", [0.0, 0.4])
def test_of_a_bar_across_the_wind_each_line_pays_a_reversal(turned) -> None:
    # Lines along a wind are long but dear, lines across it pay a reversal, at least pi r / v less what wind takes off.
    way = np.array([[math.cos(turned), math.sin(turned)], [-math.sin(turned), math.cos(turned)]])
    wind = np.array([7.5, 0.0]) @ way
    air = Air(speed=SPEED, radius=RADIUS, east=float(wind[0]), north=float(wind[1]))
    mesh = mesh_of(ground_of_km(np.array(BAR) @ way), 80)
    prices = prices_of(mesh, SPACING, air, np.full(len(mesh.triangles), math.inf))
    rest = SPEED**2 - air.wind**2
    line = 4000.0 / math.sqrt(rest)
    lean = math.asin(air.wind / SPEED)
    reversal = RADIUS * (SPEED * (math.pi - 2.0 * lean) - 2.0 * air.wind * math.cos(lean)) / rest
    mean = float(prices.price @ mesh.held) / float(mesh.held.sum())
    assert mean <= (line + reversal) / 4000.0
    assert mean >= (line + 0.7 * reversal) / 4000.0


def test_triangles_hold_all_of_an_area_with_a_hole() -> None:
    rings = (
        np.array([(0, 0), (9000, 1000), (8000, 7000), (4000, 3000), (-1000, 6000)], dtype=float),
        np.array([(3000, 1500), (3500, 2500), (4500, 1500)], dtype=float),
    )
    area = Ground(frame=FRAME, rings=rings)
    mesh = mesh_of(area, 60)
    assert mesh.held.sum() == pytest.approx(area.size, rel=1e-6)
    corners = mesh.nodes[mesh.triangles]
    assert (abs(mesh.held) <= np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 2.0 + 1.0).all()
    assert not np.isin(mesh.triangles[mesh.held > 0.0], np.flatnonzero(mesh.outermost)).any()
