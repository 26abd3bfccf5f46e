"""A case's standing: a pure fold over the entries of the log that speak of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from upwind.errors import ConflictError, ForbiddenError
from upwind.render.objections import Objection
from upwind.review.judgement import Verdict
from upwind.review.kinds import What
from upwind.review.log import LogEntry, LogError

__all__ = [
    "Standing",
    "State",
    "Vote",
    "fold",
    "kept_close",
    "require_judge",
    "require_own",
    "require_undoable",
    "visible",
]

#: How many equal verdicts decide, and how many are asked for at most.
DECIDING, MOST_VOTES = 2, 3


class State(StrEnum):
    """Where a case is in its review; the first three wait for somebody."""

    OPEN = "open"
    SECOND = "second"
    THIRD = "third"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNSURE = "unsure"
    #: Another case stands for this one: it was a duplicate, merged or split.
    CLOSED = "closed"


#: What waits, by the number of votes so far.
WAITING = (State.OPEN, State.SECOND, State.THIRD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One person's verdict of one round, and the entry that holds it."""

    seq: int
    person: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a case has come to.

    `round` counts how often review began, `votes` are those of this round, in order; `seen_by` are those who took a
    vote back that had told them how others voted. `into` are the cases that stand for this one. `is_watched` and
    `wants_flight` say what people asked for; `truth` is known of seeded cases alone.
    """

    case: str
    round: int = 1
    votes: tuple[Vote, ...] = ()
    seen_by: frozenset[str] = frozenset()
    into: tuple[str, ...] = ()
    assignee: str = ""
    is_watched: bool = False
    wants_flight: bool = False
    truth: Verdict | None = None

    @property
    def verdict(self) -> Verdict | None:
        """What was decided: two equal verdicts, or unsure where three people say three things; None as yet."""
        counts = Counter(vote.verdict for vote in self.votes)
        for verdict, count in counts.items():
            if count >= DECIDING:
                return verdict
        return Verdict.UNSURE if len(self.votes) >= MOST_VOTES else None

    @property
    def state(self) -> State:
        """Where the case is in its review."""
        if self.into:
            return State.CLOSED
        return State(self.verdict) if self.verdict is not None else WAITING[len(self.votes)]

    @property
    def stage(self) -> int:
        """Which review comes next, 1 to 3; 0 where none does."""
        return len(self.votes) + 1 if self.state in WAITING else 0


def fold(case: str, entries: Iterable[LogEntry]) -> Standing:
    """Return the standing that the entries of a case, in order, add up to.

    Raises
    ------
    LogError
        They hold what no person could have entered: two judgements of one person, or one on a decided case.
    """
    told = list(entries)
    undone = {entry.body["undoes"] for entry in told if entry.what == What.UNDO}
    standing = Standing(case=case)
    for entry in told:
        step = _taken_back if entry.seq in undone else _STEPS.get(entry.what)
        if step is not None:
            standing = step(standing, entry)
    return standing


def require_judge(standing: Standing, person: str) -> None:
    """Raise where a person may not judge a case as it stands.

    Raises
    ------
    ConflictError
        It is decided or closed, or this person judged it in this round, also if they took that back: a second or third
        judgement shows whether it agreed with those before.
    """
    if any(vote.person == person for vote in standing.votes):
        msg = Objection("judged_before", case=standing.case)
        raise ConflictError(msg)
    if person in standing.seen_by:
        msg = Objection("has_seen", case=standing.case)
        raise ConflictError(msg)
    if not standing.stage:
        msg = Objection("waits_for_nobody", case=standing.case)
        raise ConflictError(msg)


def require_own(entries: Sequence[LogEntry], seq: int, person: str, kinds: Sequence[What]) -> LogEntry:
    """Return an entry of a case if a person may touch it again.

    Raises
    ------
    ConflictError
        There is no such entry of these kinds, or it was undone.
    ForbiddenError
        It is another person's.
    """
    found = next((entry for entry in entries if entry.seq == seq and entry.what in kinds), None)
    if found is None:
        msg = Objection("entry_none_of", seq=seq, kinds=", ".join(kinds))
        raise ConflictError(msg)
    if found.who != person:
        msg = Objection("entry_of_another", seq=seq)
        raise ForbiddenError(msg)
    if any(entry.what == What.UNDO and entry.body["undoes"] == seq for entry in entries):
        msg = Objection("entry_undone", seq=seq)
        raise ConflictError(msg)
    return found


def require_undoable(entries: Sequence[LogEntry], seq: int, person: str) -> LogEntry:
    """Return an entry of a case if a person may undo it: their own, and nobody entered anything on the case since.

    Raises
    ------
    ConflictError
        There is no such step, it was undone, a later one of theirs was not, or somebody built on it: then it is for a
        correction.
    ForbiddenError
        It is another person's.
    """
    found = require_own(entries, seq, person, UNDOABLE)
    later = [entry for entry in entries if entry.seq > seq]
    if any(entry.who != person for entry in later):
        msg = Objection("built_on", seq=seq)
        raise ConflictError(msg)
    undone = {entry.body["undoes"] for entry in later if entry.what == What.UNDO}
    for entry in later:
        if entry.what in _STEPS and entry.seq not in undone:
            msg = Objection("came_after", later=entry.seq, seq=seq)
            raise ConflictError(msg)
    return found


def visible(entries: Sequence[LogEntry], standing: Standing, person: str) -> list[LogEntry]:
    """Return the entries of a case that a person may read.

    Until the case is decided, what those who have judged it in any round say stays with them, so that nobody who may
    still judge is led by it; seeded truths are never shown here.
    """
    told = [entry for entry in entries if entry.what != What.KNOWN]
    close = kept_close(entries, standing)
    return [entry for entry in told if entry.who == person or entry.seq not in close]


def kept_close(entries: Sequence[LogEntry], standing: Standing) -> frozenset[int]:
    """Return the numbers of a case's entries that only their author may read, or find, as the case stands."""
    if standing.verdict is not None:
        return frozenset()
    judges = {entry.who for entry in entries if entry.what in _OPINIONS}
    return frozenset(entry.seq for entry in entries if entry.who in judges and entry.what in _BLIND)


def _voted(standing: Standing, entry: LogEntry) -> Standing:
    if not standing.stage or any(vote.person == entry.who for vote in standing.votes):
        raise LogError(entry.seq, f"a judgement that case {standing.case} could not take: {entry.who}")
    vote = Vote(seq=entry.seq, person=entry.who, verdict=Verdict(entry.body["verdict"]))
    return replace(standing, votes=(*standing.votes, vote))


def _taken_back(standing: Standing, entry: LogEntry) -> Standing:
    """Note who has learnt from a judgement what others had voted."""
    if entry.what != What.JUDGEMENT or not standing.votes:
        return standing
    return replace(standing, seen_by=standing.seen_by | {entry.who})


def _corrected(standing: Standing, entry: LogEntry) -> Standing:
    """Replace a vote that has decided nothing; a decided case is judged anew by people who have not seen why."""
    if standing.verdict is not None:
        return replace(standing, round=standing.round + 1, votes=(), seen_by=frozenset())
    vote = Vote(seq=entry.seq, person=entry.who, verdict=Verdict(entry.body["verdict"]))
    return replace(standing, votes=tuple(vote if old.person == entry.who else old for old in standing.votes))


def _reopened(standing: Standing, entry: LogEntry) -> Standing:
    del entry
    return replace(standing, round=standing.round + 1, votes=(), seen_by=frozenset(), into=())


_STEPS: Mapping[str, Callable[[Standing, LogEntry], Standing]] = {
    What.JUDGEMENT: _voted,
    What.CORRECTION: _corrected,
    What.REOPENED: _reopened,
    What.DUPLICATE: lambda standing, entry: replace(standing, into=(entry.body["of"],)),
    What.MERGE: lambda standing, entry: replace(standing, into=(entry.body["into"],)),
    What.SPLIT: lambda standing, entry: replace(standing, into=tuple(entry.body["into"])),
    What.WATCH: lambda standing, entry: replace(standing, is_watched=bool(entry.body["why"])),
    What.FLIGHT_REQUEST: lambda standing, entry: replace(standing, wants_flight=bool(entry.body["why"])),
    What.ASSIGN: lambda standing, entry: replace(standing, assignee=entry.body["to"]),
    What.KNOWN: lambda standing, entry: replace(standing, truth=Verdict(entry.body["truth"])),
}

#: What tells a person's opinion, and what else of theirs may give it away.
_OPINIONS = (What.JUDGEMENT, What.CORRECTION)
_BLIND = (*_OPINIONS, What.UNDO, What.COMMENT, What.WATCH, What.FLIGHT_REQUEST, What.HAND_OVER)

#: Steps that can be taken back; nothing is undone of a claim, it runs out.
UNDOABLE = (
    What.JUDGEMENT,
    What.CORRECTION,
    What.REOPENED,
    What.DUPLICATE,
    What.MERGE,
    What.WATCH,
    What.FLIGHT_REQUEST,
    What.ASSIGN,
    What.COMMENT,
)
