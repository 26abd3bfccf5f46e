"""What was flown: platforms and sensors, flights and where they were, what states allowed and airspace asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from upwind.arrays import TRAJECTORY, FloatArray, IntArray, check
from upwind.records.refused import Refusal

__all__ = [
    "Airspace",
    "Authorisation",
    "Datum",
    "DetectionLimit",
    "Entry",
    "EntryCount",
    "EntryKind",
    "Flight",
    "FlightRecord",
    "Level",
    "Platform",
    "Sensor",
    "Trajectory",
    "Verdict",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """What carries sensors; None is not known, never a plausible figure.

    `speed_m_s` is the cruise through the air, `bank_deg` the bank of its turns when surveying (a choice, which no maker
    publishes), `endurance_h` in still air; `separation_m` and `separation_height_m` are what several of them keep from
    one another, over ground and in height. What does not move (`category` "fixed") has speed and bank 0 and endurance
    infinite. `source` says where the figures come from; where not all of them could be looked up, `verified` is False
    and `why_unverified` says which.
    """

    name: str
    description: str = ""
    category: str = ""
    speed_m_s: float
    slowest_m_s: float | None = None
    fastest_m_s: float | None = None
    climb_m_s: float | None = None
    bank_deg: float
    endurance_h: float
    ceiling_m: float | None = None
    range_km: float | None = None
    separation_m: float | None = None
    separation_height_m: float | None = None
    source: str = ""
    verified: bool = False
    why_unverified: str = ""

    @property
    def flies(self) -> bool:
        """Whether it moves through the air at all."""
        return self.speed_m_s > 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectionLimit:
    """The least of a gas that a sensor tells from none: a concentration, a column (ppm m) or a rate (kg/h)."""

    gas: str
    limit: float
    units: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """What smells or sees gas; None is not known, or has no meaning for its kind.

    `swath_m` is seen at once from `height_m` above ground; `overlap` is the share of the swath that neighbouring lines
    have in common, 0 to 1. `range_m` is the farthest it senses, `response_s` the time to 90 % of a step. `source`,
    `verified` and `why_unverified` are as for `Platform`.
    """

    name: str
    kind: str = ""
    description: str = ""
    swath_m: float | None = None
    height_m: float | None = None
    overlap: float | None = None
    range_m: float | None = None
    response_s: float | None = None
    detection_limits: tuple[DetectionLimit, ...] = ()
    source: str = ""
    verified: bool = False
    why_unverified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """One flight, or one set of fixed sensors (`platform` "fixed"), and the files it left.

    Flights of one `group` are located jointly; "" stands alone. `wind` and `plan` are None where there is none.
    `platform` and `sensor` are as the mission writes them: a name of the catalogue, a TOML file beside the mission
    (then `platform_file`, `sensor_file` say where), or free text. `authority` is who allowed looking here.
    """

    id: str
    files: tuple[Path, ...]
    platform: str
    sensor: str
    wind: Path | None
    plan: Path | None
    authority: str
    group: str
    platform_file: Path | None = None
    sensor_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """Where and when the flights of one file were, as columns of one length, meeting `TRAJECTORY`.

    `row` (sample,) counts the file's rows of positions from 0, as written. `flight`, `platform` (sample,) point into
    `flights`, `platforms`; a name is "" where the file has none. Within one flight samples stand in the file's order.
    `notes` says, a sentence each, what a damaged file lost or what was recovered. `is_planned` tells that it was worked
    out and not measured: no sample of it can be a jump or a spoof, however soon one follows the other.
    """

    name: str
    sha256: str
    time: FloatArray
    longitude: FloatArray
    latitude: FloatArray
    height: FloatArray
    altitude: FloatArray
    ellipsoidal_height: FloatArray
    pressure_altitude: FloatArray
    row: IntArray
    flight: IntArray
    flights: tuple[str, ...]
    platform: IntArray
    platforms: tuple[str, ...]
    notes: tuple[str, ...] = ()
    is_planned: bool = False

    def __post_init__(self) -> None:
        """Hold the contract."""
        check({spec.name: getattr(self, spec.name) for spec in TRAJECTORY}, TRAJECTORY)


class Datum(StrEnum):
    """What a height is measured from."""

    GROUND = "ground"
    SEA = "mean sea level"
    PRESSURE = "standard pressure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A floor or a ceiling: so many metres above a datum; infinite where there is none."""

    metres: float
    datum: Datum


@dataclass(frozen=True, slots=True, kw_only=True)
class Airspace:
    """One area of special use, as published.

    `state` (ISO A3) publishes it; `kind` is the publisher's: "prohibited", "restricted", "danger", "warning", ….
    `rings` are closed outlines (vertex, 2), longitude and latitude [deg], an odd number of which hold what is in the
    area: arcs, parallels and great circles are already broken into chords that lie within a metre of them, and a ring
    over the antimeridian goes on past 180. `active` says when: "always", "by schedule", "by notice" or "unknown";
    `schedule` is the published text.
    """

    id: str
    name: str
    state: str
    kind: str
    rings: tuple[FloatArray, ...]
    floor: Level
    ceiling: Level
    active: str
    schedule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """A state's word that a platform may be over it: from `start` to `end`, both inclusive, between two heights.

    `floor_m`, `ceiling_m` are heights above ground, inclusive; None: no limit. `platform` "*" is any. Without
    `special_use` no area of special use is covered. `area` is a GeoJSON geometry, None: everywhere in the state.
    """

    id: str
    state: str
    start: datetime
    end: datetime
    floor_m: float | None
    ceiling_m: float | None
    platform: str
    special_use: bool
    basis: str
    recorded_by: str
    area: Mapping[str, Any] | None
    conditions: str

    def as_json(self) -> dict[str, Any]:
        """Return who allowed what, when and on what ground; the area stays in the file."""
        return {
            "id": self.id,
            "state": self.state,
            "from": _zulu(self.start),
            "to": _zulu(self.end),
            "platform": self.platform,
            "basis": self.basis,
            "recorded_by": self.recorded_by,
            "conditions": self.conditions,
        }


class EntryKind(StrEnum):
    """Over what of a state a flight was."""

    LAND = "land"
    SEA = "territorial sea"
    SPECIAL_USE = "special use"


class Verdict(StrEnum):
    """How surely a flight was there: "within error" is so close to an edge that it cannot be told."""

    INSIDE = "inside"
    WITHIN_ERROR = "within error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A run of one flight in one state and kind, and who allowed it.

    `name` is the area's for "special use", else "". `track` is the file's name. `start`, `end` are aware; `points`
    counts samples, 0 where it was found between two of them only. `disputed`: another state claims the place too.
    `suspect`: it rests on suspect samples alone. `lowest_m`, `highest_m` bound the height above ground; None: not
    known. `authorised_by` are the ids of all authorisations each of which covers the whole of it; `why_not` is a clause
    that says what keeps the nearest one from that, "" where one does, and `refused` says the same in parts.
    """

    state: str
    kind: EntryKind
    name: str
    flight: str
    platform: str
    track: str
    start: datetime
    end: datetime
    points: int
    verdict: Verdict
    disputed: bool
    suspect: bool
    lowest_m: float | None
    highest_m: float | None
    authorised_by: tuple[str, ...]
    why_not: str
    refused: Refusal | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the entry as the audit spells it; `authorised_by` is an id, a list of several, or None."""
        several = len(self.authorised_by) > 1
        return {
            "state": self.state,
            "kind": str(self.kind),
            "name": self.name,
            "flight": self.flight,
            "platform": self.platform,
            "track": self.track,
            "from": _zulu(self.start),
            "to": _zulu(self.end),
            "points": self.points,
            "verdict": str(self.verdict),
            "disputed": self.disputed,
            "suspect": self.suspect,
            "lowest_m": self.lowest_m,
            "highest_m": self.highest_m,
            "authorised_by": list(self.authorised_by) if several else next(iter(self.authorised_by), None),
            "why_not": self.why_not,
            **({} if self.refused is None else {"refused": self.refused.as_json()}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCount:
    """How many entries of one state, platform and month there were, and how many of them were what.

    `month` is that in which they began, UTC, such as "2020-09". What the count is not broken down by is "".
    `unauthorised` has no authorisation, whether or not it is disputed or suspect; those are counted beside.
    """

    state: str
    platform: str
    month: str
    entries: int
    authorised: int
    unauthorised: int
    within_error: int
    disputed: int
    suspect: int

    def as_json(self) -> dict[str, str | int]:
        """Return the row as the oversight report spells it."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightRecord:
    """One row of the register: what flew, on whose word, and where and when it was.

    `files` pairs each file's name with its sha256. `box` is west, south, east, north [deg]; west is greater than east
    where it spans the 180th meridian. `lowest_m`, `highest_m` are heights above ground; None: not known. `length_km`
    is along the ground, sample to sample, never from one file or one flight of a file to the next.
    """

    flight: str
    platform: str
    sensor: str
    authority: str
    files: tuple[tuple[str, str], ...]
    start: datetime
    end: datetime
    duration_s: float
    length_km: float
    box: tuple[float, float, float, float]
    lowest_m: float | None
    highest_m: float | None
    samples: int

    def as_json(self) -> dict[str, Any]:
        """Return the row as the register spells it."""
        return {
            "flight": self.flight,
            "platform": self.platform,
            "sensor": self.sensor,
            "authority": self.authority,
            "files": [{"name": name, "sha256": digest} for name, digest in self.files],
            "from": _zulu(self.start),
            "to": _zulu(self.end),
            "duration_s": self.duration_s,
            "length_km": self.length_km,
            "box": list(self.box),
            "lowest_m": self.lowest_m,
            "highest_m": self.highest_m,
            "samples": self.samples,
        }


def _zulu(moment: datetime) -> str:
    """Return a moment in UTC as ISO 8601 writes it, to the microsecond where it has any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
