"""Which reader reads which file. A new format is one module and one line in `READERS`.

Modules are named as text and loaded when a file asks for them, so that a plain CSV loads no library beyond numpy.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from upwind.readers.columns import Needs
from upwind.readers.files import File
from upwind.readers.layout import Layout
from upwind.readers.tables import Table

__all__ = ["READERS", "Reader", "reader_of"]


#: One format of tables.
Reader = Layout[Callable[[File, Needs], Table]]

#: Tried in this order; the last one takes what no other knows.
READERS: tuple[Reader, ...] = (
    Layout(name="Parquet", module="upwind.readers.parquet", head=re.compile(rb"PAR1"), suffixes=(".parquet", ".pq")),
    Layout(
        name="NetCDF",
        module="upwind.readers.netcdf",
        head=re.compile(rb"\x89HDF\r\n\x1a\n|CDF[\x01\x02\x05]"),
        suffixes=(".nc", ".nc4", ".cdf"),
    ),
    Layout(
        name="ICARTT",
        module="upwind.readers.icartt",
        head=re.compile(
            rb"(?:\xef\xbb\xbf)?[ \t]*\d{1,4}[ \t]*[, \t][ \t]*(?:1001|1010|1020|2010|2110|2160|2310|3010|4010)\b"
        ),
        suffixes=(".ict",),
    ),
    Layout(name="delimited text", module="upwind.readers.delimited", head=re.compile(b""), suffixes=(".csv", ".tsv")),
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
