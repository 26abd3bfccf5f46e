"""Where one source could be, kept up while somebody flies: a posterior over cells, rates and kinds of air.

`locate` takes seconds and speaks of any number of sources, but not of places where nobody could have seen one. Who
decides where to fly next needs both the places that are left and an answer at once, and is content with one source. So
the area is cut into cells; each (kind, cell, rate) keeps the log of how much better it explains the readings than no
source at all, and how likely each error of the wind's direction is now; every stretch of readings adds to it
(`stretch`). Between stretches the kind may change, as gusts come and go: no kind is ever out of the question for long.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.dispersion.spread import STANDARD_HEIGHT_M
from upwind.dispersion.stability import friction_ratio
from upwind.invert.air import noise_of_each
from upwind.invert.fluctuation import fluctuation_table
from upwind.invert.kinds import FOLLOWS, ROUGHNESS_M, Kinds, kinds_of
from upwind.invert.observations import Observations
from upwind.invert.stretch import AGES_S, add_stretch

__all__ = [
    "AREA",
    "CORRELATION_S",
    "FINE",
    "NOISES",
    "RATES",
    "RESPONSE",
    "Cells",
    "Trust",
    "cells_over",
    "focused",
    "heard",
    "highest",
    "is_narrow",
    "probabilities",
    "wind_now",
]

#: Rates that are tried, alike likely. [kg/h]
RATES = np.geomspace(0.1, 12.8, 6)
#: Errors of the wind's direction that are summed over, in its standard deviations; their standard deviation [rad], and
#: how long one lasts [s].
_TURNS = np.array([-1.8, -0.9, 0.0, 0.9, 1.8])
_TURN_SD, _TURN_S = math.radians(5.5), 40.0
#: How long a kind of rise, width and following the vane lasts, before another takes its place. [s]
_KIND_S = 160.0
#: Gusts are what the wind's speed does within so long. [s]
_GUST_S = 30.0
#: The slow wind is the mean over so long. [s]
_LONG_S = 400.0
#: The ambient is this quantile of the readings over so long; it is known no better than the noise. [s]
_LOW, _AMBIENT_S = 0.2, 150.0
#: Share of a sensor's lag that is response, of first order; the rest is the way to it.
RESPONSE = 0.45
#: The noise counts as so many times itself, for an ambient that drifts.
NOISES = 2.0
#: Rows of a stretch, and rows before it that tell what the sensor still holds.
_STRETCH, _LEAD = 8, 3
#: Finer cells are laid over what holds so much of the probability, when it is surely somewhere in a box so large. [m]
_NEARLY_ALL, _SURE, _SMALL_M = 0.995, 0.95, 150.0
#: What is less likely than the best by so many nats is not looked at any more.
_OUT = 15.0
#: The time that one independent reading takes. [s]
CORRELATION_S = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How far stretches of readings are believed.

    `wrong` is the chance that no plume of any kind explains a stretch; `absent` that the plume passes elsewhere for all
    of it; what was read `memory_s` ago counts e times less, for what a kind gets wrong is common to all readings [s].
    """

    wrong: float
    absent: float
    memory_s: float


#: Over the whole area a hit should draw all looks and a miss say little; over finer cells metres count.
AREA = Trust(wrong=0.003, absent=0.15, memory_s=math.inf)
FINE = Trust(wrong=0.03, absent=0.0, memory_s=500.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The posterior so far; nothing in it is ever changed.

    `east`, `north` (cell,) are the cells' middles and `side_m` their side [m]; `gain` (kind, cell, rate) is the log
    likelihood over that of no source; `prior` (kind,) the log of how likely each kind is in such a wind; `turns` (kind,
    cell, rate, turn) the chances of errors of the wind's direction now; `until` the time of the last reading that
    counted [s].
    """

    east: FloatArray
    north: FloatArray
    side_m: float
    gain: FloatArray
    prior: FloatArray
    turns: FloatArray
    kinds: Kinds
    until: float
    trust: Trust

    @property
    def log(self) -> FloatArray:
        """Log of how much more likely a source of each (kind, cell, rate) is than before any reading."""
        log: FloatArray = self.gain + self.prior[:, None, None]
        return log


def cells_over(box: FloatArray, side_m: float, trust: Trust = AREA) -> Cells:
    """Return what is known before any reading of an area: west, east, south, north [m]."""
    columns, rows = (max(round((high - low) / side_m), 1) for low, high in (box[:2], box[2:]))
    east = box[0] + (np.arange(columns) + 0.5) * (box[1] - box[0]) / columns
    north = box[2] + (np.arange(rows) + 0.5) * (box[3] - box[2]) / rows
    grid = np.meshgrid(east, north)
    reach = 1.5 * math.hypot(box[1] - box[0], box[3] - box[2]) + 200.0
    kinds = kinds_of(reach, side_m / math.sqrt(12.0))
    shape = (len(kinds.follows), grid[0].size, len(RATES))
    weight = np.exp(-0.5 * _TURNS**2)
    return Cells(
        east=grid[0].ravel(),
        north=grid[1].ravel(),
        side_m=side_m,
        gain=np.zeros(shape),
        prior=kinds.log_prior(0.0),
        turns=np.tile(weight / weight.sum(), (*shape, 1)),
        kinds=kinds,
        until=-math.inf,
        trust=trust,
    )


def heard(cells: Cells, observations: Observations, lag_s: float) -> Cells:
    """Return the posterior with the readings that came since.

    Parameters
    ----------
    cells
        As it stood.
    observations
        All of a gas so far, in the frame of the cells.
    lag_s
        Of the sensor; a reading counts when it has passed. [s]
    """
    o = observations
    fresh = np.flatnonzero((o.time > cells.until) & (o.time <= o.time[-1] - lag_s))
    if len(fresh) == 0:
        return cells
    lead = min(int(fresh[0]), _LEAD)
    place, above, own, toward = _rows(o, np.arange(fresh[0] - lead, fresh[-1] + 1), lag_s)
    cells = replace(cells, prior=cells.kinds.log_prior(_gusts(o)))
    gain, turns = cells.gain.copy(), cells.turns.copy()
    alive, table = _alive(cells.log), fluctuation_table()
    ground = (cells.east, cells.north)
    kinds = (cells.kinds.tables, cells.kinds.follows)
    adds = np.empty(gain.shape)
    for part in np.array_split(np.arange(len(fresh)) + lead, max(round(len(fresh) / _STRETCH), 1)):
        at = slice(max(int(part[0]) - _LEAD, 0), int(part[-1]) + 1)
        counted = own[at].copy()
        counted[: int(part[0]) - at.start, 2] = 0.0
        rows = (place[at], above[at], counted, np.ascontiguousarray(toward[:, :, at]))
        adds[:] = 0.0
        turning = (_TURN_SD * _TURNS, _drift(float(len(part))), RATES)
        add_stretch((adds, turns, alive), (ground, kinds), rows, turning, table)
        gain *= math.exp(-len(part) / cells.trust.memory_s)
        gain = _wandered(gain + _bounded(adds, cells.trust), cells.prior, float(len(part)))
    return replace(cells, gain=gain, turns=turns, until=float(o.time[fresh[-1]]))


def _drift(lasting_s: float) -> FloatArray:
    """Return the chance of each error of the wind's direction to become another in a time (turn, turn)."""
    keep = math.exp(-lasting_s / _TURN_S)
    away = (_TURNS[None, :] - keep * _TURNS[:, None]) ** 2 / (1.0 - keep**2)
    chance = np.exp(-0.5 * away)
    drift: FloatArray = chance / chance.sum(axis=1, keepdims=True)
    return drift


def _rows(o: Observations, rows: IntArray, lag_s: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return place (row, 3), noises above ambient (row,), own (row, 4), and the wind's ways (follow, age, row, 2).

    A row's own are speed, noises a kg/h and s m-3, weight, and what the sensor keeps of the row before.
    """
    values = _without_lag(o, (1.0 - RESPONSE) * lag_s)
    noise = NOISES * float(np.median(noise_of_each(o)))
    above = np.array([values[i] - _ambient(o.time, values, i) for i in rows]) / noise
    speed, toward = _wind(o, rows)
    gap = np.diff(o.time, prepend=o.time[0] - 1.0)[rows]
    weight = np.clip(gap, 0.1, CORRELATION_S) / CORRELATION_S
    own = np.column_stack([speed, o.unit[rows] / 3600.0 / noise, weight, np.exp(-gap / max(RESPONSE * lag_s, 0.1))])
    return o.start[rows], above, own, toward


def _bounded(adds: FloatArray, trust: Trust) -> FloatArray:
    """Return what a stretch adds where the plume may be elsewhere, and where no plume at all may explain it."""
    seen = (1.0 - trust.absent) * np.exp(adds) + trust.absent
    best = max(float(seen.max()), 1.0)
    none = (1.0 - trust.wrong) + trust.wrong * best
    bounded: FloatArray = np.log(((1.0 - trust.wrong) * seen + trust.wrong * best) / none)
    return bounded


def _wandered(gain: FloatArray, prior: FloatArray, lasting_s: float) -> FloatArray:
    """Return the gain of each kind now (kind, cell, rate), when it may have been another before."""
    keep = math.exp(-lasting_s / _KIND_S)
    top = gain.max(axis=0)
    better = np.exp(gain - top)
    any_kind = np.tensordot(np.exp(prior) / len(prior), better, axes=1)
    wandered: FloatArray = top + np.log(keep * better + (1.0 - keep) * any_kind)
    return wandered


def _gusts(o: Observations) -> float:
    """Return the standard deviation of the wind's speed within half a minute over its mean."""
    speed, part = o.weather["wind_speed"], ((o.time - o.time[0]) / _GUST_S).astype(np.int64)
    count = np.maximum(np.bincount(part), 1)
    within = speed - (np.bincount(part, speed) / count)[part]
    return float(np.sqrt((within**2).mean()) / max(float(speed.mean()), 0.1))


def _alive(log: FloatArray) -> BoolArray:
    """Return which are not out of the question, (kind, cell)."""
    best = log.max(axis=2)
    alive: BoolArray = best > max(float(best.max()), 0.0) - _OUT
    return alive


def _without_lag(o: Observations, lag_s: float) -> FloatArray:
    """Return the values as they would be without the sensor's lag, between the delays that were tried."""
    at = float(np.interp(lag_s, o.delays, np.arange(len(o.delays))))
    below = min(int(at), len(o.delays) - 2)
    part = at - below
    values: FloatArray = (1.0 - part) * o.values[below] + part * o.values[below + 1]
    return values


def _ambient(time: FloatArray, values: FloatArray, at: int) -> float:
    first = int(np.searchsorted(time, time[at] - _AMBIENT_S))
    last = int(np.searchsorted(time, max(time[at], time[0] + 20.0), side="right"))
    return float(np.quantile(values[first:last], _LOW))


def _wind(o: Observations, rows: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the speed at the standard height (row,), and the wind's ways (follow, age, row, 2), unit vectors."""
    radians = np.radians(o.weather["wind_from"])
    vectors = -o.weather["wind_speed"][:, None] * np.column_stack([np.sin(radians), np.cos(radians)])
    total = np.vstack([np.zeros(2), np.cumsum(vectors, axis=0)])
    slow = _angle(_mean_of(total, o.time, rows, _LONG_S))
    toward = np.empty((len(FOLLOWS), len(AGES_S), len(rows), 2))
    for number, age in enumerate(AGES_S):
        quick = _angle(_mean_of(total, o.time, rows, age))
        away = (quick - slow + math.pi) % (2.0 * math.pi) - math.pi
        for follow, share in enumerate(FOLLOWS):
            angle = slow + share * away
            toward[follow, number] = np.column_stack([np.cos(angle), np.sin(angle)])
    height = np.where(np.isfinite(o.weather["wind_height"]), o.weather["wind_height"], o.start[:, 2])[rows]
    standard = friction_ratio(STANDARD_HEIGHT_M, ROUGHNESS_M, 0.0)
    factor = np.array([standard / friction_ratio(float(one), ROUGHNESS_M, 0.0) for one in height])
    speeds = np.append(0.0, np.cumsum(o.weather["wind_speed"]))[:, None]
    return np.maximum(_mean_of(speeds, o.time, rows, 60.0)[:, 0] * factor, 0.4), toward


def _mean_of(total: FloatArray, time: FloatArray, rows: IntArray, lasting_s: float) -> FloatArray:
    """Return the mean over a time before each row (row, column), from running totals (row + 1, column)."""
    first = np.searchsorted(time, time[rows] - lasting_s)
    mean: FloatArray = (total[rows + 1] - total[first]) / (rows + 1 - first)[:, None]
    return mean


def _angle(vectors: FloatArray) -> FloatArray:
    """Return the angle of vectors (row, 2) from east, counterclockwise. [rad]"""
    angle: FloatArray = np.arctan2(vectors[:, 1], vectors[:, 0])
    return angle


def wind_now(o: Observations) -> tuple[float, tuple[float, float]]:
    """Return the last minute's wind at the standard height [m/s], and the unit vector (east, north) along it."""
    speed, toward = _wind(o, np.array([len(o.time) - 1]))
    return float(speed[0]), (float(toward[-1, -1, 0, 0]), float(toward[-1, -1, 0, 1]))


def focused(cells: Cells, observations: Observations, lag_s: float, side_m: float) -> Cells:
    """Return the posterior over finer cells where nearly all of the probability is.

    Parameters
    ----------
    cells
        Over the whole area, all readings heard.
    observations, lag_s
        As for `heard`.
    side_m
        Of the finer cells. [m]
    """
    return heard(cells_over(_within_box(cells), side_m, FINE), observations, lag_s)


def is_narrow(cells: Cells) -> bool:
    """Tell whether there is surely a source, and nearly all of the probability in a box so small that it pays."""
    west, east, south, north = _within_box(cells)
    return probabilities(cells)[1] >= _SURE and (east - west) * (north - south) <= _SMALL_M**2


def _within_box(cells: Cells) -> FloatArray:
    """Return the box of nearly all of the probability: west, east, south, north. [m]"""
    within = highest(probabilities(cells)[0], _NEARLY_ALL)
    east, north, edge = cells.east[within], cells.north[within], cells.side_m
    return np.array([east.min() - edge, east.max() + edge, north.min() - edge, north.max() + edge])


def probabilities(cells: Cells) -> tuple[FloatArray, float]:
    """Return the probability of a source in each cell (cell,) given that there is one, and that there is one.

    One is held as likely as none before anything was read.
    """
    log = cells.log
    top = float(log.max())
    weight = np.exp(log - top)
    evidence = top + math.log(weight.mean())
    share = weight.sum(axis=(0, 2))
    return share / share.sum(), 1.0 / (1.0 + math.exp(-min(max(evidence, -50.0), 50.0)))


def highest(probability: FloatArray, level: float) -> IntArray:
    """Return the fewest cells that hold a share of the probability."""
    order = np.argsort(-probability, kind="stable")
    return order[: int(np.searchsorted(np.cumsum(probability[order]), level)) + 1]
