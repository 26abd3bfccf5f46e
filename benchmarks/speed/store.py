"""Time claims and judgements: so many people at once, without a pause for thought, on one store.

From the top of the checkout, on a machine that does nothing else::

    python -m benchmarks.speed.store
    python -m benchmarks.speed.store --store postgresql://postgres@localhost/empty --people 140 --seconds 20

Every commit is on the disk before it is acknowledged; what the times show is how far one commit serves many. The
disk's own time to make a commit durable is measured first, for it bounds one person alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from tests.makers.candidates import candidate, judgement

from upwind.errors import RefusedError
from upwind.review.judgement import read_judgement
from upwind.store import cases, docket, ledger, sites
from upwind.store.places import open_store
from upwind.store.store import Store

#: Sites that are put in by one work.
_BATCH = 1_000


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", metavar="URL", help="an empty store (default: SQLite in a new folder)")
    parser.add_argument("--sites", type=int, default=20_000, metavar="N")
    parser.add_argument("--people", type=int, default=140, metavar="N")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="S")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        print(f"fsync of one page: {1e3 * _flush_s(Path(folder) / 'page'):.2f} ms (median)")
        with open_store(arguments.store or f"sqlite:///{folder}/upwind.db") as store:
            _fill(store, arguments.sites)
            for people in (1, arguments.people):
                _measure(store, people, arguments.seconds)
            began = time.perf_counter()
            head = store.read(ledger.verify)
            print(f"{head.size} entries verified in {time.perf_counter() - began:.1f} s")
    return 0


def _fill(store: Store, count: int) -> None:
    began = time.perf_counter()
    for first in range(0, count, _BATCH):
        some = [candidate(f"site-{number}", 1 - number / (count + 1)) for number in range(first, first + _BATCH)]
        store.write(partial(sites.arrive, who="benchmark", candidates=some, origin="benchmark"))
    print(f"{count} sites put in in {time.perf_counter() - began:.1f} s")


def _measure(store: Store, people: int, seconds: float) -> None:
    """Let people work for a while, and print how long what they asked for took."""
    times: dict[str, list[float]] = {"claim": [], "judge": [], "docket": []}
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=_work, args=(store, f"p{people}-{n}", end, times)) for n in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, taken in times.items():
        cuts = statistics.quantiles(taken, n=100)
        rate = len(taken) / seconds
        print(f"{people} people, {name}: {rate:.0f}/s, p50 {1e3 * cuts[49]:.1f} ms, p99 {1e3 * cuts[98]:.1f} ms")


def _work(store: Store, person: str, end: float, times: dict[str, list[float]]) -> None:
    said, number = read_judgement(judgement()), 0
    while time.monotonic() < end:
        number += 1
        try:
            claimed = _timed(times["claim"], store.write, partial(cases.claim, person=person, key=f"c{number}"))
            if claimed is None:
                return
            work = partial(cases.judge, person=person, key=f"j{number}", case=claimed["case"], judgement=said)
            _timed(times["judge"], store.write, work)
            _timed(times["docket"], store.read, partial(docket.cases, person=person))
        except RefusedError:
            continue


def _timed(taken: list[float], call, work):  # noqa: ANN001, ANN202 - what is timed says it
    began = time.perf_counter()
    answer = call(work)
    taken.append(time.perf_counter() - began)
    return answer


def _flush_s(path: Path) -> float:
    """Return how long it takes to let a page be on the disk. [s]"""
    taken = []
    with path.open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main())
