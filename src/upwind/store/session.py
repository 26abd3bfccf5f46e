"""One transaction as the store's functions see it: named statements, the time, and the end of the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from upwind.review.log import Head
from upwind.review.merkle import Frontier
from upwind.store.engine import Connection, Row
from upwind.store.sealing import Keys

__all__ = ["Session", "Tail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """The end of the log: the digest of its last entry, and the tree over all."""

    digest: str
    frontier: Frontier

    @property
    def head(self) -> Head:
        """The log's head, as its entries make it."""
        return Head(size=self.frontier.size, root=self.frontier.root.hex())


class Session:
    """A transaction on a connection.

    `now` is the time of what is done in it, `keys` open what is sealed, `tail` is the log's end once it is known.
    """

    def __init__(self, connection: Connection, statements: Mapping[str, str], now: datetime, keys: Keys) -> None:
        self.connection = connection
        self.statements = statements
        self.now = now
        self.keys = keys
        self.tail: Tail | None = None
        #: The kind and number of every entry that was appended.
        self.entered: list[tuple[str, int]] = []

    def rows(self, statement: str, /, **values: object) -> Sequence[Row]:
        """Return the rows of a named statement."""
        return self.connection.run(self.statements[statement], values)

    def do(self, statement: str, /, **values: object) -> None:
        """Do a named statement of which nothing is read; what it raises may be raised by a later one of this work."""
        self.connection.put_off(self.statements[statement], values)

    def row(self, statement: str, /, **values: object) -> Row | None:
        """Return its first row; None where there is none."""
        rows = self.rows(statement, **values)
        return rows[0] if rows else None
