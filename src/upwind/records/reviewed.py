"""What waits for people's judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Candidate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A candidate site as its file tells it.

    `feature` is the GeoJSON Feature as it came, with the words of reports that stand beside it in its file.
    `probability` is that of an emitting site; `unexplained` that no benign source explains its compounds, None where
    that was not computed, and `abstained` that the data cannot tell, so that it is hardly more than was assumed before;
    `people` how many would be in harm's way, None where that was not. `seen` is when it was last
    measured, None where the file does not say. `marking` is "" where there is none.
    """

    id: str
    longitude: float
    latitude: float
    probability: float
    compounds: tuple[str, ...]
    unexplained: float | None
    abstained: bool
    people: float | None
    seen: datetime | None
    marking: str
    feature: Mapping[str, Any]
