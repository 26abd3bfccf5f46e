"""pyELQ and upwind on the same flights, in the same run: CPU time beyond process start, errors, and intervals."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import ONE_THREAD, cost_of
from benchmarks.problems import Problem
from validation.answers import judged
from validation.figures import Figures, figures_of

__all__ = ["Duel", "fight"]

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """What both made of the same flights; CPU seconds a flight, `again` with upwind's kernels loaded already."""

    pyelq_version: str
    pyelq: Figures
    upwind: Figures
    pyelq_cpu_s: tuple[float, ...]
    upwind_cpu_s: tuple[float, ...]
    again_cpu_s: tuple[float, ...]


def fight(problems: Iterable[Problem], pyelq: Path, iterations: int) -> Duel:
    """Let both answer every problem; `pyelq` is the interpreter that pyELQ is installed for."""
    theirs, ours = [], []
    for problem in problems:
        theirs.append(_ask_pyelq(problem, pyelq, iterations))
        ours.append(_ask_upwind(problem))
    return Duel(
        pyelq_version=str(theirs[0]["version"]),
        pyelq=figures_of(theirs, single=False),
        upwind=figures_of(ours, single=False),
        pyelq_cpu_s=tuple(row["cpu_s"] for row in theirs),
        upwind_cpu_s=tuple(row["cpu_s"] for row in ours),
        again_cpu_s=tuple(row["again_cpu_s"] for row in ours),
    )


def _ask_pyelq(problem: Problem, pyelq: Path, iterations: int) -> dict[str, Any]:
    out = problem.track.with_suffix(".pyelq.json")
    command = [str(pyelq), str(_HERE / "ask_pyelq.py"), str(problem.track), "--truth", str(problem.truth)]
    cost_of([*command, problem.area, "--iterations", str(iterations), "--out", str(out)], ONE_THREAD)
    return _row(problem, out)


def _ask_upwind(problem: Problem) -> dict[str, Any]:
    out = problem.track.with_suffix(".upwind.json")
    command = [sys.executable, str(_HERE / "ask_upwind.py"), str(problem.track), problem.area, "--out", str(out)]
    cost_of(command, ONE_THREAD)
    return _row(problem, out)


def _row(problem: Problem, out: Path) -> dict[str, Any]:
    document = json.loads(out.read_text(encoding="utf-8"))
    cost = {name: document[name] for name in ("cpu_s", "again_cpu_s", "version") if name in document}
    return judged(document, problem.trial.truth) | cost
