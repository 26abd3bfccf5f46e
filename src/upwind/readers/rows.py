"""Small tables that people write by hand, as text: a header, and rows whose cells are asked for by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from upwind.errors import FormatError
from upwind.readers.files import File

__all__ = ["Row", "rows_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row and where it stands; `cells` by the header's names in small letters."""

    file: File
    line: int
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """Return a cell without the blanks about it, "" where there is none."""
        return self.cells.get(column, "").strip()

    def fault(self, column: str, fault: str, remedy: str) -> FormatError:
        """Return the error that says what is wrong in a cell."""
        return self.file.fault(self.line, f'column "{column}"', fault, remedy)


def rows_of(file: File, a_row: str) -> tuple[int, list[str], list[Row]]:
    """Return the line of the header, its names in small letters, and the rows below it that are not blank.

    Parameters
    ----------
    a_row
        What a row is, for messages, such as "a row a compound".

    Raises
    ------
    FormatError
        It is no text, has no row, or a row has other cells than the header.
    """
    file.require_text()
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = file.content.decode("cp1252", errors="replace")
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        table = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise file.fault(reader.line_num, "", f"the cells cannot be read ({error})", "close every quote") from None
    if not table:
        raise file.fault(0, "", "the file is empty", f"give a header and {a_row}")
    (line, names), *body = table
    if not body:
        raise file.fault(0, "", "there is no row below the header", f"give {a_row}")
    columns = [name.strip().casefold() for name in names]
    rows = []
    for number, cells in body:
        if len(cells) != len(columns):
            fault = f"{len(cells)} cells, the header has {len(columns)}"
            raise file.fault(number, "", fault, "give every row as many cells as the header")
        rows.append(Row(file=file, line=number, cells=dict(zip(columns, cells, strict=True))))
    return line, columns, rows
