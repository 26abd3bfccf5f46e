"""Make src/upwind/compounds/species.csv: every species that EPA SPECIATE's gas profiles report, and a few others.

From the top of the checkout, where SPECIATE's species table lies in FOLDER::

    python scripts/make_species.py FOLDER

Names, CAS numbers and formulas are facts of SPECIATE 5.2 (US EPA, public domain). Families are told from SMILES by the
rules here; the protonated mass from the formula (IUPAC monoisotopic masses); whether H3O+ gives a proton at all by a
rule of thumb (R. S. Blake et al., Chem. Rev. 109 (2009) 861-896, doi 10.1021/cr800364q, unverified).
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from pathlib import Path

from molar_masses import ATOMIC_WEIGHTS

from upwind import compounds

TABLE = Path(__file__).parent.parent / "src" / "upwind" / "compounds" / "species.csv"

MONOISOTOPIC = {
    "H": 1.00782503, "C": 12.0, "N": 14.00307401, "O": 15.99491462, "F": 18.99840316, "Si": 27.97692653,
    "P": 30.973762, "S": 31.97207117, "Cl": 34.96885268, "Br": 78.9183376, "I": 126.9044719, "Na": 22.98976928,
    "K": 38.9637065, "Hg": 201.970643, "Sn": 119.902202, "B": 11.009305, "Se": 79.916522, "As": 74.921595,
}  # fmt: skip
PROTON = 1.00727647

#: Never told apart by whoever measures them: the second is put with the first.
TOGETHER = {
    "106-42-3": "108-38-3",  # p- with m-xylene
    "106-44-5": "108-39-4",  # p- with m-cresol
    "138-86-3": "5989-27-5",  # limonene with d-limonene
    "7785-26-4": "80-56-8",  # one hand of alpha-pinene
    "7785-70-8": "80-56-8",
}

#: Gases with a public quantitative infrared spectrum that profiles report (NIST SRD 79).
INFRARED = frozenset(
    [
        "71-55-6",
        "75-35-4",
        "95-47-6",
        "106-99-0",
        "108-38-3",
        "106-42-3",
        "71-36-3",
        "78-93-3",
        "67-64-1",
        "75-05-8",
        "107-13-1",
        "67-66-3",
        "75-71-8",
        "75-09-2",
        "141-78-6",
        "140-88-5",
        "100-41-4",
        "637-92-3",
        "75-21-8",
        "67-63-0",
        "74-83-9",
        "1634-04-4",
        "127-18-4",
        "108-05-4",
    ]
)


#: Names in use that SPECIATE spells otherwise.
ALSO = {
    "109-60-4": "n-propyl acetate|propyl acetate|acetato de propilo",
    "76-13-1": "1,1,2-trichlorotrifluoroethane|CFC-113",
    "25265-77-4": "texanol",
    "108-65-6": "propylene glycol methyl ether acetate|PGMEA",
    "629-50-5": "n-tridecane|tridecane",
    "71-55-6": "1,1,1-trichloroethane|methyl chloroform|1,1,1-tricloroetano",
}

COLUMNS = ("cas", "key", "names", "formula", "family", "molar_mass_g_mol", "ion", "infrared")


def main() -> None:
    """Write the table."""
    with gzip.open(Path(sys.argv[1]) / "speciate52_species.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        species = list(csv.DictReader(stream))
    rows: dict[str, dict[str, str]] = {}
    for each in species:
        (first, *_) = re.findall(r"\d{2,7}-\d\d-\d", each["CAS"]) or [_plain(each["SPECIES_NAME"])]
        row = _row(first, _names(each["SPECIES_NAME"]), each["Molecular.Formula"], each["Smiles.Notation"])
        if first in rows:  # the plainer name goes first
            row["names"] = "|".join(dict.fromkeys((rows[first]["names"] + "|" + row["names"]).split("|")))
            row |= {"family": rows[first]["family"]} if len(each["CAS"]) > len(first) else {}
        rows[first] = row
    for compound in compounds.every():
        if compound.cas not in rows and compound.formula:
            rows[compound.cas] = _row(compound.cas, [compound.name], compound.formula, "")
        elif compound.cas in rows:
            rows[compound.cas]["names"] = compound.name + "|" + rows[compound.cas]["names"]
    for cas, names in ALSO.items():
        rows[cas]["names"] = f"{names}|{rows[cas]['names']}"
    with TABLE.open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows[key] for key in sorted(rows))


def _row(cas: str, names: list[str], formula: str, smiles: str) -> dict[str, str]:
    atoms = _atoms(formula)
    mass = sum(ATOMIC_WEIGHTS.get(symbol, 0.0) * count for symbol, count in atoms.items())
    exact = sum(MONOISOTOPIC.get(symbol, 0.0) * count for symbol, count in atoms.items())
    return {
        "cas": cas,
        "key": TOGETHER.get(cas, cas),
        "names": "|".join(names),
        "formula": formula,
        "family": family_of(atoms, smiles),
        "molar_mass_g_mol": f"{mass:.3f}" if mass else "100.000",
        "ion": f"{exact + PROTON:.4f}" if is_protonated(atoms) and cas[:1].isdigit() else "",
        "infrared": "1" if cas in INFRARED else "",
    }


def _names(name: str) -> list[str]:
    """Return the names within SPECIATE's, the whole one last."""
    plain = name.replace("-duplicate", "").strip()
    parts = re.split(r"\s*\((?:or )|\s*\|\|\s*|\)$", plain)
    return list(dict.fromkeys(part.strip() for part in (*parts, plain, name) if part.strip()))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.casefold()).strip()


def _atoms(formula: str) -> dict[str, int]:
    atoms: dict[str, int] = {}
    for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        atoms[symbol] = atoms.get(symbol, 0) + int(count or 1)
    return atoms


def is_protonated(atoms: dict[str, int]) -> bool:
    """Return whether H3O+ gives a proton to it: not to alkanes, halogenated alkanes and the lightest gases."""
    carbon, hydrogen = atoms.get("C", 0), atoms.get("H", 0)
    halogens = sum(atoms.get(symbol, 0) for symbol in ("F", "Cl", "Br", "I"))
    if set(atoms) <= {"C", "H"}:
        return carbon > 2 and hydrogen < 2 * carbon + 2  # noqa: PLR2004 (C3 and up, no alkane)
    if set(atoms) <= {"C", "H", "F", "Cl", "Br", "I"}:
        return carbon > 0 and hydrogen + halogens < 2 * carbon + 2
    return (carbon > 0 and hydrogen > 0) or atoms in ({"N": 1, "H": 3}, {"H": 2, "S": 1})


def family_of(atoms: dict[str, int], smiles: str) -> str:  # noqa: PLR0911 (one line a family)
    """Return the family of like structure, size in its name where size tells sources apart."""
    carbon = atoms.get("C", 0)
    halogens = sum(atoms.get(symbol, 0) for symbol in ("F", "Cl", "Br", "I"))
    rings = (2 * carbon + 2 + atoms.get("N", 0) - atoms.get("H", 0) - halogens) // 2
    if "Si" in atoms:
        return "siloxane"
    if "S" in atoms:
        return "sulfur"
    if "F" in atoms:
        return "fluorinated"
    if halogens:
        return "halogenated aromatic" if rings >= 4 else f"halogenated {min(carbon, 3)}"  # noqa: PLR2004
    if "N" in atoms:
        return "nitrogen"
    if carbon and set(atoms) <= {"C", "H"}:
        return _hydrocarbon(carbon, rings, smiles)
    return _oxygenated(carbon, atoms.get("O", 0), rings, smiles) if carbon and "O" in atoms else "other"


def _hydrocarbon(carbon: int, rings: int, smiles: str) -> str:  # noqa: PLR0911 (one line a family)
    if rings == 0:
        size = carbon if carbon <= 6 else 7 if carbon <= 8 else 9 if carbon <= 11 else 12  # noqa: PLR2004
        return f"{'branched ' if '(' in smiles else ''}alkane {size}"
    if rings >= 7:  # noqa: PLR2004
        return "polycyclic aromatic"
    if rings >= 4 and carbon >= 6:  # noqa: PLR2004
        return f"aromatic {min(carbon, 11)}"
    if carbon == 10 and rings == 3:  # noqa: PLR2004
        return "terpene"
    if carbon == 2:  # noqa: PLR2004
        return "ethylene" if rings == 1 else "acetylene"
    if "=" not in smiles and "#" not in smiles:
        return f"cycloalkane {5 if carbon <= 6 else 7 if carbon <= 8 else 9}"  # noqa: PLR2004
    if rings == 1:
        return f"alkene {min(carbon, 7)}"
    return f"diene {min(carbon, 6)}"


def _oxygenated(carbon: int, oxygen: int, rings: int, smiles: str) -> str:  # noqa: PLR0911 (one line a family)
    if rings >= 4:  # noqa: PLR2004
        return "phenol"
    if oxygen >= 2 and "=O" in smiles:  # noqa: PLR2004
        if re.search(r"C\(O\)=O|C\(=O\)O$|^OC=O|^OC\(=O\)|\(O\)=O", smiles):
            return "acid"
        if re.search(r"OC\(.*\)=O|C\(=O\)O|OC=O", smiles):
            return "acetate" if "OC(C)=O" in smiles or "CC(=O)O" in smiles else "ester"
    if rings == 0:
        if oxygen > 1:
            return "glycol"
        return "ether" if re.search(r"COC|C\)OC", smiles) else f"alcohol {min(carbon, 4)}"
    if "=O" in smiles:
        return _carbonyl(carbon, rings, smiles)
    return "furan" if rings >= 3 else "cyclic ether"  # noqa: PLR2004


def _carbonyl(carbon: int, rings: int, smiles: str) -> str:
    if rings > 1:
        return "unsaturated carbonyl"
    kind = "aldehyde" if re.search(r"C=O$|^O=C[^(]", smiles) else "ketone"
    return f"{kind} {min(carbon, 4 if kind == 'aldehyde' else 5)}"


if __name__ == "__main__":
    main()
