"""The docket's order: what a case is worth looking at, as a product of factors that each say why.

Worth = probability x severity x people at risk x freshness. The weights are the operator's policy, not physics; the
ranking says which one made a case stand where it stands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from upwind.compounds import find
from upwind.records import Candidate

__all__ = ["Factor", "Policy", "Worth", "order", "worth"]

_DAY_S = 86_400.0
_LISTED_TOGETHER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How much each thing counts.

    `half_life_days` is how long it takes until evidence is worth half: hidden works move. The three severities stand
    for two or more listed compounds together, for one, and for none, where nobody computed how well benign sources
    explain them.
    """

    half_life_days: float = 14.0
    severity_of_several: float = 1.0
    severity_of_one: float = 0.5
    severity_of_none: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One factor of a case's worth: its name, its value, and why it is so: a kind of reason, and what belongs in it."""

    name: str
    value: float
    why: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a case is worth looking at, and the factors whose product it is, the one that lowers it most first."""

    value: float
    factors: tuple[Factor, ...]


def worth(candidate: Candidate, seen: datetime, now: datetime, policy: Policy | None = None) -> Worth:
    """Return a candidate's worth and why.

    Parameters
    ----------
    seen
        When it was last measured, or where nobody knows, when it came.
    """
    policy = policy or Policy()
    age_days = max((now - seen).total_seconds(), 0.0) / _DAY_S
    factors = (
        Factor(name="probability", value=candidate.probability, why="site"),
        _severity(candidate, policy),
        _people(candidate),
        Factor(
            name="freshness",
            value=0.5 ** (age_days / policy.half_life_days),
            why="age",
            said={"days": round(age_days), "half": policy.half_life_days},
        ),
    )
    value = math.prod(factor.value for factor in factors)
    return Worth(value=value, factors=tuple(sorted(factors, key=lambda factor: factor.value)))


def order(candidate: Candidate, seen: datetime, policy: Policy | None = None) -> float:
    """Return the number by which cases sort, greater first.

    All cases age alike, so that the order by worth is the same at any time: log2 of the worth at a fixed moment.
    """
    policy = policy or Policy()
    lasting = candidate.probability * _severity(candidate, policy).value * _people(candidate).value
    return math.log2(max(lasting, 1e-12)) + seen.timestamp() / _DAY_S / policy.half_life_days


def _severity(candidate: Candidate, policy: Policy) -> Factor:
    if candidate.unexplained is not None:
        why, said = "assumed" if candidate.abstained else "unexplained", {"share": candidate.unexplained}
        return Factor(name="severity", value=max(candidate.unexplained, 0.01), why=why, said=said)
    listed = [name for name in candidate.compounds if (known := find(name)) is not None and known.un_1988]
    if len(listed) >= _LISTED_TOGETHER:
        value = policy.severity_of_several
    else:
        value = policy.severity_of_one if listed else policy.severity_of_none
    return Factor(name="severity", value=value, why="listed" if listed else "none listed", said={"compounds": listed})


def _people(candidate: Candidate) -> Factor:
    if candidate.people is None:
        return Factor(name="people", value=1.0, why="nobody counted")
    value = 1.0 + math.log10(1.0 + candidate.people)
    return Factor(name="people", value=value, why="people", said={"people": round(candidate.people)})
