"""How many cases one person may have at once, the same in every store, whoever else writes to it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from makers.candidates import candidates, judgement

from upwind.errors import ConflictError, FaultyError
from upwind.review.judgement import read_judgement
from upwind.store import accounts, cases, docket, leases, ledger, sites, steps
from upwind.store.accounts import Role
from upwind.store.places import open_store
from upwind.store.store import Store


@pytest.fixture
def filled(store: Store) -> Iterator[Store]:
    store.write(lambda session: sites.arrive(session, "test", candidates(8), "test"))
    for name in ("a", "b"):
        store.write(partial(accounts.add_account, who="test", name=name, roles=[Role.ANALYST]))
    return store


def claim(store: Store, person: str, case: str = "", key: str = "") -> Any:
    return store.write(partial(cases.claim, person=person, key=key or f"{person} {case}", case=case))


def held(store: Store, person: str) -> list[str]:
    rows = store.read(partial(docket.cases, person=person, wanted=docket.Wanted(whose="mine")))
    return sorted(row.id for row in rows)


def test_a_fourth_case_is_refused_with_the_names_of_three(filled: Store) -> None:
    for number in (1, 2, 3):
        claim(filled, "a", f"site-{number}")
    for case in ("site-4", ""):
        with pytest.raises(ConflictError, match=r"a has 3 cases already \(site-1, site-2, site-3\)"):
            claim(filled, "a", case, key=f"more {case}")
    assert held(filled, "a") == ["site-1", "site-2", "site-3"]
    claim(filled, "a", "site-2", key="once more")
    claim(filled, "b", "site-4")
    assert claim(filled, "a", "site-1")["case"] == "site-1"


def test_a_judgement_a_return_or_time_makes_room(filled: Store, clock: Any) -> None:
    for number in (1, 2, 3):
        claim(filled, "a", f"site-{number}")
    said = read_judgement(judgement())
    filled.write(partial(cases.judge, person="a", key="j", case="site-1", judgement=said))
    claim(filled, "a", "site-4")
    entry = filled.write(partial(leases.give_back, person="a", case="site-2"))
    assert (entry.what, entry.who, entry.case) == ("give-back", "a", "site-2")
    with pytest.raises(ConflictError, match="no lease"):
        filled.write(partial(leases.give_back, person="a", case="site-2"))
    claim(filled, "a", "site-5")
    assert claim(filled, "b", "site-2")["case"] == "site-2"
    with pytest.raises(ConflictError, match="3 is the most"):
        claim(filled, "a", "site-6")
    filled.write(partial(steps.close, person="b", case="site-3", into="site-7", why=steps.Stands.MERGE))
    claim(filled, "a", "site-6", key="the third one is closed")
    clock.move(minutes=11)
    for number in (5, 6, 8):
        claim(filled, "a", f"site-{number}", key=f"later {number}")
    filled.read(ledger.verify)


def test_nobody_is_handed_more_than_they_may_have(filled: Store) -> None:
    for number in (1, 2, 3):
        claim(filled, "a", f"site-{number}")
    claim(filled, "b", "site-4")
    with pytest.raises(ConflictError, match="a has 3 cases"):
        filled.write(partial(steps.hand_over, person="b", case="site-4", to="a", text="off to bed"))
    assert held(filled, "b") == ["site-4"]
    filled.write(partial(leases.give_back, person="a", case="site-3"))
    filled.write(partial(steps.hand_over, person="b", case="site-4", to="a", text="off to bed"))
    assert held(filled, "a") == ["site-1", "site-2", "site-4"]


def test_the_bound_is_the_operators(filled: Store) -> None:
    filled.write(partial(leases.limit_leases, most=1))
    claim(filled, "a", "site-1")
    with pytest.raises(ConflictError, match="1 is the most"):
        claim(filled, "a", "site-2")
    filled.write(partial(leases.limit_leases, most=2))
    claim(filled, "a", "site-2", key="again")
    for most in (0, -1, 101):
        with pytest.raises(FaultyError):
            filled.write(partial(leases.limit_leases, most=most))


def test_many_claims_at_once_of_one_person_by_two_processes_give_three(url: str, clock: Any) -> None:
    with open_store(url, clock) as one, open_store(url, clock) as other:
        one.write(lambda session: sites.arrive(session, "test", candidates(24), "test"))

        def attempt(number: int) -> bool:
            try:
                claim(one if number % 2 else other, "a", f"site-{number + 1}")
            except ConflictError:
                return False
            return True

        with ThreadPoolExecutor(12) as pool:
            done = list(pool.map(attempt, range(24)))
        assert sum(done) == len(held(one, "a")) == len(held(other, "a")) == 3
        one.read(ledger.verify)
