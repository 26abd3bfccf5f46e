"""SQLite in a file: write-ahead log, every commit on the disk before it is acknowledged."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from upwind.errors import ConflictError, StoreError
from upwind.store.engine import Row

__all__ = ["Sqlite"]

#: How long a writer waits for another process's transaction. [s]
PATIENCE_S = 30.0

#: What is deleted or written over is gone from the file too: a secret that was in clear, evidence that is forgotten.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
)


class Sqlite:
    """The engine of one file, made where there is none."""

    dialect = "sqlite"
    writing = ("BEGIN IMMEDIATE",)
    reading = ("BEGIN",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def connect(self) -> SqliteConnection:
        """Return a new connection; only its owner may read the file.

        A file that is there is never opened here but by SQLite: to close it would take the locks off that this
        process's other connections hold (https://www.sqlite.org/howtocorrupt.html, 2.2).
        """
        try:
            with suppress(FileExistsError):
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            inner = sqlite3.connect(
                self._path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False, cached_statements=256
            )
        except (OSError, sqlite3.Error) as error:
            raise _lost(self._path, error) from error
        connection = SqliteConnection(inner, self._path)
        for pragma in _PRAGMAS:
            connection.run(pragma)
        return connection


class SqliteConnection:
    """A connection to the file."""

    def __init__(self, inner: sqlite3.Connection, path: Path) -> None:
        self._inner = inner
        self._path = path
        self.columns: list[str] = []

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> Sequence[Row]:
        """Return the rows of a statement."""
        try:
            cursor = self._inner.execute(sql, values or {})
            rows = cursor.fetchall()
        except sqlite3.IntegrityError as error:
            msg = f"the store forbids it: {error}"
            raise ConflictError(msg) from error
        except sqlite3.Error as error:
            raise _lost(self._path, error) from error
        self.columns = [column[0] for column in cursor.description or ()]
        return rows

    def put_off(self, sql: str, values: Mapping[str, object] | None = None) -> None:
        """Do a statement; here none need wait for another."""
        self.run(sql, values)

    def undo_to(self, savepoint: str) -> None:
        """Undo what was done since a savepoint."""
        self.run(f"ROLLBACK TO SAVEPOINT {savepoint}")
        self.run(f"RELEASE SAVEPOINT {savepoint}")

    def let_go(self) -> None:
        """Undo the transaction."""
        self.run("ROLLBACK")

    def close(self) -> None:
        """Close it."""
        self._inner.close()


def _lost(path: Path, error: Exception) -> StoreError:
    fault = error.strerror if isinstance(error, OSError) else str(error)
    return StoreError(f"{path}: the store cannot be used ({fault})")
