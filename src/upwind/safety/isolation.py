"""First distances that the Emergency Response Guidebook 2024 publishes, for the compounds that it lists.

Those of its table 1 (small spills of what is poisonous to breathe) were taken from a third party's transcript, those of
liquids are the first line of its guide pages: all are unverified, and shown so.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

from upwind.compounds import Compound
from upwind.records import Isolation

__all__ = ["UNIDENTIFIED_M", "isolation_of"]

#: Guide 111, for what nobody has identified. [m]
UNIDENTIFIED_M = 100.0
_SOURCE = "Emergency Response Guidebook 2024, {where}; unverified"


def isolation_of(compound: Compound) -> Isolation | None:
    """Return the published distances for a compound; None where the table has none."""
    row = _table().get(compound.cas)
    if row is None:
        return None
    return Isolation(
        compound=compound.name,
        un=row["un"],
        guide=row["guide"],
        isolation_m=float(row["isolation_m"]),
        day_m=float(row["day_m"]) if row["day_m"] else None,
        night_m=float(row["night_m"]) if row["night_m"] else None,
        source=_SOURCE.format(where=row["where"]),
    )


@cache
def _table() -> dict[str, dict[str, str]]:
    text = resources.files("upwind.safety").joinpath("isolation.csv").read_text(encoding="utf-8")
    return {row["cas"]: row for row in csv.DictReader(text.splitlines())}
