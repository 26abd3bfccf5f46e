"""Flights over a city: lines across the wind, low, and what each source alone brings to every reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from upwind.arrays import FloatArray
from upwind.exercise.city.emitters import Emitter, within
from upwind.exercise.city.trades import Spans
from upwind.exercise.conditions import Range, draw
from upwind.exercise.filaments import Filaments, Receptors, TrueSource, concentration, warm_up_s
from upwind.exercise.flights import Flown, Pattern, fly
from upwind.exercise.wind import Stability, Weather, WindError, WindSeries, blow, draw_weather, measure

__all__ = ["TICK_S", "Patrol", "Slot", "draw_patrol", "transported", "wind_rows"]

TICK_S = 0.5
SPEED_M_S: Range = (5.5, 6.5)
SPACING_M = 60.0
#: Of low houses and gardens; the filaments' profile does not reach into rougher ground. [m]
ROUGHNESS_M: Range = (0.15, 0.28)
#: What leaves a house fills its wake first: a filament starts so wide. [m]
WAKE_M: Range = (1.5, 3.0)
#: The mast that measures the wind, and how often it writes. [m], [s]
MAST_M, MAST_S = 10.0, 10
#: Beyond the city's edge. [m]
MARGIN_M = 20.0
#: Filaments a second and source; a city has many sources, and its wakes are wide.
PER_SECOND = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """When and how high a flight is flown: days and hours, local, after the exercise's first midnight. [m]"""

    id: str
    day: int
    hour: float
    height_m: float

    @property
    def begins_s(self) -> float:
        """Seconds after the first midnight."""
        return 86400.0 * self.day + 3600.0 * self.hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Patrol:
    """A flight, in the city's frame: position at every tick, true wind from before the first one; lines' bearing."""

    slot: Slot
    start: datetime
    weather: Weather
    series: WindSeries
    easting: FloatArray
    northing: FloatArray
    up: FloatArray

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return TICK_S * self.easting.size


def draw_patrol(rng: np.random.Generator, slot: Slot, midnight: datetime, reach_m: float) -> Patrol:
    """Return one flight that covers a circle of `reach_m` once; `midnight` begins the exercise, local time."""
    weather = _weather(rng, slot.hour)
    side, speed = 2.0 * (reach_m + MARGIN_M), draw(rng, SPEED_M_S)
    plan = Flown(
        pattern=Pattern.TRANSECTS,
        side_m=side,
        bearing_deg=weather.wind_from_deg + 90.0 + rng.normal(0.0, 10.0),
        heights_m=(slot.height_m,),
        spacing_m=SPACING_M,
        speed_m_s=speed,
    )
    lines = int((side + 1.0) / SPACING_M) + 1
    ticks = 2 * round((lines * side + (lines - 1) * SPACING_M) / speed / (2.0 * TICK_S))
    easting, northing, up = fly(rng, plan, ticks, TICK_S)
    before = warm_up_s(weather, reach_m)
    return Patrol(
        slot=slot,
        start=midnight + timedelta(seconds=slot.begins_s),
        weather=weather,
        series=blow(rng, weather, (-before, ticks * TICK_S), TICK_S),
        easting=easting,
        northing=northing,
        up=up,
    )


def _weather(rng: np.random.Generator, hour: float) -> Weather:
    """Return a day's unstable or neutral air, an evening's neutral or stable air."""
    by_day = (Stability.UNSTABLE, Stability.NEUTRAL)
    by_night = (Stability.NEUTRAL, Stability.STABLE)
    kinds = by_day if 8.0 <= hour < 18.0 else by_night  # noqa: PLR2004 - daylight
    drawn = draw_weather(rng, kinds[int(rng.integers(2))])
    return replace(
        drawn,
        roughness_m=draw(rng, ROUGHNESS_M),
        temperature_k=rng.uniform(285.0, 300.0),
        pressure_pa=rng.uniform(90_000.0, 93_000.0),
    )


def transported(
    rng: np.random.Generator, patrol: Patrol, emitters: Sequence[Emitter], spans: Sequence[Spans]
) -> FloatArray:
    """Return what each emitter brings to every tick, all its compounds together, shape (emitter, tick). [kg m-3]

    Parameters
    ----------
    spans
        When each emits, in seconds since the exercise's first midnight.
    """
    begin = patrol.slot.begins_s
    ends = begin + patrol.series.start_s, begin + patrol.length_s
    nothing = np.zeros((1, patrol.easting.size))
    receptors = Receptors(
        easting=patrol.easting[None],
        northing=patrol.northing[None],
        up=patrol.up[None],
        beam_east=nothing,
        beam_north=nothing,
        beam_up=nothing,
        ticks=patrol.easting.size,
        tick_s=TICK_S,
    )
    sources = tuple(
        TrueSource(
            easting_m=one.easting_m,
            northing_m=one.northing_m,
            height_m=one.height_m,
            rate_kg_h=one.rate_kg_h,
            spans=tuple((first - begin, last - begin) for first, last in within(own, *ends)),
        )
        for one, own in zip(emitters, spans, strict=True)
    )
    filaments = Filaments(per_second=PER_SECOND, size_m=draw(rng, WAKE_M), growth=rng.uniform(0.14, 0.24))
    return concentration(rng, sources, patrol.series, receptors, filaments)[:, 0]


def wind_rows(rng: np.random.Generator, patrol: Patrol) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return time since the start [s], speed [m/s] and direction [deg] that the mast writes down."""
    seconds = np.arange(int(patrol.length_s), dtype=np.float64)
    error = WindError(direction_deg=draw(rng, (3.0, 7.0)), direction_time_s=120.0, speed=0.08, speed_time_s=120.0)
    speed, wind_from = measure(rng, patrol.series, error, seconds, np.full(seconds.size, MAST_M))
    turn = np.radians(wind_from)
    rows = seconds.size // MAST_S
    parts = np.stack([speed * np.sin(turn), speed * np.cos(turn)])[:, : rows * MAST_S]
    east, north = parts.reshape(2, rows, MAST_S).mean(axis=2)
    direction = np.asarray(np.degrees(np.arctan2(east, north)) % 360.0)
    return seconds[::MAST_S][:rows], np.asarray(np.hypot(east, north)), direction
