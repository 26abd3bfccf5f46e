"""Real benign profiles as an instrument would see them, split by literature reference, and mixtures made by one rule.

Read from `../shared/data/chem/speciate` (EPA SPECIATE 5.2, gas profiles). Nothing of it is written anywhere.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from upwind.explain.profiles import CLASSES, OTHER

__all__ = ["CLASSES", "LISTED", "SOLVENTS", "Cases", "folds", "mixed", "read", "seen"]

FOLDER = Path("../shared/data/chem/speciate")
#: Its rows say of which gases a quantitative infrared spectrum is public (NIST SRD 79).
SPECIES = Path("src/upwind/compounds/species.csv")

#: Volatile organic compounds of the UN 1988 tables I and II (INCB), with their formulas; no profile reports the last.
LISTED = {
    "67-64-1": "C3H6O",
    "78-93-3": "C4H8O",
    "108-88-3": "C7H8",
    "60-29-7": "C4H10O",
    "108-24-7": "C4H6O3",
    "110-89-4": "C5H11N",
}

#: Those of them that are everyday solvents.
SOLVENTS = ("67-64-1", "78-93-3", "108-88-3")

#: A profile's figure is kept down to here; less is "looked for and not found". [wt%]
LIMIT_PERCENT = 0.01

#: Of the whole gas mixture: the part that listed compounds make of a mixture, log-uniform between these.
PART = (0.1, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Gas profiles, or what an instrument sees of them.

    `percent` has shape (case, species) [wt%]; 0 = not reported or below the limit. `classes` indexes `CLASSES`,
    `groups` is the literature reference, the unit that is never split. `members` names each column's compounds: one CAS
    number, or all those that the instrument cannot tell apart.
    """

    percent: NDArray[np.float64]
    classes: NDArray[np.int64]
    groups: NDArray[np.int64]
    members: tuple[frozenset[str], ...]
    formulas: tuple[str, ...]

    def of(self, rows: NDArray[np.bool_]) -> Cases:
        """Return the cases of some rows."""
        return replace(self, percent=self.percent[rows], classes=self.classes[rows], groups=self.groups[rows])


def read(folder: Path = FOLDER) -> Cases:
    """Return every profile; a species is its CAS number, lumped species keep their names."""
    species = {row["SPECIES_ID"]: row for row in _rows(folder / "speciate52_species.csv.gz")}
    identities = {number: _identity(row) for number, row in species.items()}
    formulas = {identities[number]: row["Molecular.Formula"] for number, row in species.items()}
    formulas |= {frozenset([cas]): formula for cas, formula in LISTED.items()}
    columns = {identity: i for i, identity in enumerate(sorted(formulas, key=sorted))}
    profiles = list(_rows(folder / "speciate52_gas_profiles.csv.gz"))
    places = {row["PROFILE_CODE"]: i for i, row in enumerate(profiles)}
    percent = np.zeros((len(profiles), len(columns)))
    for row in _rows(folder / "speciate52_gas_weights.csv.gz"):
        weight = float(row["WEIGHT_PERCENT"])
        if weight >= LIMIT_PERCENT:  # -99 is missing
            percent[places[row["PROFILE_CODE"]], columns[identities[row["SPECIES_ID"]]]] += weight
    return Cases(
        percent=percent,
        classes=np.array([CLASSES.index(row["BENIGN_CLASS"] or OTHER) for row in profiles]),
        groups=np.array([int(row["GROUP"]) for row in profiles]),
        members=tuple(columns),
        formulas=tuple(formulas[identity] for identity in columns),
    )


def seen(cases: Cases, view: str) -> Cases:
    """Return what an instrument sees: `gc` species with a CAS number, `ptr-ms` sums over ions, `infrared` 24 gases.

    PTR-MS and infrared know no total, so their columns are shares of what they see; a profile of which they see nothing
    keeps a row of zeros.
    """
    if view == "gc":
        kept = np.array([all(re.fullmatch(r"\d+-\d\d-\d", cas) for cas in names) for names in cases.members])
        return _shares(cases, [[i] for i in np.flatnonzero(kept)])
    if view == "infrared":
        table = csv.DictReader(SPECIES.read_text(encoding="utf-8").splitlines())
        public = {row["cas"] for row in table if row["infrared"]}
        return _shares(cases, [[i] for i, names in enumerate(cases.members) if names <= public])
    ions: dict[str, list[int]] = {}
    for i, (names, formula) in enumerate(zip(cases.members, cases.formulas, strict=True)):
        if _is_protonated(formula) and all(re.fullmatch(r"\d+-\d\d-\d", cas) for cas in names):
            ions.setdefault(formula, []).append(i)
    return _shares(cases, list(ions.values()))


def folds(cases: Cases, count: int, seed: int) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield which rows to train on and which to test on; all rows of a reference are on one side.

    References are dealt largest first, each to the fold that then has the most even share of every class.
    """
    generator = np.random.default_rng(seed)
    names = np.unique(cases.groups)
    table = np.array([np.bincount(cases.classes[cases.groups == name], minlength=len(CLASSES)) for name in names])
    table = table / np.maximum(table.sum(axis=0), 1)
    order = np.lexsort((generator.permutation(len(names)), -table.max(axis=1).round(1)))
    held = np.zeros((count, len(CLASSES)))
    fold_of = {}
    for i in order:
        spread = [np.std(held + np.eye(count)[k][:, None] * table[i], axis=0).sum() for k in range(count)]
        best = int(np.argmin(spread))
        held[best] += table[i]
        fold_of[names[i]] = best
    of_row = np.array([fold_of[name] for name in cases.groups])
    for k in range(count):
        yield of_row != k, of_row == k


def mixed(cases: Cases, seed: int, listed: Sequence[str] = tuple(LISTED)) -> Cases:
    """Return one mixture for each case: its gas with two to four listed compounds added, chosen evenly.

    Their part of the mixture is log-uniform over `PART`, split among them by a flat Dirichlet: no proportion is
    preferred and no combination either.
    """
    generator = np.random.default_rng(seed)
    columns = [i for cas in listed for i, names in enumerate(cases.members) if names == {cas}]
    percent = cases.percent.copy()
    for i in range(len(percent)):
        many = generator.integers(2, min(4, len(columns)) + 1)
        chosen = generator.choice(columns, many, replace=False)
        part = np.exp(generator.uniform(*np.log(PART)))
        percent[i] *= 1.0 - part
        percent[i, chosen] += 100.0 * part * generator.dirichlet(np.ones(many))
    return replace(cases, percent=percent)


def _shares(cases: Cases, columns: Sequence[Sequence[int]]) -> Cases:
    """Return sums over columns, as parts of what is seen."""
    summed = np.stack([cases.percent[:, list(each)].sum(axis=1) for each in columns], axis=1)
    total = summed.sum(axis=1, keepdims=True)
    percent = np.where(total > 0.0, 100.0 * summed / np.where(total > 0.0, total, 1.0), 0.0)
    percent[percent < LIMIT_PERCENT] = 0.0
    return replace(
        cases,
        percent=percent,
        members=tuple(frozenset().union(*(cases.members[i] for i in each)) for each in columns),
        formulas=tuple(cases.formulas[each[0]] for each in columns),
    )


def _is_protonated(formula: str) -> bool:
    """Return whether H3O+ gives a proton to it: not to alkanes, halogenated methanes and the lightest gases.

    A rule of thumb by formula (R. S. Blake et al., Chem. Rev. 109 (2009) 861-896, doi 10.1021/cr800364q, unverified).
    """
    atoms = {symbol: int(count or 1) for symbol, count in re.findall(r"([A-Z][a-z]?)(\d*)", formula)}
    carbon, hydrogen = atoms.get("C", 0), atoms.get("H", 0)
    halogens = sum(atoms.get(symbol, 0) for symbol in ("F", "Cl", "Br", "I"))
    if set(atoms) <= {"C", "H"}:
        return carbon > 2 and hydrogen < 2 * carbon + 2  # noqa: PLR2004 (C3 and up, no alkane)
    if set(atoms) <= {"C", "H", "F", "Cl", "Br", "I"}:
        return hydrogen + halogens < 2 * carbon + 2  # with a double bond or ring
    return carbon > 0 and hydrogen > 0


def _identity(row: dict[str, str]) -> frozenset[str]:
    """Return the CAS numbers of a species, or the name of one that has none."""
    numbers = re.findall(r"\d+-\d\d-\d", row["CAS"])
    return frozenset(numbers) or frozenset([row["SPECIES_NAME"]])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)
