"""The server as a process: it is back after a kill, and lets quiet people stay connected."""

from __future__ import annotations

import time
from contextlib import closing
from http.client import HTTPConnection
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
        line = HTTPConnection("127.0.0.1", port, timeout=30)
        with closing(line):
            line.connect()
            line.auto_open = 0  # a second request may use the first one's connection alone
            for pause in (0, 31):
                time.sleep(pause)
                line.request("GET", "/api/v1/health")
                answer = line.getresponse()
                assert answer.status == 200
                answer.read()
