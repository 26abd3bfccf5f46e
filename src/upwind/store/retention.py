"""What was rejected is forgotten on schedule: its evidence goes, the log keeps the digests and still verifies."""

from __future__ import annotations

import json
from datetime import timedelta

from upwind.review.kinds import What
from upwind.review.log import Draft, stamp
from upwind.store.ledger import append
from upwind.store.passages import forget_site
from upwind.store.session import Session
from upwind.store.shelf import Shelf
from upwind.store.store import Store

__all__ = ["forget"]

#: How long an answer is kept for who asks again with the same idempotency key.
ANSWERS = timedelta(days=30)


def forget(store: Store, shelf: Shelf, who: str, after: timedelta) -> list[str]:
    """Return the cases whose evidence is now gone: rejected for longer than `after`.

    The store lets go of it first and the files follow; those of a run that was killed in between follow with the next.
    """
    cases = store.write(lambda session: _let_go(session, who, after))
    wanted = store.read(lambda session: {row[0] for row in session.rows("all_evidence")})
    forgotten = store.read(_every_forgotten)
    shelf.forget(forgotten - wanted)
    return cases


def _let_go(session: Session, who: str, after: timedelta) -> list[str]:
    session.do("delete_answers", before=stamp(session.now - ANSWERS))
    cases = []
    for case, sha256, feature in session.rows("forgettable", before=stamp(session.now - after)):
        digests = [row[0] for row in session.rows("evidence_of_case", case_id=case)]
        digests += [sha256] if feature is not None else []
        session.do("forget_site", id=case)
        forget_site(session, case)
        session.do("delete_evidence", case_id=case)
        why = f"rejected for more than {after.days} days"
        append(session, Draft(who=who, what=What.FORGOTTEN, case=case, body={"digests": digests, "why": why}))
        cases.append(case)
    return cases


def _every_forgotten(session: Session) -> set[str]:
    """Return all digests that the log says are forgotten; what another case still needs is not deleted."""
    return {digest for (body,) in session.rows("forgotten") for digest in json.loads(body)["digests"]}
