"""What the operator writes down of an issuer, and `upwind serve` with it, as people meet it in a browser."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx
import pytest
from makers.issuer import SECRET, issuing

from upwind.cli import main
from upwind.cli.oidc import read_registration

CHROMIUM = Path("/usr/bin/chromium")
GOOD = {
    "issuer": "https://login.example/realms/a",
    "client_id": "upwind",
    "url": "https://upwind.example/",
    "claim": "preferred_username",
}


def written(folder: Path, **said: object) -> Path:
    path = folder / "oidc.toml"
    lines = [f"{name} = {value!r}".replace("True", "true") for name, value in said.items() if value is not None]
    path.write_text("\n".join(lines))
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("shh\n")
    told = read_registration(written(tmp_path, **GOOD, client_secret_file="secret"))  # noqa: S106 - a name
    assert (told.secret, told.url, told.label) == ("shh", "https://upwind.example", "login.example")
    assert "shh" not in repr(told)
    told = read_registration(written(tmp_path, **GOOD, client_secret_env="S", label="Us"), {"S": "there"})  # noqa: S106
    assert (told.secret, told.label) == ("there", "Us")
    assert read_registration(written(tmp_path, **GOOD)).secret == ""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"issuer": None}, "issuer: it is missing"),
        ({"claim": None}, "claim: it is missing"),
        ({"claim": True}, "claim: this is no text"),
        ({"issuer": "http://login.example"}, "issuer: 'http://login.example' cannot be asked safely"),
        ({"url": "https://u:p@upwind.example"}, "url: "),
        ({"client_secret": "in clear"}, "client_secret: there is no such setting"),
        ({"client_secret_file": "nowhere"}, "client_secret_file: "),
        ({"client_secret_env": "UPWIND_NOT_SET"}, "the variable UPWIND_NOT_SET is not set"),
        ({"client_secret_env": "A", "client_secret_file": "b"}, "the secret is in two places"),
        ({"scope": "profile"}, "scope: it asks for no ID token"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object], says: str
) -> None:
    path = written(tmp_path, **{**GOOD, **change})
    assert main(["serve", "--oidc", str(path), "--store", f"sqlite:///{tmp_path / 'u.db'}"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"oidc.toml: {says}" in said or says in said
    assert not (tmp_path / "u.db").exists()


@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
def test_a_person_comes_in_by_the_issuer_in_a_browser(tmp_path: Path) -> None:
    """The issuer is another site to the browser (localhost, not 127.0.0.1), as it is outside tests."""
    playwright = pytest.importorskip("playwright.sync_api")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    store = f"sqlite:///{tmp_path / 'u.db'}"
    assert main(["user", "add", "analyst-1", "--role", "analyst", "--store", store]) == 0
    with issuing("localhost") as peer:
        peer.redirect_uri, peer.person = f"{url}/login/oidc/return", {"sub": "1", "nick": "analyst-1"}
        path = written(tmp_path, issuer=peer.url, client_id="upwind", url=url, claim="nick", client_secret_env="S")  # noqa: S106
        port = url.rpartition(":")[2]
        command = [sys.executable, "-m", "upwind", "serve", "--store", store, "--oidc", path, "--port", port]
        with subprocess.Popen(command, env={**os.environ, "S": SECRET}) as server:
            try:
                until = time.monotonic() + 60.0
                while True:
                    try:
                        httpx.get(f"{url}/api/v1/health")
                        break
                    except httpx.TransportError:
                        assert time.monotonic() < until
                        time.sleep(0.1)
                assert peer.asked == []  # nothing is asked before somebody wants to come in
                with playwright.sync_playwright() as player:
                    browser = player.chromium.launch(
                        executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
                    )
                    page = browser.new_page()
                    page.goto(f"{url}/")
                    page.get_by_role("link", name=re.compile("Log in with")).press("Enter")
                    page.wait_for_url(f"{url}/")
                    assert page.get_by_role("heading", level=1).inner_text() == "Docket"
                    assert "analyst-1" in page.locator("header").inner_text()
                    browser.close()
                assert peer.asked == ["metadata", "token", "keys"]
            finally:
                server.terminate()
