"""One city with its secret: who emits and when, what was flown over it, and what a nose on board read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.city.emitters import HIDDEN, PAIRS, Emitter, emitting, hidden_emitter, shop, within
from upwind.exercise.city.noses import FOUR, Nose, ppb, smell
from upwind.exercise.city.patrols import TICK_S, Patrol, Slot, draw_patrol, transported, wind_rows
from upwind.exercise.city.streets import Building, Streets, draw_streets
from upwind.exercise.city.trades import Spans, trades

__all__ = ["MIDNIGHT", "WEEK", "City", "CityConditions", "Flight", "draw_city", "fly_over"]

#: A Tuesday in the year 2030, local time: nobody takes it for a measurement.
MIDNIGHT = datetime(2030, 6, 4)  # noqa: DTZ001 - clocks there, of no zone
#: Two days of flights: one as high as over people at first, then as low as the exercise's authorisation lets it.
WEEK = (
    Slot(id="F1", day=0, hour=10.0, height_m=30.0),
    Slot(id="F2", day=0, hour=15.0, height_m=12.0),
    Slot(id="F3", day=2, hour=9.5, height_m=12.0),
    Slot(id="F4", day=2, hour=16.0, height_m=12.0),
    Slot(id="F5", day=2, hour=20.5, height_m=12.0),
)
#: Shops at work are never the whole city: so many homes paint, burn wood or let an engine run now and then.
HOMES_A_TRADE = 2
DAY_S = 86400.0
#: The hidden source is drawn anew until it can be learnt from: so long on over one low flight, and silent over another.
SHOWS_S = 600.0
LOW_M = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CityConditions:
    """What a city is like: blocks across and along, when it is flown, who smells, and which compounds are hidden."""

    blocks: tuple[int, int] = (5, 4)
    slots: tuple[Slot, ...] = WEEK
    nose: Nose = FOUR
    pair: tuple[str, str] | None = PAIRS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city, its emitters and when each lets gas go [s since `MIDNIGHT`], and its flights before anything is read."""

    conditions: CityConditions
    streets: Streets
    emitters: tuple[Emitter, ...]
    spans: tuple[Spans, ...]
    patrols: tuple[Patrol, ...]

    @property
    def hidden(self) -> Emitter | None:
        """The hidden source, if there is one."""
        return next((one for one in self.emitters if one.kind == HIDDEN), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """What one flight wrote down, a row a second.

    Attributes
    ----------
    read
        Shape (channel, reading). [ppb]
    peak
        The most that any reading holds of each emitter, in the channel's noise, shape (emitter, channel).
    share
        The part of the flight during which each emitter emitted, shape (emitter,).
    wind
        Time since the start [s], speed [m/s], direction [deg] of the mast.
    """

    patrol: Patrol
    read: FloatArray
    peak: FloatArray
    share: FloatArray
    wind: tuple[FloatArray, FloatArray, FloatArray]


def draw_city(rng: np.random.Generator, conditions: CityConditions | None = None) -> City:
    """Return a city, its emitters, and its flights' ways and winds."""
    chosen = conditions or CityConditions()
    streets = draw_streets(rng, chosen.blocks)
    benign = _benign(rng, streets)
    patrols = tuple(draw_patrol(rng, slot, MIDNIGHT, streets.reach_m) for slot in chosen.slots)
    length = DAY_S * (1 + max(slot.day for slot in chosen.slots))
    spans = [emitting(rng, one, MIDNIGHT, length) for one in benign]
    emitters = list(benign)
    if chosen.pair is not None:
        emitters.append(hidden_emitter(rng, chosen.pair, _house(rng, streets)))
        spans.append(_works(rng, emitters[-1], patrols, length))
    return City(conditions=chosen, streets=streets, emitters=tuple(emitters), spans=tuple(spans), patrols=patrols)


def fly_over(rng: np.random.Generator, city: City, patrol: Patrol) -> Flight:
    """Return what a flight reads."""
    nose = city.conditions.nose
    mass = transported(rng, patrol, city.emitters, city.spans)
    shares = np.array([ppb(nose, one.gas, patrol.weather) for one in city.emitters])
    read, noise = smell(rng, nose, shares.T @ mass, TICK_S)
    begin = patrol.slot.begins_s
    lasted = [_lasts(within(own, begin, begin + patrol.length_s)) / patrol.length_s for own in city.spans]
    return Flight(
        patrol=patrol,
        read=read[:, ::2],
        peak=mass.max(axis=1)[:, None] * shares / noise,
        share=np.array(lasted),
        wind=wind_rows(rng, patrol),
    )


def _benign(rng: np.random.Generator, streets: Streets) -> list[Emitter]:
    """Return every shop of the map, and some homes that no map shows."""
    kinds = {tuple(sorted(trade.tags.items())): trade for trade in trades() if trade.is_mapped}
    found = []
    for building in streets.buildings:
        tags = tuple(sorted((k, v) for k, v in building.tags.items() if k not in {"opening_hours", "building:levels"}))
        if tags in kinds:
            found.append(shop(rng, kinds[tags], (building.id, *streets.of(building))))
    for trade in trades():
        if not trade.is_mapped:
            found += [shop(rng, trade, _house(rng, streets)) for _ in range(HOMES_A_TRADE)]
    return found


def _house(rng: np.random.Generator, streets: Streets) -> tuple[str, float, float]:
    """Return id, easting and northing of any home."""
    homes: list[Building] = [building for building in streets.buildings if building.is_home]
    home = homes[int(rng.integers(len(homes)))]
    return (home.id, *streets.of(home))


def _works(rng: np.random.Generator, hidden: Emitter, patrols: tuple[Patrol, ...], length_s: float) -> Spans:
    """Return when the hidden source works: at some flight, and not at every one where there are several."""
    while True:
        spans = emitting(rng, hidden, MIDNIGHT, length_s)
        over = [
            _lasts(within(spans, patrol.slot.begins_s, patrol.slot.begins_s + patrol.length_s))
            for patrol in patrols
            if patrol.slot.height_m < LOW_M
        ] or [SHOWS_S]
        shows = max(over) >= min(SHOWS_S, patrols[0].length_s)
        if shows and (min(over) == 0.0 or len(over) == 1):
            return spans


def _lasts(spans: Spans) -> float:
    """Return how long spans last together. [s]"""
    return float(sum(last - first for first, last in spans))
