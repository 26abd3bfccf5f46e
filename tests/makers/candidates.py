"""Candidate sites as the tests of the store need them."""

from __future__ import annotations

from typing import Any

from upwind.readers.sites import candidate_of
from upwind.records import Candidate


def feature(name: str, probability: float = 0.8, place: tuple[float, float] = (-105.1, 25.2), **more: Any) -> Any:
    """Return a Feature as `upwind run` writes it."""
    properties = {"id": name, "probability": probability, "gas": "acetone", "explanations": None, **more}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": list(place)}, "properties": properties}


def candidate(name: str, probability: float = 0.8, **more: Any) -> Candidate:
    """Return the candidate of such a Feature."""
    return candidate_of(feature(name, probability, **more), "test", "")


def candidates(count: int) -> list[Candidate]:
    """Return candidates site-1, site-2, … the first the worthiest."""
    return [candidate(f"site-{number}", 1.0 - number / (count + 2)) for number in range(1, count + 1)]


def judgement(verdict: str = "confirmed", **more: Any) -> dict[str, Any]:
    """Return a judgement as a person sends it."""
    said = {"verdict": verdict, "likelihood": "likely", "confidence": "low", "reason": "Seen on two flights."}
    return {**said, **more}
