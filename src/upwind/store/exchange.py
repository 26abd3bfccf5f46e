"""Several statements to PostgreSQL in one exchange: all of them go at once, and their answers come in one piece.

pg8000 asks for every step of an answer by itself and waits for each statement. Among many threads such a wait costs
more than the database does, for whoever wakes up must first get Python's lock again. What is sent here is heard when it
is wanted (https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-FLOW-PIPELINING).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

from pg8000.converters import make_params
from pg8000.core import BIND, COMMAND_COMPLETE, EXECUTE_MSG, READY_FOR_QUERY, SYNC_MSG, Context
from pg8000.exceptions import InterfaceError
from pg8000.native import Connection as Native
from pg8000.native import PreparedStatement

from upwind.store.engine import Row

__all__ = ["Exchange"]

_SHORT, _LONG, _HEAD = struct.Struct("!H"), struct.Struct("!i"), struct.Struct("!ci")
_NOTHING = _LONG.pack(-1)
_GONE = "the server has gone"


class Exchange(Native):  # type: ignore[misc] # pg8000 ships no types
    """A connection that sends statements together; it prepares each but once."""

    def __init__(self, *place: Any, **how: Any) -> None:  # noqa: ANN401 - whatever pg8000 takes
        super().__init__(*place, **how)
        self._known: dict[str, PreparedStatement] = {}
        self._unheard: list[PreparedStatement] = []

    def send(self, asked: Sequence[tuple[str, Mapping[str, object]]]) -> None:
        """Send statements with the values of their places; where one fails, the server leaves those after it undone."""
        self.hear()
        octets = bytearray()
        for sql, values in asked:
            if sql not in self._known:
                self._known[sql] = self.prepare(sql)
            statement = self._known[sql]
            octets += _bind(statement.name_bin, make_params(self.py_types, statement.make_vals(values))) + EXECUTE_MSG
            self._unheard.append(statement)
        try:
            self._sock.write(octets + SYNC_MSG)
            self._sock.flush()
        except (AttributeError, OSError, ValueError) as error:  # closed on one side or the other
            raise InterfaceError(_GONE) from error

    def hear(self) -> Sequence[Row]:
        """Return the rows of the last statement that was sent, once all are done; none where that was heard before.

        Raises
        ------
        DatabaseError
            One of them failed.
        """
        if not self._unheard:
            return []
        told = [Context(None, columns=one.cols, input_funcs=one.input_funcs) for one in self._unheard]
        self._unheard, now, code = [], 0, b""
        while code != READY_FOR_QUERY:
            code, size = _HEAD.unpack(self._taken(_HEAD.size))
            octets = self._taken(size - 4)
            if code == COMMAND_COMPLETE:
                now += 1
            else:
                self.message_types[code](octets, told[min(now, len(told) - 1)])
        self._context = told[-1]
        failed = next((one.error for one in told if one.error is not None), None)
        if failed is not None:
            raise failed
        return self._context.rows or []

    def _taken(self, size: int) -> bytes:
        """Return so many bytes of what the server says."""
        try:
            octets: bytes = self._sock.read(size)
        except (AttributeError, OSError, ValueError) as error:
            raise InterfaceError(_GONE) from error
        if len(octets) < size:
            raise InterfaceError(_GONE)
        return octets


def _bind(name: bytes, values: Sequence[str | None]) -> bytes:
    """Return the message that gives a prepared statement its values, all of them as text."""
    parts = [b"\x00", name, _SHORT.pack(0), _SHORT.pack(len(values))]
    for value in values:
        octets = b"" if value is None else value.encode()
        parts += (_NOTHING,) if value is None else (_LONG.pack(len(octets)), octets)
    body = b"".join([*parts, _SHORT.pack(0)])
    return bytes(BIND) + _LONG.pack(len(body) + 4) + body
