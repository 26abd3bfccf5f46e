"""Markings: who may see what, as a documented subset of the CAPCO style and TLP 2.0.

A marking is ``LEVEL[//FGI STATE[ STATE…]][//NOFORN | //REL TO A, B, C][//TLP:COLOUR]``. Levels here are synthetic:
UNCLASSIFIED and the three above it exist so that the rules can be tested; nothing classified belongs into this program
as it is shipped. TLP is the Traffic Light Protocol 2.0 of FIRST (2022).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from upwind.errors import InputError

__all__ = ["LEVELS", "TLP", "Marking", "marking_of", "rolled_up"]

LEVELS = ("UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET")
TLP = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
#: The strictest colour under which another organisation may still be told: its own people and clients.
_FARTHEST_TLP = TLP.index("AMBER")
_LETTERS = dict(zip(LEVELS, ("U", "R", "C", "S"), strict=True))
_CODE = re.compile(r"[A-Z][A-Z0-9-]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """One marking. `rel_to` is None where it names nobody: then the level alone decides; empty: NOFORN."""

    level: str
    fgi: frozenset[str] = frozenset()
    rel_to: frozenset[str] | None = None
    tlp: str = "CLEAR"

    def __str__(self) -> str:
        """Return the banner."""
        return "//".join([self.level, *self._tail()])

    @property
    def portion(self) -> str:
        """The same in the short form that stands before a portion, such as (U//REL TO MEX)."""
        return f"({'//'.join([_LETTERS[self.level], *self._tail()])})"

    def _tail(self) -> list[str]:
        parts = [f"FGI {' '.join(sorted(self.fgi))}"] if self.fgi else []
        if self.rel_to is not None:
            parts.append(f"REL TO {', '.join(sorted(self.rel_to))}" if self.rel_to else "NOFORN")
        return parts if self.tlp == "CLEAR" else [*parts, f"TLP:{self.tlp}"]

    def allows(self, partner: str, ceiling: Marking) -> str:
        """Return why a partner may not see this under an agreement's marking; "" where it may."""
        if LEVELS.index(self.level) > LEVELS.index(ceiling.level):
            return f"{self.level} is above {ceiling.level}, the agreement's level"
        if self.rel_to is not None and partner not in self.rel_to:
            return f"it is marked {self}, which does not name {partner}"
        if self.rel_to is None and self.level != LEVELS[0]:
            return f"it is marked {self} and names nobody to whom it may be released"
        if TLP.index(self.tlp) > _FARTHEST_TLP:
            return f"TLP:{self.tlp} keeps it within its own organisation"
        return ""


def marking_of(text: str) -> Marking:
    """Return the marking that a text says.

    Raises
    ------
    InputError
        A part is not of the subset.
    """
    level, *parts = [part.strip() for part in text.strip().upper().split("//")]
    if level not in LEVELS:
        msg = f"marking {text!r}: {level!r} is no level; begin with one of {', '.join(LEVELS)}"
        raise InputError(msg)
    found: dict[str, frozenset[str] | str] = {}
    for part in parts:
        key, value = _part(text, part)
        if key in found:
            msg = f"marking {text!r}: {part!r} says {key.replace('_', ' ')} a second time; say it once"
            raise InputError(msg)
        found[key] = value
    return Marking(level=level, **found)  # type: ignore[arg-type] # keys and kinds are those of _part


def _part(text: str, part: str) -> tuple[str, frozenset[str] | str]:
    if part == "NOFORN":
        return "rel_to", frozenset()
    if part.startswith("REL TO "):
        return "rel_to", _codes(text, re.split(r"\s*,\s*", part.removeprefix("REL TO ").strip()))
    if part.startswith("FGI "):
        return "fgi", _codes(text, part.removeprefix("FGI ").split())
    if part.startswith("TLP:") and part.removeprefix("TLP:") in TLP:
        return "tlp", part.removeprefix("TLP:")
    msg = f"marking {text!r}: {part!r} is not known; use REL TO A, B, NOFORN, FGI A or TLP:{'/'.join(TLP)}"
    raise InputError(msg)


def _codes(text: str, codes: Iterable[str]) -> frozenset[str]:
    found = frozenset(codes)
    wrong = sorted(code for code in found if not _CODE.fullmatch(code))
    if wrong or not found:
        msg = f"marking {text!r}: {', '.join(wrong) or 'nobody'} is no code of a state or partner; write such as MEX"
        raise InputError(msg)
    return found


def rolled_up(portions: Iterable[Marking]) -> Marking:
    """Return the banner over portions: the highest level and colour, all FGI, and whom every portion may reach."""
    return reduce(_over, portions, Marking(level=LEVELS[0]))


def _over(one: Marking, other: Marking) -> Marking:
    named = [marking.rel_to for marking in (one, other) if marking.rel_to is not None]
    return Marking(
        level=max(one.level, other.level, key=LEVELS.index),
        fgi=one.fgi | other.fgi,
        rel_to=frozenset.intersection(*named) if named else None,
        tlp=max(one.tlp, other.tlp, key=TLP.index),
    )
