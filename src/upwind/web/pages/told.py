"""What a case's page tells of its site: what, how sure, why, and what else it may be, ready for the template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from upwind.geo import grid_reference
from upwind.render.numbers import coordinates, degrees_minutes_seconds, figure, percent
from upwind.render.words import compound_name, likelihood
from upwind.render.words import word as rendered
from upwind.review.docket import Worth
from upwind.web.outside import estimate_in, is_number, rows_in

__all__ = ["site_told", "worth_told"]

#: Terms that are called by their kind; a report is called by what it is.
_NAMED = ("prior", "together", "seen", "silent")
#: Units that are not written: none, and what the row's name says already.
_BARE = ("1", "people")
#: So many compounds are named as what speaks most for or against an explanation.
_MOST_EVIDENCE = 3


def site_told(feature: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return what a Feature of `sites.geojson` says, in words and figures.

    Features come from outside too: what is missing, or is no such thing, is left empty.
    """
    said: Mapping[str, Any] = feature["properties"]
    longitude, latitude = feature["geometry"]["coordinates"][:2]
    listed = said.get("compounds")
    named = [str(name) for name in (listed if isinstance(listed, list) and listed else [said.get("gas")]) if name]
    many = said.get("emission_rates")
    rates = many if isinstance(many, Mapping) else {name: said.get("emission_rate") for name in named[:1]}
    places = (coordinates, degrees_minutes_seconds, grid_reference)
    return {
        "compounds": [(compound_name(name, language), _interval(rates.get(name))) for name in named],
        "why_no_rate": said.get("why", ""),
        "positions": [text for text in (place(longitude, latitude) for place in places) if text],
        "radius": figure(said["radius_90_m"]) if is_number(said.get("radius_90_m")) else "",
        "sure": _sure(said, language),
        "duty": _share(said.get("duty_cycle")),
        "people": _interval(said.get("people_at_risk")),
        "flights": _texts(said.get("flights")),
        "reports": _texts(said.get("reports")),
        "heard": [
            {name: str(one.get(name, "")) for name in ("id", "kind", "text")}
            for one in rows_in(said.get("report_texts"))
        ],
        "explained": _explained(said, language),
        "abstained": said.get("why_abstained", "") if said.get("abstained") else "",
        "would_separate": said.get("would_separate") or "",
        "in_words": said.get("in_words") or "",
        "terms": [told for told in (_term(term, language) for term in rows_in(said.get("terms"))) if told],
    }


def worth_told(known: Worth, language: str) -> list[dict[str, Any]]:
    """Return the factors that say where a case stands in the docket, with what belongs in the reason of each."""
    write: dict[str, Callable[[Any], object]] = {
        "share": percent,
        "half": figure,
        "compounds": lambda names: ", ".join(compound_name(name, language) for name in names),
    }
    return [
        {
            "name": factor.name,
            "value": figure(factor.value),
            "why": factor.why,
            "said": {key: write.get(key, str)(value) for key, value in factor.said.items()},
        }
        for factor in known.factors
    ]


def _sure(said: Mapping[str, Any], language: str) -> dict[str, str] | None:
    """Return the probability, its interval and its word; None where the machine's word is withheld."""
    if not is_number(said.get("probability")):
        return None
    chance = said["probability"]
    return {
        "figure": _share(said.get("probability_90")) or percent(chance),
        "term": rendered(likelihood(chance), language),
    }


def _explained(said: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """Return every explanation, the likeliest first; that no benign source explains it is one of them."""
    rows = [{**one, "name": str(one.get("class", ""))} for one in rows_in(said.get("explanations"))]
    rows += [{**one, "name": rendered("explanation_none", language)} for one in rows_in([said.get("unexplained")])]
    known = [row for row in rows if is_number(row.get("probability"))]
    known.sort(key=lambda row: -row["probability"])
    return [
        {
            "name": row["name"],
            "probability": row["probability"],
            "percent": percent(row["probability"]),
            "evidence": _evidence(row.get("evidence"), language),
        }
        for row in known
    ]


def _evidence(evidence: object, language: str) -> str:
    """Return the compounds that speak most for or against an explanation, with their log likelihood ratios."""
    known = [one for one in rows_in(evidence) if is_number(one.get("log_likelihood_ratio"))]
    known.sort(key=lambda one: -abs(one["log_likelihood_ratio"]))
    return ", ".join(
        f"{compound_name(str(one.get('compound', '')), language)} {_signed(one['log_likelihood_ratio'])}"
        for one in known[:_MOST_EVIDENCE]
    )


def _term(term: Mapping[str, Any], language: str) -> dict[str, str] | None:
    weight = estimate_in(term.get("weight"))
    if weight is None:
        return None
    kind = term.get("kind")
    return {
        "name": rendered(f"term_{kind}", language) if kind in _NAMED else str(term.get("name", "")),
        "evidence": str(term.get("evidence", "")),
        "weight": _signed(weight["median"]),
        "ends": f"{_signed(weight['lower'])}, {_signed(weight['upper'])}",
        "counted_with": str(term.get("counted_with") or ""),
    }


def _interval(value: object) -> str:
    """Return an estimate as ``0.42 kg/h (0.21-0.90)``; "" where there is none."""
    estimate = estimate_in(value)
    if estimate is None:
        return ""
    units = str(estimate.get("units") or "1")
    ends = f"{figure(estimate['lower'])}-{figure(estimate['upper'])}"
    return f"{figure(estimate['median'])}{'' if units in _BARE else ' ' + units} ({ends})"


def _share(value: object) -> str:
    estimate = estimate_in(value)
    if estimate is None:
        return ""
    return f"{percent(estimate['median'])} ({percent(estimate['lower'])}-{percent(estimate['upper'])})"


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list) else []


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "\N{MINUS SIGN}")
