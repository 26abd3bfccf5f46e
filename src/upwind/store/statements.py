"""SQL in files: each statement under a line ``-- name --``, one statement a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

__all__ = ["migrations", "read_statements", "statements"]

_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)


def read_statements(text: str) -> dict[str, str]:
    r"""Return the statements of a file's text by name.

    Examples
    --------
    >>> read_statements("-- one --\nSELECT 1\n\n-- two --\nSELECT 2\n")
    {'one': 'SELECT 1', 'two': 'SELECT 2'}
    """
    _, *parts = _NAME.split(text)
    return dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))


@cache
def statements(dialect: str) -> Mapping[str, str]:
    """Return every statement of a dialect: those that all share, and its own."""
    return {**_read("statements.sql"), **_read(f"{dialect}.sql")}


@cache
def migrations(dialect: str) -> tuple[tuple[str, ...], ...]:
    """Return what leads from each version of the schema to the next, the first one from nothing."""
    folder = resources.files(__name__.rpartition(".")[0]).joinpath("sql/migrations")
    versions = sorted(file.name[:4] for file in folder.iterdir() if re.fullmatch(r"\d{4}\.sql", file.name))
    return tuple(
        (*_read(f"migrations/{version}.sql").values(), *_read(f"migrations/{version}.{dialect}.sql").values())
        for version in versions
    )


def _read(name: str) -> dict[str, str]:
    file = resources.files(__name__.rpartition(".")[0]).joinpath("sql", *name.split("/"))
    return read_statements(file.read_text(encoding="utf-8"))
