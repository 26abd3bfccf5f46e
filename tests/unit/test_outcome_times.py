"""How long things take: published survival times, exact small cases, and intervals that hold."""

from __future__ import annotations

import math
import random

import pytest

from upwind.outcomes.times import LEVEL, Waited, median_wait

#: Weeks in remission of 21 patients under 6-mercaptopurine, + where it lasted on: Freireich et al. 1963, as in table
#: 1.1 of Cox and Oakes 1984. Kaplan and Meier's median is 23 weeks, that of the placebo group 8 weeks.
TREATED = "6 6 6 7 10 13 16 22 23 6+ 9+ 10+ 11+ 17+ 19+ 20+ 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def waits(text: str) -> list[Waited]:
    return [Waited(hours=float(word.rstrip("+")), is_over=not word.endswith("+")) for word in text.split()]


def test_the_published_medians_are_found() -> None:
    assert median_wait(waits(TREATED)).median == 23.0
    assert median_wait(waits(PLACEBO)).median == 8.0
    treated = median_wait(waits(TREATED))
    assert (treated.number, treated.happened) == (21, 9)
    assert treated.lower <= 23.0 <= treated.upper


def test_what_has_not_happened_to_half_has_no_median_yet() -> None:
    span = median_wait(waits("5 9 12+ 20+ 30+ 31+"))
    assert math.isinf(span.median)
    assert math.isinf(span.upper)
    assert math.isinf(median_wait([]).median)


@pytest.mark.parametrize("censored", [0.0, 0.4])
def test_the_interval_holds_the_median(censored: float) -> None:
    chance = random.Random(3)
    truth, held, runs = math.log(2.0) * 10.0, 0, 400
    for _ in range(runs):
        drawn = []
        for _ in range(40):
            hours, end = chance.expovariate(0.1), chance.expovariate(0.1 * censored / (1.0 - censored) + 1e-9)
            drawn.append(Waited(hours=min(hours, end), is_over=hours <= end))
        span = median_wait(drawn)
        held += span.lower <= truth <= span.upper
    assert abs(held / runs - LEVEL) < 0.05
