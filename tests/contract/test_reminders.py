"""Overdue partners are reminded once, escalated once, and what we owe troubles nobody; the same in every store."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from makers.candidates import candidates
from makers.releases import agreed

from upwind.errors import FaultyError
from upwind.outcomes.oversight import Told, figures
from upwind.outcomes.reminders import letter
from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store import accounts, following, reminders, responses, sites
from upwind.store.accounts import Role
from upwind.store.ledger import append, entries_of_kind, every_entry
from upwind.store.releases import recall, release_of
from upwind.store.store import Store

RELEASE = {
    "release": "release-1",
    "series": "series-1",
    "partner": "MEX",
    "sha256": "cd" * 32,
    "time": "2026-03-01T12:00:00Z",
    "expires": "2026-12-24T08:00:00Z",
    "signers": ["officer-1", "officer-2"],
}


@pytest.fixture
def released(store: Store) -> Store:
    """Return a store with a release whose agreement gives ten days for each step and names an office."""
    told = agreed()
    text = told.body["agreement"] + 'urgency = 10\nfocal_point = "the office of the attorney"\n'

    def fill(session: Any) -> None:
        sites.arrive(session, "test", candidates(1), "test")
        accounts.add_account(session, "test", "p", [Role.PARTNER], "MEX")
        append(session, Draft(who="test", what=What.PARTNER, body={**told.body, "agreement": text}))
        append(session, Draft(who="officer-1", what=What.RELEASE, case="site-1", body=RELEASE))

    store.write(fill)
    return store


def remind(store: Store) -> list[tuple[str, str, str, bool]]:
    found = store.write(lambda session: reminders.remind(session, "timer"))
    return [(one.waits_for, one.standing, one.to, is_new) for _, one, is_new in found]


def answer(store: Store, **said: object) -> None:
    store.write(partial(responses.answer, person="p", partner="MEX", release="release-1", said=said))


def entered(store: Store) -> list[tuple[str, str]]:
    told = store.read(lambda session: entries_of_kind(session, What.REMINDER))
    return [(entry.body["waits_for"], entry.body["standing"]) for entry in told]


def test_each_overdue_step_is_entered_once_as_due_and_once_as_escalated(released: Store, clock: Any) -> None:
    office = "the office of the attorney"
    clock.move(days=9.9)
    assert remind(released) == []
    clock.move(days=0.2)
    assert remind(released) == [("receipt", "reminder due", office, True)]
    assert remind(released) == [("receipt", "reminder due", office, False)]
    clock.move(days=10)
    assert remind(released) == [("receipt", "escalated", office, True)]
    clock.move(days=30)
    assert remind(released) == [("receipt", "escalated", office, False)]
    assert entered(released) == [("receipt", "reminder due"), ("receipt", "escalated")]
    so_far = released.read(lambda session: following.followed(session, release_of(session, "release-1")))
    assert [entry.body["to"] for entry in so_far.reminders] == [office] * 2


def test_an_answer_ends_a_reminder_and_the_next_step_has_its_own(released: Store, clock: Any) -> None:
    clock.move(days=11)
    remind(released)
    answer(released, step="received")
    assert remind(released) == []
    clock.move(days=11)
    assert [row[:2] for row in remind(released)] == [("classification", "reminder due")]
    answer(released, step="needs more", text="the roof or the yard?")
    clock.move(days=100)
    assert remind(released) == []  # it is for us to reply
    assert entered(released) == [("receipt", "reminder due"), ("classification", "reminder due")]


def test_whoever_holds_what_was_recalled_owes_what_became_of_it(released: Store, clock: Any) -> None:
    store = released
    store.write(partial(responses.receipt, person="p", partner="MEX", release="release-1", said={}))
    answer(store, step="received")
    store.write(partial(recall, who="officer-1", release="release-1", reason="it was a bakery"))
    assert remind(store) == []
    clock.move(days=11)
    assert [row[:2] for row in remind(store)] == [("what became of it", "reminder due")]
    settled = {"state": "retained", "why": "a judge has it"}
    store.write(partial(responses.settle, person="p", partner="MEX", release="release-1", said=settled))
    clock.move(days=100)
    assert remind(store) == []


def test_a_recall_that_nobody_holds_waits_for_nobody(released: Store, clock: Any) -> None:
    released.write(partial(recall, who="officer-1", release="release-1", reason="it was a bakery"))
    clock.move(days=100)
    assert remind(released) == []


def test_letters_say_what_and_until_when_in_both_languages(released: Store, clock: Any) -> None:
    clock.move(days=11)
    remind(released)
    clock.move(days=11)
    remind(released)
    due, escalated = released.read(lambda session: [entry.body for entry in entries_of_kind(session, What.REMINDER)])
    spanish, english = letter(due, "es"), letter(due, "en")
    for text in (spanish, english):
        assert "release-1" in text
        assert "2026-03-11" in text
        assert "site-1" not in text
    assert spanish.startswith("A: the office of the attorney\nRecordatorio")
    assert "acuse de recibo" in spanish
    assert "Segundo aviso" in letter(escalated, "es")
    assert "Second notice" in letter(escalated, "en")


def test_complaints_are_counted_by_whose_they_are(released: Store, clock: Any) -> None:
    def complain(by: str, text: str) -> None:
        released.write(
            lambda session: responses.complain(session, "p", release_of(session, "release-1"), by, {"text": text})
        )

    for by in ("partner", "resident", "resident"):
        complain(by, "the door was another's")
    for by, text in (("resident", " "), ("a neighbour by name", "no"), ("resident", "x" * 20_001)):
        with pytest.raises(FaultyError):
            complain(by, text)
    begin = clock.now
    clock.move(days=1)
    entries = released.read(lambda session: list(every_entry(session)))
    told = figures(Told(every=entries, start=begin, end=clock.now))
    counts = {figure.group: figure.value for figure in told if figure.name == "complaints"}
    assert counts == {"partner": 1, "resident": 2, "": 3}


def test_a_contest_reopens_review_and_a_restatement_keeps_what_was_said(released: Store, clock: Any) -> None:
    done = {"step": "acted", "outcome": "dismantled", "evidence": "photo"}
    for said in (
        {"step": "received"},
        {"step": "classified"},
        {**done, "activity": "active"},
        {**done, "activity": "inactive", "text": "on a second look"},
        {"step": "contested", "text": "demonstrable error: the chimney next door"},
    ):
        answer(released, **said)
        clock.move(hours=1)
    told = released.read(lambda session: responses.response(session, release_of(session, "release-1")))
    assert [one.activity for _, one in told.answers if one.activity is not None] == ["active", "inactive"]
    reopened = released.read(lambda session: entries_of_kind(session, What.REOPENED))
    assert [(entry.case, entry.who) for entry in reopened] == [("site-1", "p")]
    entries = released.read(lambda session: list(every_entry(session)))
    shown = figures(Told(every=entries, start=entries[0].at, end=clock.now))
    assert {figure.name: figure.value for figure in shown if not figure.group}["releases: contested"] == 1
