"""The wide list of volatile species that gas profiles report, far beyond the one table of compounds.

A species has a key: its CAS number, or that of the isomer it is never told apart from (m- and p-xylene). Species that
only a name describes, such as "isomers of butylbenzene", have a key made of that name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from upwind import compounds

__all__ = ["Species", "by_key", "isobars", "keys_of", "meant"]

_CAS = re.compile(r"\d{2,7}-\d\d-\d")
_ION = re.compile(r"m/?z\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:or|o|and|y)\s+|\s*[/+&;|]\s*", re.IGNORECASE)

#: What a PTR-MS is called, in small letters.
_BY_MASS = frozenset({"ptr-ms", "ptrms", "ptr"})
#: Half the width within which a PTR-MS takes two ions for one. [m/z]
ION_WIDTH = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Species:
    """One species.

    `family` groups what has like structure; `ion` is the mass of the protonated molecule, NaN where H3O+ gives it no
    proton [m/z]; `is_infrared` says whether a public quantitative infrared spectrum exists.
    """

    key: str
    name: str
    family: str
    molar_mass_g_mol: float
    ion: float
    is_infrared: bool


@cache
def by_key() -> Mapping[str, Species]:
    """Return every species by its key."""
    return {row["key"]: _species(row) for row in _rows() if row["key"] == row["cas"]}


def keys_of(name: str, cas: str = "") -> frozenset[str]:
    """Return the keys of all species that a name or CAS number may mean; empty where nothing known is meant.

    The CAS number decides where it is given; of several, the first, as whoever lists more has co-eluting species and
    puts the main one first. A name may say several ("MEK or THF"), an ion ("m/z 73.065"), or be in Spanish.

    Examples
    --------
    >>> sorted(keys_of("MEK or THF"))
    ['109-99-9', '78-93-3']
    >>> keys_of("butanona")
    frozenset({'78-93-3'})
    """
    numbers = _CAS.findall(cas)
    if numbers:
        found = [_named().get(number) for number in numbers]
        return frozenset(filter(None, found[:1])) or frozenset(filter(None, found[1:2]))
    if ion := _ION.search(name):
        return _of_ion(float(ion[1]))
    whole = _one(name)
    if whole:
        return whole
    parts = [_one(part) for part in _BETWEEN.split(name) if part.strip()]
    return frozenset().union(*parts) if parts and all(parts) else frozenset()


def meant(keys: frozenset[str], sensor: str) -> frozenset[str]:
    """Return all species that a sensor may have smelled where it says `keys`.

    A PTR-MS cannot tell apart what protonates to one mass; of others nothing is known: they are taken at their word.
    """
    return isobars(keys) if sensor.casefold() in _BY_MASS else keys


def isobars(keys: frozenset[str]) -> frozenset[str]:
    """Return all species whose protonated molecules a PTR-MS cannot tell from those of `keys`."""
    return keys.union(*(_of_ion(by_key()[key].ion) for key in keys)) if keys else keys


@cache
def _of_ion(ion: float) -> frozenset[str]:
    return frozenset(key for key, species in by_key().items() if abs(species.ion - ion) <= ION_WIDTH)


#: Names of several compounds that are measured as one. [CAS]
_TOGETHER = {
    "xylenes": ("95-47-6", "108-38-3"),
    "BTEX": ("71-43-2", "108-88-3", "100-41-4", "95-47-6", "108-38-3"),
    "butenes": ("106-98-9", "115-11-7"),
}


def _one(name: str) -> frozenset[str]:
    """Return the keys of one name."""
    if not _plain(name):
        return frozenset()
    compound = compounds.find(name)
    if compound is not None and compound.name in _TOGETHER:
        return frozenset(_TOGETHER[compound.name])
    if compound is not None and compound.cas in _named():
        return frozenset([_named()[compound.cas]])
    if name in _TOGETHER:
        return frozenset(_TOGETHER[name])
    found = _named().get(_plain(name))
    return frozenset([found] if found else [])


@cache
def _named() -> Mapping[str, str]:
    """Return keys by CAS number and by every plain name."""
    named: dict[str, str] = {}
    for row in _rows():
        for name in row["names"].split("|"):
            named.setdefault(_plain(name), row["key"])
        named[row["cas"]] = row["key"]
    return named


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = resources.files("upwind.compounds").joinpath("species.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _species(row: Mapping[str, str]) -> Species:
    return Species(
        key=row["key"],
        name=row["names"].split("|")[0],
        family=row["family"],
        molar_mass_g_mol=float(row["molar_mass_g_mol"]),
        ion=float(row["ion"] or "nan"),
        is_infrared=row["infrared"] == "1",
    )


def _plain(name: str) -> str:
    return re.sub(r"[\s,_\-().]", "", name.casefold())
