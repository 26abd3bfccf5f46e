"""The messages in a ULog file, as far as they are whole.

pyulog reads the same format, but a log that is cut off within its definitions keeps it going round for ever, and an
audit must end on whatever bytes it is given.

References
----------
PX4 user guide, "ULog File Format".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from upwind.arrays import FloatArray

__all__ = ["Columns", "Messages", "messages_of"]

#: A topic's columns of numbers by field, each of shape (message,).
Columns: TypeAlias = Mapping[str, FloatArray]

_FILE_HEADER, _HEADER = 16, 3
_KNOWN = frozenset(b"BFIMPQALCDSOR")
_SYNC = b"\x08\x00S\x2f\x73\x13\x20\x25\x0c\xbb\x12"
#: How far the next good message is looked for behind a broken one. [octets]
_FARTHEST = 1 << 16
_CHAIN = 4
_LARGEST_TOPIC = 1 << 16
_DEEPEST = 8

_NUMBERS = {
    "int8_t": "i1",
    "uint8_t": "u1",
    "int16_t": "<i2",
    "uint16_t": "<u2",
    "int32_t": "<i4",
    "uint32_t": "<u4",
    "int64_t": "<i8",
    "uint64_t": "<u8",
    "float": "<f4",
    "double": "<f8",
    "bool": "u1",
    "char": "u1",
}


@dataclass(slots=True, kw_only=True)
class Messages:
    """What was read of a log: formats, who is subscribed under which number, and what each logged.

    `whole` counts the messages, `lost` the places where bytes were passed over; `cut` says that the last is cut off.
    """

    wanted: frozenset[str]
    whole: int = 0
    lost: int = 0
    cut: bool = False
    formats: dict[str, str] = field(default_factory=dict)
    subscribed: dict[int, tuple[str, int]] = field(default_factory=dict)
    logged: dict[tuple[str, int], list[bytes]] = field(default_factory=dict)

    def take(self, kind: int, says: bytes) -> None:
        """Take one message."""
        self.whole += 1
        if kind == ord("F"):
            name, _, fields = says.decode("latin-1").partition(":")
            self.formats[name] = fields
        elif kind == ord("A") and len(says) > _HEADER:
            self.subscribed[says[1] | says[2] << 8] = (says[_HEADER:].decode("latin-1"), says[0])
        elif kind == ord("D") and len(says) > 2:  # noqa: PLR2004 (octets)
            topic = self.subscribed.get(says[0] | says[1] << 8, ("", 0))
            if topic[0] in self.wanted:
                self.logged.setdefault(topic, []).append(says[2:])

    def topics(self) -> dict[tuple[str, int], Columns]:
        """Return the columns of each wanted topic and instance."""
        made = {topic: self._columns(topic[0], says) for topic, says in self.logged.items()}
        return {topic: made[topic] for topic in sorted(made) if made[topic]}

    def _columns(self, name: str, says: list[bytes]) -> Columns:
        """Return the columns of one topic; none where its format is not known."""
        layout = self._layout(name, _DEEPEST)
        if layout is None or not layout.itemsize:
            return {}
        whole = [text[: layout.itemsize] for text in says if len(text) >= layout.itemsize]
        table = np.frombuffer(b"".join(whole), dtype=layout)
        kinds = {label: layout[label] for label in layout.names or ()}
        return {label: table[label].astype(np.float64) for label, kind in kinds.items() if kind.kind in "iuf"}

    def _layout(self, name: str, deepest: int) -> np.dtype[np.void] | None:
        """Return how messages of a format are laid out, None where that is unknown; padding at the end is not sent."""
        parts: list[tuple[str, str]] = []
        size = 0
        for label, kind in _fields(self.formats.get(name, "")):
            base, count = _array(kind)
            single = _NUMBERS.get(base)
            inner = None if single or not deepest else self._layout(base, deepest - 1)
            if (single is None and inner is None) or label in dict(parts):
                return None
            octets = np.dtype(single).itemsize if single else inner.itemsize if inner else 0
            size += octets * (count or 1)
            if size > _LARGEST_TOPIC:
                return None
            parts.append((label, single if single and count is None else f"V{octets * (count or 1)}"))
        while parts and parts[-1][0].startswith("_padding"):
            parts.pop()
        return np.dtype(parts) if parts else None


def messages_of(content: bytes, wanted: frozenset[str]) -> Messages:
    """Return the messages of a log, those of other topics than the wanted ones counted only."""
    messages = Messages(wanted=wanted)
    place = _FILE_HEADER
    while place < len(content):
        kind, end = _message(content, place)
        if not kind:
            messages.lost += 1
            place = _next(content, place + 1)
            continue
        if end > len(content):
            messages.cut = True
            break
        messages.take(kind, content[place + _HEADER : end])
        place = end
    return messages


def _message(content: bytes, place: int) -> tuple[int, int]:
    """Return the kind of the message there, 0 for none, and where it ends."""
    if place + _HEADER > len(content):
        return ord("D"), len(content) + 1
    size, kind = struct.unpack_from("<HB", content, place)
    return (kind if kind in _KNOWN and size else 0), place + _HEADER + size


def _next(content: bytes, place: int) -> int:
    """Return where messages go on: at the next mark, or where several follow each other; the end if nowhere near."""
    mark = content.find(_SYNC, place)
    farthest = min(place + _FARTHEST, len(content))
    for start in range(place, farthest if mark < 0 else min(mark, farthest)):
        if content[start + 2 : start + 3] in (b"D", b"A", b"S", b"L") and _chained(content, start):
            return start
    return mark if mark >= 0 else len(content)


def _chained(content: bytes, place: int) -> bool:
    """Return whether several messages follow each other from there on."""
    for _ in range(_CHAIN):
        kind, place = _message(content, place)
        if not kind or place > len(content):
            return False
    return True


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and type of each field of a format."""
    for part in text.split(";"):
        kind, _, label = part.strip().partition(" ")
        if kind and label:
            yield label, kind


def _array(kind: str) -> tuple[str, int | None]:
    """Return a field's type and how many there are of it, None where it is no array."""
    base, bracket, count = kind.partition("[")
    digits = count.rstrip("]")
    return base, (int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 1) if bracket else None  # noqa: PLR2004
