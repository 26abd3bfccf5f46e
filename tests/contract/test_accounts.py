"""Who may come in, as what, and with what cleared, the same in every store."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from makers.candidates import candidate

from upwind.errors import AbsentError, ConflictError, FaultyError, ForbiddenError
from upwind.store import accounts, cases, clearances, docket, ledger, sites, steps
from upwind.store.accounts import Role
from upwind.store.store import Store


def test_accounts_and_their_ways_in(store: Store, clock: Any) -> None:
    store.write(lambda session: accounts.add_account(session, "test", "a", [Role.ANALYST]))
    token = store.write(lambda session: accounts.make_token(session, "test", "a"))
    found = store.read(lambda session: accounts.by_token(session, token))
    assert found is not None
    assert (found.name, found.roles) == ("a", {Role.ANALYST})
    assert store.read(lambda session: accounts.by_token(session, token + "x")) is None
    link = store.write(lambda session: accounts.make_link(session, "test", "a"))
    assert store.read(lambda session: accounts.by_token(session, link)) is None
    with pytest.raises(FaultyError):
        accounts.password_digest("short")
    digest = accounts.password_digest("a long enough one")
    session_before = store.write(lambda session: accounts.open_session(session, "a"))
    store.write(lambda session: accounts.redeem_link(session, link, digest))
    with pytest.raises(ForbiddenError):
        store.write(lambda session: accounts.redeem_link(session, link, digest))
    assert store.read(lambda session: accounts.by_session(session, session_before)) is None
    assert store.read(lambda session: accounts.by_password(session, "a", "a long enough one")) == found
    for name, password in (("a", "wrong"), ("nobody", "a long enough one")):
        assert store.read(partial(accounts.by_password, name=name, password=password)) is None
    late = store.write(lambda session: accounts.make_link(session, "test", "a"))
    clock.move(days=4)
    with pytest.raises(ForbiddenError):
        store.write(lambda session: accounts.redeem_link(session, late, digest))


def test_marked_cases_are_there_for_the_cleared_alone(store: Store) -> None:
    marked = [candidate("site-8", 0.9, marking="SECRET"), candidate("site-9", 1.0, marking="no such marking")]
    plain = [candidate("site-1"), candidate("site-2", 0.95)]
    store.write(partial(sites.arrive, who="test", candidates=[*marked, *plain], origin="test"))
    store.write(partial(clearances.clear, who="test", name="a", clearance="SECRET"))
    opened = docket.Wanted(state="open")
    found = {
        person: [
            [row.id for row in store.read(partial(docket.cases, person=person, **how))]
            for how in ({}, {"wanted": opened}, {"after": "site-2"}, {"wanted": opened, "after": "site-2"})
        ]
        for person in ("a", "b")
    }
    first, rest = ["site-2"], ["site-8", "site-1"]
    assert found == {"a": [first + rest] * 2 + [rest] * 2, "b": [[*first, "site-1"]] * 2 + [["site-1"]] * 2}
    store.write(partial(steps.close, person="a", case="site-2", into="site-8", why=steps.Stands.DUPLICATE))
    for person, case in (("a", "site-8"), ("b", "site-1")):
        claimed = store.write(partial(cases.claim, person=person, key="k"))
        assert claimed is not None
        assert claimed["case"] == case
    for question in (partial(cases.view, case="site-8"), partial(docket.cases, after="site-8")):
        with pytest.raises(AbsentError):
            store.read(partial(question, person="b"))


def test_two_administrators_grant_what_one_may_not(store: Store) -> None:
    store.write(lambda session: accounts.add_account(session, "test", "a", [Role.ANALYST]))
    for name in ("admin-1", "admin-2"):
        store.write(partial(accounts.add_account, who="test", name=name, roles=[Role.ADMINISTRATOR]))

    def grant(who: str, role: Role) -> bool:
        return store.write(lambda session: accounts.grant(session, who, "a", role))

    assert grant("admin-1", Role.FLIGHT_MANAGER)
    assert not grant("admin-1", Role.REVIEWER)
    with pytest.raises(ConflictError):
        grant("admin-1", Role.REVIEWER)
    assert store.read(lambda session: accounts.require_account(session, "a")).roles == {
        Role.ANALYST,
        Role.FLIGHT_MANAGER,
    }
    assert grant("admin-2", Role.REVIEWER)
    with pytest.raises(FaultyError):
        grant("admin-1", Role.AUDITOR)
    store.write(lambda session: accounts.revoke(session, "admin-1", "a", Role.REVIEWER))
    assert not grant("admin-2", Role.REVIEWER)
    store.read(ledger.verify)


@pytest.mark.parametrize(
    ("name", "roles", "partner"),
    [
        ("A", [Role.ANALYST], ""),
        ("a b", [Role.ANALYST], ""),
        ("a", [], ""),
        ("a", [Role.AUDITOR, Role.ANALYST], ""),
        ("a", [Role.PARTNER], ""),
        ("a", [Role.ANALYST], "MX"),
    ],
)
def test_accounts_that_may_not_be(store: Store, name: str, roles: list[Role], partner: str) -> None:
    with pytest.raises(FaultyError):
        store.write(lambda session: accounts.add_account(session, "test", name, roles, partner))
    assert store.read(accounts.every_account) == []


def test_no_secret_is_in_the_store(store: Store) -> None:
    def fill(session: Any) -> list[str]:
        accounts.add_account(session, "test", "a", [Role.ANALYST])
        secrets = [accounts.make_token(session, "test", "a"), accounts.make_link(session, "test", "a")]
        accounts.redeem_link(session, secrets[1], accounts.password_digest("correct horse battery"))
        return [*secrets, "correct horse battery"]

    secrets = store.write(fill)
    held = ""
    for table in ("log", "account", "account_role", "access", "answer", "setting"):
        held += str(store.read(lambda session, t=table: session.connection.run("SELECT * FROM " + t)))  # noqa: S608
    assert not [secret for secret in secrets if secret in held]
    assert "$argon2id$" in held
