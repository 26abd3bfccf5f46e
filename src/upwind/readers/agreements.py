"""Agreements with partners, as TOML: what may leave to whom, how exactly, and who must have said yes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from upwind.readers.files import File, open_file, shown
from upwind.readers.keys import TEXT, TEXTS, Kind, check_keys, number, parsed_toml
from upwind.records import Agreement

__all__ = ["agreement_of", "read_agreement"]

_LAYOUT = "agreements (docs/how-to/release.md)"
_MOMENT = Kind(words="a time", fits=lambda value: isinstance(value, (str, date)))
_LEAST_PEOPLE = 2
#: What a partner has for each step where the agreement does not say. [days]
_URGENCY_DAYS = 30
_LANGUAGES = ("en", "es")
#: A check of end use and human rights is good for so long where the agreement does not say. [days]
_END_USE_DAYS = 365
#: Cells smaller than this are no coarsening, larger ones no place. [m]
_CELLS_M = (10.0, 100_000.0)


def _people(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= _LEAST_PEOPLE


_PEOPLE = Kind(words="a whole number of people, 2 or more", fits=_people)
_KEYS = {
    "partner": TEXT,
    "from": _MOMENT,
    "to": _MOMENT,
    "legal_basis": TEXT,
    "end_use_check": _MOMENT,
    "end_use_days": number("a number of days", 1, 3660),
    "allow": Kind(
        words="a list of properties",
        fits=lambda value: isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value),
    ),
    "location": Kind(
        words='"exact" or a table such as {cell_m = 1000}', fits=lambda value: isinstance(value, (str, dict))
    ),
    "marking": TEXT,
    "urgency": number("a number of days", 1, 366),
    "focal_point": TEXT,
    "languages": TEXTS,
    "threshold": _PEOPLE,
    "signatures": _PEOPLE,
    "deconfliction": Kind(
        words="a text, or a list of texts",
        fits=lambda value: (
            isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
        ),
    ),
}
_NEEDED = ("partner", "from", "to", "legal_basis", "end_use_check", "location", "marking")


def read_agreement(path: Path) -> Agreement:
    """Return the agreement of a file.

    Raises
    ------
    FormatError
        A key is not known or missing, a value not of its kind, a time without an offset from UTC, or an agreement that
        ends before it begins.
    """
    return agreement_of(open_file(path))


def agreement_of(file: File) -> Agreement:
    """Return the agreement of a file that has been read."""
    said = parsed_toml(file, _LAYOUT)
    check_keys(file, "", said, _KEYS, needed=_NEEDED)
    if "allow" not in said:
        raise file.fault(0, "", 'key "allow" is missing', 'list what may leave, such as allow = ["probability"]')
    start, end = _moment(file, "from", said["from"]), _moment(file, "to", said["to"])
    if end <= start:
        raise file.fault(0, 'key "to"', "it ends before it begins", 'give a time after "from"')
    asked = said.get("deconfliction", "")
    return Agreement(
        partner=_filled(file, said, "partner"),
        start=start,
        end=end,
        legal_basis=_filled(file, said, "legal_basis"),
        end_use_check=_moment(file, "end_use_check", said["end_use_check"]).date(),
        end_use_days=int(said.get("end_use_days", _END_USE_DAYS)),
        allow=tuple(dict.fromkeys(item.strip() for item in said["allow"])),
        cell_m=_cell(file, said["location"]),
        marking=_filled(file, said, "marking"),
        languages=_languages(file, said.get("languages", ["es", "en"])),
        threshold=said.get("threshold", _LEAST_PEOPLE),
        signatures=said.get("signatures", _LEAST_PEOPLE),
        deconfliction=", ".join(asked) if isinstance(asked, list) else asked.strip(),
        digest=file.sha256,
        urgency_days=math.ceil(said.get("urgency", _URGENCY_DAYS)),
        focal_point=said.get("focal_point", "").strip(),
    )


def _filled(file: File, said: Mapping[str, Any], key: str) -> str:
    text: str = said[key].strip()
    if not text:
        raise file.fault(0, "", f'key "{key}" says nothing', f"write {key} = …")
    return text


def _cell(file: File, said: str | dict[str, Any]) -> float | None:
    """Return the side of the cell, None for the exact place. [m]"""
    if said == "exact":
        return None
    kind = number("a side in metres", *_CELLS_M)
    if isinstance(said, str) or set(said) != {"cell_m"}:
        remedy = 'write "exact" or {cell_m = 1000}'
        raise file.fault(0, 'key "location"', f"{shown(str(said))!r} is no rule for places", remedy)
    if not kind.fits(said["cell_m"]):
        fault = f"{shown(str(said['cell_m']))} is not {kind.words} from {_CELLS_M[0]:g} to {_CELLS_M[1]:g}"
        raise file.fault(0, 'key "location"', fault, "give cell_m in metres, such as 1000")
    return float(said["cell_m"])


def _languages(file: File, said: list[str]) -> tuple[str, ...]:
    for language in said:
        if language not in _LANGUAGES:
            remedy = "choose from " + ", ".join(_LANGUAGES)
            raise file.fault(0, 'key "languages"', f"{shown(language)!r} is not spoken here", remedy)
    return tuple(dict.fromkeys(said))


def _moment(file: File, key: str, said: str | date) -> datetime:
    """Return a time in UTC; a day alone is its first moment in UTC."""
    try:
        when = datetime.fromisoformat(said.strip()) if isinstance(said, str) else said
    except ValueError:
        fault = f"{shown(str(said))!r} is not a time"
        raise file.fault(0, f'key "{key}"', fault, "write ISO 8601, such as 2026-10-01T00:00:00Z") from None
    if not isinstance(when, datetime):
        return datetime(when.year, when.month, when.day, tzinfo=UTC)
    if when.tzinfo is None:
        if isinstance(said, str) and len(said.strip()) == len("2026-10-01"):
            return when.replace(tzinfo=UTC)
        raise file.fault(0, f'key "{key}"', f"{said} has no offset from UTC", "write it such as 2026-10-01T00:00:00Z")
    return when.astimezone(UTC)
