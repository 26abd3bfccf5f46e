"""What people do with cases besides judging them, the same in every store."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from makers.candidates import candidate, candidates
from makers.candidates import judgement as said

from upwind.errors import AbsentError, ConflictError, FaultyError, ForbiddenError, StoreError
from upwind.review.judgement import Verdict, read_judgement
from upwind.store import accounts, cases, docket, ledger, sites, steps
from upwind.store.accounts import Role
from upwind.store.backup import back_up, restore
from upwind.store.places import engine_of, open_store
from upwind.store.retention import forget
from upwind.store.schema import raise_to
from upwind.store.search_maps import record_search_map
from upwind.store.shelf import Shelf
from upwind.store.store import Store


@pytest.fixture
def filled(store: Store) -> Store:
    """Return a store with three cases and reviewers a, b and c."""

    def fill(session: Any) -> None:
        sites.arrive(session, "test", candidates(3), "test")
        for name in "abc":
            accounts.add_account(session, "test", name, [Role.ANALYST, Role.REVIEWER])

    store.write(fill)
    return store


def judge(store: Store, person: str, case: str, verdict: str = "confirmed") -> int:
    judgement = read_judgement(said(verdict))
    store.write(partial(cases.claim, person=person, key=f"claim {case} {verdict}", case=case))
    key = f"judge {case} {verdict}"
    answer = store.write(partial(cases.judge, person=person, key=key, case=case, judgement=judgement))
    seq: int = answer["seq"]
    return seq


def step(store: Store, what: Any, *rest: Any) -> int:
    seq: int = store.write(lambda session: what(session, *rest)).seq
    return seq


def view(store: Store, person: str, case: str) -> Any:
    return store.read(lambda session: cases.view(session, person, case))


def seen(store: Store, person: str, case: str) -> list[tuple[str, str]]:
    return [(entry.who, entry.what) for entry in view(store, person, case).entries]


def state(store: Store, case: str) -> str:
    return str(view(store, "x", case).standing.state)


def test_the_first_verdict_is_hidden_until_the_case_is_decided(filled: Store) -> None:
    judge(filled, "a", "site-1", "rejected")
    step(filled, steps.comment, "a", "site-1", "I turned this one down")
    step(filled, steps.comment, "c", "site-1", "look at the wind, @b")
    assert ("a", "judgement") in seen(filled, "a", "site-1")
    for person in "bcx":
        assert ("a", "judgement") not in seen(filled, person, "site-1")
        assert ("a", "comment") not in seen(filled, person, "site-1")
        assert ("c", "comment") in seen(filled, person, "site-1")
    judge(filled, "b", "site-1", "confirmed")
    assert ("b", "judgement") not in seen(filled, "a", "site-1")
    judge(filled, "c", "site-1", "rejected")
    for person in "abcx":
        assert seen(filled, person, "site-1").count((person, "judgement")) == (person != "x")
        assert sum(what == "judgement" for _, what in seen(filled, person, "site-1")) == 3


def test_what_others_see_does_not_depend_on_the_first_verdict(filled: Store) -> None:
    judge(filled, "a", "site-1", "rejected")
    judge(filled, "a", "site-2", "confirmed")
    one, other = (view(filled, "b", case) for case in ("site-1", "site-2"))
    assert [entry.what for entry in one.entries] == [entry.what for entry in other.entries]
    assert (one.standing.state, one.standing.stage) == (other.standing.state, other.standing.stage)


def test_ones_own_step_is_undone_until_somebody_builds_on_it(filled: Store) -> None:
    seq = judge(filled, "a", "site-1")
    with pytest.raises(ForbiddenError):
        step(filled, steps.undo, "b", "site-1", seq)
    step(filled, steps.undo, "a", "site-1", seq)
    assert state(filled, "site-1") == "open"
    with pytest.raises(ConflictError, match="undone before"):
        step(filled, steps.undo, "a", "site-1", seq)
    again = judge(filled, "a", "site-1", "rejected")
    judge(filled, "b", "site-1", "rejected")
    with pytest.raises(ConflictError, match="correct it instead"):
        step(filled, steps.undo, "a", "site-1", again)
    filled.read(ledger.verify)


def test_a_correction_replaces_a_vote_or_begins_review_anew(filled: Store) -> None:
    seq = judge(filled, "a", "site-1", "confirmed")
    corrected = step(filled, steps.correct, "a", "site-1", seq, read_judgement(said("rejected")))
    with pytest.raises(ConflictError, match="counts no longer"):
        step(filled, steps.correct, "a", "site-1", seq, read_judgement(said("unsure")))
    judge(filled, "b", "site-1", "rejected")
    assert state(filled, "site-1") == "rejected"
    step(filled, steps.correct, "a", "site-1", corrected, read_judgement(said("confirmed")))
    assert state(filled, "site-1") == "open"
    assert ("b", "judgement") not in seen(filled, "a", "site-1")
    judge(filled, "c", "site-1", "confirmed")
    judge(filled, "b", "site-1", "confirmed")
    assert state(filled, "site-1") == "confirmed"
    filled.read(ledger.verify)


def test_ones_own_steps_are_undone_from_the_last_one_back(filled: Store) -> None:
    """A judgement of a round that a reopening began would stand on nothing without it."""
    judge(filled, "a", "site-1", "confirmed")
    judge(filled, "b", "site-1", "confirmed")
    reopened = step(filled, steps.reopen, "c", "site-1", "contested by the partner")
    judged = judge(filled, "c", "site-1", "rejected")
    with pytest.raises(ConflictError, match=f"entry {judged} came after"):
        step(filled, steps.undo, "c", "site-1", reopened)
    step(filled, steps.undo, "c", "site-1", judged)
    step(filled, steps.undo, "c", "site-1", reopened)
    assert state(filled, "site-1") == "confirmed"
    filled.read(ledger.verify)


def test_cases_stand_for_others_and_never_in_a_circle(filled: Store) -> None:
    step(filled, steps.close, "a", "site-2", "site-1", steps.Stands.DUPLICATE)
    merged = step(filled, steps.close, "a", "site-3", "site-2", steps.Stands.MERGE)
    for case, into in (("site-1", "site-1"), ("site-1", "site-3")):
        with pytest.raises(ConflictError, match="leads back"):
            step(filled, steps.close, "a", case, into, steps.Stands.MERGE)
    with pytest.raises(AbsentError):
        step(filled, steps.close, "a", "site-1", "nowhere", steps.Stands.MERGE)
    assert [row.id for row in filled.read(partial(docket.cases, person="b"))] == ["site-1"]
    with pytest.raises(ConflictError, match="waits for nobody"):
        judge(filled, "b", "site-2")
    step(filled, steps.undo, "a", "site-3", merged)
    judge(filled, "b", "site-3")


def test_a_case_is_split_into_places_that_are_judged_by_themselves(filled: Store) -> None:
    parts = filled.write(lambda session: sites.split(session, "a", "site-1", [(-105.1, 25.2), (-105.2, 25.3)]))
    assert parts == ["site-1-1", "site-1-2"]
    assert state(filled, "site-1") == "closed"
    assert view(filled, "a", "site-1-2").feature["geometry"]["coordinates"] == [-105.2, 25.3]
    judge(filled, "b", "site-1-2")
    with pytest.raises(ConflictError):
        filled.write(lambda session: sites.split(session, "a", "site-1", [(0, 0), (1, 1)]))


def test_wishes_and_words_about_a_case(filled: Store) -> None:
    step(filled, steps.watch, "a", "site-1", "smells at night only")
    step(filled, steps.request_flight, "a", "site-1", "from the west")
    step(filled, steps.assign, "a", "site-1", "b")
    standing = view(filled, "c", "site-1").standing
    assert (standing.is_watched, standing.wants_flight, standing.assignee) == (True, True, "b")
    step(filled, steps.watch, "a", "site-1", "")
    assert not view(filled, "c", "site-1").standing.is_watched
    with pytest.raises(AbsentError):
        step(filled, steps.assign, "a", "site-1", "nobody")
    with pytest.raises(FaultyError):
        step(filled, steps.comment, "a", "site-1", " ")
    step(filled, steps.comment, "a", "site-1", "see @b and @c, not mail@b")
    assert view(filled, "x", "site-1").entries[-1].body["mentions"] == ["b", "c"]


def test_a_lease_is_handed_over_to_somebody_who_may_judge(filled: Store) -> None:
    judge(filled, "a", "site-1")
    filled.write(partial(cases.claim, person="b", key="1", case="site-1"))
    with pytest.raises(ConflictError, match="before"):
        step(filled, steps.hand_over, "b", "site-1", "a", "off to bed")
    with pytest.raises(ConflictError, match="no lease"):
        step(filled, steps.hand_over, "a", "site-1", "c", "off to bed")
    step(filled, steps.hand_over, "b", "site-1", "c", "off to bed")
    assert view(filled, "x", "site-1").lease.person == "c"
    judge(filled, "c", "site-1")


def test_a_known_case_measures_and_does_not_tell(filled: Store) -> None:
    filled.write(lambda session: sites.seed(session, "test", "site-2", Verdict.REJECTED))
    assert view(filled, "a", "site-2").standing.truth is Verdict.REJECTED
    assert ("test", "known") not in seen(filled, "a", "site-2")
    with pytest.raises(ConflictError):
        filled.write(lambda session: sites.seed(session, "test", "site-2", Verdict.CONFIRMED))


def test_a_share_of_first_reviews_goes_without_the_machines_word(store: Store) -> None:
    many = [candidate(f"s{number}", 0.5) for number in range(400)]
    store.write(lambda session: sites.arrive(session, "test", many, "test"))
    rows = store.read(partial(docket.cases, person="a", limit=400))
    withheld = {row.id for row in rows if row.probability is None}
    assert 50 < len(withheld) < 110  # a fifth of 400, within four standard deviations
    again = store.read(partial(docket.cases, person="a", limit=400))
    assert {row.id for row in again if row.probability is None} == withheld
    other = store.read(partial(docket.cases, person="b", limit=400))
    assert {row.id for row in other if row.probability is None} != withheld
    case = min(withheld)
    blind, told = view(store, "a", case), view(store, "b", case)
    assert blind.is_withheld
    assert "probability" not in str(blind.feature) + str([entry.body for entry in blind.entries])
    assert told.is_withheld or told.feature["properties"]["probability"] == 0.5
    judge(store, "a", case)
    assert view(store, "a", case).feature["properties"]["probability"] == 0.5
    (entry,) = [entry for entry in view(store, "a", case).entries if entry.what == "judgement"]
    assert entry.body["withheld"]
    assert all(
        row.probability is not None
        for row in store.read(partial(docket.cases, person="b", limit=400, wanted=docket.Wanted(state="second")))
    )


def test_evidence_of_what_was_rejected_is_forgotten_and_the_log_stands(
    filled: Store, clock: Any, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path / "evidence")
    both, own, kept = (shelf.put(content) for content in (b"shared track", b"track of site-1", b"track of site-2"))

    def note(session: Any) -> None:
        for case, digest in (("site-1", both), ("site-1", own), ("site-2", both), ("site-2", kept)):
            sites.attach(session, case, "track.csv", digest)

    filled.write(note)
    for person in "ab":
        judge(filled, person, "site-1", "rejected")
        judge(filled, person, "site-2", "confirmed")
    clock.move(days=28)
    step(filled, steps.comment, "c", "site-1", "nothing was there")
    assert forget(filled, shelf, "test", timedelta(days=29)) == []
    clock.move(days=2)
    assert forget(filled, shelf, "test", timedelta(days=29)) == ["site-1"]
    assert set(shelf) == {both, kept}
    assert view(filled, "a", "site-1").feature is None
    assert view(filled, "a", "site-2").feature is not None
    entry = view(filled, "x", "site-1").entries[-1]
    assert (entry.what, own in entry.body["digests"]) == ("forgotten", True)
    filled.read(ledger.verify)
    assert filled.write(lambda session: sites.arrive(session, "test", candidates(3), "test")) == []
    assert forget(filled, shelf, "test", timedelta(days=29)) == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_backup_restores_on_any_engine(
    filled: Store, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    shelf, other = Shelf(tmp_path / "evidence"), Shelf(tmp_path / "restored")
    track = shelf.put(b"track")
    filled.write(lambda session: sites.attach(session, "site-1", "track.csv", track))
    searched = shelf.put(b"search map")
    filled.write(lambda session: record_search_map(session, "test", "drill", searched, {"flights": []}))
    judge(filled, "a", "site-1")
    token = filled.write(lambda session: accounts.make_token(session, "test", "b"))
    target = request.getfixturevalue("server").new_url() if engine == "postgresql" else f"sqlite:///{tmp_path / 'r.db'}"
    back_up(filled, shelf, tmp_path / "b.zip")
    judge(filled, "b", "site-1")
    head = restore(tmp_path / "b.zip", engine_of(target), other)
    assert (other.get(track), other.get(searched)) == (b"track", b"search map")
    with open_store(target, filled._clock) as restored:
        assert restored.read(ledger.verify) == head
        assert state(restored, "site-1") == "second"
        assert restored.read(lambda session: accounts.by_token(session, token)).name == "b"  # type: ignore[union-attr]
        with pytest.raises(ConflictError, match="before"):
            judge(restored, "a", "site-1", "rejected")
        judge(restored, "b", "site-1")
        assert restored.read(lambda session: sites.sites_within(session, (-106, 25, -105, 26))) != []
    with pytest.raises(StoreError, match="already"):
        restore(tmp_path / "b.zip", engine_of(target), other)


def test_the_docket_is_searched(filled: Store) -> None:
    more = candidate("nave-9", 0.3, gas="toluene", compounds=["toluene", "acetic anhydride"])
    filled.write(lambda session: sites.arrive(session, "test", [more], "test"))

    def found(search: str, state: str = "", after: str = "") -> list[str]:
        wanted = docket.Wanted(state=state, search=search)
        return [row.id for row in filled.read(partial(docket.cases, person="a", wanted=wanted, after=after))]

    assert found("Anhydride") == ["nave-9"]
    assert found("NAVE") == ["nave-9"]
    assert found("acetone") == ["site-1", "site-2", "site-3"]
    assert found("site", after="site-1", state="open") == ["site-2", "site-3"]
    assert found("%") == found("_") == found("!") == found("0.3") == []


def test_a_store_of_the_first_schema_is_searched_too(url: str, clock: Any) -> None:
    engine = engine_of(url)
    connection = engine.connect()
    for statement in engine.writing:
        connection.run(statement)
    raise_to(1, engine, connection, clock)
    insert = (
        "INSERT INTO site (id, number, longitude, latitude, probability, marking, came, sha256, feature)"
        " VALUES (:id, :number, 1, 2, 0.5, '', '2026-03-01T12:00:00.000000Z', '', :feature)"
    )
    standing = (
        "INSERT INTO standing (case_id, state, round, stage, waits, since, ranked)"
        " VALUES (:id, 'open', 1, 1, 1, '2026-03-01T12:00:00.000000Z', 1)"
    )
    for number, properties in enumerate(({"compounds": ["toluene"]}, {"gas": "acetone"}, {})):
        text = json.dumps({"type": "Feature", "properties": properties})
        connection.run(insert, {"id": f"s{number}", "number": number, "feature": text})
        connection.run(standing, {"id": f"s{number}"})
    connection.run("COMMIT")
    connection.close()
    with open_store(url, clock) as store:
        for search, name in (("toluene", "s0"), ("acetone", "s1"), ("s2", "s2")):
            rows = store.read(partial(docket.cases, person="a", wanted=docket.Wanted(search=search)))
            assert [row.id for row in rows] == [name]
