"""What a database must offer to be a store: connections that run one statement, and how to begin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

__all__ = ["Connection", "Engine", "Row"]

Row = Sequence[Any]


class Connection(Protocol):
    """One connection, used by one thread at a time."""

    @property
    def columns(self) -> list[str]:
        """The names of the columns of the rows that came last."""

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> Sequence[Row]:
        """Return the rows of a statement whose places ``:name`` take `values`.

        Raises
        ------
        ConflictError
            A constraint forbids it; the transaction goes on once it is rolled back to a savepoint.
        StoreError
            Anything else; the transaction is lost.
        """

    def put_off(self, sql: str, values: Mapping[str, object] | None = None) -> None:
        """Let a statement be done whose rows nobody wants: at the latest before the next one that is run.

        What it raises is raised then.
        """

    def undo_to(self, savepoint: str) -> None:
        """Undo what was done since a savepoint, which is none any longer, and what is put off since."""

    def let_go(self) -> None:
        """Undo what the transaction did, which is nothing where it only read, at the latest before the next one."""

    def close(self) -> None:
        """Give the connection back; what was not committed is gone."""


class Engine(Protocol):
    """A database: its dialect of SQL, what begins a transaction that writes or reads, and connections."""

    @property
    def dialect(self) -> str:
        """Names the files with its statements."""

    @property
    def writing(self) -> tuple[str, ...]:
        """The statements that begin a transaction which alone may write."""

    @property
    def reading(self) -> tuple[str, ...]:
        """The statements that begin a transaction which sees one moment of the store."""

    def connect(self) -> Connection:
        """Return a new connection; `StoreError` where there is none."""
