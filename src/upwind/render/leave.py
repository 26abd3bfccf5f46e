"""Why no authorisation covers an entry, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from upwind.records import Entry, Refusal, Shortfall
from upwind.render.words import Language, named, word

__all__ = ["SHORTFALLS", "refusal_said", "refusal_words", "shortfall_words"]

#: Kinds of shortfalls, each with the key of its words.
SHORTFALLS = {
    "state": "shortfall_state",
    "begins after it left": "shortfall_begins_after",
    "begins too late": "shortfall_begins_late",
    "ends before it enters": "shortfall_ends_before",
    "ends too early": "shortfall_ends_early",
    "platform": "shortfall_platform",
    "platform not known": "shortfall_platform_unknown",
    "special use": "shortfall_special_use",
    "below": "shortfall_below",
    "perhaps below": "shortfall_perhaps_below",
    "above": "shortfall_above",
    "perhaps above": "shortfall_perhaps_above",
    "floor, height not known": "shortfall_floor_unknown",
    "ceiling, height not known": "shortfall_ceiling_unknown",
    "area": "shortfall_area",
}
_DAYS = "days"


def refusal_said(entry: Entry) -> str:
    """Return why nobody allowed an entry, in every language as markup."""
    refused = entry.refused
    if refused is None:
        return f'<span lang="en">{escape(entry.why_not, quote=False)}</span>'
    return named(lambda language: refusal_words(refused, language))


def refusal_words(refused: Refusal, language: Language) -> str:
    """Return a clause that says why no authorisation covers an entry."""
    if not refused.authorisation:
        return word("refusal_none", language, state=refused.state)
    reasons = shortfall_words(refused.shortfalls, language)
    return word("refusal", language, id=refused.authorisation, reasons=reasons)


def shortfall_words(shortfalls: Sequence[Shortfall], language: Language) -> str:
    """Return clauses about one authorisation, such as ``it ends 12 s before the flight leaves``."""
    clauses = []
    for one in shortfalls:
        unit = word("unit_days", language) if one.said.get("unit") == _DAYS else one.said.get("unit", "")
        clauses.append(word(SHORTFALLS[one.says], language, **{**one.said, "unit": unit}))
    return f" {word('and', language)} ".join(clauses)
