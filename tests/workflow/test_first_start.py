"""A server on an empty store lets one administrator in, by a link that works once, and nobody by any password."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx

from upwind.cli.user import SERVED


def serve(folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "XDG_DATA_HOME": str(folder / "data")}
    command = [sys.executable, "-m", "upwind", *words]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)


def run(folder: Path, *words: str) -> str:
    with serve(folder, *words) as done:
        assert done.stdout is not None
        return done.stdout.read()


def test_the_first_start_makes_the_first_administrator(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with serve(tmp_path, "serve", "--port", port) as server:
        try:
            assert server.stdout is not None
            lines = [server.stdout.readline() for _ in range(2)]
            link = re.search(r"http://127\.0\.0\.1:\d+/link/\S{40,}", lines[1])
            assert link is not None, lines
            here = {"Sec-Fetch-Site": "same-origin"}
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=httpx.HTTPTransport(retries=5)) as client:
                for password in ("", "admin", "administrator", "password"):
                    said = {"name": "administrator", "password": password}
                    assert client.post("/login", data=said, headers=here).status_code == 401
                said = {"password": "correct horse battery"}
                assert client.post(link[0], data=said, headers=here).status_code == 303
                assert client.get("/api/v1/grants").json() == {"grants": []}
                assert client.post(link[0], data=said, headers=here).status_code == 403
        finally:
            server.terminate()
    assert run(tmp_path, "user", "list").split() == ["administrator", "administrator"]


def test_what_the_command_line_does_with_accounts(tmp_path: Path) -> None:
    made = json.loads(run(tmp_path, "user", "add", "analyst-1", "--role", "analyst", "--clearance", "secret//noforn"))
    assert made["name"] == "analyst-1"
    assert run(tmp_path, "user", "totp", "analyst-1").startswith("otpauth://totp/upwind:analyst-1?secret=")
    assert run(tmp_path, "user", "totp", "analyst-1", "--off") == ""
    assert run(tmp_path, "user", "clear", "analyst-1", "") == ""
    assert run(tmp_path, "user", "link", "analyst-1").startswith(f"{SERVED}/link/")
    assert run(tmp_path, "user", "close", "analyst-1") == ""
    with serve(tmp_path, "user", "clear", "analyst-1", "TOP SECRET") as wrong:
        assert wrong.wait(60) == 1
