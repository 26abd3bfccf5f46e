"""The wind that somebody at the place may meet: draws from a wind file's rows of that hour of the day.

Rows without an Obukhov length get a class after Pasquill from their speed and the sun; as nobody saw the clouds, a
clear, a broken and an overcast sky are drawn alike. Without a file, half of the draws are class F at 1.5 m/s and half
class D at 3 m/s, the worst and the usual case of EPA's Risk Management Program (EPA 550-B-99-009), from any side.

References
----------
Pasquill 1961, Meteorological Magazine 90, 33-49 (unverified), as tabulated by NOAA's Air Resources Laboratory
(www.ready.noaa.gov/READYpgclass.php); where the table gives two classes, the more stable one is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.dispersion.stability import friction_ratio, obukhov_of_class, pasquill_class
from upwind.errors import InputError
from upwind.records import Estimate, Wind, WindOfHour

__all__ = ["DRAWS", "SLOWEST_M_S", "Blowing", "estimate_of", "wind_of_hour"]

#: Draws of wind, rate, place and model; the quantiles shown stand at 5 and 95 %.
DRAWS = 600
#: Below this the air drifts anywhere, and no plume model holds: such draws blow so fast, from any side. [m/s]
SLOWEST_M_S = 1.0
#: A wind from higher up is brought down to this height, to which the spread's curves belong. [m]
_HEIGHT_M = 10.0
#: How far the wind at the place may be from that of the mast. [deg]
_DIRECTION_ERROR_DEG = 10.0
_HOUR_S, _DAY_S = 3600.0, 86_400.0
#: Fewer rows of one hour are no climatology.
_FEWEST_ROWS = 3
_ROOM_K = 298.15
#: Classes 0 (A) to 5 (F) by speed (below 2, 3, 5, 6 m/s, faster) for strong, moderate, slight sun, overcast, night.
_SPEEDS = (2.0, 3.0, 5.0, 6.0)
_BY_SUN = np.array(
    [[0, 1, 1, 2, 2], [1, 1, 2, 3, 3], [1, 2, 2, 3, 3], [3, 3, 3, 3, 3], [4, 4, 3, 3, 3], [5, 5, 4, 3, 3]]
)
_OVERCAST, _NIGHT_BROKEN, _NIGHT_CLEAR = 3, 4, 5
#: Heights of the sun at which its strength changes (Turner 1970, Workbook of Atmospheric Dispersion Estimates). [deg]
_STRONG, _MODERATE, _SLIGHT = 60.0, 35.0, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Blowing:
    """Draws of the wind: unit vectors toward which it blows (draw, 2), speed [m/s] and Pasquill class, 0 to 5."""

    toward: FloatArray
    speed: FloatArray
    pasquill: IntArray
    temperature_k: float


def wind_of_hour(
    wind: Wind | None, time_s: float | None, place: tuple[float, float], roughness_m: float, rng: np.random.Generator
) -> tuple[Blowing, WindOfHour]:
    """Return draws of the wind, `DRAWS` of them, and what is told of it.

    Parameters
    ----------
    time_s
        Since 1970; rows within an hour of its time of day count. None: every row. [s]
    place
        Longitude and latitude. [deg]
    roughness_m
        Of the ground, for the wind's profile.

    Raises
    ------
    InputError
        No row has both a speed and a direction.
    """
    if wind is None:
        return _assumed(rng)
    usable = np.isfinite(wind.wind_speed) & np.isfinite(wind.wind_from)
    if not usable.any():
        msg = "wind: no row has both a speed and a direction; give a wind file with them, or none"
        raise InputError(msg)
    of_hour = usable & _near_hour(wind.time, time_s)
    is_hour = time_s is not None and int(of_hour.sum()) >= _FEWEST_ROWS
    rows = np.flatnonzero(of_hour if is_hour else usable)
    at = rng.choice(rows, DRAWS)
    pasquill = _classes(wind, at, place, rng)
    speed = _at_height(wind.wind_speed[at], wind.wind_height[at], pasquill, roughness_m)
    bearing = wind.wind_from[at] + _DIRECTION_ERROR_DEG * rng.standard_normal(DRAWS)
    calm = speed < SLOWEST_M_S
    bearing = np.where(calm, rng.uniform(0.0, 360.0, DRAWS), bearing)
    warm = wind.temperature[rows]
    blowing = Blowing(
        toward=_toward(bearing),
        speed=np.maximum(speed, SLOWEST_M_S),
        pasquill=pasquill,
        temperature_k=float(np.nanmedian(warm)) if np.isfinite(warm).any() else _ROOM_K,
    )
    return blowing, _told(blowing, "hour" if is_hour else "all", len(rows), float(calm.mean()))


def estimate_of(values: FloatArray, units: str) -> Estimate:
    """Return the median and the central 90 % of draws."""
    lower, median, upper = np.quantile(values, (0.05, 0.5, 0.95))
    return Estimate(median=float(median), lower=float(lower), upper=float(upper), level=0.9, units=units)


def _assumed(rng: np.random.Generator) -> tuple[Blowing, WindOfHour]:
    stable = np.arange(DRAWS) % 2 == 0
    blowing = Blowing(
        toward=_toward(rng.uniform(0.0, 360.0, DRAWS)),
        speed=np.where(stable, 1.5, 3.0),
        pasquill=np.where(stable, 5, 3).astype(np.int64),
        temperature_k=_ROOM_K,
    )
    return blowing, _told(blowing, "none", 0, 0.0)


def _told(blowing: Blowing, kind: str, rows: int, calm: float) -> WindOfHour:
    """Return what is said of the wind; a direction only where it has one."""
    mean = blowing.toward.mean(axis=0)
    length = float(np.hypot(*mean))
    # The circular standard deviation, and the length of a mean of so many vectors that point anywhere.
    spread = math.degrees(math.sqrt(max(-2.0 * math.log(max(length, 1e-9)), 0.0)))
    anywhere = length < 0.25 or kind == "none"  # noqa: PLR2004 - a spread of 95 degrees
    wind_from = math.nan if anywhere else math.degrees(math.atan2(-mean[0], -mean[1])) % 360.0
    return WindOfHour(
        kind=kind,
        rows=rows,
        wind_from=wind_from,
        spread_deg=math.nan if anywhere else spread,
        speed=estimate_of(blowing.speed, "m/s"),
        calm=calm,
    )


def _toward(wind_from: FloatArray) -> FloatArray:
    turn = np.radians(wind_from)
    return np.column_stack([-np.sin(turn), -np.cos(turn)])


def _near_hour(time: FloatArray, time_s: float | None) -> BoolArray:
    if time_s is None:
        return np.ones(len(time), dtype=np.bool_)
    apart = np.mod(time - time_s + _DAY_S / 2.0, _DAY_S) - _DAY_S / 2.0
    near: BoolArray = np.abs(apart) <= _HOUR_S
    return near


def _at_height(speed: FloatArray, height: FloatArray, pasquill: IntArray, roughness_m: float) -> FloatArray:
    """Return winds measured above `_HEIGHT_M` brought down to it, others as they are. [m/s]

    A plume near the ground is carried by the wind below 10 m; on Prairie Grass, zones for a wind brought up from 3 m
    to 10 m fell short of one arc in twelve, for the wind as it was of one in thirty.
    """
    ratio = np.ones(len(speed))
    for index in np.flatnonzero(height > _HEIGHT_M):
        inverse = obukhov_of_class(int(pasquill[index]))
        above = friction_ratio(float(height[index]), roughness_m, inverse)
        ratio[index] = friction_ratio(_HEIGHT_M, roughness_m, inverse) / above
    brought: FloatArray = speed * ratio
    return brought


def _classes(wind: Wind, at: IntArray, place: tuple[float, float], rng: np.random.Generator) -> IntArray:
    """Return the Pasquill class of rows: from the Obukhov length where it is known, else from speed and sun."""
    sun = _sun_height_deg(wind.time[at], place)
    speed = wind.wind_speed[at]
    clouds = rng.integers(0, 3, len(at))
    by_day = np.minimum(np.searchsorted([-_STRONG, -_MODERATE, -_SLIGHT], -sun) + clouds, _OVERCAST)
    by_night = np.choose(clouds, [_NIGHT_CLEAR, _NIGHT_BROKEN, _OVERCAST])
    row = np.where(sun > 0.0, by_day, by_night)
    guessed = _BY_SUN[row, np.searchsorted(_SPEEDS, speed, side="right")]
    length = wind.obukhov_length[at]
    known = np.array([pasquill_class(1.0 / each) if math.isfinite(each) else -1 for each in length])
    return np.where(known >= 0, known, guessed).astype(np.int64)


def _sun_height_deg(time: FloatArray, place: tuple[float, float]) -> FloatArray:
    """Return how high the sun stands, to about a degree or two; the equation of time is left out. [deg]"""
    day_of_year = np.mod(time / _DAY_S, 365.2425)
    declination = np.radians(-23.44) * np.cos(2.0 * np.pi * (day_of_year + 10.0) / 365.2425)
    hour = np.radians(np.mod(time / _DAY_S, 1.0) * 360.0 + place[0] - 180.0)
    latitude = math.radians(place[1])
    sine = math.sin(latitude) * np.sin(declination) + math.cos(latitude) * np.cos(declination) * np.cos(hour)
    height: FloatArray = np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
    return height
