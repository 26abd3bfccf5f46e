"""What is measured on one planned line: which passes flew it, how much of it, and how far from it they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.conformance.lines import Legs
from upwind.flights.conformance.passes import Pieces, Ways
from upwind.records import Deviation, HeightOver, LineFlown, Route

__all__ = ["Comparison", "line_flown", "passes_along", "worst_of"]

#: Stretches that are this near to each other are one. [m]
_TOUCH_M = 1e-3
#: A pass goes along a line, not across it: from its first to its last piece at less than 20 degrees to it.
_STEEPEST = float(np.tan(np.radians(20.0)))
#: What begins and ends so near to the reach, of which it is a share, came from elsewhere and went on elsewhere.
_AT_REACH = 0.99
#: A further pass counts if it adds this share of the line.
_ADDS = 0.01
#: A line is flown if this share of it is.
_FLOWN = 0.5
#: How many samples beyond a line's end are looked at.
_BEYOND = 2048

_FULL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is compared: a plan, the legs of its lines, the ways of a track; how far off is near enough, and too far."""

    route: Route
    legs: Legs
    ways: Ways
    tolerance_m: float
    reach_m: float


def passes_along(ways: Ways, pieces: Pieces, length_m: float, reach_m: float) -> Pieces:
    """Return those pieces of one line that belong to the passes by which it was flown, best pass first.

    Parameters
    ----------
    ways, pieces
        The track, and its pieces along one line in the order of the way.
    length_m
        Of the line. [m]
    reach_m
        Of the comparison; a track that left the line for a longer way than this comes back in another pass. [m]
    """
    passes = [rows for rows in _split(ways, pieces, reach_m) if _goes_along(pieces, rows, length_m, reach_m)]
    covered = [_merged(pieces.kept[:, rows]) for rows in passes]
    length = [float(np.sum(stretch[1] - stretch[0])) for stretch in covered]

    def worth(one: int) -> tuple[float, float, float]:
        rows = passes[one]
        extent = float(pieces.length[rows].sum())
        return -round(length[one] / length_m, 2), -round(extent / length_m, 1), float(pieces.aside[rows].mean())

    chosen: list[int] = []
    whole, so_far = np.zeros((2, 0)), 0.0
    for one in sorted(range(len(passes)), key=worth):
        union = _merged(np.concatenate((whole, covered[one]), axis=1))
        now = float(np.sum(union[1] - union[0]))
        if not chosen or now > so_far + _ADDS * length_m:
            chosen.append(one)
            whole, so_far = union, now
    return pieces.taken(np.concatenate([passes[one] for one in chosen]) if chosen else np.zeros(0, dtype=np.int64))


def line_flown(compared: Comparison, line: int, pieces: Pieces) -> LineFlown:
    """Return what was flown of one line; `pieces` are those that `passes_along` chose."""
    legs = compared.legs
    own = legs.of_line(line)
    length, flown_any = float(legs.length[own].sum()), len(pieces.way) > 0
    stretches = _merged(pieces.kept)
    share = min(float(np.sum(stretches[1] - stretches[0])) / length, 1.0)
    first, last = int(legs.leg[own[0]]), int(legs.leg[own[-1]]) + 1
    weight = pieces.length
    height = _height_errors(compared, pieces)
    cross = pieces.aside
    return LineFlown(
        sortie=int(compared.route.sortie[first]),
        first=first,
        last=last,
        length_m=length,
        share=share,
        flown=share >= _FLOWN,
        backward=bool(weight[~pieces.forth].sum() > weight.sum() / 2) if flown_any else None,
        cross_median_m=_quantile(cross, weight, 0.5),
        cross_95_m=_quantile(cross, weight, _FULL),
        cross_worst_m=float(np.abs(pieces.cross).max()) if flown_any else None,
        start_overshoot_m=_overshoot(compared, pieces, (int(own[0]), -1), length),
        end_overshoot_m=_overshoot(compared, pieces, (int(own[-1]), 1), length),
        height_median_m=_quantile(height, weight, 0.5),
        height_95_m=_quantile(np.abs(height), weight, _FULL),
        start=_moment(_times(compared.ways, pieces, 0).min()) if flown_any else None,
        end=_moment(_times(compared.ways, pieces, 1).max()) if flown_any else None,
    )


def worst_of(ways: Ways, pieces: Pieces) -> Deviation | None:
    """Return where and when the track was farthest beside its line; None without a piece."""
    if not len(pieces.way):
        return None
    side, at = np.unravel_index(np.argmax(np.abs(pieces.cross)), pieces.cross.shape)
    part = float(pieces.part[side, at])
    first, second = ways.ends[:, pieces.way[at]]
    flown = ways.flown
    step = (flown.longitude[second] - flown.longitude[first] + 180.0) % 360.0 - 180.0
    return Deviation(
        line=int(pieces.line[at]),
        metres=float(np.abs(pieces.cross[side, at])),
        time=_moment(float(_times(ways, pieces, int(side))[at])),
        longitude=float((flown.longitude[first] + part * step + 180.0) % 360.0 - 180.0),
        latitude=float(flown.latitude[first] + part * (flown.latitude[second] - flown.latitude[first])),
    )


def _split(ways: Ways, pieces: Pieces, apart_m: float) -> Sequence[IntArray]:
    """Return the rows of each pass: broken where the direction changes, or the track was elsewhere or unknown."""
    rows = np.arange(len(pieces.way))
    if not len(rows):
        return []
    away = ways.path[pieces.way[1:]] - ways.path[np.minimum(pieces.way[:-1] + 1, len(ways.path) - 1)]
    fresh = (away > apart_m) | (pieces.forth[1:] != pieces.forth[:-1])
    parts: Sequence[IntArray] = np.split(rows, np.flatnonzero(fresh) + 1)
    return parts


def _goes_along(pieces: Pieces, rows: IntArray, length_m: float, reach_m: float) -> bool:
    """Return whether a pass goes along its line, rather than across it or past it on the way to somewhere else."""
    first, last = pieces.cross[0, rows[0]], pieces.cross[1, rows[-1]]
    if abs(last - first) > _STEEPEST * abs(pieces.along[1, rows[-1]] - pieces.along[0, rows[0]]):
        return False
    extent = float(pieces.length[rows].sum())
    kept = float(np.sum(pieces.kept[1, rows] - pieces.kept[0, rows]))
    comes_and_goes = min(abs(first), abs(last)) > _AT_REACH * reach_m
    return not comes_and_goes or 2 * kept >= extent or 2 * extent >= length_m


def _merged(stretches: FloatArray) -> FloatArray:
    """Return stretches (2, n) without what is empty or said twice, in ascending order."""
    stretches = stretches[:, stretches[1] > stretches[0]]
    if not stretches.size:
        return np.zeros((2, 0))
    stretches = stretches[:, np.argsort(stretches[0])]
    reach = np.maximum.accumulate(stretches[1])
    first = np.flatnonzero(np.append(True, stretches[0, 1:] > reach[:-1] + _TOUCH_M))
    return np.array([stretches[0, first], reach[np.append(first[1:], len(reach)) - 1]])


def _quantile(values: FloatArray, weight: FloatArray, share: float) -> float | None:
    """Return the value that a share of the weight does not exceed; None where there is none."""
    known = np.isfinite(values) & (weight > 0.0)
    if not known.any():
        return None
    order = np.argsort(values[known])
    total = np.cumsum(weight[known][order])
    return float(values[known][order][np.searchsorted(total, share * total[-1])])


def _times(ways: Ways, pieces: Pieces, side: int) -> FloatArray:
    """Return when each piece begins (0) or ends (1). [s]"""
    first, second = ways.flown.time[ways.ends[:, pieces.way]]
    times: FloatArray = first + pieces.part[side] * (second - first)
    return times


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(float(seconds), 3), UTC)


def _height_errors(compared: Comparison, pieces: Pieces) -> FloatArray:
    """Return flown less planned height in the middle of each piece, NaN where either is not known. [m]"""
    route, legs = compared.route, compared.legs
    leg = legs.leg[pieces.leg]
    part = (pieces.along.mean(axis=0) - legs.begin[pieces.leg]) / legs.length[pieces.leg]
    planned = route.height[leg] + part * (route.height[leg + 1] - route.height[leg])
    errors = np.full(len(leg), np.nan)
    over = np.array([list(HeightOver).index(one) for one in route.over])
    for number, datum in enumerate(HeightOver):
        rows = np.flatnonzero((over[leg] == number) & (over[leg + 1] == number))
        if len(rows):
            flown, raised = _flown_heights(compared, datum)
            ends = flown[compared.ways.flown.order[compared.ways.ends[:, pieces.way[rows]]]]
            middle = pieces.part[:, rows].mean(axis=0)
            errors[rows] = ends[0] + middle * (ends[1] - ends[0]) - planned[rows] - raised
    return errors


def _flown_heights(compared: Comparison, over: HeightOver) -> tuple[FloatArray, float]:
    """Return the trajectory's heights that a datum can be compared with, and how high the datum itself is in them."""
    trajectory, home = compared.ways.flown.trajectory, compared.route.home
    columns = {
        HeightOver.GROUND: trajectory.height,
        HeightOver.SEA: trajectory.altitude,
        HeightOver.ELLIPSOID: trajectory.ellipsoidal_height,
    }
    if over is not HeightOver.HOME:
        return columns[over], 0.0
    if home is None or home.over not in (HeightOver.SEA, HeightOver.ELLIPSOID):
        return np.full(len(trajectory.time), np.nan), 0.0
    return columns[home.over], home.height_m


def _overshoot(compared: Comparison, pieces: Pieces, end: tuple[int, int], length: float) -> float | None:
    """Return how far the track went on, within the tolerance, beyond an end of a line; negative where it fell short.

    `end` is the leg there, and -1 for the line's beginning or 1 for its end. [m]
    """
    legs, ways = compared.legs, compared.ways
    leg, side = end
    kept = np.flatnonzero(pieces.kept[1] > pieces.kept[0])
    if not len(kept):
        return None
    outward = -pieces.kept[0, kept] if side < 0 else pieces.kept[1, kept] - length
    at = kept[np.argmax(outward)]
    if outward.max() < -_TOUCH_M:
        return float(outward.max())
    step = 1 if pieces.forth[at] == (side > 0) else -1
    rows = pieces.way[at] + step * np.arange(_BEYOND)
    rows = rows[(rows >= 0) & (rows < len(ways.path))]
    rows = rows[ways.stretch[rows] == ways.stretch[rows[0]]]
    samples = ways.ends[int(step > 0), rows]
    local = legs.local(leg, ways.flown.longitude[samples], ways.flown.latitude[samples])
    beyond = -local.along if side < 0 else local.along - legs.length[leg]
    turned = np.append(False, np.diff(beyond) < -compared.tolerance_m)
    off = np.flatnonzero((np.abs(local.cross) > compared.tolerance_m) | turned)
    return float(np.max(beyond[: off[0] if len(off) else None], initial=0.0))
