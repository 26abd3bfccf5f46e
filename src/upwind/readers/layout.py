"""How a file's format is recognised, and which module reads it; the module is loaded when a file asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from upwind.readers.files import File
from upwind.readers.loading import load

__all__ = ["Layout"]

#: What the format's module offers as `read`.
Read = TypeVar("Read", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Generic[Read]):
    """One format: how its files begin, and the module that reads them.

    `suffixes` are names that promise it, so that a file whose beginning is damaged is not taken for something else.
    """

    name: str
    module: str
    head: re.Pattern[bytes]
    suffixes: tuple[str, ...] = ()

    def recognises(self, file: File) -> bool:
        """Return whether the file's content begins as this format does."""
        return self.head.match(file.head) is not None

    @property
    def read(self) -> Read:
        """What reads a file of this format."""
        return cast("Read", load(self.module).read)
