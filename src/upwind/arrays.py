"""Contracts: what each column of numbers means, in which unit, and within which bounds.

One frozen spec serves validation, the error message and the documentation. Missing is NaN, never a sentinel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from upwind.errors import ContractError

__all__ = [
    "PRESENCE",
    "ROUTE",
    "TRACK",
    "TRAJECTORY",
    "WIND",
    "ArraySpec",
    "BoolArray",
    "FloatArray",
    "IntArray",
    "check",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArraySpec:
    """The contract of one array.

    Attributes
    ----------
    name, units, meaning
        As the glossary says them; `units` is "" for what has none.
    dims
        Names of the dimensions.
    lower, upper
        Least and greatest value that can be true, both inclusive.
    missing
        Whether NaN (not observed) may stand in it.
    """

    name: str
    units: str
    meaning: str
    dims: tuple[str, ...] = ("reading",)
    lower: float = -np.inf
    upper: float = np.inf
    missing: bool = True


#: One reading a row: when, where, how long, and for a beam where it ends.
TRACK = (
    ArraySpec(name="time", units="s", meaning="start of the averaging time, since 1970-01-01T00:00Z", missing=False),
    ArraySpec(name="longitude", units="deg", meaning="east of Greenwich, WGS84", lower=-180, upper=180, missing=False),
    ArraySpec(name="latitude", units="deg", meaning="north of the equator, WGS84", lower=-90, upper=90, missing=False),
    ArraySpec(name="height", units="m", meaning="above ground", lower=-100, upper=100_000),
    ArraySpec(name="duration", units="s", meaning="averaging time", lower=0, upper=31_557_600),
    ArraySpec(name="end_longitude", units="deg", meaning="where a beam ends", lower=-180, upper=180),
    ArraySpec(name="end_latitude", units="deg", meaning="where a beam ends", lower=-90, upper=90),
    ArraySpec(name="end_height", units="m", meaning="where a beam ends, above ground", lower=-100, upper=100_000),
)

#: One position a row: when and where a flight was, and how high over each datum that the file speaks of.
TRAJECTORY = (
    ArraySpec(name="time", units="s", meaning="since 1970-01-01T00:00Z", missing=False),
    ArraySpec(name="longitude", units="deg", meaning="east of Greenwich, WGS84", lower=-180, upper=180, missing=False),
    ArraySpec(name="latitude", units="deg", meaning="north of the equator, WGS84", lower=-90, upper=90, missing=False),
    ArraySpec(name="height", units="m", meaning="above ground", lower=-100, upper=100_000),
    ArraySpec(name="altitude", units="m", meaning="above mean sea level", lower=-1000, upper=100_000),
    ArraySpec(name="ellipsoidal_height", units="m", meaning="above the WGS84 ellipsoid", lower=-1000, upper=100_000),
    ArraySpec(name="pressure_altitude", units="m", meaning="of the standard atmosphere", lower=-2000, upper=100_000),
)

#: One waypoint of a plan a row; what its height is measured from stands beside it.
ROUTE = (
    ArraySpec(name="longitude", units="deg", meaning="east of Greenwich, WGS84", lower=-180, upper=180, missing=False),
    ArraySpec(name="latitude", units="deg", meaning="north of the equator, WGS84", lower=-90, upper=90, missing=False),
    ArraySpec(name="height", units="m", meaning="as planned", lower=-1000, upper=100_000),
)

#: One sample a row: when and where a flight was in a state, and between which heights. Missing height: not known.
PRESENCE = (
    ArraySpec(name="time", units="s", meaning="since 1970-01-01T00:00Z", missing=False),
    ArraySpec(name="longitude", units="deg", meaning="east of Greenwich, WGS84", lower=-180, upper=180, missing=False),
    ArraySpec(name="latitude", units="deg", meaning="north of the equator, WGS84", lower=-90, upper=90, missing=False),
    ArraySpec(name="lowest", units="m", meaning="least that the height above ground can be"),
    ArraySpec(name="highest", units="m", meaning="most that the height above ground can be"),
)

#: The weather at the times of the readings.
WIND = (
    ArraySpec(name="time", units="s", meaning="since 1970-01-01T00:00Z", missing=False),
    ArraySpec(name="wind_speed", units="m/s", meaning="horizontal, mean", lower=0, upper=150),
    ArraySpec(
        name="wind_from", units="deg", meaning="where it comes from, clockwise from north", lower=-360, upper=720
    ),
    ArraySpec(name="wind_height", units="m", meaning="of the anemometer above ground", lower=0, upper=100_000),
    ArraySpec(name="sigma_wind_direction", units="deg", meaning="standard deviation of direction", lower=0, upper=180),
    ArraySpec(name="friction_velocity", units="m/s", meaning="u*, from the surface stress", lower=0, upper=20),
    ArraySpec(name="obukhov_length", units="m", meaning="L, negative when unstable"),
    ArraySpec(name="temperature", units="K", meaning="of the air", lower=150, upper=350),
    ArraySpec(name="pressure", units="Pa", meaning="of the air", lower=100, upper=120_000),
)


def check(arrays: Mapping[str, Any], contract: tuple[ArraySpec, ...]) -> None:
    """Raise `ContractError` unless every array of the contract is there, of one shape and within its bounds."""
    shapes = set()
    for spec in contract:
        array = arrays.get(spec.name)
        if not isinstance(array, np.ndarray) or array.dtype != np.float64:
            msg = f"{spec.name}: a float64 array is needed"
            raise ContractError(msg)
        shapes.add(array.shape)
        missing = np.isnan(array)
        if missing.any() and not spec.missing:
            msg = f"{spec.name}: {int(missing.sum())} values are missing, none may be"
            raise ContractError(msg)
        wrong = ~missing & ((array < spec.lower) | (array > spec.upper))
        if wrong.any():
            msg = f"{spec.name} [{spec.units}]: {array[wrong][0]:g} is not within {spec.lower:g} to {spec.upper:g}"
            raise ContractError(msg)
    if len(shapes) > 1:
        msg = f"arrays of one contract must share one shape, not {sorted(shapes)}"
        raise ContractError(msg)
