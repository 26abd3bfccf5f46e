"""MPEG transport streams: the metadata that they carry beside pictures.

A metadata stream is known by its packets (private stream 1, or metadata stream) and not by the program map: a file
cut off at its front has none, and a wrong one would hide a flight.

References
----------
ITU-T H.222.0 (ISO/IEC 13818-1), 2.4.3: transport packets and PES packets. MISB ST 1402: KLV in transport streams.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

__all__ = ["is_cut_off", "metadata_streams"]

_SYNC = 0x47
_LENGTH = 188
#: Bytes from packet to packet: plain, with a time of arrival before each, with a check code behind each.
_STRIDES = (188, 192, 204)
#: What three packets in a row look like.
_BEGINS = tuple(re.compile(rb"\x47(?=.{%d}\x47.{%d}\x47)" % (stride - 1, stride - 1), re.DOTALL) for stride in _STRIDES)
_UNIT_START = 0x40
_ADAPTATION, _PAYLOAD = 0x20, 0x10
_PES_HEADER = 9
#: How far the first packet is looked for. [octets]
_FARTHEST = 1 << 16
#: Packets that are looked at together.
_RUN = 4096
_METADATA = (b"\x00\x00\x01\xbd", b"\x00\x00\x01\xfc")


def metadata_streams(content: bytes) -> list[bytes]:
    """Return what each metadata stream carries, in the order of their numbers; nothing where it is no such file."""
    parts: dict[int, list[bytes]] = {}
    last: dict[int, bytes] = {}
    for packet in _packets(content):
        number = (packet[1] & 0x1F) << 8 | packet[2]
        payload = _payload(packet)
        if packet[1] & _UNIT_START:
            if payload.startswith(_METADATA):
                parts.setdefault(number, []).append(payload[_PES_HEADER + payload[_PES_HEADER - 1] :])
        elif number in parts and packet != last[number]:  # a packet may be sent twice
            parts[number].append(payload)
        last[number] = packet
    return [b"".join(parts[number]) for number in sorted(parts)]


def is_cut_off(content: bytes) -> bool:
    """Return whether a transport stream ends within a packet, or lost bytes before."""
    place, stride = _beginning(content)
    return bool(stride) and (len(content) - place) % stride not in (0, _LENGTH)


def _beginning(content: bytes) -> tuple[int, int]:
    """Return where the first three packets in a row begin and their stride; the stride is 0 where there are none."""
    found = (begins.search(content, 0, _FARTHEST) for begins in _BEGINS)
    places = [(match.start(), stride) for match, stride in zip(found, _STRIDES, strict=True) if match]
    return min(places, default=(0, 0))


def _packets(content: bytes) -> Iterator[bytes]:
    """Yield the packets; where bytes are lost or too many, those behind the next good beginning."""
    place, stride = _beginning(content)
    if not stride:
        return
    begins = _BEGINS[_STRIDES.index(stride)]
    octets = np.frombuffer(content, dtype=np.uint8)
    while match := begins.search(content, place):
        start = match.start()
        stop = min(start + _RUN * stride, len(content) - _LENGTH + 1)
        good = octets[start:stop:stride] == _SYNC
        lost = np.flatnonzero(~good[:-1] & ~good[1:])  # one alone is a flipped bit
        count = int(lost[0]) if len(lost) else len(good)
        for index in np.flatnonzero(good[:count]).tolist():
            yield content[start + index * stride : start + index * stride + _LENGTH]
        place = start + count * stride


def _payload(packet: bytes) -> bytes:
    """Return what a packet carries behind its header and adaptation field."""
    if not packet[3] & _PAYLOAD:
        return b""
    start = 5 + packet[4] if packet[3] & _ADAPTATION else 4
    payload = packet[start:]
    return payload if len(payload) >= _PES_HEADER or not packet[1] & _UNIT_START else b""
