"""What was flown and what came of review, for people: the register of flights, and counts and agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from upwind.records import Estimate, Refusal, Shortfall
from upwind.render.leave import refusal_words
from upwind.render.numbers import figure
from upwind.review.judgement import Verdict
from upwind.review.kinds import What
from upwind.review.log import LogEntry
from upwind.review.reviewers import agreed, scores
from upwind.store.ledger import entries_of_kind
from upwind.store.session import Session
from upwind.web.access import Right, may
from upwind.web.edge import account_of, reading
from upwind.web.pages.sheet import page
from upwind.web.words import language_of

__all__ = ["flights", "statistics"]


async def flights(request: Request) -> Response:
    """Return the register of flights, the latest first, and whose ground each entered by whose leave."""
    entries = await reading(request, lambda session: entries_of_kind(session, What.FLIGHT))
    language = language_of(request)
    rows = sorted((_flight(entry.body, language) for entry in entries), key=lambda row: row["from"], reverse=True)
    return page(request, "flights.html", rows=rows)


#: What the log did not yet say of flights, and of their entries, that came long ago.
_UNSAID = {"sensor": ""}
_UNSAID_OF_ENTRY = {"name": "", "from": "", "to": "", "verdict": "", "disputed": False, "suspect": False, "why_not": "",
                    "authorised_by": ()}  # fmt: skip


def _flight(body: Mapping[str, Any], language: str) -> dict[str, Any]:
    entries = [{**_UNSAID_OF_ENTRY, **entry, "why": _why_not(entry, language)} for entry in body["entries"]]
    return {**_UNSAID, **body, "entries": entries}


def _why_not(entry: Mapping[str, Any], language: str) -> str:
    """Return what keeps an authorisation from covering an entry; "" where the log has it in English alone."""
    said = entry.get("refused")
    if said is None:
        return ""
    short = tuple(Shortfall(says=one["says"], said=one["said"]) for one in said["shortfalls"])
    return refusal_words(Refusal(state=said["state"], authorisation=said["authorisation"], shortfalls=short), language)


async def statistics(request: Request) -> Response:
    """Return how many cases stand where, and the asker's own agreement and score; others' are not theirs to see."""
    person = account_of(request).name

    def question(session: Session) -> tuple[dict[str, int], dict[str, Any]]:
        return {row[0]: row[1] for row in session.rows("states")}, _own(session, person)

    counts, own = await reading(request, question)
    reviews = may(account_of(request), Right.JUDGE)
    return page(request, "statistics.html", counts=counts, reviews=reviews, **own)


def _own(session: Session, person: str) -> dict[str, Any]:
    """Return a person's agreement with others, over cases that are decided, and their score on known ones."""
    judged = entries_of_kind(session, What.JUDGEMENT)
    decided = {row[0] for row in session.rows("all_cases") if row[1] in list(Verdict)}
    mine = {entry.case for entry in judged if entry.who == person}
    told: list[LogEntry] = [entry for entry in judged if entry.case in mine & decided]
    known = [*entries_of_kind(session, What.KNOWN), *(entry for entry in told if entry.who == person)]
    score = next(iter(scores(known)), None)
    return {
        "judged": len(mine),
        "agreement": _written(agreed(told)),
        "known": score.known if score is not None else 0,
        "right": _written(score.right if score is not None else None),
    }


def _written(estimate: Estimate | None) -> str:
    if estimate is None:
        return ""
    return f"{figure(estimate.median)} ({figure(estimate.lower)} … {figure(estimate.upper)})"
