"""The page of plans: each case of the benchmark planned by the command line, as a user would.

    python -m benchmarks.skill.plan_page --write --date 2026-01-31

Seconds are those of the processor that a whole process takes, with warm kernels, borders asked and the file
written; coverage is measured by shapely on the lines of the exported file. Without `--write` the rows are only printed.
Needs shapely.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from benchmarks.skill.surveys import CASES, Case, parts_of, placed

from upwind.arrays import FloatArray
from upwind.flights.plan.ground import ground_of

__all__ = ["Row", "row"]

_PAGE = Path(__file__).parents[2] / "docs" / "plan-figures.md"
_STATES = ("DEU", "CHE", "AUT", "FRA", "LIE")
_PERMIT = """[[authorisation]]
id = "{state}"
state = "{state}"
from = 2026-01-01T00:00:00Z
to = 2035-12-31T23:59:59Z
floor_m = 0
platform = "*"
basis = "fictional, for this benchmark alone"
"""
_SIDE = 31.6228 / 2.0
_SQUARE = ((-_SIDE, -_SIDE), (_SIDE, -_SIDE), (_SIDE, _SIDE), (-_SIDE, _SIDE))
_L = ((-18, -18), (18, -18), (18, 0), (0, 0), (0, 18), (-18, 18))
_HOLE = ((-12, -12), (-6, -12), (-6, -6), (-12, -6))
#: Rings [km] and swath [m] of areas in still air, in one sortie from anywhere.
_CALM = {
    "1,000 km², 132 lines": ((_SQUARE,), 300.0),
    "1,000 km², 330 lines": ((_SQUARE,), 120.0),
    "L with a hole, 936 km²": ((_L, _HOLE), 300.0),
}
_OVERLAP = 0.2
_TEXT = """# How good plans are

Written by `python -m benchmarks.skill.plan_page --write` on {date}, never by hand.

The {{term}}`gap` is that of the time printed to the {{term}}`lower bound` printed, which holds for plans of straight
lines in any directions, not only of parallel ones. Coverage is measured by shapely on the lines of the exported file.
Seconds are of the processor, for the whole process: it starts, plans, bounds, asks the gate, writes; on a busy machine
they are more.

## Still air

An aircraft at 25 m/s and 25° of bank, swaths with an overlap of a fifth, in one flight from anywhere. Asked: coverage
99.5 %, gap 3 %, 5 s; goal 99.9 %, 1.5 %, 1 s.

{head}
{calm}

## Wind of 30 % of the airspeed, concave, split into sorties from a base

Swaths of 300 m. Asked: gap 5 % in 5 s; goal 3 % in 1 s.

{head}
{windy}

How much of such a gap is the plan's and how much the bound's nobody knows. What is known are its parts, as shares of
the bound, in the sum S of the bound's proof (`upwind.flights.plan.bound`), which adds up to the time of closed flights.
`courses`: what the lines take beyond those of the cheapest course; `overlap`: beyond the least length of lines that
cover the area; `turns` and `ways`: all that is flown between lines, and from and to the base; less what the bound has
for both.

| case | courses | overlap | turns | ways | less | gap |
|---|---|---|---|---|---|---|
{parts}
"""
_HEAD = "| case | sorties | time h | gap | coverage | seconds |\n|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one process planned: its sorties, their time [s], gap, coverage, and the seconds that it took."""

    name: str
    sorties: int
    time: float
    gap: float
    coverage: float
    seconds: float

    def __str__(self) -> str:
        """Return the row as the page has it."""
        return (
            f"| {self.name} | {self.sorties} | {self.time / 3600.0:.2f} | {self.gap:.1%} | {self.coverage:.3%} "
            f"| {self.seconds:.1f} |"
        )


def row(name: str, rings: tuple[Any, ...], swath_m: float, case: Case | None) -> Row:
    """Plan an area with its rings [km] by the command line."""
    polygon = [placed(ring) for ring in rings]
    hours = 1000.0 if case is None else case.endurance_h
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        closed = [np.vstack([ring, ring[:1]]).tolist() for ring in polygon]
        (at / "area.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": closed}), encoding="utf-8")
        wing = f'name = "wing"\nspeed_m_s = 25.0\nbank_deg = 25.0\nendurance_h = {hours}\n'
        (at / "wing.toml").write_text(wing, encoding="utf-8")
        scanner = f'name = "scanner"\nswath_m = {swath_m}\noverlap = {_OVERLAP}\nheight_m = 400\n'
        (at / "scanner.toml").write_text(scanner, encoding="utf-8")
        permits = "\n".join(_PERMIT.format(state=state) for state in _STATES)
        (at / "permits.toml").write_text(permits, encoding="utf-8")
        asked = ["area.geojson", "--platform", "wing.toml", "--sensor", "scanner.toml", "--out", "plan.geojson"]
        asked += ["--authorisations", "permits.toml", "--start", "2026-10-15T06:00:00Z"]
        if case is not None:
            longitude, latitude = placed((case.base,))[0].tolist()
            asked += [f"--base={longitude:.7f},{latitude:.7f}", "--wind", f"7.5,{case.wind_from:g}"]
        command = [sys.executable, "-m", "upwind", "plan", *asked]
        before = _processor_s()
        subprocess.run(command, cwd=at, check=True, stdout=subprocess.DEVNULL)
        seconds = _processor_s() - before
        document = json.loads((at / "plan.geojson").read_text(encoding="utf-8"))
    plan = document["plan"]
    return Row(
        name=name,
        sorties=plan["sorties"],
        time=plan["time_s"],
        gap=plan["gap"],
        coverage=_coverage(polygon, document, swath_m),
        seconds=seconds,
    )


def _processor_s() -> float:
    """Return what the processes started here have taken of the processor. [s]"""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _coverage(polygon: list[FloatArray], document: dict[str, Any], swath_m: float) -> float:
    """Return the share of an area in swaths about the exported lines."""
    ground = ground_of([polygon])
    outer, *holes = ground.rings
    area = shapely.Polygon(outer, holes)
    lines = [one["geometry"]["coordinates"] for one in document["features"] if one["properties"]["kind"] == "line"]
    local = [np.column_stack(ground.frame.to_local(*np.array(line)[:, :2].T)) for line in lines]
    seen = shapely.union_all([shapely.LineString(line).buffer(swath_m / 2.0, cap_style="flat") for line in local])
    return float(area.intersection(seen).area / area.area)


def main() -> None:
    """Print rows, and write the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/plan-figures.md")
    parser.add_argument("--date", help="of the figures", default="an unknown day")
    asked = parser.parse_args()
    # Kernels are compiled, or loaded, once.
    row("arrow", CASES["arrow"].rings, 300.0, CASES["arrow"])
    calm, windy, parts = [], [], []
    for name, (rings, swath) in _CALM.items():
        calm.append(str(row(name, rings, swath, None)))
        print(calm[-1], flush=True)
    for name, case in CASES.items():
        windy.append(str(row(name, case.rings, 300.0, case)))
        parts.append(f"| {name} | " + " | ".join(f"{share:.1%}" for share in parts_of(case)) + " |")
        print(windy[-1], parts[-1], sep="\n", flush=True)
    if asked.write:
        text = _TEXT.format(
            date=asked.date, head=_HEAD, calm="\n".join(calm), windy="\n".join(windy), parts="\n".join(parts)
        )
        _PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
