"""Times as ISO 8601 writes them, as seconds since 1970-01-01T00:00Z."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from upwind.arrays import FloatArray
from upwind.readers.files import shown

__all__ = ["BadTimeError", "Times", "require_plausible"]

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (times are made aware by their offset, which is taken off)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?|\d{8}T\d{4}(?:\d\d(?:[.,]\d+)?)?)"
    r" ?(Z|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_FARTHEST_S = 14 * 3600


class BadTimeError(ValueError):
    """A time that cannot be used: which one, and what is wrong."""

    def __init__(self, index: int, fault: str, remedy: str) -> None:
        super().__init__(fault)
        self.index = index
        self.fault = fault
        self.remedy = remedy


class Times:
    """Reads the times of one file, a run of cells at a time, and holds them to one offset from UTC."""

    def __init__(self) -> None:
        self._written: str | None = None
        self._naive = False
        self._offset_s = 0

    def read(self, cells: Sequence[str]) -> FloatArray:
        """Return seconds since 1970-01-01T00:00Z; raise `BadTimeError` at the first cell that is no time."""
        moments: list[str] = []
        for index, cell in enumerate(cells):
            match = _ISO.fullmatch(cell) or _ISO.fullmatch(cell.strip())
            if match is None:
                raise _no_time(index, cell.strip())
            moment, offset = match.groups(default="")
            if offset != self._written:
                self._take(index, offset)
            moments.append(moment.upper())
        seconds = _seconds(moments) - self._offset_s
        return require_plausible(seconds)

    def _take(self, index: int, offset: str) -> None:
        """Hold the file to its first offset."""
        offset_s = _seconds_of(offset)
        if abs(offset_s) > _FARTHEST_S:
            raise BadTimeError(index, f"{offset} is no offset from UTC", "write the times in UTC, with Z")
        if self._written is None:
            self._written, self._naive, self._offset_s = offset, not offset, offset_s
        elif self._naive != (not offset) or offset_s != self._offset_s:
            first, second = (text or "no offset" for text in (self._written, offset))
            fault = f"times with different offsets from UTC are mixed ({first} and {second})"
            raise BadTimeError(index, fault, "write all of them in UTC, with Z")


def require_plausible(seconds: FloatArray) -> FloatArray:
    """Return the times; raise `BadTimeError` at the first that is of no flight there can have been."""
    outside = ~((seconds >= _EARLIEST.timestamp()) & (seconds <= _LATEST.timestamp()))
    if outside.any():
        index = int(np.argmax(outside))
        fault = "the time is missing" if np.isnan(seconds[index]) else "the time is not of the years 1900 to 2100"
        raise BadTimeError(index, fault, "set the logger's clock, or correct the cell")
    return seconds


def _seconds(moments: Sequence[str]) -> FloatArray:
    """Return seconds since 1970-01-01T00:00 of date and time without offset."""
    extended = [moment if moment[4] == "-" and "," not in moment else _extended(moment) for moment in moments]
    try:
        return np.array(extended, dtype="datetime64[us]").astype(np.int64) / 1e6
    except ValueError:
        return np.array([_since(index, moment) for index, moment in enumerate(extended)])


def _extended(moment: str) -> str:
    """Return a moment with a decimal point, and with hyphens and colons if it had none."""
    if moment[4] != "-":
        moment = f"{moment[:4]}-{moment[4:6]}-{moment[6:11]}:{moment[11:13]}{moment[13:] and ':'}{moment[13:]}"
    return moment.replace(",", ".")


def _since(index: int, moment: str) -> float:
    """Return seconds since 1970-01-01T00:00 of one date and time."""
    try:
        return (datetime.fromisoformat(moment) - _EPOCH) / timedelta(seconds=1)
    except ValueError as error:
        raise BadTimeError(index, f"{moment} does not exist ({error})", "give a time that exists") from None


def _seconds_of(offset: str) -> int:
    """Return an offset from UTC in seconds."""
    if offset in ("", "Z", "z"):
        return 0
    digits = offset[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if offset[0] == "-" else seconds


def _no_time(index: int, cell: str) -> BadTimeError:
    """Return the error for a cell that is not of ISO 8601."""
    remedy = "write ISO 8601 with date and time of day, such as 2026-03-01T12:00:00Z"
    if not cell:
        return BadTimeError(index, "the time is missing", f"{remedy}, or leave the row out")
    return BadTimeError(index, f'"{shown(cell)}" is not a time', remedy)
