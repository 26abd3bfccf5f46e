"""A store behind its application, and whoever asks it, without a server."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from makers.candidates import candidate, judgement
from starlette.testclient import TestClient

from upwind.store import accounts, clearances, ledger, sites
from upwind.store.places import open_store
from upwind.store.shelf import Shelf
from upwind.store.store import Store
from upwind.web.app import application

MARKED = "SECRET//REL TO MEX"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE = {
    "analyst-1": "analyst",
    "analyst-2": "analyst",
    "analyst-3": "analyst",
    "reviewer-1": "reviewer",
    "auditor-1": "auditor",
    "administrator-1": "administrator",
    "administrator-2": "administrator",
    "flight-manager-1": "flight-manager",
}


@dataclass(slots=True, kw_only=True)
class Desk:
    """A store, its application, and whoever asks it."""

    store: Store
    client: TestClient
    tokens: Mapping[str, str]
    clock: list[datetime]
    shelf: Shelf | None = None

    def ask(self, who: str, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **more.pop("headers", {})}
        if method == "POST":
            headers["Idempotency-Key"] = more.pop("key", secrets.token_hex(8))
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def judged(self, who: str, case: str, verdict: str = "confirmed", **more: Any) -> Any:
        assert self.ask(who, "POST", "/claims", json={"case": case}).status_code == 201
        return self.ask(who, "POST", f"/cases/{case}/judgements", json=judgement(verdict, **more))

    def state(self, case: str) -> str:
        return str(self.ask("auditor-1", "GET", "/log").status_code and self._standing(case)["state"])

    def _standing(self, case: str) -> Any:
        return self.ask("flight-manager-1", "GET", f"/cases/{case}").json()

    def size(self) -> int:
        return self.store.read(ledger.head).size


@contextmanager
def desk_in(folder: Path, *names: str, salt: str = "") -> Iterator[Desk]:
    """Give a desk with candidate sites; the salt of blind reviews is drawn unless it is given."""
    clock = [START]
    with open_store(f"sqlite:///{folder / 's.db'}", lambda: clock[0]) as store:
        if salt:
            store.write(lambda session: session.rows("put_setting", name="salt", content=salt))
        store.write(partial(sites.arrive, who="test", candidates=[candidate(name) for name in names], origin="test"))
        tokens = {}
        for name, role in PEOPLE.items():
            store.write(partial(accounts.add_account, who="test", name=name, roles=[accounts.Role(role)]))
            tokens[name] = store.write(partial(accounts.make_token, who="test", name=name))
        shelf = Shelf(folder / "evidence")
        with TestClient(application(store, shelf), raise_server_exceptions=False) as client:
            yield Desk(store=store, client=client, tokens=tokens, clock=clock, shelf=shelf)


def marked(desk: Desk) -> None:
    """Bring in a marked case, the worthiest of all, and clear one analyst for it."""
    secret = candidate("site-9", 1.0, marking=MARKED)
    desk.store.write(partial(sites.arrive, who="test", candidates=[secret], origin="test"))
    desk.store.write(partial(clearances.clear, who="test", name="analyst-1", clearance="SECRET"))
