"""How far reviewers agree with each other, and with the truth of cases that were seeded to measure it.

References
----------
K. L. Gwet, Computing inter-rater reliability and its variance in the presence of high agreement, British Journal of
Mathematical and Statistical Psychology 61 (2008) 29-48, doi:10.1348/000711006X126600 (unverified): AC1 for several
raters, and its variance.
E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the American Statistical
Association 22 (1927) 209-212, doi:10.1080/01621459.1927.10502953 (unverified): the interval of a share.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import NormalDist

from upwind.records import Estimate

__all__ = ["agreement", "share"]

LEVEL = 0.9
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


def agreement(ratings: Sequence[Mapping[str, str]], categories: Sequence[str]) -> Estimate | None:
    r"""Return Gwet's AC1 over cases that people rated; None where no case has two ratings.

    .. math:: AC_1 = \frac{p_a - p_e}{1 - p_e}, \quad p_e = \frac{1}{q - 1} \sum_k \pi_k (1 - \pi_k)

    with :math:`p_a` the share of pairs of ratings of one case that agree, averaged over cases, :math:`q` the number of
    categories and :math:`\pi_k` the mean share of ratings of a case that are category k.

    Parameters
    ----------
    ratings
        A mapping a case, from a person to the category they gave.
    categories
        All that could have been given, two or more.
    """
    counts = [Counter(rated.values()) for rated in ratings if rated]
    totals = [sum(count.values()) for count in counts]
    paired = sum(total > 1 for total in totals)
    if not paired:
        return None
    others = len(categories) - 1
    means = {
        k: sum(count[k] / total for count, total in zip(counts, totals, strict=True)) / len(counts) for k in categories
    }
    agreed = [
        _pairs(count) / (total * (total - 1)) if total > 1 else 0.0 for count, total in zip(counts, totals, strict=True)
    ]
    chance = sum(mean * (1 - mean) for mean in means.values()) / others
    coefficient = (sum(agreed) / paired - chance) / (1 - chance)
    # Gwet's variance: how far each case pulls the coefficient, through agreement and through chance agreement.
    pulls = []
    for count, total, pair in zip(counts, totals, agreed, strict=True):
        direct = len(counts) / paired * (pair - chance * (total > 1)) / (1 - chance)
        through = sum(count[k] / total * (1 - means[k]) for k in categories) / others
        pulls.append(direct - 2 * (1 - coefficient) * (through - chance) / (1 - chance) - coefficient)
    spread = _Z * math.sqrt(sum(pull * pull for pull in pulls) / (len(pulls) * max(len(pulls) - 1, 1)))
    return Estimate(
        median=coefficient,
        lower=max(coefficient - spread, -1.0),
        upper=min(coefficient + spread, 1.0),
        level=LEVEL,
        units="1",
    )


def share(hits: int, tries: int) -> Estimate | None:
    """Return a share with Wilson's interval; None where nothing was tried."""
    if not tries:
        return None
    found, z2 = hits / tries, _Z * _Z / tries
    middle = (found + z2 / 2) / (1 + z2)
    half = _Z * math.sqrt(found * (1 - found) / tries + z2 / (4 * tries)) / (1 + z2)
    return Estimate(median=found, lower=max(middle - half, 0.0), upper=min(middle + half, 1.0), level=LEVEL, units="1")


def _pairs(count: Counter[str]) -> int:
    """Return how many ordered pairs of ratings agree."""
    return sum(number * (number - 1) for number in count.values())
