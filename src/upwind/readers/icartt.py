"""ICARTT files, the text format of airborne chemistry: file format index 1001 (time series).

References
----------
NASA, ICARTT File Format Standards V2.0 (ESDS-RFC-029v2), 2017.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.errors import UnfinishedError
from upwind.readers.columns import Column, Needs, Role
from upwind.readers.files import File, shown
from upwind.readers.tables import Table
from upwind.readers.variables import Variable, columns_of

__all__ = ["read"]

_FORMAT = 1001
_LEAST_HEADER = 15
_MOST_HEADER = 5000
_DATE_LINE = 7
_MOST_LINES = 2_000_000
_LONGEST_LINE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """What the lines above the records say."""

    lines: int
    midnight: float
    variables: tuple[tuple[str, str], ...]
    scales: tuple[float, ...]
    missing: tuple[float, ...]
    said: dict[str, str]


class _Lines:
    """The lines of the header, one after the other, each with its number for messages."""

    def __init__(self, file: File, lines: list[str]) -> None:
        self._file = file
        self._lines = lines
        self.number = 0

    def next(self) -> str:
        """Return the next line."""
        if self.number >= len(self._lines):
            raise UnfinishedError(self._file.shown, "", "the header is cut off", "copy the file again, whole")
        self.number += 1
        return self._lines[self.number - 1].strip()

    def skip(self, count: int) -> None:
        """Pass over lines."""
        self.number += count

    def numbers(self, what: str) -> list[float]:
        """Return the numbers of the next line."""
        line = self.next()
        try:
            return [float(cell) for cell in line.replace(",", " ").split()]
        except ValueError:
            self.refuse(f'"{shown(line)}" should be {what}')

    def count(self, what: str) -> int:
        """Return the one whole number of the next line."""
        numbers = self.numbers(what)
        if len(numbers) != 1 or not 0 <= numbers[0] <= _MOST_HEADER:
            self.refuse(f"this line should be {what}")
        return int(numbers[0])

    def refuse(self, fault: str) -> NoReturn:
        """Raise that the line just read is not what the format says."""
        raise self._file.fault(self.number, "", fault, f"see the ICARTT standard, format {_FORMAT}")


def read(file: File, needs: Needs) -> Table:
    """Return the table of an ICARTT file.

    Values flagged as below the limit of detection are half the limit where the header states it, and 0 otherwise
    (nothing was found); those above the upper limit are NaN, as are missing ones. Rows without a position are left
    out. Longitudes of 180 to 360 degrees are brought to west. The height is NaN unless a variable gives it above
    ground: an altitude above the sea is no height.

    Raises
    ------
    FormatError
        The file is of another format index, or is not built as the standard says.
    """
    lines = _split(file)
    header = _header(file, lines)
    values, numbers = _records(file, lines, header)
    variables = tuple(_variables(header, values))
    columns, written, texts = columns_of(file, variables[1:], needs)
    if platform := header.said.get("PLATFORM"):
        columns = (*columns, Column(header="platform", name="platform", role=Role.TEXT))
        texts["platform"] = (platform,) * len(numbers)
    seconds, duration = _times(variables)
    if duration is not None:
        name = "duration [s]"
        columns = (*columns, Column(header=name, name="duration", role=Role.NUMBER, unit="s", units="s"))
        written[name] = duration
    table = Table(
        file=file,
        columns=(Column(header=variables[0].name, name="time", role=Role.TIME), *columns),
        time=header.midnight + seconds,
        numbers=written,
        texts=texts,
        lines=numbers,
    )
    return table.located() if "longitude" in needs else table


def _split(file: File) -> list[str]:
    """Return the lines, neither too many nor too long to be records."""
    if file.content.count(b"\n") > _MOST_LINES:
        raise file.fault(0, "", f"more than {_MOST_LINES:,} lines", "split it into several files")
    lines = file.content.removeprefix(codecs.BOM_UTF8).decode("latin-1").splitlines()
    for number, line in enumerate(lines, start=1):
        if len(line) > _LONGEST_LINE:
            fault = f"the line is longer than {_LONGEST_LINE:,} letters"
            raise file.fault(number, "", fault, "give a record a line")
    return lines


def _header(file: File, lines: list[str]) -> _Header:
    """Return what the header says, read line by line as the standard orders it."""
    at = _Lines(file, lines)
    first = at.next().replace(",", " ").split()
    if first[1] != str(_FORMAT) or not _LEAST_HEADER <= int(first[0]) <= _MOST_HEADER:
        at.refuse(f"format index {shown(first[1])} with {shown(first[0])} header lines is not read")
    at.skip(_DATE_LINE - 2)
    date = at.numbers("the date of the flight")
    try:
        midnight = datetime(int(date[0]), int(date[1]), int(date[2]), tzinfo=UTC).timestamp()
    except (ValueError, IndexError, OverflowError):
        at.refuse("this line should begin with the date of the flight")
    at.skip(1)
    names = [_named(at.next())]
    count = at.count("the number of variables")
    scales, missing = at.numbers("the scale factors"), at.numbers("the missing values")
    if not len(scales) == len(missing) == count:
        at.refuse(f"{count} variables, but {len(scales)} scale factors and {len(missing)} missing values")
    names += [_named(at.next()) for _ in range(count)]
    at.skip(at.count("the number of special comments"))
    comments = at.count("the number of normal comments")
    said = dict(_said(at.next() for _ in range(comments)))
    if at.number != int(first[0]):
        at.refuse(f"the header ends here, the first line says {first[0]} lines")
    return _Header(
        lines=int(first[0]),
        midnight=midnight,
        variables=tuple(names),
        scales=(1.0, *scales),
        missing=(np.nan, *missing),
        said=said,
    )


def _named(line: str) -> tuple[str, str]:
    """Return short name and unit of a variable."""
    name, _, rest = line.partition(",")
    return name.strip(), rest.split(",")[0].strip()


def _said(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the keywords of the normal comments with what stands behind them."""
    for line in lines:
        keyword, colon, text = line.partition(":")
        if colon and keyword.isupper():
            yield keyword.strip(), text.strip()


def _records(file: File, lines: list[str], header: _Header) -> tuple[FloatArray, IntArray]:
    """Return the values as written, shape (record, variable), and the line of each record."""
    width = len(header.variables)
    records: list[list[float]] = []
    numbers: list[int] = []
    for number, line in enumerate(lines[header.lines :], start=header.lines + 1):
        cells = line.split(",") if "," in line else line.split()
        if not line.strip():
            continue
        if len(cells) < width and number == len(lines) and not file.content.endswith(b"\n"):
            if file.growing:
                break
            raise file.fault(number, "", "the last line is cut off", "copy the file again, whole")
        if len(cells) != width:
            fault = f"{len(cells)} values, the header names {width} variables"
            raise file.fault(number, "", fault, "give every record a value for each variable")
        records.append([_float(file, cell, number) for cell in cells])
        numbers.append(number)
    return np.array(records, dtype=np.float64).reshape(-1, width), np.array(numbers, dtype=np.int64)


def _float(file: File, cell: str, number: int) -> float:
    """Return one value."""
    try:
        return float(cell)
    except ValueError:
        raise file.fault(number, "", f'"{shown(cell.strip())}" is not a number', "write a number or the flag") from None


def _variables(header: _Header, values: FloatArray) -> Iterator[Variable]:
    """Yield the variables, scaled, with their flags taken off."""
    below = _stated(header, "LLOD_VALUE")
    flags = [_stated(header, "LLOD_FLAG"), _stated(header, "ULOD_FLAG")]
    for index, (name, unit) in enumerate(header.variables):
        written = values[:, index]
        low = np.isin(written, (*_repeated("8"), flags[0][index]))
        gone = np.isin(written, (*_repeated("9"), *_repeated("7"), flags[1][index], header.missing[index]))
        scaled = np.where(gone | low, np.nan, written * header.scales[index])
        limit = below[index] * header.scales[index] / 2 if np.isfinite(below[index]) else 0.0
        yield Variable(name=name, unit=unit, values=scaled, low=low, limit=limit)


def _repeated(digit: str) -> tuple[float, ...]:
    """Return the flags that the standard makes of a digit, such as -9999 and -999999."""
    return tuple(-float(digit * count) for count in range(4, 9))


def _stated(header: _Header, keyword: str) -> list[float]:
    """Return what the header states for each variable (NaN: nothing), time included."""
    numbers: list[float] = []
    for text in header.said.get(keyword, "").replace(";", ",").split(","):
        try:
            numbers.append(float(text))
        except ValueError:
            numbers.append(np.nan)
    count = len(header.variables)
    if len(numbers) == 1:
        return numbers * count
    return [np.nan, *numbers] if len(numbers) == count - 1 else [np.nan] * count


def _times(variables: tuple[Variable, ...]) -> tuple[FloatArray, FloatArray | None]:
    """Return start and, where the file gives the end too, length of each record's averaging time, in seconds."""
    given = variables[0]
    start, stop = (
        next((other.values for other in variables[1:] if other.is_time(word)), None) for word in ("start", "stop|end")
    )
    if "mid" in given.name.casefold():
        if start is None and stop is not None:
            start = 2 * given.values - stop
    elif start is None:
        start = given.values
    if start is None:
        return given.values, None
    start = np.where(np.isfinite(start), start, given.values)
    return start, None if stop is None else stop - start
