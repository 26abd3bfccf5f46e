"""Profiles of a database -> compositions to explain by, kept as a small table of text."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence

import numpy as np

from upwind.arrays import IntArray
from upwind.explain.learn import compositions
from upwind.explain.profiles import CLASSES, OTHER, Profiles
from upwind.readers.speciate import LEAST_PERCENT, GasProfile

__all__ = ["benign_class", "groups", "measured_in", "stored"]

#: Sectors of SPECIATE's categories, by how they begin, and the class of each.
_SECTORS = (
    ("consumer products", "consumer products"),
    ("oil and gas", "oil and gas"),
    ("chemical manufacturing", "chemical manufacturing"),
    ("surface coating", "surface coating"),
    ("paint manufacturing", "surface coating"),
    ("degreasing", "degreasing and dry cleaning"),
    ("dry cleaning", "degreasing and dry cleaning"),
    ("pulp and paper", "pulp and paper"),
    ("graphic arts", "printing"),
    ("biomass burning", "biomass burning"),
    ("petrochemical", "refinery"),
    ("agriculture", "agriculture"),
)


def benign_class(profile: GasProfile) -> str:
    """Return the class of a profile: as its table says, or by its category."""
    if profile.benign_class is not None:
        return profile.benign_class if profile.benign_class in CLASSES else OTHER
    mechanism, sector = (text.casefold() for text in profile.category)
    if sector.startswith("mobile"):
        return "engine exhaust" if mechanism.startswith("combustion") else "fuel evaporation"
    return next((name for beginning, name in _SECTORS if sector.startswith(beginning)), OTHER)


def groups(profiles: Sequence[GasProfile]) -> IntArray:
    """Return a number a profile (profile,): the table's own, or one for all that share any reference."""
    said = [profile.group or "" for profile in profiles]
    if all(map(str.isdecimal, said)):
        return np.array([int(number) for number in said], dtype=np.int64)
    root: dict[str, str] = {}

    def top(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    names = [sorted(profile.references) for profile in profiles]
    for own in names:
        for other in own[1:]:
            root[top(other)] = top(own[0])
    tops = [top(own[0]) for own in names]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(tops))}
    return np.array([numbers[name] for name in tops], dtype=np.int64)


def measured_in(profiles: Sequence[GasProfile]) -> Profiles:
    """Return the mean compositions of profiles, by class and reference."""
    keys = sorted({key for profile in profiles for key in profile.parts})
    columns = {key: column for column, key in enumerate(keys)}
    shares = np.zeros((len(profiles), len(keys)))
    for row, profile in enumerate(profiles):
        shares[row, [columns[key] for key in profile.parts]] = list(profile.parts.values())
    classes = np.array([CLASSES.index(benign_class(profile)) for profile in profiles], dtype=np.int64)
    return compositions(shares, tuple(keys), classes, groups(profiles))


def stored(made: Profiles) -> bytes:
    """Return compositions as the table that `profiles.restored` reads; the same compositions give the same bytes."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(["class", "reference", "weight", "shares"])
    for parts, each, reference, weight in zip(made.shares, made.classes, made.references, made.weights, strict=True):
        kept = [f"{made.keys[i]}={parts[i]:.3g}" for i in np.flatnonzero(parts >= LEAST_PERCENT)]
        table.writerow([CLASSES[each], reference, f"{weight:.4g}", "|".join(kept)])
    return gzip.compress(stream.getvalue().encode(), 9, mtime=0)
