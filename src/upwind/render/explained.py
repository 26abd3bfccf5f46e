"""Explanations as JSON: the same samples give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from upwind.records import Evidence, Explained
from upwind.render.content import NOTICE, Provenance
from upwind.render.geojson import provenance_json

__all__ = ["explained_document"]

_DECIMALS = 6


def explained_document(answers: Sequence[Explained], provenance: Provenance) -> dict[str, Any]:
    """Return the document of `upwind explain`: one entry a sample, probabilities in it sum to 1."""
    return {
        "notice": NOTICE,
        "status": "unreviewed lead, not for action",
        "samples": [_sample(answer) for answer in answers],
        "upwind": provenance_json(provenance),
    }


def _sample(answer: Explained) -> dict[str, Any]:
    """Return one sample; the likeliest explanation takes what rounding leaves."""
    probabilities = [round(each.probability, _DECIMALS) for each in answer.explanations]
    unexplained = round(answer.unexplained.probability, _DECIMALS)
    probabilities[0] = round(probabilities[0] + 1.0 - sum(probabilities) - unexplained, _DECIMALS + 3)
    return {
        "sample": answer.sample,
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
    }


def _evidence(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [
        {"compound": each.compound, "log_likelihood_ratio": round(each.log_likelihood_ratio, _DECIMALS)}
        for each in evidence
    ]
