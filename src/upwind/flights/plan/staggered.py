"""Sorties given out to several aircraft so that they keep clear: who flies which, which way round, and from when.

Sorties are given out one by one, each to the aircraft that can take off with it first, as early as keeps it clear of
all that were given out before (`apart`); an aircraft takes off again when it has landed for certain. Orders, and which
way round each sortie is flown, are tried; the best is kept. Only take-offs by the clock keep aircraft clear: whoever is
later than `occupied.LATE_S` has to wait for a new plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.apart import clashes, earliest
from upwind.flights.plan.occupied import Occupied
from upwind.flights.plan.sortie import Sortie

__all__ = ["Flown", "Option", "staggered"]

#: Orders and ways round that are drawn, beside those that are thought of.
_DRAWN = 400
#: Number of a sortie, and which of its options is flown.
Choice = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way round of a sortie, and where it may be."""

    sortie: Sortie
    held: Occupied


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """That an aircraft, from 0, takes off with one option of a sortie; `begin` after the plan's start. [s]"""

    aircraft: int
    number: int
    option: int
    begin: float


def staggered(options: Sequence[Sequence[Option]], aircraft: int, layers: int, across_m: float) -> list[Flown]:
    """Return who flies each sortie and when, so that the last one is home as early as was found.

    Parameters
    ----------
    options
        Of each sortie, its ways round.
    layers
        Heights that transits are flown at: aircraft share one where they are more, or lines' own where it is 0.
    across_m
        What is kept over ground. [m]
    """
    known: dict[tuple[Choice, Choice, bool], FloatArray] = {}

    def barred(first: Choice, second: Choice, shared: bool) -> FloatArray:  # noqa: FBT001 - a key
        key = (first, second, shared)
        if key not in known:
            held = [options[number][option].held for number, option in (first, second)]
            known[key] = clashes(held[0], held[1], across_m, shared=shared)
            known[second, first, shared] = -known[key][::-1, ::-1]
        return known[key]

    def last(flown: Sequence[Flown]) -> float:
        return max(one.begin + options[one.number][one.option].sortie.time_s for one in flown)

    ready = [[option.held.home_s for option in sortie] for sortie in options]
    tried = (_given_out(order, ready, aircraft, layers, barred) for order in _orders(options))
    return min(tried, key=last)


def _given_out(
    order: Sequence[Choice],
    ready: Sequence[Sequence[float]],
    aircraft: int,
    layers: int,
    barred: Callable[[Choice, Choice, bool], FloatArray],
) -> list[Flown]:
    """Return who flies each sortie of an order, from when; `ready` is how long each takes an aircraft. [s]"""
    free = [0.0] * aircraft
    found: list[Flown] = []
    for choice in order:
        begins = []
        for who in range(aircraft):
            others = [
                (one.begin, barred((one.number, one.option), choice, _shares(who, one.aircraft, layers)))
                for one in found
                if one.aircraft != who
            ]
            begins.append(earliest(free[who], others))
        who = begins.index(min(begins))
        found.append(Flown(aircraft=who, number=choice[0], option=choice[1], begin=begins[who]))
        free[who] = begins[who] + ready[choice[0]][choice[1]]
    return found


def _shares(one: int, other: int, layers: int) -> bool:
    return layers == 0 or one % layers == other % layers


def _orders(options: Sequence[Sequence[Option]]) -> Iterator[list[Choice]]:
    """Yield orders: the longest first, as surveyed, the other way round, and some that are drawn."""
    count = len(options)
    yield [(number, 0) for number in sorted(range(count), key=lambda number: -options[number][0].sortie.time_s)]
    yield [(number, 0) for number in range(count)]
    yield [(number, len(options[number]) - 1) for number in reversed(range(count))]
    chance = np.random.default_rng(0)
    for _ in range(_DRAWN):
        numbers = chance.permutation(count).tolist()
        yield [(number, int(chance.integers(len(options[number])))) for number in numbers]
