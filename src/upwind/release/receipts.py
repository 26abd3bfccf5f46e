"""Receipts in files: a partner signs that a package is in hand, or what became of one that was called back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from upwind.errors import FindingError
from upwind.release.content import stamp
from upwind.release.envelope import envelope_of, signed, statement
from upwind.release.keys import SigningKey
from upwind.release.verify import Refused, dumped, stated

__all__ = ["Receipt", "partner_of", "read_receipt", "signed_receipt"]

_KIND, _ROLE = "urn:upwind:receipt:1", "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a partner signed: which package it holds, or (`state`, `why`) what it did with one that was called back."""

    release: str
    partner: str
    sha256: str
    state: str = ""
    why: str = ""
    signer: str = ""


def signed_receipt(
    what: Mapping[str, Any], octets: bytes, key: SigningKey, at: datetime, became: tuple[str, str]
) -> bytes:
    """Return the receipt of a package that was verified; `became` is state and why, both "" where it is in hand."""
    body = {
        "release": what["release"],
        "partner": what["partner"],
        "at": stamp(at),
        "state": became[0],
        "why": became[1],
    }
    return dumped(signed(envelope_of(statement(_KIND, {f"{what['release']}.zip": octets}, body)), key))


def partner_of(octets: bytes) -> str:
    """Return whose receipt it claims to be: nothing of it counts before its signature holds."""
    return _read(octets, {}).partner


def read_receipt(octets: bytes, signers: Mapping[str, Any]) -> Receipt:
    """Return what a receipt says that one of the partner's keys signed.

    Raises
    ------
    FindingError
        One word first: malformed, tampered, or foreign.
    """
    found = _read(octets, signers)
    if not found.signer:
        msg = f"foreign: no key that {found.partner} gave signed this receipt (upwind partner add … --signer F.pub)"
        raise FindingError(msg)
    return found


def _read(octets: bytes, signers: Mapping[str, Any]) -> Receipt:
    root = {"revoked": {}, "keys": signers, "roles": {_ROLE: signers}}
    try:
        what, digests, who, _ = stated(octets, _KIND, root, _ROLE)
        said = {name: str(what[name]) for name in ("release", "partner", "state", "why")}
        return Receipt(**said, sha256=digests[f"{what['release']}.zip"], signer=", ".join(who))
    except Refused as error:
        raise FindingError(str(error)) from None
    except (LookupError, TypeError, ValueError) as error:
        msg = f"malformed: this is no receipt of upwind ({error!r})"
        raise FindingError(msg) from None
