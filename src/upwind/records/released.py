"""What may leave, to whom, and until when: agreements with partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

__all__ = ["Agreement"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What was agreed with one partner.

    `start` to `end` it is in force. `end_use_check` is the day of the last check of end use and human rights, good for
    `end_use_days`. `allow` lists the properties of a site that may leave. `cell_m` is the side of the cell to which a
    place is coarsened [m], None for the place itself. `threshold` judgements by different people confirm a site, and
    `signatures` officers sign. `deconfliction` says who must be asked whether the place is already worked on; "" where
    the agreement names nobody. `digest` is the SHA-256 of the file as it was given.
    The partner has `urgency_days` for each step; after as many again `focal_point` is turned to, an office, no person.
    """

    partner: str
    start: datetime
    end: datetime
    legal_basis: str
    end_use_check: date
    end_use_days: int
    allow: tuple[str, ...]
    cell_m: float | None
    marking: str
    languages: tuple[str, ...]
    threshold: int
    signatures: int
    deconfliction: str
    digest: str
    urgency_days: int = 30
    focal_point: str = ""
