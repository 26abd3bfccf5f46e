"""What a stretch of readings says for and against a source of a kind, a rate and a place, as compiled kernels.

The wind's direction as it was measured has an error that wanders: it is one of `turns` within a stretch, and from one
stretch to the next it moves as `drift` says. So the chance of each turn is carried along for each place, kind and rate
(a forward filter), and passes that followed one another do not count as if their errors were independent.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.dispersion.plume import coupling
from upwind.dispersion.spread import NODE_STEP
from upwind.invert.fluctuation import FAINT, MEANS, SHAPES, log_density, place_of_mean, place_of_shape
from upwind.invert.kinds import HEIGHT_M
from upwind.invert.target import OUTLIER

__all__ = ["ABSENT", "AGES_S", "SHAPE", "Rows", "add_stretch", "density_of_none", "ratio_to_none", "seen_along"]

#: Place (row, 3) [m]; noises above ambient (row,); own (row, 4): speed, noises a kg/h and s m-3, weight, and what the
#: sensor keeps of the row before; and the wind's ways (follow, age, row, 2).
Rows = tuple[FloatArray, FloatArray, FloatArray, FloatArray]

#: The wind that brings gas of an age is the mean over about that time. [s]
AGES_S = (4.0, 8.0, 16.0, 32.0, 64.0)
#: Shape of the plume's fluctuation, as `problem` has it for moments.
SHAPE = 0.8
#: No plume is wider than so many of its spreads (`dispersion.plume`).
_FAR = 5.0
#: Chance that the plume is elsewhere, whatever the model says.
ABSENT = 0.05


@njit(cache=True, nogil=True, error_model="numpy")
def _age_of(away: float, speed: float) -> int:  # pragma: no cover (compiled)
    """Return which mean of the wind brought gas from so far."""
    age = away / speed
    slot = 0
    while slot < 4 and age > 6.0 * 2.0**slot:
        slot += 1
    return slot


@njit(cache=True, nogil=True, error_model="numpy")
def density_of_none(z: float) -> float:  # pragma: no cover (compiled)
    """Return the density of a reading of z noises above ambient where there is no plume."""
    return math.exp(-0.5 * z * z - 0.9189385)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def ratio_to_none(inside: float, none: float) -> float:  # pragma: no cover (compiled)
    """Return the density of a reading over that of no plume, for outliers, and for plumes that are elsewhere.

    `inside` is its log density in the plume, `none` its density without.
    """
    outlier = OUTLIER * 0.01
    return ((1.0 - ABSENT) * math.exp(inside) + ABSENT * none + outlier) / (none + outlier)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _within(x: float, above: float, table: FloatArray) -> float:  # pragma: no cover (compiled)
    """Return the vertical profile so far above the source over that at its height, far enough downwind."""
    row = min(int(math.sqrt(max(x, 0.0)) / NODE_STEP), table.shape[0] - 1)
    ratio = above / (table[row, 1] + 0.3)
    return math.exp(-0.5 * ratio * ratio)


@njit(cache=True, nogil=True, error_model="numpy")
def seen_along(
    source: tuple[float, float, float],
    turned: tuple[float, float],
    table: tuple[FloatArray, int, int],
    rows: Rows,
    out: FloatArray,
) -> float:  # pragma: no cover (compiled)
    """Write mean per kg/h in noises, and profile, of readings (row, 2) of a source; return the greatest mean."""
    place, _, own, toward = rows
    most = 0.0
    for i in range(place.shape[0]):
        east, north = place[i, 0] - source[0], place[i, 1] - source[1]
        slot = _age_of(math.hypot(east, north), own[i, 0])
        u, v = toward[table[2], slot, i, 0], toward[table[2], slot, i, 1]
        wind = (turned[0] * u - turned[1] * v, turned[0] * v + turned[1] * u, own[i, 0])
        here = (place[i, 0], place[i, 1], place[i, 2])
        value, across = coupling(here, here, (source[0], source[1], source[2], source[2]), wind, (1.0, 1.0), table[:2])
        out[i, 0] = value * own[i, 1]
        out[i, 1] = across * _within(east * wind[0] + north * wind[1], here[2] - source[2], table[0][table[1]])
        if i > 0:
            out[i, 0] += own[i, 3] * (out[i - 1, 0] - out[i, 0])
            out[i, 1] += own[i, 3] * (out[i - 1, 1] - out[i, 1])
        most = max(most, out[i, 0])
    return most


@njit(cache=True, nogil=True, error_model="numpy")
def add_stretch(
    state: tuple[FloatArray, FloatArray, BoolArray],
    tried: tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, IntArray]],
    rows: Rows,
    turning: tuple[FloatArray, FloatArray, FloatArray],
    table: FloatArray,
) -> None:  # pragma: no cover (compiled)
    """Write what a stretch of readings says and move the chances of turns.

    Parameters
    ----------
    state
        What it adds to the log over no source (kind, cell, rate), written; chances of turns (kind, cell, rate, turn),
        changed; which (kind, cell) count at all.
    tried
        Easting and northing of the cells (cell,); spread tables (kind, row, column), and follows (kind,).
    rows
        Of the stretch and a few before it.
    turning
        The turns (turn,) [rad]; chance of a turn (row) to become another (column) until the next stretch; rates [kg/h].
    table
        `fluctuation_table()`.
    """
    adds, chances, alive = state
    (east, north), (tables, follows) = tried
    weights = _weights(rows, table)
    turns, drift, rates = turning
    better = np.empty((rates.shape[0], turns.shape[0]))
    seen = np.empty((rows[1].shape[0], 2))
    before = np.empty(turns.shape[0])
    for kind, cell in np.argwhere(alive):
        air, source = (tables, kind, follows[kind]), (east[cell], north[cell], HEIGHT_M)
        shown = _explained(better, source, (turns, rates), (air, rows), (weights, seen))
        for rate in range(rates.shape[0]):
            _forward(chances[kind, cell, rate], drift, before)
            if shown:
                adds[kind, cell, rate] = _conditioned(chances[kind, cell, rate], better[rate])


@njit(cache=True, nogil=True, error_model="numpy")
def _explained(
    better: FloatArray,
    source: tuple[float, float, float],
    tried: tuple[FloatArray, FloatArray],
    read: tuple[tuple[FloatArray, int, int], Rows],
    room: tuple[FloatArray, FloatArray],
) -> bool:  # pragma: no cover (compiled)
    """Write how much better a source explains a stretch than none, (rate, turn); tell if it could have been seen."""
    (turns, rates), (air, rows), (weights, seen) = tried, read, room
    shown = False
    better[:] = 1.0
    if not _could_see(source, air, rows, turns[-1]):
        return shown
    for turn in range(turns.shape[0]):
        turned = (math.cos(turns[turn]), math.sin(turns[turn]))
        if seen_along(source, turned, air, rows, seen) * rates[-1] > FAINT:
            shown = True
            _weigh(better[:, turn], rates, seen, (rows[2][:, 2], weights))
    return shown


@njit(cache=True, nogil=True, error_model="numpy")
def _could_see(
    source: tuple[float, float, float], air: tuple[FloatArray, int, int], rows: Rows, most: float
) -> bool:  # pragma: no cover (compiled)
    """Tell whether a plume turned by no more than `most` [rad] could be where any reading is; most of them are not."""
    place, _, own, toward = rows
    sine, cosine = math.sin(most), math.cos(most)
    for i in range(place.shape[0]):
        east, north = place[i, 0] - source[0], place[i, 1] - source[1]
        away = math.hypot(east, north)
        slot = _age_of(away, own[i, 0])
        u, v = toward[air[2], slot, i, 0], toward[air[2], slot, i, 1]
        x, y = east * u + north * v, abs(north * u - east * v)
        row = min(int(math.sqrt(away) / NODE_STEP) + 1, air[0].shape[1] - 1)
        if x * cosine + y * sine > 0.0 and y * cosine - x * sine < _FAR * (air[0][air[1], row, 0] + 1.0):
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _forward(chance: FloatArray, drift: FloatArray, before: FloatArray) -> None:  # pragma: no cover (compiled)
    """Move the chances of turns to the next stretch."""
    before[:] = chance
    for turn in range(chance.shape[0]):
        total = 0.0
        for other in range(chance.shape[0]):
            total += before[other] * drift[other, turn]
        chance[turn] = total


@njit(cache=True, nogil=True, error_model="numpy")
def _conditioned(chance: FloatArray, better: FloatArray) -> float:  # pragma: no cover (compiled)
    """Give the chances of turns their likelihoods; return the log of how much better the stretch is explained."""
    total = 0.0
    for turn in range(chance.shape[0]):
        chance[turn] *= better[turn]
        total += chance[turn]
    for turn in range(chance.shape[0]):
        chance[turn] /= total
    return math.log(total)


@njit(cache=True, nogil=True, error_model="numpy")
def _weights(rows: Rows, table: FloatArray) -> FloatArray:  # pragma: no cover (compiled)
    """Return what each reading says for plumes of all shapes and means, over none (row, shape, mean).

    A stretch has some readings and is asked about by the ten thousand: so no logarithm is taken there.
    """
    _, above, own, _ = rows
    weights = np.zeros((above.shape[0], SHAPES.shape[0], MEANS.shape[0]))
    for i in np.flatnonzero(own[:, 2] > 0.0):
        none = density_of_none(above[i])
        for k in range(SHAPES.shape[0]):
            for m in range(MEANS.shape[0]):
                inside = log_density(above[i], MEANS[m], SHAPES[k], table)
                weights[i, k, m] = own[i, 2] * math.log(ratio_to_none(inside, none))
    return weights


@njit(cache=True, nogil=True, error_model="numpy")
def _weigh(
    better: FloatArray, rates: FloatArray, seen: FloatArray, said: tuple[FloatArray, FloatArray]
) -> None:  # pragma: no cover (compiled)
    """Write how much better each rate explains a stretch than no source."""
    counted, weights = said
    better[:] = 0.0
    for i in range(seen.shape[0]):
        if counted[i] == 0.0 or seen[i, 0] * rates[-1] <= FAINT:
            continue
        k, dk = place_of_shape(min(max(SHAPE * math.sqrt(max(seen[i, 1], 1e-3)), 0.04), 40.0))
        low, high = weights[i, k], weights[i, k + 1]
        for rate in range(rates.shape[0]):
            mean = seen[i, 0] * rates[rate]
            if mean > FAINT:
                m, dm = place_of_mean(mean)
                below = low[m] + dm * (low[m + 1] - low[m])
                better[rate] += below + dk * (high[m] + dm * (high[m + 1] - high[m]) - below)
    for rate in range(rates.shape[0]):
        better[rate] = math.exp(min(max(better[rate], -200.0), 200.0))
