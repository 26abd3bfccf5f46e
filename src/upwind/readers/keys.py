"""Documents of keys and values, as TOML or the same as JSON: every key known, every value of its kind, or a clear word.

A kind is a test and the words for what passes it; a layout is a mapping of keys to kinds.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from upwind.readers.files import File, shown

__all__ = [
    "FLAG",
    "TEXT",
    "TEXTS",
    "WHOLE",
    "Kind",
    "check_keys",
    "items",
    "nearest",
    "number",
    "parsed",
    "parsed_toml",
]

#: How JSON begins; no TOML begins with a brace, or with a bracket before one.
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{")
#: Neither JSON nor TOML of a person's hand nests deeper; a MultiPolygon in a list of tables needs eight.
_DEEPEST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a key's value must be: `fits` says whether it is, `words` what it is called, `remedy` what to do if not."""

    words: str
    fits: Callable[[Any], bool]
    remedy: str = ""


def number(words: str, least: float, most: float, *, over: bool = False) -> Kind:
    """Return the kind of numbers from `least` to `most`; with `over`, more than `least`."""

    def fits(value: object) -> bool:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return False
        return least <= value <= most and not (over and value == least)

    return Kind(words=words, fits=fits)


TEXT = Kind(words="a text", fits=lambda value: isinstance(value, str))
TEXTS = Kind(
    words="a list of texts",
    fits=lambda value: isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value),
)
WHOLE = Kind(words="a whole number", fits=lambda value: isinstance(value, int) and not isinstance(value, bool))
FLAG = Kind(words="true or false", fits=lambda value: isinstance(value, bool))


def parsed_toml(file: File, layout: str) -> dict[str, Any]:
    """Return a TOML file's table; `layout` names the file whose layout helps where it is none."""
    try:
        return tomllib.loads(file.content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise file.fault(0, "", f"this is not TOML ({error})", f"see the layout of {layout}") from None


def parsed(file: File, layout: str) -> dict[str, Any]:
    """Return the table of a file in TOML, or in JSON, whichever its content begins as; a null is no key.

    Raises
    ------
    FormatError
        It is neither, says one key twice, or holds no table at its top.
    """
    said = _parsed_json(file, layout) if _JSON.match(file.head) else parsed_toml(file, layout)
    if _deeper(said, _DEEPEST):
        raise file.fault(0, "", f"this nests more than {_DEEPEST} deep", f"see the layout of {layout}")
    return said


def items(file: File, said: Mapping[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the tables of a list, each with the words that begin a place in it, such as ``authorisation 2: ``."""
    tables = said[key]
    if not isinstance(tables, list):
        raise file.fault(0, f'key "{key}"', "this is not a list of tables", f"head each with [[{key}]]")
    found = []
    for count, table in enumerate(tables, start=1):
        if not isinstance(table, dict):
            raise file.fault(0, f"{key} {count}", "this is not a table", f"head each {key} with [[{key}]]")
        found.append((f"{key} {count}: ", table))
    return found


def check_keys(
    file: File, where: str, table: Mapping[str, Any], known: Mapping[str, Kind], needed: Sequence[str]
) -> None:
    """Raise `FormatError` unless all keys are known, all values of their kind, and none that is needed is missing.

    Parameters
    ----------
    where
        Begins the place in messages, such as ``flight 2: ``; empty at the file's top.
    """
    for key, value in table.items():
        if key not in known:
            raise file.fault(0, f"{where}key {shown(key)!r}", "this key is not known", nearest(key, known))
        kind = known[key]
        if not kind.fits(value):
            fault, remedy = f"{shown(repr(value))} is not {kind.words}", kind.remedy or f"give {kind.words}"
            raise file.fault(0, f'{where}key "{key}"', fault, remedy)
    for key in needed:
        if table.get(key) in (None, "", []):
            raise file.fault(0, where.removesuffix(": "), f'key "{key}" is missing', f"add {key} = …")


def nearest(word: str, known: Collection[str]) -> str:
    """Return the question that helps with a word that is not known."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0)
    return f"did you mean {near[0]!r}?" if near else "check its name"


def _parsed_json(file: File, layout: str) -> dict[str, Any]:
    try:
        said = json.loads(file.content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise file.fault(0, "", f"this is not JSON ({error})", f"see the layout of {layout}") from None
    if not isinstance(said, dict):
        raise file.fault(0, "", "this is a list, not a table", f"see the layout of {layout}")
    return said


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object as TOML would hold it: a key at most once, and none without a value."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            msg = f"key {shown(key)!r} stands twice"
            raise ValueError(msg)
        table[key] = value
    return {key: value for key, value in table.items() if value is not None}


def _no_number(word: str) -> NoReturn:
    msg = f"{word} is no number in JSON"
    raise ValueError(msg)


def _deeper(node: object, levels: int) -> bool:
    """Return whether something nests more than so many levels deep."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return levels == 0 or any(_deeper(item, levels - 1) for item in inner if isinstance(item, (dict, list)))
