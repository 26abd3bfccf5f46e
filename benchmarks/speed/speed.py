"""Time `upwind locate` and write docs/speed.md; beside pyELQ where an interpreter is named that has it.

From the top of the checkout, on a machine that does nothing else::

    python -m venv ../pyelq && ../pyelq/bin/pip install pyelq==1.2.7
    python -m benchmarks.speed.speed --pyelq ../pyelq/bin/python --date 2026-01-31
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import ONE_THREAD, Cost, cost_of
from benchmarks.problems import make_problem
from benchmarks.skill.against_pyelq import Duel, fight
from benchmarks.speed.steps import section, section_of
from validation.figures import Held
from validation.ledger import CHECKOUT, commit

from upwind import __version__

#: Flights of the timings, and the first one of the comparison, all beyond those that anything was tuned on.
SEED, FIRST_DUEL = 3000, 3100
MANY = 100_000


def main() -> int:
    """Measure, and write the page."""
    arguments = _arguments()
    head = _head(arguments.date)
    with tempfile.TemporaryDirectory(prefix="upwind-speed-") as name:
        folder = Path(name)
        lines = [*_processes(folder, arguments), *section(arguments.date)]
        print("\n".join(lines), flush=True)
        if arguments.pyelq:
            flights = [make_problem(FIRST_DUEL + i, arguments.readings, folder) for i in range(arguments.flights)]
            duel = _duel(fight(flights, arguments.pyelq, arguments.iterations), arguments)
            print("\n".join(duel))
            lines += duel
    page = arguments.out.read_text(encoding="utf-8") if arguments.out.exists() else ""
    lines += section_of(page, "## Auditing flights")  # measured by a program of its own
    lines += section_of(page, "## From an alarm to its sheet")  # the same
    arguments.out.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="of the measurement, stands on the page")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each process after one to warm up")
    parser.add_argument("--many", type=int, default=MANY, metavar="N", help="readings of the large track; 0: leave out")
    theirs = os.environ.get("UPWIND_PYELQ")
    parser.add_argument("--pyelq", type=Path, default=theirs, metavar="PYTHON", help="an interpreter that has pyELQ")
    parser.add_argument("--flights", type=int, default=5, metavar="N", help="of the comparison")
    parser.add_argument("--readings", type=int, default=500, metavar="N", help="of each of them")
    parser.add_argument("--iterations", type=int, default=3000, metavar="N", help="of pyELQ's chain")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "speed.md", metavar="F.md")
    return parser.parse_args()


def _head(date: str) -> list[str]:
    return [
        "# Speed",
        "",
        f"Written by `python -m benchmarks.speed.speed` on {date}, upwind {__version__} at {commit()}, never by hand.",
        f"Python {platform.python_version()}, {_processor()}, {os.cpu_count()} cores; one thread of linear algebra.",
        f"Others kept {os.getloadavg()[2]:.1f} processes busy on them in the quarter of an hour before; below 1 is a",
        "quiet machine.",
        "",
    ]


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    lines = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _processes(folder: Path, arguments: argparse.Namespace) -> list[str]:
    """Return the table of whole processes."""
    upwind = [sys.executable, "-m", "upwind"]
    rows = [("`upwind --help`", _repeated([*upwind, "--help"], arguments.runs))]
    for readings in (200, 1000):
        name = f"`upwind locate`, {readings:,} readings, three sources"
        rows.append((name, _repeated(_locate(folder, readings), arguments.runs)))
    if arguments.many:
        rows.append((f"the same, {arguments.many:,} readings", [cost_of(_locate(folder, arguments.many), ONE_THREAD)]))
    return [
        "## Whole processes",
        "",
        "From the start of the interpreter to its end, kernels compiled before, minimum / median / maximum over the",
        "runs. The large track is one flight of 1,000 readings repeated.",
        "",
        "| process | runs | wall [s] | CPU [s] | peak memory [MB] |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {len(costs)} | {_spread([c.wall_s for c in costs])} | {_spread([c.cpu_s for c in costs])} "
            f"| {max(c.peak_mb for c in costs):.0f} |"
            for name, costs in rows
        ),
        "",
    ]


def _locate(folder: Path, readings: int) -> list[str]:
    problem = make_problem(SEED, readings, folder)
    out = problem.track.with_suffix(".geojson")
    return [sys.executable, "-m", "upwind", "locate", str(problem.track), problem.area, "--out", str(out)]


def _repeated(command: list[str], runs: int) -> list[Cost]:
    """Return the costs of some runs after one that warms up."""
    return [cost_of(command, ONE_THREAD) for _ in range(runs + 1)][1:]


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return " / ".join(f"{value:.2f}" for value in (min(values), statistics.median(values), max(values)))


def _duel(duel: Duel, arguments: argparse.Namespace) -> list[str]:
    """Return the table beside pyELQ."""
    times = statistics.median(a / b for a, b in zip(duel.pyelq_cpu_s, duel.upwind_cpu_s, strict=True))
    again = statistics.median(a / b for a, b in zip(duel.pyelq_cpu_s, duel.again_cpu_s, strict=True))
    theirs, ours = duel.pyelq, duel.upwind
    rows = [
        ("CPU a flight [s]", _spread(duel.pyelq_cpu_s), _spread(duel.upwind_cpu_s)),
        ("the same, a second answer of one process", "", _spread(duel.again_cpu_s)),
        ("times faster, median", "1", f"{times:.0f}; second answer {again:.0f}"),
        ("number of sources right", f"{theirs.number_right:.0%}", f"{ours.number_right:.0%}"),
        ("sources found within 30 m", f"{theirs.found:.0%}", f"{ours.found:.0%}"),
        ("phantoms a flight", f"{theirs.extra:.1f}", f"{ours.extra:.1f}"),
        ("position error of those found, median [m]", f"{theirs.median_m:.1f}", f"{ours.median_m:.1f}"),
        ("rate, median ratio", f"{theirs.rate_median:.2f}", f"{ours.rate_median:.2f}"),
        *(
            (f"90 % intervals that hold, {name}", _held(theirs.held[name]), _held(ours.held[name]))
            for name in ("rate", "easting", "northing")
        ),
    ]
    return [
        "## Beside pyELQ",
        "",
        f"The same {arguments.flights} drone flights over three sources of methane (filament exercise, seeds from",
        f"{FIRST_DUEL}), {arguments.readings} readings each, in the same run. pyELQ runs {arguments.iterations:,}",
        "iterations from the **true** sources on, which no user can do; draws of the second half count. CPU time is",
        "from the readings in memory to the sources, imports left out on both sides. How pyELQ is set up stands in",
        "`benchmarks/skill/ask_pyelq.py`.",
        "",
        f"| measure | pyELQ {duel.pyelq_version} | upwind {__version__} |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def _held(held: Held) -> str:
    return f"{held.count} of {held.of}"


if __name__ == "__main__":
    sys.exit(main())
