"""What was refused, as a page tells it: the field as its form calls it, and why, both in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from upwind.errors import FaultyError, UpwindError
from upwind.render.objections import Objection, said_in
from upwind.web.words import has_word, word

__all__ = ["Faults", "Told", "faults_of", "told"]

#: Fields, "" for the whole, and what is wrong with each.
Faults = tuple[tuple[str, str], ...]


class Told(NamedTuple):
    """A fault in words; `language` is that of why, since what no table holds is English."""

    field: str
    says: str
    language: str


def faults_of(error: UpwindError) -> Faults:
    """Return what an error says of which field."""
    if isinstance(error, FaultyError):
        return error.faults
    return (("", error.args[0] if error.args else str(error)),)


def told(faults: Iterable[tuple[str, str]], language: str) -> list[Told]:
    """Return faults as a page tells them."""
    return [
        Told(_named(field, language), said_in(says, language), language if isinstance(says, Objection) else "en")
        for field, says in faults
    ]


def _named(field: str, language: str) -> str:
    """Return what a form calls a field, such as ``sources.1.reliability``: "graded sources 2 reliability"."""
    parts = [str(int(part) + 1) if part.isdigit() else part for part in field.split(".")]
    return " ".join(word(part, language) if has_word(part) else part for part in parts)
