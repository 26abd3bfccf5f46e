"""Secrets of one-time codes lie sealed in every store, with a key that lies apart from it."""

from __future__ import annotations

import base64
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from makers.candidates import candidates

from upwind.errors import LostKeyError
from upwind.store import accounts, ledger, second_factor, sites
from upwind.store.accounts import Role
from upwind.store.backup import TABLES, back_up, restore
from upwind.store.places import engine_of, keys_of, open_store
from upwind.store.sealing import VARIABLE, Key
from upwind.store.shelf import Shelf
from upwind.store.store import Store


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv(VARIABLE, raising=False)


def add(store: Store, *names: str) -> None:
    for name in names:
        store.write(partial(accounts.add_account, who="test", name=name, roles=[Role.ANALYST]))


def set_up(store: Store, name: str) -> bytes:
    """Return the secret that the authenticator is given."""
    uri = store.write(partial(second_factor.set_up, who="test", name=name))
    found = re.search(r"secret=([A-Z2-7]+)", uri)
    assert found is not None
    return base64.b32decode(found[1])


def accepts(store: Store, name: str, secret: bytes, clock: Any) -> bool:
    code = second_factor.code_at(secret, int(clock.now.timestamp()) // 30)
    return store.write(partial(second_factor.accepts, name=name, code=code))


def rows(store: Store) -> str:
    return str(
        [store.read(lambda session, t=table: session.connection.run(f"SELECT * FROM {t}")) for table in TABLES]  # noqa: S608 # type: ignore[misc]
    )


def test_no_secret_can_be_read_in_the_store(url: str, clock: Any) -> None:
    with open_store(url, clock) as store:
        add(store, "a")
        secret = set_up(store, "a")
        held = rows(store)
        for spelled in (base64.b32encode(secret), base64.b64encode(secret), secret.hex().encode()):
            assert spelled.decode().strip("=") not in held
        place = keys_of(url).path
        assert place is not None
        assert place.stat().st_mode & 0o777 == 0o600
        assert place.read_text().strip() not in held
        assert accepts(store, "a", secret, clock)
        assert not accepts(store, "a", secret, clock)


def test_a_secret_of_one_account_is_no_use_for_another(url: str, clock: Any) -> None:
    with open_store(url, clock) as store:
        add(store, "a", "b")
        secret, _ = set_up(store, "a"), set_up(store, "b")

        def swap(session: Any) -> None:
            (content,) = session.row("setting", name="second factor of a")
            session.rows("put_setting", name="second factor of b", content=content)

        store.write(swap)
        with pytest.raises(LostKeyError, match="anew"):
            accepts(store, "b", secret, clock)
        assert accepts(store, "a", secret, clock)


def test_a_lost_key_lets_nobody_in_and_an_administrator_begins_anew(url: str, clock: Any) -> None:
    keys = keys_of(url)
    assert keys.path is not None
    with open_store(url, clock) as store:
        add(store, "a", "b", "c")
        secret = set_up(store, "a")
        kept = keys.path.read_bytes()
        name = Key(octets=base64.b64decode(kept)).name
        keys.path.unlink()
        for attempt in (partial(accepts, store, "a", secret, clock), partial(set_up, store, "b")):
            with pytest.raises(LostKeyError, match=f"key {name}.*is not there.*UPWIND_STORE_KEY.*--new"):
                attempt()
        assert accepts(store, "b", b"none is set up", clock)
        keys.made()
        with pytest.raises(LostKeyError, match="holds another"):
            accepts(store, "a", secret, clock)
        other = set_up(store, "b")
        assert accepts(store, "b", other, clock)
        assert sorted(store.read(second_factor.sealed_by).values()) == [["a"], ["b"]]
        store.write(partial(second_factor.drop_second_factor, who="test", name="a"))
        assert accepts(store, "a", b"", clock)
        store.read(second_factor.require_openable)


def test_a_new_key_leaves_what_the_old_one_opens(url: str, clock: Any) -> None:
    with open_store(url, clock) as store:
        add(store, "a")
        secret = set_up(store, "a")
        keys_of(url).made()
        assert accepts(store, "a", secret, clock)


def test_the_environment_may_give_the_key(url: str, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, base64.b64encode(b"k" * 32).decode())
    with open_store(url, clock) as store:
        add(store, "a")
        secret = set_up(store, "a")
        assert accepts(store, "a", secret, clock)
    assert keys_of(url).path is not None
    assert not keys_of(url).path.exists()  # type: ignore[union-attr]
    for wrong in ("no key", base64.b64encode(b"short").decode()):
        monkeypatch.setenv(VARIABLE, wrong)
        with open_store(url, clock) as store, pytest.raises(LostKeyError, match="UPWIND_STORE_KEY: this is no key"):
            accepts(store, "a", secret, clock)


def as_before(store: Store, secret: bytes) -> None:
    """Let a store hold a secret as schemas 1 and 2 did: in clear."""
    content = json.dumps({"secret": base64.b32encode(secret).decode(), "last": 0})
    store.write(lambda session: session.rows("put_setting", name="second factor of a", content=content))
    store.write(lambda session: session.rows("delete_setting", name="settled for schema 3"))


def test_a_store_from_before_is_sealed_when_opened(url: str, clock: Any) -> None:
    secret = b"twenty octets of it."
    with open_store(url, clock) as store:
        add(store, "a")
        as_before(store, secret)
        assert base64.b32encode(secret).decode() in rows(store)
    with open_store(url, clock) as store:
        assert base64.b32encode(secret).decode() not in rows(store)
        assert accepts(store, "a", secret, clock)
        store.read(ledger.verify)
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        files = [file for file in path.parent.glob(f"{path.name}*") if file.is_file()]
        assert all(base64.b32encode(secret) not in file.read_bytes() for file in files)


def test_a_backup_needs_the_key_that_was_kept_apart(url: str, clock: Any, tmp_path: Path) -> None:
    with open_store(url, clock) as store:
        add(store, "a")
        store.write(lambda session: sites.arrive(session, "test", candidates(1), "test"))
        secret = set_up(store, "a")
        back_up(store, Shelf(tmp_path / "evidence"), tmp_path / "b.zip")
    key = keys_of(url).path
    assert key is not None
    assert key.read_bytes().strip() not in (tmp_path / "b.zip").read_bytes()
    target = f"sqlite:///{tmp_path / 'elsewhere' / 'r.db'}"
    restore(tmp_path / "b.zip", engine_of(target), Shelf(tmp_path / "evidence2"))
    with open_store(target, clock) as store:
        with pytest.raises(LostKeyError, match="is not there"):
            accepts(store, "a", secret, clock)
        place = keys_of(target).path
        assert place is not None
        place.write_bytes(key.read_bytes())
        assert accepts(store, "a", secret, clock)
