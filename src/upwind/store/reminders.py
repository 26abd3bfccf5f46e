"""Reminders in the store: each overdue step of a partner is entered once as due, and once as escalated."""

from __future__ import annotations

from upwind.outcomes.reminders import Reminder, reminder_of
from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store.following import followed
from upwind.store.ledger import append, entries_of_kind
from upwind.store.releases import Released, releases
from upwind.store.session import Session

__all__ = ["overdue", "remind"]


def overdue(session: Session) -> list[tuple[Released, Reminder]]:
    """Return every release whose partner is overdue, and what is to be told of it."""
    found = []
    for released in releases(session):
        so_far = followed(session, released)
        told = reminder_of(released.release, so_far.clock(session.now), so_far.terms.focal_point)
        if told is not None:
            found.append((released, told))
    return found


def remind(session: Session, who: str) -> list[tuple[Released, Reminder, bool]]:
    """Return every overdue release, what is told of it, and whether that is new; what is new is entered."""
    told = {tuple(entry.body[name] for name in _ONCE) for entry in entries_of_kind(session, What.REMINDER)}
    found = [(released, one, one.once not in told) for released, one in overdue(session)]
    for released, one, is_new in found:
        if is_new:
            append(session, Draft(who=who, what=What.REMINDER, case=released.case, body=one.as_body()))
    return found


_ONCE = ("release", "waits_for", "since", "standing")
