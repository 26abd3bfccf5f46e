"""The page of hunts: how long each searcher takes, how surely it gets there, and whether its first region is right."""

# ruff: noqa: RUF001 - the page is typeset: true multiplication signs and dashes
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import beta

from upwind.exercise.hunt import LONGEST_S

__all__ = ["graded_text", "page", "ratio_of"]

Row = dict[str, Any]

_OURS = "legs"
_WORDS = {
    "usual": "usual: methane, 1–5 kg/h, any weather",
    "faint": "faint: methane, 0.1–0.5 kg/h, light winds by day",
}
_INTRODUCTION = f"""
A drone hunts for one source 50–300 m away in a square of 400 m, at 5 m/s and 4–8 m above ground. Every ten seconds it
is asked for the region that holds the source with probability 0.9; the hunt ends when that is no larger than a circle
of 10 m **and** the source is in it, or unsuccessfully after {LONGEST_S:.0f} s. Gas, wind and sensor are those of
`upwind.exercise.hunt` (filaments, no plume formula), committed before the searchers; they are the same for all.

Everybody is told: the square, that there is one source, speed, height, the sensor's lag and noise, all readings and the
wind measured on board. Infotaxis was written for this comparison after Vergassola, Villermaux and Shraiman (2007),
doi:10.1038/nature05464, and its space-aware form after Loisy and Eloy (2022), doi:10.1098/rspa.2022.0118
(`benchmarks/skill/infotaxis.py` lists what differs). Its rate of hits (D 9 m²/s, T 1000 s, R 5 s⁻¹, a 0.3 m) was fitted
by maximum likelihood to crossings of plumes on hunts 0–9 of the usual condition. The posterior over cells was tuned on
hunts 0–15, 100, 200 and 201, anew (ADR 0030) on readings of hunts 0–9, again (ADR 0040) on hunts 0–79, flown and read,
and again (ADR 0041) on readings of hunts 60–75; the way along the edges was tried on hunts 48 and 60–72. Of the
planner's constants the number of imagined outcomes was changed once, after hunts 200 and 300, where infotaxis's moves
were quicker; others were changed with ADR 0030, without a hunt.

Hunts from 460 on were not looked at before they were graded here. Hunts 400–459 were graded before ADR 0041: then legs
succeeded on 88 % (53 of 60) in 746 s on average, 0.72 (0.65–0.80) of infotaxis's time and 0.85 (0.76–0.95) of what its
moves took with upwind's region, and 91 % (49 of 54) of their first small regions were right. Those are other hunts, so
the two sets are compared as shares, never hunt by hunt. No hunt lasts longer than {LONGEST_S:.0f} s: of a second
battery nothing is known.

A ratio below one means that the proposed legs get there sooner: mean times, an unsuccessful hunt counting as its whole
{LONGEST_S:.0f} s, which flatters whoever fails; in brackets 95 % from resampled hunts, both searchers on the same.
Shares have the 95 % interval of Clopper and Pearson.
"""
_HEAD = (
    "| searcher | hunts | success | time, median / mean [s] | legs' mean time over its own "
    "| first small region right | legs or moves | CPU s a hunt |\n|---|---|---|---|---|---|---|---|"
)
_GRADED = """# What graded hunts showed of the regions that proposed legs lead to: docs/adaptive-figures.md.
# Written by `python -m benchmarks.skill.hunts --write`, never by hand.
date = "{date}"
condition = "one source of methane, 1-5 kg/h, simulated by a model of another kind"
within_m = 10            # a circle as large as the region has this radius
stated = {stated}              # hunts in which there was such a region
right = {right}               # in which the first one held the source
level = 0.95             # of the share's interval, Clopper and Pearson
lower = {lower:.3f}
upper = {upper:.3f}
"""
#: Times by which success is counted as well. [s]
_BY_S = (600.0, 900.0, LONGEST_S)
_BELOW = """
*infotaxis* states the region of its own grid; *our region*, where it was flown, means that the moves are its, but the
region is that of upwind's posterior on what it read: the difference to *legs* is then the way flown, nothing else.
*moves* makes each move of the lattice by upwind's posterior and expected gain; *greedy* is *legs* that think one leg
ahead.
"""


def ratio_of(ours: dict[int, float], theirs: dict[int, float], draws: int = 4_000) -> tuple[float, float, float]:
    """Return the ratio of mean times over the hunts that both flew, and its 95 % interval from resampled hunts."""
    both = sorted(ours.keys() & theirs.keys())
    times = np.array([[ours[seed], theirs[seed]] for seed in both])
    drawn = times[np.random.default_rng(0).integers(len(both), size=(draws, len(both)))].mean(axis=1)
    lower, upper = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return float(times[:, 0].mean() / times[:, 1].mean()), float(lower), float(upper)


def page(rows: Sequence[Row], date: str) -> str:
    """Return the page."""
    parts = [
        f"# Hunting\n\nWritten by `python -m benchmarks.skill.hunts --write` on {date}, never by hand.",
        _INTRODUCTION.strip(),
        _worst(rows),
    ]
    for condition, words in _WORDS.items():
        of = [row for row in rows if row["condition"] == condition]
        names = list(dict.fromkeys(row["searcher"] for row in of))
        if of:
            parts.append(f"## {words[0].upper()}{words[1:]}")
            parts.append(_hunts(of))
            parts.append("\n".join([_HEAD, *(_line(of, name) for name in names)]))
            parts.append(_sooner(of, names))
    return "\n\n".join([*parts, _BELOW.strip()]) + "\n"


def graded_text(rows: Sequence[Row], date: str) -> str:
    """Return what `upwind propose` says of its small regions: those of legs in the usual condition."""
    of = [row for row in rows if row["condition"] == "usual" and row["searcher"] == _OURS]
    said = [row["first_right"] for row in of if row["first_right"] is not None]
    lower, upper = _interval(sum(said), len(said))
    return _GRADED.format(date=date, stated=len(said), right=sum(said), lower=lower, upper=upper)


def _interval(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, Clopper and Pearson's."""
    low, high = beta.ppf([0.025, 0.975], [max(count, 1e-9), count + 1.0], [of - count + 1.0, max(of - count, 1e-9)])
    return float(low), float(high)


def _hunts(rows: Sequence[Row]) -> str:
    """Return which hunts were flown, in words."""
    seeds = sorted({row["seed"] for row in rows})
    return f"Hunts {seeds[0]}–{seeds[-1]}."


def _sooner(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Return the table of success by times before the last one."""
    head = ["| searcher |" + "".join(f" by {by:.0f} s |" for by in _BY_S), "|---" * (len(_BY_S) + 1) + "|"]
    lines = []
    for name in names:
        taken = [row["time_s"] or np.inf for row in rows if row["searcher"] == name]
        lines.append(f"| {name} |" + "".join(f" {_share(sum(t <= by for t in taken), len(taken))} |" for by in _BY_S))
    return "\n".join(["An addition: success by earlier times; the last column is what is graded.", "", *head, *lines])


def _times(rows: Sequence[Row], name: str) -> dict[int, float]:
    return {row["seed"]: row["time_s"] or LONGEST_S for row in rows if row["searcher"] == name}


def _share(count: int, of: int) -> str:
    if not of:
        return "–"
    low, high = _interval(count, of)
    return f"{100.0 * count / of:.0f} % ({count} of {of}; {100.0 * low:.0f}–{100.0 * high:.0f} %)"


def _worst(rows: Sequence[Row]) -> str:
    """Return the worst of what was asked for, named."""
    lines = ["## The worst first", ""]
    for condition in _WORDS:
        of = [row for row in rows if row["condition"] == condition and row["searcher"] == _OURS]
        missed = [row["seed"] for row in of if row["time_s"] is None]
        said = [row for row in of if row["first_right"] is not None]
        if of:
            named = f": hunts {', '.join(map(str, missed))}" if missed else ""
            wrong = _share(sum(not row["first_right"] for row in said), len(said))
            lines.append(f"- **{condition}**: legs fail on {_share(len(missed), len(of))}{named}. Asked: 1 %.")
            lines.append(
                f"- **{condition}**: the first small region that legs state does not hold the source: {wrong}."
            )
    return "\n".join(lines)


def _line(rows: Sequence[Row], name: str) -> str:
    of = [row for row in rows if row["searcher"] == name]
    times = _times(rows, name)
    found, every = sum(row["time_s"] is not None for row in of), np.array(list(times.values()))
    said = [row for row in of if row["first_right"] is not None]
    ours = _times(rows, _OURS)
    ratio = "–"
    if name != _OURS and ours.keys() & times.keys():
        middle, lower, upper = ratio_of(ours, times)
        ratio = f"{middle:.2f}× ({lower:.2f}–{upper:.2f})"
    return (
        f"| {name} | {len(of)} | {_share(found, len(of))} | {np.median(every):.0f} / {every.mean():.0f} | {ratio} "
        f"| {_share(sum(row['first_right'] for row in said), len(said))} "
        f"| {np.mean([row['legs'] for row in of]):.0f} | {np.median([row['cpu_s'] for row in of]):.1f} |"
    )
