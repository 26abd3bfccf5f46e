"""What the store's outcomes have to teach: each place that a partner told the outcome of, and what was reported."""

from __future__ import annotations

import json

from upwind.outcomes.answers import Outcome, answer_of
from upwind.outcomes.tallies import Taught
from upwind.review.kinds import What
from upwind.sites.ratios import kind_of
from upwind.store.ledger import entries_of_kind
from upwind.store.session import Session

__all__ = ["places_with_outcomes"]


def places_with_outcomes(session: Session) -> list[Taught]:
    """Return every place whose last answer with an outcome is known, and whose evidence is not forgotten."""
    outcomes: dict[str, Outcome] = {}
    for entry in entries_of_kind(session, What.ANSWER):
        said = answer_of(entry.body)
        if said.outcome is not None:
            outcomes[entry.case] = said.outcome
    found = []
    for case, outcome in outcomes.items():
        row = session.row("site", id=case)
        if row is not None and row[8] is not None:
            terms = json.loads(row[8])["properties"].get("terms") or ()
            kinds = {kind_of(term["name"]) for term in terms if term["kind"] == "report" and not term["counted_with"]}
            found.append(Taught(outcome=outcome, kinds=frozenset(kinds)))
    return found
