"""Leases: for a while, a case is one person's to decide, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

__all__ = ["LENGTH", "Lease", "extended", "granted", "is_held"]

#: How long a lease lasts without a heartbeat: long enough to read a case, short enough to come back from lunch to.
LENGTH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who has a case, for which round and stage of its review, and until when."""

    case: str
    person: str
    round: int
    stage: int
    until: datetime


def granted(case: str, person: str, round_and_stage: tuple[int, int], now: datetime) -> Lease:
    """Return a new lease."""
    number, stage = round_and_stage
    return Lease(case=case, person=person, round=number, stage=stage, until=now + LENGTH)


def extended(lease: Lease, now: datetime) -> Lease:
    """Return the lease as a heartbeat leaves it."""
    return replace(lease, until=now + LENGTH)


def is_held(lease: Lease, now: datetime) -> bool:
    """Return whether a lease still counts.

    One that ends later than any could be granted now comes from a clock that ran ahead and was set back: it counts no
    longer, or nobody could take the case before the clock is there again.
    """
    return now < lease.until <= now + LENGTH
