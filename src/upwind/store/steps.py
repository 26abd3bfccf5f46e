"""What people do with a case besides judging it: every step an entry, undone or corrected by another one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from enum import StrEnum

from upwind.errors import AbsentError, ConflictError, FaultyError
from upwind.render.objections import Objection
from upwind.review.judgement import LONGEST, Judgement
from upwind.review.kinds import What
from upwind.review.leases import granted
from upwind.review.log import Draft, LogEntry
from upwind.review.standing import fold, require_judge, require_own, require_undoable
from upwind.store.accounts import JUDGES, require_account
from upwind.store.cases import enter
from upwind.store.clearances import require_seen
from upwind.store.leases import own_lease, put_lease, require_case, require_room
from upwind.store.ledger import entries_of
from upwind.store.session import Session

__all__ = [
    "Stands",
    "assign",
    "close",
    "comment",
    "correct",
    "hand_over",
    "reopen",
    "request_flight",
    "undo",
    "watch",
]

_MENTION = re.compile(r"(?<![\w@])@([\w.-]*\w)")


class Stands(StrEnum):
    """Why another case stands for one."""

    DUPLICATE = "duplicate"
    MERGE = "merge"


def undo(session: Session, person: str, case: str, seq: int) -> LogEntry:
    """Return the entry that takes back a person's own step, as long as nobody has built on it.

    Who takes back a judgement that was not the first has seen how it compares, and is not asked again in this round.
    """
    require_case(session, case)
    entries = entries_of(session, case)
    undone = require_undoable(entries, seq, person)
    is_blind = {vote.person for vote in fold(case, entries).votes} == {person}
    if undone.what == What.JUDGEMENT:
        session.do("delete_judgement" if is_blind else "set_judgement_aside", seq=seq)
    return enter(session, Draft(who=person, what=What.UNDO, case=case, body={"undoes": seq}))


def correct(session: Session, person: str, case: str, seq: int, judgement: Judgement) -> LogEntry:
    """Return the entry that puts a judgement in place of one's own; where the case was decided, review begins anew."""
    require_case(session, case)
    entries = entries_of(session, case)
    require_own(entries, seq, person, (What.JUDGEMENT, What.CORRECTION))
    if seq not in {vote.seq for vote in fold(case, entries).votes}:
        msg = Objection("counts_no_longer", seq=seq)
        raise ConflictError(msg)
    body = {**judgement.as_body(), "corrects": seq, "nonce": secrets.token_hex(16)}
    return enter(session, Draft(who=person, what=What.CORRECTION, case=case, body=body))


def reopen(session: Session, person: str, case: str, why: str) -> LogEntry:
    """Return the entry with which a case's review begins anew."""
    return _enter(session, person, What.REOPENED, case, {"why": _said(why, "why")})


def close(session: Session, person: str, case: str, into: str, why: Stands) -> LogEntry:
    """Return the entry that lets another case stand for this one.

    Raises
    ------
    ConflictError
        The other one is this one, or leads back to it.
    """
    require_case(session, case)
    require_seen(session, person, into)
    ahead, passed = [into], set[str]()
    while ahead:
        if (stand := ahead.pop()) == case:
            msg = Objection("leads_back", into=into, case=case)
            raise ConflictError(msg)
        if stand not in passed:
            passed.add(stand)
            ahead.extend(fold(stand, entries_of(session, stand)).into)
    if why is Stands.DUPLICATE:
        return _enter(session, person, What.DUPLICATE, case, {"of": into})
    return _enter(session, person, What.MERGE, case, {"into": into})


def watch(session: Session, person: str, case: str, why: str) -> LogEntry:
    """Return the entry that has a case looked at when it is flown over again; "" ends the watch."""
    return _enter(session, person, What.WATCH, case, {"why": why})


def request_flight(session: Session, person: str, case: str, why: str) -> LogEntry:
    """Return the entry that asks for a flight over a case; "" takes the wish back."""
    return _enter(session, person, What.FLIGHT_REQUEST, case, {"why": why})


def assign(session: Session, person: str, case: str, to: str) -> LogEntry:
    """Return the entry that makes a case somebody's; "" makes it nobody's."""
    if to:
        require_account(session, to)
        _require_cleared(session, to, case)
    return _enter(session, person, What.ASSIGN, case, {"to": to})


def comment(session: Session, person: str, case: str, text: str) -> LogEntry:
    """Return the entry of a word about a case; ``@name`` calls an account."""
    body = {"text": _said(text, "text"), "mentions": sorted(set(_MENTION.findall(text)))}
    return _enter(session, person, What.COMMENT, case, body)


def hand_over(session: Session, person: str, case: str, to: str, text: str) -> LogEntry:
    """Return the entry with which a leased case passes to somebody who may judge it.

    Raises
    ------
    ConflictError
        It is not this person's, or the other may not judge it or has as many cases as one may have.
    """
    require_case(session, case)
    if JUDGES.isdisjoint(require_account(session, to).roles):
        msg = Objection("judges_none", to=to)
        raise ConflictError(msg)
    _require_cleared(session, to, case)
    lease = own_lease(session, person, case)
    require_judge(fold(case, entries_of(session, case)), to)
    require_room(session, to, case)
    put_lease(session, granted(case, to, (lease.round, lease.stage), session.now))
    return _enter(session, person, What.HAND_OVER, case, {"to": to, "text": text})


def _require_cleared(session: Session, to: str, case: str) -> None:
    """Raise where somebody else may not know of a case that is to be theirs."""
    try:
        require_seen(session, to, case)
    except AbsentError:
        msg = Objection("not_cleared", to=to, case=case)
        raise ConflictError(msg) from None


def _enter(session: Session, person: str, what: What, case: str, body: Mapping[str, object]) -> LogEntry:
    require_case(session, case)
    return enter(session, Draft(who=person, what=what, case=case, body=body))


def _said(text: str, field: str) -> str:
    if not text.strip() or len(text) > LONGEST:
        raise FaultyError([(field, Objection("write_something", most=LONGEST))])
    return text.strip()
