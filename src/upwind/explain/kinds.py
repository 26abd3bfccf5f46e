"""What a mapped place may let out: its tags -> benign classes, what, how much, and when. Expert judgement, unverified.

No public table says how much a nail salon or a baker emits: the ranges of `kinds.csv` are wide on purpose, and whoever
knows a place better writes its `rate` [kg/h] and `opening_hours` into the map.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from upwind.compounds.species import keys_of
from upwind.explain.profiles import CLASSES
from upwind.readers.places.hours import Hours, hours_of
from upwind.records import Place

__all__ = ["FIELDS", "HIDDEN_KG_H", "Field", "Kind", "every_kind", "kind_of", "range_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of benign source.

    `classes` are evenly likely. `keys` are the species that make most of what it lets out. `rate_kg_h` is the range
    that holds nine of ten that operate. `hours` are those of most such places; outside of them `closed_share` of the
    usual emission goes on. `source` says where the range is from.
    """

    name: str
    classes: tuple[str, ...]
    keys: frozenset[str]
    rate_kg_h: tuple[float, float]
    hours: Hours
    closed_share: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """How densely a class's sources stand where people live, mapped or not [1/km2], and which part a map shows."""

    per_km2: float
    mapped: float


#: Expert judgement, unverified. Exhaust, fires and households are hardly ever on a map.
FIELDS: Mapping[str, Field] = dict(
    zip(
        CLASSES,
        (
            Field(per_km2=3.0, mapped=0.5),
            Field(per_km2=10.0, mapped=0.1),
            Field(per_km2=0.1, mapped=0.6),
            Field(per_km2=0.01, mapped=0.9),
            Field(per_km2=0.1, mapped=0.5),
            Field(per_km2=3.0, mapped=0.4),
            Field(per_km2=20.0, mapped=0.1),
            Field(per_km2=0.5, mapped=0.5),
            Field(per_km2=2.0, mapped=0.4),
            Field(per_km2=1.0, mapped=0.4),
            Field(per_km2=5.0, mapped=0.1),
            Field(per_km2=0.02, mapped=0.8),
            Field(per_km2=5.0, mapped=0.3),
        ),
        strict=True,
    )
)


#: What a hidden source lets out while it emits: nine of ten, of anything that smells of a house. Expert judgement,
#: unverified. [kg/h]
HIDDEN_KG_H = (0.01, 3.0)


def kind_of(place: Place) -> Kind | None:
    """Return what kind of benign source a place is; None where it is none that is known.

    The first row of the table that fits counts, so the special stand before the general.

    Examples
    --------
    >>> kind_of(Place(id="", name="", longitude=0, latitude=0, outline=None, tags={"amenity": "fuel"})).classes
    ('fuel evaporation',)
    """
    found = [kind for (key, value), kind in every_kind() if value in place.tags.get(key, "").split(";")]
    return found[0] if found else None


def every_kind() -> tuple[tuple[tuple[str, str], Kind], ...]:
    """Return every tag (key and value) of the table and its kind."""
    return tuple(_table().items())


@cache
def range_of(name: str) -> tuple[float, float]:
    """Return the range of rates of all kinds of a class together. [kg/h]"""
    ranges = [kind.rate_kg_h for _, kind in every_kind() if name in kind.classes]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


@cache
def _table() -> Mapping[tuple[str, str], Kind]:
    text = resources.files("upwind.explain").joinpath("kinds.csv").read_text(encoding="utf-8")
    table: dict[tuple[str, str], Kind] = {}
    for row in csv.DictReader(text.splitlines()):
        key, _, value = row["tag"].partition("=")
        hours = hours_of(row["hours"])
        if hours is None:
            msg = f"kinds.csv: the hours of {row['tag']} cannot be read"
            raise ValueError(msg)
        table[key, value] = Kind(
            name=row["kind"],
            classes=tuple(row["classes"].split("|")),
            keys=frozenset().union(*map(keys_of, row["compounds"].split("; "))),
            rate_kg_h=(float(row["rate_low_kg_h"]), float(row["rate_high_kg_h"])),
            hours=hours,
            closed_share=float(row["closed_share"]),
            source=row["source"],
        )
    return table
