"""Places that flights and reports speak of: reports, sites, and what each speaks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from upwind.records.inferred import Estimate, Source

__all__ = ["Report", "Site", "Term"]


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

    `weight` is what counts, after the discount for what it shares with others; `undiscounted` is what it would be
    alone. `evidence` names what it comes from: a flight, a report's id, the prior.
    """

    name: str
    evidence: str
    weight: Estimate
    undiscounted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One place over all flights and reports.

    `probability` is that of an emitting site being there; it is the logistic of the sum of `terms`. `sources` are what
    flights located there, `reports` the ids of reports that fit. `duty_cycle` is the part of the time that it emits.
    """

    id: str
    longitude: float
    latitude: float
    radius_90_m: float
    probability: Estimate
    compounds: tuple[str, ...]
    sources: tuple[Source, ...]
    reports: tuple[str, ...]
    duty_cycle: Estimate | None
    terms: tuple[Term, ...]
