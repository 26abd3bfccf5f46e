"""A simulator of broken and hostile packages: what goes wrong in the post, and what somebody would do on purpose.

Each attack is a package, perhaps a log, a folder of trust or a day, and the one word that must name it. Attackers here
know the layout, hold every key that the attack says, and write the one canonical form where that hides them better.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from makers.releases import NOW, Officers, content, package

from upwind.release.content import Content
from upwind.release.envelope import envelope_of, payload_of, signed, statement
from upwind.release.keys import SigningKey, load_signing_key, made
from upwind.release.package import drafted, sign
from upwind.release.verify import KIND, RELEASE, SEAL, SEAL_KIND, dumped, repacked, unpacked
from upwind.review.exported import lines_of
from upwind.review.log import Draft, Head, LogEntry, chained
from upwind.review.merkle import root

__all__ = ["Attack", "Post", "attacks", "log_text", "payload_with", "posted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One package that must not open, and the word that must name it; `log` is a text, `trust` a folder."""

    name: str
    octets: bytes
    word: str
    log: str = ""
    trust: Path
    now: datetime = NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What the simulator sends: officers, a folder to write in, a log, and a good package that names the log's head."""

    who: Officers
    folder: Path
    entries: tuple[LogEntry, ...]
    told: Content
    whole: bytes


def posted(who: Officers, folder: Path) -> Post:
    """Return a good package, and the log that it names."""
    entries = entries_of([("site", {"sha256": "ab" * 32}), ("judgement", {}), ("judgement", {}), ("partner", {})])
    told = told_by(entries)
    return Post(who=who, folder=folder, entries=tuple(entries), told=told, whole=package(who, told))


def log_text(entries: list[LogEntry]) -> str:
    """Return an exported log."""
    top = root([bytes.fromhex(entry.digest) for entry in entries]).hex()
    return "".join(lines_of(entries, Head(size=len(entries), root=top)))


def entries_of(bodies: list[tuple[str, Mapping[str, Any]]]) -> list[LogEntry]:
    """Return a log of such entries."""
    found: list[LogEntry] = []
    for seq, (what, body) in enumerate(bodies, start=1):
        draft = Draft(who="releaser-1", what=what, case="site-1", body=body)
        previous = found[-1].digest if found else "0" * 64
        found.append(chained(draft, seq, NOW + timedelta(seconds=seq), previous))
    return found


def told_by(entries: list[LogEntry], at: datetime = NOW) -> Content:
    """Return content that names the head of a log."""
    top = root([bytes.fromhex(entry.digest) for entry in entries]).hex()
    plain = content(at=at)
    changes = {name: getattr(plain, name) for name in plain.__slots__}
    return Content(**{**changes, "log": {"size": len(entries), "root": top}})


def resealed(members: Mapping[str, bytes], key: SigningKey) -> bytes:
    """Return members with a seal of somebody over all of them."""
    inner = {name: octets for name, octets in members.items() if name != SEAL}
    said = statement(SEAL_KIND, inner, {"release": "release-0"})
    return repacked({**inner, SEAL: dumped(signed(envelope_of(said), key))})


def signed_by(said: Mapping[str, Any], keys: list[SigningKey], payload: bytes) -> bytes:
    """Return a sealed package of any statement, as insiders with these keys could make it."""
    envelope: Mapping[str, Any] = envelope_of(said)
    for key in keys:
        envelope = signed(envelope, key)
    return resealed({RELEASE: dumped(envelope), "payload.age": payload}, keys[-1])


def attacks(post: Post) -> Iterator[Attack]:
    """Yield every attack."""
    for family in (_post_office, _zip_files, _signatures, _statements, _keys, _logs):
        yield from family(post)


def _post_office(post: Post) -> Iterator[Attack]:
    """Yield what goes wrong on the way, without anybody's meaning it."""
    whole, trust = post.whole, post.who.trust
    for name, octets, word in (
        ("empty file", b"", "malformed"),
        ("a letter instead", b"Dear colleague, the file was too large.", "malformed"),
        ("another zip", repacked({"holiday.jpg": b"\xff\xd8\xff"}), "malformed"),
        ("first half", whole[: len(whole) // 2], "tampered"),
        ("cut by a byte", whole[:-1], "tampered"),
        ("line ends changed", whole.replace(b"\n", b"\r\n"), "tampered"),
        ("sent as text", whole.decode("latin-1").encode(), "tampered"),
        ("twice in one file", whole + whole, "tampered"),
        ("an unsigned draft", drafted(post.told), "unsigned"),
        ("signed by one", sign(drafted(post.told), post.who.first, post.who.recipient), "incomplete"),
    ):
        yield Attack(name=name, octets=octets, word=word, trust=trust)
    yield Attack(name="a day late", octets=whole, word="expired", trust=trust, now=datetime(2027, 1, 1, tzinfo=UTC))
    yield Attack(name="the last moment", octets=whole, word="expired", trust=trust, now=post.told.expires)


def _zip_files(post: Post) -> Iterator[Attack]:
    """Yield zip files that are made to harm whoever unpacks them."""
    trust, members = post.who.trust, unpacked(post.whole)

    def zipped(kind: int, extra: Mapping[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", kind) as archive:
            for name, octets in {**members, **extra}.items():
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), octets, compress_type=kind)
        return buffer.getvalue()

    zeros = {"zeros": bytes(200_000_000)}
    link = zipfile.ZipInfo("dossier.pdf", (1980, 1, 1, 0, 0, 0))
    link.create_system, link.external_attr = 3, 0o120777 << 16
    linked = io.BytesIO(post.whole)
    with zipfile.ZipFile(linked, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    for name, octets in (
        ("deflated", zipped(zipfile.ZIP_DEFLATED, {})),
        ("a bomb, deflated", zipped(zipfile.ZIP_DEFLATED, zeros)),
        ("a bomb, lzma", zipped(zipfile.ZIP_LZMA, zeros)),
        ("a member out of the folder", repacked({**members, "../../evil": b"?"})),
        ("a member at the root", repacked({**members, "/etc/cron.d/evil": b"?"})),
        ("a link", linked.getvalue()),
        ("a second member of one name", _doubled(post.whole)),
        ("a comment", _commented(post.whole)),
        ("a member more", repacked({**members, "read-me-first.html": b"<script>"})),
    ):
        yield Attack(name=name, octets=octets, word="tampered", trust=trust)


def _doubled(whole: bytes) -> bytes:
    buffer = io.BytesIO(whole)
    with zipfile.ZipFile(buffer, "a") as archive:
        info = archive.getinfo("verify.py")
        again = zipfile.ZipInfo("verify.pz", info.date_time)
        again.create_system, again.external_attr = info.create_system, info.external_attr
        archive.writestr(again, b"print('all is well')")
    return buffer.getvalue().replace(b"verify.pz", b"verify.py")


def _commented(whole: bytes) -> bytes:
    buffer = io.BytesIO(whole)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"verified, no need to check"
    return buffer.getvalue()


def _signatures(post: Post) -> Iterator[Attack]:
    """Yield packages whose signatures were taken off, put on, swapped or copied."""
    who, members = post.who, unpacked(post.whole)
    envelope = json.loads(members[RELEASE])
    one, other = envelope["signatures"]
    other_day = unpacked(package(who, told_by(list(post.entries), NOW + timedelta(days=1))))

    def having(signatures: list[dict[str, str]]) -> bytes:
        return repacked({**members, RELEASE: dumped({**envelope, "signatures": signatures})})

    swapped = [{**one, "sig": other["sig"]}, {**other, "sig": one["sig"]}]
    stranger = _stranger(post)
    for name, octets, word in (
        ("stripped of all", having([]), "unsigned"),
        ("stripped of one", having([one]), "incomplete"),
        ("one twice", having([one, one]), "incomplete"),
        ("a third added", having([one, other, one]), "tampered"),
        ("swapped", having(swapped), "tampered"),
        ("emptied", having([{**one, "sig": ""}, other]), "tampered"),
        ("under another's name", having([{**one, "keyid": other["keyid"]}, other]), "tampered"),
        ("without its seal", repacked({k: v for k, v in members.items() if k != SEAL}), "incomplete"),
        ("sealed by a stranger", resealed(members, stranger), "tampered"),
        ("the seal as the statement", repacked({**members, RELEASE: members[SEAL]}), "tampered"),
        ("the statement as the seal", repacked({**members, SEAL: members[RELEASE]}), "tampered"),
        *((f"{name} of another day", repacked({**members, name: other_day[name]}), "tampered")
          for name in (RELEASE, SEAL, "payload.age")),
    ):  # fmt: skip
        yield Attack(name=name, octets=octets, word=word, trust=who.trust)


def _stranger(post: Post) -> SigningKey:
    """Return a key that nobody trusts."""
    place = post.folder / "stranger.key"
    if not place.exists():
        place.write_bytes(made("stranger", "")["stranger.key"])
    return load_signing_key(place, "")


def _statements(post: Post) -> Iterator[Attack]:
    """Yield what insiders could sign, alone or together, that is no statement of a release."""
    who, members = post.who, unpacked(post.whole)
    said, payload = payload_of(json.loads(members[RELEASE])), members["payload.age"]
    both, alone = [who.first, who.second], [who.first]

    def having(**changes: object) -> dict[str, Any]:
        return {**said, "predicate": {**said["predicate"], **changes}}

    lacking = {**said, "predicate": {k: v for k, v in said["predicate"].items() if k != "expires"}}
    for name, other, keys, word in (
        ("one officer says that one is enough", having(signatures=1), alone, "incomplete"),
        ("one officer says that none is needed", having(signatures=0), alone, "incomplete"),
        ("one officer says minus one", having(signatures=-1), alone, "incomplete"),
        ("a number of signatures that is none", having(signatures="2"), both, "malformed"),
        ("no day of expiry", lacking, both, "malformed"),
        ("an expiry that is no time", having(expires=99), both, "malformed"),
        ("another kind of statement", {**said, "predicateType": "urn:upwind:report:1"}, both, "tampered"),
        ("no subject", {**said, "subject": "everything"}, both, "malformed"),
        ("a list", {"predicateType": KIND, "predicate": [], "subject": []}, both, "malformed"),
    ):
        yield Attack(name=name, octets=signed_by(other, keys, payload), word=word, trust=who.trust)
    yield from _spellings(post, said)


def _spellings(post: Post, said: Mapping[str, Any]) -> Iterator[Attack]:
    """Yield envelopes that say the same in other bytes, or are of another make."""
    members = unpacked(post.whole)
    envelope = json.loads(members[RELEASE])
    loose = base64.b64encode(json.dumps(said, indent=1).encode()).decode()
    spaced = f"{envelope['payload'][:8]}\n{envelope['payload'][8:]}"
    deep = b'{"a":' * 100_000
    for name, octets in (
        ("indented", json.dumps(envelope, indent=1).encode()),
        ("keys turned round", json.dumps(dict(reversed(envelope.items())), separators=(",", ":")).encode()),
        ("a key twice", members[RELEASE][:-1] + b',"payload":"e30="}'),
        ("another payload type", dumped({**envelope, "payloadType": "text/plain"})),
        ("a payload not written as it is signed", dumped({**envelope, "payload": loose})),
        ("a line end within base64", dumped({**envelope, "payload": spaced})),
        ("nested without end", deep),
        ("no JSON", b"\x00\xff"),
    ):
        yield Attack(name=name, octets=repacked({**members, RELEASE: octets}), word="tampered", trust=post.who.trust)


def _keys(post: Post) -> Iterator[Attack]:
    """Yield good packages before folders of trust that do not bear them."""
    who, folder = post.who, post.folder

    def trusting(name: str, **files: bytes) -> Path:
        place = folder / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for owner, octets in files.items():
            (place / f"{owner}.pub").write_bytes(octets)
        return place

    one, two = ((who.trust / f"officer-{number}.pub").read_bytes() for number in (1, 2))
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    rsa = generate_private_key(65537, 2048).public_key().public_bytes(serialization.Encoding.PEM, form)
    stranger = made("stranger", "")["stranger.pub"]
    for name, trust, word in (
        ("nobody is trusted", trusting("nobody"), "foreign"),
        ("no folder of trust", folder / "not there", "foreign"),
        ("one is trusted", trusting("one", first=one), "foreign"),
        ("one is trusted under two names", trusting("names", first=one, again=one), "foreign"),
        ("one and a stranger", trusting("stranger", first=one, other=stranger), "foreign"),
        ("one and a key of another make", trusting("rsa", first=one, other=rsa), "foreign"),
        ("a key taken out, since revoked", trusting("revoked", second=two), "foreign"),
        ("a damaged key", trusting("damaged", first=one, other=two.replace(b"MCow", b"MC=w")), "malformed"),
    ):
        yield Attack(name=name, octets=post.whole, word=word, trust=trust)


def _logs(post: Post) -> Iterator[Attack]:
    """Yield good packages beside logs that speak against them, or that were tampered with."""
    entries, told = list(post.entries), post.told
    bodies = [(entry.what, entry.body) for entry in entries]
    recall = ("recall", {"release": told.release, "series": told.series, "reason": "it was a bakery", "time": "x"})
    later = ("release", {"release": "release-1", "series": told.series, "time": "2026-10-21T00:00:00Z"})
    recalled = log_text(entries_of([*bodies, recall, ("command", {"command": "log export"})]))
    lines = recalled.splitlines(keepends=True)
    taken_out = [line for line in lines if '"what":"recall"' not in line]
    softened = recalled.replace("it was a bakery", "no reason at all")
    for name, text, word in (
        ("recalled", recalled, "recalled"),
        ("a later release", log_text(entries_of([*bodies, later])), "rolled-back"),
        ("the recall taken out", "".join(taken_out), "malformed"),
        ("cut off before the recall", "".join(lines[: len(entries)]), "malformed"),
        ("cut off, under its old head", "".join([*lines[: len(entries)], lines[-1]]), "malformed"),
        ("cut off within a line", recalled[:-20], "malformed"),
        ("the recall's words changed", softened, "malformed"),
        ("two entries turned round", "".join([lines[1], lines[0], *lines[2:]]), "malformed"),
        ("a log from before", log_text(entries[:-1]), "foreign"),
        ("a fork", log_text(entries_of([("site", {"sha256": "no"}), *bodies[1:], recall])), "foreign"),
        ("no log", "nothing of note happened\n", "malformed"),
        ("empty", "", "malformed"),
    ):
        yield Attack(name=f"log: {name}", octets=post.whole, word=word, log=text, trust=post.who.trust)


def payload_with(post: Post, files: Mapping[str, bytes]) -> bytes:
    """Return a package that two officers signed over files of any names, encrypted to the partner."""
    said = payload_of(json.loads(unpacked(post.whole)[RELEASE]))
    other = statement(KIND, files, said["predicate"])
    payload = pyrage.encrypt(repacked(dict(files)), [pyrage.x25519.Recipient.from_str(post.who.recipient)])
    return signed_by(other, [post.who.first, post.who.second], payload)
