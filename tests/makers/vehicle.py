"""An aircraft on loopback that speaks MAVLink's mission protocol, on a bad link: it loses datagrams and doubles them.

Written from the message definitions by itself; nothing of the program's own frames is used here.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
from typing import Self

__all__ = ["Vehicle"]

EXTRA = {0: 50, 40: 230, 43: 132, 44: 221, 47: 153, 51: 196, 73: 38}
ARDUPILOT, PX4 = 3, 12


def crc(octets: bytes) -> int:
    """Return CRC-16/MCRF4XX, bit by bit."""
    value = 0xFFFF
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = (value >> 1) ^ 0x8408 if value & 1 else value >> 1
    return value


class Vehicle:
    """It hears on a port of its own; `lists` holds what was uploaded, as unpacked items by number, by mission type.

    It refuses what it is told to refuse, and knows no lists but those of `knows`.
    """

    def __init__(self, autopilot: int = ARDUPILOT, loss: float = 0.0, doubled: float = 0.0, seed: int = 1) -> None:
        self.autopilot, self.loss, self.doubled = autopilot, loss, doubled
        self.lists: dict[int, dict[int, tuple[float, ...]]] = {}
        self.refuses = 0
        self.knows = (0, 1, 2)
        self.changes: int | None = None
        self._expected = self._kind = 0
        self._is_busy = False
        self._count = 0
        self._chance = random.Random(seed)
        self._wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._wire.bind(("127.0.0.1", 0))
        self._wire.settimeout(0.05)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)

    @property
    def mission(self) -> dict[int, tuple[float, ...]]:
        return self.lists.get(0, {})

    @property
    def link(self) -> str:
        return f"udp://127.0.0.1:{self._wire.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._wire.close()

    def _live(self) -> None:
        peer = None
        while not self._is_over.is_set():
            try:
                octets, peer = self._wire.recvfrom(4096)
            except TimeoutError:
                self._is_busy = False
                if peer and len(self.lists.get(self._kind, {})) < self._expected:
                    self._ask(peer)
                continue
            if self._chance.random() >= self.loss:
                self._hear(octets, peer)

    def _send(self, peer: tuple[str, int], kind: int, says: bytes) -> None:
        says = says.rstrip(b"\0") or b"\0"
        self._count += 1
        head = bytes([len(says), 0, 0, self._count % 256, 1, 1]) + kind.to_bytes(3, "little")
        frame = b"\xfd" + head + says + struct.pack("<H", crc(head + says + bytes([EXTRA[kind]])))
        if self._chance.random() >= self.loss:
            self._wire.sendto(frame, peer)
            if self._chance.random() < self.doubled:
                self._wire.sendto(frame, peer)

    def _hear(self, octets: bytes, peer: tuple[str, int]) -> None:
        length, kind = octets[1], int.from_bytes(octets[7:10], "little")
        says = octets[10 : 10 + length]
        assert struct.unpack("<H", octets[10 + length : 12 + length])[0] == crc(
            octets[1 : 10 + length] + bytes([EXTRA[kind]])
        )
        if kind == 0:
            self._send(peer, 0, struct.pack("<IBBBBB", 0, 2, self.autopilot, 0, 3, 3))
        elif kind == 47:
            self._is_busy = False
        elif kind == 44 and not self._is_busy:
            self._expected, _, _, self._kind = struct.unpack("<HBBB", says.ljust(5, b"\0")[:5])
            self.lists[self._kind] = {}
            self._ask(peer)
        elif kind == 73:
            item = struct.unpack("<ffffiifHHBBBBBB", says.ljust(38, b"\0"))
            self.lists[item[14]][item[7]] = item
            self._ask(peer)
        elif kind == 43:
            of = says.ljust(3, b"\0")[2]
            self._is_busy = True  # until what it sends is acknowledged, or it has waited for too long
            self._send(peer, 44, struct.pack("<HBBB", len(self.lists[of]), 255, 190, of))
        elif kind == 51:
            seq, _, _, of = struct.unpack("<HBBB", says.ljust(5, b"\0")[:5])
            item = list(self.lists[of][seq])
            item[4] += 1 if self.changes == seq and of == 0 else 0
            item[9:11] = 255, 190
            self._send(peer, 73, struct.pack("<ffffiifHHBBBBBB", *item))

    def _ask(self, peer: tuple[str, int]) -> None:
        missing = next((seq for seq in range(self._expected) if seq not in self.lists[self._kind]), None)
        if self.refuses or self._kind not in self.knows:
            self._send(peer, 47, bytes([255, 190, self.refuses or 3, self._kind]))
        elif missing is None:
            self._send(peer, 47, bytes([255, 190, 0, self._kind]))
        else:
            self._send(peer, 51, struct.pack("<HBBB", missing, 255, 190, self._kind))
