"""What every store promises: one decision each, two people, nothing lost, a log that verifies."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from makers.candidates import candidate, candidates
from makers.candidates import judgement as said

from upwind.errors import AbsentError, ConflictError, ContractError, RefusedError, StoreError
from upwind.review.judgement import read_judgement
from upwind.review.leases import LENGTH
from upwind.review.log import Draft, LogError, moment
from upwind.store import cases, docket, ledger, sites
from upwind.store.places import open_store
from upwind.store.store import Store


def fill(store: Store, count: int = 3) -> None:
    store.write(lambda session: sites.arrive(session, "test", candidates(count), "test"))


def claim(store: Store, person: str, key: str = "", case: str = "") -> dict[str, Any] | None:
    return store.write(partial(cases.claim, person=person, key=key or f"{person} {case}", case=case))


def judge(store: Store, person: str, case: str, verdict: str = "confirmed", key: str = "") -> dict[str, Any]:
    judgement = read_judgement(said(verdict))
    key = key or f"judge {person} {case}"
    return store.write(partial(cases.judge, person=person, key=key, case=case, judgement=judgement))


def decide(store: Store, person: str, case: str, verdict: str = "confirmed") -> None:
    claim(store, person, case=case)
    judge(store, person, case, verdict)


def state(store: Store, case: str) -> str:
    return str(store.read(lambda session: cases.view(session, "nobody", case)).standing.state)


def listed(store: Store, person: str = "nobody", **how: Any) -> list[str]:
    wanted = docket.Wanted(state=how.pop("state", ""))
    return [row.id for row in store.read(partial(docket.cases, person=person, wanted=wanted, **how))]


def verified(store: Store) -> int:
    return store.read(ledger.verify).size


def test_two_equal_verdicts_decide(store: Store) -> None:
    fill(store)
    decide(store, "a", "site-1")
    assert state(store, "site-1") == "second"
    decide(store, "b", "site-1")
    assert state(store, "site-1") == "confirmed"
    assert listed(store, state="confirmed") == ["site-1"]
    assert listed(store) == ["site-2", "site-3"]
    assert verified(store) == 3 + 4


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        (("confirmed", "rejected"), "third"),
        (("confirmed", "rejected", "rejected"), "rejected"),
        (("confirmed", "rejected", "unsure"), "unsure"),
        (("unsure", "unsure"), "unsure"),
    ],
)
def test_different_verdicts_ask_a_third(store: Store, verdicts: tuple[str, ...], outcome: str) -> None:
    fill(store, 1)
    for person, verdict in zip("abc", verdicts, strict=False):
        decide(store, person, "site-1", verdict)
    assert state(store, "site-1") == outcome


def test_the_worthiest_case_comes_first_and_nobody_gets_it_twice(store: Store) -> None:
    fill(store, 2)
    assert claim(store, "a") == {"case": "site-1", "stage": 1, "lease_until": "2026-03-01T12:10:00.000000Z"}
    second = claim(store, "b")
    assert second is not None
    assert second["case"] == "site-2"
    assert claim(store, "c") is None
    with pytest.raises(ConflictError, match="another person's"):
        claim(store, "c", case="site-1")
    judge(store, "a", "site-1")
    assert claim(store, "a", "again") is None
    third = claim(store, "c", "again")
    assert third is not None
    assert (third["case"], third["stage"]) == ("site-1", 2)


def test_nobody_reviews_themselves(store: Store) -> None:
    fill(store, 1)
    decide(store, "a", "site-1")
    assert claim(store, "a", "again") is None
    with pytest.raises(ConflictError, match="before"):
        claim(store, "a", "wanted", "site-1")
    with pytest.raises(ConflictError, match="before"):
        judge(store, "a", "site-1", key="again")
    assert state(store, "site-1") == "second"


def test_no_judgement_without_a_lease(store: Store, clock: Any) -> None:
    fill(store, 1)
    with pytest.raises(ConflictError, match="no lease"):
        judge(store, "a", "site-1")
    claim(store, "a")
    with pytest.raises(ConflictError, match="no lease"):
        judge(store, "b", "site-1")
    clock.move(seconds=LENGTH.total_seconds())
    with pytest.raises(ConflictError, match="no lease"):
        judge(store, "a", "site-1")
    assert state(store, "site-1") == "open"


def test_heartbeats_keep_a_lease(store: Store, clock: Any) -> None:
    fill(store, 1)
    claim(store, "a")
    for _ in range(4):
        clock.move(minutes=5)
        lease = store.write(partial(cases.heartbeat, person="a", case="site-1"))
        assert lease.until == clock.now + LENGTH >= clock.now + timedelta(seconds=60)
    clock.move(minutes=11)
    with pytest.raises(ConflictError):
        store.write(partial(cases.heartbeat, person="a", case="site-1"))
    taken = claim(store, "b")
    assert taken is not None
    with pytest.raises(ConflictError):
        judge(store, "a", "site-1")
    judge(store, "b", "site-1")


def test_a_clock_set_back_blocks_nobody(store: Store, clock: Any) -> None:
    fill(store, 1)
    clock.move(hours=1)
    claim(store, "a")
    clock.move(hours=-1)
    assert claim(store, "b") is not None
    with pytest.raises(ConflictError):
        judge(store, "a", "site-1")
    judge(store, "b", "site-1")
    verified(store)


def test_a_key_gives_the_same_answer_once_also_after_a_restart(url: str, clock: Any) -> None:
    with open_store(url, clock) as store:
        fill(store)
        first = claim(store, "a", "k1")
        entry = judge(store, "a", "site-1", key="k2")
        size = verified(store)
    clock.move(hours=2)
    with open_store(url, clock) as store:
        assert claim(store, "a", "k1") == first
        assert judge(store, "a", "site-1", key="k2") == entry
        assert verified(store) == size
        other = claim(store, "b", "k1")
        assert other is not None
        assert other["case"] == "site-1"
        with pytest.raises(ConflictError, match="something else"):
            claim(store, "a", "k2")
        with pytest.raises(ConflictError, match="something else"):
            judge(store, "a", "site-1", "rejected", key="k2")


def test_many_at_once_share_no_case(store: Store) -> None:
    fill(store, 30)
    with ThreadPoolExecutor(20) as pool:
        claims = list(pool.map(lambda number: claim(store, f"p{number}"), range(40)))
    taken = [each["case"] for each in claims if each is not None]
    assert sorted(taken) == sorted(f"site-{number}" for number in range(1, 31))
    assert verified(store) == 60


def test_an_event_loop_awaits_the_store(store: Store) -> None:
    fill(store, 30)

    async def work(number: int) -> str:
        claimed = await asyncio.wrap_future(
            store.submit(partial(cases.claim, person=f"p{number}", key="k", case=f"site-{number}"))
        )
        assert claimed is not None
        rows = await asyncio.to_thread(store.read, partial(docket.cases, person=f"p{number}"))
        assert len(rows) == 30
        return str(claimed["case"])

    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(work(number) for number in range(1, 31)))

    assert asyncio.run(all_at_once()) == [f"site-{number}" for number in range(1, 31)]


def test_the_same_case_at_once_goes_to_one(store: Store) -> None:
    fill(store, 1)

    def attempt(person: str) -> bool:
        try:
            decide(store, person, "site-1")
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(attempt, [f"p{number}" for number in range(8)]))
    judged = store.read(lambda session: ledger.entries_of(session, "site-1"))
    assert sum(done) == sum(entry.what == "judgement" for entry in judged) <= 2
    verified(store)


def test_what_fails_is_undone_by_itself(store: Store) -> None:
    fill(store, 1)
    claim(store, "a")

    def half(session: Any) -> None:
        ledger.append(session, Draft(who="x", what="comment", case="site-1", body={}))
        session.rows("delete_lease", case_id="site-1")
        raise TestedError

    class TestedError(RefusedError):
        """Raised by the test."""

    futures = [store.submit(half if number % 2 else lambda session: ledger.head(session).size) for number in range(9)]
    assert [future.exception() is not None for future in futures] == [bool(number % 2) for number in range(9)]
    judge(store, "a", "site-1")
    assert verified(store) == 3


def test_constraints_refuse_what_checks_would_let_through(store: Store) -> None:
    fill(store, 1)
    decide(store, "a", "site-1")

    def second(session: Any, stage: int, person: str) -> None:
        session.rows("insert_judgement", case_id="site-1", round=1, stage=stage, person=person, seq=99)

    for stage, person in ((1, "b"), (2, "a")):
        with pytest.raises(ConflictError, match="forbids"):
            store.write(partial(second, stage=stage, person=person))
    store.write(partial(second, stage=2, person="b"))


def test_the_log_takes_no_fractions_and_stays_whole(store: Store) -> None:
    with pytest.raises(ContractError):
        store.write(lambda session: ledger.append(session, Draft(who="x", what="comment", body={"p": 0.5})))
    store.write(lambda session: ledger.append(session, Draft(who="x", what="comment", body={"p": "0.5 — ñ 🛩"})))
    (entry,) = store.read(lambda session: ledger.entries_after(session, 0, 10))
    assert entry.body == {"p": "0.5 — ñ 🛩"}
    assert verified(store) == 1


def test_sites_arrive_once(store: Store) -> None:
    three = candidates(3)

    def come(*which: Any) -> list[str]:
        return store.write(lambda session: sites.arrive(session, "test", which, "test"))

    assert come(*three) == ["site-1", "site-2", "site-3"]
    assert come(*three) == []
    decide(store, "a", "site-3")
    assert come(candidate("site-3", 0.99)) == ["site-3"]
    assert listed(store) == ["site-3", "site-1", "site-2"]
    assert state(store, "site-3") == "second"
    verified(store)


def test_sites_are_found_in_a_box(store: Store) -> None:
    places = {"west": (-105.5, 25.0), "east": (-104.5, 25.0), "edge": (-105.0, 25.5), "far": (10.0, -60.0)}
    made = [candidate(name, place=place) for name, place in places.items()]
    store.write(lambda session: sites.arrive(session, "test", made, "test"))
    assert store.read(lambda session: sites.sites_within(session, (-105.0, 24.0, -104.0, 25.5))) == ["east", "edge"]
    assert store.read(lambda session: sites.sites_within(session, (9, -61, 11, -59))) == ["far"]


def test_the_docket_is_paged_without_gaps(store: Store) -> None:
    store.write(lambda session: sites.arrive(session, "test", [candidate(f"s{n}", 0.5) for n in range(25)], "test"))
    found: list[str] = []
    while page := listed(store, limit=10, after=found[-1] if found else ""):
        found += page
    assert sorted(found) == sorted(f"s{n}" for n in range(25))
    with pytest.raises(AbsentError):
        listed(store, after="no such case")


def test_a_read_sees_one_moment(store: Store) -> None:
    fill(store, 1)

    def twice(session: Any) -> tuple[int, int]:
        before = ledger.head(session).size
        store.write(lambda inner: ledger.append(inner, Draft(who="x", what="comment", body={})))
        return before, ledger.head(session).size

    assert store.read(twice) == (1, 1)
    assert store.read(ledger.head).size == 2


def test_two_processes_share_a_store(url: str, clock: Any) -> None:
    """Two writers on one store, each with its own idea of where the log ends."""
    with open_store(url, clock) as one, open_store(url, clock) as other:
        fill(one)
        for number in range(6):
            decide(one if number % 2 else other, f"p{number}", f"site-{number // 2 + 1}")
        assert verified(one) == verified(other) == 3 + 12
        assert listed(one, state="confirmed") == ["site-1", "site-2", "site-3"]


def test_leased_rows_say_so_and_whom_is_not_told(store: Store, clock: Any) -> None:
    fill(store, 2)
    claim(store, "a")
    rows = store.read(partial(docket.cases, person="b"))
    assert [row.is_leased for row in rows] == [True, False]
    clock.move(hours=1)
    assert not any(row.is_leased for row in store.read(partial(docket.cases, person="b")))


def test_a_closed_store_says_so(url: str, clock: Any) -> None:
    store = open_store(url, clock)
    pending = [store.submit(lambda session: ledger.head(session).size) for _ in range(5)]
    store.close()
    assert [future.result() for future in pending] == [0] * 5
    with pytest.raises(StoreError, match="closed"):
        store.submit(ledger.head)


def test_leases_end_as_the_answer_says(store: Store, clock: Any) -> None:
    fill(store, 1)
    answer = claim(store, "a")
    assert answer is not None
    assert moment(answer["lease_until"]) - clock.now >= timedelta(seconds=60)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE log SET who = 'x' WHERE seq = 3",
        "UPDATE log SET at = '2026-03-01T12:00:00.000001Z' WHERE seq = 3",
        "UPDATE log SET body = '{}' WHERE seq = 3",
        "UPDATE log SET body = 'no JSON' WHERE seq = 3",
        "UPDATE log SET case_id = 'site-9' WHERE seq = 3",
        "UPDATE log SET digest = previous WHERE seq = 3",
        "UPDATE log SET subtree = previous WHERE seq = 3",
        "DELETE FROM log WHERE seq = 3",
        "DELETE FROM log WHERE seq >= 3",
    ],
)
def test_whatever_is_done_to_an_entry_is_found(url: str, clock: Any, tampering: str) -> None:
    with open_store(url, clock) as store:
        fill(store)
        decide(store, "a", "site-1")
        store.write(lambda session: session.connection.run(tampering))
    with open_store(url, clock) as store:
        with pytest.raises(LogError) as caught:
            verified(store)
        assert caught.value.seq == 3
        if "seq >=" in tampering:  # and nothing is written on top of it
            with pytest.raises(LogError):
                claim(store, "b")


def test_a_docket_that_the_log_does_not_bear_out_is_found(store: Store) -> None:
    fill(store)
    store.write(
        lambda session: session.connection.run("UPDATE standing SET state = 'confirmed' WHERE case_id = 'site-2'")
    )
    with pytest.raises(LogError, match="site-2 is open by the log"):
        verified(store)
