"""The nouns: frozen, slotted, keyword-only. Every inferred number is an `Estimate`; times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from upwind.arrays import TRACK, TRAJECTORY, WIND, BoolArray, FloatArray, IntArray, check

__all__ = [
    "Airspace",
    "Authorisation",
    "Datum",
    "Estimate",
    "Fit",
    "Gas",
    "Level",
    "Located",
    "Posterior",
    "Source",
    "Status",
    "Track",
    "Trajectory",
    "Wind",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An inferred number: its median and the interval that holds the truth with probability `level`."""

    median: float
    lower: float
    upper: float
    level: float
    units: str

    def as_json(self) -> dict[str, float | str]:
        """Return the estimate as the file layouts spell it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wind:
    """Weather columns of one length, meeting `WIND`; a column nobody observed is all NaN."""

    time: FloatArray
    wind_speed: FloatArray
    wind_from: FloatArray
    wind_height: FloatArray
    sigma_wind_direction: FloatArray
    friction_velocity: FloatArray
    obukhov_length: FloatArray
    temperature: FloatArray
    pressure: FloatArray

    def __post_init__(self) -> None:
        """Hold the contract."""
        check({spec.name: getattr(self, spec.name) for spec in WIND}, WIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gas:
    """One gas as read: `values` (reading,), NaN = not observed.

    `units` is "ppm" (mole fraction) or "mg/m3" (mass concentration), whatever the file's own unit was.
    """

    name: str
    units: str
    values: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Readings of one or more sensors as columns of one length, meeting `TRACK`.

    `sensor` (reading,) points into `sensors`; `end_*` are NaN for a point and finite for a beam; `wind` is at the
    readings' own times; `extra` keeps the columns that upwind does not know, as text.
    """

    name: str
    sha256: str
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    height: FloatArray
    duration: FloatArray
    end_longitude: FloatArray
    end_latitude: FloatArray
    end_height: FloatArray
    sensor: IntArray
    sensors: tuple[str, ...]
    gases: tuple[Gas, ...]
    wind: Wind
    extra: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        """Hold the contract."""
        check({spec.name: getattr(self, spec.name) for spec in TRACK}, TRACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """Where and when the flights of one file were, as columns of one length, meeting `TRAJECTORY`.

    `row` (sample,) counts the file's rows of positions from 0, as written. `flight`, `platform` (sample,) point into
    `flights`, `platforms`; a name is "" where the file has none. Within one flight samples stand in the file's order.
    `notes` says, a sentence each, what a damaged file lost or what was recovered.
    """

    name: str
    sha256: str
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    height: FloatArray
    altitude: FloatArray
    ellipsoidal_height: FloatArray
    pressure_altitude: FloatArray
    row: IntArray
    flight: IntArray
    flights: tuple[str, ...]
    platform: IntArray
    platforms: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold the contract."""
        check({spec.name: getattr(self, spec.name) for spec in TRAJECTORY}, TRAJECTORY)


class Datum(StrEnum):
    """What a height is measured from."""

    GROUND = "ground"
    SEA = "mean sea level"
    PRESSURE = "standard pressure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A floor or a ceiling: so many metres above a datum; infinite where there is none."""

    metres: float
    datum: Datum


@dataclass(frozen=True, slots=True, kw_only=True)
class Airspace:
    """One area of special use, as published.

    `state` (ISO A3) publishes it; `kind` is the publisher's: "prohibited", "restricted", "danger", "warning", ….
    `rings` are closed outlines (vertex, 2), longitude and latitude [deg], an odd number of which hold what is in the
    area: arcs, parallels and great circles are already broken into chords that lie within a metre of them, and a ring
    over the antimeridian goes on past 180. `active` says when: "always", "by schedule", "by notice" or "unknown";
    `schedule` is the published text.
    """

    id: str
    name: str
    state: str
    kind: str
    rings: tuple[FloatArray, ...]
    floor: Level
    ceiling: Level
    active: str
    schedule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """A state's word that a platform may be over it: from `start` to `end`, both inclusive, between two heights.

    `floor_m`, `ceiling_m` are heights above ground, inclusive; None: no limit. `platform` "*" is any. Without
    `special_use` no area of special use is covered. `area` is a GeoJSON geometry, None: everywhere in the state.
    """

    id: str
    state: str
    start: datetime
    end: datetime
    floor_m: float | None
    ceiling_m: float | None
    platform: str
    special_use: bool
    basis: str
    recorded_by: str
    area: Mapping[str, Any] | None
    conditions: str


class Status(StrEnum):
    """What could be said of a gas."""

    LOCATED = "located"
    NO_SOURCE = "no source"
    NOT_ENOUGH_DATA = "not enough data"
    TOO_CALM = "too calm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source of one flight (or of one group of flights).

    `longitude`, `latitude` are the posterior median; `region_90`, `region_50` are GeoJSON geometries (Polygon or
    MultiPolygon), the smallest regions that hold so much of the position's probability; `easting_90`,
    `northing_90` are [lower, upper] in metres from the median. `emission_rate` is None where the gas has no molar
    mass (`why_no_rate` says so). `probability` is that of the source's existence.
    """

    gas: str
    probability: float
    longitude: float
    latitude: float
    height: Estimate
    emission_rate: Estimate | None
    why_no_rate: str
    easting_90: tuple[float, float]
    northing_90: tuple[float, float]
    region_90: Mapping[str, Any]
    region_50: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The readings as the locator saw them, beside what its posterior would have read.

    All (reading,), in `units`: `observed` (NaN = none), `ambient`, and `median`, `lower`, `upper` of the posterior
    predictive at 90 %. `wind_speed` [m/s] and `wind_from` [deg] are those used. `used` is False for readings left out.
    """

    units: str
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    sensor: IntArray
    sensors: tuple[str, ...]
    observed: FloatArray
    ambient: FloatArray
    median: FloatArray
    lower: FloatArray
    upper: FloatArray
    wind_speed: FloatArray
    wind_from: FloatArray
    used: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """Equally weighted draws, for pictures and diagnosis.

    `draw`, `source` (point,) say to which draw and which reported source (-1: none) each position belongs;
    `longitude`, `latitude` [deg], `height` [m], `emission_rate` [kg/h] (point,). `trace` maps a quantity's name to
    its value a tempering step (step,), `nuisance` to its value a draw (draw,). `effective_sample_size` counts
    independent draws.
    """

    draw: IntArray
    source: IntArray
    longitude: FloatArray
    latitude: FloatArray
    height: FloatArray
    emission_rate: FloatArray
    nuisance: Mapping[str, FloatArray]
    trace: Mapping[str, FloatArray]
    effective_sample_size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """The answer for one gas: a status and why, how many sources, and each of them.

    `number_of_sources` pairs a number with its probability; `fit` and `posterior` are None where nothing was fitted.
    """

    gas: str
    status: Status
    why: str
    number_of_sources: tuple[tuple[int, float], ...]
    sources: tuple[Source, ...]
    fit: Fit | None
    posterior: Posterior | None
