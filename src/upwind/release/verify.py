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
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # then openssl does it
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

RELEASE, SEAL, PLAIN, TYPE = "release.json", "seal.json", "plain/", "application/vnd.in-toto+json"


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
            members = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    except Exception as error:  # damaged headers raise many kinds
        raise Refused(
            f"{'tampered' if RELEASE.encode() in octets else 'malformed'}: no whole zip file ({error})"
        ) from None
    refuse(repacked(members) != octets, "tampered: bytes around its members are not those that were written")
    return members


def envelope_of(octets: bytes) -> tuple[list[tuple[str, bytes]], bytes, Any]:
    """Return an envelope's signatures, the bytes that they are over, and what these say."""
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
    return signatures, encoded(payload), said


def trusted(folder: str) -> dict[str, tuple[str, bytes]]:
    """Return the public keys of a folder: id to name and DER."""
    texts = {path.stem: path.read_text("ascii", "replace").split("-----") for path in Path(folder).glob("*.pub")}
    keys = {name: base64.b64decode(text[2]) for name, text in texts.items() if text[1:2] == ["BEGIN PUBLIC KEY"]}
    return {hashlib.sha256(der).hexdigest(): (name, der) for name, der in keys.items()}


def is_signed(der: bytes, octets: bytes, signature: bytes) -> bool:
    """Return whether a signature of Ed25519 holds."""
    if Ed25519PublicKey is not None:
        try:
            return Ed25519PublicKey.from_public_bytes(der[-32:]).verify(signature, octets) is None
        except InvalidSignature:
            return False
    with tempfile.TemporaryDirectory() as folder:
        key, said, sign = (f"{folder}/{name}" for name in ("key", "said", "signature"))
        for place, content in ((key, der), (said, octets), (sign, signature)):
            Path(place).write_bytes(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", key, "-rawin", "-in", said]
        return subprocess.run([*command, "-sigfile", sign], capture_output=True, check=False).returncode == 0


def signers(signatures: list[tuple[str, bytes]], octets: bytes, keys: dict[str, tuple[str, bytes]]) -> list[str]:
    """Return the names of those whose signatures hold; one that fails under its own key is a forgery."""
    known = [(*keys[key], signature) for key, signature in signatures if key in keys]
    for name, der, signature in known:
        refuse(not is_signed(der, octets, signature), f"tampered: {name} did not sign what it says")
    return list(dict.fromkeys(name for name, _, _ in known))


def require_whole(members: dict[str, bytes], keys: dict[str, tuple[str, bytes]], said: Any, who: list[str]) -> None:
    """Refuse a package of which a member is not the one that an officer sealed."""
    refuse(SEAL not in members, "incomplete: all have signed, but nobody sealed it")
    signatures, octets, seal = envelope_of(members[SEAL])
    refuse(not set(signers(signatures, octets, keys)) & set(who), "tampered: no signer of the release sealed it")
    refuse(seal["predicate"]["release"] != said["predicate"]["release"], "tampered: mixed up, it has another's seal")
    digests = {one["name"]: one["digest"]["sha256"] for one in seal["subject"]}
    found = {name: hashlib.sha256(content).hexdigest() for name, content in members.items() if name != SEAL}
    refuse(digests != found, "tampered: a member of it is not the one that was sealed")


def root_of(leaves: list[bytes]) -> bytes:
    """Return the root of the tree over leaves (RFC 6962)."""
    half = 1 << max(len(leaves) - 1, 0).bit_length() >> 1
    node = b"\1" + root_of(leaves[:half]) + root_of(leaves[half:]) if half else b""
    return leaves[0] if len(leaves) == 1 else hashlib.sha256(node).digest()


def require_standing(what: Any, log: str) -> None:
    """Refuse what a copied log recalls, or has a later release in place of; the log must hold the package's head."""
    entries, leaves, previous = [], [], "0" * 64
    try:
        for entry in filter(lambda one: "seq" in one, map(json.loads, Path(log).read_text("utf-8").splitlines())):
            leaf = hashlib.sha256(b"\0" + dumped({key: entry[key] for key in entry if key != "digest"})).digest()
            refuse(leaf.hex() != entry["digest"] or entry["previous"] != previous, f"entry {entry['seq']} was changed")
            previous = entry["digest"]
            entries.append((entry["what"], entry["at"], entry["body"]))
            leaves.append(leaf)
    except Exception as error:
        raise Refused(f"malformed: the log {log} does not verify ({error})") from None
    root = root_of(leaves[: what["log"]["size"]]).hex()
    refuse(root != what["log"]["root"], f"foreign: the log {log} is not that of this package, or an older copy")
    for kind, at, body in entries:
        is_own = (kind, body.get("release")) == ("recall", what["release"])
        refuse(is_own, f"recalled: at {at}, since {body.get('reason', '')}")
        later = kind == "release" and body.get("series") == what["series"] and body["time"] > what["at"]
        refuse(later, f"rolled-back: a release of {body.get('time')} took its place")


def verified(octets: bytes, trust: str, log: str | None, now: datetime) -> tuple[Any, list[str]]:
    """Return the statement and the signers of a package that may be opened; raise `Refused`."""
    members = unpacked(octets)
    refuse(RELEASE not in members, f"malformed: there is no {RELEASE} in it, so this is no package of upwind")
    signatures, signed, said = envelope_of(members[RELEASE])
    what, plain = said["predicate"], {f"{PLAIN}{one['name']}": one["digest"]["sha256"] for one in said["subject"]}
    found = {name: hashlib.sha256(members[name]).hexdigest() for name in members if name.startswith(PLAIN)}
    changed = [name for name, digest in found.items() if digest != plain.get(name)]
    refuse(changed, f"tampered: {', '.join(changed)} is not the one that it speaks of")
    refuse(not signatures, f"unsigned: nobody signed it; {what['signatures']} officers must")
    keys, needed = trusted(trust), what["signatures"]
    officers = signers(signatures, signed, keys)
    who, lacking = ", ".join(officers) or "nobody you trust", needed - len({key for key, _ in signatures})
    refuse(lacking > 0, f"incomplete: signed by {who}; {lacking} more of {needed} must sign")
    refuse(len(officers) < needed, f"foreign: {needed} people whose keys you hold must have signed; there is {who}")
    require_whole(members, keys, said, officers)
    if log:
        require_standing(what, log)
    refuse(f"{now:%Y-%m-%dT%H:%M:%SZ}" >= what["expires"], f"expired: it was good until {what['expires']}")
    return said, officers


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
