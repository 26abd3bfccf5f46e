"""What a work puts off is done with it or undone with it, however its statements travel; idle connections may die."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest
from makers import postgres
from makers.candidates import candidates

from upwind.errors import AbsentError, ConflictError
from upwind.store import cases, ledger, sites
from upwind.store.places import open_store
from upwind.store.session import Session
from upwind.store.store import Store

#: More than wait for one that is read.
MANY = 120


@pytest.fixture(autouse=True)
def _filled(store: Store) -> None:
    store.write(lambda session: sites.arrive(session, "test", candidates(3), "test"))


def setting(store: Store, name: str) -> str | None:
    row = store.read(lambda session: session.row("setting", name=name))
    return None if row is None else str(row[0])


def put(session: Session, name: str, content: str = "x") -> None:
    session.do("put_setting", name=name, content=content)


def together(store: Store, *works: Any) -> list[Future[Any]]:
    """Submit works that share one transaction, and return their futures once all are done."""
    goes = threading.Event()
    first = store.submit(lambda _: goes.wait(30))
    futures = [store.submit(work) for work in works]
    goes.set()
    for future in (first, *futures):
        future.exception()
    return futures


def test_what_is_put_off_is_there_for_the_next_statement(store: Store) -> None:
    def work(session: Session) -> list[Any]:
        put(session, "a", "1")
        found = session.row("setting", name="a")
        put(session, "a", "2")
        return [found, session.row("setting", name="a")]

    assert [list(row) for row in store.write(work)] == [["1"], ["2"]]


def test_many_statements_put_off_are_all_done_in_order(store: Store) -> None:
    store.write(lambda session: [put(session, f"n{number % 40}", str(number)) for number in range(MANY)])
    assert [setting(store, f"n{number}") for number in range(40)] == [str(80 + number) for number in range(40)]


@pytest.mark.parametrize("sent", [0, 1, MANY])
def test_a_work_that_raises_takes_along_what_it_put_off(store: Store, sent: int) -> None:
    before = store.read(ledger.head)

    def work(session: Session) -> None:
        for number in range(sent):
            put(session, f"gone-{number}")
        cases.claim(session, "a", "key", "site-1")
        msg = "no"
        raise AbsentError(msg)

    def early(session: Session) -> None:
        put(session, "gone-0")
        msg = "no"
        raise AbsentError(msg)

    kept, failed, too, last = together(store, partial(put, name="kept"), work, early, partial(put, name="last"))
    assert isinstance(failed.exception(), AbsentError)
    assert isinstance(too.exception(), AbsentError)
    assert (kept.exception(), last.exception()) == (None, None)
    assert [setting(store, name) for name in ("kept", "gone-0", "last")] == ["x", None, "x"]
    assert store.read(ledger.verify) == before


def test_what_the_store_forbids_fails_its_own_work_alone(store: Store) -> None:
    def twice(session: Session) -> str:
        put(session, "gone")
        for seq in (901, 902):
            session.do("insert_judgement", case_id="site-1", round=1, stage=1, person="a", seq=seq)
        put(session, "gone-too")
        return "never told"

    kept, failed, last = together(store, partial(put, name="kept"), twice, partial(put, name="last"))
    assert isinstance(failed.exception(), ConflictError)
    assert (kept.exception(), last.exception()) == (None, None)
    assert [setting(store, name) for name in ("kept", "gone", "gone-too", "last")] == ["x", None, None, "x"]


def test_nothing_of_a_work_that_failed_is_told_of(store: Store) -> None:
    def fails(session: Session) -> None:
        cases.claim(session, "a", "key", "site-1")
        msg = "no"
        raise AbsentError(msg)

    before = store.latest(["site", "claim"])
    together(store, fails)
    assert (store.latest(["claim"]), store.latest(["site"]), before) == (0, 3, 3)
    together(store, partial(cases.claim, person="a", key="key", case="site-1"))
    assert store.latest(["site", "claim"]) == 4
    store.note([("claim", 2)])
    assert store.latest(["claim"]) == 4


def test_a_server_that_was_started_anew_is_found_again() -> None:
    if postgres.BIN is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.running() as server, open_store(server.new_url()) as store:
        store.write(partial(put, name="kept"))
        assert setting(store, "kept") == "x"
        server.kill()
        server.start()
        assert setting(store, "kept") == "x"
        store.write(partial(put, name="kept", content="y"))
        assert setting(store, "kept") == "y"
