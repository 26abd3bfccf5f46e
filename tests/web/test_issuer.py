"""Coming in by an issuer: a real one on loopback, honest, dishonest and broken; only who has an account comes in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from makers.issuer import CLIENT, SECRET, Peer, issuing, new_key
from starlette.testclient import TestClient

from upwind.store import accounts
from upwind.store.accounts import Role
from upwind.store.places import open_store
from upwind.store.shelf import Shelf
from upwind.store.store import Store
from upwind.web.app import application
from upwind.web.door import SESSION_COOKIE
from upwind.web.issuer import Issuer, Registration

US = "http://127.0.0.1:8000"


@dataclass
class Setting:
    """The issuer, the workbench and its store."""

    peer: Peer
    store: Store
    client: TestClient
    now: list[float]


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    now = [0.0]
    with issuing() as peer, open_store(f"sqlite:///{tmp_path / 's.db'}") as store:
        for name in ("analyst-1", "analyst-2"):
            store.write(partial(accounts.add_account, who="test", name=name, roles=[Role.ANALYST]))
        told = Registration(issuer=peer.url, client_id=CLIENT, secret=SECRET, url=US, claim="preferred_username",
                            label="The agency", scope="openid profile")  # fmt: skip
        peer.redirect_uri = f"{US}/login/oidc/return"
        peer.person = {"sub": "1", "preferred_username": "analyst-1"}
        issuer = Issuer(told, lambda: time.time() + now[0])
        with TestClient(application(store, Shelf(tmp_path / "e"), issuer), base_url=US) as client:
            yield Setting(peer=peer, store=store, client=client, now=now)


def went(setting: Setting) -> str:
    """Go to the issuer, and return the address that it sends the person back to."""
    begun = setting.client.get("/login/oidc", follow_redirects=False)
    assert begun.status_code == 303, begun.text
    answer = httpx.get(begun.headers["location"])
    assert answer.status_code == 302, answer.text
    back = answer.headers["location"]
    assert back.startswith(f"{US}/login/oidc/return?")
    return str(back)


def came(setting: Setting, back: str) -> Any:
    return setting.client.get(back, headers={"Accept": "text/html"}, follow_redirects=False)


def is_in(setting: Setting) -> bool:
    return bool(setting.client.get("/", headers={"Accept": "text/html"}, follow_redirects=False).status_code == 200)


def test_somebody_with_an_account_comes_in(setting: Setting) -> None:
    assert "Log in with The agency" in setting.client.get("/login").text
    answer = came(setting, went(setting))
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/"' in answer.text
    cookie = next(said for said in answer.headers.get_list("set-cookie") if SESSION_COOKIE in said).lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert is_in(setting)
    assert "analyst-1" in setting.client.get("/").text


def test_what_is_sent_is_what_the_protocol_asks(setting: Setting) -> None:
    said = [
        parse_qs(urlsplit(setting.client.get("/login/oidc", follow_redirects=False).headers["location"]).query)
        for _ in range(2)
    ]
    for one in said:
        assert (one["response_type"], one["code_challenge_method"]) == (["code"], ["S256"])
        assert (one["client_id"], one["redirect_uri"]) == ([CLIENT], [setting.peer.redirect_uri])
    for name in ("state", "nonce", "code_challenge"):
        assert said[0][name] != said[1][name]
        assert len(said[0][name][0]) >= 43


@pytest.mark.parametrize(
    "person",
    [
        {},
        {"sub": "1"},
        {"sub": "1", "preferred_username": "nobody"},
        {"sub": "1", "preferred_username": "Analyst-1"},
        {"sub": "1", "preferred_username": ["analyst-1"]},
        {"sub": "analyst-1", "preferred_username": ""},
    ],
)
def test_nobody_else_comes_in_and_no_account_is_made(setting: Setting, person: dict[str, Any]) -> None:
    setting.peer.person = person
    before = setting.store.read(accounts.every_account)
    answer = came(setting, went(setting))
    assert answer.status_code == 403
    assert "did not succeed" in answer.text
    assert not is_in(setting)
    assert setting.store.read(accounts.every_account) == before


def test_a_closed_account_stays_closed_until_a_link_opens_it(setting: Setting) -> None:
    setting.store.write(partial(accounts.shut_out, who="test", name="analyst-1"))
    assert came(setting, went(setting)).status_code == 403
    link = setting.store.write(partial(accounts.make_link, who="test", name="analyst-1"))
    assert came(setting, went(setting)).status_code == 403
    digest = accounts.password_digest("a long password")
    setting.store.write(partial(accounts.redeem_link, secret=link, digest=digest))
    assert came(setting, went(setting)).status_code == 200


def test_an_account_without_roles_stays_out(setting: Setting) -> None:
    setting.store.write(partial(accounts.revoke, who="test", name="analyst-1", role=Role.ANALYST))
    assert came(setting, went(setting)).status_code == 403


@pytest.mark.parametrize(
    "twist",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_a_token_that_is_not_of_this_login_is_not_believed(setting: Setting, twist: dict[str, Any]) -> None:
    def twisted(claims: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in {**claims, **twist}.items() if value is not None}

    setting.peer.twist = twisted
    assert came(setting, went(setting)).status_code == 403
    assert not is_in(setting)


def test_a_token_of_another_signer_is_not_believed(setting: Setting) -> None:
    setting.peer.signed_with = new_key("first")
    assert came(setting, went(setting)).status_code == 403


def test_a_new_key_of_the_issuers_is_fetched(setting: Setting) -> None:
    assert came(setting, went(setting)).status_code == 200
    setting.peer.change_key()
    setting.now[0] += 90.0
    assert came(setting, went(setting)).status_code == 200
    assert setting.peer.asked.count("keys") == 2


def test_an_answer_counts_once_and_in_the_browser_that_began(setting: Setting) -> None:
    back = went(setting)
    cookies = dict(setting.client.cookies)
    setting.client.cookies.clear()
    assert came(setting, back).status_code == 403  # another browser: an attacker's code would log its owner in
    setting.client.cookies.update(cookies)
    assert came(setting, back).status_code == 200
    setting.client.cookies.update(cookies)
    assert came(setting, back).status_code == 403
    assert came(setting, f"{US}/login/oidc/return").status_code == 403


@pytest.mark.parametrize("change", ["state=x", "iss=https://elsewhere.example", "code=x", "error=access_denied&code="])
def test_an_answer_that_was_changed_is_refused(setting: Setting, change: str) -> None:
    said = {name: values[0] for name, values in parse_qs(urlsplit(went(setting)).query).items()}
    said |= {name: values[0] for name, values in parse_qs(change, keep_blank_values=True).items()}
    answer = setting.client.get("/login/oidc/return", params=said)
    assert answer.status_code == 403
    assert not is_in(setting)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_no_other_origin_is_asked_whatever_the_issuer_says(setting: Setting, name: str) -> None:
    with issuing() as other:
        setting.peer.metadata = {name: f"{other.url}/keys"}
        answer = setting.client.get("/login/oidc", follow_redirects=False)
        assert answer.status_code == 503
        assert other.asked == []


def test_no_redirect_is_followed(setting: Setting) -> None:
    setting.peer.metadata = {"jwks_uri": f"{setting.peer.url}/moved"}
    assert came(setting, went(setting)).status_code == 503
    assert "elsewhere" not in setting.peer.asked


@pytest.mark.parametrize("metadata", [{"issuer": "https://elsewhere.example"}, {"token_endpoint": None}])
def test_an_issuer_that_is_another_one_is_not_used(setting: Setting, metadata: dict[str, Any]) -> None:
    setting.peer.metadata = metadata
    answer = setting.client.get("/login/oidc?lang=es", follow_redirects=False)
    assert answer.status_code == 503
    assert "no es posible usar el servidor de acceso" in answer.text


def test_without_an_issuer_there_is_no_such_way_in(tmp_path: Path) -> None:
    with (
        open_store(f"sqlite:///{tmp_path / 's.db'}") as store,
        TestClient(application(store, Shelf(tmp_path / "e"))) as client,
    ):
        assert "oidc" not in client.get("/login").text
        for path in ("/login/oidc", "/login/oidc/return?code=x&state=y"):
            assert client.get(path).status_code == 404
