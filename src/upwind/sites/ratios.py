"""How much a kind of report speaks for a site: likelihood ratios by expert judgement, and what outcomes teach of them.

A ratio is log-normal. Grades of the Admiralty system are never turned into a probability: they shrink what a report
says, log ratio times a share, and what is lost in median is added to the spread, so a poor source widens.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from statistics import NormalDist
from typing import Any

__all__ = ["CREDIBILITY", "RELIABILITY", "Ratio", "Tally", "graded", "kind_of", "learned", "ratios", "read_as"]

#: How much of its weight a report keeps, by its source (A completely reliable to E unreliable; F cannot be judged)
#: and by its content (1 confirmed to 5 improbable; 6 cannot be judged). Expert judgement.
RELIABILITY: Mapping[str, float] = {"A": 1.0, "B": 0.8, "C": 0.6, "D": 0.3, "E": 0.1, "F": 0.4}
CREDIBILITY: Mapping[int, float] = {1: 1.0, 2: 0.8, 3: 0.6, 4: 0.3, 5: 0.1, 6: 0.4}
#: What is no kind of the table.
OTHER = "other"
_HALF_90 = NormalDist().inv_cdf(0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A log-normal likelihood ratio: mean and standard deviation of its logarithm [nats], and who says so."""

    log_mean: float
    log_sd: float
    source: str

    def ends(self) -> tuple[float, float, float]:
        """Return lower end, median and upper end of the ratio (90 %)."""
        lower, median, upper = (math.exp(self.log_mean + side * self.log_sd) for side in (-_HALF_90, 0.0, _HALF_90))
        return lower, median, upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Coded outcomes of cases: of `sites` (and of places that were `none`) so many had a report of the kind."""

    sites: int
    sites_with: int
    none: int
    none_with: int


@cache
def ratios() -> Mapping[str, Ratio]:
    """Return the ratios by expert judgement, by kind."""
    return {kind: read_as(said, "expert judgement") for kind, said in _table().items()}


def read_as(said: Mapping[str, Any], source: str) -> Ratio:
    """Return a ratio of a table: `ratio`, and `lower` and `upper` that hold it with 90 %."""
    low, high = math.log(said["lower"]), math.log(said["upper"])
    return Ratio(log_mean=math.log(said["ratio"]), log_sd=(high - low) / (2.0 * _HALF_90), source=source)


def kind_of(words: str) -> str:
    """Return the kind of the table that a report's own words mean; `other` where they mean none.

    Examples
    --------
    >>> kind_of("Another agency's flight"), kind_of("a dream")
    ('other flight', 'other')
    """
    plain = " ".join(words.casefold().replace("_", " ").replace("-", " ").split())
    return next((kind for kind, said in _table().items() if plain == kind or plain in said["also"]), OTHER)


def graded(ratio: Ratio, reliability: str, credibility: int) -> Ratio:
    """Return what a report of these grades says: less, and less surely."""
    kept = RELIABILITY[reliability] * CREDIBILITY[credibility]
    lost = (1.0 - kept) * abs(ratio.log_mean) / _HALF_90
    return Ratio(log_mean=kept * ratio.log_mean, log_sd=math.hypot(kept * ratio.log_sd, lost), source=ratio.source)


def learned(ratio: Ratio, tally: Tally) -> Ratio:
    """Return the ratio after outcomes: a normal log ratio updated by what was counted (conjugate).

    The counts' log ratio has the variance ``1/a - 1/n + 1/b - 1/m`` (Katz et al. 1978, doi 10.2307/2530610,
    unverified), with half a case added to each count and a whole one to each sum.
    """
    if tally.sites == 0 or tally.none == 0:
        return ratio
    a, n, b, m = tally.sites_with + 0.5, tally.sites + 1.0, tally.none_with + 0.5, tally.none + 1.0
    counted = math.log((a / n) / (b / m))
    precisions = ratio.log_sd**-2, 1.0 / (1.0 / a - 1.0 / n + 1.0 / b - 1.0 / m)
    total = sum(precisions)
    return Ratio(
        log_mean=(precisions[0] * ratio.log_mean + precisions[1] * counted) / total,
        log_sd=total**-0.5,
        source=f"{ratio.source}, and {tally.sites + tally.none} outcomes",
    )


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("upwind.sites").joinpath("ratios.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
