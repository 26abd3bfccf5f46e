"""ArduPilot's DataFlash logs, binary and as text: both say in FMT messages how the others are laid out.

pymavlink would be 100 MB for one message; the format describes itself.

References
----------
ArduPilot, libraries/AP_Logger/README.md (field types) and LogStructure.h.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from upwind.readers.files import File
from upwind.readers.telemetry.samples import Sample, many, number, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]

_MAGIC = b"\xa3\x95"
_HEADER = 3
_FORMAT = 128
_FORMAT_LAYOUT = struct.Struct("<BB4s16s64s")

#: What stands for each field type: the type of `struct` and a factor. Text has no factor.
_FIELDS = {
    "b": ("b", 1.0),
    "B": ("B", 1.0),
    "M": ("B", 1.0),
    "h": ("h", 1.0),
    "H": ("H", 1.0),
    "i": ("i", 1.0),
    "I": ("I", 1.0),
    "q": ("q", 1.0),
    "Q": ("Q", 1.0),
    "f": ("f", 1.0),
    "d": ("d", 1.0),
    "g": ("e", 1.0),
    "c": ("h", 0.01),
    "C": ("H", 0.01),
    "e": ("i", 0.01),
    "E": ("I", 0.01),
    "L": ("i", 1e-7),
    "n": ("4s", 0.0),
    "N": ("16s", 0.0),
    "Z": ("64s", 0.0),
    "a": ("64s", 0.0),
}

#: GPS time has no leap seconds: from when on it is how far ahead of UTC. [s] (IERS Bulletin C)
_GPS_EPOCH_S = datetime(1980, 1, 6, tzinfo=UTC).timestamp()
_AHEAD = tuple(
    (datetime(year, month, 1, tzinfo=UTC).timestamp(), seconds)
    for year, month, seconds in ((2017, 1, 18), (2015, 7, 17), (2012, 7, 16), (2009, 1, 15), (2006, 1, 14))
)
_WEEK_S = 604_800

#: What fields of the message GPS have been called.
_CALLED = {
    "week": ("GWk", "Week"),
    "milliseconds": ("GMS", "TimeMS", "Time"),
    "latitude": ("Lat",),
    "longitude": ("Lng",),
    "altitude": ("Alt",),
}

Position = Mapping[str, float]


class _Layout(NamedTuple):
    """How one kind of message is laid out."""

    name: str
    length: int
    layout: struct.Struct | None
    labels: tuple[str, ...]
    factors: tuple[float, ...]


def read(file: File) -> Trajectory:
    """Return the trajectory that the first satellite receiver of an autopilot saw; heights are above the sea.

    Raises
    ------
    FormatError
        There is no message in it that is whole, or no position with GPS week and time.
    """
    positions, notes = _binary(file) if _MAGIC in file.head else _text(file)
    first = positions[0].get("I", math.nan) if positions else math.nan
    chosen = [position for position in positions if math.isnan(first) or position.get("I") == first]
    return trajectory_from(file, (_sample(row, position) for row, position in enumerate(chosen)), notes)


def _binary(file: File) -> tuple[list[Position], list[str]]:
    """Return the messages GPS of a binary log, and what was lost of a damaged one."""
    content = file.content
    layouts = {_FORMAT: _Layout("FMT", _HEADER + _FORMAT_LAYOUT.size, None, (), ())}
    positions: list[Position] = []
    place = messages = lost = 0
    while place + _HEADER <= len(content):
        layout = layouts.get(content[place + 2]) if content.startswith(_MAGIC, place) else None
        if layout is None:
            lost += 1
            found = content.find(_MAGIC, place + 1)
            place = found if found >= 0 else len(content)
            continue
        end = place + layout.length
        if end > len(content):
            break
        if layout.name == "FMT":
            _learn(layouts, content[place + _HEADER : end])
        elif layout.name == "GPS" and layout.layout is not None:
            values = layout.layout.unpack(content[place + _HEADER : end])
            positions.append(_scaled(layout, values))
        messages += 1
        place = end
    notes = [f"damaged in {many(lost, 'place')}, {many(messages, 'whole message')} read"] * bool(lost)
    return positions, [*notes, *[f"cut off after {many(messages, 'message')}"] * (place < len(content))]


def _learn(layouts: dict[int, _Layout], says: bytes) -> None:
    """Take the layout of one kind of message."""
    kind, length, name, fields, labels = _FORMAT_LAYOUT.unpack(says)
    if kind == _FORMAT or length < _HEADER:
        return
    called, types, label = (text.split(b"\0")[0].decode("latin-1") for text in (name, fields, labels))
    known = [_FIELDS[kind] for kind in types if kind in _FIELDS]
    layout = struct.Struct("<" + "".join(kind for kind, _ in known))
    whole = len(known) == len(types) and layout.size == length - _HEADER
    layouts[kind] = _Layout(
        called, length, layout if whole else None, tuple(label.split(",")), tuple(factor for _, factor in known)
    )


def _scaled(layout: _Layout, values: tuple[object, ...]) -> Position:
    """Return the numbers of a message by their labels."""
    return {
        label: number(value) * factor
        for label, value, factor in zip(layout.labels, values, layout.factors, strict=False)
        if factor
    }


def _text(file: File) -> tuple[list[Position], list[str]]:
    """Return the messages GPS of a text log, a line a message, and what was lost of a damaged one."""
    labels: list[str] = []
    positions: list[Position] = []
    lost = 0
    for line in _lines(file):
        cells = [cell.strip() for cell in line.split(",")]
        if cells[0] == "FMT" and cells[3:4] == ["GPS"]:
            labels = cells[5:]
        elif cells[0] == "GPS" and labels:
            lost += len(cells) <= len(labels)
            if len(cells) > len(labels):
                positions.append({label: number(cell) for label, cell in zip(labels, cells[1:], strict=False)})
    return positions, [f"{many(lost, 'cut-off line')} of GPS left out"] * bool(lost)


def _lines(file: File) -> Iterator[str]:
    """Yield the lines of a text log."""
    yield from file.content.decode("utf-8-sig", "replace").splitlines()


def _sample(row: int, position: Position) -> Sample:
    """Return what one message GPS says."""
    week, milliseconds, latitude, longitude, altitude = (
        next((position[name] for name in names if name in position), math.nan) for names in _CALLED.values()
    )
    return Sample(
        row=row,
        time=_utc(week, milliseconds),
        longitude=longitude,
        latitude=latitude,
        altitude=altitude,
    )


def _utc(week: float, milliseconds: float) -> float:
    """Return seconds since 1970-01-01T00:00Z of a time of GPS; NaN where the receiver did not know it yet."""
    if not week > 0:
        return math.nan
    seconds = _GPS_EPOCH_S + week * _WEEK_S + milliseconds / 1e3
    return seconds - next((ahead for since, ahead in _AHEAD if seconds - ahead >= since), 13)
