"""What changed, for all who listen: one look at the log for everybody, however many there are."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile

from starlette.concurrency import run_in_threadpool

from upwind.errors import UpwindError
from upwind.store.ledger import head
from upwind.store.session import Session
from upwind.store.store import Store

__all__ = ["Change", "News", "changed_after"]

#: How often the log is looked at, since other processes write too. [s]
_PAUSE_S = 0.25
#: Who looked longer ago does not know what was entered since. [s]
_STALE_S = 3.0
#: A quiet stream says so often that it lives. [s]
_PULSE_S = 15.0
#: So many changes are kept; a listener that slept longer catches up from the log.
_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry of the log about a case; of another one `case` is empty. `marking` says who may know of it.

    `event` is what a stream says of it; it is written once, for all who listen.
    """

    seq: int
    what: str
    case: str
    marking: str
    event: str


def changed_after(session: Session, seq: int) -> list[Change]:
    """Return what the entries after one changed, so many at once."""
    return [
        Change(
            seq=number,
            what=what,
            case=case,
            marking=marking,
            event=f"id: {number}\nevent: case\ndata: {json.dumps({'case': case})}\n\n",
        )
        for number, what, case, marking in session.rows("changes_after", after=seq, most=_KEPT)
    ]


class News:
    """The changes of late, and a place to wait for the next one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changes: deque[Change] = deque(maxlen=_KEPT)
        self._fresh = asyncio.Event()
        self._looked = time.monotonic()
        #: The last entry that was looked at.
        self.last = store.read(head).size

    async def watch(self) -> None:
        """Look at the log again and again, until cancelled."""
        while True:
            await asyncio.sleep(_PAUSE_S)
            with suppress(UpwindError):  # the store is away for now: the next look may find it
                await self._look()

    async def _look(self) -> None:
        began = time.monotonic()
        found = await run_in_threadpool(self._store.read, lambda session: changed_after(session, self.last))
        if found:
            self._store.note((change.what, change.seq) for change in found)
            self.last = found[-1].seq
            self._changes.extend(found)
            fresh, self._fresh = self._fresh, asyncio.Event()
            fresh.set()
        self._looked = began

    def mark(self, kinds: Iterable[str]) -> object:
        """Return what is equal as long as nothing of some kinds was entered, here or a moment ago elsewhere."""
        return self._store.latest(kinds) if time.monotonic() < self._looked + _STALE_S else object()

    async def after(self, seq: int) -> list[Change]:
        """Return the changes after an entry as soon as there are some; none where it stays quiet for long."""
        if self.last <= seq:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PULSE_S):
                    await self._fresh.wait()
        late = list(takewhile(lambda change: change.seq > seq, reversed(self._changes)))[::-1]
        if self.last > seq and (not late or late[0].seq > seq + 1):  # it slept too long: more was said than is kept
            return await run_in_threadpool(self._store.read, lambda session: changed_after(session, seq))
        return late
