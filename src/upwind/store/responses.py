"""Partners in the store: their own releases, receipts, answers, and what became of what was recalled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from upwind.errors import AbsentError, ConflictError, FaultyError
from upwind.outcomes.answers import Response, Step, answer_of, read_answer, responded
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.log import Draft, LogEntry
from upwind.store.cases import enter
from upwind.store.ledger import append, entries_of
from upwind.store.releases import Released, releases
from upwind.store.session import Session

__all__ = ["COMPLAINANTS", "answer", "complain", "entries_about", "own", "owned", "receipt", "response", "settle"]

_DIGEST = re.compile(r"[0-9a-f]{64}")
_STATES = ("destroyed", "retained")
#: Whose complaints are counted: kinds, never a person.
COMPLAINANTS = ("partner", "resident", "organisation", "oversight")
_LONGEST = 20_000


def owned(session: Session, partner: str) -> list[Released]:
    """Return a partner's own releases, the latest first."""
    return [one for one in releases(session) if one.partner == partner]


def own(session: Session, partner: str, release: str) -> Released:
    """Return one of a partner's own releases; `AbsentError` where it is none, or another's."""
    found = next((one for one in owned(session, partner) if one.release == release), None)
    if found is None:
        msg = Objection("no_release", release=release)
        raise AbsentError(msg)
    return found


def entries_about(session: Session, released: Released, *kinds: What) -> list[LogEntry]:
    """Return the entries of some kinds about a release, in order."""
    return [
        entry
        for entry in entries_of(session, released.case)
        if entry.what in kinds and entry.body.get("release") == released.release
    ]


def response(session: Session, released: Released) -> Response:
    """Return what a release has come to."""
    told = entries_about(session, released, What.ANSWER)
    return responded([(entry.at, answer_of(entry.body)) for entry in told])


def receipt(session: Session, person: str, partner: str, release: str, said: Mapping[str, Any]) -> LogEntry:
    """Return the entry that says that a partner has a release in hand; the same again is the same entry.

    Raises
    ------
    FaultyError
        What is said to be the package's digest is none.
    """
    released = own(session, partner, release)
    digest = said.get("sha256", "")
    if not isinstance(digest, str) or (digest and not _DIGEST.fullmatch(digest)):
        raise FaultyError([("sha256", Objection("package_digest"))])
    for entry in entries_about(session, released, What.RECEIPT):
        if entry.who == person and entry.body["sha256"] == digest:
            return entry
    body = {"release": release, "sha256": digest}
    return append(session, Draft(who=person, what=What.RECEIPT, case=released.case, body=body))


def answer(session: Session, person: str, partner: str, release: str, said: Mapping[str, Any]) -> LogEntry:
    """Return the entry of a partner's answer; one that contests the site opens its review anew.

    Raises
    ------
    FaultyError
        Fields are wrong.
    ConflictError
        This step cannot follow the one before.
    """
    released = own(session, partner, release)
    given = read_answer(said, response(session, released))
    body = {"release": release, **given.as_body()}
    entry = append(session, Draft(who=person, what=What.ANSWER, case=released.case, body=body))
    if given.step is Step.CONTESTED:
        why = {"why": f"{partner} contests {release}"}
        enter(session, Draft(who=person, what=What.REOPENED, case=released.case, body=why))
    if given.step is Step.ACTED and not _is_wanted(session, released):
        why = {"why": f"to verify what became of {release}"}
        enter(session, Draft(who=person, what=What.FLIGHT_REQUEST, case=released.case, body=why))
    return entry


def _is_wanted(session: Session, released: Released) -> bool:
    """Return whether somebody asked for a flight over the place already."""
    asked = [entry for entry in entries_of(session, released.case) if entry.what == What.FLIGHT_REQUEST]
    return bool(asked and asked[-1].body["why"])


def complain(session: Session, person: str, released: Released, by: str, said: Mapping[str, Any]) -> LogEntry:
    """Return the entry of a complaint about a release or what was done upon it; oversight counts them.

    Raises
    ------
    FaultyError
        It says nothing, too much, or not whose it is.
    """
    text = said.get("text")
    faults = [] if by in COMPLAINANTS else [("by", Objection("one_of", words=", ".join(COMPLAINANTS)))]
    if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST or "\x00" in text:
        faults.append(("text", Objection("complaint", most=_LONGEST)))
    if faults:
        raise FaultyError(faults)
    body = {"release": released.release, "by": by, "text": str(text).strip()}
    return append(session, Draft(who=person, what=What.COMPLAINT, case=released.case, body=body))


def settle(
    session: Session, person: str, partner: str, release: str, said: Mapping[str, Any], signed: str = ""
) -> LogEntry:
    """Return the entry that says what a holder did with a recalled release, and `signed`, what the holder signed.

    Raises
    ------
    ConflictError
        It was not recalled.
    FaultyError
        It is neither destroyed nor retained for a reason.
    """
    released = own(session, partner, release)
    if not released.recalled:
        msg = Objection("not_recalled", release=release)
        raise ConflictError(msg)
    state, why = said.get("state"), said.get("why", "")
    if state not in _STATES:
        raise FaultyError([("state", Objection("one_of", words=", ".join(_STATES)))])
    if not isinstance(why, str) or (state == "retained" and not why.strip()):
        raise FaultyError([("why", Objection("retained_why"))])
    body = {"release": release, "state": state, "why": why.strip(), **({"signed": signed} if signed else {})}
    return append(session, Draft(who=person, what=What.RECALLED, case=released.case, body=body))
