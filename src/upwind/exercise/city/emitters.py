"""Who emits in a city: shops while they are open, homes now and then, and one hidden source that goes on and off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from upwind.exercise.city.trades import Spans, Trade, draw_gas, open_spans
from upwind.exercise.conditions import Range, draw

__all__ = ["HIDDEN", "PAIRS", "Emitter", "TwoState", "emitting", "hidden_emitter", "shop", "within"]

#: What the hidden one is called in the truth.
HIDDEN = "hidden"
#: Two listed compounds (tables of the UN convention of 1988) co-emitted: the first pair has one that is rare in benign
#: gas, the second is of everyday solvents alone. Which goes with which is a choice of this exercise and tells nothing.
PAIRS = (("acetone", "diethyl ether"), ("toluene", "acetone"))
#: The hidden source lets out between these, both compounds together. [kg/h]
RATE_KG_H: Range = (0.4, 1.4)
#: Neither of the two compounds is less than this part of it.
LEAST_PART = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoState:
    """A process that is on and off for exponential times, of means `on_s` and `off_s`."""

    on_s: float
    off_s: float

    @property
    def duty(self) -> float:
        """The part of the time that it is on."""
        return self.on_s / (self.on_s + self.off_s)

    def spans(self, rng: np.random.Generator, length_s: float) -> Spans:
        """Return when it is on, from a stationary start, for `length_s`."""
        spans, time, on = [], 0.0, bool(rng.uniform() < self.duty)
        while time < length_s:
            stays = float(rng.exponential(self.on_s if on else self.off_s))
            if on:
                spans.append((time, min(time + stays, length_s)))
            time, on = time + stays, not on
        return tuple(spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitter:
    """One source of a city.

    Attributes
    ----------
    kind
        Its trade's name, or `HIDDEN`.
    easting_m, northing_m, height_m
        In the city's frame.
    gas
        Part of each compound by mass; what is missing to 1 no nose smells.
    rate_kg_h
        While it emits, all compounds together.
    works
        Opening hours, or the process that it follows.
    """

    id: str
    kind: str
    easting_m: float
    northing_m: float
    height_m: float
    gas: Mapping[str, float]
    rate_kg_h: float
    works: str | TwoState


#: Painting, fires and engines at homes: an hour or so, a few times a day.
HOME = TwoState(on_s=3600.0, off_s=5.0 * 3600.0)
#: The hidden source works for hours, and rests for longer.
HIDDEN_WORKS = TwoState(on_s=3.0 * 3600.0, off_s=4.0 * 3600.0)


def shop(rng: np.random.Generator, trade: Trade, place: tuple[str, float, float]) -> Emitter:
    """Return a benign source of a trade at `place` (id, easting, northing)."""
    low, high = np.log(trade.rate_kg_h)
    return Emitter(
        id=place[0],
        kind=trade.name,
        easting_m=place[1],
        northing_m=place[2],
        height_m=draw(rng, trade.height_m),
        gas=draw_gas(rng, trade),
        rate_kg_h=float(np.exp(rng.uniform(low, high))),
        works=trade.opening_hours or HOME,
    )


def hidden_emitter(rng: np.random.Generator, pair: tuple[str, str], place: tuple[str, float, float]) -> Emitter:
    """Return the hidden source: two listed compounds from a house."""
    part = rng.uniform(LEAST_PART, 1.0 - LEAST_PART)
    return Emitter(
        id=place[0],
        kind=HIDDEN,
        easting_m=place[1],
        northing_m=place[2],
        height_m=rng.uniform(2.0, 4.0),
        gas={pair[0]: float(part), pair[1]: float(1.0 - part)},
        rate_kg_h=draw(rng, RATE_KG_H),
        works=HIDDEN_WORKS,
    )


def emitting(rng: np.random.Generator, emitter: Emitter, start: datetime, length_s: float) -> Spans:
    """Return when an emitter lets gas go within `length_s` of `start` (local time)."""
    if isinstance(emitter.works, TwoState):
        return emitter.works.spans(rng, length_s)
    return open_spans(emitter.works, start, length_s)


def within(spans: Spans, begin: float, end: float) -> Spans:
    """Return the parts of spans between two times, of the same clock.

    Examples
    --------
    >>> within(((0.0, 5.0), (8.0, 9.0)), 3.0, 8.5)
    ((3.0, 5.0), (8.0, 8.5))
    """
    cut = ((max(first, begin), min(last, end)) for first, last in spans)
    return tuple((first, last) for first, last in cut if first < last)
