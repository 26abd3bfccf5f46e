"""The schema: versions that follow each other, forward only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from upwind.errors import StoreError
from upwind.review.log import stamp
from upwind.store.engine import Connection, Engine
from upwind.store.statements import migrations, statements

__all__ = ["migrate", "newest", "raise_to", "version_of"]


def newest(engine: Engine) -> int:
    """Return the version that this program works with."""
    return len(migrations(engine.dialect))


def version_of(engine: Engine, connection: Connection) -> int:
    """Return the version of a database's schema; 0 where there is none."""
    named = statements(engine.dialect)
    if not connection.run(named["has_schema"])[0][0]:
        return 0
    return connection.run(named["schema_version"])[0][0] or 0


def migrate(engine: Engine, connection: Connection, clock: Callable[[], datetime]) -> None:
    """Bring a database's schema up to date; two processes at once do it once.

    Raises
    ------
    StoreError
        The database is of a later version than this program knows.
    """
    found = version_of(engine, connection)
    if found > newest(engine):
        msg = f"the store's schema is version {found}, this program knows {newest(engine)}: use a newer upwind"
        raise StoreError(msg)
    if found < newest(engine):
        for statement in engine.writing:
            connection.run(statement)
        raise_to(newest(engine), engine, connection, clock)
        connection.run("COMMIT")


def raise_to(version: int, engine: Engine, connection: Connection, clock: Callable[[], datetime]) -> None:
    """Raise the schema to a version within the transaction that has begun."""
    named = statements(engine.dialect)
    connection.run(named["schema_table"])
    found = connection.run(named["schema_version"])[0][0] or 0
    for number, steps in enumerate(migrations(engine.dialect)[found:version], start=found + 1):
        for step in steps:
            connection.run(step)
        connection.run(named["insert_version"], {"version": number, "at": stamp(clock())})
