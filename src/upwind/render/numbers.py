"""Numbers as people read them: with unit, interval and no more digits than they deserve."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from upwind.records import Estimate

__all__ = [
    "NOTHING",
    "coordinates",
    "degrees_minutes_seconds",
    "figure",
    "instant",
    "interval",
    "moment",
    "percent",
    "span",
]

#: Where there is no number.
NOTHING = "\N{EN DASH}"
_WHOLE = 1_000
_ALMOST_ALL = 0.995
_HARDLY_ANY = 0.005


def figure(value: float, digits: int = 2) -> str:
    """Return a number with so many significant digits, never in powers of ten below a million."""
    if not math.isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    return f"{rounded:,.{max(decimals, 0)}f}" if abs(rounded) >= _WHOLE else f"{rounded:.{max(decimals, 0)}f}"


def interval(estimate: Estimate) -> str:
    """Return an estimate as ``0.42 kg/h (0.21-0.90)``."""
    between = f"{figure(estimate.lower)}-{figure(estimate.upper)}"
    return f"{figure(estimate.median)} {estimate.units} ({between})"


def percent(probability: float) -> str:
    """Return a probability in percent; what is nearly sure is not called sure."""
    if probability >= _ALMOST_ALL:
        return "> 99 %"
    if 0 < probability <= _HARDLY_ANY:
        return "< 1 %"
    return f"{100 * probability:.0f} %"


def coordinates(longitude: float, latitude: float) -> str:
    """Return a position in decimal degrees to a metre, latitude first as maps and phones take it."""
    return f"{latitude:.5f}, {longitude:.5f}"


def degrees_minutes_seconds(longitude: float, latitude: float) -> str:
    """Return a position in degrees, minutes and seconds."""
    return f"{_sexagesimal(latitude, 'NS')} {_sexagesimal(longitude, 'EW')}"


def _sexagesimal(angle: float, letters: str) -> str:
    tenths = round(abs(angle) * 36_000)
    minutes, tenths = divmod(tenths, 600)
    degrees, minutes = divmod(minutes, 60)
    return f"{degrees}°{minutes:02d}\N{PRIME}{tenths / 10:04.1f}\N{DOUBLE PRIME}{letters[angle < 0]}"


def instant(seconds: float) -> str:
    """Return a time since 1970 as UTC text."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"


def moment(seconds: float) -> str:
    """Return a time since 1970 as markup: UTC to read; the page tells the reader's own time beside it."""
    exact = datetime.fromtimestamp(seconds, UTC)
    return f'<time datetime="{exact:%Y-%m-%dT%H:%M:%SZ}">{instant(seconds)}</time>'


def span(seconds: float) -> str:
    """Return a time as hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
