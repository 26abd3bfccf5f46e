"""What packages say, from one table: `words.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from upwind.compounds import find
from upwind.release.content import Content, stamp
from upwind.render.words import compound_name, kind_name

__all__ = ["told", "word"]

#: Properties that have words of their own, in the order in which they are told.
_NAMED = ("gas", "compounds", "emission_rate")
_SURE = "probability"


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("upwind.release").joinpath("words.toml").read_text(encoding="utf-8"))


def word(key: str, language: str, /, **values: object) -> str:
    """Return a text in one language."""
    return _table()[key][language].format(**values)


def told(content: Content, language: str) -> list[tuple[str, list[str]]]:
    """Return a dossier's sections in order: heading, and paragraphs."""
    site = content.site
    place = f"{site.latitude:.6f}, {site.longitude:.6f}"
    where = (
        word("exact", language, place=place)
        if site.cell_m is None
        else word("coarse", language, side=f"{site.cell_m:,.0f}", place=place)
    )
    proof = word(
        "provenance_text",
        language,
        size=content.log["size"],
        root=content.log["root"],
        custody=", ".join(content.custody) or word("none", language),
        agreement=content.agreement,
    )
    judged = word("judged", language, count=content.judgements, until=stamp(content.expires))
    return [
        (word("what", language), _found(content, language)),
        (word("where", language), [where]),
        (word("how_sure", language), [*_sure(content, language), judged]),
        (word("alternatives", language), _alternatives(content, language)),
        (word("proves_not", language), [word("proves_not_text", language)]),
        (word("safety", language), [*content.sheet[language], word("partner_field", language), "______________"]),
        (word("purpose", language), [word("purpose_text", language)]),
        (word("prohibited", language), [word("prohibited_text", language)]),
        (word("legal_basis", language), [content.legal_basis]),
        (word("provenance", language), [proof]),
    ]


def _found(content: Content, language: str) -> list[str]:
    said = content.site.properties
    named = [f"{word(name, language)}: {_named(said[name], language)}" for name in _NAMED if name in said]
    others = [
        f"{name}: {_value(value, language)}"
        for name, value in said.items()
        if name not in (*_NAMED, _SURE, "explanations") and isinstance(value, (str, int, float))
    ]
    return [*named, *others] or [word("nothing", language)]


def _sure(content: Content, language: str) -> list[str]:
    said = content.site.properties
    return [f"{word(_SURE, language)}: {_value(said[_SURE], language)}"] if _SURE in said else []


def _alternatives(content: Content, language: str) -> list[str]:
    """Return the harmless explanations and their probabilities, the best first; an empty list says that none holds."""
    named = content.site.properties.get("explanations")
    if named == []:
        return [word("cannot_tell", language)]
    rows = [one for one in named if isinstance(one, Mapping)] if isinstance(named, list) else []
    said = [
        f"{kind_name(str(one.get('class', '')), language)}: {_value(one.get('probability'), language)}" for one in rows
    ]
    return said or [word("no_alternatives", language)]


def _named(value: Any, language: str) -> str:  # noqa: ANN401 - whatever a property holds
    """Return a compound, or several, as the language calls them; anything else as a value."""
    if isinstance(value, list):
        return ", ".join(_named(each, language) for each in value)
    found = find(value) if isinstance(value, str) else None
    return _value(value, language) if found is None else compound_name(found.name, language)


def _value(value: Any, language: str) -> str:  # noqa: ANN401 - whatever a property holds
    """Return a property's value as people read it; an estimate with its interval."""
    if isinstance(value, Mapping) and {"median", "lower", "upper"} <= set(value):
        figures = {name: f"{float(value[name]):.3g}" for name in ("median", "lower", "upper")}
        level = f"{100.0 * float(value.get('level', 0.9)):.0f}"
        return word("interval", language, units=value.get("units", ""), level=level, **figures)
    if isinstance(value, float):
        return f"{value:.3g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
