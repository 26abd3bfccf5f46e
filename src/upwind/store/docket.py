"""The docket's list: what waits or stands in one state, the worthiest first, filtered and searched as somebody may."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from upwind.errors import FaultyError
from upwind.render.objections import Objection
from upwind.review.blind import is_withheld
from upwind.review.leases import LENGTH
from upwind.review.log import moment, stamp
from upwind.review.standing import State
from upwind.store.cases import salt_of
from upwind.store.clearances import hidden, require_seen
from upwind.store.engine import Row
from upwind.store.passages import words_in
from upwind.store.session import Session

__all__ = ["ALL", "LONGEST_SEARCH", "CaseRow", "Held", "Wanted", "Whose", "cases", "wanted_of"]

#: A row of the docket may not grow a request without bound.
MOST_ROWS = 1_000
#: The longest text that is searched for, and the most words of it that count.
LONGEST_SEARCH, MOST_WORDS = 200, 12
#: Above every rank.
_BEFORE_ALL = 1e300


class Held(StrEnum):
    """Who has a case, as who asks sees it."""

    FREE = "free"
    LEASED = "leased"
    MINE = "mine"
    #: This person has judged it in this round; it waits for others.
    JUDGED = "judged"


class Whose(StrEnum):
    """Which cases are wanted, by who has them."""

    #: Leased by nobody.
    FREE = "free"
    #: Leased by who asks, or assigned to them.
    MINE = "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases are wanted: of a state, "" for all that wait; whose, "" for anybody's; that hold a text."""

    state: str = ""
    whose: str = ""
    search: str = ""


ALL = Wanted()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in the docket's list; `probability` is None where this person's review goes without it."""

    id: str
    probability: float | None
    state: str
    held: Held
    compounds: str

    @property
    def is_leased(self) -> bool:
        """Return whether somebody has it now."""
        return self.held in (Held.LEASED, Held.MINE)


def wanted_of(state: str, whose: str, search: str) -> Wanted:
    """Return what is wanted, if it can be.

    Raises
    ------
    FaultyError
        There is no such state, or no such filter.
    """
    faults = [
        (name, Objection("one_of", words=", ".join(kinds)))
        for name, said, kinds in (("state", state, list(State)), ("whose", whose, list(Whose)))
        if said and said not in kinds
    ]
    if faults:
        raise FaultyError(faults)
    return Wanted(state=state, whose=whose, search=search.strip()[:LONGEST_SEARCH])


def cases(session: Session, person: str, wanted: Wanted = ALL, limit: int = 50, after: str = "") -> list[CaseRow]:
    """Return the docket's rows, worthiest first.

    A search finds cases of which one text that this person may read holds words that begin as each of its words does.

    Parameters
    ----------
    after
        The case that the row before the first one was; "" for the beginning.
    """
    values: dict[str, Any] = {"most": min(limit, MOST_ROWS), "state": wanted.state, "person": person}
    values |= hidden(session, person)
    if after:
        require_seen(session, person, after)
        ((ranked,),) = session.rows("rank_of", case_id=after)
        values |= {"ranked": ranked, "case_id": after}
    if wanted.search or wanted.whose:
        found = _found(session, wanted, values)
    else:
        kind = "cases" if wanted.state else "waiting"
        found = list(session.rows(f"{kind}_{'next' if after else 'first'}", **values))
    salt = salt_of(session)
    return [_row(session, person, salt, row) for row in found]


def _found(session: Session, wanted: Wanted, values: dict[str, Any]) -> list[Row]:
    """Return the rows that a search finds, without those that only words withheld from this person lead to."""
    words = " ".join(words_in(wanted.search, MOST_WORDS))
    if wanted.search and not words:
        return []
    asked = {
        "ranked": _BEFORE_ALL,
        "case_id": "",
        **values,
        "whose": wanted.whose,
        "words": words,
        "now": stamp(session.now),
        "latest": stamp(session.now + LENGTH),
    }
    salt, kept = salt_of(session), list[Row]()
    while True:
        rows = session.rows("found", **asked)
        kept += _leading(session, rows, asked, salt)
        if len(rows) < asked["most"] or len(kept) >= asked["most"]:
            return kept[: asked["most"]]
        asked |= {"ranked": rows[-1][7], "case_id": rows[-1][0]}


def _leading(session: Session, rows: Sequence[Row], asked: Mapping[str, Any], salt: str) -> list[Row]:
    """Return the rows of cases to which more leads than the machine's word, where that is withheld from who asks."""
    if not asked["words"]:
        return list(rows)
    blind = {row[0] for row in rows if is_withheld(row[0], asked["person"], row[3], salt)}
    said = {"cases": json.dumps(sorted(blind)), "person": asked["person"], "words": asked["words"]}
    plain = {case for (case,) in session.rows("found_plainly", **said)} if blind else set()
    return [row for row in rows if row[0] not in blind or row[0] in plain]


def _row(session: Session, person: str, salt: str, row: Row) -> CaseRow:
    case, probability, state, stage, holder, until, compounds = row[:7]
    if holder is not None and session.now < moment(until) <= session.now + LENGTH:
        held = Held.MINE if holder == person else Held.LEASED
    else:
        held = Held.JUDGED if row[-1] else Held.FREE
    return CaseRow(
        id=case,
        probability=None if is_withheld(case, person, stage, salt) else probability,
        state=state,
        held=held,
        compounds=compounds,
    )
