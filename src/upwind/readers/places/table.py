"""Tables of places (CSV): `longitude`, `latitude`, `name`, `id`, and one a tag, such as `shop`, `opening_hours`."""

from __future__ import annotations

import difflib
import re

from upwind.readers.files import File, shown
from upwind.readers.places.rates import fault_of_rate
from upwind.readers.rows import Row, rows_of
from upwind.records import Place

__all__ = ["read"]

#: The same columns with their units, as the other tables of upwind have them.
_WITH_UNITS = {"longitude [deg]": "longitude", "latitude [deg]": "latitude", "rate [kg/h]": "rate"}
_FARTHEST = {"longitude": 180.0, "latitude": 90.0}
_NOT_TAGS = frozenset({"longitude", "latitude", "id", ""})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)


def read(file: File) -> tuple[Place, ...]:
    """Return a place a row.

    Raises
    ------
    FormatError
        It is no such table, or a position or rate cannot be.
    """
    line, headers, rows = rows_of(file, "a row a place")
    columns = [_WITH_UNITS.get(header, header) for header in headers]
    for needed in _FARTHEST:
        if needed not in columns:
            near = difflib.get_close_matches(needed, columns, n=1)
            remedy = f'rename "{shown(near[0])}"' if near else "columns are longitude, latitude, name and a tag each"
            raise file.fault(line, "", f'there is no column "{needed}"', remedy)
    twice = next((name for name in columns if name and columns.count(name) > 1), None)
    if twice is not None:
        raise file.fault(line, "", f'column "{shown(twice)}" stands twice', "keep one of them")
    named = [
        Row(file=file, line=row.line, cells={_WITH_UNITS.get(key, key): cell for key, cell in row.cells.items()})
        for row in rows
    ]
    return tuple(_place(row, number) for number, row in enumerate(named, start=1))


def _place(row: Row, number: int) -> Place:
    longitude, latitude = (_degrees(row, column, farthest) for column, farthest in _FARTHEST.items())
    if fault := fault_of_rate(row.cell("rate")):
        msg = "rate"
        raise row.fault(msg, *fault)
    tags = {key: row.cell(key) for key in row.cells if key not in _NOT_TAGS and row.cell(key)}
    return Place(
        id=row.cell("id") or f"{row.file.name}#{number}",
        name=row.cell("name"),
        longitude=longitude,
        latitude=latitude,
        outline=None,
        tags=tags,
    )


def _degrees(row: Row, column: str, farthest: float) -> float:
    text = row.cell(column)
    if not _NUMBER.fullmatch(text):
        raise row.fault(column, f'"{shown(text)}" is not a number', "write degrees with a decimal point")
    if not abs(float(text)) <= farthest:
        raise row.fault(column, f"{shown(text)} is not a {column} (-{farthest:g} to {farthest:g})", "")
    return float(text)
