"""The next legs, best first: expected gain for flight time, over up to three legs ahead.

Sequences grow leg by leg (a beam): the first leg is read from where the aircraft is, the way to it included; to the
others leads the shortest way, which counts as time alone. That later legs will be chosen by what earlier ones read is
left out, so the gain of a sequence is no more than what it will be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.adaptive.belief import Belief
from upwind.flights.adaptive.candidates import Ground, candidates
from upwind.flights.adaptive.gain import Eye, Taught, gain_of, outcomes_of, radii_of, taught
from upwind.records import Estimate

__all__ = ["Craft", "Effort", "Proposal", "propose", "time_of"]

LEVEL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Craft:
    """What flies: where it is and how it moves (east, north) [m, m/s], its speed over ground and its acceleration."""

    place: tuple[float, float]
    velocity: tuple[float, float]
    speed_m_s: float
    acceleration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to think: `outcomes` imagined a leg, `ahead` legs, `beam` sequences kept at each of them."""

    outcomes: int = 32
    ahead: int = 3
    beam: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A next leg, for a person to approve.

    `corners` (corner, 2) of the leg, the first of them where it begins [m]; `time_s` of the way to it and of itself;
    `gain` what it teaches of number, place and rate [nat]; `radius` the 90 % radius of the first source afterwards [m];
    `ahead` how many legs were looked at together, and `rate` the gain of all of them for their time [nat/s].
    """

    corners: FloatArray
    time_s: float
    gain: Estimate
    radius: Estimate
    ahead: int
    rate: float


@dataclass(frozen=True, slots=True)
class _Way:
    """Legs flown one after another: their numbers, matrices, time [s], and where and how fast they end."""

    legs: tuple[int, ...]
    taught: Taught
    time_s: float
    end: Craft

    @property
    def rate(self) -> float:
        return float(gain_of(self.taught).mean()) / self.time_s


def propose(
    rng: np.random.Generator,
    belief: Belief,
    craft: Craft,
    ground: Ground,
    eye: Eye,
    effort: Effort | None = None,
) -> list[Proposal]:
    """Return proposals, best first.

    Parameters
    ----------
    rng
        The same generator gives the same proposals.
    belief
        What is believed now.
    craft, ground, eye
        Where the aircraft is, where it may fly, and what it would read there.
    effort
        How hard to think.
    """
    effort = effort or Effort()
    outcomes = outcomes_of(belief, effort.outcomes)
    legs = [_towards(leg, craft) for leg in candidates(rng, belief, ground)]
    here = np.array(craft.place)
    starts = [
        _first(rng, belief, (number, np.vstack([here, leg])), (craft, eye), outcomes) for number, leg in enumerate(legs)
    ]
    best = {way.legs[0]: way for way in starts}
    front = sorted(starts, key=lambda way: -way.rate)[: effort.beam]
    sole = {way.legs[0]: taught(rng, belief, legs[way.legs[0]], eye, outcomes) for way in front}
    for _ in range(1, effort.ahead):
        further = [
            _after(way, number, legs[number], sole[number])
            for way in front
            for number in sole
            if number not in way.legs
        ]
        front = sorted(further, key=lambda way: -way.rate)[: effort.beam]
        for way in front:
            if way.rate > best[way.legs[0]].rate:
                best[way.legs[0]] = way
    ranked = sorted(starts, key=lambda way: -best[way.legs[0]].rate)
    return [_proposal(way, best[way.legs[0]], legs[way.legs[0]], belief) for way in ranked[: effort.beam]]


def time_of(craft: Craft, corners: FloatArray) -> tuple[float, Craft]:
    """Return how long corners (corner, 2) take [s], and the aircraft at the last of them."""
    time_s, place, velocity = 0.0, np.array(craft.place), np.array(craft.velocity)
    for corner in corners:
        way = float(np.hypot(*(corner - place)))
        if way == 0.0:
            continue
        wanted = (corner - place) / way * craft.speed_m_s
        time_s += way / craft.speed_m_s + float(np.hypot(*(wanted - velocity))) / (2.0 * craft.acceleration)
        place, velocity = corner, wanted
    moved = Craft(
        place=(float(place[0]), float(place[1])),
        velocity=(float(velocity[0]), float(velocity[1])),
        speed_m_s=craft.speed_m_s,
        acceleration=craft.acceleration,
    )
    return time_s, moved


def _towards(leg: FloatArray, craft: Craft) -> FloatArray:
    """Return a leg from whichever end is sooner reached."""
    back = leg[::-1].copy()
    return leg if time_of(craft, leg)[0] <= time_of(craft, back)[0] else back


def _first(
    rng: np.random.Generator,
    belief: Belief,
    leg: tuple[int, FloatArray],
    flying: tuple[Craft, Eye],
    outcomes: IntArray,
) -> _Way:
    number, corners = leg
    craft, eye = flying
    time_s, end = time_of(craft, corners[1:])
    return _Way((number,), taught(rng, belief, corners, eye, outcomes), max(time_s, 1.0), end)


def _after(way: _Way, number: int, leg: FloatArray, sole: Taught) -> _Way:
    """Return the sequence with one leg more, flown from its nearer end."""
    time_s, end = time_of(way.end, _towards(leg, way.end))
    return _Way((*way.legs, number), way.taught + sole, way.time_s + time_s, end)


def _proposal(way: _Way, best: _Way, corners: FloatArray, belief: Belief) -> Proposal:
    gain, radii = gain_of(way.taught), radii_of(way.taught, belief)
    error = 1.645 * float(gain.std()) / np.sqrt(len(gain))
    low, middle, high = np.quantile(radii, [(1.0 - LEVEL) / 2.0, 0.5, (1.0 + LEVEL) / 2.0])
    mean = float(gain.mean())
    return Proposal(
        corners=corners,
        time_s=way.time_s,
        gain=Estimate(median=mean, lower=mean - error, upper=mean + error, level=LEVEL, units="nat"),
        radius=Estimate(median=float(middle), lower=float(low), upper=float(high), level=LEVEL, units="m"),
        ahead=len(best.legs),
        rate=best.rate,
    )
