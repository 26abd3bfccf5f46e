"""Where a store is: URLs, and the file in the user's data folder where none is given."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from upwind.errors import InputError
from upwind.store.accounts import mark_closed
from upwind.store.clearances import MARKINGS, note_marking
from upwind.store.engine import Engine
from upwind.store.folder import data_folder
from upwind.store.passages import index_all
from upwind.store.postgresql import Postgresql
from upwind.store.sealing import VARIABLE, Keys
from upwind.store.second_factor import seal_all
from upwind.store.session import Session
from upwind.store.shelf import Shelf
from upwind.store.sqlite import Sqlite
from upwind.store.store import Clock, Store, utc_now

__all__ = ["default_url", "engine_of", "keys_of", "open_store", "require_store", "shelf_of"]

_KINDS = "sqlite:///FILE or postgresql://USER@HOST:PORT/DATABASE"
_FILE = "sqlite:///"
#: That all was done to a store of before what statements of SQL alone could not.
_OF_SCHEMA_3 = "settled for schema 3"
#: What a store holds once it is settled.
_SETTLED = ("salt", MARKINGS, _OF_SCHEMA_3)


def default_url(environment: Mapping[str, str] = os.environ) -> str:
    """Return the URL of the store in the user's data folder."""
    return f"{_FILE}{data_folder(environment) / 'upwind.db'}"


def open_store(url: str, clock: Clock = utc_now) -> Store:
    """Return the store of a URL, made where there is none.

    Raises
    ------
    InputError
        It is no URL of a store.
    StoreError
        It cannot be reached.
    """
    store = Store(engine_of(url), clock, keys_of(url))
    try:
        if store.read(lambda session: any(session.row("setting", name=name) is None for name in _SETTLED)):
            store.write(_settle)
    except BaseException:
        store.close()
        raise
    return store


def require_store(url: str) -> None:
    """Raise `InputError` where the file of a store is not there: nothing is proved of one that was just made."""
    if url.startswith(_FILE) and url != _FILE and not _path(url).is_file():
        msg = f"{_path(url)}: there is no store; name it with --store, or make it with `upwind user add`"
        raise InputError(msg)


def engine_of(url: str) -> Engine:
    """Return the database of a URL; the folder of a file is made."""
    if url.startswith(_FILE) and len(url) > len(_FILE):
        path = _path(url)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Sqlite(path)
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        msg = f"{url.partition('://')[0][:40]!r}…: this is no store; give {_KINDS}"
        raise InputError(msg)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return Postgresql(
        host=asked.get("host") or parts.hostname or "localhost",
        port=int(asked.get("port", port)),
        database=unquote(parts.path.strip("/")),
        user=unquote(parts.username or asked.get("user") or "postgres"),
        password=unquote(parts.password) if parts.password else None,
        sslmode=asked.get("sslmode", ""),
        search_path=asked.get("search_path", ""),
    )


def shelf_of(url: str, environment: Mapping[str, str] = os.environ) -> Shelf:
    """Return the shelf that belongs to a store: beside its file, or in the user's data folder."""
    if url.startswith(_FILE):
        path = _path(url)
        return Shelf(path.with_name(f"{path.name}.evidence"))
    return Shelf(data_folder(environment) / "evidence")


def keys_of(url: str, environment: Mapping[str, str] = os.environ) -> Keys:
    """Return where the key of a store is: beside its file or in the user's data folder, unless a variable holds it."""
    path = _path(url) if url.startswith(_FILE) else data_folder(environment) / "upwind.db"
    return Keys(path=path.with_name(f"{path.name}.key"), given=environment.get(VARIABLE, ""))


def _path(url: str) -> Path:
    return Path(unquote(url.removeprefix(_FILE))).expanduser()


def _settle(session: Session) -> None:
    """Draw the secret of blind reviews, note markings, and bring up to date what SQL alone could not.

    That is: index texts for the search, seal secrets, mark closed accounts. Nothing is done that another process was
    quicker to do.
    """
    if session.row("setting", name="salt") is None:
        session.do("insert_setting", name="salt", content=secrets.token_hex(16))
    note_marking(session, "")
    if session.row("setting", name=_OF_SCHEMA_3) is None:
        index_all(session)
        seal_all(session)
        mark_closed(session)
        session.do("insert_setting", name=_OF_SCHEMA_3, content="")
