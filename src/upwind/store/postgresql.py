"""PostgreSQL 15 or later, by pg8000: a server for several machines."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection as Native
from pg8000.native import PreparedStatement

from upwind.errors import ConflictError, StoreError
from upwind.store.engine import Row

__all__ = ["Postgresql"]

#: How long a server may take to answer before it counts as gone. [s]
PATIENCE_S = 30.0

#: Any number will do, as long as every upwind of a database takes the same.
_LOCK = 7_531_862
#: Class 23 of SQLSTATE: integrity constraint violation.
_INTEGRITY = "23"


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
            inner = Native(
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
    """A connection to the server, with the statements that it has prepared."""

    def __init__(self, inner: Native) -> None:
        self._inner = inner
        self._prepared: dict[str, PreparedStatement] = {}

    @property
    def columns(self) -> list[str]:
        """The names of the columns of the rows that came last."""
        return [column["name"] for column in self._inner.columns or ()]

    def run(self, sql: str, values: Mapping[str, object] | None = None) -> Sequence[Row]:
        """Return the rows of a statement."""
        try:
            return self._run(sql, values) or []
        except DatabaseError as error:
            if _code(error).startswith(_INTEGRITY):
                msg = f"the store forbids it: {_words(error)}"
                raise ConflictError(msg) from error
            raise _lost(error) from error
        except (InterfaceError, OSError) as error:
            raise _lost(error) from error

    def close(self) -> None:
        """Close it; a server that is gone has closed it already."""
        try:
            self._inner.close()
        except (DatabaseError, InterfaceError, OSError):
            return

    def _run(self, sql: str, values: Mapping[str, object] | None) -> Sequence[Row] | None:
        if not values:
            return cast("Sequence[Row] | None", self._inner.run(sql))
        if sql not in self._prepared:
            self._prepared[sql] = self._inner.prepare(sql)
        return cast("Sequence[Row] | None", self._prepared[sql].run(**values))


def _code(error: Exception) -> str:
    """Return the SQLSTATE of an error of the server's; empty where there is none."""
    said = error.args[0] if error.args else None
    return str(said.get("C", "")) if isinstance(said, dict) else ""


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else None
    return str(said.get("M", "")) if isinstance(said, dict) else str(error)


def _lost(error: Exception) -> StoreError:
    return StoreError(f"PostgreSQL: the store cannot be used ({_words(error) or type(error).__name__})")
