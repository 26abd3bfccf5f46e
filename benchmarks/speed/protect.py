"""Time `upwind protect` from an alarm to its safety sheet, and write its section of docs/speed.md.

From the top of the checkout, on a machine that does nothing else::

    python -m benchmarks.speed.protect --date 2026-01-31
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Cost, cost_of
from benchmarks.speed.steps import replaced
from validation.ledger import CHECKOUT, commit

from upwind import __version__

HEADING = "## From an alarm to its sheet"
EXAMPLE = CHECKOUT / "missions" / "protect-example"
COMMAND = (
    "protect",
    str(EXAMPLE / "sites.geojson"),
    *("--wind", str(EXAMPLE / "wind.csv"), "--time", "2026-06-20T22:00:00Z"),
    *("--map", str(EXAMPLE / "places.geojson"), "--people", str(EXAMPLE / "census.geojson"), "--release", "20"),
)
RUNS = 7


def section(date: str, costs: list[Cost]) -> list[str]:
    """Return the section's lines."""
    return [
        HEADING,
        "",
        f"Written by `python -m benchmarks.speed.protect` on {date}, upwind {__version__} at {commit()}; others",
        f"kept {os.getloadavg()[2]:.1f} processes busy in the quarter of an hour before. `upwind protect` of",
        "`missions/protect-example` with its map, census and a spill of 20 kg, from the start of the interpreter to",
        "the sheet on disk, minimum / median / maximum. Goal: 2 s.",
        "",
        "| runs | wall [s] | CPU [s] | peak memory [MB] |",
        "|---|---|---|---|",
        _row(costs),
        "",
    ]


def _row(costs: list[Cost]) -> str:
    wall, cpu = _spread([cost.wall_s for cost in costs]), _spread([cost.cpu_s for cost in costs])
    return f"| {len(costs)} | {wall} | {cpu} | {max(cost.peak_mb for cost in costs):.0f} |"


def _spread(values: list[float]) -> str:
    return " / ".join(f"{value:.2f}" for value in (min(values), statistics.median(values), max(values)))


def main() -> int:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, metavar="DATE", help="of this day")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "upwind", *COMMAND, "--out", folder]
        cost_of(command)
        costs = [cost_of(command) for _ in range(RUNS)]
    page = CHECKOUT / "docs" / "speed.md"
    page.write_text(replaced(page.read_text("utf-8"), section(arguments.date, costs)), encoding="utf-8")
    print(f"median {statistics.median(cost.wall_s for cost in costs):.2f} s; figures are in {Path(page).name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
