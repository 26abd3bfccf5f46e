"""Where one source could be, kept up while somebody flies: a posterior over cells, rates and kinds of air.

`locate` takes seconds and speaks of any number of sources, but not of places where nobody could have seen one. Who
decides where to fly next needs both the places that are left and an answer at once, and is content with one source. So
the area is cut into cells; each (air, cell, rate) keeps the log of how much better it explains the readings than no
source at all, and every stretch of readings adds to it. Within a stretch the wind's direction has one error that is
summed over; from one to the next the errors count as independent, and the likelihood is raised to the power that
`Tuning` has for platforms that move.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.dispersion.plume import coupling
from upwind.dispersion.spread import NODE_STEP, STANDARD_HEIGHT_M, Surface, nodes_to, spread_table
from upwind.dispersion.stability import friction_ratio, obukhov_of_class
from upwind.invert.air import noise_of_each
from upwind.invert.fluctuation import FAINT, fluctuation_table, log_density
from upwind.invert.observations import Observations
from upwind.invert.target import OUTLIER

__all__ = [
    "CORRELATION_S",
    "NOISES",
    "POWER",
    "RATES",
    "RESPONSE",
    "SHAPE",
    "Cells",
    "cells_over",
    "focused",
    "heard",
    "highest",
    "is_narrow",
    "log_reading",
    "probabilities",
    "seen_along",
    "wind_now",
]

#: Rates that are tried, alike likely. [kg/h]
RATES = np.geomspace(0.05, 12.8, 5)
#: Kinds of air that are tried: Pasquill's class (B, D, E), factors on a plume's width, of moments and seen through a
#: slow sensor, and on its height. The last is for releases on the ground on a quiet night.
_AIRS = ((1, 0.7, 1.0), (1, 1.2, 1.0), (3, 1.0, 1.0), (4, 0.8, 0.8), (4, 1.5, 0.8), (4, 1.0, 0.5))
_ROUGHNESS_M = 0.05
#: Height of a source. [m]
_HEIGHT_M = 1.5
#: Errors of the wind's direction that are summed over, in its standard deviations, and what they weigh.
_TURNS = np.array([-1.8, -0.9, 0.0, 0.9, 1.8])
_TURN_WEIGHT = np.exp(-0.5 * _TURNS**2) / np.exp(-0.5 * _TURNS**2).sum()
_TURN_SD = math.radians(12.0)
#: The wind that brings gas of an age is the mean over about that time. [s]
_AGES_S = (4.0, 8.0, 16.0, 32.0, 64.0)
#: The ambient is this quantile of the readings over so long; it is known no better than the noise. [s]
_LOW, _AMBIENT_S = 0.2, 150.0
#: Shape of the plume's fluctuation, as `problem` has it for moments.
SHAPE = 0.8
#: Chance that the plume is elsewhere, whatever the model says.
_ABSENT = 0.05
#: Share of a sensor's lag that is response, of first order; the rest is the way to it.
RESPONSE = 0.45
#: The noise counts as so many times itself, for an ambient that drifts.
NOISES = 2.0
#: Rows of a stretch, and rows before it that tell what the sensor still holds.
_STRETCH, _LEAD = 8, 3
#: Finer cells are laid over what holds so much of the probability, when it is surely somewhere in a box so large. [m]
_NEARLY_ALL, _SURE, _SMALL_M = 0.995, 0.95, 150.0
#: Chance that no plume of this kind explains a stretch at all.
_WRONG = 0.1
#: Power of the likelihood, and the time that one independent reading takes. [s]
POWER, CORRELATION_S = 0.6, 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The posterior so far; nothing in it is ever changed.

    `east`, `north` (cell,) are the cells' middles and `side_m` their side [m]; `gain` (air, cell, rate) is the log
    likelihood over that of no source; `until` the time of the last reading that counted [s].
    """

    east: FloatArray
    north: FloatArray
    side_m: float
    gain: FloatArray
    tables: FloatArray
    until: float


def _airs(reach_m: float, blur_m: float) -> FloatArray:
    """Return the spread tables of the kinds of air (air, row, column), widened as by a source of a size [m]."""
    rows = nodes_to(reach_m)
    tables = []
    for pasquill, wider, higher in _AIRS:
        surface = Surface(inverse_obukhov=obukhov_of_class(pasquill), roughness_m=_ROUGHNESS_M)
        table = spread_table("similarity", surface, rows)
        table[:, 0] = np.hypot(wider * table[:, 0], blur_m)
        table[:, 1] = np.hypot(higher * table[:, 1], 0.5 * blur_m)
        tables.append(table)
    return np.ascontiguousarray(np.stack(tables))


def cells_over(box: FloatArray, side_m: float) -> Cells:
    """Return what is known before any reading of an area: west, east, south, north [m]."""
    columns, rows = (max(round((high - low) / side_m), 1) for low, high in (box[:2], box[2:]))
    east = box[0] + (np.arange(columns) + 0.5) * (box[1] - box[0]) / columns
    north = box[2] + (np.arange(rows) + 0.5) * (box[3] - box[2]) / rows
    grid = np.meshgrid(east, north)
    reach = 1.5 * math.hypot(box[1] - box[0], box[3] - box[2]) + 200.0
    return Cells(
        east=grid[0].ravel(),
        north=grid[1].ravel(),
        side_m=side_m,
        gain=np.zeros((len(_AIRS), grid[0].size, len(RATES))),
        tables=_airs(reach, side_m / math.sqrt(12.0)),
        until=-math.inf,
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
    gain = cells.gain.copy()
    alive, table = _alive(gain), fluctuation_table()
    adds = np.empty(gain.shape)
    for part in np.array_split(np.arange(len(fresh)) + lead, max(round(len(fresh) / _STRETCH), 1)):
        at = slice(max(int(part[0]) - _LEAD, 0), int(part[-1]) + 1)
        counted = own[at].copy()
        counted[: int(part[0]) - at.start, 2] = 0.0
        stretch = (place[at], above[at], counted, np.ascontiguousarray(toward[:, at]))
        adds[:] = 0.0
        _add(adds, alive, (cells.east, cells.north, cells.tables), stretch, table)
        gain += _bounded(adds)
    return replace(cells, gain=gain, until=float(o.time[fresh[-1]]))


def _rows(o: Observations, rows: IntArray, lag_s: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return place (row, 3), noises above ambient (row,), own (row, 4), and the wind's ways (age, row, 2).

    A row's own are speed, noises a kg/h and s m-3, weight, and what the sensor keeps of the row before.
    """
    values = _without_lag(o, (1.0 - RESPONSE) * lag_s)
    noise = NOISES * float(np.median(noise_of_each(o)))
    above = np.array([values[i] - _ambient(o.time, values, i) for i in rows]) / noise
    speed, toward = _wind(o, rows)
    gap = np.diff(o.time, prepend=o.time[0] - 1.0)[rows]
    weight = np.clip(gap, 0.1, CORRELATION_S) / CORRELATION_S * POWER
    own = np.column_stack([speed, o.unit[rows] / 3600.0 / noise, weight, np.exp(-gap / max(RESPONSE * lag_s, 0.1))])
    return o.start[rows], above, own, toward


def _bounded(adds: FloatArray) -> FloatArray:
    """Return what a stretch adds where it may be wrong as a whole: none loses more than `_WRONG` tells to the best."""
    best = max(float(adds.max()), 0.0)
    bounded: FloatArray = np.log((1.0 - _WRONG) * np.exp(adds - best) + _WRONG)
    return bounded - math.log((1.0 - _WRONG) * math.exp(-best) + _WRONG)


def _alive(gain: FloatArray) -> BoolArray:
    """Return which cells are not out of the question, (cell,)."""
    best = gain.max(axis=(0, 2))
    alive: BoolArray = best > max(float(best.max()), 0.0) - 25.0
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
    """Return the speed at the standard height (row,), and unit vectors (age, row, 2) along the wind before each."""
    radians = np.radians(o.weather["wind_from"])
    vectors = -o.weather["wind_speed"][:, None] * np.column_stack([np.sin(radians), np.cos(radians)])
    total = np.vstack([np.zeros(2), np.cumsum(vectors, axis=0)])
    speeds = np.append(0.0, np.cumsum(o.weather["wind_speed"]))
    toward = np.empty((len(_AGES_S), len(rows), 2))
    for number, age in enumerate(_AGES_S):
        first = np.searchsorted(o.time, o.time[rows] - age)
        mean = (total[rows + 1] - total[first]) / (rows + 1 - first)[:, None]
        toward[number] = mean / np.maximum(np.hypot(*mean.T), 1e-9)[:, None]
    first = np.searchsorted(o.time, o.time[rows] - 60.0)
    height = np.where(np.isfinite(o.weather["wind_height"]), o.weather["wind_height"], o.start[:, 2])[rows]
    standard = friction_ratio(STANDARD_HEIGHT_M, _ROUGHNESS_M, 0.0)
    factor = np.array([standard / friction_ratio(float(one), _ROUGHNESS_M, 0.0) for one in height])
    return np.maximum((speeds[rows + 1] - speeds[first]) / (rows + 1 - first) * factor, 0.4), toward


def wind_now(o: Observations) -> tuple[float, tuple[float, float]]:
    """Return the last minute's wind at the standard height [m/s], and the unit vector (east, north) along it."""
    speed, toward = _wind(o, np.array([len(o.time) - 1]))
    return float(speed[0]), (float(toward[-1, 0, 0]), float(toward[-1, 0, 1]))


@njit(cache=True, nogil=True, error_model="numpy")
def _age_of(away: float, speed: float) -> int:  # pragma: no cover (compiled)
    """Return which mean of the wind brought gas from so far."""
    age = away / speed
    slot = 0
    while slot < 4 and age > 6.0 * 2.0**slot:
        slot += 1
    return slot


@njit(cache=True, nogil=True, error_model="numpy")
def log_reading(z: float, mean: float, shape: float, table: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the log density of a reading of z noises above ambient, against outliers and plumes that are elsewhere."""
    density = math.exp(-0.5 * z * z - 0.9189385)
    if mean > FAINT:
        density = (1.0 - _ABSENT) * math.exp(log_density(z, mean, shape, table)) + _ABSENT * density
    return math.log(density + OUTLIER * 0.01)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _within(x: float, up: float, table: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the vertical profile at a height over that at the source's, far enough downwind."""
    row = min(int(math.sqrt(max(x, 0.0)) / NODE_STEP), table.shape[0] - 1)
    ratio = (up - _HEIGHT_M) / (table[row, 1] + 0.3)
    return math.exp(-0.5 * ratio * ratio)


@njit(cache=True, nogil=True, error_model="numpy")
def seen_along(
    cell: tuple[float, float],
    turned: tuple[float, float],
    table: tuple[FloatArray, int],
    rows: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    out: FloatArray,
) -> bool:  # pragma: no cover (compiled)
    """Write mean per kg/h in noises, and crosswind profile, of a stretch's readings (row, 2); tell if any is seen."""
    place, _, own, toward = rows
    seen = False
    for i in range(place.shape[0]):
        east, north = place[i, 0] - cell[0], place[i, 1] - cell[1]
        slot = _age_of(math.hypot(east, north), own[i, 0])
        u, v = toward[slot, i, 0], toward[slot, i, 1]
        wind = (turned[0] * u - turned[1] * v, turned[0] * v + turned[1] * u, own[i, 0])
        here = (place[i, 0], place[i, 1], place[i, 2])
        value, across = coupling(here, here, (cell[0], cell[1], _HEIGHT_M, _HEIGHT_M), wind, (1.0, 1.0), table)
        out[i, 0] = value * own[i, 1]
        out[i, 1] = across * _within(east * wind[0] + north * wind[1], here[2], table[0][table[1]])
        if i > 0:
            out[i, 0] += own[i, 3] * (out[i - 1, 0] - out[i, 0])
            out[i, 1] += own[i, 3] * (out[i - 1, 1] - out[i, 1])
        seen = seen or out[i, 0] * RATES[-1] > FAINT
    return seen


@njit(cache=True, nogil=True, error_model="numpy")
def _add(
    adds: FloatArray,
    alive: BoolArray,
    ground: tuple[FloatArray, FloatArray, FloatArray],
    rows: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    table: FloatArray,
) -> None:  # pragma: no cover (compiled)
    """Write what a stretch of readings adds to the gains of all cells that are alive."""
    east, north, tables = ground
    above = rows[1]
    none = np.empty(above.shape[0])
    for i in range(above.shape[0]):
        none[i] = log_reading(above[i], 0.0, 1.0, table)
    seen = np.empty((above.shape[0], 2))
    total = np.empty(RATES.shape[0])
    for air in range(tables.shape[0]):
        for cell in range(east.shape[0]):
            if not alive[cell]:
                continue
            if _over_turns(total, (east[cell], north[cell]), (tables, air), rows, (none, table), seen):
                adds[air, cell] = np.log(total)


@njit(cache=True, nogil=True, error_model="numpy")
def _over_turns(
    total: FloatArray,
    cell: tuple[float, float],
    air: tuple[FloatArray, int],
    rows: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    null: tuple[FloatArray, FloatArray],
    seen: FloatArray,
) -> bool:  # pragma: no cover (compiled)
    """Write how much better each rate in a cell explains a stretch than no source, over errors of the wind's direction.

    Tell whether the stretch could have shown any of them; `seen` is room to work in.
    """
    total[:] = 0.0
    shown = False
    for turn in range(_TURNS.shape[0]):
        angle = _TURNS[turn] * _TURN_SD
        if seen_along(cell, (math.cos(angle), math.sin(angle)), air, rows, seen):
            shown = True
            _weigh(total, _TURN_WEIGHT[turn], seen, rows, null)
        else:
            total += _TURN_WEIGHT[turn]
    return shown


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(
    total: FloatArray,
    weight: float,
    seen: FloatArray,
    rows: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    null: tuple[FloatArray, FloatArray],
) -> None:  # pragma: no cover (compiled)
    """Add to each rate's total how much better it explains a stretch than no source, times a weight."""
    _, above, own, _ = rows
    for rate in range(RATES.shape[0]):
        log = 0.0
        for i in range(above.shape[0]):
            mean = seen[i, 0] * RATES[rate]
            if own[i, 2] > 0.0 and mean > FAINT:
                shape = min(max(SHAPE * math.sqrt(max(seen[i, 1], 1e-3)), 0.04), 40.0)
                log += own[i, 2] * (log_reading(above[i], mean, shape, null[1]) - null[0][i])
        total[rate] += weight * math.exp(min(max(log, -200.0), 200.0))


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
    return heard(cells_over(_within_box(cells), side_m), observations, lag_s)


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
    top = float(cells.gain.max())
    weight = np.exp(cells.gain - top)
    evidence = top + math.log(weight.mean())
    share = weight.sum(axis=(0, 2))
    return share / share.sum(), 1.0 / (1.0 + math.exp(-min(max(evidence, -50.0), 50.0)))


def highest(probability: FloatArray, level: float) -> IntArray:
    """Return the fewest cells that hold a share of the probability."""
    order = np.argsort(-probability, kind="stable")
    return order[: int(np.searchsorted(np.cumsum(probability[order]), level)) + 1]
