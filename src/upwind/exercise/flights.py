"""How a box is flown: crosswind transects, a lawnmower, a shrinking spiral or a perimeter, at one or two heights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from upwind.arrays import FloatArray

__all__ = ["Flown", "Pattern", "fly"]

#: How far lines reach beyond the box's inner part, as a share of its side.
_HALF = 0.5


class Pattern(StrEnum):
    """The shapes of flights."""

    TRANSECTS = "transects"
    LAWNMOWER = "lawnmower"
    SPIRAL = "spiral"
    PERIMETER = "perimeter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """A flight's plan: pattern, the box's side, bearing of its lines [deg], heights, spacing and ground speed."""

    pattern: Pattern
    side_m: float
    bearing_deg: float
    heights_m: tuple[float, ...]
    spacing_m: float
    speed_m_s: float


def fly(rng: np.random.Generator, plan: Flown, ticks: int, tick_s: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return easting, northing and up of a drone, shape (tick,) [m]; it starts anywhere on its way and repeats it."""
    corners = np.concatenate([_level(plan, height) for height in plan.heights_m])
    corners = np.concatenate([corners, corners[:1]])
    legs = np.hypot.reduce(np.diff(corners, axis=0), axis=1)
    travelled = np.concatenate([[0.0], np.cumsum(legs)])
    gusts = 1.0 + 0.1 * np.sin(2.0 * np.pi * (np.arange(ticks) * tick_s / rng.uniform(40.0, 90.0) + rng.uniform()))
    way = (rng.uniform(0.0, travelled[-1]) + np.cumsum(gusts) * plan.speed_m_s * tick_s) % travelled[-1]
    across, along, up = (np.interp(way, travelled, corners[:, axis]) for axis in range(3))
    turn = np.radians(plan.bearing_deg)
    wobble = 0.3 * np.sin(2.0 * np.pi * np.arange(ticks) * tick_s / 17.0)
    easting = along * np.sin(turn) + across * np.cos(turn)
    northing = along * np.cos(turn) - across * np.sin(turn)
    return easting, northing, up + wobble


def _level(plan: Flown, height: float) -> FloatArray:
    """Return the corners (corner, 3) of one level: across the lines, along them, up [m]."""
    half = _HALF * plan.side_m
    if plan.pattern in {Pattern.TRANSECTS, Pattern.LAWNMOWER}:
        lines = np.arange(-half, half + 1.0, plan.spacing_m)
        ends = np.array([[-half, half], [half, -half]])
        flat = [(line, end) for number, line in enumerate(lines) for end in ends[number % 2]]
    else:
        inner = half / 3.0 if plan.pattern is Pattern.SPIRAL else 0.75 * half
        rings = np.arange(half, inner, -plan.spacing_m)
        flat = [(x * ring, y * ring) for ring in rings for x, y in ((-1, -1), (-1, 1), (1, 1), (1, -1), (-1, -1))]
    return np.array([(across, along, height) for across, along in flat])
