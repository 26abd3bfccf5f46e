"""The docket in the store: claims, heartbeats and judgements, each of them at most once."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upwind.errors import ConflictError, FaultyError
from upwind.render.objections import Objection
from upwind.review.blind import is_withheld
from upwind.review.judgement import Judgement
from upwind.review.kinds import What
from upwind.review.leases import LENGTH, Lease, extended, granted
from upwind.review.log import Draft, LogEntry, canonical, stamp
from upwind.review.standing import Standing, fold, require_judge, visible
from upwind.store.clearances import hidden, require_seen
from upwind.store.leases import lease_of, own_lease, put_lease, require_case, require_room
from upwind.store.ledger import append, entries_of
from upwind.store.passages import MACHINES_WORD, keep_close, note_entry
from upwind.store.session import Session

__all__ = ["CaseView", "claim", "enter", "heartbeat", "judge", "view"]

#: PostgreSQL's indexes hold no long texts.
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as one person may see it: `feature` is None once forgotten, `entries` are those of the log they may read.

    Where `is_withheld`, the machine's probabilities are left out of both.
    """

    id: str
    feature: Mapping[str, Any] | None
    standing: Standing
    lease: Lease | None
    entries: tuple[LogEntry, ...]
    is_withheld: bool


def claim(session: Session, person: str, key: str, case: str = "") -> dict[str, Any] | None:
    """Return the case that is now a person's to judge, its stage and until when; None where there is nothing to do.

    Parameters
    ----------
    key
        The person's idempotency key: the same one gives the same answer.
    case
        The one wanted; "" for the worthiest that waits for this person.

    Raises
    ------
    ConflictError
        The case wanted is another's for now, was judged by this person, or waits for nobody; the person has as many as
        one may have; or the key was used for something else.
    AbsentError
        There is no such case.
    """
    request = f"claim {case}"
    if (known := _answered(session, person, key, request)) is not None:
        return known
    if case:
        require_seen(session, person, case)
    wanted = case or _next_case(session, person)
    if not wanted:
        return None
    standing = fold(wanted, entries_of(session, wanted))
    require_judge(standing, person)
    if case:  # the next one is nobody's
        _require_free(session, person, case)
    require_room(session, person, wanted)
    lease = granted(wanted, person, (standing.round, standing.stage), session.now)
    put_lease(session, lease)
    body = {"round": lease.round, "stage": lease.stage, "until": stamp(lease.until)}
    append(session, Draft(who=person, what=What.CLAIM, case=wanted, body=body))
    answer = {"case": wanted, "stage": lease.stage, "lease_until": stamp(lease.until)}
    return _keep_answer(session, person, key, (request, answer))


def heartbeat(session: Session, person: str, case: str) -> Lease:
    """Return a person's lease of a case, made longer.

    Raises
    ------
    ConflictError
        They have none: it ran out, was another's, or the case was judged.
    """
    lease = extended(own_lease(session, person, case), session.now)
    put_lease(session, lease)
    return lease


def judge(session: Session, person: str, key: str, case: str, judgement: Judgement) -> dict[str, Any]:
    """Return the digest and number of the entry that holds a person's judgement.

    Raises
    ------
    ConflictError
        They have no lease of the case, or judged it before, or the key was used for something else.
    AbsentError
        There is no such case.
    """
    said = judgement.as_body()
    request = f"judge {case} {hashlib.sha256(canonical(said).encode()).hexdigest()}"
    if (known := _answered(session, person, key, request)) is not None:
        return known
    entries = entries_of(session, case)
    if not entries:
        require_case(session, case)
    standing = fold(case, entries)
    require_judge(standing, person)
    lease = own_lease(session, person, case)
    if (lease.round, lease.stage) != (standing.round, standing.stage):
        msg = Objection("moved_on", case=case)
        raise ConflictError(msg)
    is_first = all((entry.who, entry.what) != (person, What.JUDGEMENT) for entry in entries)
    withheld = is_first and is_withheld(case, person, lease.stage, salt_of(session))
    body = {**said, "round": lease.round, "stage": lease.stage, "withheld": withheld, "nonce": secrets.token_hex(16)}
    entry = append(session, Draft(who=person, what=What.JUDGEMENT, case=case, body=body))
    session.do("insert_judgement", case_id=case, round=lease.round, stage=lease.stage, person=person, seq=entry.seq)
    session.do("delete_lease", case_id=case)
    show(session, case, [*entries, entry])
    answer = {"entry": entry.digest, "seq": entry.seq}
    return _keep_answer(session, person, key, (request, answer))


def enter(session: Session, draft: Draft) -> LogEntry:
    """Return the entry of a step on a case, whose standing on the docket follows."""
    require_case(session, draft.case)
    entry = append(session, draft)
    show(session, draft.case, entries_of(session, draft.case))
    return entry


def show(session: Session, case: str, entries: Sequence[LogEntry]) -> None:
    """Let the docket and its search show a case as its entries leave it: an index of the log, never more."""
    standing = fold(case, entries)
    session.do(
        "update_standing",
        case_id=case,
        state=str(standing.state),
        round=standing.round,
        stage=standing.stage,
        waits=int(standing.stage > 0),
        since=stamp(session.now),
        assignee=standing.assignee,
    )
    note_entry(session, entries[-1])
    keep_close(session, standing, entries)


def view(session: Session, person: str, case: str) -> CaseView:
    """Return a case as a person may see it.

    Raises
    ------
    AbsentError
        There is no such case.
    """
    require_seen(session, person, case)
    ((*_, text),) = session.rows("site", id=case)
    entries = entries_of(session, case)
    standing = fold(case, entries)
    feature: dict[str, Any] | None = json.loads(text) if text is not None else None
    told = visible(entries, standing, person)
    withheld = is_withheld(case, person, standing.stage, salt_of(session))
    if withheld:
        told = [entry for entry in told if entry.what != What.SITE]
        if feature is not None:
            feature["properties"] = {k: v for k, v in feature["properties"].items() if k not in MACHINES_WORD}
    return CaseView(
        id=case,
        feature=feature,
        standing=standing,
        lease=lease_of(session, case),
        entries=tuple(told),
        is_withheld=withheld,
    )


def salt_of(session: Session) -> str:
    """Return the store's own secret that blind reviews are drawn with."""
    row = session.row("setting", name="salt")
    return row[0] if row is not None else ""


def _require_free(session: Session, person: str, case: str) -> None:
    held = lease_of(session, case)
    if held is not None and held.person != person:
        msg = Objection("of_another", case=case, until=stamp(held.until))
        raise ConflictError(msg)


def _next_case(session: Session, person: str) -> str:
    until = stamp(session.now + LENGTH)
    row = session.row("next_case", person=person, now=stamp(session.now), latest=until, **hidden(session, person))
    return row[0] if row is not None else ""


def _answered(session: Session, person: str, key: str, request: str) -> dict[str, Any] | None:
    """Return what a person was answered under a key; None where the key is new.

    Raises
    ------
    FaultyError
        It is empty or too long.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise FaultyError([("Idempotency-Key", Objection("key_long", most=LONGEST_KEY))])
    row = session.row("answer", person=person, idempotency=key)
    if row is None:
        return None
    if row[0] != request:
        msg = Objection("key_used", key=repr(key[:40]))
        raise ConflictError(msg)
    answer: dict[str, Any] = json.loads(row[1])
    return answer


def _keep_answer(session: Session, person: str, key: str, said: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    request, answer = said
    session.do(
        "insert_answer",
        person=person,
        idempotency=key,
        request=request,
        reply=canonical(answer),
        at=stamp(session.now),
    )
    return answer
