"""What was inferred: numbers with their intervals, sources, and what stands behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from upwind.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Estimate", "Fit", "Located", "Posterior", "Source", "Status"]


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

    `figures` are the numbers of `why` by name, where nothing was fitted: what there was, and the least that would do.
    `number_of_sources` pairs a number with its probability; `fit` and `posterior` are None where nothing was fitted.
    """

    gas: str
    status: Status
    why: str
    number_of_sources: tuple[tuple[int, float], ...]
    sources: tuple[Source, ...]
    fit: Fit | None
    posterior: Posterior | None
    figures: Mapping[str, float] = field(default_factory=dict)
