"""The nouns: frozen, slotted, keyword-only. Every inferred number is an `Estimate`; times are aware UTC."""

from __future__ import annotations

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
from upwind.records.smelled import Evidence, Explained, Explanation, Reading, Sample, Unexplained

__all__ = [
    "Airspace",
    "Authorisation",
    "Datum",
    "DetectionLimit",
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
    "Level",
    "Located",
    "Platform",
    "Posterior",
    "Reading",
    "Sample",
    "Sensor",
    "Source",
    "Status",
    "Track",
    "Trajectory",
    "Unexplained",
    "Verdict",
    "Wind",
]
