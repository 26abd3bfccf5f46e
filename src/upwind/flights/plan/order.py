"""The order of lines and the way each is flown: descent from good starts, kicks, and descent again.

Moves are those of travelling-salesman searches with asymmetric costs: a stretch flown backward (2-opt, each of its
legs turned round; Croes 1958, https://doi.org/10.1287/opre.6.6.791) and a short stretch moved elsewhere, either way
round (or-opt, Or 1976, unverified). Kicks exchange two neighbouring stretches (double bridge, Martin, Otto and Felten
1991, unverified). The effort is a number of kicks, never a time, and a seed makes it repeatable.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.flights.plan.cuts import cuts_time
from upwind.flights.plan.legs import Columns, Legs, columns, cost

__all__ = ["improved", "oriented", "time_of"]

#: A stretch that is moved has at most so many legs.
_STRETCH = 3
#: Less than this is no gain. [s]
_GAIN = 1e-6
#: Stretches that a kick exchanges are at most so long.
_KICK = 30


def time_of(legs: Legs, order: IntArray) -> float:
    """Return the time of legs flown in an order, from the base and back to it where there is one. [s]"""
    return float(_time(columns(legs), _closed(legs, order)))


def oriented(legs: Legs, lines: IntArray) -> IntArray:
    """Return the legs of lines in a given order, each the way that makes the whole quickest."""
    found: IntArray = _oriented(columns(legs), lines)
    return found


def improved(legs: Legs, starts: list[IntArray], near: IntArray, endurance: float, draws: FloatArray) -> IntArray:
    """Return an order of legs that no move improves: the best of starts, improved, kicked and improved again.

    Orders are compared by the time of their sorties.

    Parameters
    ----------
    starts
        Orders of the same legs, each shape (leg,).
    near
        As `near_of` gives it.
    endurance
        Of a sortie. [s]
    draws
        Of 0 to 1, three a kick, shape (kick, 3): the effort.
    """
    if len(starts[0]) == 1:
        return min(starts, key=lambda order: time_of(legs, order))
    every = np.arange(len(starts[0]) + 1)
    found = [_descended(columns(legs), _closed(legs, start), near, every) for start in starts]
    best = min(found, key=lambda tour: float(cuts_time(columns(legs), tour[1:-1], endurance)))
    kicked: IntArray = _kicked(columns(legs), best, near, endurance, draws)
    return kicked[1:-1]


def _closed(legs: Legs, order: IntArray) -> IntArray:
    home = len(legs.time)
    return np.concatenate([[home], order, [home]]).astype(np.int64)


@njit(cache=True)
def _time(legs: Columns, tour: IntArray) -> float:
    total = 0.0
    for k in range(len(tour) - 1):
        total += cost(legs, tour[k], tour[k + 1])
    return total


@njit(cache=True)
def _oriented(legs: Columns, lines: IntArray) -> IntArray:
    count, home = len(lines), len(legs[2])
    best = np.empty((count, 2))
    came = np.zeros((count, 2), dtype=np.int64)
    for way in range(2):
        best[0, way] = cost(legs, home, 2 * lines[0] + way)
    for k in range(1, count):
        for way in range(2):
            leg = 2 * lines[k] + way
            there = best[k - 1, 0] + cost(legs, 2 * lines[k - 1], leg)
            back = best[k - 1, 1] + cost(legs, 2 * lines[k - 1] + 1, leg)
            came[k, way] = 0 if there <= back else 1
            best[k, way] = min(there, back)
    last = 2 * lines[-1]
    way = 0 if best[-1, 0] + cost(legs, last, home) <= best[-1, 1] + cost(legs, last + 1, home) else 1
    out = np.empty(count, dtype=np.int64)
    for k in range(count - 1, -1, -1):
        out[k] = 2 * lines[k] + way
        way = came[k, way]
    return out


@njit(cache=True)
def _sums(legs: Columns, tour: IntArray, forward: FloatArray, back: FloatArray, place: IntArray) -> None:
    """Note the time up to each place, flown forward and backward, and where each line is."""
    forward[0] = back[0] = forward[1] = back[1] = 0.0
    home = len(legs[2])
    for k in range(1, len(tour) - 1):
        place[tour[k] >> 1] = k
        if k > 1:
            forward[k] = forward[k - 1] + cost(legs, tour[k - 1], tour[k])
            back[k] = back[k - 1] + cost(legs, tour[k] ^ 1, tour[k - 1] ^ 1)
    place[home >> 1] = 0


@njit(cache=True)
def _flip_gain(legs: Columns, tour: IntArray, sums: tuple[FloatArray, FloatArray], i: int, j: int) -> float:
    """Return what flying places i to j backward saves. [s]"""
    forward, back = sums
    before, after = tour[i - 1], tour[j + 1]
    old = cost(legs, before, tour[i]) + forward[j] - forward[i] + cost(legs, tour[j], after)
    new = back[j] - back[i] + cost(legs, before, tour[j] ^ 1)
    return float(old - new - cost(legs, tour[i] ^ 1, after))


@njit(cache=True)
def _flip(tour: IntArray, i: int, j: int) -> None:
    while i < j:
        tour[i], tour[j] = tour[j] ^ 1, tour[i] ^ 1
        i, j = i + 1, j - 1
    if i == j:
        tour[i] ^= 1


@njit(cache=True)
def _move_gain(
    legs: Columns,
    tour: IntArray,
    sums: tuple[FloatArray, FloatArray],
    stretch: tuple[int, int],
    k: int,
    turned: bool,  # noqa: FBT001
) -> float:
    """Return what moving a stretch between places k and k + 1 saves; k is outside of it. [s]"""
    i, j = stretch
    forward, back = sums
    first, last = (tour[j] ^ 1, tour[i] ^ 1) if turned else (tour[i], tour[j])
    old = cost(legs, tour[i - 1], tour[i]) + cost(legs, tour[j], tour[j + 1]) + cost(legs, tour[k], tour[k + 1])
    new = cost(legs, tour[i - 1], tour[j + 1]) + cost(legs, tour[k], first) + cost(legs, last, tour[k + 1])
    inner = (forward[j] - forward[i] - back[j] + back[i]) if turned else 0.0
    # A leg's own time stands in the cost of coming to it: those of the ends of the stretch.
    return float(old + inner - new)


@njit(cache=True)
def _move(tour: IntArray, stretch: tuple[int, int], k: int, turned: bool) -> None:  # noqa: FBT001
    i, j = stretch
    taken = tour[i : j + 1].copy()
    count = j - i + 1
    if turned:
        _flip(taken, 0, count - 1)
    if k > j:
        tour[i : k + 1 - count] = tour[j + 1 : k + 1].copy()
        tour[k + 1 - count : k + 1] = taken
    else:
        tour[k + 1 + count : j + 1] = tour[k + 1 : i].copy()
        tour[k + 1 : k + 1 + count] = taken


@njit(cache=True)
def _step(
    legs: Columns, tour: IntArray, sums: tuple[FloatArray, FloatArray], place: IntArray, at: int, leg: int
) -> bool:
    """Let `leg` follow the leg at a place if that saves time; return whether it was done."""
    j = place[leg >> 1]
    same = tour[j] == leg
    if same and j == at + 1:
        return False
    if not same and j > at and _flip_gain(legs, tour, sums, at + 1, j) > _GAIN:
        _flip(tour, at + 1, j)
        return True
    for more in range(_STRETCH):
        # The leg is the first of what is moved: it and the next ones, or it turned round and the ones before.
        i, last = (j, j + more) if same else (j - more, j)
        if i < 1 or last > len(tour) - 2 or i <= at <= last:
            break
        if at != i - 1 and _move_gain(legs, tour, sums, (i, last), at, not same) > _GAIN:
            _move(tour, (i, last), at, not same)
            return True
    return False


@njit(cache=True)
def _descended(legs: Columns, start: IntArray, near: IntArray, touched: IntArray) -> IntArray:
    """Return a tour no move improves near the places touched, nor near those that moves touch in turn."""
    tour = start.copy()
    size, home = len(tour), len(legs[2])
    sums = (np.zeros(size), np.zeros(size))
    place = np.zeros(home // 2 + 1, dtype=np.int64)
    _sums(legs, tour, sums[0], sums[1], place)
    waiting = np.zeros(home // 2 + 1, dtype=np.bool_)
    queue = np.empty(home // 2 + 1, dtype=np.int64)
    head, held = 0, 0
    for k in touched:
        held = _wait(queue, waiting, head, held, tour[k] >> 1)
    while held > 0:
        line = queue[head]
        head, held = (head + 1) % len(queue), held - 1
        waiting[line] = False
        moved = True
        while moved:
            old = tour.copy()
            moved = _any_step(legs, tour, sums, place, near, place[line])
            if not moved:
                continue
            _sums(legs, tour, sums[0], sums[1], place)
            held = _wake(queue, waiting, head, held, (tour, old))
    return tour


@njit(cache=True)
def _wake(queue: IntArray, waiting: BoolArray, head: int, held: int, tours: tuple[IntArray, IntArray]) -> int:
    """Let the lines at the seams of what a move changed wait; return how many wait."""
    tour, old = tours
    for k in range(1, len(tour) - 1):
        if tour[k] == old[k] or (k > 1 and tour[k - 1] != old[k - 1] and tour[k + 1] != old[k + 1]):
            continue
        for line in (tour[k] >> 1, old[k] >> 1, tour[k - 1] >> 1):
            held = _wait(queue, waiting, head, held, line)
    return held


@njit(cache=True)
def _wait(queue: IntArray, waiting: BoolArray, head: int, held: int, line: int) -> int:
    """Put a line at the end of a queue unless it waits already; return how many wait."""
    if waiting[line]:
        return held
    waiting[line] = True
    queue[(head + held) % len(queue)] = line
    return held + 1


@njit(cache=True)
def _any_step(
    legs: Columns, tour: IntArray, sums: tuple[FloatArray, FloatArray], place: IntArray, near: IntArray, at: int
) -> bool:
    """Try what is likely to help at one place: a better next leg, or all from here, or up to here, flown backward."""
    last = len(tour) - 2
    if at < last and _flip_gain(legs, tour, sums, at + 1, last) > _GAIN:
        _flip(tour, at + 1, last)
        return True
    if at >= 1 and _flip_gain(legs, tour, sums, 1, at) > _GAIN:
        _flip(tour, 1, at)
        return True
    if at == 0:
        return False
    for leg in near[tour[at]]:  # noqa: SIM110 - kernels know no generators
        if leg >= 0 and place[leg >> 1] > 0 and _step(legs, tour, sums, place, at, leg):
            return True
    return False


@njit(cache=True)
def _kicked(legs: Columns, start: IntArray, near: IntArray, endurance: float, draws: FloatArray) -> IntArray:
    best = start.copy()
    time = cuts_time(legs, best[1:-1], endurance)
    inner = len(best) - 2
    for draw in range(len(draws)):
        if inner < 4:  # noqa: PLR2004 - too few to exchange
            break
        first = 1 + int(draws[draw, 0] * (inner - 2))
        middle = first + 1 + int(draws[draw, 1] * min(_KICK, inner - first - 1))
        last = middle + 1 + int(draws[draw, 2] * min(_KICK, inner - middle))
        tour = best.copy()
        tour[first : first + last - middle] = best[middle:last]
        tour[first + last - middle : last] = best[first:middle]
        seam = first + last - middle
        around = np.array([first - 1, first, middle - 1, middle, last - 1, seam - 1, seam])
        tour = _descended(legs, tour, near, around)
        found = cuts_time(legs, tour[1:-1], endurance)
        if found <= time:
            best, time = tour, found
    return best
