"""HyPlan and upwind on the same squares, in the same run, both timed by HyPlan's aircraft and turn model.

    python -m benchmarks.skill.against_hyplan VENV/bin/python

Overhead is time over the area's least: its size over the lines' spacing and the speed. HyPlan's lines see the square
less than whole where its count of lines falls short; upwind's see all of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
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
LONGITUDE, LATITUDE = -98.5, 42.5
OVERLAP = 0.2
#: Side of the square and swath [m]: 100, 1,000 and 10,000 km2.
CASES = ((10_000.0, 1000.0), (31_622.8, 1000.0), (100_000.0, 2000.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """One square: overheads over the least that lines of this spacing take, times [h] by HyPlan's model, seconds."""

    side_m: float
    hyplan: float
    upwind: float
    hyplan_h: float
    upwind_h: float
    gap: float
    coverage: float
    hyplan_s: float
    upwind_s: float


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
        gap=survey.gap,
        coverage=survey.coverage,
        hyplan_s=theirs["seconds"],
        upwind_s=took,
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
    """Print a row a square."""
    print("km2, HyPlan overhead, upwind overhead, HyPlan h, upwind h, gap, coverage, HyPlan s, upwind s")
    for side, swath in CASES:
        duel = fight(side, swath, Path(sys.argv[1]))
        print(
            f"{duel.side_m**2 / 1e6:,.0f}, {duel.hyplan:+.1%}, {duel.upwind:+.1%}, {duel.hyplan_h:.2f}, "
            f"{duel.upwind_h:.2f}, {duel.gap:.1%}, {duel.coverage:.4%}, {duel.hyplan_s:.1f}, {duel.upwind_s:.1f}"
        )


if __name__ == "__main__":
    main()
