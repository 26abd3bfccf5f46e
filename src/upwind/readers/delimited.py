"""Tables as text: commas, semicolons or tabs between the cells, read a run of rows at a time."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np

from upwind.arrays import FloatArray
from upwind.errors import FormatError, UnfinishedError
from upwind.readers.columns import Column, Needs, Role, lay
from upwind.readers.files import File, shown
from upwind.readers.tables import Table
from upwind.readers.times import BadTimeError, Times

__all__ = ["read"]

#: Rows that are held as text at once.
_RUN = 1_000

_LONGEST_LINE = 1_000_000
_MOST_BLANK = 10_000
_LONGEST_HEADER = 65_536
_STEP = 1 << 20
_DELIMITERS = ",;\t"
_NOTHING = frozenset({"", "nan", "na", "n/a", "null", "none"})
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


def read(file: File, needs: Needs) -> Table:
    """Return the table of a text file.

    Raises
    ------
    FormatError
        The text is not a table, a needed column is missing, or a cell is not what its column holds.
    """
    file.require_text()
    if file.growing:
        file = replace(file, content=file.content[: 1 + max(map(file.content.rfind, (b"\n", b"\r")))])
    lines = _Lines(file)
    delimiter = _delimiter(lines.header)
    rows = _Rows(file=file, lines=lines, delimiter=delimiter)
    header, numbers = rows.take(1, 0)
    if not header:
        raise file.fault(0, "", "the first line names no column", "give a table with a header")
    columns = lay([cell.strip() for cell in header[0]], file, needs, numbers[0])
    sheet = _Sheet(file=file, columns=columns, decimal="." if delimiter == "," else "")
    while True:
        cells, numbers = rows.take(_RUN, len(columns))
        if not cells:
            return sheet.table()
        sheet.add(cells, numbers)


class _Lines:
    """The lines of a text file, none too long, and whether the last one ends as a line does."""

    def __init__(self, file: File) -> None:
        self._file = file
        self.number = 0
        text = io.TextIOWrapper(io.BytesIO(file.content), encoding=_encoding(file), newline="")
        self._lines = self._checked(text)
        self._first: list[str] = []
        for line in self._lines:
            self._first.append(line)
            if line.strip() or len(self._first) > _MOST_BLANK:
                break
        else:
            raise UnfinishedError(file.shown, "", "the file is empty", "give a table with a header and rows")
        self.header = self._first[-1]
        if len(self.header) > _LONGEST_HEADER:
            raise file.fault(1, "", "the first line is too long for a header", "give a table with a header")

    def __iter__(self) -> Iterator[str]:
        yield from self._first
        yield from self._lines

    def cut(self) -> bool:
        """Return whether the line just given is the last one and lacks its end."""
        return not self._file.content.endswith((b"\n", b"\r")) and next(self._lines, None) is None

    def _checked(self, text: io.TextIOWrapper) -> Iterator[str]:
        """Yield the lines."""
        for self.number, line in enumerate(text, start=1):
            if len(line) > _LONGEST_LINE:
                fault = f"the line is longer than {_LONGEST_LINE:,} letters"
                raise self._file.fault(self.number, "", fault, "give a table with a row a line")
            yield line


@dataclass(slots=True, kw_only=True)
class _Rows:
    """The rows of a text file as cells, each of the header's width."""

    file: File
    lines: _Lines
    delimiter: str
    _cells: Iterator[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self._cells = csv.reader(self.lines, delimiter=self.delimiter, strict=True)

    def take(self, most: int, width: int) -> tuple[list[list[str]], list[int]]:
        """Return the next rows and the lines where they end; a width of 0 takes any."""
        rows: list[list[str]] = []
        numbers: list[int] = []
        try:
            for row in islice(self._filled(width), most):
                rows.append(row)
                numbers.append(self.lines.number)
        except csv.Error as error:
            kind = UnfinishedError if self.file.growing else FormatError
            fault, remedy = f"the quotes or cells cannot be read ({error})", "close every quote, double those within"
            raise kind(self.file.shown, "", fault, remedy, self.lines.number) from None
        return rows, numbers

    def _filled(self, width: int) -> Iterator[list[str]]:
        """Yield the rows that are not blank, such as spreadsheets leave behind the last."""
        blank = 0
        for row in self._cells:
            if not row or not (row[0] or "".join(row).strip()):
                blank += 1
                if blank > _MOST_BLANK:
                    fault = f"more than {_MOST_BLANK:,} blank lines"
                    raise self.file.fault(self.lines.number, "", fault, "take them out")
                continue
            if len(row) != width and width:
                raise self._ragged(row, width)
            yield row

    def _ragged(self, row: list[str], width: int) -> FormatError:
        """Return the error that a row has too many or too few cells."""
        many = f"{len(row)} cell{'s' * (len(row) != 1)}, the header has {width}"
        if len(row) < width and self.lines.cut():
            return self.file.fault(
                self.lines.number, "", f"the last line is cut off ({many})", "copy the file again, whole"
            )
        return self.file.fault(self.lines.number, "", many, "give every row as many cells as the header")


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """The columns of a file as they grow, numbers as numbers.

    `decimal` is the file's decimal sign, "" until a cell shows it.
    """

    file: File
    columns: tuple[Column, ...]
    decimal: str
    times: Times = field(default_factory=Times)
    time: list[FloatArray] = field(default_factory=list)
    numbers: dict[str, list[FloatArray]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)

    def add(self, rows: list[list[str]], lines: list[int]) -> None:
        """Take a run of rows."""
        for column, cells in zip(self.columns, zip(*rows, strict=True), strict=True):
            match column.role:
                case Role.TIME:
                    try:
                        self.time.append(self.times.read(cells))
                    except BadTimeError as error:
                        raise self.file.fault(lines[error.index], column.place, error.fault, error.remedy) from None
                case Role.NUMBER | Role.GAS:
                    self.numbers.setdefault(column.header, []).append(self._floats(column, cells, lines))
                case _:
                    text = [*map(str.strip, cells)]
                    self.texts.setdefault(column.header, []).extend(map(self._known.setdefault, text, text))
        self.lines += lines

    def table(self) -> Table:
        """Return what was taken."""
        nothing: list[FloatArray] = [np.empty(0)]
        numeric = [column.header for column in self.columns if column.role in (Role.NUMBER, Role.GAS)]
        textual = [column.header for column in self.columns if column.role in (Role.TEXT, Role.EXTRA)]
        return Table(
            file=self.file,
            columns=self.columns,
            time=np.concatenate(self.time or nothing),
            numbers={header: np.concatenate(self.numbers.get(header, nothing)) for header in numeric},
            texts={header: tuple(self.texts.get(header, ())) for header in textual},
            lines=np.array(self.lines, dtype=np.int64),
        )

    def _floats(self, column: Column, cells: Sequence[str], lines: list[int]) -> FloatArray:
        """Return a column's numbers, NaN where nothing was observed."""
        joined = "".join(cells)
        if self.decimal != "." or "," in joined:
            cells = self._with_points(column, cells, joined, lines)
        if joined.isascii() and "_" not in joined:
            try:
                return np.array([float(cell) if cell else np.nan for cell in cells])
            except ValueError:
                pass
        return np.array([self._float(column, cell, line) for cell, line in zip(cells, lines, strict=True)])

    def _float(self, column: Column, cell: str, line: int) -> float:
        """Return one cell's number."""
        text = cell.strip()
        if text.casefold() in _NOTHING:
            return np.nan
        if _NUMBER.fullmatch(text):
            return float(text)
        remedy = "write a number with a decimal point, or leave the cell empty where nothing was observed"
        raise self.file.fault(line, column.place, f'"{shown(text)}" is not a number', remedy)

    def _with_points(self, column: Column, cells: Sequence[str], joined: str, lines: list[int]) -> Sequence[str]:
        """Return the cells with decimal points, holding the file to one decimal sign."""
        signs = {sign for sign in ".," if sign in joined}
        if not signs:
            return cells
        self.decimal = self.decimal or ("," if "," in signs else ".")
        if signs != {self.decimal}:
            other = "," if self.decimal == "." else "."
            row = next(row for row, cell in enumerate(cells) if other in cell)
            fault = f'"{shown(cells[row])}" has another decimal sign than the cells before'
            raise self.file.fault(lines[row], column.place, fault, "write a decimal point and no thousands sign")
        return cells if self.decimal == "." else [cell.replace(",", ".") for cell in cells]


def _encoding(file: File) -> str:
    """Return the encoding of a text: UTF-8, or else what Windows calls 1252 (which holds Latin-1's letters)."""
    for encoding in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(file.content) + 1, _STEP):
                decoder.decode(file.content[start : start + _STEP], final=start + _STEP > len(file.content))
        except UnicodeDecodeError:
            continue
        return encoding
    raise file.fault(0, "", "the text is in no known encoding", "save it as UTF-8")


def _delimiter(header: str) -> str:
    """Return what stands between the header's cells: the sign that splits off a cell `time`, or the most cells."""
    split = {sign: _split(header, sign) for sign in _DELIMITERS}
    with_time = [sign for sign, cells in split.items() if "time" in cells]
    return max(with_time or _DELIMITERS, key=lambda sign: len(split[sign]))


def _split(header: str, delimiter: str) -> list[str]:
    """Return the cells of a header line, were this its delimiter."""
    try:
        return [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter))]
    except csv.Error:
        return []
