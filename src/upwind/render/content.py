"""What a page or a file shows: the answers of the locator beside what they were made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.records import (
    Airspace,
    Authorisation,
    Entry,
    Explained,
    Located,
    Parting,
    Protection,
    Report,
    Site,
    SiteEvent,
    Track,
)
from upwind.records.mapped import SearchMap
from upwind.render.readings import Weather

__all__ = [
    "NOTICE",
    "Analysis",
    "AuditedTrack",
    "Fused",
    "Input",
    "KnownSource",
    "Layer",
    "Line",
    "Mark",
    "Provenance",
    "StateLabel",
    "Surroundings",
]

#: Every file that nobody reviewed says so.
NOTICE = "unreviewed lead, not for action"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSource:
    """A release whose place and rate are known: shown beside an estimate, never used by one.

    `emission_rate` [kg/h] and `height` [m] are NaN where nobody knows them; `gas` is "" where it may be any.
    """

    name: str
    longitude: float
    latitude: float
    height: float
    emission_rate: float
    gas: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """What all flights and reports amount to.

    Attributes
    ----------
    sites
        Ranked: probability times that no benign source explains what was found, the greatest first.
    reports
        All of them, those that no site explains too.
    events
        Which evidence is of which site, and how that came about.
    explained
        What explains a site's compounds, by its id; a site that nobody explained has none.
    protected
        Who is in harm's way of a site, by its id; a site for which nobody computed it has none.
    searched
        The search map that is left; None where nothing was measured.
    parting
        How many sites there would be, were emitters fewer or more about; None where nobody asked.
    winds
        The mean wind of a flight, by its id; one that knows no wind has none.
    """

    sites: tuple[Site, ...]
    reports: tuple[Report, ...]
    events: tuple[SiteEvent, ...]
    explained: Mapping[str, Explained]
    protected: Mapping[str, Protection]
    searched: SearchMap | None
    parting: Parting | None = None
    winds: Mapping[str, Weather] = field(default_factory=dict)


class Mark(IntEnum):
    """What a sample, and the way on from it, is drawn as; the greater one wins."""

    OUTSIDE = 0
    WITHIN_ERROR = 1
    AUTHORISED = 2
    UNAUTHORISED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a map, (vertex, 2), longitude and latitude [deg]; `kind` is "coast", "border" or "limit".

    A border is on land; a limit is that of the territorial sea, or between two states' seas.
    """

    kind: str
    places: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLabel:
    """Where the name of a state (ISO A3) stands on a map. [deg]"""

    state: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What lies about a track: `land` as closed outlines (vertex, 2) [deg], lines, states, areas of special use.

    Of `areas`, `entered` says which a flight of the track was in.
    """

    land: tuple[FloatArray, ...]
    lines: tuple[Line, ...]
    states: tuple[StateLabel, ...]
    areas: tuple[Airspace, ...]
    entered: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What verdicts rest on: what it is, where it is from, and the digest of its bytes, or "".

    `key` is "states", "land", "areas" (those brought along), "areas of another time" (the same, while the track is of
    other dates than they were in force), "own areas" or "no areas".
    """

    key: str
    source: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedTrack:
    """The flights of one file after their audit, in the order in which they were flown.

    Attributes
    ----------
    name
        The file's.
    time, longitude, latitude
        Of each sample, (sample,). [s], [deg]
    flight
        Which of `flights` each sample is of, (sample,).
    height
        Of each sample over `datum`, NaN where not known, (sample,). [m]
    datum
        "ground", "sea", "ellipsoid" or "pressure"; "" where no height is known.
    mark
        A `Mark` each: of the sample and the way on to the next, (sample,).
    gap
        Whether nothing was recorded for long after the sample, (sample,).
    suspect
        Whether the sample has no fix, or lies where it cannot have come to, (sample,).
    entries, entered_at
        Every entry, and the sample with which each begins, (entry,).
    authorisations
        All that the audit was given, whether or not they cover anything.
    surroundings
        None: of so many tracks this one is not drawn.
    flags
        How many samples have each flag.
    notes
        What a damaged file lost, a sentence each.
    """

    name: str
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    flight: IntArray
    flights: tuple[str, ...]
    height: FloatArray
    datum: str
    mark: IntArray
    gap: BoolArray
    suspect: BoolArray
    entries: tuple[Entry, ...]
    entered_at: IntArray
    authorisations: tuple[Authorisation, ...]
    surroundings: Surroundings | None
    flags: Mapping[str, int]
    notes: tuple[str, ...]
    layers: tuple[Layer, ...]
