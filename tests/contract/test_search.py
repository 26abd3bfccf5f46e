"""The docket's search, the same in every store: all texts are found, and by those alone who may read them."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from makers.candidates import candidate, judgement

from upwind.errors import FaultyError, RefusedError
from upwind.review.judgement import read_judgement
from upwind.store import accounts, cases, docket, sites, steps
from upwind.store.accounts import Role
from upwind.store.docket import Wanted
from upwind.store.places import open_store
from upwind.store.retention import forget
from upwind.store.searches import drop_search, save_search, saved_searches
from upwind.store.shelf import Shelf
from upwind.store.store import Store

STATES = ("", "open", "second", "third", "confirmed", "rejected", "unsure", "closed")
EXPLAINED = {
    "explanations": [{"class": "nail salon", "probability": 0.7}],
    "in_words": "a mapped vehicle paint shop upwind explains this",
    "places": [{"kind": "furniture factory", "name": "Muebles Sonora"}],
}


def found(store: Store, person: str, search: str, **wanted: str) -> list[str]:
    asked = Wanted(search=search, **wanted)
    return [row.id for row in store.read(partial(docket.cases, person=person, wanted=asked, limit=1_000))]


def everywhere(store: Store, person: str, search: str) -> set[str]:
    return {case for state in STATES for case in found(store, person, search, state=state)}


def come(store: Store, *names: str, **properties: Any) -> None:
    made = [candidate(name, **properties) for name in names]
    store.write(partial(sites.arrive, who="test", candidates=made, origin="test"))


def judge(store: Store, person: str, case: str, reason: str, verdict: str = "confirmed") -> int:
    said = read_judgement(judgement(verdict, reason=reason))
    store.write(partial(cases.claim, person=person, key=f"c {person} {case} {reason}", case=case))
    key = f"j {person} {case} {reason}"
    answer = store.write(partial(cases.judge, person=person, key=key, case=case, judgement=said))
    return int(answer["seq"])


def told(store: Store, person: str, case: str) -> bool:
    """Return whether the machine's word on a case is not withheld from a person."""
    return not store.read(partial(cases.view, person=person, case=case)).is_withheld


def test_explanations_are_found_in_every_language(store: Store) -> None:
    come(store, "A", explanations=[{"class": "fuel evaporation", "probability": 0.7}], places=[{"kind": "nail salon"}])
    person = next(f"p{number}" for number in range(100) if told(store, f"p{number}", "A"))
    assert [found(store, person, search) for search in ("evaporación", "uñas", "evaporation")] == [["A"]] * 3


def test_every_text_of_a_case_is_found(store: Store) -> None:
    come(store, "site-1", reports=["tip-7"], report_texts=[{"id": "tip-7", "text": "barrels behind the dairy"}])
    come(store, "site-2", gas="toluene", **EXPLAINED)
    person = next(f"p{number}" for number in range(100) if told(store, f"p{number}", "site-2"))
    store.write(partial(steps.comment, person="c", case="site-1", text="¿Hay camión blanco de noche?"))
    store.write(partial(steps.watch, person="c", case="site-2", why="smells after rain"))
    for search, case in {
        "site-2": "site-2",
        "acetona": "site-1",
        "TIP-7": "site-1",
        "barrel dairy": "site-1",
        "camion BLANCO": "site-1",
        "nail salons": "",
        "salon nail": "site-2",
        "muebles": "site-2",
        "furnitur": "site-2",
        "paint upwind": "site-2",
        "toluene paint": "site-2",
        "after the rain": "",
        "smells rain": "site-2",
        "no such words": "",
    }.items():
        assert found(store, person, search) == [case] * bool(case), search


def test_a_first_verdict_is_not_found_before_the_second_is_in(store: Store) -> None:
    come(store, "site-1", "site-2", "site-3")
    store.write(partial(steps.comment, person="a", case="site-1", text="quicksilver"))
    assert found(store, "b", "quicksilver") == ["site-1"]
    judge(store, "a", "site-1", "drums of turpentine")
    for word in ("turpentine", "drums", "quicksilver"):
        assert found(store, "a", word) == ["site-1"]
        for other in ("b", "nobody"):
            assert everywhere(store, other, word) == set()
    assert len(found(store, "b", "")) == len(found(store, "b", "acetone")) == 3
    judge(store, "b", "site-1", "I saw turpentine too", "rejected")
    assert found(store, "c", "turpentine") == []
    assert found(store, "b", "drums") == []
    judge(store, "c", "site-1", "nothing of the kind")
    for other in "abc":
        assert found(store, other, "drums turpentine", state="confirmed") == ["site-1"]
    store.write(partial(steps.reopen, person="d", case="site-1", why="contested"))
    assert everywhere(store, "d", "turpentine") == set()
    assert found(store, "a", "turpentine") == ["site-1"]


def test_what_is_withheld_leads_nobody_to_a_case(store: Store) -> None:
    names = [f"s{number}" for number in range(60)]
    come(store, *names, **EXPLAINED)
    seen = {name for name in names if told(store, "a", name)}
    assert 30 < len(seen) < 60
    assert set(found(store, "a", "nail salon")) == seen
    assert set(found(store, "a", "acetone")) == set(names)
    pages: list[str] = []
    asked = Wanted(search="salon")
    while page := store.read(
        partial(docket.cases, person="a", wanted=asked, limit=7, after=pages[-1] if pages else "")
    ):
        pages += [row.id for row in page]
    assert sorted(pages) == sorted(seen)
    blind = min(set(names) - seen)
    judge(store, "a", blind, "smoke")
    assert found(store, "a", "nail salon", state="second") == [blind]


def test_the_search_finds_what_a_view_shows_and_nothing_else(store: Store) -> None:
    """Random histories: for each person and word, the cases found are those whose entries they may read hold it."""
    rng = random.Random(7)
    names = ["site-1", "site-2"]
    come(store, *names)
    words = [f"word{letter}" for letter in "bcdefghk"]
    for number in range(60):
        person, case, word = rng.choice("abcd"), rng.choice(names), rng.choice(words)
        kind = rng.choice(["judge", "judge", "comment", "undo", "reopen", "watch"])
        try:
            if kind == "judge":
                judge(store, person, case, f"{word} {number}", rng.choice(["confirmed", "rejected", "unsure"]))
            elif kind == "undo":
                last = store.read(partial(cases.view, person=person, case=case)).entries[-1]
                store.write(partial(steps.undo, person=person, case=case, seq=last.seq))
            else:
                work = {"comment": steps.comment, "reopen": steps.reopen, "watch": steps.watch}[kind]
                store.write(lambda session, w=work, p=person, c=case, t=word: w(session, p, c, t))  # type: ignore[misc]
        except RefusedError:
            continue
        if number % 5 == 0:
            continue
        for each in "abcdx":
            views = {name: store.read(partial(cases.view, person=each, case=name)).entries for name in names}
            for one in words:
                shown = {name for name, entries in views.items() if re.search(one, str([e.body for e in entries]))}
                assert everywhere(store, each, one) == shown, (number, each, one)


def test_what_is_forgotten_is_not_found(store: Store, clock: Any, tmp_path: Any) -> None:
    come(store, "site-1", report_texts=[{"text": "barrels"}], **EXPLAINED)
    for person in "ab":
        judge(store, person, "site-1", "only a dairy", "rejected")
    assert found(store, "c", "barrels", state="rejected") == found(store, "c", "salon", state="rejected") == ["site-1"]
    clock.move(days=31)
    forget(store, Shelf(tmp_path / "evidence"), "test", timedelta(days=30))
    for word in ("barrels", "salon", "acetone"):
        assert found(store, "c", word, state="rejected") == []
    assert found(store, "c", "dairy", state="rejected") == ["site-1"]


def test_marked_cases_are_found_by_the_cleared_alone(store: Store) -> None:
    come(store, "site-9", marking="SECRET", report_texts=[{"text": "barrels"}])
    assert found(store, "b", "barrels") == found(store, "b", "site-9") == []


def test_more_of_a_site_is_found_and_the_old_no_longer(store: Store) -> None:
    come(store, "site-1", report_texts=[{"text": "barrels"}])
    come(store, "site-1", report_texts=[{"text": "drums"}])
    assert found(store, "a", "barrels") == []
    assert found(store, "a", "drums") == ["site-1"]


@pytest.mark.parametrize(
    "search", ["'", '"', "*", "a* OR b", "-", "NEAR(a b)", "words : x", "\\", "':*", "x" * 500, "É"]
)
def test_no_search_is_an_order_to_the_database(store: Store, search: str) -> None:
    come(store, "site-1")
    assert found(store, "a", search) == []


def test_a_store_from_before_the_search_is_indexed_when_opened(url: str, clock: Any) -> None:
    with open_store(url, clock) as store:
        come(store, "site-1", report_texts=[{"text": "barrels"}])
        store.write(lambda session: accounts.add_account(session, "test", "b", [Role.ANALYST]))
        store.write(partial(steps.assign, person="a", case="site-1", to="b"))
        judge(store, "a", "site-1", "turpentine")

        def as_before(session: Any) -> None:
            session.connection.run("DELETE FROM passage")
            session.connection.run("UPDATE standing SET assignee = ''")
            session.rows("delete_setting", name="settled for schema 3")

        store.write(as_before)
        assert found(store, "a", "barrels") == []
    with open_store(url, clock) as store:
        assert found(store, "b", "barrels") == found(store, "a", "turpentine") == ["site-1"]
        assert found(store, "b", "turpentine") == []
        assert found(store, "b", "", whose="mine") == ["site-1"]


def test_cases_are_filtered_by_who_has_them(store: Store, clock: Any) -> None:
    come(store, "site-1", "site-2", "site-3")
    store.write(lambda session: accounts.add_account(session, "test", "a", [Role.ANALYST]))
    store.write(partial(cases.claim, person="a", key="k", case="site-1"))
    store.write(partial(steps.assign, person="b", case="site-2", to="a"))
    assert sorted(found(store, "a", "", whose="mine")) == ["site-1", "site-2"]
    assert found(store, "b", "", whose="mine") == []
    assert sorted(found(store, "b", "", whose="free")) == ["site-2", "site-3"]
    assert found(store, "b", "site-2", whose="free", state="open") == ["site-2"]
    clock.move(minutes=11)
    assert found(store, "a", "", whose="mine") == ["site-2"]
    for state, whose in (("lost", ""), ("", "theirs")):
        with pytest.raises(FaultyError):
            docket.wanted_of(state, whose, "")


def test_searches_are_saved_for_ones_own_use(store: Store) -> None:
    for name in "ab":
        store.write(partial(accounts.add_account, who="test", name=name, roles=[Role.ANALYST]))
    first, second = Wanted(search="barrels", whose="free"), Wanted(state="second")
    store.write(partial(save_search, person="a", name="  Night shift ", wanted=first))
    store.write(partial(save_search, person="a", name="b", wanted=first))
    store.write(partial(save_search, person="a", name="b", wanted=second))
    assert store.read(partial(saved_searches, person="a")) == {"Night shift": first, "b": second}
    assert store.read(partial(saved_searches, person="b")) == {}
    store.write(partial(drop_search, person="b", name="b"))
    store.write(partial(drop_search, person="a", name="Night shift"))
    assert store.read(partial(saved_searches, person="a")) == {"b": second}
    for name in ("", " ", "x" * 81):
        with pytest.raises(FaultyError):
            store.write(partial(save_search, person="a", name=name, wanted=first))
    for number in range(49):
        store.write(partial(save_search, person="a", name=f"s{number}", wanted=first))
    with pytest.raises(FaultyError, match="50"):
        store.write(partial(save_search, person="a", name="one more", wanted=first))
    store.write(partial(save_search, person="a", name="b", wanted=first))
