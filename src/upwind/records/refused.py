"""Why an authorisation does not cover an entry, in parts that every language says its own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Refusal", "Shortfall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """One thing that keeps an authorisation from covering an entry: what kind of thing, and the values it is of."""

    says: str
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why no authorisation covers an entry: what the nearest falls short of; without one, that there is none."""

    state: str
    authorisation: str = ""
    shortfalls: tuple[Shortfall, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as the audit spells it."""
        short = [{"says": one.says, "said": dict(one.said)} for one in self.shortfalls]
        return {"state": self.state, "authorisation": self.authorisation, "shortfalls": short}
