"""The API's own description, and whatever requests schemathesis makes of it: no answer is a server's fault."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from makers.candidates import candidate
from starlette.testclient import TestClient

from upwind.store import accounts, ledger, sites
from upwind.store.places import open_store
from upwind.store.shelf import Shelf
from upwind.web.app import application
from upwind.web.description import described
from upwind.web.routes import ROUTES

schemathesis = pytest.importorskip("schemathesis")

#: A stream never ends.
WAYS = [way for way in ROUTES if not way.path.endswith("/events")]
SCHEMA = schemathesis.openapi.from_dict(described(WAYS))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give the application and a token of every role; each request is sent as all of them."""
    path: Path = tmp_path_factory.mktemp("store") / "s.db"
    with open_store(f"sqlite:///{path}") as store:
        store.write(partial(sites.arrive, who="test", candidates=[candidate("site-1"), candidate("0")], origin="test"))
        tokens = []
        for role in ("analyst", "administrator", "auditor", "partner"):
            code = "MEX" if role == "partner" else ""
            store.write(partial(accounts.add_account, who="test", name=role, roles=[accounts.Role(role)], partner=code))
            tokens.append(store.write(partial(accounts.make_token, who="test", name=role)))
        with TestClient(application(store, Shelf(path.with_name("evidence"))), raise_server_exceptions=False) as client:
            client.app.state.guard.asking._rate = client.app.state.guard.asking._burst = 1e9  # type: ignore[attr-defined]
            yield client, tokens
        store.read(ledger.verify)


@SCHEMA.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_no_request_is_the_servers_fault(case: Any, asked: Any) -> None:
    client, tokens = asked
    for token in tokens:
        sent = case.as_transport_kwargs(base_url="http://testserver")
        headers = {**sent.pop("headers", {}), "Authorization": f"Bearer {token}"}
        sent.pop("cookies", None)
        body = sent.pop("data", None)
        if body is not None:
            sent["content"] = body if isinstance(body, bytes) else str(body)
        answer = client.request(headers=headers, **sent)
        assert answer.status_code < 500, (case.method, case.path, sent, answer.text)
