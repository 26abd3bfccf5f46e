"""The nouns: frozen, slotted, keyword-only. Every inferred number is an `Estimate`; times are aware UTC."""

from __future__ import annotations

from upwind.records.conformed import Conformance, Deviation, LineFlown
from upwind.records.endangered import (
    Emission,
    Exposure,
    Facility,
    Isolation,
    Lead,
    Limit,
    Opening,
    PopulatedArea,
    Precaution,
    Protection,
    WindOfHour,
    Zone,
)
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
from upwind.records.released import Agreement
from upwind.records.reviewed import Candidate
from upwind.records.sited import Report, Site, Term
from upwind.records.smelled import Evidence, Explained, Explanation, Reading, Sample, Unexplained

__all__ = [
    "Action",
    "Agreement",
    "Airspace",
    "Authorisation",
    "Candidate",
    "Conformance",
    "Datum",
    "DetectionLimit",
    "Deviation",
    "Emission",
    "Entry",
    "EntryCount",
    "EntryKind",
    "Estimate",
    "Evidence",
    "Explained",
    "Explanation",
    "Exposure",
    "Facility",
    "Fit",
    "Flight",
    "FlightRecord",
    "Gas",
    "HeightOver",
    "Home",
    "Isolation",
    "Lead",
    "Level",
    "Limit",
    "LineFlown",
    "Located",
    "Opening",
    "Place",
    "Platform",
    "PopulatedArea",
    "Posterior",
    "Precaution",
    "Protection",
    "Reading",
    "Report",
    "Route",
    "Sample",
    "Sensor",
    "Site",
    "Source",
    "Status",
    "Term",
    "Track",
    "Trajectory",
    "Unexplained",
    "Verdict",
    "Wind",
    "WindOfHour",
    "Zone",
]
