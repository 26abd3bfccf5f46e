"""Visits to the dwellings of exercise cities: what a low pass smells downwind of each, with shops at work all round.

A city is flown three times; what every source brings, per unit rate, is computed once a flight, and who emits what is
drawn anew several times over it. A hidden source is laid over the same air, so many metres upwind of a pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.city.emitters import HIDDEN, LEAST_PART, PAIRS, Emitter, TwoState
from upwind.exercise.city.noses import TEN, ppb, smell
from upwind.exercise.city.patrols import TICK_S, Patrol, Slot, transported, wind_rows
from upwind.exercise.city.trades import draw_gas, open_spans, trades
from upwind.exercise.city.world import MIDNIGHT, City, CityConditions, draw_city

__all__ = ["DISTANCES_M", "HIDDEN", "RATES_G_S", "REDRAWS", "VISITS", "Sample", "visits_of"]

DISTANCES_M = (50.0, 100.0, 200.0)
RATES_G_S = (0.02, 0.05, 0.1, 0.2, 0.5)
VISITS, REDRAWS, COPIES = 3, 4, 3
HEIGHT_M = 12.0
#: A dwelling is visited by the nearest line that crosses its wind so far downwind. [m]
NEAREST_M, FARTHEST_M = 20.0, 140.0
#: Half of what is looked at across the wind: a part that does not grow with distance, and one that does.
HALF_M, HALF_PART = 12.0, 0.25
#: Seconds of the best stretch within it, and what the nose is late by, nominally. [s]
BEST_S, LATE_S = 5, 1.7
#: Of a line's readings; what stands out by more of its own error is above the limit.
LIMIT_SIGMA = 3.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one visit found at one place: `label` says of what, `value` and `sigma` (channel,) [ppb]."""

    label: dict[str, Any]
    value: FloatArray
    sigma: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """One line of a flight: its ticks, the places of its readings (reading,) and where the mast says wind is from."""

    ticks: slice
    easting: FloatArray
    northing: FloatArray
    toward: FloatArray

    def offsets(self, place: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
        """Return how far downwind of a place, and how far aside, each reading is. [m]"""
        east, north = self.easting - place[0], self.northing - place[1]
        return east * self.toward[0] + north * self.toward[1], east * self.toward[1] - north * self.toward[0]


def visits_of(seed: int) -> Iterator[Sample]:
    """Give every sample of one city: each visit to each dwelling, and to each hidden source laid over it."""
    rng = np.random.default_rng([seed, 24])
    slots = tuple(
        Slot(id=f"V{day}", day=day, hour=float(rng.uniform(8.0, 20.0)), height_m=HEIGHT_M) for day in range(VISITS)
    )
    city = draw_city(rng, CityConditions(slots=slots, nose=TEN, pair=None))
    flown = [_fly(rng, city, patrol) for patrol in city.patrols]
    for redraw in range(REDRAWS):
        emitters = [_redrawn(rng, one) for one in city.emitters]
        secrets = [_secret(rng) for _ in range(len(DISTANCES_M) * COPIES)]
        for visit, (patrol, lines, mass, spots) in enumerate(flown):
            label = {"city": seed, "redraw": redraw, "visit": visit}
            air = _air(rng, patrol, emitters, mass[: len(emitters)])
            yield from _dwellings(rng, city, lines, air, label)
            yield from _hidden(rng, patrol, (lines, spots), (air, mass[len(emitters) :], secrets), label)


def _fly(rng: np.random.Generator, city: City, patrol: Patrol) -> tuple[Patrol, list[_Pass], FloatArray, list[Any]]:
    """Return a flight's lines, what each source brings per kg/h, and where the hidden ones are laid."""
    lines = _lines(rng, patrol)
    spots = []
    toward = np.radians(patrol.weather.wind_from_deg + 180.0)
    for distance in (d for d in DISTANCES_M for _ in range(COPIES)):
        line = int(rng.integers(len(lines)))
        middle = int(lines[line].easting.size * rng.uniform(0.3, 0.7))
        place = lines[line].easting[middle], lines[line].northing[middle]
        spots.append((line, (place[0] - distance * np.sin(toward), place[1] - distance * np.cos(toward))))
    laid = [
        Emitter(
            id="",
            kind=HIDDEN,
            easting_m=float(place[0]),
            northing_m=float(place[1]),
            height_m=float(rng.uniform(2.0, 4.0)),
            gas={},
            rate_kg_h=1.0,
            works="24/7",
        )
        for _, place in spots
    ]
    everyone = [*(replace(one, rate_kg_h=1.0) for one in city.emitters), *laid]
    always = ((0.0, 86400.0 * (VISITS + 1)),)
    return patrol, lines, transported(rng, patrol, everyone, [always] * len(everyone)), spots


def _lines(rng: np.random.Generator, patrol: Patrol) -> list[_Pass]:
    """Return the straight lines of a flight, those of at least half a minute."""
    east, north = patrol.easting[::2], patrol.northing[::2]
    heading = np.unwrap(np.arctan2(np.gradient(east), np.gradient(north)))
    breaks = np.flatnonzero(np.abs(np.diff(heading)) > np.radians(8.0)) + 1
    seconds, speed, wind_from = wind_rows(rng, patrol)
    passes = []
    for first, last in zip([0, *breaks], [*breaks, east.size], strict=True):
        if last - first < 30:  # noqa: PLR2004 - half a minute
            continue
        around = (seconds >= first - 60.0) & (seconds <= last)
        radians = np.radians(wind_from[around])
        toward = -np.array([(speed[around] * np.sin(radians)).mean(), (speed[around] * np.cos(radians)).mean()])
        passes.append(
            _Pass(
                ticks=slice(2 * int(first), 2 * int(last)),
                easting=east[first:last],
                northing=north[first:last],
                toward=toward / np.hypot(*toward),
            )
        )
    return passes


def _redrawn(rng: np.random.Generator, emitter: Emitter) -> Emitter:
    """Return another shop of the same trade at the same place."""
    trade = next(one for one in trades() if one.name == emitter.kind)
    low, high = np.log(trade.rate_kg_h)
    return replace(emitter, gas=draw_gas(rng, trade), rate_kg_h=float(np.exp(rng.uniform(low, high))))


def _secret(rng: np.random.Generator) -> float:
    """Return the part of the first of two hidden compounds."""
    return float(rng.uniform(LEAST_PART, 1.0 - LEAST_PART))


def _air(rng: np.random.Generator, patrol: Patrol, emitters: list[Emitter], mass: FloatArray) -> FloatArray:
    """Return what all that is at work brings, shape (channel, tick). [ppb]"""
    air = np.zeros((len(TEN.channels), mass.shape[1]))
    for emitter, own in zip(emitters, mass, strict=True):
        if isinstance(emitter.works, TwoState):
            at_work = rng.uniform() < emitter.works.duty
        else:
            midnight = MIDNIGHT + timedelta(seconds=patrol.slot.begins_s)
            at_work = bool(open_spans(emitter.works, midnight, 60.0))
        if at_work:
            air += ppb(TEN, emitter.gas, patrol.weather)[:, None] * own * emitter.rate_kg_h
    return air


def _dwellings(
    rng: np.random.Generator, city: City, lines: list[_Pass], air: FloatArray, label: dict[str, Any]
) -> Iterator[Sample]:
    """Give what the nearest line downwind finds of each dwelling."""
    read = [smell(rng, TEN, air[:, line.ticks], TICK_S)[0][:, ::2] for line in lines]
    for building in city.streets.buildings:
        if not building.is_home:
            continue
        place = city.streets.of(building)
        aside = [_abeam(line, place) for line in lines]
        fits = [(away, at) for at, away in enumerate(aside) if NEAREST_M <= away <= FARTHEST_M]
        if fits:
            away, at = min(fits)
            yield _sample(lines[at], read[at], place, label | {"kind": "dwelling", "id": building.id, "away_m": away})


def _abeam(line: _Pass, place: tuple[float, float]) -> float:
    """Return how far downwind of a place a line crosses its wind; NaN where it does not. [m]"""
    along, aside = line.offsets(place)
    nearest = int(np.argmin(np.abs(aside)))
    return float(along[nearest]) if abs(aside[nearest]) < HALF_M else float("nan")


def _hidden(
    rng: np.random.Generator,
    patrol: Patrol,
    where: tuple[list[_Pass], list[Any]],
    what: tuple[FloatArray, FloatArray, list[float]],
    label: dict[str, Any],
) -> Iterator[Sample]:
    """Give what is found of each hidden source, for each rate and pair, over the air of the city."""
    (lines, spots), (air, laid, secrets) = where, what
    for number, ((at, place), own, part) in enumerate(zip(spots, laid, secrets, strict=True)):
        line = lines[at]
        for pair in PAIRS:
            smells = ppb(TEN, {pair[0]: part, pair[1]: 1.0 - part}, patrol.weather)[:, None] * own[line.ticks]
            for rate in RATES_G_S:
                read, _ = smell(rng, TEN, air[:, line.ticks] + 3.6 * rate * smells, TICK_S)
                told = {"kind": HIDDEN, "id": number, "away_m": DISTANCES_M[number // COPIES]}
                yield _sample(line, read[:, ::2], place, label | told | {"rate": rate, "pair": PAIRS.index(pair)})


def _sample(line: _Pass, read: FloatArray, place: tuple[float, float], label: dict[str, Any]) -> Sample:
    """Return what a line finds of a place: its best seconds about the place's wind, above the rest of the line."""
    late = round(LATE_S)
    along, aside = line.offsets(place)
    half = HALF_M + HALF_PART * label["away_m"]
    inside = np.zeros(read.shape[1], dtype=bool)
    inside[late:] = ((np.abs(aside) <= half) & (along > 0.0))[: read.shape[1] - late]
    noise = np.median(np.abs(np.diff(read, axis=1)), axis=1) / (0.6745 * np.sqrt(2.0))
    ambient = np.median(read[:, ~inside], axis=1) if (~inside).sum() > BEST_S else np.median(read, axis=1)
    excess = read - ambient[:, None]
    stretch = np.apply_along_axis(np.convolve, 1, excess, np.ones(BEST_S) / BEST_S, mode="same")
    whole = np.where(inside, (stretch / noise[:, None]).sum(axis=0), -np.inf)
    best = int(np.argmax(whole))
    counted = np.sqrt(noise**2 + np.maximum(stretch[:, best], 0.0) / TEN.counts)
    rest = 1.25 * noise / np.sqrt(max(int((~inside).sum()), BEST_S))
    return Sample(label=label, value=stretch[:, best], sigma=np.hypot(counted / np.sqrt(BEST_S), rest))
