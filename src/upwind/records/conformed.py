"""How far a track kept to its plan, as measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

__all__ = ["Conformance", "Deviation", "LineFlown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Where and when a track was farthest beside a planned line: longitude, latitude [deg]; `line` counts from 0."""

    line: int
    metres: float
    time: datetime
    longitude: float
    latitude: float

    def as_json(self) -> dict[str, Any]:
        """Return it as the audit spells it; lines are counted from 1."""
        return {
            "line": self.line + 1,
            "metres": round(self.metres, 2),
            "time": _zulu(self.time),
            "longitude": round(self.longitude, 7),
            "latitude": round(self.latitude, 7),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFlown:
    """One planned line, and what of it was flown.

    Attributes
    ----------
    sortie
        Which of the plan's sorties it belongs to, from 0.
    first, last
        The waypoints that it leads from and to, from 0.
    length_m
        As planned. [m]
    share
        Of its length what was flown within the tolerance, 0 to 1.
    flown
        Whether that is at least half.
    backward
        Whether it was flown from its end to its beginning, for the most part; None where nothing of it was flown.
    cross_median_m, cross_95_m, cross_worst_m
        Distances beside it over all that was flown of it, within the tolerance or not; None where nothing was. Where
        the track left the line for good or for a while, the worst is the reach of the comparison. [m]
    start_overshoot_m, end_overshoot_m
        How far before its planned beginning, and beyond its planned end, the track was within the tolerance of its
        prolongation; negative where the track did not reach that end. None where nothing of it was flown. [m]
    height_median_m, height_95_m
        Flown less planned height, and the size of that which 95 % keep to; None where the track says no height over
        what the plan measures from. [m]
    start, end
        When the track was first and last on it; None where nothing of it was flown.
    """

    sortie: int
    first: int
    last: int
    length_m: float
    share: float
    flown: bool
    backward: bool | None
    cross_median_m: float | None
    cross_95_m: float | None
    cross_worst_m: float | None
    start_overshoot_m: float | None
    end_overshoot_m: float | None
    height_median_m: float | None
    height_95_m: float | None
    start: datetime | None
    end: datetime | None

    def as_json(self) -> dict[str, Any]:
        """Return the line as the audit spells it."""
        return {
            "sortie": self.sortie,
            "waypoints": [self.first, self.last],
            "length_m": _rounded(self.length_m),
            "share": round(self.share, 4),
            "flown": self.flown,
            "backward": self.backward,
            "cross_track_m": {
                "median": _rounded(self.cross_median_m),
                "p95": _rounded(self.cross_95_m),
                "worst": _rounded(self.cross_worst_m),
            },
            "overshoot_m": {"start": _rounded(self.start_overshoot_m), "end": _rounded(self.end_overshoot_m)},
            "height_error_m": {"median": _rounded(self.height_median_m), "p95": _rounded(self.height_95_m)},
            "from": _zulu(self.start),
            "to": _zulu(self.end),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """How far one track kept to one plan.

    Attributes
    ----------
    plan, plan_sha256, track
        Names of the files, and the hash of the plan's.
    tolerance_m
        So far beside a line it counts as flown. [m]
    reach_m
        Farther off, a track is not on a line at all, and its distance from it is not measured. [m]
    lines
        Those of the plan, in its order.
    planned_m, planned_way_m, flown_way_m
        Length of all lines; of all ways of the plan, within sorties; of the track between believed samples. [m]
    share
        Of the lines' length what was flown within the tolerance; None where the plan has no line.
    order
        The lines of which anything was flown, as they were begun.
    in_order
        Whether that is the plan's order.
    backward
        How many lines were flown from their end to their beginning.
    worst
        The largest deviation; None where nothing was flown.
    """

    plan: str
    plan_sha256: str
    track: str
    tolerance_m: float
    reach_m: float
    lines: tuple[LineFlown, ...]
    planned_m: float
    planned_way_m: float
    flown_way_m: float
    share: float | None
    order: tuple[int, ...]
    in_order: bool
    backward: int
    worst: Deviation | None

    def as_json(self) -> dict[str, Any]:
        """Return it as the audit spells it; lines are counted from 1."""
        return {
            "plan": {"name": self.plan, "sha256": self.plan_sha256},
            "tolerance_m": self.tolerance_m,
            "reach_m": self.reach_m,
            "share": None if self.share is None else round(self.share, 4),
            "lines_flown": sum(line.flown for line in self.lines),
            "planned_m": _rounded(self.planned_m),
            "planned_way_m": _rounded(self.planned_way_m),
            "flown_way_m": _rounded(self.flown_way_m),
            "in_order": self.in_order,
            "order": [line + 1 for line in self.order],
            "backward": self.backward,
            "worst": self.worst.as_json() if self.worst else None,
            "lines": [{"line": number, **line.as_json()} for number, line in enumerate(self.lines, start=1)],
        }


def _rounded(metres: float | None) -> float | None:
    """Return metres to the centimetre, finer than any track is."""
    return None if metres is None else round(metres, 2)


def _zulu(moment: datetime | None) -> str | None:
    """Return a moment in UTC as ISO 8601 writes it."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
