"""Backup and restore: one file with every table and all evidence, of one moment, while the store is used.

The file is the same for every engine, so that a store moves from one to another by it. Restoring makes the schema that
the backup was of, fills it, and then brings it up to date.
"""

from __future__ import annotations

import fnmatch
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from upwind.errors import AbsentError, FormatError, StoreError
from upwind.review.log import Head
from upwind.store.engine import Connection, Engine
from upwind.store.ledger import verify
from upwind.store.schema import newest, raise_to, version_of
from upwind.store.search_maps import search_maps
from upwind.store.session import Session
from upwind.store.shelf import Shelf
from upwind.store.store import Store, utc_now

__all__ = ["back_up", "restore"]

#: Every table, those first that others refer to.
TABLES = (
    "log",
    "head",
    "site",
    "standing",
    "judgement",
    "lease",
    "answer",
    "account",
    "account_role",
    "proposal",
    "access",
    "evidence",
    "setting",
    "passage",
    "saved_search",
)

_PAGE = 2_000
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,40}")


def back_up(store: Store, shelf: Shelf, path: Path) -> None:
    """Write the store as it is at this moment to a new file; its folder must exist.

    Evidence never changes under its digest, so that it may be read after the tables.
    """
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        digests = store.read(lambda session: _write_tables(session, archive))
        for digest in digests:
            try:
                archive.writestr(f"evidence/{digest}", shelf.get(digest))
            except AbsentError:
                continue  # forgotten since the tables were read


def restore(path: Path, engine: Engine, shelf: Shelf) -> Head:
    """Return the head of the log that a backup held, now in an empty database.

    Raises
    ------
    StoreError
        The database is not empty.
    FormatError
        The file is no backup, or of a newer program.
    LogError
        Its log does not verify.
    """
    connection = engine.connect()
    try:
        if version_of(engine, connection):
            msg = "there is a store already where the backup should go: name an empty place"
            raise StoreError(msg)
        with _opened(path) as archive:
            version = _manifest(archive, path, newest(engine))
            for statement in engine.writing:
                connection.run(statement)
            raise_to(version, engine, connection, utc_now)
            _fill(archive, connection)
            connection.run("COMMIT")  # an empty place, or all of it
            for name in fnmatch.filter(archive.namelist(), "evidence/*"):
                shelf.put(archive.read(name))
    finally:
        connection.close()
    with Store(engine) as store:
        return store.read(verify)


def _write_tables(session: Session, archive: zipfile.ZipFile) -> list[str]:
    """Write every table and return the digests of the evidence."""
    version = session.row("schema_version")
    manifest = {"upwind": "store backup", "schema": version[0] if version else 0}
    archive.writestr("manifest.json", json.dumps(manifest))
    for table in TABLES:
        with archive.open(f"tables/{table}.jsonl", "w", force_zip64=True) as file:
            for line in _lines(session, table):
                file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    kept = [row[0] for row in session.rows("all_evidence")]
    return list(dict.fromkeys([*kept, *(one.sha256 for one in search_maps(session))]))


def _lines(session: Session, table: str) -> Iterator[Sequence[Any]]:
    """Yield a table's columns, then its rows; the log a page at a time, for it alone grows without end."""
    after, is_first = 0, True
    while True:
        where = f"WHERE seq > {after} ORDER BY seq LIMIT {_PAGE}" if table == "log" else ""
        rows = session.connection.run(f"SELECT * FROM {table} {where}")  # noqa: S608 - a name of TABLES, a number
        if is_first:
            yield session.connection.columns
            is_first = False
        yield from (list(row) for row in rows)
        if table != "log" or len(rows) < _PAGE:
            return
        after = rows[-1][0]


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise FormatError(
            str(path), "", f"this is no backup ({error})", "give a file of `upwind store backup`"
        ) from None


def _manifest(archive: zipfile.ZipFile, path: Path, known: int) -> int:
    try:
        manifest = json.loads(archive.read("manifest.json"))
        version = manifest["schema"] if manifest["upwind"] == "store backup" else 0
    except (KeyError, TypeError, ValueError):
        version = 0
    if type(version) is not int or version < 1:
        raise FormatError(str(path), "", "this is no backup of a store", "give a file of `upwind store backup`")
    if version > known:
        fault = f"it is of schema {version}, this program knows {known}"
        raise FormatError(str(path), "manifest.json", fault, "use a newer upwind")
    return version


def _fill(archive: zipfile.ZipFile, connection: Connection) -> None:
    """Put every row where it was; a table that the schema of that time had not is passed over."""
    connection.run("DELETE FROM head")
    held = set(archive.namelist())
    for table in TABLES:
        if f"tables/{table}.jsonl" in held:
            with archive.open(f"tables/{table}.jsonl") as file:
                _fill_table(connection, table, map(json.loads, file))


def _fill_table(connection: Connection, table: str, lines: Iterator[list[Any]]) -> None:
    columns = next(lines)
    if not all(isinstance(name, str) and _COLUMN.fullmatch(name) for name in columns):
        place, fault = "first line", "a column has no name that it could have"
        raise FormatError(table, place, fault, "take another backup")
    places = ", ".join(f":{name}" for name in columns)
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names as checked
    for line in lines:
        connection.run(sql, dict(zip(columns, line, strict=True)))
