"""Which legs to fly in an hour: the most expected finds for the time, and how far from the best possible.

What legs find together is monotone and submodular: a leg finds less where others have looked. Legs are put in one by
one, each time the one that finds the most for the time that it adds to the tour, ways and turns included, until none
fits; then parts of the tour are taken out and filled anew as long as more is found (Shaw's large neighbourhood search).

No plan can find more than the relaxed problem allows, in which every piece of a leg may be flown any number of times,
parts of one too, and no time is lost between pieces. Its value is concave, so at any point the tangent bounds it from
above: ``F* <= F(z) + grad F . (z* - z)``, with z* all in the steepest piece.

References
----------
Koopman 1957, The theory of search III, doi 10.1287/opre.5.5.613 (unverified). Stone 1975, Theory of Optimal Search,
Academic Press. Leskovec et al. 2007, Cost-effective outbreak detection in networks, doi 10.1145/1281192.1281239
(unverified). Shaw 1998, doi 10.1007/3-540-49481-2_30 (unverified).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.search.lattice import Lattice, Stretch
from upwind.flights.search.legs import Leg, Motion, as_table, flight_time
from upwind.flights.search.tour import insertions, shortened

__all__ = ["Chosen", "Effort", "best_possible", "choose"]

#: Columns that a leg may span.
_SPANS = (2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 40, 55, 75)
#: How many of the most promising legs are tried at every place of the tour, beside the best of each row.
_TRIED = 60
#: What a leg's way is thought to cost before it is known, when the most promising are picked. [s]
_WAY_S = 20.0
#: Share of a tour that is taken out at once.
_RUIN = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What may be spent: time in the air [s], where it begins and ends (None: anywhere), and rounds of improvement."""

    time_s: float
    height_m: float
    base: tuple[float, float] | None = None
    rounds: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Legs in flying order; base to base they take `time_s`.

    `expected` is the expected number of finds of the model; no plan of legs across the wind within the same time has
    more than `bound`.
    """

    legs: tuple[Leg, ...]
    time_s: float
    expected: float
    bound: float

    @property
    def gap(self) -> float:
        """Return how much more the best possible could find: bound / expected - 1. [1]"""
        return self.bound / self.expected - 1.0 if self.expected > 0.0 else np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Stretches in flying order with their table (leg, 4), base included, and what is left to find."""

    stretches: tuple[Stretch, ...]
    tour: FloatArray
    left: FloatArray


def choose(rng: np.random.Generator, lattice: Lattice, motion: Motion, effort: Effort) -> Chosen:
    """Return the legs that are worth flying.

    Parameters
    ----------
    rng
        Decides which parts of the tour are taken out.
    lattice
        Of the map in the wind that blows.
    motion
        Of the aircraft in that wind.
    effort
        What may be spent.
    """
    base = np.array([[*effort.base, *effort.base]] * 2) if effort.base is not None else np.empty((0, 4))
    plan = _filled(_Plan(stretches=(), tour=base, left=lattice.worth), lattice, motion, effort)
    for _ in range(effort.rounds):
        size = len(plan.stretches)
        if size == 0:
            break
        count = max(round(_RUIN * size), 1)
        first = int(rng.integers(max(size - count, 0) + 1))
        taken = range(first, first + count) if rng.uniform() < 0.5 else rng.choice(size, count, replace=False)  # noqa: PLR2004 - half and half
        again = _filled(_without(plan, {int(one) for one in taken}, lattice), lattice, motion, effort)
        if again.left.sum() < plan.left.sum():
            plan = again
    inner = plan.tour[1:-1] if effort.base is not None else plan.tour
    legs = tuple(
        Leg(start=(float(x), float(y)), end=(float(u), float(v)), height_m=effort.height_m) for x, y, u, v in inner
    )
    expected = float(lattice.worth.sum() - plan.left.sum())
    return Chosen(
        legs=legs,
        time_s=float(flight_time(plan.tour, motion.as_tuple())),
        expected=expected,
        bound=max(best_possible(lattice, motion, effort.time_s), expected),
    )


def best_possible(lattice: Lattice, motion: Motion, time_s: float, steps: int = 32) -> float:
    """Return a number of expected finds that no legs across the wind within a time exceed."""
    # The faster of both ways along a leg: across the wind they are alike but for rounding.
    one = as_table([lattice.leg(Stretch(0, 0, 1), 0.0), lattice.leg(Stretch(0, 0, 1), 0.0).reversed()])
    piece_s = min(float(flight_time(row[None], motion.as_tuple())) for row in one)
    budget = time_s / piece_s
    density = np.where(lattice.allowed, budget / lattice.allowed.sum(), 0.0)
    least = np.inf
    for _ in range(steps):
        value, slope = lattice.steeper(lattice.worth, density)
        slope = np.where(lattice.allowed, slope, 0.0)
        least = min(least, value - float((slope * density).sum()) + budget * float(slope.max()))
        if not slope.max() > 0.0:
            break
        # Effort goes where it pays more than the mean, and is all spent; the ratio itself would overshoot.
        density = density * np.sqrt(slope / slope.max())
        density *= budget / density.sum()
    return float(min(least, lattice.worth.sum()))


def _filled(plan: _Plan, lattice: Lattice, motion: Motion, effort: Effort) -> _Plan:
    """Return a plan into which no further leg fits."""
    fixed = (1, 1) if effort.base is not None else (0, 0)
    stretches, tour, left = list(plan.stretches), plan.tour, plan.left
    gains = np.where(lattice.allowed, lattice.gains(left), 0.0)
    while True:
        picked, found = _promising(lattice, gains, motion.airspeed_m_s)
        if not picked:
            break
        table = as_table([lattice.leg(one, effort.height_m) for one in picked])
        added, place, turned = insertions(tour, table, (fixed[0], len(tour) - fixed[1]), motion.as_tuple())
        spare = effort.time_s - flight_time(tour, motion.as_tuple())
        rate = np.where(added <= spare, found / np.maximum(added, 1.0), 0.0)
        best = int(np.argmax(rate))
        if not rate[best] > 0.0:
            shorter, order = shortened(tour, fixed, motion.as_tuple())
            if flight_time(shorter, motion.as_tuple()) > flight_time(tour, motion.as_tuple()) - 1.0:
                break
            stretches = [stretches[one - fixed[0]] for one in order[fixed[0] : len(order) - fixed[1]]]
            tour = shorter
            continue
        at = int(place[best])
        leg = table[best][[2, 3, 0, 1]] if turned[best] else table[best]
        tour = np.insert(tour, at, leg, axis=0)
        stretches.insert(at - fixed[0], picked[best])
        left = lattice.left_after(left, picked[best])
        _renew(gains, lattice, left, picked[best].row)
    return _Plan(stretches=tuple(stretches), tour=tour, left=left)


def _renew(gains: FloatArray, lattice: Lattice, left: FloatArray, row: int) -> None:
    """Set anew, in place, the gains of the rows that see what a leg in one row sees."""
    reach = lattice.offsets[-1] - lattice.offsets[0]
    rows = slice(max(row - reach, 0), min(row + reach + 1, gains.shape[0]))
    gains[rows] = np.where(lattice.allowed[rows], lattice.rows_gained(left, rows), 0.0)


def _promising(lattice: Lattice, gains: FloatArray, speed_m_s: float) -> tuple[list[Stretch], FloatArray]:
    """Return legs that find much for their length, the best of each row among them, and what each finds."""
    total = np.concatenate([np.zeros((gains.shape[0], 1)), np.cumsum(gains, axis=1)], axis=1)
    open_ = np.concatenate([np.zeros((gains.shape[0], 1)), np.cumsum(lattice.allowed, axis=1)], axis=1)
    parts: list[tuple[IntArray, IntArray, IntArray, FloatArray]] = []
    for span in (one for one in _SPANS if one <= gains.shape[1]):
        start = np.arange(0, gains.shape[1] - span + 1, max(span // 5, 1))
        whole = open_[:, start + span] - open_[:, start] > span - 0.5
        row, column = np.nonzero(whole)
        gained = (total[:, start + span] - total[:, start])[row, column]
        parts.append((row, start[column], np.full(row.size, span), gained))
    row, first, wide = (np.concatenate([part[axis] for part in parts]).astype(np.int64) for axis in range(3))
    gain = np.concatenate([part[3] for part in parts])
    if row.size == 0:
        return [], gain
    score = gain / (wide * lattice.step_m / speed_m_s + _WAY_S)
    best = np.argsort(-score, kind="stable")[:_TRIED]
    by_row = np.lexsort((-score, row))
    tops = by_row[np.flatnonzero(np.diff(row[by_row], prepend=-1))]
    picked = np.unique(np.concatenate([best, tops]))
    picked = picked[gain[picked] > 0.0]
    return [Stretch(int(row[i]), int(first[i]), int(first[i] + wide[i])) for i in picked], gain[picked]


def _without(plan: _Plan, taken: set[int], lattice: Lattice) -> _Plan:
    """Return a plan without some of its legs, by their places."""
    kept = [place for place in range(len(plan.stretches)) if place not in taken]
    offset = 1 if len(plan.tour) > len(plan.stretches) else 0
    rows = [*range(offset), *(place + offset for place in kept), *range(len(plan.tour) - offset, len(plan.tour))]
    left = lattice.worth
    for place in kept:
        left = lattice.left_after(left, plan.stretches[place])
    return _Plan(stretches=tuple(plan.stretches[place] for place in kept), tour=plan.tour[rows], left=left)
