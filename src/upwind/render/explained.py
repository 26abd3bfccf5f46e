"""Explanations as JSON: the same samples give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from upwind.records import Evidence, Explained, KnownPlace
from upwind.render.content import NOTICE, Provenance
from upwind.render.geojson import provenance_json

__all__ = ["explained_document", "explained_json", "place_words"]

_DECIMALS = 6


def explained_document(answers: Sequence[Explained], provenance: Provenance) -> dict[str, Any]:
    """Return the document of `upwind explain`: one entry a sample, probabilities in it sum to 1."""
    return {
        "notice": NOTICE,
        "status": "unreviewed lead, not for action",
        "samples": [{"sample": answer.sample, **explained_json(answer)} for answer in answers],
        "upwind": provenance_json(provenance),
    }


def explained_json(answer: Explained) -> dict[str, Any]:
    """Return the answer for one sample or site; the likeliest explanation takes what rounding leaves."""
    probabilities = [round(each.probability, _DECIMALS) for each in answer.explanations]
    unexplained = round(answer.unexplained.probability, _DECIMALS)
    probabilities[0] = round(probabilities[0] + 1.0 - sum(probabilities) - unexplained, _DECIMALS + 3)
    return {
        "explanations": [
            {"class": each.name, "probability": probability, "evidence": _evidence(each.evidence)}
            for each, probability in zip(answer.explanations, probabilities, strict=True)
        ],
        "unexplained": {
            "probability": unexplained,
            "log_bayes_factor": round(answer.unexplained.log_bayes_factor, _DECIMALS),
            "compounds": list(answer.unexplained.compounds),
            "evidence": _evidence(answer.unexplained.evidence),
        },
        "abstained": answer.abstained,
        "why_abstained": answer.why_abstained,
        "cannot_separate": [list(names) for names in answer.cannot_separate],
        "would_separate": answer.would_separate,
        "not_recognised": list(answer.not_recognised),
        "composition": [{"gas": gas, "part": part.as_json()} for gas, part in answer.composition],
        "places": [_place(place) for place in answer.places],
        "in_words": place_words(answer),
        "notes": list(answer.notes),
    }


def place_words(answer: Explained) -> str:
    """Return what the likeliest mapped place explains, in a sentence; "" where no place does."""
    if not answer.places:
        return ""
    place = answer.places[0]
    away, rest = place.distance_m, 1.0 - place.probability
    name = f"{place.name} ({place.kind})" if place.name else f"a {place.kind}"
    return (
        f"known place {name} at {away.median:.0f} m ({away.lower:.0f}-{away.upper:.0f}) explains this with "
        f"{place.probability:.0%}; something else with {rest:.0%}"
    )


def _place(place: KnownPlace) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "kind": place.kind,
        "classes": list(place.classes),
        "longitude": round(place.longitude, 7),
        "latitude": round(place.latitude, 7),
        "distance": {
            key: round(value, 1) if isinstance(value, float) else value
            for key, value in place.distance_m.as_json().items()
        },
        "open": place.is_open,
        "probability": round(place.probability, _DECIMALS),
        "evidence": [
            {"of": each.of, "log_likelihood_ratio": round(each.log_likelihood_ratio, _DECIMALS), "words": each.words}
            for each in place.evidence
        ],
    }


def _evidence(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [
        {"compound": each.compound, "log_likelihood_ratio": round(each.log_likelihood_ratio, _DECIMALS)}
        for each in evidence
    ]
