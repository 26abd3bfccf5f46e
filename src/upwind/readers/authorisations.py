"""Authorisations: what states allowed, as TOML or the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from upwind.readers.files import File, open_file, shown
from upwind.readers.geometry import require_area
from upwind.readers.keys import FLAG, TEXT, Kind, check_keys, items, nearest, number, parsed
from upwind.readers.states import STATES
from upwind.records import Authorisation

__all__ = ["authorisations_of", "read_authorisations"]

_LAYOUT = "authorisations (docs/how-to/authorisations.md)"
_MOMENT = Kind(words="a time", fits=lambda value: isinstance(value, (str, date)))
#: Metres; wide enough for whoever means "any", and finite: without a limit the key is left out.
_HEIGHT = replace(
    number("a height in metres", -100_000.0, 1_000_000.0), remedy="give metres above ground; without a limit, no key"
)
_KEYS = {
    "id": TEXT,
    "state": TEXT,
    "from": _MOMENT,
    "to": _MOMENT,
    "floor_m": _HEIGHT,
    "ceiling_m": _HEIGHT,
    "platform": TEXT,
    "special_use": FLAG,
    "basis": TEXT,
    "recorded_by": TEXT,
    "area": Kind(words="a GeoJSON geometry", fits=lambda value: isinstance(value, dict)),
    "conditions": TEXT,
}
_NEEDED = ("id", "state", "from", "to", "platform")


def read_authorisations(path: Path) -> tuple[Authorisation, ...]:
    """Return the authorisations of a file, in its order; TOML and JSON are told apart by what the file holds.

    Raises
    ------
    FormatError
        It is neither, a key is not known, missing, or twice there, a time has no offset from UTC, an interval of time
        or height ends before it begins, a state is none, an id is taken, or an area is no area on the globe.
    """
    return authorisations_of(open_file(path))


def authorisations_of(file: File) -> tuple[Authorisation, ...]:
    """Return the authorisations of a file that has been read, so that its hash can go into the audit."""
    said = parsed(file, _LAYOUT)
    known = {"authorisation": Kind(words="tables, each headed [[authorisation]]", fits=lambda _: True)}
    check_keys(file, "", said, known, needed=())
    if "authorisation" not in said:
        raise file.fault(0, "", 'key "authorisation" is missing', "head each authorisation with [[authorisation]]")
    found: list[Authorisation] = []
    for where, table in items(file, said, "authorisation"):
        check_keys(file, where, table, _KEYS, needed=_NEEDED)
        one = _authorisation(file, where, table)
        if one.id in {other.id for other in found}:
            raise file.fault(0, f'{where}key "id"', f"{shown(one.id)!r} is taken", "give each its own id")
        found.append(one)
    return tuple(found)


def _authorisation(file: File, where: str, table: Mapping[str, Any]) -> Authorisation:
    """Return one authorisation of keys that have been checked one by one."""
    start, end = _moment(file, where, "from", table["from"]), _moment(file, where, "to", table["to"])
    if end < start:
        raise file.fault(0, f'{where}key "to"', "it ends before it begins", 'give a time at or after "from"')
    floor_m, ceiling_m = table.get("floor_m"), table.get("ceiling_m")
    if floor_m is not None and ceiling_m is not None and ceiling_m < floor_m:
        fault = f"the ceiling of {ceiling_m:g} m is below the floor of {floor_m:g} m"
        raise file.fault(0, f'{where}key "ceiling_m"', fault, 'give a height at or above "floor_m"')
    if "area" in table:
        require_area(file, f'{where}key "area"', table["area"])
    return Authorisation(
        id=_filled(file, where, table, "id"),
        state=_state(file, where, table["state"]),
        start=start,
        end=end,
        floor_m=None if floor_m is None else float(floor_m),
        ceiling_m=None if ceiling_m is None else float(ceiling_m),
        platform=_filled(file, where, table, "platform"),
        special_use=table.get("special_use", False),
        basis=table.get("basis", ""),
        recorded_by=table.get("recorded_by", ""),
        area=table.get("area"),
        conditions=table.get("conditions", ""),
    )


def _filled(file: File, where: str, table: Mapping[str, Any], key: str) -> str:
    """Return a text without blanks about it; one of nothing else says nothing."""
    text: str = table[key].strip()
    if not text:
        raise file.fault(0, where.removesuffix(": "), f'key "{key}" is missing', f"add {key} = …")
    return text


def _state(file: File, where: str, code: str) -> str:
    if code not in STATES:
        is_code = len(code) == len("MEX")
        near = nearest(code.upper(), STATES) if is_code else 'write the three letters of ISO 3166-1, such as "MEX"'
        raise file.fault(0, f'{where}key "state"', f"{shown(code)!r} is not the ISO A3 code of a state", near)
    return code


def _moment(file: File, where: str, key: str, said: str | date) -> datetime:
    """Return a time in UTC, of TOML's own or written as ISO 8601."""
    place = f'{where}key "{key}"'
    try:
        moment = datetime.fromisoformat(said.strip()) if isinstance(said, str) else said
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        remedy = "write ISO 8601, such as 2020-09-15T00:43:00Z"
        raise file.fault(0, place, f"{shown(str(said))!r} is not a time", remedy) from None
    without = "offset from UTC" if isinstance(moment, datetime) else "time of day"
    raise file.fault(0, place, f"{said} has no {without}", "write it in UTC, such as 2020-09-15T00:43:00Z")
