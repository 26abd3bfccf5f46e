"""PostgreSQL 15 or later, by pg8000: a server for several machines."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError

from upwind.errors import ConflictError, StoreError
from upwind.store.engine import Row
from upwind.store.exchange import Exchange

__all__ = ["Postgresql"]

#: How long a server may take to answer before it counts as gone. [s]
PATIENCE_S = 30.0

#: Any number will do, as long as every upwind of a database takes the same.
_LOCK = 7_531_862
#: Class 23 of SQLSTATE: integrity constraint violation.
_INTEGRITY = "23"
#: So many statements wait at most for one that is read: their answers must fit where the server puts them down.
_MOST_PUT_OFF = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgresql:
    """The engine of one database.

    `host` may be the folder of a socket; `sslmode` is "require", "disable" or "" (as the host is); `search_path` is the
    schema to use, "" for the server's default.
    """

    host: str
    port: int
    database: str
    user: str
    password: str | None
    sslmode: str
    search_path: str

    @property
    def dialect(self) -> str:
        """Names the files with its statements."""
        return "postgresql"

    @property
    def writing(self) -> tuple[str, ...]:
        """One writer at a time, of all processes: the log has one end."""
        return ("BEGIN", f"SELECT pg_advisory_xact_lock({_LOCK})")

    @property
    def reading(self) -> tuple[str, ...]:
        """One moment of the store."""
        return ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",)

    def connect(self) -> PostgresqlConnection:
        """Return a new connection."""
        is_socket = self.host.startswith("/")
        place: dict[str, Any] = (
            {"unix_sock": f"{self.host}/.s.PGSQL.{self.port}"} if is_socket else {"host": self.host, "port": self.port}
        )
        try:
            inner = Exchange(
                self.user,
                database=self.database,
                password=self.password,
                timeout=PATIENCE_S,
                ssl_context=self._ssl(),
                application_name="upwind",
                startup_params={"search_path": self.search_path} if self.search_path else None,
                **place,
            )
        except (DatabaseError, InterfaceError, OSError) as error:
            raise _lost(error) from error
        return PostgresqlConnection(inner)

    def _ssl(self) -> ssl.SSLContext | None:
        """Return how to encrypt: always where the server is another host, unless that was switched off."""
        is_here = self.host.startswith("/") or self.host in {"localhost", "127.0.0.1", "::1"}
        if self.sslmode == "disable" or (is_here and self.sslmode != "require"):
            return None
        return ssl.create_default_context()


class PostgresqlConnection:
    """A connection to the server; statements that nobody reads go with the next one that somebody does."""

    def __init__(self, inner: Exchange) -> None:
        self._inner = inner
        self._put_off: list[tuple[str, Mapping[str, object]]] = []

    @property
    def columns(self) -> list[str]:
        """The names of the columns of the rows that came last."""
        return [column["name"] for column in self._inner.columns or ()]

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> Sequence[Row]:
        """Return the rows of a statement."""
        with _named():
            if values is None:  # what is said once is not worth preparing
                self._send()
                self._inner.hear()
                return self._inner.run(sql) or []
            self._put_off.append((sql, values))
            self._send()
            return self._inner.hear()

    def put_off(self, sql: str, values: Mapping[str, object] | None = None) -> None:
        """Keep a statement until the next one is run, or many have gathered."""
        self._put_off.append((sql, values or {}))
        if len(self._put_off) == _MOST_PUT_OFF:
            with _named():
                self._send()
                self._inner.hear()

    def undo_to(self, savepoint: str) -> None:
        """Undo what was done since a savepoint; where that has not even gone, nothing was."""
        left, self._put_off = self._put_off, []
        if (f"SAVEPOINT {savepoint}", {}) not in left:
            self.run(f"ROLLBACK TO SAVEPOINT {savepoint}")
            self.run(f"RELEASE SAVEPOINT {savepoint}")

    def let_go(self) -> None:
        """Undo the transaction, and do not wait for that; one whose beginning has not even gone is none."""
        if self._put_off:
            self._put_off = []
            return
        self._put_off.append(("ROLLBACK", {}))
        with _named():
            self._send()

    def close(self) -> None:
        """Close it; a server that is gone has closed it already."""
        try:
            self._inner.close()
        except (DatabaseError, InterfaceError, OSError):
            return

    def _send(self) -> None:
        """Send what was put off."""
        asked, self._put_off = self._put_off, []
        if asked:
            self._inner.send(asked)


@contextmanager
def _named() -> Iterator[None]:
    """Call what goes wrong by our names."""
    try:
        yield
    except DatabaseError as error:
        if _code(error).startswith(_INTEGRITY):
            msg = f"the store forbids it: {_words(error)}"
            raise ConflictError(msg) from error
        raise _lost(error) from error
    except (InterfaceError, OSError) as error:
        raise _lost(error) from error


def _code(error: Exception) -> str:
    """Return the SQLSTATE of an error of the server's; empty where there is none."""
    said = error.args[0] if error.args else None
    return str(said.get("C", "")) if isinstance(said, dict) else ""


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else None
    return str(said.get("M", "")) if isinstance(said, dict) else str(error)


def _lost(error: Exception) -> StoreError:
    return StoreError(f"PostgreSQL: the store cannot be used ({_words(error) or type(error).__name__})")
