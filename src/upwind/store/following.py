"""What becomes of a release in the store: its clock, questions and replies, and what later flights say of the place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from upwind.errors import FaultyError
from upwind.outcomes.answers import Step
from upwind.outcomes.clocks import Clock, Said, Terms, clock_of
from upwind.outcomes.refly import Refly, refly
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.log import Draft, LogEntry, moment
from upwind.sites.emission import Habits, Pass, going_on, ratio_of
from upwind.store.ledger import append, entries_of_kind
from upwind.store.releases import Released, partner, release_of
from upwind.store.responses import entries_about, response
from upwind.store.session import Session

__all__ = ["Followed", "followed", "passes_after", "reply"]

_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What the log says of a release until now, by what terms it is waited for, our replies, and our reminders."""

    said: Said
    terms: Terms
    replies: tuple[LogEntry, ...]
    reminders: tuple[LogEntry, ...]

    def clock(self, now: datetime) -> Clock:
        """Return what is waited for at a time."""
        return clock_of(self.said, self.terms, now)


def followed(session: Session, released: Released) -> Followed:
    """Return what became of a release, by its partner's agreement."""
    agreed = partner(session, released.partner).agreement
    ours = tuple(entries_about(session, released, What.REPLY))
    recalls = entries_about(session, released, What.RECALL)
    said = Said(
        released=entries_about(session, released, What.RELEASE)[0].at,
        receipts=[entry.at for entry in entries_about(session, released, What.RECEIPT)],
        response=response(session, released),
        replies=[entry.at for entry in ours],
        recalled=recalls[0].at if recalls else None,
        is_settled=bool(entries_about(session, released, What.RECALLED)),
    )
    terms = Terms(days=agreed.urgency_days, focal_point=agreed.focal_point)
    reminders = tuple(entries_about(session, released, What.REMINDER))
    return Followed(said=said, terms=terms, replies=ours, reminders=reminders)


def reply(session: Session, person: str, release: str, said: Mapping[str, Any]) -> LogEntry:
    """Return the entry of a reply to what the partner asked.

    Raises
    ------
    AbsentError
        There is no such release.
    FaultyError
        It says nothing, or too much.
    """
    released, text = release_of(session, release), said.get("text")
    if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST or "\x00" in text:
        raise FaultyError([("text", Objection("write_something", most=_LONGEST))])
    body = {"release": release, "text": text.strip()}
    return append(session, Draft(who=person, what=What.REPLY, case=released.case, body=body))


def passes_after(session: Session, release: str) -> tuple[Refly, datetime | None]:
    """Return what the flights after acting say of a release's site, and when it was last acted on; None: never.

    A flight's time is that of its audit, and its weight that of the site's term, both as `upwind run` put them here.
    """
    released = release_of(session, release)
    acted = response(session, released).reached.get(Step.ACTED)
    row = session.row("site", id=released.case)
    if acted is None or row is None or row[8] is None:
        return refly([]), acted
    flown = {entry.body["flight"]: moment(entry.body["from"]) for entry in entries_of_kind(session, What.FLIGHT)}
    terms = json.loads(row[8])["properties"].get("terms") or []
    times = sorted(
        (flown[term["evidence"]], float(term["undiscounted"]))
        for term in terms
        if term["kind"] in ("seen", "silent") and term["evidence"] in flown
    )
    habits = Habits()
    passes = [Pass(hour=(at - acted).total_seconds() / 3600.0, ratio=ratio_of(alone, habits)) for at, alone in times]
    before = sum(at < acted for at, _ in times)
    return refly(going_on(passes[:before], passes[before:], habits)), acted
