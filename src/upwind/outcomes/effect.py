"""Whether sites emit less after their release: a stepped-wedge estimate over sites and months.

Sites are released one after the other, so that each month some are and others are not yet. With y the share of a site's
passes in a month that saw it emit, and D whether it was released before::

    y_it = a_i + b_t + tau D_it + error

a is each site's own level, b what all sites of a month share (season, sensors), tau the effect. It is fitted by least
squares; the interval is that of the jackknife over sites, with Student's t, since the months of one site hang together.

What this cannot know: sites are not released by lot. Who is released when they emit most falls back by himself.

References
----------
M. A. Hussey, J. P. Hughes, Design and analysis of stepped wedge cluster randomized trials, Contemporary Clinical Trials
28 (2007) 182-191, doi:10.1016/j.cct.2006.05.007 (unverified).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from upwind.arrays import FloatArray
from upwind.records import Estimate

__all__ = ["FEWEST_SITES", "Month", "effect"]

LEVEL = 0.9
#: With fewer sites on either side there is not enough data.
FEWEST_SITES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One site in one month: the share of its passes that saw it emit, and whether it was released before."""

    site: str
    month: str
    seen: float
    is_released: bool


def effect(months: Sequence[Month]) -> Estimate | None:
    """Return the change of the share of passes that see emission, after a release.

    Returns
    -------
    Estimate | None
        From -1 to 1; None where fewer than `FEWEST_SITES` were released and flown over both before and after, or
        nothing tells the release from the month. [1]
    """
    sites = sorted({one.site for one in months})
    both = [name for name in sites if {one.is_released for one in months if one.site == name} == {False, True}]
    if len(both) < FEWEST_SITES:
        return None
    table = _table(months, sites)
    middle = _fitted(table, np.ones(len(months), dtype=bool))
    without = np.array([_fitted(table, table[:, 0] != number) for number in range(len(sites))])
    if not math.isfinite(middle) or not np.isfinite(without).all():
        return None
    number = len(sites)
    error = math.sqrt((number - 1.0) / number * float(np.sum((without - without.mean()) ** 2)))
    wide = _student(0.5 + LEVEL / 2.0, number - 1) * error
    return Estimate(median=middle, lower=middle - wide, upper=middle + wide, level=LEVEL, units="1")


def _table(months: Sequence[Month], sites: Sequence[str]) -> FloatArray:
    """Return site, month, D and y as numbers, (row, 4)."""
    names = sorted({one.month for one in months})
    rows = [(sites.index(one.site), names.index(one.month), float(one.is_released), one.seen) for one in months]
    return np.array(rows, dtype=np.float64)


def _fitted(table: FloatArray, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """Return tau of the rows that are kept; NaN where sites and months leave nothing of D."""
    site, month, released, seen = table[kept].T
    own = (site[:, None] == np.unique(site)).astype(np.float64)
    shared = (month[:, None] == np.unique(month)[1:]).astype(np.float64)
    known = np.hstack([own, shared])
    left = released - known @ np.linalg.lstsq(known, released, rcond=None)[0]
    power = float(left @ left)
    return float(left @ seen) / power if power > 1e-9 * len(seen) else math.nan


def _student(share: float, freedom: int) -> float:
    """Return Student's quantile by the expansion in 1/freedom (Abramowitz and Stegun, 26.7.5)."""
    z = NormalDist().inv_cdf(share)
    first = (z**3 + z) / 4.0
    second = (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
    third = (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0
    return z + first / freedom + second / freedom**2 + third / freedom**3
