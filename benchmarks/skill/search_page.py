"""The page of searches: finds per flight hour, with the interval that resampled regions give."""

# ruff: noqa: RUF001 - the page is typeset: true multiplication signs and dashes
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["page", "ratio_of"]

Row = dict[str, Any]


def ratio_of(rows: Sequence[Row], draws: int = 4_000) -> tuple[float, float, float]:
    """Return finds per hour as planned over those of even coverage, and its 95 % interval from resampled regions."""
    table = np.array(
        [[row[way][figure] for way in ("planned", "even") for figure in ("found", "hours")] for row in rows]
    )
    rng = np.random.default_rng(0)
    picks = rng.integers(len(rows), size=(draws, len(rows)))
    total = table[picks].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = (total[:, 0] / total[:, 1]) / (total[:, 2] / total[:, 3])
    whole = table.sum(axis=0)
    lower, upper = np.nanpercentile(drawn, [2.5, 97.5])
    return float(whole[0] / whole[1] / (whole[2] / whole[3])), float(lower), float(upper)


def page(rows: Sequence[Row], date: str) -> str:
    """Return the page."""
    platforms = sorted({row["platform"] for row in rows})
    lines = [
        "# Searching",
        "",
        f"Written by `python -m benchmarks.skill.search --write` on {date}, never by hand.",
        "",
        "Finds per flight hour over simulated regions of 10 by 10 km with up to five sites that emit a tenth to six",
        "tenths of the time, as planned and by even coverage across the wind, with the same platform, sensor (1 ppb of",
        "acetone, 1 s), hours and wind: one full flight on each of three days. The planner has a map that is informative",
        "and wrong, and forecasts that err; what is found is decided by filaments of gas in the true wind",
        "(`upwind.exercise.regions`, committed before the planner). Intervals are of 95 %, from resampled regions.",
        "The planner knows the distribution of emission rates and of duty cycles; it does not know where its map errs.",
        "",
        "| platform | regions | sites | finds, planned | finds, even | hours, planned / even | per hour, planned / even "
        "| ratio | asked: at least / goal |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_line(platform, [row for row in rows if row["platform"] == platform]) for platform in platforms),
        "",
        "Even coverage with more hours sees ever more of what emits at all, and the ratio falls to one: the more scarce",
        "the hours, the more a plan is worth.",
        "",
        "| platform | expected by the model, all regions | found | bound over expected, median | planning and simulating,"
        " CPU s a region |",
        "|---|---|---|---|---|",
        *(_model(platform, [row for row in rows if row["platform"] == platform]) for platform in platforms),
        "",
    ]
    return "\n".join(lines)


def _line(platform: str, rows: Sequence[Row]) -> str:
    sites = sum(row["sites"] for row in rows)
    found = {way: sum(row[way]["found"] for row in rows) for way in ("planned", "even")}
    hours = {way: sum(row[way]["hours"] for row in rows) for way in ("planned", "even")}
    ratio, lower, upper = ratio_of(rows)
    return (
        f"| {platform} | {len(rows)} | {sites} | {found['planned']} | {found['even']} "
        f"| {hours['planned']:.0f} / {hours['even']:.0f} "
        f"| {found['planned'] / hours['planned']:.3f} / {found['even'] / hours['even']:.3f} "
        f"| {ratio:.2f}× ({lower:.2f}–{upper:.2f}) | 1.5× / 2.5× |"
    )


def _model(platform: str, rows: Sequence[Row]) -> str:
    expected = sum(row["expected"] for row in rows)
    found = sum(row["planned"]["found"] for row in rows)
    gap = float(np.median([row["bound"] / row["expected"] for row in rows]))
    cpu = float(np.median([row["cpu_s"][0] for row in rows]))
    return f"| {platform} | {expected:.0f} | {found} | {gap:.2f} | {cpu:.1f} |"
