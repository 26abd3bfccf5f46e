"""Explanations as JSON: the same samples give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from upwind.records import Estimate, Evidence, Explained, KnownPlace, Remark
from upwind.render.content import NOTICE, Provenance
from upwind.render.geojson import provenance_json
from upwind.render.words import Language, compound_name, kind_name, listed, named, word

__all__ = [
    "REMARKS",
    "explained_document",
    "explained_json",
    "likeliest_place",
    "place_words",
    "remark_said",
    "remark_words",
]

_DECIMALS = 6
#: Kinds of remarks, each with the key of its words.
REMARKS = {
    "too few": "remark_too_few",
    "none holds": "remark_none_holds",
    "alone": "remark_alone",
    "measure": "remark_measure",
    "to lower limits": "remark_lower",
    "more compounds": "remark_more",
    "beside it": "remark_beside",
}


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
        "why_abstained": "" if answer.why_abstained is None else remark_words(answer.why_abstained, "en"),
        "cannot_separate": [list(names) for names in answer.cannot_separate],
        "would_separate": "; ".join(remark_words(each, "en") for each in answer.would_separate) or None,
        "in_parts": {
            "why_abstained": None if answer.why_abstained is None else _parts(answer.why_abstained),
            "would_separate": [_parts(each) for each in answer.would_separate],
        },
        "not_recognised": list(answer.not_recognised),
        "composition": [{"gas": gas, "part": part.as_json()} for gas, part in answer.composition],
        "places": [_place(place) for place in answer.places],
        "in_words": likeliest_place(answer),
        "notes": list(answer.notes),
    }


def remark_words(remark: Remark, language: Language) -> str:
    """Return a remark as a language says it."""
    return word(
        REMARKS[remark.says],
        language,
        compounds=", ".join(compound_name(name, language) for name in remark.compounds),
        explanations=listed([kind_name(name, language) for name in remark.explanations], language),
        place=remark.place or kind_name(remark.kind, language),
        least=remark.least,
    )


def remark_said(remark: Remark) -> str:
    """Return a remark in every language as markup."""
    return named(lambda language: remark_words(remark, language))


def place_words(name: str, kind: str, distance_m: Estimate, probability: float, language: Language) -> str:
    """Return what a mapped place explains, in a sentence; `name` is "" where the map has none."""
    return word(
        "place_named" if name else "place_unnamed",
        language,
        name=name,
        kind=kind_name(kind, language),
        median=distance_m.median,
        lower=distance_m.lower,
        upper=distance_m.upper,
        share=probability,
        rest=1.0 - probability,
    )


def likeliest_place(answer: Explained) -> str:
    """Return what the likeliest mapped place explains; "" where no place does."""
    if not answer.places:
        return ""
    place = answer.places[0]
    return place_words(place.name, place.kind, place.distance_m, place.probability, "en")


def _parts(remark: Remark) -> dict[str, Any]:
    """Return a remark without what it leaves empty."""
    return {name: list(said) if isinstance(said, tuple) else said for name, said in asdict(remark).items() if said}


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
        {
            "compound": each.compound,
            **({"any_of": list(each.compounds)} if len(each.compounds) > 1 else {}),
            "log_likelihood_ratio": round(each.log_likelihood_ratio, _DECIMALS),
        }
        for each in evidence
    ]
