"""Tracks in, located sources out: compose the parts of this package for each gas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.geo import Frame
from upwind.invert.observations import Observations, common_frame, gather
from upwind.invert.problem import Tuning, build
from upwind.invert.scan import birth_map
from upwind.invert.smc import Effort, sample
from upwind.invert.stations import is_network
from upwind.invert.summary import draws_of, fit_of, number_probabilities, posterior_of, sources_of
from upwind.records import Located, Status, Track

__all__ = ["CALM", "LEAST_READINGS", "MOST_READINGS", "Settings", "box_of", "locate"]

#: Fewer readings than this locate nothing.
LEAST_READINGS = 6
#: A median wind below this carries nothing anywhere in particular. [m/s]
CALM = 0.5
#: How far upwind of the tracks a source may be when nobody drew an area. [m]
_UPWIND_M = 1000.0
#: The same for sensors that stand still and share their air, in widths of their field: a source farther away than this
#: reads alike at all of them, and is part of that air.
_UPWIND_WIDTHS, _LEAST_UPWIND_M = 2.0, 100.0
#: And how far beside them. [m]
_MARGIN_M = 20.0
#: Readings beyond so many are averaged: of platforms that move, and of sensors that stand still, whose errors and wind
#: change from one moment to the next.
MOST_READINGS = (700, 2000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What to look for, and where.

    `gases` empty: every gas column; `area` west, south, east, north [deg], None: the tracks' box extended upwind.
    """

    gases: tuple[str, ...] = ()
    area: tuple[float, float, float, float] | None = None
    max_sources: int = 5
    seed: int = 0
    effort: Effort = field(default_factory=Effort)
    tuning: Tuning = field(default_factory=Tuning)


def locate(
    tracks: Sequence[Track], settings: Settings, progress: Callable[[float], None] = lambda _: None
) -> tuple[Located, ...]:
    """Return the answer for each gas; all tracks are fitted jointly.

    Raises
    ------
    InputError
        Where a gas asked for is in no track, or no reading has wind.
    """
    present = tuple(dict.fromkeys(g.name for t in tracks for g in t.gases))
    for gas in settings.gases:
        if gas not in present:
            msg = f"gas {gas!r} is in no track; there is {', '.join(present) or 'none'}"
            raise InputError(msg)
    frame = common_frame(tracks)
    gases = settings.gases or present
    return tuple(
        _locate_gas(tracks, gas, settings, (frame, np.random.default_rng([settings.seed, number])), progress)
        for number, gas in enumerate(gases)
    )


def _locate_gas(
    tracks: Sequence[Track],
    gas: str,
    settings: Settings,
    about: tuple[Frame, np.random.Generator],
    progress: Callable[[float], None],
) -> Located:
    frame, rng = about
    observations = gather(tracks, gas, frame, MOST_READINGS)
    if observations is None or len(observations.time) < LEAST_READINGS:
        count = 0 if observations is None else len(observations.time)
        why = f"{count} readings with wind, {LEAST_READINGS} are needed"
        return _nothing(gas, Status.NOT_ENOUGH_DATA, why, readings=count, least=LEAST_READINGS)
    wind = float(np.median(observations.weather["wind_speed"]))
    if wind < CALM:
        why = f"median wind {wind:.1f} m/s is below {CALM} m/s"
        return _nothing(gas, Status.TOO_CALM, why, wind=wind, least=CALM)
    box = box_of(observations, settings.area, frame)
    problem = build(observations, box, settings.max_sources, settings.tuning)
    births = birth_map(problem, settings.max_sources)
    population = sample(rng, problem, births, settings.effort, progress)
    draws = draws_of(population, problem)
    sources = sources_of(draws, observations, gas)
    none = float((draws.number == 0).mean())
    status = Status.LOCATED if sources else Status.NO_SOURCE
    return Located(
        gas=gas,
        status=status,
        why=f"probability of no source {none:.2f}",
        number_of_sources=number_probabilities(draws.number, settings.max_sources),
        sources=sources,
        fit=fit_of(rng, population, problem, observations),
        posterior=posterior_of(draws, population, problem, observations),
    )


def _nothing(gas: str, status: Status, why: str, **figures: float) -> Located:
    return Located(
        gas=gas,
        status=status,
        why=why,
        number_of_sources=(),
        sources=(),
        fit=None,
        posterior=None,
        figures=figures,
    )


def box_of(observations: Observations, area: tuple[float, float, float, float] | None, frame: Frame) -> FloatArray:
    """Return west, east, south, north in the local frame. [m]"""
    if area is not None:
        west, south, east, north = area
        easting, northing = frame.to_local(np.array([west, east, west, east]), np.array([south, south, north, north]))
        return np.array([easting.min(), easting.max(), northing.min(), northing.max()])
    points = np.concatenate([observations.start, observations.end])
    from_ = np.radians(observations.weather["wind_from"])
    width = float(np.hypot(*np.ptp(points[:, :2], axis=0)))
    reach_m = min(_UPWIND_M, max(_UPWIND_WIDTHS * width, _LEAST_UPWIND_M)) if is_network(observations) else _UPWIND_M
    upwind_east, upwind_north = reach_m * np.sin(from_), reach_m * np.cos(from_)
    reach = [np.minimum(upwind_east, 0).min(), np.maximum(upwind_east, 0).max()]
    reach += [np.minimum(upwind_north, 0).min(), np.maximum(upwind_north, 0).max()]
    return np.array(
        [
            points[:, 0].min() + reach[0] - _MARGIN_M,
            points[:, 0].max() + reach[1] + _MARGIN_M,
            points[:, 1].min() + reach[2] - _MARGIN_M,
            points[:, 1].max() + reach[3] + _MARGIN_M,
        ]
    )
