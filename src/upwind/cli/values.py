"""What an option's text may say: argparse turns what these refuse into a usage fault, exit code 2."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from upwind.readers.mission import MOST_SOURCES
from upwind.records import Estimate

__all__ = [
    "area_of",
    "circle_of",
    "count_of",
    "direction_of",
    "halvings_of",
    "interval_of",
    "mass_of",
    "metres_of",
    "moment_of",
    "position_of",
    "rate_of",
    "seconds_of",
    "seed_of",
    "shares_of",
    "sources_of",
    "wind_of",
    "zone_of",
]


def area_of(text: str) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a text such as ``-98.6,42.4,-98.5,42.5``, in degrees.

    Examples
    --------
    >>> area_of("-98.6,42.4,-98.5,42.5")
    (-98.6, 42.4, -98.5, 42.5)
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        msg = f"{text!r} is not four numbers W,S,E,N"
        raise argparse.ArgumentTypeError(msg) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004 - the globe
        msg = f"{text!r} is no box of degrees: west before east, south before north"
        raise argparse.ArgumentTypeError(msg)
    return west, south, east, north


def _above_zero(what: str) -> Callable[[str], float]:
    """Return what reads a number above zero."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if not 0.0 < value < math.inf:
            msg = f"{text!r} is not {what} above 0"
            raise argparse.ArgumentTypeError(msg)
        return value

    return read


#: A time [s], a distance [m], and a number or rate that need not be whole.
seconds_of = _above_zero("a number of seconds")
metres_of = _above_zero("a number of metres")
rate_of = _above_zero("a number")


def mass_of(text: str) -> float:
    """Return a mass above zero [kg]."""
    try:
        mass = float(text)
    except ValueError:
        mass = 0.0
    if not 0.0 < mass < math.inf:
        msg = f"{text!r} is not a number of kilograms above 0"
        raise argparse.ArgumentTypeError(msg)
    return mass


def interval_of(text: str) -> Estimate:
    """Return the emission rate of a text such as ``0.1,0.36,1.2``: lower, medium, upper at 90 %. [kg/h]"""
    try:
        lower, median, upper = (float(part) for part in text.split(","))
    except ValueError:
        msg = f"{text!r} is not three numbers LOWER,MEDIUM,UPPER"
        raise argparse.ArgumentTypeError(msg) from None
    if not 0.0 < lower <= median <= upper < math.inf:
        msg = f"{text!r} is no rate with its interval: above 0, lower before medium before upper"
        raise argparse.ArgumentTypeError(msg)
    return Estimate(median=median, lower=lower, upper=upper, level=0.9, units="kg/h")


def _whole(least: int, most: float) -> Callable[[str], int]:
    """Return what reads whole numbers within bounds."""

    def read(text: str) -> int:
        if not (text.isdecimal() and text.isascii() and least <= int(text) <= most):
            bounds = f"of {least} or more" if most == float("inf") else f"from {least} to {most:g}"
            msg = f"{text!r} is not a whole number {bounds}"
            raise argparse.ArgumentTypeError(msg)
        return int(text)

    return read


#: A seed, how many sorties, and the most sources of an answer.
seed_of = _whole(0, float("inf"))
count_of = _whole(1, 50)
halvings_of = _whole(0, 8)
sources_of = _whole(1, MOST_SOURCES)


def position_of(text: str) -> tuple[float, float]:
    """Return longitude, latitude of a text such as ``-117.1,32.8``. [deg]"""
    try:
        longitude, latitude = (float(part) for part in text.split(","))
    except ValueError:
        msg = f"{text!r} is not two numbers LON,LAT"
        raise argparse.ArgumentTypeError(msg) from None
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):  # noqa: PLR2004 - the globe
        msg = f"{text!r} is not on the globe: longitude first, in degrees"
        raise argparse.ArgumentTypeError(msg)
    return longitude, latitude


def circle_of(text: str) -> tuple[float, float, float]:
    """Return longitude, latitude [deg] and radius [m] of a text such as ``-117.1,32.8,60``."""
    place, _, radius = text.rpartition(",")
    try:
        return (*position_of(place), metres_of(radius))
    except argparse.ArgumentTypeError:
        msg = f"{text!r} is no LON,LAT,RADIUS: degrees, longitude first, and metres above 0"
        raise argparse.ArgumentTypeError(msg) from None


def direction_of(text: str) -> float:
    """Return a direction of a text such as ``270``, degrees clockwise from north."""
    try:
        direction = float(text)
    except ValueError:
        direction = math.nan
    if not 0.0 <= direction <= 360.0:  # noqa: PLR2004 - a full turn
        msg = f"{text!r} is no direction from 0 to 360 degrees"
        raise argparse.ArgumentTypeError(msg)
    return direction


def zone_of(text: str) -> ZoneInfo:
    """Return the time zone of a name such as ``America/Mexico_City``."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        msg = f"{text!r} is no time zone known here; give a name such as America/Mexico_City"
        raise argparse.ArgumentTypeError(msg) from None


def shares_of(text: str) -> tuple[float, ...]:
    """Return shares of a text such as ``0.15,0.35``, each above 0, to 1."""
    try:
        shares = tuple(float(part) for part in text.split(","))
    except ValueError:
        shares = ()
    if not shares or not all(0.0 < share <= 1.0 for share in shares):
        msg = f"{text!r} is not shares above 0, to 1, such as 0.15,0.35"
        raise argparse.ArgumentTypeError(msg)
    return shares


def wind_of(text: str) -> tuple[float, float] | Path:
    """Return a wind of a text such as ``4.5,240``, speed [m/s] and where it comes from [deg]; else it is a file."""
    try:
        speed, wind_from = (float(part) for part in text.split(","))
    except ValueError:
        return Path(text)
    if not (0.0 <= speed < 100.0 and 0.0 <= wind_from <= 360.0):  # noqa: PLR2004 - no wind is faster, and the circle
        msg = f"{text!r} is no wind: metres a second, then degrees that it comes from"
        raise argparse.ArgumentTypeError(msg)
    return speed, wind_from


def moment_of(text: str) -> datetime:
    """Return the moment of a text such as ``2026-03-01T12:00:00Z``; it must say its offset from UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - refused below
    if moment.tzinfo is None:
        msg = f"{text!r} is no time with its offset from UTC, such as 2026-03-01T12:00:00Z"
        raise argparse.ArgumentTypeError(msg)
    return moment.astimezone(UTC)
