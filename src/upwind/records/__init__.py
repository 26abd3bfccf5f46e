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
from upwind.records.planned import Action, HeightOver, Home, Route

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
    "Fit",
    "Flight",
    "FlightRecord",
    "Gas",
    "HeightOver",
    "Home",
    "Level",
    "LineFlown",
    "Located",
    "Platform",
    "Posterior",
    "Route",
    "Sensor",
    "Source",
    "Status",
    "Track",
    "Trajectory",
    "Verdict",
    "Wind",
]
