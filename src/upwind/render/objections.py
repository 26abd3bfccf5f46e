"""Objections: why something is refused, from one table in two languages: `objections.toml`.

Whoever refuses does not know who reads it: programs and the command line get it in English, and a page says it in its
reader's language.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Self

__all__ = ["Objection", "said_in", "table"]


class Objection(str):
    """Why something is refused, in English; `said_in` says it in another language.

    Examples
    --------
    >>> Objection("no_case", case="site-1")
    'there is no case site-1'
    >>> said_in(Objection("no_case", case="site-1"), "es")
    'no hay ningún caso site-1'
    """

    __slots__ = ("key", "values")

    key: str
    values: dict[str, object]

    def __new__(cls, key: str, /, **values: object) -> Self:
        """Return the objection of a key of the table, with what stands in its places."""
        made = super().__new__(cls, table()[key]["en"].format(**values))
        made.key, made.values = key, values
        return made


def said_in(text: str, language: str) -> str:
    """Return an objection in a language; any other text as it is."""
    return table()[text.key][language].format(**text.values) if isinstance(text, Objection) else text


@cache
def table() -> dict[str, dict[str, str]]:
    """Return all objections: key to language to text, where {names} stand for values."""
    return tomllib.loads(files("upwind.render").joinpath("objections.toml").read_text(encoding="utf-8"))
