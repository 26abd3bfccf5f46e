"""The log in a file: a line of canonical JSON an entry, and the head in the last one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from upwind.errors import FormatError
from upwind.review.log import Head, LogEntry, LogError, canonical, checked, moment
from upwind.review.merkle import Frontier

__all__ = ["lines_of", "verified_lines"]

_REMEDY = "give a file of `upwind log export`"


def lines_of(entries: Iterable[LogEntry], head: Head) -> Iterator[str]:
    """Yield the lines of a log."""
    for entry in entries:
        yield canonical(entry.as_json()) + "\n"
    yield canonical({"head": head.as_json()}) + "\n"


def verified_lines(name: str, text: str) -> Head:
    """Return the head of an exported log if every entry is what was written.

    Raises
    ------
    LogError
        At the first bad entry.
    FormatError
        The file is no log at all.
    """
    *rows, last = [_row(name, number, line) for number, line in enumerate(text.splitlines(), start=1)] or [{}]
    if not isinstance(last.get("head"), dict):
        raise FormatError(name, "", "its last line holds no head of a log", _REMEDY)
    trees = [frontier for _, frontier in checked(map(_entry, range(1, len(rows) + 1), rows))]
    found = trees[-1] if trees else Frontier()
    head = Head(size=found.size, root=found.root.hex())
    if last["head"] != head.as_json():
        raise LogError(found.size + 1, "it is missing, or those before it were not all there: the head is another")
    return head


def _row(name: str, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise FormatError(name, "", "this line is no JSON object", _REMEDY, number)
    return row


def _entry(number: int, row: dict[str, Any]) -> LogEntry:
    try:
        return LogEntry(**{**row, "at": moment(row["at"])})
    except (KeyError, TypeError, ValueError) as error:
        raise LogError(number, f"it cannot be read ({error})") from error
