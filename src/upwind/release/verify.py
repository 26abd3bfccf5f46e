"""Check a package of upwind offline: exit 0 and who signed it, or 3 and, one word first, why it may not be opened."""

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
except ImportError:  # then the program openssl does it
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

RELEASE, SEAL, PLAIN, TYPE, FEWEST = "release.json", "seal.json", "plain/", "application/vnd.in-toto+json", 2
KIND, SEAL_KIND, ROOT_KIND, LIST_KIND = (f"urn:upwind:{kind}:1" for kind in ("release", "seal", "root", "recalls"))


class Refused(Exception):
    """Why a package may not be opened: one word first, then more."""


def refuse(when: object, why: str) -> None:
    """Raise `Refused` in a case that must not be."""
    if when:
        raise Refused(why)


def dumped(value: object) -> bytes:
    """Return JSON in the one way in which it is signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def repacked(members: dict[str, bytes]) -> bytes:
    """Return the only zip file that these members make: no times, no owners, no compression."""
    with zipfile.ZipFile(buffer := io.BytesIO(), "w", zipfile.ZIP_STORED) as archive:
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


def stated(octets: bytes, kind: str, root: Any, role: str) -> tuple[Any, dict[str, str], list[str], Any]:
    """Return what an envelope says of one kind, the digests it speaks of, who of a role signed, and by which keys."""
    try:
        envelope = json.loads(octets)
        payload, signatures = base64.b64decode(envelope["payload"]), envelope["signatures"]
        said, pairs = json.loads(payload), [(one["keyid"], base64.b64decode(one["sig"])) for one in signatures]
        again = [{"keyid": key, "sig": base64.b64encode(signature).decode()} for key, signature in pairs]
        whole = {"payload": base64.b64encode(payload).decode(), "payloadType": TYPE, "signatures": again}
        is_plain = (dumped(whole), dumped(said), said["predicateType"]) == (octets, payload, kind)
        refuse(not is_plain, "of another kind, or not in the one way that is signed")
    except Exception as error:
        raise Refused(f"tampered: a statement is not what was written ({error})") from None
    signed, names = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload), {}
    for key, signature in pairs:
        refuse(role != "root" and key in root["revoked"], f"revoked: the key of {root['revoked'].get(key)}")
        if key in root["roles"][role]:
            name, der = root["keys"][key]["name"], bytes.fromhex(root["keys"][key]["public"])
            names[name] = hashlib.sha256(der).hexdigest() == key and is_signed(der, signed, signature)
            refuse(not names[name], f"tampered: {name} did not sign what it says")
    digests = {one["name"]: one["digest"]["sha256"] for one in said["subject"]}
    return said["predicate"], digests, list(names), dict(pairs)


def trusted(folder: str, now: str) -> Any:
    """Return whose word counts: the last root document of a folder, or its public keys where there is none."""
    texts = [(path.stem, path.read_text("ascii", "replace").split("-----")) for path in Path(folder).glob("*.pub")]
    ders = [(name, base64.b64decode(text[2])) for name, text in texts if text[1:2] == ["BEGIN PUBLIC KEY"]]
    keys = {hashlib.sha256(der).hexdigest(): {"name": name, "public": der.hex()} for name, der in ders}
    root: Any = {"version": 0, "expires": "~", "threshold": FEWEST, "keys": keys, "revoked": {}}
    root["roles"] = dict.fromkeys(("root", "release", "recalls"), keys)
    for path in sorted(Path(folder).glob("*.root.json"), key=lambda path: int(path.name.split(".")[0])):
        new, _, old, _ = stated(path.read_bytes(), ROOT_KIND, root, "root")
        own = stated(path.read_bytes(), ROOT_KIND, new, "root")[2]
        follows = not root["keys"] or (len(old) >= root["threshold"] and new["version"] == root["version"] + 1)
        refuse(not (follows and len(own) >= new["threshold"] >= FEWEST), f"foreign: too few have signed {path.name}")
        root = new
    refuse(now >= root["expires"], f"expired: the folder of trust was good until {root['expires']}")
    return root


def logged(log: str, what: Any) -> tuple[str, str]:
    """Return why a copied log, which must hold the package's head, recalls it, and the last release in its place."""

    def root_of(leaves: list[bytes]) -> bytes:  # the tree's (RFC 6962)
        half = 1 << max(len(leaves) - 1, 0).bit_length() >> 1
        node = b"\1" + root_of(leaves[:half]) + root_of(leaves[half:]) if half else b""
        return leaves[0] if len(leaves) == 1 else hashlib.sha256(node).digest()

    *entries, end = map(json.loads, Path(log).read_text("utf-8").split("\n")[:-1])
    for last, one in zip([{"digest": "0" * 64}, *entries], entries, strict=False):
        leaf = hashlib.sha256(b"\0" + dumped({key: one[key] for key in one if key != "digest"})).hexdigest()
        changed = (leaf, last["digest"]) != (one["digest"], one["previous"])
        refuse(changed, f"malformed: entry {one['seq']} of the log {log} was changed")
    leaves = [bytes.fromhex(one["digest"]) for one in entries]
    refuse(end["head"]["root"] != root_of(leaves).hex(), f"malformed: entries of the log {log} are missing")
    refuse(root_of(leaves[: what["log"]["size"]]).hex() != what["log"]["root"], "foreign: another log, or an older one")
    told = [(one["what"], one["body"], one["at"]) for one in entries]
    gone = {body["release"]: f"{at}, since {body.get('reason')}" for kind, body, at in told if kind == "recall"}
    later = [body["time"] for kind, body, _ in told if (kind, body.get("series")) == ("release", what["series"])]
    return gone.get(what["release"], ""), max(later, default="")


def listed(octets: bytes, what: Any, root: Any, folder: Path, now: str) -> tuple[str, str]:
    """Return the same of a list of recalls, which may be no older than the last one seen; the folder notes it."""
    said, _, who, _ = stated(octets, LIST_KIND, root, "recalls")
    refuse(not who, "foreign: nobody whom you trust signed the list of recalls")
    seen = [int(path.name.split(".")[1]) for path in folder.glob(f"recalls-{root['version']}.*")]
    is_older = said["version"] < max(seen, default=0) or said["log"]["size"] < what["log"]["size"]
    refuse(is_older, "rolled-back: this list of recalls is older than the package, or than one shown before")
    refuse(said["root"] != root["version"], f"rolled-back: the list goes by {said['root']}.root.json, the folder not")
    refuse(now >= said["expires"], f"expired: the list of recalls was good until {said['expires']}")
    Path(folder, f"recalls-{root['version']}.{said['version']}").touch()
    return said["recalled"].get(what["release"], ""), said["latest"].get(what["series"], "")


def verified(octets: bytes, trust: str, log: str | None, now: datetime, recalled: str | None = None) -> Any:
    """Return what the statement of a package that may be opened says, and who signed it; raise `Refused`."""
    try:
        members, time = unpacked(octets), f"{now:%Y-%m-%dT%H:%M:%SZ}"
        refuse(RELEASE not in members, f"malformed: there is no {RELEASE} in it, so this is no package of upwind")
        root, found = trusted(trust, time), {name: hashlib.sha256(each).hexdigest() for name, each in members.items()}
        what, plain, officers, keys = stated(members[RELEASE], KIND, root, "release")
        changed = [name for name in found if name.startswith(PLAIN) and found[name] != plain.get(name[len(PLAIN) :])]
        refuse(changed, f"tampered: {', '.join(changed)} is not the one that it speaks of")
        needed = max(what["signatures"], root["threshold"])  # one who signs alone may not say that one is enough
        who, word = ", ".join(officers) or "nobody you trust", "incomplete" if keys else "unsigned"
        refuse(len(keys) < needed, f"{word}: signed by {who}; {needed - len(keys)} more must sign")
        refuse(len(officers) < needed, f"foreign: {needed} people whose keys you hold must have signed; there is {who}")
        refuse(not found.pop(SEAL, ""), "incomplete: all have signed, but nobody sealed it")
        _, sealed, sealers, _ = stated(members[SEAL], SEAL_KIND, root, "release")
        refuse(not set(sealers) & set(officers), "tampered: no signer of the release sealed it")
        refuse(sealed != found, "tampered: a member is not the one that was sealed; it may be another package's")
        told = [logged(log, what)] if log else []
        told += [listed(Path(recalled).read_bytes(), what, root, Path(trust), time)] if recalled else []
        for gone, latest in told:
            refuse(gone, f"recalled: {gone}")
            refuse(latest > what["at"], f"rolled-back: a release of {latest} took its place")
        refuse(time >= what["expires"], f"expired: it was good until {what['expires']}")
        return what, officers
    except (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        raise Refused(f"malformed: a statement, a log or a key is unreadable, or not of upwind ({error!r})") from None


def main(argv: list[str]) -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description=__doc__)
    parser.add_argument("package")
    parser.add_argument("--trust", required=True, metavar="DIR", help="the folder that says whose word counts")
    parser.add_argument("--log", metavar="FILE", help="a copy of the releasing side's log")
    parser.add_argument("--recalled", metavar="FILE", help="the releasing side's list of recalls")
    given = parser.parse_args(argv)
    try:
        octets, now = Path(given.package).read_bytes(), datetime.now(timezone.utc)
        what, officers = verified(octets, given.trust, given.log, now, given.recalled)
    except (Refused, OSError) as error:
        print(error if isinstance(error, Refused) else f"malformed: {error}")
        return 3
    print("{release} for {partner}, good until {expires}, signed by".format(**what), ", ".join(officers))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
