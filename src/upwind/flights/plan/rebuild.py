"""Sorties improved together: runs of legs are taken out of neighbouring sorties and put in again where they cost least.

Ruin and recreate by strings (Schrimpf et al. 2000, https://doi.org/10.1006/jcph.1999.6413, unverified; Christiaens and
Vanden Berghe 2020, https://doi.org/10.1287/trsc.2019.0914, unverified), worse states kept with a chance that falls
(annealing). A sortie never lasts longer than the endurance. The effort is a number of rounds, and a seed repeats it.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.plan.legs import Columns, Legs, columns, cost

__all__ = ["rebuilt"]

#: About so many legs are taken out a round, in runs at most so long.
_TAKEN, _LONGEST = 8.0, 8
#: One place in so many is passed over, so that one state does not always lead to the same next one.
_BLINK = 50
#: What a worse state may cost, first and last, a leg of the survey. [s]
_WARM, _COLD = 0.1, 0.004
#: Without a base a sortie more saves a turn; it is priced so that sorties are few. [s]
_SORTIE = 1e8
_KEYS = 4

_State = tuple[IntArray, IntArray, FloatArray, IntArray]


def rebuilt(
    legs: Legs, sorties: tuple[IntArray, ...], endurance: float, rounds: int, rng: np.random.Generator
) -> tuple[IntArray, ...]:
    """Return sorties of the same lines, in all no longer than those given.

    Parameters
    ----------
    sorties
        Orders of legs, each within the endurance.
    endurance
        Of one sortie. [s]
    rounds
        The effort.
    """
    count = sum(map(len, sorties))
    if count < _KEYS or rounds == 0:
        return sorties
    order = np.zeros((count + 1, count), dtype=np.int64)
    size = np.zeros(count + 1, dtype=np.int64)
    for number, sortie in enumerate(sorties):
        order[number, : len(sortie)], size[number] = sortie, len(sortie)
    draws = rng.random((rounds, 4 + 8 * _LONGEST))
    found, held = _rebuilt(columns(legs), order, size, endurance, draws)
    return tuple(found[number, : held[number]].copy() for number in range(len(held)) if held[number])


@njit(cache=True)
def _time(legs: Columns, order: IntArray, size: int) -> float:
    home = len(legs[2])
    if size == 0:
        return 0.0
    total, before, known = 0.0, home, legs[5]
    for k in range(size + 1):
        after = order[k] if k < size else home
        step = known[before, after]
        total += step if step >= 0.0 else cost(legs, before, after)
        before = after
    return total


@njit(cache=True)
def _rebuilt(
    legs: Columns, order: IntArray, size: IntArray, endurance: float, draws: FloatArray
) -> tuple[IntArray, IntArray]:
    lines = len(legs[2]) // 2
    price = 0.0 if legs[4][2] > 0.0 else _SORTIE
    time = np.array([_time(legs, order[s], size[s]) for s in range(len(size))])
    where = np.full(lines, -1)
    _placed(size > 0, (order, size, time, where))
    near = _neighbours(legs)
    best_order, best_size = order.copy(), size.copy()
    now = time.sum() + price * (size > 0).sum()
    least = now
    warm, fall = _WARM * lines, math.log(_COLD / _WARM) / len(draws)
    old_order, old_size, old_time = order.copy(), size.copy(), time.copy()
    for draw in range(len(draws)):
        state = (order, size, time, where)
        touched = np.zeros(len(size), dtype=np.bool_)
        out, taken = _ruined(legs, state, near, draws[draw], touched)
        _recreated(legs, state, out[:taken], endurance, draws[draw], touched)
        then = time.sum() + price * (size > 0).sum()
        bar = now - warm * math.exp(fall * draw) * math.log(max(draws[draw, 0], 1e-300))
        if then < bar:
            now = then
            _copied(touched, (order, size, time), (old_order, old_size, old_time))
            if now < least - 1e-6:
                least = now
                best_order[:], best_size[:] = order, size
        else:
            _copied(touched, (old_order, old_size, old_time), (order, size, time))
            _placed(touched, state)
    return best_order, best_size


@njit(cache=True)
def _copied(
    touched: BoolArray, source: tuple[IntArray, IntArray, FloatArray], target: tuple[IntArray, IntArray, FloatArray]
) -> None:
    for s in np.flatnonzero(touched):
        target[0][s], target[1][s], target[2][s] = source[0][s], source[1][s], source[2][s]


@njit(cache=True)
def _placed(sorties: BoolArray, state: _State) -> None:
    """Note of which sortie each line of some sorties is."""
    order, size, _, where = state
    for s in np.flatnonzero(sorties):
        for k in range(size[s]):
            where[order[s, k] >> 1] = s


@njit(cache=True)
def _apart(start: FloatArray, a: int, b: int) -> float:
    """Return the distance of the nearest ends of two lines. [m]"""
    least = np.inf
    for one in (2 * a, 2 * a + 1):
        for two in (2 * b, 2 * b + 1):
            least = min(least, math.hypot(start[one, 0] - start[two, 0], start[one, 1] - start[two, 1]))
    return least


@njit(cache=True)
def _neighbours(legs: Columns) -> IntArray:
    """Return the lines by the distance of their nearest ends from each line's, shape (line, line)."""
    start = legs[0]
    lines = len(start) // 2
    away = np.empty(lines)
    near = np.empty((lines, min(lines, 60)), dtype=np.int64)
    for a in range(lines):
        for b in range(lines):
            away[b] = _apart(start, a, b)
        away[a] = -1.0
        near[a] = np.argsort(away)[: near.shape[1]]
    return near


@njit(cache=True)
def _ruined(legs: Columns, state: _State, near: IntArray, draw: FloatArray, touched: BoolArray) -> tuple[IntArray, int]:
    """Take runs of legs out of sorties near a line; return the lines taken, and how many they are."""
    order, size, time, where = state
    lines = len(where)
    longest = max(min(_LONGEST, int(size.sum() / max((size > 0).sum(), 1))), 1)
    runs = 1 + int(draw[1] * (4.0 * _TAKEN / (1.0 + longest) - 1.0))
    out = np.empty(runs * longest + 1, dtype=np.int64)
    taken, used = 0, 0
    for line in near[int(draw[2] * lines)]:
        s = where[line]
        if used == runs:
            break
        if s < 0 or touched[s]:
            continue
        touched[s] = True
        length = min(1 + int(draw[4 + 2 * used] * longest), size[s])
        at = 0
        while order[s, at] >> 1 != line:
            at += 1
        first = max(min(at - int(draw[5 + 2 * used] * length), size[s] - length), 0)
        for k in range(first, first + length):
            out[taken] = order[s, k] >> 1
            where[out[taken]] = -1
            taken += 1
        for k in range(first + length, size[s]):
            order[s, k - length] = order[s, k]
        size[s] -= length
        time[s] = _time(legs, order[s], size[s])
        used += 1
    return out, taken


@njit(cache=True)
def _recreated(
    legs: Columns, state: _State, out: IntArray, endurance: float, draw: FloatArray, touched: BoolArray
) -> None:
    """Put lines in again, each where it costs least, in a random order or the farthest, or longest, first."""
    order, size, time, where = state
    key = np.empty(len(out))
    kind = int(draw[3] * _KEYS)
    for k in range(len(out)):
        start, base = legs[0][2 * out[k]], legs[4]
        far = math.hypot(start[0] - base[0], start[1] - base[1])
        key[k] = (draw[24 + k % 32], -far, far, -legs[2][2 * out[k]])[kind]
    blinks = int(draw[1] * 1e6)
    for line in out[np.argsort(key)]:
        best, at, leg = _best_place(legs, state, line, endurance, blinks)
        blinks += 17 * len(size)
        for k in range(size[best], at, -1):
            order[best, k] = order[best, k - 1]
        order[best, at] = leg
        size[best] += 1
        time[best] = _time(legs, order[best], size[best])
        where[line] = best
        touched[best] = True


@njit(cache=True)
def _best_place(legs: Columns, state: _State, line: int, endurance: float, blinks: int) -> tuple[int, int, int]:
    """Return sortie, place and leg by which a line costs least; where none has the time, an empty sortie."""
    order, size, time, _ = state
    least, best, at, leg, fresh = np.inf, -1, 0, 2 * line, -1
    for s in range(len(size)):
        if size[s] == 0:
            fresh = s if fresh < 0 else fresh
            continue
        for way in (2 * line, 2 * line + 1):
            blinks += 17
            added, place = _cheapest(legs, order[s], size[s], way, min(least, endurance - time[s]), blinks)
            if added < least:
                least, best, at, leg = added, s, place, way
    for way in (2 * line, 2 * line + 1):
        whole = _time(legs, np.array([way]), 1) + (0.0 if legs[4][2] > 0.0 else _SORTIE)
        if fresh >= 0 and whole < least:
            least, best, at, leg = whole, fresh, 0, way
    return best, at, leg


@njit(cache=True)
def _cheapest(legs: Columns, order: IntArray, size: int, leg: int, most: float, blinks: int) -> tuple[float, int]:
    """Return the least that a leg adds to a sortie, if less than so much, and at which place."""
    start, end, time, air, _, known = legs
    home = len(time)
    fastest = air[0] + math.hypot(air[2], air[3])
    least, place = most, -1
    for k in range(size + 1):
        before = order[k - 1] if k > 0 else home
        after = order[k] if k < size else home
        if (blinks + k * 7919) % _BLINK == 0:
            continue
        # Read here what is known: a call takes longer than all else.
        now = known[before, after]
        if now < 0.0:
            now = cost(legs, before, after)
        bar = least + now
        one, two = known[before, leg], known[leg, after]
        if one < 0.0 or two < 0.0:
            # No turn is quicker than straight on.
            there, on = time[leg], time[after] if after < home else 0.0
            if before < home:
                there += math.hypot(end[before, 0] - start[leg, 0], end[before, 1] - start[leg, 1]) / fastest
            if after < home:
                on += math.hypot(start[after, 0] - end[leg, 0], start[after, 1] - end[leg, 1]) / fastest
            there, on = max(there, one), max(on, two)
            if there + on >= bar:
                continue
            one = cost(legs, before, leg)
            if one + on >= bar:
                continue
            two = cost(legs, leg, after)
        if one + two < bar:
            least, place = one + two - now, k
    return (least, place) if place >= 0 else (np.inf, 0)
