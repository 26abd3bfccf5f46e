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

#: What the log keeps of an entry: where, when and how surely, and what keeps the nearest authorisation from it.
_ENTRY = ("state", "kind", "name", "from", "to", "verdict", "disputed", "suspect", "why_not", "refused")
#: And of an authorisation: who allowed it, and from when to when.
_LEAVE = ("id", "from", "to", "basis", "recorded_by")


def record_flights(session: Session, who: str, audit: Mapping[str, Any]) -> int:
    """Return how many flights of an audit are new to the log.

    Parameters
    ----------
    audit
        As `upwind run` writes it: `flights`, rows of the register, `entries`, and the `authorisations` they rest on.
    """
    given = {one["id"]: one for one in audit.get("authorisations", ())}
    known = {entry.body["sha256"] for entry in entries_of_kind(session, What.FLIGHT)}
    bodies = [_body(row, audit.get("entries", ()), given) for row in audit["flights"]]
    fresh = [body for body in bodies if body["sha256"] not in known]
    for body in fresh:
        append(session, Draft(who=who, what=What.FLIGHT, body=body))
    return len(fresh)


def _body(
    row: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], given: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    digests = sorted(each["sha256"] for each in row["files"])
    return {
        "flight": row["flight"],
        "platform": row["platform"],
        "from": row["from"],
        "to": row["to"],
        "seconds": round(row["duration_s"]),
        "sha256": hashlib.sha256(canonical([row["flight"], *digests]).encode()).hexdigest(),
        **{field: row[field] for field in ("sensor", "authority") if field in row},
        "entries": [_entry(each, given) for each in entries if each["flight"] == row["flight"]],
    }


def _entry(each: Mapping[str, Any], given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return an entry as the log keeps it, with the authorisations that cover it."""
    said = each["authorised_by"]
    ids = said if isinstance(said, list) else [said] if said is not None else []
    leaves = [{field: given[one][field] for field in _LEAVE} if one in given else {"id": one} for one in ids]
    return {
        **{field: each[field] for field in _ENTRY if field in each},
        "is_authorised": said is not None,
        "authorised_by": leaves,
    }
