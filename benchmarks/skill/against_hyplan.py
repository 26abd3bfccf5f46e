"""HyPlan and upwind on the same squares, in the same run, both timed by HyPlan's aircraft and turn model.

    python -m benchmarks.skill.against_hyplan VENV/bin/python --write --date 2026-01-31

The interpreter is one that HyPlan is installed for. Without `--write` the rows are only printed.
Overhead is time over the area's least: its size over the lines' spacing and the speed. HyPlan's lines see the square
less than whole where its count of lines falls short; upwind's see all of it.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from upwind.flights.plan import Survey, plan_survey
from upwind.geo import Frame
from upwind.records import Platform, Sensor

__all__ = ["CASES", "Duel", "fight"]

_ASK = Path(__file__).parent / "ask_hyplan.py"
_PAGE = Path(__file__).parents[2] / "docs" / "hyplan-figures.md"
_TEXT = """# Against HyPlan

Written by `python -m benchmarks.skill.against_hyplan VENV/bin/python --write` on {date}, never by hand.

HyPlan {version} (NASA) and upwind plan the same squares in one run, and HyPlan's own model times both: its King Air
B200 at {speed:.0f} m/s, lines at the cruise speed, turns by its Dubins paths at {bank:.0f}° of bank. HyPlan lays and
orders its lines as it does (`box_around_center_line`, `greedy_optimize`); the ways from and to an airport count for
neither. Overhead is time over the least that lines of this spacing take: the area over spacing and speed. Asked: less
than HyPlan's on each; goal: half of it.

| square | HyPlan | upwind | upwind over HyPlan | no parallel lines below | HyPlan h | upwind h | HyPlan s | upwind s |
|---|---|---|---|---|---|---|---|---|
{rows}

*no parallel lines below* is upwind's bound for plans of parallel lines in any direction: where it is above half of
HyPlan's overhead, no such plan reaches the goal. A turn between such lines takes half a circle at least, here of a
radius of {radius:.1f} km, and lines are 0.8 or 1.6 km apart. All of each square is seen by upwind's lines ({coverage});
seconds are of the wall clock, planning alone, on a machine that did other things, too.
"""
LONGITUDE, LATITUDE = -98.5, 42.5
OVERLAP = 0.2
#: Standard. [m/s2]
GRAVITY = 9.80665
#: Side of the square and swath [m]: 100, 1,000 and 10,000 km2.
CASES = ((10_000.0, 1000.0), (31_622.8, 1000.0), (100_000.0, 2000.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """One square: overheads over the least that lines of this spacing take, times [h] by HyPlan's model, seconds.

    `parallel` is the overhead that no plan of parallel lines is below; `theirs` what HyPlan said of itself.
    """

    side_m: float
    hyplan: float
    upwind: float
    hyplan_h: float
    upwind_h: float
    parallel: float
    gap: float
    coverage: float
    hyplan_s: float
    upwind_s: float
    theirs: dict[str, Any]

    def __str__(self) -> str:
        """Return the row as the page has it."""
        said = [f"{self.side_m**2 / 1e6:,.0f} km²", f"+{self.hyplan:.1%}", f"+{self.upwind:.1%}"]
        said += [f"{self.upwind / self.hyplan:.2f}", f"+{self.parallel:.1%}"]
        said += [f"{self.hyplan_h:.2f}", f"{self.upwind_h:.2f}", f"{self.hyplan_s:.1f}", f"{self.upwind_s:.1f}"]
        return f"| {' | '.join(said)} |"


def fight(side_m: float, swath_m: float, hyplan: Path) -> Duel:
    """Let both plan one square; `hyplan` is the interpreter that HyPlan is installed for."""
    square = {"side_m": side_m, "swath_m": swath_m, "overlap": OVERLAP, "latitude": LATITUDE, "longitude": LONGITUDE}
    theirs = _ask(hyplan, square)
    platform = Platform(name="B200", speed_m_s=theirs["speed_m_s"], bank_deg=theirs["bank_deg"], endurance_h=1000.0)
    sensor = Sensor(name="scanner", swath_m=swath_m, height_m=3000.0, overlap=OVERLAP)
    half = side_m / 2.0
    corners = Frame(longitude=LONGITUDE, latitude=LATITUDE).to_geographic(
        np.array([-half, half, half, -half]), np.array([-half, -half, half, half])
    )
    begin = time.perf_counter()
    survey = plan_survey([[np.column_stack(corners)]], platform, sensor)
    took = time.perf_counter() - begin
    ours = _ask(hyplan, {"lines": _lines(survey)})
    least = side_m**2 / (swath_m * (1.0 - OVERLAP)) / theirs["speed_m_s"] / 3600.0
    totals = [one["lines_h"] + one["turns_h"] for one in (theirs, ours)]
    return Duel(
        side_m=side_m,
        hyplan=totals[0] / least - 1.0,
        upwind=totals[1] / least - 1.0,
        hyplan_h=totals[0],
        upwind_h=totals[1],
        parallel=survey.parallel_bound_s / 3600.0 / least - 1.0,
        gap=survey.gap,
        coverage=survey.coverage,
        hyplan_s=theirs["seconds"],
        upwind_s=took,
        theirs=theirs,
    )


def _lines(survey: Survey) -> list[list[list[float]]]:
    return [
        [sortie.waypoints[first, :2].tolist(), sortie.waypoints[last, :2].tolist()]
        for sortie in survey.sorties
        for first, last in sortie.lines
    ]


def _ask(hyplan: Path, question: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        asked, out = Path(folder) / "question.json", Path(folder) / "answer.json"
        asked.write_text(json.dumps(question), encoding="utf-8")
        subprocess.run([str(hyplan), str(_ASK), str(asked), "--out", str(out)], check=True, capture_output=True)
        answer: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return answer


def main() -> None:
    """Print a row a square, and write the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hyplan", type=Path, metavar="VENV/bin/python")
    parser.add_argument("--write", action="store_true", help="write docs/hyplan-figures.md")
    parser.add_argument("--date", help="of the figures", default="an unknown day")
    asked = parser.parse_args()
    duels = []
    for side, swath in CASES:
        duels.append(fight(side, swath, asked.hyplan))
        print(duels[-1], flush=True)
    speed, bank = duels[0].theirs["speed_m_s"], duels[0].theirs["bank_deg"]
    if asked.write:
        text = _TEXT.format(
            date=asked.date,
            version=duels[0].theirs["version"],
            speed=speed,
            bank=bank,
            radius=speed**2 / (GRAVITY * math.tan(math.radians(bank))) / 1000.0,
            rows="\n".join(map(str, duels)),
            coverage=", ".join(f"{duel.coverage:.2%}" for duel in duels),
        )
        _PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
