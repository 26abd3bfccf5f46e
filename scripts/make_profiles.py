"""Make src/upwind/explain/profiles.csv.gz: mean compositions of EPA SPECIATE 5.2's gas profiles, by reference.

From the top of the checkout, where the tables of SPECIATE lie in FOLDER (profiles with BENIGN_CLASS and GROUP)::

    python scripts/make_profiles.py FOLDER

Derived figures alone: means of groups of like profiles, to three digits. No text of a profile is copied. The same
tables give the same bytes. SPECIATE is of the US EPA, public domain.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from upwind.compounds.species import keys_of
from upwind.explain.learn import compositions
from upwind.explain.profiles import CLASSES

TABLE = Path(__file__).parent.parent / "src" / "upwind" / "explain" / "profiles.csv.gz"

#: Of the whole; less is left out. [wt%]
LEAST_PERCENT = 0.01


def main() -> None:
    """Write the table."""
    folder = Path(sys.argv[1])
    species = {row["SPECIES_ID"]: _key(row) for row in _rows(folder / "speciate52_species.csv.gz")}
    profiles = list(_rows(folder / "speciate52_gas_profiles.csv.gz"))
    places = {row["PROFILE_CODE"]: i for i, row in enumerate(profiles)}
    keys = sorted(set(species.values()))
    columns = {key: i for i, key in enumerate(keys)}
    shares = np.zeros((len(profiles), len(keys)))
    for row in _rows(folder / "speciate52_gas_weights.csv.gz"):
        percent = float(row["WEIGHT_PERCENT"])
        if percent >= LEAST_PERCENT:  # -99 is missing
            shares[places[row["PROFILE_CODE"]], columns[species[row["SPECIES_ID"]]]] += percent
    made = compositions(
        shares,
        tuple(keys),
        np.array([CLASSES.index(row["BENIGN_CLASS"] or "other benign") for row in profiles]),
        np.array([int(row["GROUP"]) for row in profiles]),
    )
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(["class", "reference", "weight", "shares"])
    for parts, each, reference, weight in zip(made.shares, made.classes, made.references, made.weights, strict=True):
        kept = [f"{made.keys[i]}={parts[i]:.3g}" for i in np.flatnonzero(parts >= LEAST_PERCENT)]
        table.writerow([CLASSES[each], reference, f"{weight:.4g}", "|".join(kept)])
    TABLE.write_bytes(gzip.compress(stream.getvalue().encode(), 9, mtime=0))
    print(f"{len(made.shares)} compositions, {TABLE.stat().st_size} bytes")


def _key(row: dict[str, str]) -> str:
    """Return the key of a species: by its first CAS number, or by its name."""
    (first, *_) = re.findall(r"\d{2,7}-\d\d-\d", row["CAS"]) or [""]
    (key, *_) = keys_of(row["SPECIES_NAME"], first)
    return key


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


if __name__ == "__main__":
    main()
