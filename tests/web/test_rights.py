"""Every route as every role: a table written by hand, which fails when a route is not in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from upwind.readers.sites import candidate_of
from upwind.store.accounts import Role, add_account, make_token
from upwind.store.places import open_store
from upwind.store.shelf import Shelf
from upwind.store.sites import arrive
from upwind.web.app import application
from upwind.web.routes import ROUTES

INSIDE = {"analyst", "reviewer", "releaser", "flight-manager"}
REVIEW = {"analyst", "reviewer"}
EVERYBODY = {str(role) for role in Role}
#: Who may use what. None: whoever comes, without an account.
MAY: dict[tuple[str, str], set[str] | None] = {
    ("GET", "/api/v1/health"): None,
    ("GET", "/api/v1/openapi.json"): None,
    ("GET", "/api/v1/cases"): INSIDE,
    ("GET", "/api/v1/searches"): INSIDE,
    ("POST", "/api/v1/searches"): INSIDE,
    ("POST", "/api/v1/searches/drop"): INSIDE,
    ("GET", "/api/v1/cases/{case}"): INSIDE,
    ("POST", "/api/v1/claims"): REVIEW,
    ("POST", "/api/v1/cases/{case}/heartbeat"): REVIEW,
    ("POST", "/api/v1/cases/{case}/judgements"): REVIEW,
    ("POST", "/api/v1/cases/{case}/undo"): INSIDE,
    ("POST", "/api/v1/cases/{case}/steps/{step}"): INSIDE,
    ("GET", "/api/v1/log"): {"auditor"},
    ("GET", "/api/v1/events"): INSIDE,
    ("GET", "/api/v1/accounts"): {"administrator", "auditor"},
    ("GET", "/api/v1/grants"): {"administrator", "auditor"},
    ("POST", "/api/v1/grants"): {"administrator"},
    ("POST", "/api/v1/grants/{grant}/confirm"): {"administrator"},
    ("POST", "/api/v1/grants/{grant}/revoke"): {"administrator"},
    ("GET", "/api/v1/releases"): {"partner"},
    ("GET", "/api/v1/releases/{release}"): {"partner"},
    ("GET", "/api/v1/releases/{release}/package"): {"partner"},
    ("GET", "/api/v1/recalled"): {"partner"},
    ("POST", "/api/v1/releases/{release}/receipt"): {"partner"},
    ("POST", "/api/v1/releases/{release}/answers"): {"partner"},
    ("POST", "/api/v1/releases/{release}/recall"): {"partner"},
    ("POST", "/api/v1/releases/{release}/complaints"): {"partner"},
    ("POST", "/api/v1/releases/{release}/replies"): {"releaser"},
    ("GET", "/login"): None,
    ("POST", "/login"): None,
    ("GET", "/login/oidc"): None,
    ("GET", "/login/oidc/return"): None,
    ("POST", "/logout"): EVERYBODY,
    ("GET", "/link/{secret}"): None,
    ("POST", "/link/{secret}"): None,
    ("GET", "/"): INSIDE | {"partner"},
    ("GET", "/docket"): INSIDE,
    ("POST", "/docket/next"): REVIEW,
    ("POST", "/searches"): INSIDE,
    ("POST", "/searches/drop"): INSIDE,
    ("GET", "/cases/{case}"): INSIDE,
    ("POST", "/cases/{case}/claim"): REVIEW,
    ("POST", "/cases/{case}/judge"): REVIEW,
    ("GET", "/cases/{case}/map"): INSIDE,
    ("POST", "/cases/{case}/step"): INSIDE,
    ("POST", "/cases/{case}/undo"): INSIDE,
    ("GET", "/flights"): INSIDE | {"auditor"},
    ("GET", "/cases/{case}/passes"): INSIDE,
    ("GET", "/search-map"): INSIDE | {"auditor"},
    ("GET", "/search-map/{digest}/cells"): INSIDE | {"auditor"},
    ("GET", "/search-map/{digest}/pictures/{layer}"): INSIDE | {"auditor"},
    ("GET", "/statistics"): INSIDE | {"auditor", "administrator"},
    ("GET", "/accounts"): {"administrator", "auditor"},
    ("POST", "/accounts/grant"): {"administrator"},
    ("POST", "/accounts/revoke"): {"administrator"},
    ("GET", "/releases/{release}"): {"partner"},
    ("GET", "/releases/{release}/package"): {"partner"},
    ("GET", "/recalled.json"): {"partner"},
    ("POST", "/releases/{release}/receipt"): {"partner"},
    ("POST", "/releases/{release}/answer"): {"partner"},
    ("POST", "/releases/{release}/recall"): {"partner"},
    ("POST", "/releases/{release}/complaint"): {"partner"},
}
#: It never ends.
STREAM = ("GET", "/api/v1/events")


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, tokens: dict[str, str]) -> Iterator[TestClient]:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-110.5, 29.5]},
        "properties": {"id": "site-1", "probability": 0.8},
    }
    path: Path = tmp_path_factory.mktemp("store") / "s.db"
    with open_store(f"sqlite:///{path}") as store:
        store.write(lambda session: arrive(session, "test", [candidate_of(feature, "test", "")], "test"))
        for role in Role:
            code = "MEX" if role is Role.PARTNER else ""
            store.write(lambda session, role=role, code=code: add_account(session, "test", f"{role}-1", [role], code))
            tokens[str(role)] = store.write(lambda session, role=role: make_token(session, "test", f"{role}-1"))
        with TestClient(application(store, Shelf(path.with_name("evidence"))), raise_server_exceptions=False) as inside:
            yield inside


def test_every_route_is_in_the_table() -> None:
    assert {(way.method, way.path) for way in ROUTES} == set(MAY)


def status(client: TestClient, route: tuple[str, str], token: str) -> int:
    method, path = route
    names = {"case": "site-1", "step": "watch", "release": "release-1", "name": "nobody-1", "role": "analyst"}
    names |= {"digest": "0" * 64, "layer": "undiscovered"}
    path = path.format(**names, grant="nobody:analyst", secret="nothing")  # noqa: S106 - none
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"} if token else {}
    return client.request(
        method, path, headers=headers, json={} if "api" in path else None, follow_redirects=False
    ).status_code


@pytest.mark.parametrize("route", [route for route in MAY if route != STREAM], ids=" ".join)
def test_who_may_use_a_route(client: TestClient, tokens: dict[str, str], route: tuple[str, str]) -> None:
    allowed = MAY[route]
    if allowed is None:
        assert status(client, route, "") not in (404, 405, 500) or "link" in route[1] or "oidc" in route[1]
        return
    for token in ("", "wrong", tokens["analyst"][:-1]):
        assert status(client, route, token) == 401
    for role, token in tokens.items():
        found = status(client, route, token)
        assert (found == 403) == (role not in allowed), (role, found)
        assert found not in (401, 405, 500), (role, found)


def test_a_stranger_learns_nothing_from_paths(client: TestClient) -> None:
    for path in ("/api/v1/nothing", "/nothing", "/api/v1/cases/no-such", "/api/v2", "/static/../app.py"):
        assert client.get(path).status_code == 401, path
        assert client.post(path).status_code == 401, path


def test_other_sites_pages_cannot_act(client: TestClient) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert client.post("/login", headers=headers, content="name=a&password=b").status_code == 403


def test_pages_let_nothing_in(client: TestClient) -> None:
    answer = client.get("/login")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "http" not in answer.text.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"verdict": "perhaps"}, "verdict"),
        ({"verdict": "confirmed", "likelihood": "likely", "confidence": "huge", "reason": "x"}, "confidence"),
        ([], ""),
    ],
)
def test_what_is_wrong_is_named(client: TestClient, tokens: dict[str, str], body: object, field: str) -> None:
    headers = {"Authorization": f"Bearer {tokens['analyst']}", "Idempotency-Key": "k"}
    answer = client.post("/api/v1/cases/site-1/judgements", headers=headers, json=body)
    assert answer.status_code == 422
    assert field in {each["field"] for each in answer.json()["faults"]}


def test_too_much_is_refused(client: TestClient, tokens: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {tokens['analyst']}", "Idempotency-Key": "k"}
    answer = client.post("/api/v1/claims", headers=headers, content=b" " * 1_100_000)
    assert answer.status_code == 422
