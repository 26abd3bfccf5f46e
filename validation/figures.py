"""Rows of a ledger to figures: errors, shares, and exact tests of the intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest

__all__ = ["INTERVALS", "LEVEL", "Figures", "Held", "figures_of"]

Row = dict[str, Any]

LEVEL = 0.9
INTERVALS = ("rate", "easting", "northing", "region")
#: A rate is right within this factor; a source-free case is passed over when it is less likely than this to have one.
FACTOR, DOUBT = 2.0, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many of `of` intervals held the truth, and the two-sided exact binomial test against their level."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """Return the share that held."""
        return self.count / self.of if self.of else float("nan")

    @property
    def p_value(self) -> float:
        """Return the chance of so many or fewer (or as odd) where each holds with the level."""
        return float(binomtest(self.count, self.of, LEVEL).pvalue) if self.of else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one experiment and half; NaN where nothing speaks of one.

    `lost`: cases with a source and none reported; `found`: share of true sources with one reported within 30 m;
    `seen`: true sources that some reading could show, with their own shares `seen_found` and, for the most probable
    number, `seen_right` (between the seen and the true ones); `passed`: share of source-free cases with
    P(n >= 1) < 0.2; `phantoms`: a source-free case; `extra`: reported beyond 30 m, a case with sources; `within` maps
    metres to the share of true sources that have a judged one within so many. Errors, rates, `held` and `radius_m` are
    over the judged sources (see `cases.Experiment.single`).
    """

    cases: int
    true: int
    judged: int
    lost: int
    number_right: float
    found: float
    seen: int
    seen_right: float
    seen_found: float
    source_free: int
    passed: float
    phantoms: float
    extra: float
    median_m: float
    p90_m: float
    within: dict[float, float]
    within_2: float
    rate_median: float
    held: dict[str, Held]
    radius_m: float
    cpu_s: float


def figures_of(rows: Sequence[Row], *, single: bool) -> Figures:
    """Return the figures of an experiment's rows; `single` as the experiment says."""
    judged = [row["best"] for row in rows if row["best"]] if single else [m for row in rows for m in row["matches"]]
    errors = np.array([one["error_m"] for one in judged])
    ratios = np.array([one["rate_ratio"] for one in judged if one["rate_ratio"] is not None])
    free = [row for row in rows if row["true"] == 0]
    true, seen = sum(row["true"] for row in rows), sum(row["seen"] for row in rows)
    return Figures(
        cases=len(rows),
        true=true,
        judged=len(judged),
        lost=sum(row["true"] > 0 and row["reported"] == 0 for row in rows),
        number_right=_share(_most_probable(row) == row["true"] for row in rows),
        found=sum(len(row["matches"]) for row in rows) / true if true else float("nan"),
        seen=seen,
        seen_right=_share(row["seen"] <= _most_probable(row) <= row["true"] for row in rows),
        seen_found=sum(one["seen"] for row in rows for one in row["matches"]) / seen if seen else float("nan"),
        source_free=len(free),
        passed=_share(_some(row) < DOUBT for row in free),
        phantoms=_share(row["reported"] for row in free),
        extra=_share(row["reported"] - len(row["matches"]) for row in rows if row["true"]),
        median_m=_percentile(errors, 50),
        p90_m=_percentile(errors, 90),
        within={m: float((errors <= m).sum()) / true if true else float("nan") for m in (4.0, 15.0, 30.0)},
        within_2=_share(1.0 / FACTOR <= ratio <= FACTOR for ratio in ratios),
        rate_median=_percentile(ratios, 50),
        held={name: _held(judged, f"{name}_held") for name in INTERVALS},
        radius_m=_percentile(np.array([one["radius_m"] for one in judged]), 50),
        cpu_s=_percentile(np.array([row["cpu_s"] for row in rows]), 50),
    )


def _held(judged: Sequence[Row], name: str) -> Held:
    known = [one[name] for one in judged if one[name] is not None]
    return Held(count=sum(known), of=len(known))


def _most_probable(row: Row) -> int:
    """Return the most probable number of sources; where nothing was fitted, what was reported: none."""
    return int(max(row["numbers"], key=lambda pair: float(pair[1]), default=(row["reported"], 1.0))[0])


def _some(row: Row) -> float:
    """Return the probability of one source or more."""
    return sum(float(probability) for number, probability in row["numbers"] if number > 0)


def _share(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else float("nan")


def _percentile(values: np.ndarray[Any, np.dtype[np.float64]], percent: float) -> float:
    return float(np.percentile(values, percent)) if values.size else float("nan")
