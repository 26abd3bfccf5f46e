"""The one table of compounds: what each is called, and what a mole of it weighs."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["Compound", "every", "find"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """One compound.

    `synonyms` are English and Spanish names, common short forms among them; `cas` is the Chemical Abstracts number;
    `formula` counts atoms and says nothing of structure; `un_1988` is "I" or "II" where the compound stands in that
    table of the UN convention of 1988 (INCB), empty where in none.
    """

    name: str
    synonyms: tuple[str, ...]
    cas: str
    formula: str
    molar_mass_g_mol: float
    un_1988: str


@cache
def every() -> tuple[Compound, ...]:
    """Return every compound of the table."""
    table = resources.files(__name__).joinpath("compounds.csv").read_text(encoding="utf-8")
    return tuple(
        Compound(
            name=row["name"],
            synonyms=tuple(filter(None, row["synonyms"].split("|"))),
            cas=row["cas"],
            formula=row["formula"],
            molar_mass_g_mol=float(row["molar_mass_g_mol"]),
            un_1988=row["un_1988"],
        )
        for row in csv.DictReader(table.splitlines())
    )


def find(name: str) -> Compound | None:
    """Return the compound of a name, synonym, CAS number or formula; None where the table has none.

    Capitals, accents, spaces, commas, hyphens and underscores make no difference, and words in brackets at the end
    (``methane (Picarro)``) are passed over. A formula that several compounds share finds none of them; neither does
    the name of a mixture, such as TVOC, which has no molar mass.

    Examples
    --------
    >>> find("dióxido de azufre").molar_mass_g_mol
    64.058
    >>> find("TVOC") is None
    True
    """
    named = _named()
    return named.get(_plain(name)) or named.get(_plain(re.sub(r"\s*\([^()]*\)\s*$", "", name)))


@cache
def _named() -> Mapping[str, Compound]:
    """Return compounds by every plain name; names go before synonyms, those before formulas."""
    shared = Counter(compound.formula for compound in every())
    named: dict[str, Compound] = {}
    for compound in every():
        if shared[compound.formula] == 1:
            named[_plain(compound.formula)] = compound
    for compound in every():
        named.update(dict.fromkeys(map(_plain, (*compound.synonyms, compound.cas)), compound))
    for compound in every():
        named[_plain(compound.name)] = compound
    return named


def _plain(name: str) -> str:
    """Return a name without capitals, accents and signs."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\s,_\-]", "", "".join(letter for letter in letters if not unicodedata.combining(letter)))
