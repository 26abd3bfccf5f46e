"""A table as any reader hands it over: what each column means, and its cells as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.errors import FormatError
from upwind.readers.columns import Column
from upwind.readers.files import File

__all__ = ["Table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of one file, as written.

    Attributes
    ----------
    file
        Where it came from.
    columns
        What each column means, in the file's order.
    time
        Shape (row,), since 1970-01-01T00:00Z. [s]
    numbers
        Header to values, shape (row,), in the file's own unit; NaN = not observed.
    texts
        Header to text, a cell a row.
    lines
        Where each row stands in a text file, counted from 1; None where the file has no lines.
    row
        Which of the file's rows of readings each one is, counted from 0; None where all are there.
    """

    file: File
    columns: tuple[Column, ...]
    time: FloatArray
    numbers: Mapping[str, FloatArray]
    texts: Mapping[str, tuple[str, ...]]
    lines: IntArray | None
    row: IntArray | None = None

    @property
    def rows(self) -> IntArray:
        """Which of the file's rows of readings each one is, shape (row,), counted from 0."""
        return np.arange(len(self.time), dtype=np.int64) if self.row is None else self.row

    def fault(self, row: int, place: str, fault: str, remedy: str) -> FormatError:
        """Return the error that says what is wrong in a row, counted from 0."""
        if self.lines is None:
            written = int(self.rows[row]) + 1
            return self.file.fault(0, f"row {written}: {place}" if place else f"row {written}", fault, remedy)
        return self.file.fault(int(self.lines[row]), place, fault, remedy)

    def place_of(self, name: str) -> str:
        """Return how messages name the known column of this name."""
        return next((column.place for column in self.columns if column.name == name), f'column "{name}"')

    def located(self) -> Table:
        """Return the table without the rows that have no position."""
        keep = np.ones(len(self.time), dtype=np.bool_)
        for column in self.columns:
            if column.name in ("longitude", "latitude"):
                keep &= ~np.isnan(self.numbers[column.header])
        return replace(
            self,
            time=self.time[keep],
            numbers={header: values[keep] for header, values in self.numbers.items()},
            texts={header: tuple(compress(cells, keep)) for header, cells in self.texts.items()},
            lines=None if self.lines is None else self.lines[keep],
            row=self.rows[keep],
        )
