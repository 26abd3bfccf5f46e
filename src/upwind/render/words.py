"""Every word that a page shows, in English and in Mexican Spanish, from one table: `words.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files

__all__ = [
    "LANGUAGES",
    "Language",
    "called",
    "compound_called",
    "compound_name",
    "kind_name",
    "likelihood",
    "listed",
    "named",
    "say",
    "spoken",
    "state_name",
    "table",
    "word",
]

Language = str
LANGUAGES: tuple[Language, ...] = ("en", "es")

#: The seven terms of ICD 203 (US Intelligence Community Directive 203, Analytic Standards, 2015), each with the
#: probability at which it ends.
_LIKELIHOODS = (
    (0.05, "almost_no_chance"),
    (0.20, "very_unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly_even"),
    (0.80, "likely"),
    (0.95, "very_likely"),
    (1.00, "almost_certain"),
)


@cache
def table() -> dict[str, dict[Language, str]]:
    """Return all words: key to language to text, where {names} stand for values."""
    text = files("upwind.render").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def word(key: str, language: Language, /, **values: object) -> str:
    """Return the text of a key in one language."""
    return table()[key][language].format(**values)


def say(key: str, /, **values: object) -> str:
    """Return the text of a key in every language as markup; the page's style shows the reader's own.

    `values` are markup already, or numbers that the text says how to write.
    """
    return _spans({language: escape(table()[key][language], quote=False).format(**values) for language in LANGUAGES})


def _spans(said: Mapping[Language, str]) -> str:
    """Return what is said in each language as markup of which the page's style shows one."""
    if len(set(said.values())) == 1:
        return said["en"]
    return "".join(f'<span class="{language}" lang="{language}">{text}</span>' for language, text in said.items())


def state_name(state: str) -> str:
    """Return the name of a state (ISO A3) in every language as markup; the code itself where it is no state's."""
    names = _states().get(state)
    return escape(state, quote=False) if names is None else named(names.__getitem__)


def called(name: str) -> str:
    """Return a benign class, a kind of mapped place, or a kind of report in every language as markup."""
    return named(lambda language: kind_name(name, language))


def compound_called(name: str) -> str:
    """Return a compound in every language as markup."""
    return named(lambda language: compound_name(name, language))


def named(name_in: Callable[[Language], str]) -> str:
    """Return what every language says as markup of which the page's style shows the reader's own."""
    return _spans({language: escape(name_in(language), quote=False) for language in LANGUAGES})


def kind_name(name: str, language: Language) -> str:
    """Return what a benign class, a kind of mapped place, or a kind of report is called; the name where it is none."""
    return name if language == "en" else _kinds().get(name, name)


def listed(names: Sequence[str], language: Language) -> str:
    """Return names of which one holds, joined by "or".

    Examples
    --------
    >>> listed(["metano", "etano", "óxido de etileno"], "es")
    'metano o etano u óxido de etileno'
    """
    said = names[0] if names else ""
    for name in names[1:]:
        is_before_o = language == "es" and name.lower().startswith(("o", "ó", "ho"))
        said += f" {'u' if is_before_o else word('or', language)} {name}"
    return said


def compound_name(name: str, language: Language) -> str:
    """Return what a compound of the table is called; its English name where no other is known."""
    return name if language == "en" else _compounds().get(name, name)


@cache
def _compounds() -> dict[str, str]:
    return tomllib.loads(files("upwind.render").joinpath("compounds.toml").read_text(encoding="utf-8"))


@cache
def _kinds() -> dict[str, str]:
    return tomllib.loads(files("upwind.render").joinpath("names.toml").read_text(encoding="utf-8"))


@cache
def _states() -> dict[str, dict[Language, str]]:
    return tomllib.loads(files("upwind.render").joinpath("states.toml").read_text(encoding="utf-8"))


def spoken(key: str) -> dict[str, str]:
    """Return the attributes that name a picture to whoever hears the page; its script follows the language."""
    return {"aria_label": word(key, "en")} | {f"data_{language}": word(key, language) for language in LANGUAGES}


def likelihood(probability: float) -> str:
    """Return the key of the ICD 203 term for a probability."""
    return next(key for end, key in _LIKELIHOODS if probability <= end)
