"""Places that flights and reports speak of: reports, sites, and what each speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from upwind.records.inferred import Estimate, Source

__all__ = ["Decision", "Parting", "Report", "Site", "SiteEvent", "Term"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody else said of a place: a tip, another agency's flight, a utility's anomaly, dumped waste.

    The place is known within `radius_m` (1 sigma). `reliability` of the source is "A" to "F" and `credibility` of what
    it says 1 to 6 (Admiralty system). Reports of one `origin` tell one thing, however often.
    """

    id: str
    time: datetime
    longitude: float
    latitude: float
    radius_m: float
    kind: str
    reliability: str
    credibility: int
    origin: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing that speaks for or against a site, in natural log-odds.

    `kind` is "prior", "together" (several gases came from there at once), "seen", "silent" (passes of flights that
    named it, or would have) or "report"; `name` is the report's own kind, else "". `evidence` names what it comes from:
    a flight, a report's id, and `time` is when that flight looked or the report was made. `weight` is what counts,
    after what it shares with others; `undiscounted` is what it would be alone. `counted_with` is the report of the same
    origin that counts in its stead, "" where it counts itself.
    """

    kind: str
    name: str
    evidence: str
    weight: Estimate
    undiscounted: float
    counted_with: str = ""
    time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One place over all flights and reports.

    `probability` is that of an emitting site being there; its median is the logistic of the sum of the weights of
    `terms`. `longitude`, `latitude` are the median of the position [deg], and `region_90`, `region_50` (GeoJSON
    geometries) the smallest regions that hold 90 % and 50 % of it; the first reaches `radius_90_m` from it.
    `emission_rates` are by gas, while it emits; a gas without one has none. `sources` are what `flights` located there,
    the oldest first, `reports` the ids of reports that fit. `duty_cycle` is the part of the time that it emits, if it
    is there.
    """

    id: str
    longitude: float
    latitude: float
    radius_90_m: float
    region_90: Mapping[str, Any]
    region_50: Mapping[str, Any]
    probability: Estimate
    compounds: tuple[str, ...]
    emission_rates: Mapping[str, Estimate]
    sources: tuple[Source, ...]
    flights: tuple[str, ...]
    reports: tuple[str, ...]
    duty_cycle: Estimate
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """How many sites sightings make at the density of emitters that is believed [1/km2], and at its interval's ends."""

    emitters: Estimate
    sites: int
    sites_if_fewer: int
    sites_if_more: int


class Decision(StrEnum):
    """What was decided about which evidence is of which site."""

    MINTED = "minted"  # evidence founds the site
    JOINED = "joined"  # evidence is of the site
    MERGED = "merged"  # all evidence of `other` is of the site
    SPLIT = "split"  # evidence is of `other`, no longer of the site
    PARTED = "parted"  # evidence is of no site


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvent:
    """One decision about a site; `evidence` is what it moves, `other` the site merged or split off, "" if none."""

    decision: Decision
    site: str
    other: str = ""
    evidence: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the event as the log spells it."""
        return {
            "decision": str(self.decision),
            "site": self.site,
            "other": self.other,
            "evidence": list(self.evidence),
        }
