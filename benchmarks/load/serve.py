"""How fast `upwind serve` answers 140 analysts and 1,000 partners on the machine that also plays them.

From the top of the checkout, on a machine that does nothing else:

    python -m benchmarks.load.serve                                          # a table on the screen
    python -m benchmarks.load.serve --write --date 2026-01-31                # and into docs/load-figures.md
    python -m benchmarks.load.serve --postgres --write --date 2026-01-31     # the same on PostgreSQL

Everybody has a connection of their own; every analyst listens to the news besides. Times run from the first byte of the
question to the last one of the answer, of those asked after everybody has come.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.load.desks import MOST_TILE_BYTES, Line, Tally, analyst, listener
from benchmarks.load.desks import partner as reader
from tests.makers import postgres
from tests.makers.candidates import candidate
from tests.makers.releases import agreed

from upwind import __version__
from upwind.review.log import Draft
from upwind.store import accounts, ledger, sites
from upwind.store.places import open_store
from upwind.store.session import Session

PAGE = Path(__file__).parents[2] / "docs" / "load-figures.md"
AUTHORITIES, RELEASES = 40, 400
#: How long everybody takes to come, and how long is counted. [s]
COMING_S, LONGEST_S = 10.0, 75.0
FED_EVERY_S = 3.0


def main() -> None:
    """Play everybody, print a table, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--analysts", type=int, default=140, metavar="N")
    parser.add_argument("--partners", type=int, default=1_000, metavar="N")
    parser.add_argument("--sites", type=int, default=20_000, metavar="N")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help=f"at most {LONGEST_S:.0f}")
    parser.add_argument("--store", metavar="URL", help="an empty store (default: a new file)")
    parser.add_argument(
        "--postgres", action="store_true", help="a new server of PostgreSQL on this machine is the store"
    )
    parser.add_argument("--write", action="store_true", help="write its part of docs/load-figures.md")
    parser.add_argument("--date", help="of the page")
    told = parser.parse_args()
    with storing(told) as (url, settle):
        tokens = furnish(url, told)
        settle()
        with serving(url) as port:
            tally, spent = asyncio.run(play(url, port, tokens, min(told.seconds, LONGEST_S)))
    rows = table(tally)
    print("\n".join(rows), f"\n{spent}; {tally.events:,} news told; faults: {tally.faults[:3]} {len(tally.faults)}")
    if told.write:
        engine = "PostgreSQL" if url.startswith("postgres") else "SQLite"
        PAGE.write_text(
            page(PAGE.read_text(encoding="utf-8"), engine, part(rows, told, spent, tally)), encoding="utf-8"
        )


@contextmanager
def storing(told: argparse.Namespace) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give the URL of an empty store (named, on a new server, or in a new file), and what is done once it is full."""
    if told.postgres:
        with postgres.running() as server:  # every commit is on the disk before it counts, as in the file
            yield server.new_url(), server.analyse
    elif told.store:
        yield told.store, lambda: None
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/upwind.db", lambda: None


def furnish(url: str, told: argparse.Namespace) -> dict[str, list[str]]:
    """Fill a store, and return the tokens of its analysts and partners."""
    rng = random.Random(0)

    def names(kind: str, count: int) -> list[str]:
        return [f"{kind}-{number}" for number in range(count)]

    def accounts_of(session: Session, kind: str, count: int) -> list[str]:
        for number, name in enumerate(names(kind, count)):
            code = f"P-{number % AUTHORITIES}" if kind == "partner" else ""
            accounts.add_account(session, "benchmark", name, [accounts.Role(kind)], code)
        return [accounts.make_token(session, "benchmark", name) for name in names(kind, count)]

    def released(session: Session) -> None:
        for number in range(AUTHORITIES):
            ledger.append(session, agreed(f"P-{number}"))
        for number in range(RELEASES):
            body = {"release": f"r-{number}", "series": f"s-{number}", "partner": f"P-{number % AUTHORITIES}",
                    "time": "2026-03-01T00:00:00Z", "expires": "2027-01-01T00:00:00Z", "signers": ["a", "b"],
                    "sha256": "0" * 64}  # fmt: skip
            ledger.append(session, Draft(who="benchmark", what="release", case=f"site-{number}", body=body))

    explained = [{"class": "paint", "probability": 0.4}, {"class": "unexplained", "probability": 0.6}]
    with open_store(url) as store:
        fresh = [
            candidate(f"site-{number}", rng.random(), place=somewhere(rng), explanations=explained)
            for number in range(told.sites)
        ]
        for start in range(0, told.sites, 1_000):
            some = fresh[start : start + 1_000]
            store.write(partial(sites.arrive, who="benchmark", candidates=some, origin="benchmark"))
        store.write(released)
        return {
            kind: store.write(partial(accounts_of, kind=kind, count=count))
            for kind, count in (("analyst", told.analysts), ("partner", told.partners))
        }


def somewhere(rng: random.Random) -> tuple[float, float]:
    """Return a place in an area of 500 km by 500 km. [deg]"""
    return rng.uniform(-108, -103), rng.uniform(23, 27.5)


@contextmanager
def serving(url: str) -> Iterator[int]:
    """Give the port of a server of a store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "upwind", "serve", "--store", url, "--port", str(port)]
    with subprocess.Popen(command) as server:
        try:
            for _ in range(600):
                with suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health").close()
                    break
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


async def play(url: str, port: int, tokens: dict[str, list[str]], seconds: float) -> tuple[Tally, str]:
    """Return the answer times of everybody, and how much of the processors the players took themselves."""
    now = time.perf_counter()
    tally = Tally(begins=now + COMING_S, ends=now + COMING_S + seconds)
    parts = [(analyst, tokens["analyst"]), (listener, tokens["analyst"]), (reader, tokens["partner"])]
    tasks = [
        asyncio.create_task(come(part, Line(port, token, tally), number))
        for part, some in parts
        for number, token in enumerate(some)
    ]
    tasks.append(asyncio.create_task(feed(url, tally)))
    before = time.process_time()
    done, _ = await asyncio.wait(tasks, timeout=COMING_S + seconds, return_when=asyncio.FIRST_EXCEPTION)
    tally.faults += [repr(task.exception()) for task in done]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    asked = sum(map(len, tally.times.values()))
    share = (time.process_time() - before) / (COMING_S + seconds)
    return tally, f"{asked / seconds:,.0f} requests/s; the players took {share:.0%} of a core"


async def feed(url: str, tally: Tally) -> None:
    """Put a candidate into the store every few seconds, as another process of the host does."""
    with open_store(url) as store:
        for number in count():
            await asyncio.sleep(FED_EVERY_S)
            fresh = [candidate(f"fresh-{number}", 0.5)]
            await asyncio.to_thread(
                store.write, partial(sites.arrive, who="benchmark", candidates=fresh, origin="benchmark")
            )
            tally.arrived[f"fresh-{number}"] = time.perf_counter()


async def come(part: Any, line: Line, number: int) -> None:  # noqa: ANN401 - one of the desks
    """Come within the first seconds, and do one's part."""
    rng = random.Random(number)
    await asyncio.sleep(rng.uniform(0, COMING_S - 2))
    await part(line, rng)


def table(tally: Tally) -> list[str]:
    """Return a row for everything that was asked. [ms]"""
    rows = ["| asked | times | median [ms] | p95 [ms] | p99 [ms] | longest [ms] |", "|---|---|---|---|---|---|"]
    for what, times in sorted(tally.times.items()):
        ordered = [1_000 * each for each in sorted(times)]
        shares = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 0.99)]
        rows.append(f"| {what} | {len(ordered):,} | {' | '.join(f'{each:.0f}' for each in (*shares, ordered[-1]))} |")
    return rows


def part(rows: list[str], told: argparse.Namespace, spent: str, tally: Tally) -> str:
    """Return what docs/load-figures.md says of one engine, without its heading."""
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True)  # noqa: S607
    lines = [
        f"On {told.date}, upwind {__version__} at {commit.stdout.strip()}: {told.analysts} analysts (2 s between what",
        f"they ask) with a stream of news each, and {told.partners:,} partners (3 s), on {told.sites:,} sites and",
        f"{RELEASES} releases; `upwind serve`, the store and everybody who asks share {os.cpu_count()} cores. {spent};",
        f"{len(tally.faults)} faults; {tally.events:,} news told. The machine's load average at the end:",
        f"{os.getloadavg()[0]:.1f}; above {os.cpu_count()} others were at work, and times tell more of them.",
        "",
        *rows,
    ]
    return "\n".join(lines)


def page(before: str, engine: str, fresh: str) -> str:
    """Return docs/load-figures.md with what is new of one engine; of the other one it stays as it was."""
    _, *found = re.split(r"^## (\w+)\n", before, flags=re.MULTILINE)
    kept = dict(zip(found[::2], found[1::2], strict=True))
    parts = {name: text.strip() for name, text in {**kept, engine: fresh}.items()}
    lines = [
        "# Answer times of the workbench",
        "",
        "Written by `python -m benchmarks.load.serve --write`, with `--postgres` for the second table, never by hand.",
        "",
        "Aims: p99 of 150 ms everywhere and 80 ms for a claim (better 100 and 50); p95 of 50 ms for a tile of the",
        f"basemap (up to {MOST_TILE_BYTES // 1000} kB); 1 s until everybody has heard of a new candidate.",
    ]
    for name in ("SQLite", "PostgreSQL"):
        if name in parts:
            lines += ["", f"## {name}", "", parts[name]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
