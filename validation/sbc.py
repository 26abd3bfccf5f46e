"""Simulation-based calibration of the sampler (Talts et al. 2018, arXiv:1804.06788).

Parameters are drawn from the locator's own prior and readings from its own kernels, over the geometry and wind of
exercises; then the truth's rank among the posterior's draws must be uniform. Here, and only here, the model grades
itself: this tests the sampler, not the physics. Weights and learning rate are 1 and the ambient is known, so that the
density that is sampled is the one that simulates.

From the top of the checkout::

    python -m validation.sbc --count 300
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import chisquare, kstest
from validation.ledger import CHECKOUT, Ledger, code_of, commit
from validation.pictures import histograms
from validation.skill import ONE_THREAD

from upwind.arrays import FloatArray
from upwind.cli.screen import progress, table

__all__ = ["BINS", "DRAWS", "FAMILIES", "LEDGER", "p_values"]

LEDGER = CHECKOUT / "out" / "sbc.jsonl"
#: Geometry of the problems.
FAMILIES = ("samplers", "drone")
#: A truth is ranked among so many draws; the ranks are counted in so many bins.
DRAWS, BINS = 39, 10


def main() -> int:
    """Answer the problems that are not in the ledger yet, print the tests, and draw the ranks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", action="append", choices=FAMILIES, help="may stand again (default: each)")
    parser.add_argument("--count", type=int, default=300, metavar="N", help="problems of each family")
    parser.add_argument("--processes", type=int, default=2, metavar="N")
    parser.add_argument("--ledger", type=Path, default=LEDGER, metavar="FILE")
    parser.add_argument("--images", type=Path, default=CHECKOUT / "docs" / "images", metavar="DIR")
    arguments = parser.parse_args()
    ledger, code = Ledger(arguments.ledger), code_of("exercise")
    families = arguments.family or FAMILIES
    wanted = [(family, number) for family in families for number in range(arguments.count)]
    _run([(f, n) for f, n in wanted if (f"sbc-{f}", str(n), code, 0) not in ledger], arguments.processes, ledger)
    for family in families:
        rows = [row for row in ledger.rows(f"sbc-{family}", code, 0) if int(row["case"]) < arguments.count]
        ranks = {name: np.array([row["ranks"][name] for row in rows]) for name in rows[0]["ranks"]}
        tests = [(name, *(f"{p:.3f}" for p in p_values(of))) for name, of in ranks.items()]
        table(f"{family}: {len(rows)} problems", ("quantity", "chi-square p", "Kolmogorov-Smirnov p"), tests)
        arguments.images.mkdir(parents=True, exist_ok=True)
        picture = histograms(ranks, DRAWS, BINS)
        (arguments.images / f"sbc-{family}.svg").write_text(picture, encoding="utf-8")
    return 0


def p_values(ranks: FloatArray) -> tuple[float, float]:
    """Return how likely ranks so uneven are, by chi-square over the bins and by Kolmogorov-Smirnov."""
    counts = np.histogram(ranks, bins=BINS, range=(-0.5, DRAWS + 0.5))[0]
    spread = (ranks + np.random.default_rng(0).random(len(ranks))) / (DRAWS + 1)
    return float(chisquare(counts).pvalue), float(kstest(spread, "uniform").pvalue)


def _run(problems: list[tuple[str, int]], processes: int, ledger: Ledger) -> None:
    if not problems:
        return
    os.environ |= ONE_THREAD
    code = code_of("exercise")
    with (
        ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool,
        progress(f"{len(problems)} problems") as advance,
    ):
        pool.submit(ranked, *problems[0]).result()  # so that kernels are compiled but once
        jobs = {pool.submit(ranked, *problem): problem for problem in problems}
        for done, job in enumerate(as_completed(jobs), start=1):
            advance(done / len(jobs))
            family, number = jobs[job]
            about = {"experiment": f"sbc-{family}", "case": str(number), "code": code, "commit": commit(), "seed": 0}
            ledger.append(about | {"ranks": job.result()})


def ranked(family: str, number: int) -> dict[str, Any]:
    """Return the ranks of one problem's truth."""
    from validation.self_play import ranks_of  # noqa: PLC0415 - numba is for the processes that answer

    return ranks_of(family, number, DRAWS)


if __name__ == "__main__":
    sys.exit(main())
