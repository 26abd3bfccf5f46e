"""Stores for the contract: one suite, every engine, real servers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from makers import postgres

from upwind.store.places import open_store
from upwind.store.store import Store

ENGINES = ("sqlite", "postgresql")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **how: float) -> None:
        """Move it, forward or back."""
        self.now += timedelta(**how)


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    if postgres.BIN is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.running("fsync=off") as made:
        yield made


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a store that is not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'upwind.db'}"
    made: str = request.getfixturevalue("server").new_url()
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    with open_store(url, clock) as opened:
        yield opened
