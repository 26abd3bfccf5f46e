"""Compartments: which cases somebody may know of, by the case's marking and what they are cleared for.

A case that is UNCLASSIFIED and names nobody is everybody's who may read cases. Any other is denied, unless the account
is cleared to its level; a clearance that names states or partners (``SECRET//REL TO MEX``) is that of their people, who
read only what is released to them. What cannot be read as a marking is nobody's.
"""

from __future__ import annotations

import json
from functools import lru_cache

from upwind.errors import AbsentError, FaultyError, InputError
from upwind.release.markings import LEVELS, marking_of
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store.ledger import append
from upwind.store.session import Session

__all__ = ["clear", "clearance_of", "hidden", "is_seen", "marking_on", "note_marking", "require_seen", "sees"]

#: Stands between markings in a text of several; no marking can hold it.
COMMA = "\x1f"
#: The setting that holds every marking of a site, so that nobody need look through them all.
MARKINGS = "markings"


@lru_cache(maxsize=10_000)
def sees(clearance: str, marking: str) -> bool:
    """Return whether a clearance is enough for a marking; "" is none.

    Examples
    --------
    >>> sees("", "UNCLASSIFIED"), sees("", "UNCLASSIFIED//REL TO MEX"), sees("SECRET//REL TO MEX", "SECRET//NOFORN")
    (True, False, False)
    """
    if not marking:
        return True
    try:
        asked = marking_of(marking)
    except InputError:
        return False
    if asked.level == LEVELS[0] and asked.rel_to is None:
        return True
    if not clearance:
        return False
    held = marking_of(clearance)
    is_named = held.rel_to is None or bool(held.rel_to & (asked.rel_to or frozenset()))
    return is_named and LEVELS.index(asked.level) <= LEVELS.index(held.level)


def clear(session: Session, who: str, name: str, clearance: str) -> None:
    """Let a clearance be an account's; "" takes it away.

    Raises
    ------
    FaultyError
        It is no marking.
    """
    try:
        said = str(marking_of(clearance)) if clearance else ""
    except InputError as error:
        raise FaultyError([("clearance", str(error))]) from None
    session.do("put_setting", name=_name(name), content=said)
    append(session, Draft(who=who, what=What.CLEARANCE, body={"name": name, "clearance": said}))


def clearance_of(session: Session, name: str) -> str:
    """Return what an account is cleared for; "" for nothing."""
    row = session.row("setting", name=_name(name))
    return str(row[0]) if row is not None else ""


def note_marking(session: Session, marking: str) -> None:
    """Note that there is a site of this marking; "" notes those of a store of before."""
    known = _markings(session)
    if session.row("setting", name=MARKINGS) is None or (marking and marking not in known):
        session.do("put_setting", name=MARKINGS, content=json.dumps(sorted({*known, marking} - {""})))


def hidden(session: Session, person: str) -> dict[str, str]:
    """Return, as the docket's statements take it, which markings a person may not know of."""
    known = _markings(session)
    clearance = clearance_of(session, person) if known else ""
    kept = [marking for marking in known if not sees(clearance, marking)]
    return {"hidden": f"{COMMA}{COMMA.join(kept)}{COMMA}" if kept else "", "comma": COMMA}


def is_seen(session: Session, person: str, case: str) -> bool:
    """Return whether there is such a case for a person."""
    marking = marking_on(session, case)
    return marking is not None and (not marking or sees(clearance_of(session, person), marking))


def marking_on(session: Session, case: str) -> str | None:
    """Return how a case is marked, "" for not at all; None where there is no such case."""
    row = session.row("marking_of", id=case)
    return str(row[0]) if row is not None else None


def require_seen(session: Session, person: str, case: str) -> None:
    """Raise `AbsentError` where there is no such case for a person: that there is one may not show either."""
    if not is_seen(session, person, case):
        msg = Objection("no_case", case=case)
        raise AbsentError(msg)


def _markings(session: Session) -> list[str]:
    row = session.row("setting", name=MARKINGS)
    if row is None:  # a store of before: its sites' own
        return [each[0] for each in session.rows("every_marking") if each[0]]
    markings: list[str] = json.loads(row[0])
    return markings


def _name(account: str) -> str:
    return f"clearance of {account}"
