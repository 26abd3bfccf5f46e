"""The store: one writer that commits what came together in one go, and readers that see one moment each.

What is done to the store is a function of a `Session`. `Store.submit` hands it to the writer's thread and returns a
future, which is resolved only after the commit: what was acknowledged is on the disk. An asynchronous edge awaits
`asyncio.wrap_future(store.submit(work))`, and runs `store.read` in its own pool of threads.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self, TypeVar

from upwind.errors import StoreError, UpwindError
from upwind.review.log import LogError
from upwind.store.engine import Connection, Engine
from upwind.store.ledger import head, load_tail, seal
from upwind.store.schema import migrate
from upwind.store.sealing import Keys
from upwind.store.session import Session, Tail
from upwind.store.statements import statements

__all__ = ["Clock", "Store", "utc_now"]

#: How many works at most share a commit.
_LARGEST_BATCH = 256

NO_KEYS = Keys()

Result = TypeVar("Result")
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class _Job(NamedTuple):
    """A piece of work and who waits for it."""

    work: Callable[[Session], Any]
    future: Future[Any]


class Store:
    """A store on an engine; close it, or use it as a context.

    Parameters
    ----------
    engine
        The database; its schema is made or brought up to date.
    clock
        Says what time it is; leases, links and retention go by it.
    keys
        Open what lies sealed in it; none do unless they are given.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now, keys: Keys = NO_KEYS) -> None:
        self._engine = engine
        self._keys = keys
        self._clock = clock
        self._statements = statements(engine.dialect)
        connection = engine.connect()
        try:
            migrate(engine, connection, clock)
        except BaseException:
            connection.close()
            raise
        self._writing = [connection]
        self._tail: Tail | None = None
        self._latest: dict[str, int] = {}
        self._idle: list[Connection] = []
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._is_closed = False
        self._gate = threading.Lock()
        self._writer = threading.Thread(target=self._write_on, name="store writer", daemon=True)
        self._writer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Finish what was submitted, then let go of the database."""
        with self._gate:
            if self._is_closed:
                return
            self._is_closed = True
            self._jobs.put(None)
        self._writer.join()
        for connection in (*self._idle, *self._writing):
            connection.close()

    def submit(self, work: Callable[[Session], Result]) -> Future[Result]:
        """Return a future of what a work returns, resolved once it is committed.

        A work that raises is undone by itself; its error is the future's. `StoreError` says that nothing of it was
        acknowledged: ask again with the same idempotency key.
        """
        future: Future[Result] = Future()
        with self._gate:
            if self._is_closed:
                msg = "the store is closed"
                raise StoreError(msg)
            self._jobs.put(_Job(work, future))
        return future

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Return what a work returns, once it is committed."""
        return self.submit(work).result()

    def read(self, question: Callable[[Session], Result]) -> Result:
        """Return the answer to a question about one moment of the store; it changes nothing."""
        session, answer = self._begin(self._idle, self._engine.reading, question)
        try:
            session.connection.let_go()
        except BaseException:
            session.connection.close()
            raise
        self._idle.append(session.connection)
        return answer

    def latest(self, kinds: Iterable[str]) -> int:
        """Return the number of the last entry of some kinds, as far as this process knows; 0 where it knows of none.

        It knows what it entered itself before whoever asked for that hears of it, and what it was told of others.
        """
        with self._gate:
            return max((self._latest.get(kind, 0) for kind in kinds), default=0)

    def note(self, entered: Iterable[tuple[str, int]]) -> None:
        """Note the kinds and numbers of entries, whoever entered them."""
        with self._gate:
            for kind, seq in entered:
                self._latest[kind] = max(seq, self._latest.get(kind, 0))

    def _begin(
        self, idle: list[Connection], statements: Sequence[str], question: Callable[[Session], Result]
    ) -> tuple[Session, Result]:
        """Return a transaction and the answer to its first question; on a new connection where idle ones have died."""
        while True:
            try:
                connection, is_new = idle.pop(), False
            except IndexError:
                connection, is_new = self._engine.connect(), True
            session = Session(connection, self._statements, self._clock(), self._keys)
            try:
                for statement in statements:
                    connection.put_off(statement)
                return session, question(session)
            except StoreError:
                connection.close()
                if is_new:
                    raise
            except BaseException:
                connection.close()
                raise

    def _write_on(self) -> None:
        """Commit batch after batch until the store is closed."""
        while (first := self._jobs.get()) is not None:
            batch, is_last = [first], False
            with suppress(queue.Empty):
                while len(batch) < _LARGEST_BATCH and not is_last:
                    job = self._jobs.get_nowait()
                    is_last = job is None
                    batch += [job] if job is not None else []
            self._commit([job for job in batch if job.future.set_running_or_notify_cancel()])
            if is_last:
                return

    def _commit(self, batch: Sequence[_Job]) -> None:
        """Do a batch of works in one transaction, and tell those who wait only once it is on the disk."""
        try:
            outcomes = self._transaction(batch)
        except UpwindError as error:
            for job in batch:
                job.future.set_exception(error)
            return
        for job, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Exception):
                job.future.set_exception(outcome)
            else:
                job.future.set_result(outcome)

    def _transaction(self, batch: Sequence[_Job]) -> list[object]:
        """Return what came of each work, all committed; where that fails, nothing of them is left."""
        session, before = self._begin(self._writing, self._engine.writing, self._known_tail)
        connection, session.tail = session.connection, before
        try:
            outcomes = [self._attempt(session, job.work) for job in batch]
            if session.tail is not before:
                seal(session)
            connection.run("COMMIT", {})
        except BaseException:
            self._tail = None
            connection.close()
            raise
        self._writing.append(connection)
        self._tail = session.tail
        self.note(session.entered)
        return outcomes

    def _known_tail(self, session: Session) -> Tail:
        """Return the log's end: the one this writer left, unless another process has written since.

        Nothing is written on top of a log whose end was taken off or changed.
        """
        now = head(session)
        if self._tail is not None and self._tail.head == now:
            return self._tail
        found = load_tail(session)
        if found.head != now:
            raise LogError(
                min(found.head.size, now.size) + 1, "the log's end is not what was written (upwind log verify)"
            )
        return found

    def _attempt(self, session: Session, work: Callable[[Session], object]) -> object:
        """Return what a work returns, or the error with which it was undone by itself."""
        session.now, tail, count = self._clock(), session.tail, len(session.entered)
        session.connection.put_off("SAVEPOINT work")
        try:
            outcome = work(session)
            session.connection.run("RELEASE SAVEPOINT work", {})
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits for the work gets it, whatever it is
            session.connection.undo_to("work")
            session.tail = tail
            del session.entered[count:]
            return error
        return outcome
