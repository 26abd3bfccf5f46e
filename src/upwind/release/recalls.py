"""The signed list of recalls: which releases were called back, told without a person, a place or a reason.

It stands to the log as TUF's timestamp and snapshot stand to a repository: small, of increasing version, good for some
days, and signed by one officer, so that whoever holds it knows what was called back until when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from upwind.errors import FindingError
from upwind.release.content import stamp
from upwind.release.envelope import envelope_of, signed, statement
from upwind.release.keys import SigningKey
from upwind.release.verify import LIST_KIND, dumped

__all__ = ["Recalls", "signed_list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalls:
    """What the log says of recalls until its head.

    `recalled` are releases and when they were called back; `latest` are series of which there is more than one release,
    and the time of the last one, in whose place no other may be used.
    """

    version: int
    log: Mapping[str, Any]
    recalled: Mapping[str, str]
    latest: Mapping[str, str]


def signed_list(known: Recalls, root: Mapping[str, Any], key: SigningKey, span: tuple[datetime, datetime]) -> bytes:
    """Return the list, signed, made at one time and good until another.

    Raises
    ------
    FindingError
        The folder of trust does not name the key for lists of recalls.
    """
    if key.id not in root["roles"]["recalls"]:
        msg = f"the folder of trust does not let {key.name} sign lists of recalls"
        raise FindingError(msg)
    at, until = span
    body = {
        "version": known.version,
        "root": root["version"],
        "at": stamp(at),
        "expires": stamp(until),
        "log": dict(known.log),
        "recalled": dict(known.recalled),
        "latest": dict(known.latest),
    }
    return dumped(signed(envelope_of(statement(LIST_KIND, {}, body)), key))
