"""The page of searches: finds per flight hour, with the interval that resampled regions give."""

# ruff: noqa: RUF001 - the page is typeset: true multiplication signs and dashes
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from benchmarks.skill.search_reckoning import conditions, fitted, reliability

from upwind.exercise.regions import MOST_SITES
from upwind.flights.search.reckoning import EVEN_MEDIAN, MEDIAN, SPREAD

__all__ = ["page", "ratio_of"]

Row = dict[str, Any]

#: The sniffer whose flights the reckoning has not seen. [ppb]
HELD_PPB = 1.0

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
_RECKONING = """
## What to believe of what the model expects

The model expects too much, for three reasons. Fewer sites were drawn than maps expect in all. Told each true site's
place, rate and state, the model still expects more finds than there are: wind and plume. The rest is the map: a planner
flies where it says most, and there it errs upward.

| platform, limit | sites drawn over expected | finds over those told | expected by the map | found |
|---|---|---|---|---|
{reasons}

So `upwind plan --prior` multiplies what the model expects by k, which differs from map to map: log-normal, its median
{median:.2f} and the spread of its logarithm {spread:.2f}, fitted to {fitted} other regions (from 1000 on) with the
3 ppb sniffer alone. For even coverage, which no map leads astray, the median is {even:.2f}. The code keeps
{kept}. Held against the flights of the 1 ppb sniffer over the regions graded here, none of which the
fit has seen:

| flights of the 1 ppb sniffer | flights | share with a find, as said (90 %) | as it was |
|---|---|---|---|
{held}

The interval is of k over maps; that of a share of many flights over many maps is narrower. {within}
Farthest from what was said: {worst}.
What holds here need not hold for maps that are better or worse than these.
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


def page(rows: Sequence[Row], others: Sequence[Row], date: str) -> str:
    """Return the page of rows that are graded, and of others that the reckoning is fitted to."""
    contests = sorted({(row["platform"], row["limit_ppb"]) for row in rows})
    of = {one: [row for row in rows if (row["platform"], row["limit_ppb"]) == one] for one in contests}
    parts = [
        f"# Searching\n\nWritten by `python -m benchmarks.skill.search --write` on {date}, never by hand.",
        _INTRODUCTION.strip(),
        "\n".join([_HEAD, *(_line(_name(one), of[one]) for one in contests)]),
        _BELOW.strip(),
        "\n".join([_MODEL_HEAD, *(_model(_name(one), of[one]) for one in contests)]),
        _reckoned(of, others),
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
    expected = sum(map(_expected, rows))
    found = sum(row["planned"]["found"] for row in rows)
    gap = float(np.median([row["bound"] / _expected(row) for row in rows]))
    cpu = float(np.median([row["cpu_s"][0] for row in rows]))
    return f"| {name} | {expected:.0f} | {found} | {gap:.2f} | {cpu:.1f} |"


def _expected(row: Row) -> float:
    return float(sum(row["planned"]["expected"]))


def _reckoned(of: Mapping[tuple[str, float], Sequence[Row]], others: Sequence[Row]) -> str:
    """Return why too much is expected, what is made of it, and whether that holds."""
    (median, spread), (even, _) = (fitted(others, way) for way in ("planned", "even"))
    flights = conditions([row for (_, limit), rows in of.items() if limit == HELD_PPB for row in rows])
    said = {name: reliability(own) for name, own in flights}
    held = [
        f"| {name} | {len(own)} | {_share(said[name][0])} ({_share(said[name][1])}–{_share(said[name][2])}) "
        f"| {_share(said[name][3])} |"
        for name, own in flights
    ]
    out = [name for name, (_, lower, upper, was) in said.items() if not lower <= was <= upper]
    worst = max(said, key=lambda name: abs(said[name][3] / said[name][0] - 1.0))
    return _RECKONING.strip().format(
        reasons="\n".join(_reasons(_name(one), rows) for one, rows in of.items()),
        median=median,
        spread=spread,
        even=even,
        fitted=len(others),
        kept=f"{MEDIAN:g}, {SPREAD:g} and {EVEN_MEDIAN:g}",
        held="\n".join(held),
        within="It holds every row." if not out else f"It does not hold {', '.join(out)}.",
        worst=f"{worst}, {_share(said[worst][0])} said and {_share(said[worst][3])} found",
    )


def _reasons(name: str, rows: Sequence[Row]) -> str:
    drawn = sum(row["sites"] for row in rows) / (0.5 * MOST_SITES * len(rows))
    told, met = (sum(row[key] for row in rows) for key in ("told", "met"))
    expected, found = sum(map(_expected, rows)), sum(row["planned"]["found"] for row in rows)
    return f"| {name} | {drawn:.2f} | {met / told:.2f} ({met} of {told:.0f}) | {expected:.0f} | {found} |"


def _share(share: float) -> str:
    return f"{100.0 * share:.0f} %"
