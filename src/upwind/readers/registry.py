"""Which reader reads which file. A new format is one module and one line in `READERS`.

Modules are named as text and loaded when a file asks for them, so that a plain CSV loads no library beyond numpy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from upwind.readers.columns import Needs
from upwind.readers.files import File
from upwind.readers.loading import load
from upwind.readers.tables import Table

__all__ = ["READERS", "Reader", "reader_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One format: how its files begin or are called, and the module whose `read` returns a table."""

    name: str
    module: str
    head: re.Pattern[bytes]
    suffixes: tuple[str, ...] = ()

    def recognises(self, file: File) -> bool:
        """Return whether the file's content begins as this format does."""
        return self.head.match(file.head) is not None

    def read(self, file: File, needs: Needs) -> Table:
        """Return the file's table."""
        read = cast("Callable[[File, Needs], Table]", load(self.module).read)
        return read(file, needs)


#: Tried in this order; the last one takes what no other knows.
READERS = (
    Reader(name="Parquet", module="upwind.readers.parquet", head=re.compile(rb"PAR1"), suffixes=(".parquet", ".pq")),
    Reader(
        name="NetCDF",
        module="upwind.readers.netcdf",
        head=re.compile(rb"\x89HDF\r\n\x1a\n|CDF[\x01\x02\x05]"),
        suffixes=(".nc", ".nc4", ".cdf"),
    ),
    Reader(
        name="ICARTT",
        module="upwind.readers.icartt",
        head=re.compile(
            rb"(?:\xef\xbb\xbf)?[ \t]*\d{1,4}[ \t]*[, \t][ \t]*(?:1001|1010|1020|2010|2110|2160|2310|3010|4010)\b"
        ),
        suffixes=(".ict",),
    ),
    Reader(name="delimited text", module="upwind.readers.delimited", head=re.compile(b""), suffixes=(".csv", ".tsv")),
)


def reader_of(file: File) -> Reader:
    """Return the reader of a file.

    Raises
    ------
    FormatError
        Its name promises a binary format that its content is not, or it is no format at all.
    """
    suffix = file.name.lower().removesuffix(".gz").rpartition(".")[2]
    for reader in READERS[:-1]:
        if reader.recognises(file):
            return reader
        if f".{suffix}" in reader.suffixes and file.content:
            raise file.fault(0, "", f"the name says {reader.name}, the content is not", "copy it again, or rename it")
    file.require_text()
    return READERS[-1]
