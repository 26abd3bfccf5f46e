"""The log in the store: entries are appended, read and verified, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from upwind.review.log import NO_ENTRY, Draft, Head, LogEntry, LogError, canonical, chained, checked, moment, stamp
from upwind.review.merkle import Frontier, corners
from upwind.review.standing import fold
from upwind.store.engine import Row
from upwind.store.session import Session, Tail

__all__ = [
    "append",
    "entries_after",
    "entries_of",
    "entries_of_kind",
    "every_entry",
    "head",
    "head_at",
    "load_tail",
    "seal",
    "verify",
]

#: Entries that are read at once.
_PAGE = 2_000


def append(session: Session, draft: Draft) -> LogEntry:
    """Return the entry that a draft became, the last one of the log."""
    tail = session.tail or load_tail(session)
    entry = chained(draft, tail.frontier.size + 1, session.now, tail.digest)
    frontier = tail.frontier.grown(bytes.fromhex(entry.digest))
    session.do(
        "append_entry",
        seq=entry.seq,
        at=stamp(entry.at),
        who=entry.who,
        what=entry.what,
        case_id=entry.case,
        body=canonical(entry.body),
        previous=entry.previous,
        digest=entry.digest,
        subtree=frontier.subtrees[-1].hex(),
    )
    session.tail = Tail(digest=entry.digest, frontier=frontier)
    session.entered.append((entry.what, entry.seq))
    return entry


def load_tail(session: Session) -> Tail:
    """Return the end of the log as the store has it."""
    last = session.row("last_entry")
    if last is None:
        return Tail(digest=NO_ENTRY, frontier=Frontier())
    size, digest = last
    subtrees = [bytes.fromhex(row[0]) for seq in corners(size) for row in session.rows("subtree_at", seq=seq)]
    return Tail(digest=digest, frontier=Frontier(size, tuple(subtrees)))


def seal(session: Session) -> None:
    """Write the head of what was appended."""
    if session.tail is not None:
        session.do("seal_head", **session.tail.head.as_json())


def head(session: Session) -> Head:
    """Return the log's head."""
    ((size, root),) = session.rows("head")
    return Head(size=size, root=root)


def head_at(session: Session, seq: int) -> Head:
    """Return the head that the log had when it ended at an entry."""
    subtrees = [bytes.fromhex(row[0]) for end in corners(seq) for row in session.rows("subtree_at", seq=end)]
    return Head(size=seq, root=Frontier(seq, tuple(subtrees)).root.hex())


def entries_after(session: Session, seq: int, most: int) -> list[LogEntry]:
    """Return at most so many entries after one."""
    return [_entry(row) for row in session.rows("entries_after", after=seq, most=most)]


def entries_of(session: Session, case: str) -> list[LogEntry]:
    """Return every entry of a case, in order."""
    return [_entry(row) for row in session.rows("entries_of_case", case_id=case)]


def entries_of_kind(session: Session, what: str) -> list[LogEntry]:
    """Return every entry of a kind, in order."""
    return [_entry(row) for row in session.rows("entries_of_kind", what=what)]


def every_entry(session: Session) -> Iterator[LogEntry]:
    """Yield every entry, in order."""
    return (_entry(row) for row in _every_row(session))


def verify(session: Session) -> Head:
    """Return the log's head if every entry is what was written, and the cases stand as the log says.

    Raises
    ------
    LogError
        At the first bad entry.
    """
    subtrees: list[str] = []

    def noted() -> Iterator[LogEntry]:
        for row in _every_row(session):
            subtrees.append(row[-1])
            yield _entry(row)

    found, last = Frontier(), 0
    for entry, frontier in checked(noted()):
        if subtrees.pop() != frontier.subtrees[-1].hex():
            raise LogError(entry.seq, "the tree's node beside it is not that of the entries")
        found, last = frontier, entry.seq
    known = head(session)
    if known.size > last:
        raise LogError(last + 1, f"it is missing; the log had {known.size} entries")
    if known.size < last or known.root != found.root.hex():
        raise LogError(last, "the log's head is not that of its entries")
    _verify_standings(session)
    return known


def _verify_standings(session: Session) -> None:
    """Fold every case anew; what the docket shows must be what its entries add up to."""
    for case, state, number, *_ in session.rows("all_cases"):
        entries = entries_of(session, case)
        standing = fold(case, entries)
        if (standing.state, standing.round) != (state, number):
            seq = entries[-1].seq if entries else 0
            raise LogError(seq, f"case {case} is {standing.state} by the log, and {state} on the docket")


def _every_row(session: Session) -> Iterator[Row]:
    after = 0
    while rows := session.rows("entries_after", after=after, most=_PAGE):
        yield from rows
        after = rows[-1][0]


def _entry(row: Row) -> LogEntry:
    """Return the entry of a row; one that is no entry at all is a bad one too."""
    seq, at, who, what, case, body, previous, digest, _ = row
    try:
        return LogEntry(
            seq=seq,
            at=moment(at),
            who=who,
            what=what,
            case=case,
            body=json.loads(body),
            previous=previous,
            digest=digest,
        )
    except (TypeError, ValueError) as error:
        raise LogError(seq, f"it cannot be read ({error})") from error
