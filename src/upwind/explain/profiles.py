"""What benign sources smell of: mean compositions by literature reference, and what an expert expects beside them.

The figures derive from EPA SPECIATE 5.2 (`scripts/make_profiles.py`): profiles of one class and one reference are put
into a few groups of like composition, and each group's mean is kept. A reference counts with the root of its number
of profiles, so that one well-measured fleet does not stand for all engines. `expected.csv` is expert judgement,
unverified: for every class a few compositions that a textbook would name, in half the weight of the measured ones.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import numpy as np

from upwind import compounds
from upwind.arrays import FloatArray, IntArray
from upwind.compounds.species import keys_of

__all__ = [
    "CLASSES",
    "EXPECTED",
    "LISTED",
    "OTHER",
    "Profiles",
    "joined",
    "restored",
    "shipped",
    "shipped_expectations",
    "with_keys",
]

#: Every benign class; the last holds whatever is benign and none of the others.
CLASSES = (
    "fuel evaporation",
    "engine exhaust",
    "oil and gas",
    "refinery",
    "chemical manufacturing",
    "surface coating",
    "consumer products",
    "printing",
    "degreasing and dry cleaning",
    "agriculture",
    "biomass burning",
    "pulp and paper",
    "other benign",
)

#: What is benign and of none of the named classes.
OTHER = CLASSES[-1]

#: The compounds of the UN 1988 tables I and II (INCB) that may be smelled, of our one table of compounds.
LISTED = frozenset(compound.cas for compound in compounds.every() if compound.un_1988)

#: The number that stands for "no reference: expected by experts".
EXPECTED = -1

#: What all expectations of a class weigh beside its references, which weigh 1 together.
EXPECTED_WEIGHT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profiles:
    """Mean compositions.

    Attributes
    ----------
    keys
        The species of the columns.
    shares
        Shape (composition, species), rows sum to 100 or less. [wt%]
    classes
        Index into `CLASSES`, shape (composition,).
    references
        Number of the literature reference, `EXPECTED` for an expert's, shape (composition,).
    weights
        Shape (composition,); a class's references together weigh 1.
    """

    keys: tuple[str, ...]
    shares: FloatArray
    classes: IntArray
    references: IntArray
    weights: FloatArray


@cache
def shipped() -> Profiles:
    """Return the measured and the expected compositions that come with the package."""
    octets = resources.files("upwind.explain").joinpath("profiles.csv.gz").read_bytes()
    return restored(gzip.decompress(octets))


def restored(octets: bytes) -> Profiles:
    """Return the compositions of a table as it is shipped or was imported, and beside them what experts expect.

    Raises
    ------
    ValueError
        It is no such table.
    """
    rows = list(csv.DictReader(octets.decode().splitlines()))
    if not rows:
        msg = "there is no composition in it"
        raise ValueError(msg)
    measured = _profiles(
        [_shares(row["shares"]) for row in rows],
        [CLASSES.index(row["class"]) for row in rows],
        [int(row["reference"]) for row in rows],
        [float(row["weight"]) for row in rows],
    )
    return with_keys(joined(measured, shipped_expectations()), sorted(LISTED))


@cache
def shipped_expectations() -> Profiles:
    """Return what an expert expects of every class. Expert judgement, unverified."""
    text = resources.files("upwind.explain").joinpath("expected.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["class"] in CLASSES]
    classes = [CLASSES.index(row["class"]) for row in rows]
    weights = [EXPECTED_WEIGHT / classes.count(each) for each in classes]
    return _profiles([_expected(row["parts"]) for row in rows], classes, [EXPECTED] * len(rows), weights)


def joined(first: Profiles, second: Profiles) -> Profiles:
    """Return both, over the species of either."""
    keys = tuple(dict.fromkeys((*first.keys, *second.keys)))
    return Profiles(
        keys=keys,
        shares=np.vstack([_spread(first, keys), _spread(second, keys)]),
        classes=np.concatenate([first.classes, second.classes]),
        references=np.concatenate([first.references, second.references]),
        weights=np.concatenate([first.weights, second.weights]),
    )


def with_keys(profiles: Profiles, keys: Iterable[str]) -> Profiles:
    """Return the profiles with columns, empty ones, for species that none of them reports."""
    every = tuple(dict.fromkeys((*profiles.keys, *keys)))
    return replace(profiles, keys=every, shares=_spread(profiles, every))


def _spread(profiles: Profiles, keys: tuple[str, ...]) -> FloatArray:
    places = {key: place for place, key in enumerate(keys)}
    shares = np.zeros((len(profiles.shares), len(keys)))
    shares[:, [places[key] for key in profiles.keys]] = profiles.shares
    return shares


def _profiles(
    rows: list[Mapping[str, float]], classes: Iterable[int], references: Iterable[int], weights: Iterable[float]
) -> Profiles:
    keys = tuple(dict.fromkeys(key for row in rows for key in row))
    return Profiles(
        keys=keys,
        shares=np.array([[row.get(key, 0.0) for key in keys] for row in rows]),
        classes=np.array(classes, dtype=np.int64),
        references=np.array(references, dtype=np.int64),
        weights=np.array(weights, dtype=np.float64),
    )


def _shares(text: str) -> Mapping[str, float]:
    """Return the shares of ``74-82-8=91.2 74-84-0=3.1``."""
    return {key: float(share) for key, share in (part.rsplit("=", 1) for part in text.split("|"))}


def _expected(text: str) -> Mapping[str, float]:
    """Return the shares of ``ethanol 60, acetone 40``, made to sum to 100."""
    parts = [part.rsplit(" ", 1) for part in text.split("; ")]
    shares: dict[str, float] = {}
    for name, part in parts:
        (key, *_) = sorted(keys_of(name)) or [name]
        shares[key] = shares.get(key, 0.0) + float(part)
    total = sum(shares.values())
    return {key: 100.0 * share / total for key, share in shares.items()}
