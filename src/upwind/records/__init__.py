"""The nouns: frozen, slotted, keyword-only. Every inferred number is an `Estimate`; times are aware UTC."""

from __future__ import annotations

from upwind.records.conformed import Conformance, Deviation, LineFlown
from upwind.records.flown import (
    Airspace,
    Authorisation,
    Datum,
    DetectionLimit,
    Entry,
    EntryCount,
    EntryKind,
    Flight,
    FlightRecord,
    Level,
    Platform,
    Sensor,
    Trajectory,
    Verdict,
)
from upwind.records.inferred import Estimate, Fit, Located, Posterior, Source, Status
from upwind.records.measured import Gas, Track, Wind
from upwind.records.placed import Place
from upwind.records.planned import Action, HeightOver, Home, Route
from upwind.records.sited import Report, Site, Term
from upwind.records.smelled import (
    Evidence,
    Explained,
    Explanation,
    KnownPlace,
    PlaceEvidence,
    Reading,
    Sample,
    SumReading,
    Unexplained,
)

__all__ = [
    "Action",
    "Airspace",
    "Authorisation",
    "Conformance",
    "Datum",
    "DetectionLimit",
    "Deviation",
    "Entry",
    "EntryCount",
    "EntryKind",
    "Estimate",
    "Evidence",
    "Explained",
    "Explanation",
    "Fit",
    "Flight",
    "FlightRecord",
    "Gas",
    "HeightOver",
    "Home",
    "KnownPlace",
    "Level",
    "LineFlown",
    "Located",
    "Place",
    "PlaceEvidence",
    "Platform",
    "Posterior",
    "Reading",
    "Report",
    "Route",
    "Sample",
    "Sensor",
    "Site",
    "Source",
    "Status",
    "SumReading",
    "Term",
    "Track",
    "Trajectory",
    "Unexplained",
    "Verdict",
    "Wind",
]
