"""Write docs/fault-figures.md: what becomes of decisions, and of other people's answers, when things break.

From the top of the checkout:

    python -m validation.write_faults --rounds 100 --server-rounds 25 --date 2026-01-31
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx2 as httpx
from tests.makers.candidates import candidate, judgement
from validation.faults import FAULTS, broken

from upwind import __version__
from upwind.store import accounts, sites
from upwind.store.places import open_store

PAGE = Path(__file__).parents[1] / "docs" / "fault-figures.md"
PORT = 18_431
API = f"http://127.0.0.1:{PORT}/api/v1"
#: Those who say nothing, those who say a byte at a time, those who never read what they are told.
SILENT, DRIBBLING, DEAF = 200, 100, 20
ASKED = 200


def main() -> None:
    """Break both engines and the server, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, metavar="N")
    parser.add_argument("--server-rounds", type=int, default=25, metavar="N", help="of PostgreSQL")
    parser.add_argument("--date", required=True)
    told = parser.parse_args()
    rows = [
        "| engine | kills | judgements acknowledged | " + " | ".join(FAULTS) + " |",
        "|---" * (3 + len(FAULTS)) + "|",
    ]
    for engine, rounds in (("sqlite", told.rounds), ("postgresql", told.server_rounds)):
        worst = broken(engine, rounds, 0)
        found = " | ".join(str(worst[fault]) for fault in FAULTS)
        rows.append(f"| {engine} | {rounds} | {worst['acknowledged']:,} | {found} |")
    lines = [*rows, "", *served()]
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)  # noqa: S607
    PAGE.write_text(
        "\n".join(
            [
                "# When things break",
                "",
                f"Written by `python -m validation.write_faults` on {told.date}, upwind",
                f"{__version__} at {commit.stdout.strip()}, never by hand.",
                "",
                "In every round eight reviewers claim and judge as fast as they can, on a clock up to an hour off;",
                "then the process (SQLite) or the server under it (PostgreSQL) is killed, -9. Every fifth round of",
                "SQLite the disk is full. What was acknowledged must be in the log once, by the person it said; the",
                "log must verify: for SQLite also in a copy of the files as they lay there, their journal with them.",
                "",
                *lines,
                "",
            ]
        ),
        encoding="utf-8",
    )


def served() -> list[str]:
    """Return lines on a server that is killed, and on one beset by slow clients."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/upwind.db"
        with open_store(url) as store:
            fresh = [candidate(f"site-{number}") for number in range(ASKED)]
            store.write(partial(sites.arrive, who="validation", candidates=fresh, origin="faults"))
            store.write(
                partial(accounts.add_account, who="validation", name="analyst-1", roles=[accounts.Role.ANALYST])
            )
            token = store.write(partial(accounts.make_token, who="validation", name="analyst-1"))
        back = [healthy_again(url) for _ in range(5)]
        with started(url) as server:
            wait_for_health()
            alone = asyncio.run(beset(token, 0))
            amid = asyncio.run(beset(token, 1))
            server.terminate()
    return [
        f"`upwind serve` killed, -9, and started anew answers after {statistics.median(back):.1f} s (longest of",
        f"{len(back)}: {max(back):.1f} s).",
        "",
        f"{SILENT} clients that say nothing, {DRIBBLING} that send a byte a second and {DEAF} that never read their",
        f"stream of news: the median of {ASKED // 4} claims and judgements of somebody else is {amid:.0f} ms,",
        f"{alone:.0f} ms without them.",
    ]


def started(url: str) -> subprocess.Popen[bytes]:
    """Return a server of a store."""
    command = [sys.executable, "-m", "upwind", "serve", "--store", url, "--port", str(PORT)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def wait_for_health() -> float:
    """Return how long the server took to answer. [s]"""
    began = time.monotonic()
    while time.monotonic() - began < 60:  # noqa: PLR2004
        with suppress(httpx.TransportError):
            if httpx.get(f"{API}/health").status_code == httpx.codes.OK:
                return time.monotonic() - began
        time.sleep(0.02)
    raise TimeoutError


def healthy_again(url: str) -> float:
    """Kill a server at work and return how long the next one takes to answer. [s]"""
    with started(url) as server:
        wait_for_health()
        server.send_signal(signal.SIGKILL)
    with started(url) as server:
        took = wait_for_health()
        server.kill()
    return took


async def beset(token: str, share: int) -> float:
    """Return the median time of claims and judgements amid slow clients. [ms]"""
    head = f"GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    opened = [await asyncio.open_connection("127.0.0.1", PORT) for _ in range(share * (SILENT + DRIBBLING + DEAF))]
    dribbling = [asyncio.create_task(dribble(writer)) for _, writer in opened[SILENT : SILENT + DRIBBLING]]
    for _, writer in opened[SILENT + DRIBBLING :]:
        writer.write(head)
    times = []
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        for number in range(ASKED // 8):
            claimed = await asked(client, times, "/claims", {}, f"c{share}-{number}")
            await asked(client, times, f"/cases/{claimed['case']}/judgements", judgement(), f"j{share}-{number}")
            await asyncio.sleep(0.1)
    for task in dribbling:
        task.cancel()
    for _, writer in opened:
        writer.close()
    return 1_000 * statistics.median(times)


async def dribble(writer: asyncio.StreamWriter) -> None:
    """Send a claim a byte at a time."""
    for octet in b"POST /api/v1/claims HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n" + b" " * 100:
        writer.write(bytes([octet]))
        await asyncio.sleep(1.0)


async def asked(client: httpx.AsyncClient, times: list[float], path: str, said: Any, key: str) -> Any:  # noqa: ANN401 - JSON
    """Return the document of an answer, whose time is noted."""
    began = time.perf_counter()
    answer = await client.post(f"{API}{path}", content=json.dumps(said), headers={"Idempotency-Key": key})
    times.append(time.perf_counter() - began)
    answer.raise_for_status()
    return answer.json()


if __name__ == "__main__":
    main()
