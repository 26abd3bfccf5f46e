"""What changed, for all who listen: one look at the log for everybody, however many there are."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from upwind.errors import UpwindError
from upwind.store.ledger import entries_after, head
from upwind.store.session import Session
from upwind.store.store import Store

__all__ = ["News", "changed_after"]

#: How often the log is looked at, since other processes write too. [s]
_PAUSE_S = 0.25
#: A quiet stream says so often that it lives. [s]
_PULSE_S = 15.0
#: So many changes are kept; a listener that slept longer catches up from the log.
_KEPT = 10_000

Change = tuple[int, str]


def changed_after(session: Session, seq: int) -> list[Change]:
    """Return the numbers of entries after one, and the cases that they change."""
    return [(entry.seq, entry.case) for entry in entries_after(session, seq, _KEPT) if entry.case]


class News:
    """The changes of late, and a place to wait for the next one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changes: deque[Change] = deque(maxlen=_KEPT)
        self._fresh = asyncio.Condition()
        #: The last entry that was looked at.
        self.last = store.read(head).size

    async def watch(self) -> None:
        """Look at the log again and again, until cancelled."""
        while True:
            await asyncio.sleep(_PAUSE_S)
            with suppress(UpwindError):  # the store is away for now: the next look may find it
                await self._look()

    async def _look(self) -> None:
        found = await run_in_threadpool(self._store.read, lambda session: entries_after(session, self.last, _KEPT))
        if not found:
            return
        async with self._fresh:
            self.last = found[-1].seq
            self._changes.extend((entry.seq, entry.case) for entry in found if entry.case)
            self._fresh.notify_all()

    async def after(self, seq: int) -> list[Change]:
        """Return the changes after an entry as soon as there are some; none where it stays quiet for long."""
        async with self._fresh:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PULSE_S):
                    await self._fresh.wait_for(lambda: bool(self._changes) and self._changes[-1][0] > seq)
            return [change for change in self._changes if change[0] > seq]
