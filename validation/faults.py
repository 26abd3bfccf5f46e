"""What becomes of decisions when things break: processes killed, disks full, clocks that jump, servers that die.

From the top of the checkout:

    python -m validation.faults --rounds 200                        # SQLite: the writing process is killed, -9
    python -m validation.faults --engine postgresql --rounds 50     # the server is killed under it

In every round some reviewers claim and judge as fast as they can in a process of their own, on a clock that is up to an
hour off; every fifth round of SQLite may not let its files grow, as a full disk would not. Then everything is killed.
What the process had been told is done must be in the log, once, by the person it said; and the log must verify, also in
a copy of the database and its write-ahead log taken as they lay there. What is counted is read off the log itself.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tests.makers.candidates import candidate, judgement
from tests.makers.postgres import Server, running

from upwind.errors import RefusedError, StoreError
from upwind.review.judgement import read_judgement
from upwind.store import cases, ledger, sites
from upwind.store.places import open_store
from upwind.store.store import Store

#: What may never be.
FAULTS = ("lost", "doubled", "self-reviewed", "unverified")
PEOPLE = 8
#: New sites a round, so that there is always something to do.
SITES = 100
VERDICTS = ("confirmed", "rejected", "unsure")
#: After how many acknowledged judgements, at most, a process is killed: at times in the middle of the first.
MOST = 60
#: How long that is waited for where a full disk, or nothing to do, lets none come. [s]
PATIENCE_S = 5.0
#: What a file may grow by where the disk is "full". [bytes]
ROOM = 96 * 1024


def main() -> int:
    """Break things so many times, and say what was lost, doubled or reviewed by its own author."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=50, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--work", nargs=3, metavar=("URL", "SEED", "ROOM"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work(arguments.work[0], int(arguments.work[1]), int(arguments.work[2]))
    worst = broken(arguments.engine, arguments.rounds, arguments.seed)
    print(
        f"{arguments.rounds} kills, {worst['acknowledged']} judgements acknowledged; lost {worst['lost']}, doubled "
        f"{worst['doubled']}, self-reviewed {worst['self-reviewed']}, logs that do not verify {worst['unverified']}"
    )
    return 1 if sum(worst[fault] for fault in FAULTS) else 0


def broken(engine: str, rounds: int, seed: int) -> Counter[str]:
    """Return what breaking an engine so many times came to: what was acknowledged, and the most of each fault."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running() if engine == "postgresql" else nullcontext() as pg,
    ):
        url = pg.new_url() if pg is not None else f"sqlite:///{folder}/upwind.db"
        return supervise(url, pg, rounds, random.Random(seed))


def supervise(url: str, server: Server | None, rounds: int, rng: random.Random) -> Counter[str]:
    """Return how many judgements were acknowledged in so many rounds, and the most of each fault."""
    told: dict[int, dict[str, Any]] = {}
    worst: Counter[str] = Counter()
    for number in range(rounds):
        with open_store(url) as store:
            fresh = [candidate(f"r{number}-{count}", rng.random()) for count in range(SITES)]
            store.write(partial(sites.arrive, who="validation", candidates=fresh, origin="faults"))
        room = ROOM if server is None and number % 5 == 4 else 0  # noqa: PLR2004
        for row in killed_at_work(url, server, room, rng):
            told[row["seq"]] = row
        found = copied(url, told) if server is None else Counter[str]()  # before anybody opens what was left
        found += counted(url, told)
        worst |= found
        print(f"round {number + 1}: {len(told)} judgements acknowledged, {dict(found)}", flush=True)
    worst["acknowledged"] = len(told)
    return worst


def killed_at_work(url: str, server: Server | None, room: int, rng: random.Random) -> list[dict[str, Any]]:
    """Return what a process had been told was done before it, or its server, was killed."""
    command = [sys.executable, "-m", "validation.faults", "--work", url, str(rng.randrange(2**32)), str(room)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - asked for
        lines: list[str] = []
        reading = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
        first = process.stdout.readline()
        reading.start()
        wait_for(lines, rng.randrange(MOST))
        if server is not None:
            server.kill()
            server.start()
            wait_for(lines, len(lines) + rng.randrange(MOST))  # the process goes on with the server that is back
        process.kill()
        reading.join()
    if first != "ready\n":
        raise RuntimeError(first)
    return [json.loads(line) for line in lines if line.endswith("}\n")]


def wait_for(lines: list[str], count: int) -> None:
    """Wait until so many lines have come, but not for ever."""
    end = time.monotonic() + PATIENCE_S
    while len(lines) < count and time.monotonic() < end:
        time.sleep(0.001)


def counted(url: str, told: dict[int, dict[str, Any]]) -> Counter[str]:
    """Return how much of what was told is not so, by the log's own entries."""
    with open_store(url) as store:
        try:
            store.read(ledger.verify)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            print(error)
            return Counter(unverified=1)
        entries = store.read(lambda session: list(ledger.every_entry(session)))
    judged = {entry.seq: entry for entry in entries if entry.what == "judgement"}
    stages = Counter((entry.case, entry.body["round"], entry.body["stage"]) for entry in judged.values())
    people = Counter((entry.case, entry.body["round"], entry.who) for entry in judged.values())
    lost = [
        seq
        for seq, row in told.items()
        if seq not in judged or (judged[seq].who, judged[seq].digest) != (row["person"], row["entry"])
    ]
    return Counter(
        {
            "judgements": len(judged),
            "lost": len(lost),
            "doubled": sum(count > 1 for count in stages.values()),
            "self-reviewed": sum(count > 1 for count in people.values()),
        }
    )


def copied(url: str, told: dict[int, dict[str, Any]]) -> Counter[str]:
    """Return the same of a copy of the files as they lie there, its write-ahead log with it."""
    place = Path(url.removeprefix("sqlite:///"))
    with tempfile.TemporaryDirectory() as folder:
        for file in place.parent.glob(f"{place.name}*"):
            shutil.copy(file, folder)
        found = counted(f"sqlite:///{folder}/{place.name}", told)
    return Counter({name: count for name, count in found.items() if name != "judgements"})


def work(url: str, seed: int, room: int) -> int:
    """Claim and judge with all people at once until killed; say what was acknowledged, a line each."""
    rng = random.Random(seed)
    off = timedelta(seconds=rng.uniform(-3600, 3600))
    store = open_store(url, lambda: datetime.now(UTC) + off)
    if room:
        place = Path(url.removeprefix("sqlite:///"))
        largest = max(file.stat().st_size for file in place.parent.glob(f"{place.name}*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, resource.RLIM_INFINITY))
    print("ready", flush=True)
    lock = threading.Lock()

    def say(row: dict[str, Any]) -> None:
        with lock:
            print(json.dumps(row), flush=True)

    for number in range(PEOPLE):
        arguments = (store, f"reviewer-{number}", random.Random(rng.random()), say)
        threading.Thread(target=review, args=arguments, daemon=True).start()
    time.sleep(600)
    return 0


def review(store: Store, person: str, rng: random.Random, say: Callable[[dict[str, Any]], None]) -> None:
    """Claim and judge without end."""
    while True:
        key = f"{rng.randrange(2**64):x}"
        claimed = insisted(store, partial(cases.claim, person=person, key=f"c{key}"))
        if claimed is None:
            time.sleep(0.01)
            continue
        said = read_judgement(judgement(rng.choice(VERDICTS)))
        answer = insisted(
            store, partial(cases.judge, person=person, key=f"j{key}", case=claimed["case"], judgement=said)
        )
        if answer is not None:
            say({"person": person, "case": claimed["case"], **answer})


def insisted(store: Store, wanted: Callable[..., Any]) -> Any:  # noqa: ANN401 - whatever was wanted
    """Return what a work returns; where the store fails it is asked again, with the same key, as a client would."""
    while True:
        try:
            return store.write(wanted)
        except RefusedError:
            return None
        except StoreError:
            time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
