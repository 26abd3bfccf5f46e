"""Searches of the docket that people keep under a name, each for their own use."""

from __future__ import annotations

from upwind.errors import FaultyError
from upwind.render.objections import Objection
from upwind.store.docket import Wanted
from upwind.store.session import Session

__all__ = ["drop_search", "save_search", "saved_searches"]

#: So many searches one person keeps, each under a name of so many characters at most.
MOST, LONGEST = 50, 80


def save_search(session: Session, person: str, name: str, wanted: Wanted) -> None:
    """Keep a search under a name, in place of the one that had it.

    Raises
    ------
    FaultyError
        The name is empty or too long, or the person keeps too many.
    """
    called = " ".join(name.split())
    if not called or len(called) > LONGEST or not called.isprintable():
        raise FaultyError([("name", Objection("search_name", most=LONGEST))])
    kept = saved_searches(session, person)
    if len(kept) >= MOST and called not in kept:
        raise FaultyError([("name", Objection("search_many", most=MOST))])
    session.do(
        "put_saved_search", person=person, name=called, state=wanted.state, whose=wanted.whose, words=wanted.search
    )


def saved_searches(session: Session, person: str) -> dict[str, Wanted]:
    """Return a person's searches by name."""
    rows = session.rows("saved_searches", person=person)
    return {name: Wanted(state=state, whose=whose, search=words) for name, state, whose, words in rows}


def drop_search(session: Session, person: str, name: str) -> None:
    """Keep a search no longer."""
    session.do("delete_saved_search", person=person, name=name)
