"""What an attacker tries: forged requests, stolen sessions, guessing, markup, paths, SQL, other people's ids."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from makers.candidates import candidate
from makers.releases import agreed
from starlette.testclient import TestClient

from upwind.review.log import Draft
from upwind.store import accounts, ledger, second_factor, sites
from upwind.store.places import open_store
from upwind.store.shelf import Shelf
from upwind.store.store import Store
from upwind.web.app import application
from upwind.web.door import SESSION_COOKIE

SOURCE = Path(__file__).parents[2] / "src" / "upwind"
PASSWORD = "correct horse"  # noqa: S105 - of a test
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}"
SQL = ("' OR 1=1 --", "'; DROP TABLE site; --", "site-1' UNION SELECT password FROM account --", "%", "\\", "é\u202e")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 's.db'}") as made:
        made.write(partial(sites.arrive, who="test", candidates=[candidate("site-1")], origin="test"))
        made.write(partial(accounts.add_account, who="test", name="analyst-1", roles=[accounts.Role.ANALYST]))
        yield made


@pytest.fixture
def client(store: Store, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(
        application(store, Shelf(tmp_path / "evidence")), raise_server_exceptions=False, follow_redirects=False
    ) as made:
        yield made


@pytest.fixture
def token(store: Store) -> dict[str, str]:
    made = store.write(partial(accounts.make_token, who="test", name="analyst-1"))
    return {"Authorization": f"Bearer {made}"}


def set_password(store: Store, client: TestClient) -> str:
    """Set the analyst's password by a link; return the session it opens."""
    secret = store.write(partial(accounts.make_link, who="test", name="analyst-1"))
    answer = client.post(f"/link/{secret}", data={"password": PASSWORD})
    assert answer.status_code == 303
    assert client.post(f"/link/{secret}", data={"password": "another one"}).status_code == 403
    return str(answer.cookies[SESSION_COOKIE])


def docket(client: TestClient, secret: str) -> int:
    """Return what the docket answers to a session."""
    client.cookies.clear()
    return int(client.get("/", headers={"Cookie": f"{SESSION_COOKIE}={secret}"}).status_code)


def log_in(client: TestClient, **more: str) -> int:
    client.cookies.clear()
    return int(client.post("/login", data={"name": "analyst-1", "password": PASSWORD, **more}).status_code)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "https://elsewhere.example", "Authorization": "Basic YTpi"},
    ],
)
def test_no_other_site_acts_with_a_borrowed_session(store: Store, client: TestClient, headers: dict[str, str]) -> None:
    client.cookies.set(SESSION_COOKIE, set_password(store, client))
    before = store.read(ledger.head)
    for path in ("/cases/site-1/claim", "/logout", "/api/v1/claims", "/login", "/link/none"):
        assert client.post(path, headers={**headers, "Idempotency-Key": "k"}).status_code == 403, path
    assert store.read(ledger.head) == before


def test_a_session_is_new_with_each_login_and_ends_with_it(store: Store, client: TestClient) -> None:
    first = set_password(store, client)
    client.cookies.set(SESSION_COOKIE, "chosen-by-the-attacker")
    answer = client.post("/login", data={"name": "analyst-1", "password": PASSWORD})
    second = answer.cookies[SESSION_COOKIE]
    assert second not in (first, "chosen-by-the-attacker")
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    for secret, status in (("chosen-by-the-attacker", 401), (second, 200)):
        assert docket(client, secret) == status
    client.cookies.set(SESSION_COOKIE, second)
    assert client.post("/logout", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    client.cookies.clear()
    assert docket(client, second) == 401
    assert docket(client, first) == 200
    set_password(store, client)  # a password set anew ends what a thief may have
    client.cookies.clear()
    assert docket(client, first) == 401


def test_a_closed_account_is_shut_at_once(store: Store, client: TestClient, token: dict[str, str]) -> None:
    set_password(store, client)
    store.write(partial(accounts.shut_out, who="test", name="analyst-1"))
    assert client.get("/api/v1/cases", headers=token).status_code == 401
    assert log_in(client) == 401


def test_passwords_cannot_be_guessed_fast(store: Store, client: TestClient) -> None:
    set_password(store, client)
    found = [log_in(client, password=f"wrong-{number}") for number in range(12)]
    assert found == [401] * 10 + [429] * 2
    assert log_in(client) == 429  # nor is the right one tried


def test_the_second_factor_is_asked_for_where_it_is_set_up(store: Store, client: TestClient) -> None:
    set_password(store, client)
    assert log_in(client) == 303
    uri = store.write(partial(second_factor.set_up, who="test", name="analyst-1"))
    secret = re.search(r"secret=([A-Z2-7]+)", uri)
    assert secret is not None
    assert len(secret[1]) * 5 >= 128  # RFC 4226, R6
    assert log_in(client) == 401
    assert log_in(client, code="000000") == 401
    code = code_now(store, secret[1])
    assert log_in(client, code=code) == 303
    assert log_in(client, code=code) == 401  # each works once
    store.write(partial(second_factor.drop_second_factor, who="test", name="analyst-1"))
    assert log_in(client) == 303


def test_without_its_key_a_second_factor_lets_nobody_in(store: Store, client: TestClient) -> None:
    set_password(store, client)
    uri = store.write(partial(second_factor.set_up, who="test", name="analyst-1"))
    store._keys.path.unlink()  # type: ignore[union-attr]
    secret = re.search(r"secret=([A-Z2-7]+)", uri)
    assert secret is not None
    for code in ("", code_now(store, secret[1])):
        assert log_in(client, code=code) == 503
    assert log_in(client, password="wrong") == 401  # noqa: S106 - nor is it told to whom has no password
    text = client.post("/login?lang=es", data={"name": "analyst-1", "password": PASSWORD}).text
    assert "falta una llave" in text


def code_now(store: Store, secret: str) -> str:
    """Return the code that an authenticator shows, by the standard's own sum."""
    import base64  # noqa: PLC0415
    import hashlib  # noqa: PLC0415
    import hmac  # noqa: PLC0415

    step = store.read(lambda session: int(session.now.timestamp())) // 30
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    number = int.from_bytes(mac[mac[19] & 15 : (mac[19] & 15) + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@pytest.mark.parametrize(
    ("time", "digest", "code"),
    [
        (59, "sha1", "94287082"),
        (59, "sha256", "46119246"),
        (59, "sha512", "90693936"),
        (1111111109, "sha1", "07081804"),
        (1111111111, "sha1", "14050471"),
        (1234567890, "sha1", "89005924"),
        (2000000000, "sha1", "69279037"),
        (20000000000, "sha1", "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(time: int, digest: str, code: str) -> None:
    seed = (b"1234567890" * 7)[: {"sha1": 20, "sha256": 32, "sha512": 64}[digest]]
    assert second_factor.code_at(seed, time // 30, digits=8, digest=digest) == code


class Page(HTMLParser):
    """What a browser would run or load of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.active: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.active += [name for name in said if name.startswith("on")]
        self.active += [tag] if tag in ("iframe", "object", "embed") else []
        self.active += [tag] if tag == "script" and not said.get("src", "").startswith("/static/") else []
        urls = (said.get("href", ""), said.get("src", ""), said.get("action", ""))
        self.active += [url for url in urls if re.match(r"\s*[\w.+-]+:|//", url)]


PAGES = ("/", "/?state=open", "/?state=rejected&lang=es", "/cases/{case}", "/cases/{case}?lang=es")


def test_no_text_becomes_markup(store: Store, client: TestClient, token: dict[str, str]) -> None:
    explanations = [{"class": MARKUP, "probability": 0.5, "evidence": [MARKUP]}]
    rate = {"median": 1.0, "lower": 0.5, "upper": 2.0, "level": 0.9, "units": MARKUP}
    said = {"gas": MARKUP, "explanations": explanations, "emission_rate": rate, "note": MARKUP, "flights": [MARKUP]}
    hostile = [candidate(MARKUP, **said), candidate("javascript:alert(1)", compounds=[MARKUP], **said)]
    store.write(partial(sites.arrive, who="test", candidates=hostile, origin=f"{MARKUP}.geojson"))
    names = [each.id for each in hostile]
    for name in names:
        store.write(partial(sites.attach, case=name, name=f"{MARKUP}.csv", digest="0" * 64))
        for text in ("/claim", "/judge"):
            form = {"key": name[:9], "verdict": "rejected", "likelihood": "likely", "confidence": "low"}
            form |= {"reason": MARKUP, "benign": MARKUP}
            answer = client.post(f"/cases/{quote(name, safe='')}{text}", headers=token, data=form)
            assert answer.status_code == 303, answer.text
        comment = client.post(
            f"/api/v1/cases/{quote(name, safe='')}/steps/comment", headers=token, json={"text": MARKUP}
        )
        assert comment.status_code == 201
    for path in PAGES:
        for name in names:
            answer = client.get(path.format(case=quote(name, safe="")), headers={**token, "Accept": "text/html"})
            assert answer.status_code == 200, (path, name)
            assert passive(answer.text) == []
            assert "49" not in re.sub(r"\d{4}-\d\d-\d\dT?[\d:]*", "", answer.text) or "{{7*7}}" in answer.text
    for path in (
        f"/cases/{quote(MARKUP + 'x', safe='')}",
        f"/?after={quote(MARKUP)}",
        "/login",
        f"/link/{quote(MARKUP, safe='')}",
    ):
        assert passive(client.get(path, headers={**token, "Accept": "text/html"}).text) == [], path
    wrong = client.post(
        "/cases/site-1/judge", headers={**token, "Accept": "text/html"}, data={"reason": MARKUP, "key": MARKUP}
    )
    assert passive(wrong.text) == []


def passive(text: str) -> list[str]:
    page = Page()
    page.feed(text)
    return page.active


@pytest.mark.parametrize("text", SQL)
def test_no_text_becomes_sql(store: Store, client: TestClient, token: dict[str, str], text: str) -> None:
    said = quote(text, safe="")
    for path in (f"/api/v1/cases/{said}", f"/api/v1/cases?after={said}", f"/cases/{said}", f"/?after={said}"):
        assert client.get(path, headers=token).status_code == 404, path
    assert client.get(f"/api/v1/cases?state={said}", headers=token).status_code == 422
    assert client.get(f"/?state={said}&search={said}", headers=token).status_code == 200
    for path, body in (("/claims", {"case": text}), (f"/cases/{said}/steps/watch", {"why": text})):
        answer = client.post(f"/api/v1{path}", headers={**token, "Idempotency-Key": text.encode().hex()}, json=body)
        assert answer.status_code == 404, path
    assert client.post("/login", data={"name": text, "password": text}).status_code == 401
    store.read(ledger.verify)
    assert store.read(partial(sites.sites_within, box=(-180, -90, 180, 90))) == ["site-1"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/..%5capp.py",
        "/static/%00",
        "/link/../api/v1/cases",
        "/static/../api/v1/log",
        "//api/v1/cases",
    ],
)
def test_paths_lead_nowhere_else(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (401, 403, 404, 422)
    assert "import " not in answer.text
    assert "root:" not in answer.text


def test_what_no_store_can_hold_is_refused_at_the_door(store: Store, client: TestClient, token: dict[str, str]) -> None:
    head = store.read(ledger.head)
    keyed = {**token, "Idempotency-Key": "k", "Content-Type": "application/json"}
    for body in (
        b'{"case": "\\u0000"}',
        b'{"case": "\\ud800"}',
        b'{"\\u0000": 1}',
        b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}",
        b"[" * 100_000,
        b'{"a": NaN}',
        b"\xff\xfe",
        b'{"case": "' + b"x" * 30_000 + b'"}',
        b'{"case": {"$ne": 1}}',
    ):
        assert client.post("/api/v1/claims", headers=keyed, content=body).status_code in (201, 422), body[:20]
    assert (
        client.post(
            "/api/v1/claims", headers={**keyed, "Idempotency-Key": "k2"}, content=b'{"case": "\\u0000"}'
        ).status_code
        == 422
    )
    assert client.get("/api/v1/cases/%00", headers=token).status_code == 422
    assert client.get("/api/v1/cases?after=%00", headers=token).status_code == 422
    assert client.get("/api/v1/events", headers={**token, "Last-Event-ID": "9" * 5000}).status_code == 422
    assert client.post("/cases/site-1/judge", headers=token, content=b"reason=%00").status_code == 422
    assert client.post("/login", content=b"name=%00&password=a").status_code == 422
    assert client.post("/login", content=b"a=b&" * 1000).status_code == 422
    assert client.post("/login", content=b"a" * 1_000_001).status_code == 422
    assert store.read(ledger.head).size - head.size <= 1


def test_ids_of_others_open_nothing(store: Store, client: TestClient, token: dict[str, str]) -> None:
    tokens = {}
    for name, code in (("partner-1", "MEX"), ("partner-2", "COL")):
        store.write(partial(accounts.add_account, who="test", name=name, roles=[accounts.Role.PARTNER], partner=code))
        made = store.write(partial(accounts.make_token, who="test", name=name))
        tokens[name] = {"Authorization": f"Bearer {made}"}
    body = {"release": "r-1", "series": "s", "partner": "MEX", "time": "2026-03-01T00:00:00Z",
            "expires": "2027-01-01T00:00:00Z", "signers": ["a", "b"], "sha256": "0" * 64}  # fmt: skip
    draft = Draft(who="test", what="release", case="site-1", body=body)
    store.write(partial(ledger.append, draft=agreed()))
    store.write(partial(ledger.append, draft=draft))
    assert client.get("/api/v1/releases/r-1", headers=tokens["partner-1"]).status_code == 200
    absent = client.get("/api/v1/releases/r-2", headers=tokens["partner-2"])
    for method, path in (("GET", ""), ("POST", "/receipt"), ("POST", "/answers"), ("POST", "/recall")):
        answer = client.request(
            method, f"/api/v1/releases/r-1{path}", headers=tokens["partner-2"], json={"step": "received"}
        )
        assert (answer.status_code, answer.text) == (404, absent.text.replace("r-2", "r-1")), path
    assert client.get("/api/v1/releases", headers=tokens["partner-2"]).json() == {"releases": []}
    for path in ("/api/v1/log", "/api/v1/grants", "/api/v1/releases", "/api/v1/releases/r-1"):
        assert client.get(path, headers=token).status_code == 403, path
    assert "site-1" not in client.get("/api/v1/releases/r-1", headers=tokens["partner-1"]).text


def test_nobody_undoes_or_hands_over_what_is_anothers(store: Store, client: TestClient, token: dict[str, str]) -> None:
    for name, role in (("analyst-2", accounts.Role.ANALYST), ("flight-manager-1", accounts.Role.FLIGHT_MANAGER)):
        store.write(partial(accounts.add_account, who="test", name=name, roles=[role]))
    other = {"Authorization": f"Bearer {store.write(partial(accounts.make_token, who='test', name='analyst-2'))}"}
    seq = client.post("/api/v1/cases/site-1/steps/watch", headers=token, json={"why": "again"}).json()["seq"]
    assert client.post("/api/v1/cases/site-1/undo", headers=other, json={"seq": seq}).status_code == 403
    client.post("/api/v1/claims", headers={**token, "Idempotency-Key": "k"}, json={"case": "site-1"})
    hand = "/api/v1/cases/site-1/steps/hand-over"
    assert client.post(hand, headers=other, json={"to": "analyst-2", "text": ""}).status_code == 409
    assert client.post(hand, headers=token, json={"to": "flight-manager-1", "text": ""}).status_code == 409
    assert client.post(hand, headers=token, json={"to": "analyst-2", "text": ""}).status_code == 201


def test_no_request_ever_leaves_the_host() -> None:
    """What serves pages and keeps cases imports nothing that could ask another host.

    Apart are PostgreSQL's own driver, and what asks the issuer of log-ins that the operator named.
    """
    outward = {"http", "httpx", "httpx2", "requests", "urllib3", "aiohttp", "ftplib", "smtplib", "socket", "subprocess"}
    modules = [one for part in ("web", "store", "review") for one in (SOURCE / part).rglob("*.py")]
    assert len(modules) > 30
    modules.remove(SOURCE / "web" / "issuer.py")
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert name.split(".")[0] not in outward, (module, name)
                assert name != "urllib.request", module


def test_what_another_process_takes_away_is_gone_here_too(
    client: TestClient, token: dict[str, str], tmp_path: Path
) -> None:
    assert client.get("/api/v1/cases", headers=token).status_code == 200
    with open_store(f"sqlite:///{tmp_path / 's.db'}") as other:
        other.write(partial(accounts.shut_out, who="test", name="analyst-1"))
    for _ in range(100):  # the log is looked at four times a second
        if client.get("/api/v1/cases", headers=token).status_code == 401:
            return
        time.sleep(0.1)
    pytest.fail("a token still counts that was ended elsewhere")
