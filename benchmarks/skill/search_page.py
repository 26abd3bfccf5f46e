"""The page of searches: finds per flight hour, with the interval that resampled regions give."""

# ruff: noqa: RUF001 - the page is typeset: true multiplication signs and dashes
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["page", "ratio_of"]

Row = dict[str, Any]

_INTRODUCTION = """
Finds per flight hour over simulated regions of 10 by 10 km with up to five sites that emit a tenth to six tenths of the
time, as planned and by even coverage across the wind, with the same platform, sensor (acetone, 1 s), hours and wind:
one full flight on each of three days. The planner has a map that is informative and wrong, and forecasts that err; what
is found is decided by filaments of gas in the true wind (`upwind.exercise.regions`, committed before the planner).
Intervals are of 95 %, from resampled regions. The planner knows how emission rates are distributed, and about how often
sites emit; it does not know where its map errs.

How the contest was set: first a larger aircraft (vtol, 1.8 h) and a keen sniffer (1 ppb) were meant. The planner's own
model let them find nearly all that emits, so the quadcopter took the aircraft's place. On 24 regions from 1000 on it
then gave 1.3×; the usual sniffer (3 ppb) was added, and what noise adds to a peak was put into the planner. Of the
regions graded here twenty were flown evenly once before there was a planner, and some were flown before the bound and
the turns were mended; no plan was changed by what they showed. Read both rows together.
"""
_BELOW = """
With more hours, or a keener sensor, even coverage sees ever more of what emits at all, and the ratio falls to one: the
scarcer the hours, the more a plan is worth. Asked: at least 1.5×, goal 2.5×.

What the model of the planner expected beside what was found tells how far its map and its plume are to be believed. The
bound is on what any legs across the wind could find by that model.
"""
_HEAD = (
    "| platform, limit | regions | sites | finds: planned, even | hours: planned, even "
    "| finds an hour: planned, even | ratio |\n|---|---|---|---|---|---|---|"
)
_MODEL_HEAD = (
    "| platform, limit | expected | found | bound over expected, median | CPU s a region: plans and flights, median |\n"
    "|---|---|---|---|---|"
)


def ratio_of(rows: Sequence[Row], draws: int = 4_000) -> tuple[float, float, float]:
    """Return finds per hour as planned over those of even coverage, and its 95 % interval from resampled regions."""
    columns = [(way, figure) for way in ("planned", "even") for figure in ("found", "hours")]
    table = np.array([[row[way][figure] for way, figure in columns] for row in rows])
    rng = np.random.default_rng(0)
    total = table[rng.integers(len(rows), size=(draws, len(rows)))].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (total[:, 0] / total[:, 1]) / (total[:, 2] / total[:, 3])
    whole = table.sum(axis=0)
    lower, upper = np.nanpercentile(drawn, [2.5, 97.5])
    return float(whole[0] / whole[1] / (whole[2] / whole[3])), float(lower), float(upper)


def page(rows: Sequence[Row], date: str) -> str:
    """Return the page."""
    contests = sorted({(row["platform"], row["limit_ppb"]) for row in rows})
    of = {one: [row for row in rows if (row["platform"], row["limit_ppb"]) == one] for one in contests}
    parts = [
        f"# Searching\n\nWritten by `python -m benchmarks.skill.search --write` on {date}, never by hand.",
        _INTRODUCTION.strip(),
        "\n".join([_HEAD, *(_line(_name(one), of[one]) for one in contests)]),
        _BELOW.strip(),
        "\n".join([_MODEL_HEAD, *(_model(_name(one), of[one]) for one in contests)]),
    ]
    return "\n\n".join(parts) + "\n"


def _name(contest: tuple[str, float]) -> str:
    return f"{contest[0]}, {contest[1]:g} ppb"


def _line(name: str, rows: Sequence[Row]) -> str:
    ours, even = (
        {figure: sum(row[way][figure] for row in rows) for figure in ("found", "hours")} for way in ("planned", "even")
    )
    ratio, lower, upper = ratio_of(rows)
    return (
        f"| {name} | {len(rows)} | {sum(row['sites'] for row in rows)} | {ours['found']}, {even['found']} "
        f"| {ours['hours']:.0f}, {even['hours']:.0f} "
        f"| {ours['found'] / ours['hours']:.3f}, {even['found'] / even['hours']:.3f} "
        f"| {ratio:.2f}× ({lower:.2f}–{upper:.2f}) |"
    )


def _model(name: str, rows: Sequence[Row]) -> str:
    expected = sum(row["expected"] for row in rows)
    found = sum(row["planned"]["found"] for row in rows)
    gap = float(np.median([row["bound"] / row["expected"] for row in rows]))
    cpu = float(np.median([row["cpu_s"][0] for row in rows]))
    return f"| {name} | {expected:.0f} | {found} | {gap:.2f} | {cpu:.1f} |"
