"""Folders of trust with root documents, lists of recalls, and what a hostile post office would make of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from makers.releases import NOW

from upwind.release.envelope import envelope_of, payload_of, signed, statement
from upwind.release.keys import SigningKey, load_signing_key, made
from upwind.release.recalls import Recalls, signed_list
from upwind.release.trust import Change, next_root, root_of, sign_root
from upwind.release.verify import LIST_KIND, ROOT_KIND, dumped

__all__ = ["Keyring", "Lists", "lists", "resigned", "roots"]

YEAR = timedelta(days=365)


@dataclass(slots=True)
class Keyring:
    """Officers a to d, their public keys in files, and a folder of trust that begins with those of a, b and c."""

    folder: Path
    keys: dict[str, SigningKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trust.mkdir(parents=True)
        for name in "abcd":
            for file, octets in made(name, "").items():
                (self.folder / file).write_bytes(octets)
            self.keys[name] = load_signing_key(self.folder / f"{name}.key", "")
        for name in "abc":
            (self.trust / f"{name}.pub").write_bytes(self.public(name).read_bytes())

    @property
    def trust(self) -> Path:
        return self.folder / "trust"

    def public(self, name: str) -> Path:
        return self.folder / f"{name}.pub"

    def root(self, *, signers: str, until: datetime = NOW + YEAR, add: str = "", revoke: str = "") -> bytes:
        """Return the next root document, signed by some."""
        paths = [self.public(name) for name in add]
        change = Change(officers=paths, roots=paths, revoked=list(revoke), why="it was lost", until=until, at=NOW)
        before = root_of(self.trust)
        octets = next_root(before, change)
        for name in signers:
            octets, _, _ = sign_root(octets, before, self.keys[name])
        return octets

    def put(self, octets: bytes) -> None:
        version = payload_of(json.loads(octets))["predicate"]["version"]
        (self.trust / f"{version}.root.json").write_bytes(octets)


def resigned(octets: bytes, by: list[SigningKey], **changes: Any) -> bytes:
    """Return a statement with parts changed, signed by whoever would."""
    said = payload_of(json.loads(octets))
    envelope: Mapping[str, Any] = envelope_of({**said, "predicate": {**said["predicate"], **changes}})
    for key in by:
        envelope = signed(envelope, key)
    return dumped(envelope)


def roots(ring: Keyring) -> Iterator[tuple[str, bytes, str]]:
    """Yield hostile second root documents of a folder at version 1: what it is, its bytes, and the word for it."""
    a, b, c, d = (ring.keys[name] for name in "abcd")
    good = ring.root(signers="ab", add="d")
    first = (ring.trust / "1.root.json").read_bytes()
    said = payload_of(json.loads(good))["predicate"]
    mine = {d.id: said["keys"][d.id]}
    alone = {"keys": mine, "roles": {role: [d.id] for role in said["roles"]}}
    other = "0" * 64
    double = {**said["keys"], other: {**said["keys"][a.id], "name": "e"}}
    twice = json.loads(resigned(good, [a, a], keys=double, roles={**said["roles"], "root": [a.id, other]}))
    twice["signatures"][1]["keyid"] = other
    forged = json.loads(good)
    forged["signatures"][0]["sig"] = forged["signatures"][1]["sig"]
    yield "unsigned", dumped(envelope_of(payload_of(json.loads(good)))), "foreign"
    yield "signed by one", resigned(good, [a]), "foreign"
    yield "signed by one, twice", resigned(good, [a, a]), "foreign"
    yield "signed by one and the newcomer", resigned(good, [a, d]), "foreign"
    yield "signed by the newcomer alone", resigned(good, [d]), "foreign"
    yield "everything to the newcomer", resigned(good, [a, b, d], **alone), "foreign"
    yield "one is enough from now on", resigned(good, [a, b], threshold=1), "foreign"
    yield "a threshold that nobody reaches", resigned(good, [a, b, c], threshold=9), "foreign"
    yield "a version skipped", resigned(good, [a, b], version=3), "foreign"
    yield "the same version again", resigned(good, [a, b], version=1), "foreign"
    yield "the first as the second", first, "foreign"
    yield "one key under two names", dumped(twice), "tampered"
    yield "a forged signature", dumped(forged), "tampered"
    yield "a byte changed", good.replace(b'"payload":"', b'"payload":"A', 1), "tampered"
    yield "cut off", good[:-10], "tampered"
    yield "another kind", dumped(envelope_of(statement(LIST_KIND, {}, said))), "tampered"
    yield "no keys", resigned(good, [a, b], keys="none"), "malformed"
    yield "no root document", dumped(signed(signed(envelope_of(statement(ROOT_KIND, {}, {})), a), b)), "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Lists of recalls by an officer of a folder of trust, for a package that names a log of so many entries."""

    ring: Keyring
    what: Mapping[str, Any]

    def made(self, signer: str = "a", version: int = 3, days: int = 7, **known: Any) -> bytes:
        plain = {"log": {"size": self.what["log"]["size"], "root": "ab" * 32}, "recalled": {}, "latest": {}}
        told = Recalls(version=version, **{**plain, **known})
        return signed_list(told, root_of(self.ring.trust), self.ring.keys[signer], (NOW, NOW + timedelta(days=days)))


def lists(made: Lists) -> Iterator[tuple[str, bytes, str]]:
    """Yield lists that speak against a package, or that must not count: what it is, its bytes, and the word for it."""
    what, (a, d) = made.what, (made.ring.keys[name] for name in "ad")
    good = made.made()
    gone = made.made(recalled={what["release"]: "2026-10-21T00:00:00Z"})
    softened = json.loads(gone)
    softened["signatures"] = json.loads(good)["signatures"]
    yield "it is on the list", gone, "recalled"
    yield "a later one took its place", made.made(latest={what["series"]: "2026-10-21T00:00:00Z"}), "rolled-back"
    yield "of a week ago", made.made(days=-1), "expired"
    yield "older than the package", made.made(log={"size": what["log"]["size"] - 1, "root": "ab" * 32}), "rolled-back"
    yield "older than one that was shown", made.made(version=2), "rolled-back"
    yield "of a folder that is ahead", resigned(good, [a], root=9), "rolled-back"
    yield "signed by a stranger", resigned(good, [d]), "foreign"
    yield "signed by nobody", resigned(good, []), "foreign"
    yield "under another's signature", dumped(softened), "tampered"
    yield "the recall taken out", resigned(gone, []), "foreign"
    yield "cut off", good[:-1], "tampered"
    yield "empty", b"", "tampered"
    yield "a list without an end", resigned(good, [a], expires=7), "malformed"
    yield "a root document in its place", dumped(envelope_of(statement(ROOT_KIND, {}, {}))), "tampered"
