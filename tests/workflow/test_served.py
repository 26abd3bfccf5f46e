"""The server as a process: it is back after a kill, and lets quiet people stay connected."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from makers.served import Desk, served


@pytest.mark.slow
def test_a_killed_server_answers_again_as_before(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path)
    desk.people(analyst_1="--role analyst")
    desk.import_sites("site-1")
    with served(desk) as first:
        claimed = first.ask("analyst-1", "POST", "/claims", key="k", json={})
        first.kill()
    with served(desk) as second:
        assert second.ask("analyst-1", "POST", "/claims", key="k", json={}).json() == claimed.json()


@pytest.mark.slow
def test_a_quiet_connection_stays_open_for_half_a_minute(tmp_path: Path) -> None:
    desk = Desk(folder=tmp_path)
    desk.people(analyst_1="--role analyst")
    with served(desk):
        port = int(desk.api.split(":")[2].split("/")[0])
        asked = b"GET /api/v1/health HTTP/1.1\r\nHost: here\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            for pause in (0, 31):
                time.sleep(pause)
                line.sendall(asked)
                assert line.recv(4096).startswith(b"HTTP/1.1 200")
