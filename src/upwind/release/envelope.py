"""What officers sign: an in-toto statement in a DSSE envelope, as canonical JSON.

References
----------
DSSE v1 (github.com/secure-systems-lab/dsse), in-toto Attestation Framework, Statement v1. Ed25519: RFC 8032.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from upwind.release.keys import SigningKey
from upwind.release.verify import TYPE, dumped

__all__ = ["encoded", "envelope_of", "payload_of", "sha256", "signed", "statement"]

_STATEMENT = "https://in-toto.io/Statement/v1"


def sha256(octets: bytes) -> str:
    """Return the digest of bytes in hexadecimal."""
    return hashlib.sha256(octets).hexdigest()


def statement(kind: str, subjects: Mapping[str, bytes], predicate: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of files: their digests, and a predicate of the given kind."""
    return {
        "_type": _STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": sha256(subjects[name])}} for name in sorted(subjects)],
        "predicateType": kind,
        "predicate": dict(predicate),
    }


def envelope_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an envelope that nobody signed yet."""
    payload = base64.b64encode(dumped(said)).decode()
    return {"payload": payload, "payloadType": TYPE, "signatures": []}


def encoded(payload: bytes) -> bytes:
    """Return what DSSE signs of a payload."""
    return b" ".join([b"DSSEv1", b"%d" % len(TYPE), TYPE.encode(), b"%d" % len(payload), payload])


def payload_of(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement of an envelope."""
    said: dict[str, Any] = json.loads(base64.b64decode(envelope["payload"], validate=True))
    return said


def signed(envelope: Mapping[str, Any], key: SigningKey) -> dict[str, Any]:
    """Return the envelope with one signature more."""
    octets = base64.b64decode(envelope["payload"], validate=True)
    signature = base64.b64encode(key.sign(encoded(octets))).decode()
    return {**envelope, "signatures": [*envelope["signatures"], {"keyid": key.id, "sig": signature}]}
