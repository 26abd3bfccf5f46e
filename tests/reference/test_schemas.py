"""A store of every schema that was ever released is brought up to date, on every engine, and says the same.

`stores/N.zip` is a backup that the program of schema N made (`upwind store backup`): two sites, reviewers a and b, of
whom both confirmed site-1 and a rejected site-2. A new schema brings its own file; none is ever made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from makers import postgres

from upwind.store import accounts, cases, ledger, sites
from upwind.store.backup import restore
from upwind.store.places import engine_of, open_store
from upwind.store.schema import newest
from upwind.store.shelf import Shelf
from upwind.store.sqlite import Sqlite

STORES = sorted((Path(__file__).parent / "stores").glob("*.zip"))


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    if postgres.BIN is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.running("fsync=off") as made:
        yield made


def test_every_schema_has_its_store() -> None:
    assert [path.stem for path in STORES] == [str(number) for number in range(1, newest(Sqlite(Path("none"))) + 1)]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("backup", STORES, ids=[path.stem for path in STORES])
def test_an_old_store_goes_on(backup: Path, engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("server").new_url() if engine == "postgresql" else f"sqlite:///{tmp_path / 'a.db'}"
    shelf = Shelf(tmp_path / "evidence")
    head = restore(backup, engine_of(url), shelf)
    assert [shelf.get(digest) for digest in shelf] == [b"time,longitude,latitude\n"]
    with open_store(url) as store:
        assert store.read(ledger.verify) == head
        views = [store.read(partial(cases.view, person="b", case=case)) for case in ("site-1", "site-2")]
        assert [str(view.standing.state) for view in views] == ["confirmed", "second"]
        assert [account.name for account in store.read(accounts.every_account)] == ["a", "b"]
        assert store.read(lambda session: sites.sites_within(session, (-106, 25, -105, 26))) == ["site-1", "site-2"]
        claimed = store.write(partial(cases.claim, person="b", key="new"))
        assert claimed is not None
        assert claimed["case"] == "site-2"
        store.read(ledger.verify)
