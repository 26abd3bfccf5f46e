"""Competing hypotheses: which evidence tells them apart, and which one has least against it.

References
----------
R. J. Heuer, Psychology of Intelligence Analysis (1999), chapter 8: evidence that fits every hypothesis has no
diagnostic value; the hypothesis to prefer is the one with least evidence against it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from upwind.review.judgement import Hypothesis

__all__ = ["Weighed", "diagnosticity", "weighed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A hypothesis and how much speaks against it: the diagnosticity of every source inconsistent with it."""

    name: str
    against: float


def diagnosticity(hypotheses: Sequence[Hypothesis]) -> dict[str, float]:
    """Return, for every source that was weighed, the share of the pairs of hypotheses that it tells apart.

    Examples
    --------
    >>> shed = Hypothesis(name="paint shop", consistent=("acetone",), inconsistent=("night work",))
    >>> lab = Hypothesis(name="unexplained", consistent=("acetone", "night work"), inconsistent=())
    >>> diagnosticity([shed, lab])
    {'acetone': 0.0, 'night work': 1.0}
    """
    pairs = list(combinations(hypotheses, 2))
    sources = dict.fromkeys(source for each in hypotheses for source in (*each.consistent, *each.inconsistent))
    return {
        source: sum(_stance(one, source) != _stance(other, source) for one, other in pairs) / max(len(pairs), 1)
        for source in sources
    }


def weighed(hypotheses: Sequence[Hypothesis]) -> list[Weighed]:
    """Return the hypotheses, the one with least against it first."""
    telling = diagnosticity(hypotheses)
    rows = [
        Weighed(name=each.name, against=sum(telling[source] for source in each.inconsistent)) for each in hypotheses
    ]
    return sorted(rows, key=lambda row: row.against)


def _stance(hypothesis: Hypothesis, source: str) -> int:
    """Return 1 where a source fits a hypothesis, -1 where it speaks against it, 0 where neither or both were said."""
    return (source in hypothesis.consistent) - (source in hypothesis.inconsistent)
