#!/usr/bin/env python3
"""Check a package of upwind offline: who signed it, for whom, until when, and that no byte was changed.

Exit 0: who signed. Exit 3, one word first: incomplete, tampered, unsigned, expired, rolled-back, recalled, foreign or
malformed. It needs Python, and either its package `cryptography` or the program openssl.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # then openssl does it
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

RELEASE, SEAL, PLAIN, TYPE = "release.json", "seal.json", "plain/", "application/vnd.in-toto+json"
KIND, SEAL_KIND = "urn:upwind:release:1", "urn:upwind:seal:1"
ED25519 = bytes.fromhex("302a300506032b6570032100")  # how the DER of such a public key begins


class Refused(Exception):
    """Why a package may not be opened: one word first, then more."""


def refuse(when: object, why: str) -> None:
    """Raise `Refused` in a case that must not be."""
    if when:
        raise Refused(why)


def dumped(value: object) -> bytes:
    """Return JSON in the one way in which it is signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def encoded(payload: bytes) -> bytes:
    """Return what DSSE signs of a payload."""
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)


def repacked(members: dict[str, bytes]) -> bytes:
    """Return the only zip file that these members make: no times, no owners, no compression."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            archive.writestr(entry, members[name])
    return buffer.getvalue()


def unpacked(octets: bytes) -> dict[str, bytes]:
    """Return the members of a zip file that is byte for byte the one they make."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            refuse(sum(one.file_size for one in archive.infolist()) > len(octets), "members claim to be more than it")
            members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    except Exception as error:  # damaged headers raise many kinds
        word = "tampered" if RELEASE.encode() in octets or b"payload.age" in octets else "malformed"
        raise Refused(f"{word}: no whole zip file ({error})") from None
    refuse(repacked(members) != octets, "tampered: bytes around its members are not those that were written")
    return members


def envelope_of(octets: bytes, kind: str) -> tuple[list[tuple[str, bytes]], bytes, Any]:
    """Return an envelope's signatures, the bytes that they are over, and what these say of one kind."""
    try:
        envelope = json.loads(octets)
        payload = base64.b64decode(envelope["payload"])
        said = json.loads(payload)
        signatures = [(one["keyid"], base64.b64decode(one["sig"])) for one in envelope["signatures"]]
        again = [{"keyid": key, "sig": base64.b64encode(sign).decode()} for key, sign in signatures]
        whole = {"payload": base64.b64encode(payload).decode(), "payloadType": TYPE, "signatures": again}
        refuse(dumped(whole) != octets or dumped(said) != payload, "not written in the one way that is signed")
    except Exception as error:
        raise Refused(f"tampered: a statement is not what was written ({error})") from None
    refuse(said["predicateType"] != kind, f"tampered: a statement of kind {said['predicateType']} stands in for {kind}")
    return signatures, encoded(payload), said


def trusted(folder: str) -> dict[str, tuple[str, bytes]]:
    """Return the public keys of a folder: id to name and DER."""
    texts = {path.stem: path.read_text("ascii", "replace").split("-----") for path in Path(folder).glob("*.pub")}
    keys = {name: base64.b64decode(text[2]) for name, text in texts.items() if text[1:2] == ["BEGIN PUBLIC KEY"]}
    return {hashlib.sha256(der).hexdigest(): (name, der) for name, der in keys.items() if der[:-32] == ED25519}


def is_signed(der: bytes, octets: bytes, signature: bytes) -> bool:
    """Return whether a signature of Ed25519 holds."""
    if Ed25519PublicKey is not None:
        try:
            return Ed25519PublicKey.from_public_bytes(der[-32:]).verify(signature, octets) is None
        except Exception:  # InvalidSignature, or no key at all
            return False
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("key", der), ("said", octets), ("sign", signature)):
            Path(folder, name).write_bytes(content)
        how = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "key", "-in", "said"]
        return subprocess.run([*how, "-sigfile", "sign"], cwd=folder, capture_output=True, check=False).returncode == 0


def signers(signatures: list[tuple[str, bytes]], octets: bytes, keys: dict[str, tuple[str, bytes]]) -> list[str]:
    """Return the names of those whose signatures hold; one that fails under its own key is a forgery."""
    known = [(*keys[key], signature) for key, signature in signatures if key in keys]
    for name, der, signature in known:
        refuse(not is_signed(der, octets, signature), f"tampered: {name} did not sign what it says")
    return list(dict.fromkeys(name for name, _, _ in known))


def require_whole(members: dict[str, bytes], keys: dict[str, tuple[str, bytes]], who: list[str]) -> None:
    """Refuse a package of which a member is not the one that an officer sealed."""
    refuse(SEAL not in members, "incomplete: all have signed, but nobody sealed it")
    signatures, octets, seal = envelope_of(members[SEAL], SEAL_KIND)
    refuse(not set(signers(signatures, octets, keys)) & set(who), "tampered: no signer of the release sealed it")
    digests = {one["name"]: one["digest"]["sha256"] for one in seal["subject"]}
    found = {name: hashlib.sha256(content).hexdigest() for name, content in members.items() if name != SEAL}
    refuse(digests != found, "tampered: a member is not the one that was sealed; it may be another package's")


def root_of(leaves: list[bytes]) -> bytes:
    """Return the root of the tree over leaves (RFC 6962)."""
    half = 1 << max(len(leaves) - 1, 0).bit_length() >> 1
    node = b"\1" + root_of(leaves[:half]) + root_of(leaves[half:]) if half else b""
    return leaves[0] if len(leaves) == 1 else hashlib.sha256(node).digest()


def require_standing(what: Any, log: str) -> None:
    """Refuse what a copied log recalls, or has a later release in place of; the log must hold the package's head."""
    try:
        *entries, end = map(json.loads, Path(log).read_text("utf-8").split("\n")[:-1])
        for last, entry in zip([{"digest": "0" * 64}, *entries], entries, strict=False):
            leaf = hashlib.sha256(b"\0" + dumped({key: entry[key] for key in entry if key != "digest"})).hexdigest()
            refuse((leaf, last["digest"]) != (entry["digest"], entry["previous"]), f"entry {entry['seq']} was changed")
        leaves = [bytes.fromhex(entry["digest"]) for entry in entries]
        refuse(end["head"]["root"] != root_of(leaves).hex(), "its head is not that of its entries: some are missing")
    except Exception as error:
        raise Refused(f"malformed: the log {log} does not verify ({error!r})") from None
    root = root_of(leaves[: what["log"]["size"]]).hex()
    refuse(root != what["log"]["root"], f"foreign: the log {log} is not that of this package, or an older copy")
    for kind, at, body in ((entry["what"], entry["at"], entry["body"]) for entry in entries):
        refuse(kind == "recall" and body["release"] == what["release"], f"recalled: {at}, since {body.get('reason')}")
        later = kind == "release" and body["series"] == what["series"] and body["time"] > what["at"]
        refuse(later, f"rolled-back: a release of {body.get('time')} took its place")


def verified(octets: bytes, trust: str, log: str | None, now: datetime) -> tuple[Any, list[str]]:
    """Return the statement and the signers of a package that may be opened; raise `Refused`."""
    try:
        members = unpacked(octets)
        refuse(RELEASE not in members, f"malformed: there is no {RELEASE} in it, so this is no package of upwind")
        signatures, signed, said = envelope_of(members[RELEASE], KIND)
        what, plain = said["predicate"], {f"{PLAIN}{one['name']}": one["digest"]["sha256"] for one in said["subject"]}
        found = {name: hashlib.sha256(members[name]).hexdigest() for name in members if name.startswith(PLAIN)}
        changed = [name for name, digest in found.items() if digest != plain.get(name)]
        refuse(changed, f"tampered: {', '.join(changed)} is not the one that it speaks of")
        keys, needed = trusted(trust), max(what["signatures"], 2)  # one who signs alone may not say that one is enough
        officers = signers(signatures, signed, keys)
        who, lacking = ", ".join(officers) or "nobody you trust", needed - len({key for key, _ in signatures})
        refuse(lacking > 0, f"{'incomplete' if signatures else 'unsigned'}: signed by {who}; {lacking} more must sign")
        refuse(len(officers) < needed, f"foreign: {needed} people whose keys you hold must have signed; there is {who}")
        require_whole(members, keys, officers)
        if log:
            require_standing(what, log)
        refuse(f"{now:%Y-%m-%dT%H:%M:%SZ}" >= what["expires"], f"expired: it was good until {what['expires']}")
        return said, officers
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Refused(f"malformed: a statement or a key is not one that upwind writes ({error!r})") from None


def main(argv: list[str]) -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Check a package of upwind offline.")
    parser.add_argument("package")
    parser.add_argument("--trust", required=True, metavar="DIR", help="the public keys of those whose word counts")
    parser.add_argument("--log", metavar="FILE", help="a copy of the releasing side's log")
    given = parser.parse_args(argv)
    try:
        said, officers = verified(Path(given.package).read_bytes(), given.trust, given.log, datetime.now(timezone.utc))
    except (Refused, OSError) as error:
        print(error if isinstance(error, Refused) else f"malformed: {error}")
        return 3
    print("{release} for {partner}, good until {expires}, signed by".format(**said["predicate"]), ", ".join(officers))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
