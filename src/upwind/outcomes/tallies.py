"""What outcomes teach of reports: how often a kind of report was made of places with a site, and of places without.

Any source that was found counts as a site, a benign one as well, because a site is a place that emits. What a partner
could not reach, did not look at or knew before teaches nothing. A kind counts once a place, however many reports there
were.

What this cannot know: only places that were released have outcomes, and a report helped some of them there. Where that
helped places without a site more than others, the ratio comes out too low, and never too high.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from upwind.outcomes.answers import Outcome
from upwind.sites.ratios import Ratio, Tally, learned

__all__ = ["Taught", "as_toml", "tallies", "taught"]

_SITES = frozenset(
    {
        Outcome.DISMANTLED,
        Outcome.MATERIAL_SEIZED,
        Outcome.DISMANTLED_AND_SEIZED,
        Outcome.ABANDONED,
        Outcome.BENIGN,
    }
)
_NONE = frozenset({Outcome.NOTHING_FOUND, Outcome.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One place with an outcome, and the kinds of report that counted there."""

    outcome: Outcome
    kinds: frozenset[str]


def tallies(places: Sequence[Taught], kinds: Iterable[str]) -> dict[str, Tally]:
    """Return the counts of each kind, over the same places."""
    sites = [one.kinds for one in places if one.outcome in _SITES]
    none = [one.kinds for one in places if one.outcome in _NONE]
    return {
        kind: Tally(
            sites=len(sites),
            sites_with=sum(kind in told for told in sites),
            none=len(none),
            none_with=sum(kind in told for told in none),
        )
        for kind in kinds
    }


def taught(before: Mapping[str, Ratio], places: Sequence[Taught]) -> dict[str, tuple[Ratio, Tally]]:
    """Return each kind's ratio after outcomes, and the counts that it was learned from."""
    counted = tallies(places, before)
    return {kind: (learned(ratio, counted[kind]), counted[kind]) for kind, ratio in before.items()}


def as_toml(found: Mapping[str, tuple[Ratio, Tally]]) -> str:
    """Return ratios as the file that a mission's `ratios` names."""
    lines = ["# Likelihood ratios of kinds of report after outcomes, written by `upwind report ratios`.", ""]
    for kind, (ratio, tally) in found.items():
        lower, median, upper = ratio.ends()
        lines += [
            f'["{kind}"]',
            f"ratio = {median:.4g}",
            f"lower = {lower:.4g}",
            f"upper = {upper:.4g}",
            f'source = "{ratio.source}"',
            f"# told of {tally.sites_with} of {tally.sites} sites, {tally.none_with} of {tally.none} other places",
            "",
        ]
    return "\n".join(lines)
