"""Parquet tables, through Arrow."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from upwind.arrays import FloatArray
from upwind.readers.columns import Column, Needs, Role, lay
from upwind.readers.files import LARGEST, File
from upwind.readers.tables import Table
from upwind.readers.times import BadTimeError, Times, require_plausible

__all__ = ["read"]

_BROKEN = "copy it again, whole"


def read(file: File, needs: Needs) -> Table:
    """Return the table of a Parquet file; its column names are header cells.

    Raises
    ------
    FormatError
        The file is broken, a needed column is missing, or a column is of a kind that cannot be what it should.
    """
    try:
        source = pq.ParquetFile(pa.BufferReader(file.content))
        if _unpacked_size(source) > LARGEST:
            raise file.fault(0, "", f"holds more than {LARGEST >> 20} MB", "split it into several files")
        columns = lay([name.strip() for name in source.schema_arrow.names], file, needs)
        arrays = [chunks.combine_chunks() for chunks in source.read().columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise file.fault(0, "", f"the Parquet file is broken ({error})", _BROKEN) from None
    return Table(
        file=file,
        columns=columns,
        time=_times(file, columns, arrays),
        numbers={
            column.header: _floats(file, column, array)
            for column, array in zip(columns, arrays, strict=True)
            if column.role in (Role.NUMBER, Role.GAS)
        },
        texts={
            column.header: _texts(array)
            for column, array in zip(columns, arrays, strict=True)
            if column.role in (Role.TEXT, Role.EXTRA)
        },
        lines=None,
    )


def _unpacked_size(source: pq.ParquetFile) -> int:
    """Return how many bytes of memory the file says that it takes."""
    metadata = source.metadata
    return sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))


def _times(file: File, columns: tuple[Column, ...], arrays: list[pa.Array]) -> FloatArray:
    """Return the times, of timestamps (without a zone: UTC) or of ISO 8601 text."""
    column, array = next(pair for pair in zip(columns, arrays, strict=True) if pair[0].role is Role.TIME)
    try:
        if pa.types.is_timestamp(array.type):
            micros = pc.cast(array, pa.timestamp("us", tz=array.type.tz), safe=False)
            seconds = pc.divide(pc.cast(pc.cast(micros, pa.int64()), pa.float64(), safe=False), 1e6)
            return require_plausible(np.array(seconds.to_numpy(zero_copy_only=False), dtype=np.float64))
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            return Times().read([text or "" for text in array.to_pylist()])
    except BadTimeError as error:
        place = f"row {error.index + 1}: {column.place}"
        raise file.fault(0, place, error.fault, error.remedy) from None
    raise file.fault(0, column.place, f"{array.type} is no time", "give timestamps, or ISO 8601 as text")


def _floats(file: File, column: Column, array: pa.Array) -> FloatArray:
    """Return a column of numbers, NaN where nothing was observed."""
    kind = array.type
    if not any(
        test(kind) for test in (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    ):
        raise file.fault(0, column.place, f"{kind} is no number", "give floating point numbers")
    values: FloatArray = pc.cast(array, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.array(values, dtype=np.float64)


def _texts(array: pa.Array) -> tuple[str, ...]:
    """Return a column as text, empty where nothing stands."""
    return tuple("" if value is None else str(value) for value in array.to_pylist())
