"""The people of the load: analysts at their dockets, partners who look for news; each on a connection of their own."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Tally", "analyst", "listener", "partner"]

#: How long anybody looks at what came before they ask again. [s]
ANALYST_THINKS_S, PARTNER_THINKS_S = 2.0, 3.0
#: How many tiles a map takes that was seen before in part, and how large one is at the most.
TILES, MOST_TILE_BYTES = 4, 200_000
NEWS = "news of a candidate"
_SAID = {"verdict": "rejected", "likelihood": "unlikely", "confidence": "low", "reason": "Seen on one flight only."}


@dataclass(slots=True)
class Tally:
    """The answer times by what was asked, and what went wrong. [s]"""

    begins: float
    ends: float
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)
    events: int = 0
    #: When each fresh candidate was in the store.
    arrived: dict[str, float] = field(default_factory=dict)

    def note(self, what: str, began: float, status: int) -> None:
        """Count an answer, if it was asked for within the time that counts."""
        if status >= 400 and status != 409:  # noqa: PLR2004
            self.faults.append(f"{what}: {status}")
        if self.begins <= began < self.ends:
            self.times[what].append(time.perf_counter() - began)

    def hear(self, told: bytes) -> None:
        """Count what a stream of news told, and how long after it was in the store."""
        self.events += 1
        if (arrived := self.arrived.get(json.loads(told)["case"])) is not None and arrived >= self.begins:
            self.times[NEWS].append(time.perf_counter() - arrived)


class Line:
    """One connection that stays open."""

    def __init__(self, port: int, token: str, tally: Tally) -> None:
        self._port, self._token, self._tally = port, token, tally
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, what: str, method: str, path: str, said: Mapping[str, Any] | None = None, own: str = "") -> Any:  # noqa: ANN401 - JSON
        """Return the document of an answer; None where it holds none. `own`: a line of the question's head."""
        if self._ends is None:
            self._ends = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._ends
        began = time.perf_counter()
        writer.write(self._request(method, path, json.dumps(said).encode() if said is not None else b"", own))
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        body = await reader.readexactly(length) if length else b""
        self._tally.note(what, began, int(head[9:12]))
        is_json = any(line.startswith(b"content-type: application/json") for line in lines)
        return json.loads(body) if is_json and head[9:10] == b"2" else None

    async def listen(self) -> None:
        """Count the news of a stream until cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(self._request("GET", "/api/v1/events", b"", ""))
        while line := await reader.readline():
            if line.startswith(b"data:"):
                self._tally.hear(line[5:])

    def _request(self, method: str, path: str, body: bytes, own: str) -> bytes:
        return (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}\r\n"
            f"{own}Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


async def analyst(line: Line, rng: random.Random) -> None:
    """Look at the docket, at times search it, claim, read and judge a case, without end; every second one by pages."""
    pages = rng.random() < 0.5  # noqa: PLR2004
    while True:
        await think(rng, ANALYST_THINKS_S)
        await (line.ask("docket page", "GET", "/") if pages else line.ask("docket", "GET", "/api/v1/cases?limit=50"))
        await think(rng, ANALYST_THINKS_S)
        if rng.random() < 0.2:  # noqa: PLR2004
            await line.ask("search", "GET", f"/api/v1/cases?q=paint+site-{rng.randrange(10_000)}")
            await think(rng, ANALYST_THINKS_S)
        claimed = await line.ask("claim", "POST", "/api/v1/claims", {}, keyed(rng))
        if claimed is None:
            continue
        case = claimed["case"]
        at, what = (f"/cases/{case}", "case page") if pages else (f"/api/v1/cases/{case}", "case")
        await line.ask(what, "GET", at)
        for _ in range(TILES if pages else 0):
            start = rng.randrange(12_000_000)
            part = f"Range: bytes={start}-{start + rng.randrange(MOST_TILE_BYTES)}\r\n"
            await line.ask("basemap tile", "GET", "/static/basemap/world.pmtiles", own=part)
        await think(rng, ANALYST_THINKS_S)
        await line.ask("heartbeat", "POST", f"/api/v1/cases/{case}/heartbeat", {})
        await think(rng, ANALYST_THINKS_S)
        await line.ask("judgement", "POST", f"/api/v1/cases/{case}/judgements", _SAID, keyed(rng))


async def partner(line: Line, rng: random.Random) -> None:
    """Look whether there is something new, and read it, without end."""
    while True:
        await think(rng, PARTNER_THINKS_S)
        told = await line.ask("releases", "GET", "/api/v1/releases")
        if told is not None and told["releases"] and rng.random() < 0.2:  # noqa: PLR2004
            one = rng.choice(told["releases"])["id"]
            await line.ask("release", "GET", f"/api/v1/releases/{one}")


async def listener(line: Line, _: random.Random) -> None:
    """Listen to the news."""
    await line.listen()


def keyed(rng: random.Random) -> str:
    """Return the line that tells one question from the same one sent again."""
    return f"Idempotency-Key: {rng.getrandbits(64):x}\r\n"


async def think(rng: random.Random, mean_s: float) -> None:
    """Wait as people do, half to one and a half times as long."""
    await asyncio.sleep(mean_s * rng.uniform(0.5, 1.5))
