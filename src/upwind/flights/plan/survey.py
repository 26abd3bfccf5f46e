"""A survey: from an area and an aircraft to lines, sorties, the path between them, and how good all that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import InputError
from upwind.flights.plan.air import air_of
from upwind.flights.plan.bound import Flights, any_lines
from upwind.flights.plan.coverage import covered
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.ground import Ground, Polygon, ground_of
from upwind.flights.plan.parallel import parallel_lines
from upwind.flights.plan.paths import fly
from upwind.flights.plan.search import best_laid
from upwind.flights.plan.sortie import Sortie, Sorties, sortie_of
from upwind.flights.plan.strips import Swath
from upwind.geo import Frame
from upwind.records import Platform, Sensor

__all__ = [
    "Breeze",
    "Effort",
    "Survey",
    "lay",
    "plan_sorties",
    "plan_survey",
    "resurveyed",
    "sorties_of",
    "survey_of",
]

_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Breeze:
    """A steady wind: `speed` [m/s], `from_deg` where it comes from, clockwise from north."""

    speed: float
    from_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to search: courses that are worked out in full, kicks given to the best, and the seed of those."""

    courses: int = 8
    kicks: int = 60
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Sorties):
    """What to fly, and how far from the best possible it is.

    Attributes
    ----------
    frame
        The local frame that all was planned in.
    lower_bound_s
        No plan of straight lines, in whatever directions, that covers the area is quicker; see `bound`. [s]
    parallel_bound_s
        No plan of parallel lines, in whatever direction, is quicker. [s]
    coverage
        Share of the area in a swath, measured on the waypoints as they stand here.
    course
        Of the lines, clockwise from north. [degrees]
    """

    frame: Frame
    lower_bound_s: float
    parallel_bound_s: float
    coverage: float
    course: float

    @property
    def gap(self) -> float:
        """Time over lower bound, less 1."""
        return self.time_s / self.lower_bound_s - 1.0


def plan_survey(
    polygons: Sequence[Polygon],
    platform: Platform,
    sensor: Sensor,
    wind: Breeze | None = None,
    base: tuple[float, float] | None = None,
    effort: Effort | None = None,
) -> Survey:
    """Return a survey that covers an area.

    Parameters
    ----------
    polygons
        Each an outer ring and its holes, (vertex, 2): longitude, latitude [deg]; they do not overlap. Holes need not be
        covered and may be flown over.
    platform
        Gives airspeed, bank of the turns and endurance.
    sensor
        Gives swath, its height, and the overlap of neighbouring swaths.
    wind
        Steady; still air where there is none.
    base
        Longitude, latitude that every sortie leaves and returns to; without one a sortie begins and ends with a line.
    effort
        How hard to search.

    Raises
    ------
    InputError
        The platform does not fly, the sensor has no swath, the wind is too strong, the area is none, or too far away.
    """
    return survey_of(*lay(polygons, platform, sensor, wind, base, effort), sensor)


def survey_of(field: Field, laid: Laid, sensor: Sensor) -> Survey:
    """Return a survey that was laid over a field, and how good it is."""
    flights = Flights(air=field.air, base=field.base, endurance=field.endurance, sorties=len(laid.sorties))
    sorties = sorties_of(field, laid, sensor)
    return Survey(
        frame=field.ground.frame,
        sorties=sorties,
        lower_bound_s=any_lines(field.ground, field.swath, flights),
        parallel_bound_s=parallel_lines(field.ground, field.swath, flights),
        coverage=covered(field.ground, _exported(field.ground, sorties), laid.course, field.swath.width),
        course=_compass(laid.course),
    )


def resurveyed(survey: Survey, field: Field, laid: Laid, sensor: Sensor) -> Survey:
    """Return other sorties for the same area and bounds."""
    sorties = sorties_of(field, laid, sensor)
    seen = covered(field.ground, _exported(field.ground, sorties), laid.course, field.swath.width)
    return replace(survey, sorties=sorties, coverage=seen, course=_compass(laid.course))


def plan_sorties(
    polygons: Sequence[Polygon],
    platform: Platform,
    sensor: Sensor,
    wind: Breeze | None = None,
    base: tuple[float, float] | None = None,
    effort: Effort | None = None,
) -> tuple[Sortie, ...]:
    """Return the sorties of `plan_survey` alone, in about half the time: how good they are is not asked."""
    return sorties_of(*lay(polygons, platform, sensor, wind, base, effort), sensor)


def lay(
    polygons: Sequence[Polygon],
    platform: Platform,
    sensor: Sensor,
    wind: Breeze | None = None,
    base: tuple[float, float] | None = None,
    effort: Effort | None = None,
) -> tuple[Field, Laid]:
    """Return the field of `plan_survey`, and the lines and orders of them that were found best."""
    air = air_of(platform, *((wind.speed, wind.from_deg) if wind is not None else (0.0, 0.0)))
    ground, swath = ground_of(polygons), _swath(sensor)
    home = None
    if base is not None:
        easting, northing = ground.frame.to_local(np.array([base[0]]), np.array([base[1]]))
        home = (float(easting[0]), float(northing[0]))
    field = Field(ground=ground, swath=swath, air=air, base=home, endurance=platform.endurance_h * _HOUR)
    tried = effort if effort is not None else Effort()
    return field, best_laid(field, tried.courses, tried.kicks, tried.seed)


def _compass(course: float) -> float:
    return (90.0 - math.degrees(course)) % 180.0


def _swath(sensor: Sensor) -> Swath:
    if sensor.swath_m is None or sensor.height_m is None:
        msg = f"sensor {sensor.name!r} sees no swath; give one with swath_m, height_m and overlap"
        raise InputError(msg)
    return Swath(width=sensor.swath_m, overlap=sensor.overlap or 0.0)


def sorties_of(field: Field, laid: Laid, sensor: Sensor) -> tuple[Sortie, ...]:
    """Return the sorties of a survey that was laid over a field."""
    flown = [fly(laid.legs, order, field.air) for order in laid.sorties]
    return tuple(sortie_of(field.ground.frame, flight, float(sensor.height_m or 0.0)) for flight in flown)


def _exported(ground: Ground, sorties: Sequence[Sortie]) -> FloatArray:
    """Return the lines between waypoints as they are written, to 1e-7 degrees, in metres."""
    found = []
    for sortie in sorties:
        longitude, latitude, _ = np.round(sortie.waypoints, 7).T
        stops = np.column_stack(ground.frame.to_local(longitude, latitude))
        found.append(np.hstack([stops[sortie.lines[:, 0]], stops[sortie.lines[:, 1]]]))
    return np.concatenate(found)
