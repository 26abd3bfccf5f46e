"""Where and when flights were: every kind of telemetry that `TELEMETRY` lists, and the positions of measurement files.

A new kind is one module and one line in `TELEMETRY`; modules are named as text and loaded when a file asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np

from upwind.arrays import TRAJECTORY
from upwind.errors import UnfinishedError
from upwind.readers.columns import Needs
from upwind.readers.files import LARGEST, File, open_file
from upwind.readers.layout import Layout
from upwind.readers.loading import load
from upwind.readers.registry import READERS, reader_of
from upwind.readers.tables import Table
from upwind.readers.tracks import labels_of, numbers_of, require_forward
from upwind.records import Trajectory

__all__ = [
    "TELEMETRY",
    "TRAJECTORY_NEEDS",
    "Telemetry",
    "is_telemetry",
    "read_trajectory",
    "telemetry_of",
    "trajectory_of",
]

#: From here on a table is first tried column by column. [bytes]
_LEAST_QUICK = 1 << 20

#: Columns that a table of positions cannot be without.
TRAJECTORY_NEEDS: Needs = ("time", "longitude", "latitude")


#: One kind of telemetry.
Telemetry = Layout[Callable[[File], Trajectory]]


def _kind(module: str, name: str, head: bytes, *suffixes: str) -> Telemetry:
    """Return one kind of telemetry."""
    return Layout(
        name=name,
        module=f"upwind.readers.telemetry.{module}",
        head=re.compile(head, re.DOTALL),
        suffixes=suffixes,
    )


#: Text may begin with a byte order mark and blanks.
_TEXT = rb"(?:\xef\xbb\xbf)?\s*"

#: Tried in this order; what none of them knows is a table.
TELEMETRY = (
    _kind("ulog", "PX4 ULog", rb"ULog\x01\x12\x35", ".ulg", ".ulog"),
    _kind("dataflash", "ArduPilot DataFlash", rb"\xa3\x95\x80|" + _TEXT + rb"FMT, ?\d+, ?\d+, ?\w+,", ".bin"),
    _kind("mavlink", "MAVLink telemetry log", rb"\x00[\x03-\x0e].{6}[\xfd\xfe]", ".tlog"),
    _kind(
        "klv",
        "MISB KLV",
        rb"(?=.{0,1000}?[\x00\xff])(?:\x47(?:.{187}\x47){2}|.{4}\x47(?:.{191}\x47){2}|\x47(?:.{203}\x47){2})"
        rb"|\x06\x0e\x2b\x34",
        ".ts",
        ".mpg",
        ".m2ts",
        ".klv",
    ),
    _kind("kml", "KML", rb"PK\x03\x04|" + _TEXT + rb"<(?:[?!].*?<)?kml[\s>]", ".kml", ".kmz"),
    _kind("gpx", "GPX", _TEXT + rb"<(?:[?!].*?<)?gpx[\s>]", ".gpx"),
    _kind("cot", "Cursor on Target", _TEXT + rb"<(?:[?!].*?<)?events?[\s>]", ".cot"),
    _kind("adsb", "ADS-B JSON", _TEXT + rb"[\[{]", ".json", ".jsonl"),
    _kind("iwg1", "IWG1", _TEXT + rb"IWG1,", ".iwg1"),
    _kind(
        "modes",
        "Mode S frames",
        _TEXT
        + rb"(?:[^\r\n]*\b(?:hex|raw_?msg|frame)\b[^\r\n]*\r?\n\s*)?"
        + rb"(?:\"?[\d.:TZ+-]{8,35}\"?[,; \t]+)?\"?[*@]?(?:[0-9A-Fa-f]{12})?[0-9A-Fa-f]{14}(?:[0-9A-Fa-f]{14})?\"?"
        + rb"[;,\s]|\x1a[\x31-\x34]",
        ".avr",
    ),
    _kind(
        "vectors",
        "OpenSky state vectors",
        rb"(?=[^\r\n]*\bicao24\b)(?=[^\r\n]*\blat\b)(?=[^\r\n]*\blon\b)" + _TEXT,
    ),
)


def telemetry_of(file: File) -> Telemetry | None:
    """Return the kind of telemetry that a file's content is, or else its name promises; None where it is a table."""
    for kind in TELEMETRY:
        if kind.recognises(file):
            return kind
    if any(reader.recognises(file) for reader in READERS[:-1]):
        return None
    suffix = f".{file.name.lower().removesuffix('.gz').rpartition('.')[2]}"
    return next((kind for kind in TELEMETRY if suffix in kind.suffixes), None)


def is_telemetry(path: Path) -> bool:
    """Return whether a file says where a flight was and cannot hold readings of a gas."""
    return telemetry_of(open_file(path, binary=True)) is not None


def read_trajectory(path: Path) -> Trajectory:
    """Return where and when the flights of a file were, whatever its format.

    Parameters
    ----------
    path
        Telemetry of one of the kinds of `TELEMETRY`, or a measurement file with positions (CSV, Parquet, ICARTT,
        NetCDF); may be packed with gzip.

    Raises
    ------
    FormatError
        It is not what its layout says, or there are no positions with times in it.
    """
    file = open_file(path, binary=True)
    if not file.content.strip():
        raise UnfinishedError(file.shown, "", "the file is empty", "give a log with positions and their times")
    kind = telemetry_of(file)
    with np.errstate(over="ignore", invalid="ignore"):  # what is beyond a float is refused as beyond its bounds
        if kind is not None:
            return kind.read(file)
        quick = _quick(file) if len(file.content) > _LEAST_QUICK else None
        if quick is not None:
            return quick
        if len(file.content) > LARGEST:
            raise file.fault(0, "", f"holds more than {LARGEST >> 20} MB and is no plain table", "split it")
        return trajectory_of(reader_of(file).read(file, TRAJECTORY_NEEDS))


def _quick(file: File) -> Trajectory | None:
    """Return the trajectory of a large plain table; None where it has to be read with care."""
    positions = cast("Callable[[File, Needs], Trajectory | None]", load("upwind.readers.positions").positions)
    return positions(file, TRAJECTORY_NEEDS)


def trajectory_of(table: Table) -> Trajectory:
    """Return the positions of a table; rows without one are left out, `row` still counts them.

    Raises
    ------
    FormatError
        A value is impossible, a time goes back within one flight and sensor, or there are fewer than two positions
        (`UnfinishedError`).
    """
    table = table.located()
    if len(table.time) < 2:  # noqa: PLR2004 (as the layout says)
        rows = f"{len(table.time)} row{'s' * (len(table.time) != 1)} of positions"
        raise UnfinishedError(table.file.shown, "", f"{rows}, a track needs at least two rows", "give the whole track")
    numbers = numbers_of(table)
    numbers.setdefault("ellipsoidal_height", np.full(len(table.time), np.nan))
    require_forward(table, ("flight", "sensor"))
    flight, flights = labels_of(table, "flight")
    platform, platforms = labels_of(table, "platform")
    columns: dict[str, Any] = {spec.name: numbers[spec.name] for spec in TRAJECTORY if spec.name != "time"}
    return Trajectory(
        name=table.file.name,
        sha256=table.file.sha256,
        time=table.time,
        row=table.rows,
        flight=flight,
        flights=flights,
        platform=platform,
        platforms=platforms,
        notes=table.file.notes,
        **columns,
    )
