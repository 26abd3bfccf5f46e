"""What a case's page tells of its site: what, how sure, why, and what else it may be, ready for the template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from upwind.compounds import find
from upwind.geo import grid_reference
from upwind.records import Estimate, Remark
from upwind.render.explained import REMARKS, place_words, remark_words
from upwind.render.numbers import coordinates, degrees_minutes_seconds, figure, percent
from upwind.render.words import compound_name, kind_name, likelihood, listed
from upwind.render.words import word as rendered
from upwind.review.docket import Worth
from upwind.web.outside import estimate_in, is_number, rows_in, texts_in
from upwind.web.words import word

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
        "why_no_rate": _why_no_rate(said, named, language),
        "positions": [text for text in (place(longitude, latitude) for place in places) if text],
        "radius": figure(said["radius_90_m"]) if is_number(said.get("radius_90_m")) else "",
        "sure": _sure(said, language),
        "duty": _share(said.get("duty_cycle")),
        "people": _interval(said.get("people_at_risk")),
        "flights": texts_in(said.get("flights")),
        "reports": texts_in(said.get("reports")),
        "heard": [
            {
                "id": str(one.get("id", "")),
                "kind": kind_name(str(one.get("kind", "")), language),
                "text": str(one.get("text", "")),
            }
            for one in rows_in(said.get("report_texts"))
        ],
        "explained": _explained(said, language),
        "abstained": _remarks(said, "why_abstained", language) if said.get("abstained") is True else None,
        "would_separate": _remarks(said, "would_separate", language),
        "in_words": _likeliest_place(said, language),
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


def _why_no_rate(said: Mapping[str, Any], named: Sequence[str], language: str) -> str:
    """Return why no rate is given, in the page's words where it is that of a gas without a molar mass."""
    why = str(said.get("why") or "")
    return word("no_molar_mass", language) if why and named and find(named[0]) is None else why


def _remarks(said: Mapping[str, Any], of: str, language: str) -> str:
    """Return the remarks of an answer in the reader's language; of one without their parts the text that it has."""
    in_parts = said.get("in_parts")
    parts = in_parts.get(of) if isinstance(in_parts, Mapping) else None
    rows = rows_in(parts if isinstance(parts, list) else [parts])
    told = [remark_words(_remark(row), language) for row in rows if str(row.get("says")) in REMARKS]
    return "; ".join(told) or str(said.get(of) or "")


def _remark(row: Mapping[str, Any]) -> Remark:
    least = row.get("least")
    return Remark(
        says=str(row["says"]),
        compounds=tuple(texts_in(row.get("compounds"))),
        explanations=tuple(texts_in(row.get("explanations"))),
        place=str(row.get("place", "")),
        kind=str(row.get("kind", "")),
        least=least if is_number(least) else 0.0,
    )


def _likeliest_place(said: Mapping[str, Any], language: str) -> str:
    """Return what the likeliest mapped place explains, in the reader's language; "" where no place does."""
    place: Mapping[str, Any] = next(iter(rows_in(said.get("places"))), {})
    away, share = estimate_in(place.get("distance")), place.get("probability")
    if away is None or not is_number(share):
        return str(said.get("in_words") or "")
    distance = Estimate(median=away["median"], lower=away["lower"], upper=away["upper"], level=0.9, units="m")
    return place_words(str(place.get("name", "")), str(place.get("kind", "")), distance, share, language)


def _explained(said: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """Return every explanation, the likeliest first; that no benign source explains it is one of them."""
    rows = [
        {**one, "name": kind_name(str(one.get("class", "")), language)} for one in rows_in(said.get("explanations"))
    ]
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
        f"{_any_of(one, language)} {_signed(one['log_likelihood_ratio'])}" for one in known[:_MOST_EVIDENCE]
    )


def _any_of(one: Mapping[str, Any], language: str) -> str:
    """Return the compound that speaks, or those of which it is one."""
    names = texts_in(one.get("any_of")) or [str(one.get("compound", ""))]
    return listed([compound_name(name, language) for name in names], language)


def _term(term: Mapping[str, Any], language: str) -> dict[str, str] | None:
    weight = estimate_in(term.get("weight"))
    if weight is None:
        return None
    kind = term.get("kind")
    return {
        "name": rendered(f"term_{kind}", language)
        if kind in _NAMED
        else kind_name(str(term.get("name", "")), language),
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


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "\N{MINUS SIGN}")
