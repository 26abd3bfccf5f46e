"""Review, whatever people do in whatever order: never two decisions, never one person twice, a log that verifies."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from makers.candidates import candidates
from makers.candidates import judgement as said

from upwind.errors import RefusedError
from upwind.review.judgement import read_judgement
from upwind.review.kinds import What
from upwind.review.log import NO_ENTRY, Draft, LogEntry, chained
from upwind.review.standing import State, fold
from upwind.store import cases, ledger, sites, steps
from upwind.store.places import open_store

many = settings(max_examples=100)

PEOPLE = st.sampled_from(["a", "b", "c", "d"])
CASES = st.sampled_from(["site-1", "site-2"])
VERDICTS = st.sampled_from(["confirmed", "rejected", "unsure"])


class Review(RuleBasedStateMachine):
    """Four reviewers, two cases, a clock that jumps, and a store that is closed and opened in between."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'upwind.db'}"
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.store = open_store(self.url, lambda: self.now)
        self.store.write(lambda session: sites.arrive(session, "test", candidates(2), "test"))
        self.acknowledged: dict[int, tuple[str, str]] = {}
        self.keys = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def attempt(self, work: Any) -> Any:
        """Do what may be refused."""
        try:
            return self.store.write(work)
        except RefusedError:
            return None

    def key(self) -> str:
        self.keys += 1
        return str(self.keys)

    @rule(person=PEOPLE, case=st.just("") | CASES)
    def claim(self, person: str, case: str) -> None:
        self.attempt(partial(cases.claim, person=person, key=self.key(), case=case))

    @rule(person=PEOPLE, case=CASES, verdict=VERDICTS)
    def claim_and_judge(self, person: str, case: str, verdict: str) -> None:
        self.claim(person, case)
        self.judge(person, case, verdict, twice=False)

    @rule(person=PEOPLE, case=CASES, verdict=VERDICTS, twice=st.booleans())
    def judge(self, person: str, case: str, verdict: str, twice: bool) -> None:  # noqa: FBT001 - drawn
        work = partial(cases.judge, person=person, key=self.key(), case=case, judgement=read_judgement(said(verdict)))
        answer = self.attempt(work)
        if answer is not None:
            self.acknowledged[answer["seq"]] = (person, case)
        if twice:
            assert self.attempt(work) == answer

    @rule(case=CASES, back=st.integers(1, 4))
    def undo(self, case: str, back: int) -> None:
        entry = self.recent(case, back)
        self.attempt(partial(steps.undo, person=entry.who, case=case, seq=entry.seq))

    @rule(case=CASES, back=st.integers(1, 4), verdict=VERDICTS)
    def correct(self, case: str, back: int, verdict: str) -> None:
        entry, judgement = self.recent(case, back), read_judgement(said(verdict))
        self.attempt(partial(steps.correct, person=entry.who, case=case, seq=entry.seq, judgement=judgement))

    def recent(self, case: str, back: int) -> LogEntry:
        """Return the entry that stands so many from the end of a case."""
        entries = self.store.read(partial(ledger.entries_of, case=case))
        return entries[-min(back, len(entries))]

    @rule(person=PEOPLE, case=CASES)
    def reopen(self, person: str, case: str) -> None:
        self.attempt(lambda session: steps.reopen(session, person, case, "contested"))

    @rule(person=PEOPLE, to=PEOPLE)
    def merge(self, person: str, to: str) -> None:
        pair = ("site-1", "site-2") if person < to else ("site-2", "site-1")
        self.attempt(lambda session: steps.close(session, person, *pair, steps.Stands.MERGE))

    @rule(minutes=st.integers(-60, 60))
    def move_the_clock(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.keys % 5 == 0)
    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = open_store(self.url, lambda: self.now)

    @invariant()
    def two_people_decide(self) -> None:
        for case in ("site-1", "site-2"):
            entries = self.store.read(partial(ledger.entries_of, case=case))
            standing = fold(case, entries)
            people = [vote.person for vote in standing.votes]
            assert len(set(people)) == len(people) <= 3
            if standing.state in (State.CONFIRMED, State.REJECTED):
                assert Counter(vote.verdict for vote in standing.votes)[standing.verdict] == 2  # type: ignore[index]
            held = {entry.seq: entry.who for entry in entries if entry.what == What.JUDGEMENT}
            assert {seq: who for seq, (who, where) in self.acknowledged.items() if where == case} == held

    @invariant()
    def the_log_verifies(self) -> None:
        self.store.read(ledger.verify)


Review.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestReview = Review.TestCase


def entries(drafts: list[Draft]) -> list[LogEntry]:
    made: list[LogEntry] = []
    for seq, draft in enumerate(drafts, start=1):
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=seq)
        made.append(chained(draft, seq, at, made[-1].digest if made else NO_ENTRY))
    return made


def vote(person: str, verdict: str) -> Draft:
    return Draft(who=person, what=What.JUDGEMENT, case="s", body={"verdict": verdict})


@many
@given(st.permutations(["confirmed", "confirmed", "rejected"]))
def test_two_of_three_decide_in_any_order(verdicts: list[str]) -> None:
    drafts = [vote(person, verdict) for person, verdict in zip("abc", verdicts, strict=True)]
    if verdicts[:2] == ["confirmed", "confirmed"]:
        drafts = drafts[:2]
    assert fold("s", entries(drafts)).state is State.CONFIRMED


@many
@given(st.permutations([vote("a", "confirmed"), vote("b", "rejected"), vote("c", "unsure")]))
def test_who_speaks_first_does_not_matter(drafts: list[Draft]) -> None:
    assert fold("s", entries(drafts)).state is State.UNSURE


OTHERS = st.sampled_from(
    [
        Draft(who="x", what="comment", case="s", body={"text": "t", "mentions": []}),
        Draft(who="x", what="claim", case="s", body={"stage": 1, "round": 1, "until": "t"}),
        Draft(who="x", what="release", case="s", body={"partner": "MX"}),
        Draft(who="x", what="receipt", case="s", body={}),
        Draft(who="x", what="something of a later version", case="s", body={}),
    ]
)


@many
@given(st.lists(OTHERS, max_size=6), st.data())
def test_what_is_no_judgement_changes_no_verdict(others: list[Draft], data: st.DataObject) -> None:
    drafts = [vote("a", "confirmed"), vote("b", "confirmed")]
    for other in others:
        drafts.insert(data.draw(st.integers(0, len(drafts))), other)
    standing = fold("s", entries(drafts))
    assert standing.state is State.CONFIRMED
    assert {each.person for each in standing.votes} == {"a", "b"}
