"""Write the molar masses of the table of compounds, from their formulas.

Atomic weights: T. Prohaska et al., Standard atomic weights of the elements 2021 (IUPAC Technical Report), Pure Appl.
Chem. 94 (2022) 573-600, doi 10.1515/pac-2019-0603, the conventional or abridged values.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

TABLE = Path(__file__).parent.parent / "src" / "upwind" / "compounds" / "compounds.csv"

ATOMIC_WEIGHTS = {
    "H": 1.008,
    "He": 4.0026,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "F": 18.998,
    "Si": 28.085,
    "P": 30.974,
    "S": 32.06,
    "Cl": 35.45,
    "Ar": 39.95,
    "Br": 79.904,
    "I": 126.90,
}


def molar_mass_g_mol(formula: str) -> float:
    """Return the molar mass of a formula without brackets, to a milligram a mole."""
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", formula)
    if "".join(symbol + count for symbol, count in atoms) != formula:
        msg = f"{formula} is no plain formula"
        raise ValueError(msg)
    return round(sum(ATOMIC_WEIGHTS[symbol] * int(count or 1) for symbol, count in atoms), 3)


def main() -> None:
    """Write the table anew, one column more or the same."""
    with TABLE.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row["molar_mass_g_mol"] = f"{molar_mass_g_mol(row['formula']):.3f}"
    with TABLE.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
