"""How long things take, when some have not happened yet: the estimate of Kaplan and Meier.

References
----------
E. L. Kaplan, P. Meier, Nonparametric estimation from incomplete observations, Journal of the American Statistical
Association 53 (1958) 457-481, doi:10.1080/01621459.1958.10501452 (unverified).
R. Brookmeyer, J. Crowley, A confidence interval for the median survival time, Biometrics 38 (1982) 29-41,
doi:10.2307/2530286 (unverified): here on the log-minus-log scale.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

__all__ = ["Span", "Waited", "median_wait"]

LEVEL = 0.9
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How long something took [h], or, where `is_over` is False, how long it has been waited for."""

    hours: float
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The median time and its 90 % interval [h]; infinite where so much has not happened yet. `number` were waited for.

    `happened` of them happened.
    """

    median: float
    lower: float
    upper: float
    number: int
    happened: int


def median_wait(waits: Sequence[Waited]) -> Span:
    """Return the median of how long something takes, over those that it happened to and those that it did not yet."""
    steps = _survival(waits)
    return Span(
        median=_first(steps, lambda share, _: share <= _HALF),
        lower=_first(steps, lambda share, width: _bound(share, -width) <= _HALF),
        upper=_first(steps, lambda share, width: _bound(share, width) <= _HALF),
        number=len(waits),
        happened=sum(wait.is_over for wait in waits),
    )


def _survival(waits: Sequence[Waited]) -> list[tuple[float, float, float]]:
    """Return, at each time at which something happened, the share that still waits and Greenwood's sum.

    S(t) is the product of (1 - d/n), the sum is that of d / (n (n - d)); d happen at a time, n waited until it.
    """
    steps, share, spread = [], 1.0, 0.0
    for hours in sorted({wait.hours for wait in waits if wait.is_over}):
        waiting = sum(wait.hours >= hours for wait in waits)
        happened = sum(wait.is_over and wait.hours == hours for wait in waits)
        share *= 1.0 - happened / waiting
        spread += happened / (waiting * (waiting - happened)) if waiting > happened else math.inf
        steps.append((hours, share, spread))
    return steps


def _bound(share: float, width: float) -> float:
    """Return the share's bound on the log-minus-log scale, `width` standard errors away."""
    return share ** math.exp(-width) if 0.0 < share < 1.0 else share


def _first(steps: Sequence[tuple[float, float, float]], reached: Callable[[float, float], bool]) -> float:
    """Return the first time at which a share counts as half."""
    for hours, share, spread in steps:
        width = _Z * math.sqrt(spread) / abs(math.log(share)) if 0.0 < share < 1.0 else 0.0
        if reached(share, width):
            return hours
    return math.inf
