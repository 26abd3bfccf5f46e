"""Every figure of the table of compounds with its unit, its source, and whether it was verified.

`scripts/make_compounds.py` rebuilds `figures.csv`. Nothing here is shown without saying so where it is unverified:
`Figure.words` does it.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from upwind.compounds import Compound, find

__all__ = ["Figure", "figure", "figures", "pid_factor", "vapour_pressure_pa"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: `quantity` says of what, `minutes` for how long a limit holds (None where time has no part)."""

    quantity: str
    minutes: float | None
    value: float
    unit: str
    source: str
    is_verified: bool

    @property
    def words(self) -> str:
        """The figure as it is shown: value, unit, time, source, and "unverified" where it is."""
        over = "" if self.minutes is None else f" over {self.minutes:g} min"
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.value:g}{unit}{over} ({'' if self.is_verified else 'unverified; '}{self.source})"


def figures(compound: Compound) -> tuple[Figure, ...]:
    """Return every figure of a compound."""
    return _table().get(compound.cas, ())


def figure(compound: Compound, quantity: str, minutes: float | None = None) -> Figure | None:
    """Return one figure; None where the table has none, which is an unknown and never a zero."""
    found = (each for each in figures(compound) if each.quantity == quantity and each.minutes == minutes)
    return next(found, None)


def vapour_pressure_pa(compound: Compound, temperature_k: float) -> float:
    """Return the saturation vapour pressure, log10 p = a - b / (T + c); NaN outside the range of the fit. [Pa]

    Examples
    --------
    >>> from upwind.compounds import find
    >>> round(vapour_pressure_pa(find("acetone"), 298.15) / 1000)
    31
    """
    values = {each.quantity: each.value for each in figures(compound) if each.quantity.startswith("vapour_pressure")}
    lowest, highest = values.get("vapour_pressure_from", math.inf), values.get("vapour_pressure_to", -math.inf)
    if not lowest <= temperature_k <= highest:
        return math.nan
    a, b, c = (values[f"vapour_pressure_{name}"] for name in "abc")
    return float(10.0 ** (a - b / (temperature_k + c)))


def pid_factor(name: str) -> float:
    """Return the true amount per unit of what a PID (10.6 eV, set to isobutylene) reads of a compound; NaN: not known.

    The factors are entered by hand and unverified.

    Examples
    --------
    >>> pid_factor("acetone")
    1.1
    """
    compound = find(name)
    found = None if compound is None else figure(compound, "pid_factor_10.6_eV")
    return math.nan if found is None else found.value


@cache
def _table() -> Mapping[str, tuple[Figure, ...]]:
    text = resources.files("upwind.compounds").joinpath("figures.csv").read_text(encoding="utf-8")
    table: dict[str, list[Figure]] = defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        table[row["cas"]].append(
            Figure(
                quantity=row["quantity"],
                minutes=float(row["minutes"]) if row["minutes"] else None,
                value=float(row["value"]),
                unit=row["unit"],
                source=row["source"],
                is_verified=row["verified"] == "yes",
            )
        )
    return {cas: tuple(rows) for cas, rows in table.items()}
