"""What benign sources of a city let out, how much, and when: drawn about a table of our own (`trades.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources

import numpy as np

from upwind.exercise.conditions import Range

__all__ = ["ALWAYS", "Spans", "Trade", "draw_gas", "local_time", "open_spans", "trades", "zone_hours"]

#: From and to, in seconds since a start; in order, none meets the next.
Spans = tuple[tuple[float, float], ...]

#: A shop's share of a compound is the table's times the exponential of this times a normal number.
SCATTER = 0.7
ALWAYS = "24/7"

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_HOURS = re.compile(r"(\w\w)-(\w\w) (\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """A kind of benign source.

    `parts` are shares of its gas by mass [%], `presence` the part of its shops that have a compound; `tags` are those
    of a map, empty where no map shows it; `opening_hours` as OpenStreetMap writes them, "" where it comes and goes.
    """

    name: str
    tags: Mapping[str, str]
    opening_hours: str
    rate_kg_h: Range
    height_m: Range
    parts: Mapping[str, float]
    presence: Mapping[str, float]
    source: str

    @property
    def is_mapped(self) -> bool:
        """Whether a map shows it."""
        return bool(self.tags)


@cache
def trades() -> tuple[Trade, ...]:
    """Return every kind, those that a map shows first."""
    table = tomllib.loads(resources.files(__package__).joinpath("trades.toml").read_text(encoding="utf-8"))
    return tuple(
        Trade(
            name=row["name"],
            tags=row.get("tags", {}),
            opening_hours=row.get("opening_hours", ""),
            rate_kg_h=tuple(row["rate_kg_h"]),
            height_m=tuple(row["height_m"]),
            parts=row["parts"],
            presence=row.get("presence", {}),
            source=row["source"],
        )
        for row in table["trade"]
    )


def draw_gas(rng: np.random.Generator, trade: Trade, scatter: float = SCATTER) -> dict[str, float]:
    """Return one shop's gas: the part of each compound by mass; they sum to at most 1."""
    rest = max(100.0 - sum(trade.parts.values()), 0.0)
    shares = {}
    for name, percent in trade.parts.items():
        size, is_there = np.exp(scatter * rng.standard_normal()), rng.uniform() < trade.presence.get(name, 1.0)
        shares[name] = percent * float(size) * is_there
    total = sum(shares.values()) + rest
    return {name: share / total for name, share in shares.items() if share > 0.0}


def zone_hours(longitude: float) -> int:
    """Return what local time is ahead of UTC, by the longitude alone: exercises know no summer time."""
    return round(longitude / 15.0)


def local_time(moment: datetime, longitude: float) -> datetime:
    """Return a moment as clocks there show it, without a zone."""
    return (moment.astimezone(UTC) + timedelta(hours=zone_hours(longitude))).replace(tzinfo=None)


def open_spans(opening_hours: str, start: datetime, length_s: float) -> Spans:
    """Return when it is open, from `start` (local) on, for `length_s`.

    Examples
    --------
    >>> open_spans("Mo-Fr 08:00-18:00", datetime(2030, 6, 4, 17, 30), 3600.0)
    ((0.0, 1800.0),)
    """
    if opening_hours == ALWAYS:
        return ((0.0, length_s),)
    match = _HOURS.fullmatch(opening_hours)
    if match is None:
        msg = f"{opening_hours!r} is not written as exercises write opening hours"
        raise ValueError(msg)
    first, last = _DAYS.index(match[1]), _DAYS.index(match[2])
    spans = []
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    for ahead in range(1 + int(length_s // 86400.0 + 1)):
        day = midnight + timedelta(days=ahead)
        begin, end = (day + timedelta(hours=int(match[at]), minutes=int(match[at + 1])) for at in (3, 5))
        span = max((begin - start).total_seconds(), 0.0), min((end - start).total_seconds(), length_s)
        if first <= day.weekday() <= last and span[0] < span[1]:
            spans.append(span)
    return tuple(spans)
