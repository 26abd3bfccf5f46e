"""What a page of a plan shows: sorties as they would be flown, how good they are, and whose leave they have or lack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from upwind.arrays import FloatArray
from upwind.records import Entry, Estimate, LostLink
from upwind.render.content import AuditedTrack
from upwind.render.readings import Weather

__all__ = ["Apart", "Crew", "Finding", "PlanPicture", "PlannedSortie", "Secured", "Told"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a sortie or a leg of a search may find.

    `chance` is the probability of a find; `an_hour` and `even` are finds an hour, of this and of even coverage; `legs`
    are the chances of each leg, in the order flown.
    """

    chance: Estimate
    an_hour: Estimate
    even: Estimate
    legs: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Which of several aircraft, from 1, flies a sortie, and how it keeps clear.

    `on_lines` are the times after take-off at which its first line begins and its last one ends [s]; by `landed` it is
    on the ground; `transit_m` is the height of its transits above ground.
    """

    aircraft: int
    on_lines: tuple[float, float]
    landed: datetime
    transit_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """How several aircraft keep clear, and what that costs.

    Attributes
    ----------
    makespan_s, latest_s, unheld_s, bound_s
        When the last one is home as planned, for certain, and if none kept clear; no fleet is before the bound. [s]
    across_m, up_m
        What two of them keep, over ground or between heights. [m]
    wind_m_s, share, late_s
        Up to which errors that holds: of the wind, of the pace, of the take-off. [m/s, 1, s]
    near
        Each pair, how near it is expected to come over ground, and when; None where it never meets.
    own_heights
        Whether each aircraft has a height of its own for transits; None: they are at that of lines.
    """

    makespan_s: float
    latest_s: float
    unheld_s: float
    bound_s: float
    across_m: float
    up_m: float
    wind_m_s: float
    share: float
    late_s: float
    near: tuple[tuple[tuple[int, int], Estimate | None, datetime | None], ...]
    own_heights: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSortie:
    """One sortie: its whole way (position, 2), its lines (line, 2, 2), longitude and latitude [deg]; times, length.

    `finding` is None where nothing is sought but an area covered; `crew` where there is one aircraft.
    """

    start: datetime
    time_s: float
    length_m: float
    path: FloatArray
    lines: FloatArray
    finding: Finding | None
    crew: Crew | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What others must be told of a plan: who allowed looking, who flies, and what a NOTAM would say."""

    authority: str
    remote_id: str
    operator: str
    start: datetime
    end: datetime
    upper_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """What keeps a plan's aircraft where they may be.

    `fences` are rings (corner, 2) [deg], one an aircraft, none where none is found; `homes` the heights of the ways
    home of lost links, one an aircraft, None where there is no base; `unheard` the states whose airspace is not known.
    """

    fences: tuple[FloatArray | None, ...]
    homes: tuple[LostLink | None, ...]
    unheard: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPicture:
    """What the page shows.

    Attributes
    ----------
    area
        Rings of the area, holes among them, each (vertex, 2): longitude, latitude. [deg]
    sorties
        In the order flown.
    finding
        Of all sorties of a search; None for a survey.
    base
        Longitude, latitude, or None. [deg]
    weather
        The wind that is planned for; None: still air.
    margin_m
        Held free beside the way. [m]
    bound_s
        No plan of straight lines covers the area in less; None for a search. [s]
    gap
        How far from the best possible: in time, or for a search in expected finds.
    coverage
        Share of the area that is seen; None for a search.
    entered
        All that the plan may enter, an entry a state and kind.
    swept
        Everywhere that it could lead, as audited.
    secured
        Fences, and ways home; None for what is refused.
    apart
        How several aircraft keep clear; None for one.
    """

    name: str
    platform: str
    sensor: str
    area: tuple[FloatArray, ...]
    sorties: tuple[PlannedSortie, ...]
    finding: Finding | None
    base: tuple[float, float] | None
    weather: Weather | None
    margin_m: float
    bound_s: float | None
    gap: float
    coverage: float | None
    entered: tuple[Entry, ...]
    swept: AuditedTrack
    told: Told
    secured: Secured | None = None
    apart: Apart | None = None

    @property
    def time_s(self) -> float:
        """Of all sorties. [s]"""
        return sum(sortie.time_s for sortie in self.sorties)

    @property
    def length_m(self) -> float:
        """Of all sorties. [m]"""
        return sum(sortie.length_m for sortie in self.sorties)

    @property
    def refused(self) -> tuple[Entry, ...]:
        """What nobody allowed."""
        return tuple(entry for entry in self.entered if not entry.authorised_by)
