"""Answer every case of the experiments and judge the answers; a stopped run goes on where it was.

From the top of the checkout::

    python -m validation.skill --experiment prairie-grass --limit 4
    python -m validation.write_skill --date 2026-01-31

The rows go to `out/skill.jsonl`, keyed by the experiment, the case, the code and the seed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from validation.cases import Case, Half
from validation.experiments import EXPERIMENTS
from validation.figures import INTERVALS, Figures, figures_of
from validation.ledger import LEDGER, Ledger, code_of, commit

from upwind.cli.screen import progress

#: For processes that answer: threads of linear algebra that spin cost more than they bring.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


__all__ = ["ONE_THREAD"]


def main() -> int:
    """Run what is not in the ledger yet, and print the figures of what was asked for."""
    arguments = _arguments()
    ledger = Ledger(arguments.ledger)
    wanted = _wanted(arguments)
    origins = {name: code_of(EXPERIMENTS[name].origin) for name in EXPERIMENTS}
    open_ = [c for c in wanted if (c.experiment, c.name, origins[c.experiment], arguments.seed) not in ledger]
    failures = _run(open_, arguments, ledger) if open_ else []
    for name in dict.fromkeys(case.experiment for case in wanted):
        names = {case.name for case in wanted if case.experiment == name}
        rows = [row for row in ledger.rows(name, origins[name], arguments.seed) if row["case"] in names]
        for half in Half:
            of_half = [row for row in rows if row["half"] == half]
            if of_half:
                print(_line(name, half, figures_of(of_half, single=EXPERIMENTS[name].single)))
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiment", action="append", choices=list(EXPERIMENTS), help="may stand again")
    parser.add_argument("--half", choices=[str(half) for half in Half], help="only this one")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N cases of each experiment and half")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the locator")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    parser.add_argument("--ledger", type=Path, default=LEDGER, metavar="FILE")
    return parser.parse_args()


def _wanted(arguments: argparse.Namespace) -> list[Case]:
    chosen: list[Case] = []
    for name in arguments.experiment or EXPERIMENTS:
        cases = EXPERIMENTS[name].cases()
        if not cases:
            print(f"{name}: its data are not here, left out", file=sys.stderr)
        for half in Half:
            if arguments.half in (None, half):
                chosen += [case for case in cases if case.half == half][: arguments.limit]
    return chosen


def _run(cases: list[Case], arguments: argparse.Namespace, ledger: Ledger) -> list[str]:
    """Answer the cases over processes and keep each row at once; return what failed."""
    os.environ |= ONE_THREAD
    codes = {case.experiment: code_of(EXPERIMENTS[case.experiment].origin) for case in cases}
    failures = []
    with (
        ProcessPoolExecutor(arguments.processes, mp_context=multiprocessing.get_context("spawn")) as pool,
        progress(f"{len(cases)} cases") as advance,
    ):
        for done, (case, future) in enumerate(_answers(pool, cases, arguments.seed), start=1):
            advance(done / len(cases))
            fault = future.exception()
            if fault is not None:
                failures.append(f"{case.experiment} {case.name}: {type(fault).__name__}: {fault}")
                continue
            about = {"experiment": case.experiment, "case": case.name, "half": str(case.half)}
            about |= {"code": codes[case.experiment], "commit": commit(), "seed": arguments.seed}
            ledger.append(about | future.result())
    return failures


def _answers(pool: ProcessPoolExecutor, cases: list[Case], seed: int) -> Iterator[tuple[Case, Future[dict[str, Any]]]]:
    """Give the cases as they are answered; the first alone, so that kernels are compiled but once."""
    first = pool.submit(answer, cases[0], seed)
    first.exception()
    yield cases[0], first
    jobs = {pool.submit(answer, case, seed): case for case in cases[1:]}
    for job in as_completed(jobs):
        yield jobs[job], job


def answer(case: Case, seed: int) -> dict[str, Any]:
    """Return the judged answer of one case."""
    from validation.answers import answered  # noqa: PLC0415 - numba is for the processes that answer

    return answered(EXPERIMENTS[case.experiment].trial(case), seed)


def _line(name: str, half: Half, one: Figures) -> str:
    """Return the figures of an experiment and half in one line."""
    parts = [f"{name} {half}: {one.cases} cases", f"number right {one.number_right:.2f}"]
    if one.true:
        held = ", ".join(f"{n} {one.held[n].count}/{one.held[n].of} p {one.held[n].p_value:.2f}" for n in INTERVALS)
        parts += [
            f"lost {one.lost}",
            f"found {one.found:.2f} of {one.true}, {one.seen_found:.2f} of {one.seen} that show",
            f"{one.median_m:.1f} / {one.p90_m:.1f} m",
            f"within 4, 15 m {one.within[4.0]:.2f}, {one.within[15.0]:.2f}",
            f"rate x{one.rate_median:.2f}, within 2 {one.within_2:.2f}",
            f"held {held}",
            f"radius {one.radius_m:.1f} m",
            f"reported elsewhere {one.extra:.2f}",
        ]
    if one.source_free:
        parts += [f"source-free P < 0.2 {one.passed:.2f}, phantoms {one.phantoms:.2f} of {one.source_free}"]
    return "; ".join([*parts, f"CPU {one.cpu_s:.1f} s"])


if __name__ == "__main__":
    sys.exit(main())
