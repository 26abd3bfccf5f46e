"""Packages: drafted, signed by each officer with an own key, sealed for the partner, and opened.

A draft holds the files in the open, and a statement over them that nobody signed yet. Each officer signs that one
statement. The last one needed also encrypts the files to the partner, and signs a seal over every member of the
package, so that whoever holds no identity can still tell that nothing was changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files as resources
from typing import Any

import pyrage

from upwind.errors import FindingError, InputError
from upwind.release.content import Content, stamp
from upwind.release.envelope import envelope_of, payload_of, sha256, signed, statement
from upwind.release.formats import files_of
from upwind.release.keys import SigningKey
from upwind.release.verify import KIND, PLAIN, RELEASE, SEAL, SEAL_KIND, Refused, dumped, repacked, unpacked

__all__ = ["draft_of", "drafted", "is_sealed", "opened", "read", "sign"]

_ENCRYPTED = "payload.age"
_CHECKER = "verify.py"
#: What a file of a package can be called: it names a place in the folder where it is opened, and no other.
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def drafted(content: Content) -> bytes:
    """Return the unsigned draft: the same content gives the same bytes."""
    files = files_of(content)
    said = statement(
        KIND,
        files,
        {
            "release": content.release,
            "series": content.series,
            "partner": content.partner,
            "at": stamp(content.at),
            "expires": stamp(content.expires),
            "signatures": content.signatures,
            "log": dict(content.log),
        },
    )
    members = {f"{PLAIN}{name}": octets for name, octets in files.items()}
    return repacked({**members, RELEASE: dumped(envelope_of(said))})


def read(octets: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return a package's members, and what its statement says.

    Raises
    ------
    FindingError
        It is no package, with one word first.
    """
    try:
        members = unpacked(octets)
    except Refused as error:
        raise FindingError(str(error)) from None
    try:
        return members, payload_of(json.loads(members[RELEASE]))
    except (LookupError, RecursionError, TypeError, ValueError):
        msg = f"malformed: there is no {RELEASE} of upwind in it"
        raise FindingError(msg) from None


def draft_of(octets: bytes) -> bytes:
    """Return the unsigned draft that a package's files and statement make, whoever has signed it since."""
    members, _ = read(octets)
    plain = {name: content for name, content in members.items() if name.startswith(PLAIN)}
    return repacked({**plain, RELEASE: dumped({**json.loads(members[RELEASE]), "signatures": []})})


def sign(octets: bytes, key: SigningKey, recipient: str) -> bytes:
    """Return the package with one signature more; the last one needed encrypts to the recipient and seals.

    Raises
    ------
    FindingError
        This person signed already, or it is sealed.
    InputError
        The files of the draft are not those of its statement.
    """
    members, said = read(octets)
    release = said["predicate"]["release"]
    if SEAL in members:
        msg = f"{release} has all its signatures and is sealed"
        raise FindingError(msg)
    envelope = json.loads(members[RELEASE])
    if key.id in {one["keyid"] for one in envelope["signatures"]}:
        msg = f"{key.name} has signed {release} already; another officer must sign it"
        raise FindingError(msg)
    plain = _plain(members, said)
    envelope = signed(envelope, key)
    members = {**members, RELEASE: dumped(envelope)}
    if len(envelope["signatures"]) < said["predicate"]["signatures"]:
        return repacked(members)
    payload = pyrage.encrypt(repacked(plain), [pyrage.x25519.Recipient.from_str(recipient)])
    return repacked(_sealed(members[RELEASE], payload, key, release))


def _plain(members: Mapping[str, bytes], said: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the files of a draft, held against its statement."""
    plain = {name.removeprefix(PLAIN): octets for name, octets in members.items() if name.startswith(PLAIN)}
    if {name: sha256(octets) for name, octets in plain.items()} != _digests(said):
        msg = "the files of this draft are not those that it speaks of; build it again"
        raise InputError(msg)
    return plain


def _digests(said: Mapping[str, Any]) -> dict[str, str]:
    return {one["name"]: one["digest"]["sha256"] for one in said["subject"]}


def _sealed(release: bytes, payload: bytes, key: SigningKey, name: str) -> dict[str, bytes]:
    checker = resources("upwind.release").joinpath(_CHECKER).read_bytes()
    members = {RELEASE: release, _ENCRYPTED: payload, _CHECKER: checker}
    seal = signed(envelope_of(statement(SEAL_KIND, members, {"release": name})), key)
    return {**members, SEAL: dumped(seal)}


def opened(octets: bytes, identity: pyrage.x25519.Identity) -> dict[str, bytes]:
    """Return the files of a package that was verified.

    Raises
    ------
    FindingError
        It is for somebody else, what was encrypted is not what was signed, or a file's name would lead elsewhere.
    """
    members, said = read(octets)
    try:
        plain = unpacked(pyrage.decrypt(members.get(_ENCRYPTED, b""), [identity]))
    except pyrage.DecryptError:
        msg = "foreign: it was not encrypted to this identity"
        raise FindingError(msg) from None
    except Refused:
        msg = "tampered: what was encrypted is no package's payload"
        raise FindingError(msg) from None
    odd = sorted(name for name in plain if not _FILE.fullmatch(name))
    if odd:
        msg = f"malformed: {odd[0]!r} would be written elsewhere than where it is opened"
        raise FindingError(msg)
    if {name: sha256(content) for name, content in plain.items()} != _digests(said):
        msg = "tampered: what was encrypted is not what the officers signed"
        raise FindingError(msg)
    return plain


def is_sealed(octets: bytes) -> bool:
    """Return whether a package has all its signatures."""
    return SEAL in unpacked(octets)
