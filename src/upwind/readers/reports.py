"""Reports from other sources: a row a report, as `reports` of a mission names them.

Columns: `id`, `time` (ISO 8601), `longitude`, `latitude` [deg], `radius_m` (1 sigma of the place), `kind`,
`reliability` (A to F) and `credibility` (1 to 6) of the Admiralty system (empty: F and 6, cannot be judged), `origin`
(reports of one origin tell one thing; empty: its own) and `text`. Other columns are passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from upwind.errors import FormatError
from upwind.readers.files import File, shown
from upwind.readers.keys import nearest
from upwind.readers.times import BadTimeError, Times
from upwind.records import Report

__all__ = ["COLUMNS", "reports_of"]

COLUMNS = (
    "id",
    "time",
    "longitude",
    "latitude",
    "radius_m",
    "kind",
    "reliability",
    "credibility",
    "origin",
    "text",
)
_NEEDED = ("id", "time", "longitude", "latitude", "radius_m", "kind")
_RELIABILITY, _CREDIBILITY = "ABCDEF", "123456"
#: Half the Earth's circumference. [m]
_FARTHEST_M = 20_037_508.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row and where it stands."""

    file: File
    line: int
    cells: Mapping[str, str]

    def fault(self, column: str, fault: str, remedy: str) -> FormatError:
        return self.file.fault(self.line, f'column "{column}"', fault, remedy)

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def number(self, column: str, least: float, most: float, words: str) -> float:
        """Return a number of a range."""
        written = self.text(column)
        try:
            value = float(written)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise self.fault(column, f"{shown(written)!r} is not {words}", f"give {words}")
        return value

    def grade(self, column: str, grades: str, words: str) -> str:
        """Return a grade; what nobody graded has the last, which cannot be judged."""
        written = self.text(column).upper() or grades[-1]
        if len(written) != 1 or written not in grades:
            raise self.fault(column, f"{shown(written)!r} is no grade", f"give {words}, or leave the cell empty")
        return written


def reports_of(file: File) -> tuple[Report, ...]:
    """Return the reports of a table, in its order.

    Raises
    ------
    FormatError
        A column is missing, a cell is not what its column needs, or two rows have one id.
    """
    times = Times()
    reports: list[Report] = []
    taken: set[str] = set()
    for row in _rows(file):
        report = _report(row, times)
        if report.id in taken:
            msg = "id"
            raise row.fault(msg, f"{shown(report.id)!r} stands twice", "give each report its own id")
        taken.add(report.id)
        reports.append(report)
    return tuple(reports)


def _rows(file: File) -> Iterator[_Row]:
    file.require_text()
    reader = csv.reader(io.StringIO(file.content.decode("utf-8-sig", errors="replace"), newline=""), strict=True)
    try:
        heads = [head.strip() for head in next(reader, [])]
        for column in _NEEDED:
            if column not in heads:
                raise file.fault(1, "", f'there is no column "{column}"', nearest(column, heads))
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(heads):
                fault = f"{len(cells)} cells, the header has {len(heads)}"
                raise file.fault(
                    reader.line_num, "", fault, "give every row as many cells, texts with commas in quotes"
                )
            yield _Row(file=file, line=reader.line_num, cells=dict(zip(heads, cells, strict=True)))
    except csv.Error as error:
        raise file.fault(reader.line_num, "", f"the cells cannot be read ({error})", "close every quote") from None


def _report(row: _Row, times: Times) -> Report:
    for column in ("id", "kind"):
        if not row.text(column):
            raise row.fault(column, "the cell is empty", f"give the report's {column}")
    try:
        seconds = float(times.read([row.text("time")])[0])
    except BadTimeError as error:
        msg = "time"
        raise row.fault(msg, error.fault, error.remedy) from None
    return Report(
        id=row.text("id"),
        time=datetime.fromtimestamp(seconds, UTC),
        longitude=row.number("longitude", -180.0, 180.0, "a longitude (-180 to 180)"),
        latitude=row.number("latitude", -90.0, 90.0, "a latitude (-90 to 90)"),
        radius_m=row.number("radius_m", 0.0, _FARTHEST_M, "a distance of 0 m or more"),
        kind=row.text("kind"),
        reliability=row.grade("reliability", _RELIABILITY, "A to F"),
        credibility=int(row.grade("credibility", _CREDIBILITY, "1 to 6")),
        origin=row.text("origin"),
        text=row.text("text"),
    )
