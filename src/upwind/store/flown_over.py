"""Sites and the passes over them, as later questions need them: where, how they stand, what each month saw."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from upwind.outcomes.effect import Month
from upwind.review.kinds import What
from upwind.review.log import moment
from upwind.store.ledger import entries_of_kind
from upwind.store.session import Session

__all__ = ["confirmed_places", "months"]


def confirmed_places(session: Session) -> list[tuple[float, float]]:
    """Return longitude and latitude of every confirmed site that is not forgotten. [deg]"""
    return [
        (float(feature["geometry"]["coordinates"][0]), float(feature["geometry"]["coordinates"][1]))
        for _, state, feature in _sites(session)
        if state == "confirmed"
    ]


def months(session: Session) -> list[Month]:
    """Return every site in every month in which a known flight passed it; the month of its release is left out."""
    flown = {entry.body["flight"]: entry.body["from"] for entry in entries_of_kind(session, What.FLIGHT)}
    released = {entry.case: entry.at for entry in reversed(entries_of_kind(session, What.RELEASE))}
    found = []
    for case, _, feature in _sites(session):
        passes: defaultdict[str, list[bool]] = defaultdict(list)
        for term in feature["properties"].get("terms") or ():
            if term["kind"] in ("seen", "silent") and term["evidence"] in flown:
                passes[f"{moment(flown[term['evidence']]):%Y-%m}"].append(term["kind"] == "seen")
        own = f"{released[case]:%Y-%m}" if case in released else ""
        found += [
            Month(site=case, month=month, seen=sum(saw) / len(saw), is_released=bool(own) and month > own)
            for month, saw in passes.items()
            if month != own
        ]
    return found


def _sites(session: Session) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the id, standing and Feature of every site whose evidence was not forgotten."""
    rows = [(case, state, session.row("site", id=case)) for case, state, *_ in session.rows("all_cases")]
    return [(case, state, json.loads(row[8])) for case, state, row in rows if row is not None and row[8] is not None]
