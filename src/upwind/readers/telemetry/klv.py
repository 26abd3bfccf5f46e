"""MISB metadata of aerial video: the UAS local set (ST 0601, and ST 0902, its subset) and the older EG 0104.

References
----------
MISB ST 0601, UAS Datalink Local Set; MISB ST 1201, Floating Point to Integer Mapping; MISB EG 0104, Predator UAV
Basic Universal Metadata Set; MISB ST 0107, KLV Metadata in Motion Imagery.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from upwind.readers.files import File
from upwind.readers.telemetry.samples import Sample, distinct, many, trajectory_from
from upwind.readers.telemetry.transport import is_cut_off, metadata_streams
from upwind.records import Trajectory

__all__ = ["read"]

_LOCAL_SET = bytes.fromhex("060e2b34020b01010e01030101000000")
_UNIVERSAL_SET = bytes.fromhex("060e2b34020101010e01010201010000")
_SETS = re.compile(re.escape(_LOCAL_SET) + b"|" + re.escape(_UNIVERSAL_SET))
_KEY = 16
_KEY_BEGIN = b"\x06\x0e\x2b\x34"
_MORE = 0x80
#: A length beyond this is no length. [octets]
_LONGEST = 1 << 20

#: Tags of the local set.
_CHECKSUM, _TIME, _MISSION, _TAIL, _DESIGNATION = 1, 2, 3, 4, 10
_LATITUDE, _LONGITUDE, _ALTITUDE, _ELLIPSOID, _ELLIPSOID_WIDE = 13, 14, 15, 75, 104

#: Keys of the universal set under the tags that mean the same in the local set.
_UNIVERSAL = {
    bytes.fromhex(f"060e2b34{key}"): tag
    for key, tag in {
        "010101030702010101050000": _TIME,
        "010101010105050000000000": _MISSION,
        "010101010101200100000000": _DESIGNATION,
        "010101030701020102040200": _LATITUDE,
        "010101030701020102060200": _LONGITUDE,
        "010101010701020102020000": _ALTITUDE,
    }.items()
}


class _BrokenError(ValueError):
    """A set that does not hold what its lengths say."""


@dataclass(slots=True, kw_only=True)
class _Stream:
    """One stream of sets, as far as it is read."""

    flight: str = ""
    platform: str = ""
    broken: int = 0
    samples: list[Sample] = field(default_factory=list)

    def read(self, stream: bytes, row: int) -> int:
        """Take every whole set of a stream; return the number of the row behind the last."""
        place = 0
        while match := _SETS.search(stream, place):
            place = match.end()
            try:
                items, place = _items(stream, match.start())
            except _BrokenError:
                self.broken += 1
            else:
                self._add(items, row, universal=match[0] == _UNIVERSAL_SET)
            row += 1
        return row

    def _add(self, items: Mapping[int, bytes], row: int, *, universal: bool) -> None:
        """Take one set; names are not sent with every one, so those sent last hold."""
        self.flight = _text(items.get(_MISSION)) or self.flight
        self.platform = _text(items.get(_TAIL)) or _text(items.get(_DESIGNATION)) or self.platform
        self.samples.append(
            _sample(items, row, universal=universal)._replace(flight=self.flight, platform=self.platform)
        )

    def named(self, taken: set[str]) -> Iterator[Sample]:
        """Yield the samples, those before the first name under that name; each stream has flights of its own."""
        flight = next((sample.flight for sample in self.samples if sample.flight), "")
        platform = next((sample.platform for sample in self.samples if sample.platform), "")
        called = {name: distinct(name, taken) for name in dict.fromkeys(each.flight or flight for each in self.samples)}
        for sample in self.samples:
            yield sample._replace(flight=called[sample.flight or flight], platform=sample.platform or platform)


def read(file: File) -> Trajectory:
    """Return the trajectory of the sensor, from a transport stream or a bare stream of KLV.

    Sets whose checksum is wrong are left out, and a note says how many.

    Raises
    ------
    FormatError
        There is no KLV in it, or none that is whole.
    """
    streams = metadata_streams(file.content) or [file.content]
    row = 0
    samples: list[Sample] = []
    broken = 0
    taken: set[str] = set()
    for content in streams:
        stream = _Stream()
        row = stream.read(content, row)
        samples.extend(stream.named(taken))
        broken += stream.broken
    if not row:
        fault = "no MISB metadata (ST 0601 or EG 0104) in it"
        raise file.fault(0, "", fault, "give a stream with KLV, or the KLV by itself")
    notes = [f"{broken:,} of {many(row, 'metadata set')} left out: cut off, or of a wrong checksum"] * bool(broken)
    if is_cut_off(file.content):
        notes.append(f"the stream is cut off or lost bytes, {many(row - broken, 'metadata set')} read")
    return trajectory_from(file, samples, notes)


def _items(stream: bytes, start: int) -> tuple[dict[int, bytes], int]:
    """Return the items of the set that begins there, by tag of the local set, and where it ends."""
    length, place = _length(stream, start + _KEY)
    end = place + length
    if end > len(stream) or length > _LONGEST:
        raise _BrokenError
    if stream[start : start + _KEY] == _UNIVERSAL_SET:
        return _taken(stream, place, end, _universal_tag), end
    items = _taken(stream, place, end, _tag)
    written = items.get(_CHECKSUM, b"")
    if len(written) != 2 or int.from_bytes(written, "big") != _sum(stream[start : end - 2]):  # noqa: PLR2004 (octets)
        raise _BrokenError
    return items, end


def _taken(stream: bytes, place: int, end: int, tag_at: Callable[[bytes, int], tuple[int, int]]) -> dict[int, bytes]:
    """Return the items between two places of a stream, the first of each tag."""
    items: dict[int, bytes] = {}
    while place < end:
        tag, place = tag_at(stream, place)
        length, place = _length(stream, place)
        items.setdefault(tag, stream[place : place + length])
        place += length
    if place != end:
        raise _BrokenError
    return items


def _tag(stream: bytes, place: int) -> tuple[int, int]:
    """Return a tag of the local set (BER-OID) and where its length stands."""
    tag = 0
    for octet in stream[place : place + 4]:
        place += 1
        tag = tag << 7 | octet & ~_MORE
        if octet < _MORE:
            return tag, place
    raise _BrokenError


def _universal_tag(stream: bytes, place: int) -> tuple[int, int]:
    """Return the tag that means the same as a key, 0 for the unknown ones, and where its length stands."""
    key = stream[place : place + _KEY]
    if not key.startswith(_KEY_BEGIN):
        raise _BrokenError
    return _UNIVERSAL.get(key, 0), place + _KEY


def _length(stream: bytes, place: int) -> tuple[int, int]:
    """Return a length (BER, short or long form) and where its value begins."""
    first = stream[place : place + 1]
    if not first:
        raise _BrokenError
    if first[0] < _MORE:
        return first[0], place + 1
    octets = first[0] - _MORE
    return int.from_bytes(stream[place + 1 : place + 1 + octets], "big"), place + 1 + octets


def _sum(octets: bytes) -> int:
    """Return the running sum of 16-bit words that ends a local set."""
    return (sum(octets[::2]) << 8) + sum(octets[1::2]) & 0xFFFF


def _sample(items: Mapping[int, bytes], row: int, *, universal: bool) -> Sample:
    """Return what one set says of time and place."""
    time = items.get(_TIME, b"")
    micros = int.from_bytes(time, "big") / 1e6 if len(time) == 8 else math.nan  # noqa: PLR2004 (octets)
    if universal:
        latitude, longitude, altitude = (_float(items.get(tag)) for tag in (_LATITUDE, _LONGITUDE, _ALTITUDE))
        return Sample(row=row, time=micros, longitude=longitude, latitude=latitude, altitude=altitude)
    wide = _mapped(items.get(_ELLIPSOID_WIDE), -900.0, 40_000.0)
    return Sample(
        row=row,
        time=micros,
        longitude=_angle(items.get(_LONGITUDE), 180.0),
        latitude=_angle(items.get(_LATITUDE), 90.0),
        altitude=_metres(items.get(_ALTITUDE)),
        ellipsoidal_height=_metres(items.get(_ELLIPSOID)) if math.isnan(wide) else wide,
    )


def _text(value: bytes | None) -> str:
    """Return a name, "" where there is none."""
    text = (value or b"").decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _float(value: bytes | None) -> float:
    """Return a floating point number of 4 or 8 octets."""
    kind = {4: ">f", 8: ">d"}.get(len(value or b""))
    return float(struct.unpack(kind, value)[0]) if kind and value else math.nan


def _angle(value: bytes | None, most: float) -> float:
    """Return an angle, a signed number of 4 octets that fills -most to most; its lowest value means an error."""
    if value is None or len(value) != 4 or value == b"\x80\x00\x00\x00":  # noqa: PLR2004 (octets)
        return math.nan
    return int.from_bytes(value, "big", signed=True) * most / 0x7FFFFFFF


def _metres(value: bytes | None) -> float:
    """Return a height, a number of 2 octets that fills -900 to 19,000 m."""
    if value is None or len(value) != 2:  # noqa: PLR2004 (octets)
        return math.nan
    return int.from_bytes(value, "big") * 19_900.0 / 0xFFFF - 900.0


def _mapped(value: bytes | None, lower: float, upper: float) -> float:
    """Return a number that ST 1201 maps (IMAPB): value = 2^(b - d) (y - z) + lower, y the integer written.

    b = ceil(log2(upper - lower)), d = 8 octets - 1, z = s lower - floor(s lower) with s = 2^(d - b), so that zero is
    exact. A first bit that is set marks what is no number, but for the upper end itself.
    """
    if not value or len(value) > 8:  # noqa: PLR2004 (octets)
        return math.nan
    written, d = int.from_bytes(value, "big"), 8 * len(value) - 1
    b = math.ceil(math.log2(upper - lower))
    if written > 1 << d:
        return math.nan
    scaled = 2.0 ** (d - b) * lower
    return 2.0 ** (b - d) * (written - (scaled - math.floor(scaled))) + lower
