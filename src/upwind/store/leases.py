"""Leases in the store: who has which case for now, and never more of them than one person can decide."""

from __future__ import annotations

from upwind.errors import AbsentError, ConflictError, FaultyError
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.leases import LENGTH, Lease, is_held
from upwind.review.log import Draft, LogEntry, moment, stamp
from upwind.store.ledger import append
from upwind.store.session import Session

__all__ = [
    "give_back",
    "lease_of",
    "limit_leases",
    "most_leases",
    "own_lease",
    "put_lease",
    "require_case",
    "require_room",
]

#: So many cases a person has at once unless the operator says otherwise, and may have at all.
MOST, MOST_EVER = 3, 100

_SETTING = "leases a person"


def lease_of(session: Session, case: str) -> Lease | None:
    """Return the lease of a case that counts now; None where there is none."""
    row = session.row("lease", case_id=case)
    if row is None:
        return None
    lease = Lease(case=row[0], person=row[1], round=row[2], stage=row[3], until=moment(row[4]))
    return lease if is_held(lease, session.now) else None


def own_lease(session: Session, person: str, case: str) -> Lease:
    """Return a person's lease of a case.

    Raises
    ------
    ConflictError
        They have none.
    """
    lease = lease_of(session, case)
    if lease is None or lease.person != person:
        msg = Objection("no_lease", case=case)
        raise ConflictError(msg)
    return lease


def put_lease(session: Session, lease: Lease) -> None:
    """Let a lease be the one of its case."""
    session.do(
        "put_lease",
        case_id=lease.case,
        person=lease.person,
        round=lease.round,
        stage=lease.stage,
        until=stamp(lease.until),
    )


def require_room(session: Session, person: str, case: str) -> None:
    """Raise where a person has as many other cases that wait as one may have at once.

    Raises
    ------
    ConflictError
        The cases are named: judge one, hand it over, or give it back.
    """
    now, latest = stamp(session.now), stamp(session.now + LENGTH)
    held = [row[0] for row in session.rows("leased_by", person=person, now=now, latest=latest) if row[0] != case]
    most = most_leases(session) if held else MOST
    if len(held) >= most:
        which = ", ".join(held[:most])
        msg = Objection("too_many", person=person, count=len(held), which=which, most=most)
        raise ConflictError(msg)


def most_leases(session: Session) -> int:
    """Return how many cases one person may have at once."""
    row = session.row("setting", name=_SETTING)
    return int(row[0]) if row is not None else MOST


def limit_leases(session: Session, most: int) -> None:
    """Let so many cases be the most that one person may have at once.

    Raises
    ------
    FaultyError
        It is none, or more than anybody could work on.
    """
    if not 1 <= most <= MOST_EVER:
        raise FaultyError([("leases", f"give 1 to {MOST_EVER}")])
    session.do("put_setting", name=_SETTING, content=str(most))


def give_back(session: Session, person: str, case: str) -> LogEntry:
    """Return the entry with which a person's lease of a case ends, the case being free for others.

    Raises
    ------
    ConflictError
        They have none.
    """
    require_case(session, case)
    own_lease(session, person, case)
    session.do("delete_lease", case_id=case)
    return append(session, Draft(who=person, what=What.GIVE_BACK, case=case, body={}))


def require_case(session: Session, case: str) -> None:
    """Raise `AbsentError` where there is no such case."""
    if session.row("rank_of", case_id=case) is None:
        msg = Objection("no_case", case=case)
        raise AbsentError(msg)
