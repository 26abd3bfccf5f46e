"""What a page or a file shows: the answers of the locator beside what they were made from."""

from __future__ import annotations

from dataclasses import dataclass

from upwind.records import Located, Track

__all__ = ["NOTICE", "Analysis", "Input", "KnownSource", "Provenance"]

#: Every file that nobody reviewed says so.
NOTICE = "unreviewed lead, not for action"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSource:
    """A release whose place and rate are known: shown beside an estimate, never used by one.

    `emission_rate` [kg/h] and `height` [m] are NaN where nobody knows them.
    """

    name: str
    longitude: float
    latitude: float
    height: float
    emission_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A file that was read: its name and the digest of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What it takes to make the same answer again."""

    version: str
    seed: int
    command: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Tracks located jointly: one flight, or the flights of one group.

    `located` holds an answer a gas; `known` the true sources, where a trial or an exercise knows them.
    """

    name: str
    flights: tuple[str, ...]
    platform: str
    tracks: tuple[Track, ...]
    located: tuple[Located, ...]
    known: tuple[KnownSource, ...]
