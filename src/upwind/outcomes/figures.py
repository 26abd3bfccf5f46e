"""One figure of a report."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FEWEST", "Figure"]

#: What rests on fewer entries is held back in what leaves the house.
FEWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: its section and name, the group it is of ("" for all), its value, and the query that makes it.

    A time's `value` is its median in hours, `lower` and `upper` its 90 % interval; None where it is not known yet.
    `rests_on` is how many entries it is made of, None where that tells nothing; `detail` is for the house alone.
    """

    section: str
    name: str
    group: str
    value: float | None
    query: str
    lower: float | None = None
    upper: float | None = None
    is_count: bool = True
    rests_on: int | None = None
    detail: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others of a report."""
        return self.section, self.name, self.group
