"""Entries, as audits make them of presences."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from upwind.flights.permission.covering import Presence
from upwind.records import Entry, Verdict


def entry_of(presence: Presence) -> Entry:
    """Return the entry that a presence is of."""
    low, high = float(presence.lowest.min()), float(presence.highest.max())
    return Entry(
        state=presence.state,
        kind=presence.kind,
        name="",
        flight="",
        platform=presence.platform,
        track="a.csv",
        start=datetime.fromtimestamp(presence.start, UTC),
        end=datetime.fromtimestamp(presence.end, UTC),
        points=presence.time.size,
        verdict=Verdict.INSIDE,
        disputed=False,
        suspect=False,
        lowest_m=low if np.isfinite(low) else None,
        highest_m=high if np.isfinite(high) else None,
        authorised_by=(),
        why_not="",
    )
