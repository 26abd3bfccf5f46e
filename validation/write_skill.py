"""Write docs/skill.md from the ledger: what was asked for beside what was reached, the worst experiment first.

From the top of the checkout, after `python -m validation.skill`::

    python -m validation.write_skill --date 2026-01-31
"""

# ruff: noqa: RUF001 - the page is typeset: true multiplication signs and dashes
from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from validation.cases import Half
from validation.experiments import EXPERIMENTS
from validation.figures import INTERVALS, LEVEL, Figures, Held, figures_of
from validation.ledger import CHECKOUT, LEDGER, Ledger, code_of
from validation.sbc import FAMILIES, p_values
from validation.sbc import LEDGER as SELF_PLAY

from upwind import __version__

__all__ = ["main"]

#: Rejected: so unlikely where 90 % intervals hold 90 % of the time.
REJECTED = 0.05

#: Figures of each experiment and half that was run.
Known = Mapping[tuple[str, Half], Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """One row of what was asked for; `ours` words one experiment's figures."""

    name: str
    experiment: str
    today: str
    least: str
    goal: str
    ours: Callable[[Figures], str]


def main() -> int:
    """Write the page; fail where no row of the ledger is of this code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="of the run, stands on the page")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the locator")
    parser.add_argument("--ledger", type=Path, default=LEDGER, metavar="FILE")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "skill.md", metavar="F.md")
    arguments = parser.parse_args()
    known, commits = _read(Ledger(arguments.ledger), arguments.seed)
    if not known:
        print("no row of the ledger is of this code: run `python -m validation.skill` first", file=sys.stderr)
        return 1
    lines = [
        *_head(arguments, commits),
        *_worst(known),
        *_asked(known),
        *_experiments(known),
        *_car(known),
        *_sampler(),
    ]
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def _read(ledger: Ledger, seed: int) -> tuple[dict[tuple[str, Half], Figures], list[str]]:
    """Return the figures of what this code answered, and at which commits that was."""
    known, commits = {}, set()
    for name, experiment in EXPERIMENTS.items():
        rows = ledger.rows(name, code_of(experiment.origin), seed)
        for half in Half:
            of_half = [row for row in rows if row["half"] == half]
            if of_half:
                known[name, half] = figures_of(of_half, single=experiment.single)
                commits |= {str(row["commit"]) for row in of_half}
    return known, sorted(commits)


def _head(arguments: argparse.Namespace, commits: list[str]) -> list[str]:
    digest = code_of("exercise")
    return [
        "# Skill",
        "",
        f"Written by `python -m validation.write_skill` on {arguments.date}, never by hand, from answers of upwind",
        f"{__version__} at {', '.join(commits)} (code {digest}), seed {arguments.seed}. What was fitted on what, and",
        "where it fails, stands in the [model card](model-card.md).",
        "",
        "**Tuning** cases may have been looked at while the method was made, **held-out** ones not. Intervals are of",
        "90 %; p is the two-sided exact binomial test against that. A source is found when one is reported within",
        "30 m. Where a case has one source, errors and intervals are those of the most probable source wherever it",
        "lies; where it may have several, those of the sources found.",
        "",
    ]


def _worst(known: Known) -> Iterator[str]:
    """Give the worst held-out experiment's lines: where intervals hold least, and where sources are missed most."""
    yield from ("## The worst first", "")
    held_out = {name: one for (name, half), one in known.items() if half == Half.HELD_OUT}
    too_narrow = [(name, i) for name, one in held_out.items() for i in INTERVALS if one.held[i].share < LEVEL]
    tests = [(held_out[name].held[i].p_value, name, i) for name, i in too_narrow]
    if tests:
        p_value, name, interval = min(tests)
        held = held_out[name].held[interval]
        yield f"- Intervals: **{name}**, {interval}: {held.count} of {held.of} hold, p {_p(p_value)}."
    found = [(one.found, name) for name, one in held_out.items() if one.true]
    if found:
        share, name = min(found)
        yield f"- Missed: **{name}**: {_share(share)} of {held_out[name].true} sources found within 30 m."
    free = [(one.phantoms, name) for name, one in held_out.items() if one.source_free]
    if free:
        phantoms, name = max(free)
        yield f"- Phantoms: **{name}**: {phantoms:.2f} a source-free case of {held_out[name].source_free}."
    yield ""


def _asked(known: Known) -> Iterator[str]:
    yield from (
        "## What was asked for",
        "",
        "| measure | today's best | at least | goal | ours, held-out | ours, tuning |",
        "|---|---|---|---|---|---|",
    )
    for one in MEASURES:
        ours = [
            one.ours(known[one.experiment, half]) if (one.experiment, half) in known else "not run"
            for half in (Half.HELD_OUT, Half.TUNING)
        ]
        yield f"| {one.name} | {one.today} | {one.least} | {one.goal} | {' | '.join(ours)} |"
    yield from ("", "Times and memory are in [speed](speed.md).", "")


_HEADS = (
    *("experiment", "half", "cases", "sources", "lost", "number right", "found", "error, median / p90 [m]"),
    *("rate ratio, median", "rate within ×2", "rate holds", "easting", "northing", "region", "region's radius [m]"),
    *("phantoms, source-free", "reported beyond 30 m a case", "CPU [s]"),
)


def _experiments(known: Known) -> Iterator[str]:
    yield from (
        "## Every experiment",
        "",
        f"| {' | '.join(_HEADS)} |",
        "|" + "---|" * len(_HEADS),
    )
    for (name, half), one in known.items():
        cells = (
            *(name, str(half), str(one.cases), str(one.true), str(one.lost), _share(one.number_right)),
            *(_share(one.found), _errors(one), _number(one.rate_median, ".2f"), _share(one.within_2)),
            *(_held(one.held[interval]) for interval in INTERVALS),
            *(_number(one.radius_m, ".1f"), _number(one.phantoms, ".2f"), _number(one.extra, ".2f")),
            _number(one.cpu_s, ".1f"),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield from (f"- **{name}**: {EXPERIMENTS[name].what}." for name in dict.fromkeys(name for name, _ in known))
    yield ""


def _car(known: Known) -> Iterator[str]:
    one = known.get(("drone-round-a-car", Half.HELD_OUT))
    if one is not None:
        yield from (
            "## A drone round a car",
            "",
            "Cheap carbon dioxide sensors that drift, a rate that nobody knows, and people and vehicles at the",
            "take-off point, whose readings within 40 m are left out. This is a case of robustness, not of skill:",
            f"of {one.cases} flights {one.cases - one.lost} report a source, {one.within[30.0] * one.cases:.0f} have",
            f"the most probable one within 30 m of the car, {one.held['region'].count} hold the car in its region.",
            "",
        )


def _sampler() -> Iterator[str]:
    """Give the ranks' tests, where there are any of this code."""
    ledger = Ledger(SELF_PLAY)
    found = {family: ledger.rows(f"sbc-{family}", code_of("exercise"), 0) for family in FAMILIES}
    if not all(found.values()):
        return
    tests = {
        family: {name: p_values(np.array([row["ranks"][name] for row in rows])) for name in rows[0]["ranks"]}
        for family, rows in found.items()
    }
    yield from (
        "## The sampler by itself",
        "",
        "Truths drawn from the prior, readings from the locator's own kernels: the truth's rank among draws of the",
        "posterior must be uniform. Chi-square p / Kolmogorov-Smirnov p:",
        "",
        f"| quantity | {' | '.join(f'{family}, {len(rows)} problems' for family, rows in found.items())} |",
        "|" + "---|" * (1 + len(found)),
    )
    for name in tests[FAMILIES[0]]:
        yield f"| {name} | {' | '.join(' / '.join(map(_p, tests[family][name])) for family in FAMILIES)} |"
    yield ""
    for family in FAMILIES:
        yield from (f"![Ranks over the {family} problems](images/sbc-{family}.svg)", "")


# Words for figures


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.0f} %"


def _number(value: float, form: str) -> str:
    return "–" if math.isnan(value) else format(value, form)


def _errors(one: Figures) -> str:
    return f"{_number(one.median_m, '.1f')} / {_number(one.p90_m, '.1f')}"


def _p(value: float) -> str:
    return f"{value:.2f}" if value >= 0.01 else "< 0.01"  # noqa: PLR2004 - two decimals


def _held(held: Held) -> str:
    return f"{held.count}/{held.of}, p {_p(held.p_value)}" if held.of else "–"


def _all_held(one: Figures) -> str:
    """Return each interval's share that holds, and whether one of them is rejected."""
    known = {name: held for name, held in one.held.items() if held.of}
    said = ", ".join(f"{name} {_held(held)}" for name, held in known.items())
    rejected = [name for name, held in known.items() if held.p_value < REJECTED]
    return f"{said}: {'rejected for ' + ' and '.join(rejected) if rejected else 'not rejected'}"


def _width(one: Figures) -> str:
    return f"{_number(one.radius_m, '.1f')} m, ×{_number(one.radius_m / one.p90_m, '.2f')} of p90"


def _prairie(one: Figures) -> str:
    shares = f"{_share(one.within_2)}; {_share(one.number_right)}; {_all_held(one)}"
    return f"{shares}; median radius {_width(one)}"


def _errors_and_lost(one: Figures) -> str:
    return f"{_errors(one)} m, {one.lost} lost; {_share(one.within_2)} (n = {one.cases})"


def _drone(one: Figures) -> str:
    return (
        f"{_share(one.number_right)}; {_number(one.phantoms, '.2f')}; {_share(one.found)}; {_all_held(one)}; "
        f"{_number(one.median_m, '.1f')} m (n = {one.judged}); of the {one.seen} of {one.true} sources that a reading "
        f"shows by three sigma: {_share(one.seen_right)}, {_share(one.seen_found)}"
    )


def _field(one: Figures) -> str:
    return f"{_share(one.within[15.0])}, {_share(one.held['region'].share)} (n = {one.cases})"


def _free(one: Figures) -> str:
    return f"{_share(one.passed)} (n = {one.source_free})"


def _beams(one: Figures) -> str:
    return (
        f"{_share(one.within[4.0])} within 4 m, median {_number(one.median_m, '.1f')} m; {_share(one.within_2)}; "
        f"{_all_held(one)}; number right {_share(one.number_right)}"
    )


MEASURES = (
    _Measure(
        name="Prairie Grass, all arcs, box of 2 km off centre: median / p90 position error",
        experiment="prairie-grass",
        today="12.8 / 37 m (crude global search); 6.3 / 26.5 m (local start)",
        least="10 / 30 m",
        goal="6 / 20 m",
        ours=lambda one: f"{_errors(one)} m, {one.lost} lost (n = {one.cases})",
    ),
    _Measure(
        name="the same: rate within ×2; most probable number is 1; intervals hold; median radius ≤ 2 × p90 error",
        experiment="prairie-grass",
        today="–",
        least="90 %; 85 %; not rejected",
        goal="95 %; 95 %; not rejected, also over ≥ 200 simulated releases",
        ours=_prairie,
    ),
    _Measure(
        name="the same, simulated releases over samplers",
        experiment="exercise-samplers",
        today="–",
        least="–",
        goal="not rejected over ≥ 200",
        ours=_prairie,
    ),
    _Measure(
        name="20 samplers: median / p90; rate within ×2",
        experiment="prairie-grass-sparse20",
        today="23 / 44 m and two lost; 14.2 / 44 m (local start)",
        least="18 / 60 m; 80 %",
        goal="12 / 40 m; 90 %",
        ours=_errors_and_lost,
    ),
    _Measure(
        name="beams over a field, single days: most probable source within 15 m, in its region",
        experiment="ginninderra-days",
        today="2.8-4.2 m on two good days",
        least="80 %, 75 %",
        goal="95 %, 90 %",
        ours=_field,
    ),
    _Measure(
        name="the same, pairs of days",
        experiment="ginninderra-pairs",
        today="–",
        least="80 %, 75 %",
        goal="95 %, 90 %",
        ours=_field,
    ),
    _Measure(
        name="the same, release shut: P(n ≥ 1) < 0.2",
        experiment="ginninderra-off",
        today="–",
        least="90 %",
        goal="all",
        ours=_free,
    ),
    _Measure(
        name="beams, one or two sources (simulated: no measured data at hand): within 4 m; rates ×2; number right",
        experiment="exercise-beams",
        today="1.5-2.6 m, ×0.57-1.30 (local start, another site)",
        least="all; all, 3 of 4; all",
        goal="1.5 m; ± 15 %",
        ours=_beams,
    ),
    _Measure(
        name="drone flights, 0-3 sources: number right; phantoms a source-free flight; found within 30 m; intervals "
        "hold; median error",
        experiment="exercise-drone-survey",
        today="0-43 %; –; –; 27-66 %; 3.6-11 m",
        least="70 %; ≤ 0.15; 80 %; 80-97 %; 5 m",
        goal="90 %; ≤ 0.05; 95 %; 88-92 % at n ≥ 200; 3 m",
        ours=_drone,
    ),
    _Measure(
        name="the same over larger boxes, higher, by any pattern, lines up to 70 m apart",
        experiment="exercise-drone",
        today="0-43 %; –; –; 27-66 %; 3.6-11 m",
        least="70 %; ≤ 0.15; 80 %; 80-97 %; 5 m",
        goal="90 %; ≤ 0.05; 95 %; 88-92 % at n ≥ 200; 3 m",
        ours=_drone,
    ),
)


if __name__ == "__main__":
    sys.exit(main())
