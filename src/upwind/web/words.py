"""The workbench's words and who hears which: `words.toml`, and the language of a request."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from starlette.requests import Request

__all__ = ["LANGUAGES", "LANGUAGE_COOKIE", "has_word", "language_of", "word"]

LANGUAGES = ("en", "es")
LANGUAGE_COOKIE = "upwind-language"


@cache
def _table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("upwind.web").joinpath("words.toml").read_text(encoding="utf-8"))


def has_word(key: str) -> bool:
    """Return whether there is a text of a key."""
    return key in _table()


def word(key: str, language: str, /, **values: object) -> str:
    """Return a text in one language."""
    return _table()[key][language].format(**values)


def language_of(request: Request) -> str:
    """Return the language asked for: by the address, by the reader's choice of before, or by the browser.

    A partner's pages are Spanish unless they choose otherwise.
    """
    for said in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if said in LANGUAGES:
            return str(said)
    account = request.state.account
    if account is not None and account.partner:
        return "es"
    first = request.headers.get("accept-language", "").split(",")[0].strip()[:2].lower()
    return first if first in LANGUAGES else LANGUAGES[0]
