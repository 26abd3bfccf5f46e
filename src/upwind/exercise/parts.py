"""A mission's answer in parts that can each be scored: one gas of one flight, or of flights located jointly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upwind.exercise.score import Release

__all__ = ["Part", "parts_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Part of an answer: what it speaks of, the answer's rows about that, and what was true of it."""

    name: str
    gas: str
    document: Mapping[str, Any]
    releases: tuple[Release, ...]


def parts_of(document: Mapping[str, Any], releases: Sequence[Release], gas: str | None = None) -> tuple[Part, ...]:
    """Return the parts of a mission's answer, in its own order; `gas`, where given, is the only one wanted.

    Parameters
    ----------
    document
        A FeatureCollection whose rows name their `flights`, as `upwind run` writes it.
    releases
        Of a truth that names gas and flight.
    """
    spoken = dict.fromkeys((tuple(row["flights"]), str(row["gas"])) for row in document["number_of_sources"])
    parts = []
    for flights, spoken_gas in spoken:
        if gas is not None and spoken_gas != gas:
            continue
        true = {one.source: one for one in releases if one.flight in flights and one.gas == spoken_gas}
        own = {
            "number_of_sources": [row for row in document["number_of_sources"] if _is(row, flights, spoken_gas)],
            "features": [each for each in document["features"] if _is(each["properties"], flights, spoken_gas)],
        }
        name = f"{' + '.join(flights)}, {spoken_gas}"
        parts.append(Part(name=name, gas=spoken_gas, document=own, releases=tuple(true.values())))
    return tuple(parts)


def _is(row: Mapping[str, Any], flights: tuple[str, ...], gas: str) -> bool:
    """Return whether a row is about these flights and this gas."""
    return tuple(row["flights"]) == flights and row["gas"] == gas
