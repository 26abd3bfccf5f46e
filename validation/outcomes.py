"""What is said of outcomes, against planted truths: the effect of releases, and whether a place is gone.

From the top of the checkout: ``python -m validation.outcomes --date 2026-01-31``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from validation.ledger import CHECKOUT, commit

from upwind import __version__
from upwind.exercise.regions import DUTY, ON_H, HiddenSite, TrueSource
from upwind.outcomes.effect import Month, effect
from upwind.outcomes.refly import SURE, Verdict, refly
from upwind.sites.emission import Habits, Pass, going_on

SITES, MONTHS, PASSES = 24, 12, 4
#: Each site's months hang together: this much of a month's deviation stays in the next, and so large it is.
STAYS, DEVIATES = 0.6, 0.05
EFFECTS = (0.0, -0.2, -0.35)
DAY_S = 86_400.0
#: A pass names the place of a site that is not there so often, and so much likelier a find is with a site than without.
PASSING, FOUND = 0.0003, 3000.0


def panel(rng: np.random.Generator, planted: float) -> list[Month]:
    """Return a stepped wedge: sites released one after the other, half of them never, an effect planted."""
    own, shared = rng.uniform(0.55, 0.75, SITES), rng.uniform(-0.05, 0.15, MONTHS)
    starts = [int(rng.integers(3, 10)) if number % 2 else MONTHS for number in range(SITES)]
    found = []
    for site in range(SITES):
        strayed = DEVIATES / np.sqrt(1.0 - STAYS**2) * rng.standard_normal()
        for month in range(MONTHS):
            strayed = STAYS * strayed + DEVIATES * rng.standard_normal()
            is_released = month >= starts[site]
            share = np.clip(own[site] + shared[month] + strayed + planted * is_released, 0.0, 1.0)
            seen = float(rng.binomial(PASSES, share)) / PASSES
            found.append(Month(site=f"s{site:02d}", month=f"m{month:02d}", seen=seen, is_released=is_released))
    return found


def covered(planted: float, runs: int, seed: int) -> tuple[float, float, float]:
    """Return the share of intervals that hold a planted effect, their mean width, and the mean error."""
    rng = np.random.default_rng(seed)
    answers = [effect(panel(rng, planted)) for _ in range(runs)]
    told = [answer for answer in answers if answer is not None]
    held = np.mean([answer.lower <= planted <= answer.upper for answer in told])
    width = np.mean([answer.upper - answer.lower for answer in told])
    return float(held), float(width), float(np.mean([answer.median - planted for answer in told]))


def site_of(rng: np.random.Generator, days: float) -> HiddenSite:
    """Return a site that goes on and off as the exercise's do."""
    duty, on_h = float(rng.uniform(*DUTY)), float(rng.uniform(*ON_H))
    is_on = first_on = bool(rng.uniform() < duty)
    spells, means = [0.0], (on_h * (1.0 - duty) / duty, on_h)
    while spells[-1] < days * DAY_S:
        spells.append(spells[-1] + 3_600.0 * float(rng.exponential(means[is_on])))
        is_on = not is_on
    source = TrueSource(easting_m=0.0, northing_m=0.0, height_m=3.0, rate_kg_h=0.3)
    return HiddenSite(source=source, duty=duty, first_on=first_on, switches=np.array(spells[1:]))


def flown(rng: np.random.Generator, *, is_gone: bool, after: int) -> tuple[float, Verdict]:
    """Return the probability that a place is gone after so many passes, and the verdict; it was seen before."""
    while True:
        site, acted = site_of(rng, 60.0), 20.0
        days = np.sort(np.concatenate([rng.uniform(0.0, acted, 5), rng.uniform(acted, 50.0, after)]))
        chances = rng.uniform(0.2, 0.95, days.size)
        emits = np.array([site.emits(day * DAY_S) and not (is_gone and day > acted) for day in days])
        seen = np.where(emits, rng.uniform(size=days.size) < chances, rng.uniform(size=days.size) < PASSING)
        if seen[:5].any():
            break
    passes = [
        Pass(hour=float(day) * 24.0, ratio=FOUND if saw else 1.0 - float(chance))
        for day, chance, saw in zip(days, chances, seen, strict=True)
    ]
    said = refly(going_on(passes[:5], passes[5:], Habits()))
    return said.gone.median, said.verdict


def calibrated(runs: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_], list[Verdict]]:
    """Return what was said, whether the place was gone (by lot), and the verdicts."""
    rng = np.random.default_rng(seed)
    said, truth, verdicts = [], [], []
    for _ in range(runs):
        is_gone = bool(rng.uniform() < 0.5)  # noqa: PLR2004 - a coin
        probability, verdict = flown(rng, is_gone=is_gone, after=int(rng.integers(1, 16)))
        said.append(probability)
        truth.append(is_gone)
        verdicts.append(verdict)
    return np.array(said), np.array(truth), verdicts


def page(arguments: argparse.Namespace) -> list[str]:
    """Return the page of figures."""
    rows = [(planted, *covered(planted, arguments.runs, arguments.seed)) for planted in EFFECTS]
    said, truth, verdicts = calibrated(arguments.places, arguments.seed)
    return [
        "# Figures of outcomes",
        "",
        f"Written by `python -m validation.outcomes` on {arguments.date}, upwind {__version__} at {commit()}, never by",
        "hand.",
        "",
        "## The effect of releases",
        "",
        f"{arguments.runs:,} simulated programmes each: {SITES} sites over {MONTHS} months, half of them released one",
        f"after the other, {PASSES} passes a month, levels that differ by site and month, and deviations that last.",
        "Intervals are to hold what was planted 90 % of the time.",
        "",
        "| planted | intervals that hold it | mean width | mean error |",
        "|---|---|---|---|",
        *(f"| {planted:+.2f} | {held:.1%} | {width:.2f} | {error:+.3f} |" for planted, held, width, error in rows),
        "",
        "## Gone or still there",
        "",
        f"{arguments.places:,} places that emit as the exercise's do, seen before they were acted on; half of them, by",
        "lot, emit no more. 1 to 15 passes after, each with its own chance to show an emission.",
        "",
        "| P(gone) said | places | gone in truth |",
        "|---|---|---|",
        *_bins(said, truth),
        "",
        "| verdict | places | right |",
        "|---|---|---|",
        *_verdicts(verdicts, truth),
        "",
        f"A verdict is given at a probability of {SURE:.0%}.",
    ]


def _bins(said: NDArray[np.float64], truth: NDArray[np.bool_]) -> list[str]:
    edges = (0.0, 0.05, 0.5, 0.7, 0.85, 0.95, 1.0001)
    rows = []
    for low, high in pairwise(edges):
        inside = (said >= low) & (said < high)
        if inside.any():
            rows.append(f"| {low:.2f} to {min(high, 1.0):.2f} | {inside.sum():,} | {truth[inside].mean():.1%} |")
    return rows


def _verdicts(verdicts: Sequence[Verdict], truth: NDArray[np.bool_]) -> list[str]:
    rows = []
    for verdict in Verdict:
        own = np.array([one is verdict for one in verdicts])
        right = {Verdict.GONE: truth, Verdict.STILL_THERE: ~truth}.get(verdict)
        share = f"{right[own].mean():.1%}" if right is not None and own.any() else ""
        rows.append(f"| {verdict} | {own.sum():,} | {share} |")
    return rows


def main() -> int:
    """Simulate, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="of the simulation, stands on the page")
    parser.add_argument("--runs", type=int, default=1_000, metavar="N")
    parser.add_argument("--places", type=int, default=4_000, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "outcome-figures.md", metavar="F.md")
    arguments = parser.parse_args()
    lines = page(arguments)
    print("\n".join(lines))
    arguments.out.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
