"""The log: who did what, when and why, an entry at a time, each bound to all before it.

An entry's bytes are the canonical JSON of its fields (the part of RFC 8785 that needs no fractions: keys in order, no
blanks, whole numbers only); its digest is their leaf hash in the tree of `merkle`. Every entry names the digest of the
one before it, so that none can be changed, taken out or moved unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any

from upwind.errors import ContractError, FindingError
from upwind.review.merkle import Frontier, leaf_hash

__all__ = [
    "COMMAND_LINE",
    "NO_ENTRY",
    "Draft",
    "Head",
    "LogEntry",
    "LogError",
    "canonical",
    "chained",
    "checked",
    "is_writable",
    "moment",
    "stamp",
]

#: Who the log says it was that used the command line; no account can be called so.
COMMAND_LINE = "command line"

#: What the first entry names as the digest before it.
NO_ENTRY = "0" * 64

#: Beyond it, readers of JSON disagree about whole numbers.
_LARGEST = 2**53 - 1

#: NUL, which PostgreSQL cannot hold, and half a character, which UTF-8 cannot.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


class LogError(FindingError):
    """An entry of the log is not what was written."""

    def __init__(self, seq: int, fault: str) -> None:
        super().__init__(f"log entry {seq}: {fault}")
        self.seq = seq


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be entered: `who` did `what`, about which case ("" for none), with what particulars."""

    who: str
    what: str
    case: str = ""
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One entry as it stands in the log; `seq` counts from 1, `previous` and `digest` are hexadecimal."""

    seq: int
    at: datetime
    who: str
    what: str
    case: str
    body: Mapping[str, Any]
    previous: str
    digest: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry as files and answers spell it."""
        return {**_fields(self), "digest": self.digest}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How many entries there are, and the root of the tree over them (hexadecimal)."""

    size: int
    root: str

    def as_json(self) -> dict[str, Any]:
        """Return the head as files and answers spell it."""
        return {"size": self.size, "root": self.root}


def stamp(time: datetime) -> str:
    """Return a time as the log spells it: UTC, always with microseconds, so that texts sort as times do."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """Return the time of such a text."""
    return datetime.fromisoformat(text)


def canonical(value: object) -> str:
    """Return the one way to write a value as JSON.

    Raises
    ------
    ContractError
        It holds a fraction, a number too large, a text that is no Unicode or holds NUL, or a key that is not ASCII.

    Examples
    --------
    >>> canonical({"b": [1, None, True], "a": "é"})
    '{"a":"é","b":[1,null,true]}'
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_key(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(canonical, value)) + "]"
    msg = f"the log takes no {type(value).__name__}: {value!r}"
    raise ContractError(msg)


def is_writable(text: str) -> bool:
    """Return whether a text can stand in the log: no NUL, no half a character."""
    return _UNWRITABLE.search(text) is None


def chained(draft: Draft, seq: int, at: datetime, previous: str) -> LogEntry:
    """Return the entry that a draft becomes after the one whose digest is `previous`."""
    fields = {
        "at": stamp(at),
        "body": draft.body,
        "case": draft.case,
        "previous": previous,
        "seq": seq,
        "what": draft.what,
        "who": draft.who,
    }
    return LogEntry(
        seq=seq,
        at=at,
        who=draft.who,
        what=draft.what,
        case=draft.case,
        body=draft.body,
        previous=previous,
        digest=_digest(fields),
    )


def checked(entries: Iterable[LogEntry]) -> Iterator[tuple[LogEntry, Frontier]]:
    """Yield every entry with the tree that ends at it, as long as each is what was written.

    Raises
    ------
    LogError
        At the first entry that is missing, changed, or not bound to the one before it.
    """
    previous, frontier = NO_ENTRY, Frontier()
    for entry in entries:
        expected = frontier.size + 1
        if entry.seq != expected:
            raise LogError(expected, f"it is missing; entry {entry.seq} stands in its place")
        if entry.previous != previous:
            raise LogError(entry.seq, "it does not follow the entry before it")
        if entry.digest != _digest(_fields(entry)):
            raise LogError(entry.seq, "its digest is not that of its content")
        previous, frontier = entry.digest, frontier.grown(bytes.fromhex(entry.digest))
        yield entry, frontier


def _fields(entry: LogEntry) -> dict[str, Any]:
    return {
        "at": stamp(entry.at),
        "body": entry.body,
        "case": entry.case,
        "previous": entry.previous,
        "seq": entry.seq,
        "what": entry.what,
        "who": entry.who,
    }


def _digest(fields: Mapping[str, Any]) -> str:
    return leaf_hash(canonical(fields).encode()).hex()


def _whole(value: int) -> str:
    if abs(value) > _LARGEST:
        msg = f"the log takes no whole number beyond 2^53: {value}"
        raise ContractError(msg)
    return str(value)


def _text(value: str) -> str:
    if not is_writable(value):
        msg = f"the log takes no text with NUL or half a character in it: {value[:40]!r}"
        raise ContractError(msg)
    return encode_basestring(value)


def _key(key: object) -> str:
    if not (isinstance(key, str) and key.isascii()):
        msg = f"the log takes no key but ASCII text: {key!r}"
        raise ContractError(msg)
    return _text(key)
