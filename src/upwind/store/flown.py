"""Flights in the store: that they were flown, and whose ground they entered by whose leave."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from upwind.review.kinds import What
from upwind.review.log import Draft, canonical
from upwind.store.ledger import append, entries_of_kind
from upwind.store.session import Session

__all__ = ["record_flights"]


def record_flights(session: Session, who: str, audit: Mapping[str, Any]) -> int:
    """Return how many flights of an audit are new to the log.

    Parameters
    ----------
    audit
        As `upwind run` writes it: `flights`, rows of the register, and `entries`.
    """
    known = {entry.body["sha256"] for entry in entries_of_kind(session, What.FLIGHT)}
    bodies = [_body(row, audit.get("entries", ())) for row in audit["flights"]]
    fresh = [body for body in bodies if body["sha256"] not in known]
    for body in fresh:
        append(session, Draft(who=who, what=What.FLIGHT, body=body))
    return len(fresh)


def _body(row: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    digests = sorted(each["sha256"] for each in row["files"])
    return {
        "flight": row["flight"],
        "platform": row["platform"],
        "from": row["from"],
        "to": row["to"],
        "seconds": round(row["duration_s"]),
        "sha256": hashlib.sha256(canonical([row["flight"], *digests]).encode()).hexdigest(),
        "entries": [
            {"state": each["state"], "kind": each["kind"], "is_authorised": each["authorised_by"] is not None}
            for each in entries
            if each["flight"] == row["flight"]
        ],
    }
