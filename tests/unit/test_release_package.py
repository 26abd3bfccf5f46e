"""Packages open for whom they are meant, and every change to one is found and named."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from makers.releases import NOW, Officers, content, officers, package

from upwind.errors import FindingError, InputError
from upwind.release import verify
from upwind.release.keys import load_identity, load_signing_key, made
from upwind.release.package import drafted, opened, sign
from upwind.release.verify import Refused, dumped, repacked, unpacked, verified

FILES = {
    "dossier.pdf",
    "index.html",
    "manifest.json",
    "site.cot",
    "site.geojson",
    "site.kml",
    "site.stix.json",
}


@pytest.fixture(scope="module")
def who(tmp_path_factory: pytest.TempPathFactory) -> Officers:
    return officers(tmp_path_factory.mktemp("keys") / "all")


@pytest.fixture(scope="module")
def whole(who: Officers) -> bytes:
    return package(who, content())


def word(octets: bytes, who: Officers, log: str | None = None, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as refused:
        verified(octets, str(who.trust), log, now)
    return str(refused.value).split(":", maxsplit=1)[0]


def test_what_was_built_is_what_is_opened(who: Officers, whole: bytes) -> None:
    what, signers = verified(whole, str(who.trust), None, NOW)
    files = opened(whole, load_identity(who.folder / "partner.age", ""))
    assert signers == ["officer-1", "officer-2"]
    assert set(files) == FILES
    assert {f"plain/{name}": octets for name, octets in files.items()} == {
        name: octets for name, octets in unpacked(drafted(content())).items() if name != verify.RELEASE
    }
    assert json.loads(files["manifest.json"])["release"] == what["release"]


def test_a_draft_is_the_same_bytes_again() -> None:
    assert drafted(content()) == drafted(content())


def test_no_byte_of_ten_thousand_can_be_changed_unseen(who: Officers, whole: bytes) -> None:
    chance = random.Random(7)
    for _ in range(10_000):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        with pytest.raises(Refused):
            verified(bytes(changed), str(who.trust), None, NOW)


def test_drafts_are_told_apart_from_packages(who: Officers) -> None:
    draft = drafted(content())
    once = sign(draft, who.first, who.recipient)
    assert word(draft, who) == "unsigned"
    assert word(once, who) == "incomplete"


def test_nobody_signs_twice_nor_what_is_sealed(who: Officers, whole: bytes) -> None:
    once = sign(drafted(content()), who.first, who.recipient)
    with pytest.raises(FindingError, match=r"signed .* already"):
        sign(once, who.first, who.recipient)
    with pytest.raises(FindingError, match="sealed"):
        sign(whole, who.second, who.recipient)


def test_a_changed_draft_is_not_signed(who: Officers) -> None:
    members = unpacked(drafted(content()))
    members["plain/site.geojson"] += b" "
    with pytest.raises(InputError, match="build it again"):
        sign(repacked(members), who.first, who.recipient)
    assert word(repacked(members), who) == "tampered"


def test_strangers_signatures_do_not_count(who: Officers, whole: bytes, tmp_path: Path) -> None:
    (tmp_path / "officer-1.pub").write_bytes((who.trust / "officer-1.pub").read_bytes())
    with pytest.raises(Refused, match=r"^foreign: 2 people .* there is officer-1"):
        verified(whole, str(tmp_path), None, NOW)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(Refused, match=r"^foreign"):
        verified(whole, str(empty), None, NOW)


def test_one_officer_with_two_names_is_one(who: Officers, tmp_path: Path) -> None:
    """A key under two names in the folder gives one signer, not two."""
    alone = sign(drafted(content()), who.first, who.recipient)
    members = unpacked(alone)
    envelope = json.loads(members[verify.RELEASE])
    envelope["signatures"] *= 2
    members[verify.RELEASE] = dumped(envelope)
    for name in ("officer-1.pub", "officer-9.pub"):
        (tmp_path / name).write_bytes((who.trust / "officer-1.pub").read_bytes())
    with pytest.raises(Refused, match=r"^incomplete"):
        verified(repacked(members), str(tmp_path), None, NOW)


def test_members_of_another_package_are_found(who: Officers, whole: bytes) -> None:
    other = unpacked(package(who, content(at=NOW + timedelta(days=1))))
    for name in other:
        mixed = {**unpacked(whole), name: other[name]}
        if mixed != unpacked(whole):
            assert word(repacked(mixed), who) == "tampered", name


def test_a_member_put_in_or_taken_out_is_found(who: Officers, whole: bytes) -> None:
    members = unpacked(whole)
    assert word(repacked({**members, "extra.txt": b"?"}), who) == "tampered"
    for name in set(members) - {verify.RELEASE, verify.SEAL}:
        assert word(repacked({key: octets for key, octets in members.items() if key != name}), who) == "tampered"
    bare = {key: octets for key, octets in members.items() if key != verify.SEAL}
    assert word(repacked(bare), who) == "incomplete"


def test_bytes_around_the_members_count(who: Officers, whole: bytes) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in unpacked(whole).items():
            archive.writestr(name, octets)
    for changed in (whole + b"\0", b"\0" + whole, whole[:-1], buffer.getvalue()):
        assert word(changed, who) == "tampered"
    assert word(b"no package", who) == "malformed"
    assert word(repacked({"a": b"b"}), who) == "malformed"


def test_a_package_ends_with_its_agreement(who: Officers, whole: bytes) -> None:
    assert word(whole, who, now=datetime(2026, 12, 31, tzinfo=UTC)) == "expired"


def test_it_opens_for_nobody_else(whole: bytes, tmp_path: Path) -> None:
    for name, octets in made("other", "").items():
        (tmp_path / name).write_bytes(octets)
    with pytest.raises(FindingError, match="foreign"):
        opened(whole, load_identity(tmp_path / "other.age", ""))


@pytest.mark.slow
def test_locked_keys_need_their_passphrase(tmp_path: Path) -> None:
    """That takes its time: age makes guessing dear."""
    for name, octets in made("officer-1", "long and dull").items():
        (tmp_path / name).write_bytes(octets)
    assert load_signing_key(tmp_path / "officer-1.key", "long and dull").name == "officer-1"
    assert load_identity(tmp_path / "officer-1.age", "long and dull")
    for passphrase in ("", "wrong"):
        with pytest.raises(InputError, match="does not open"):
            load_signing_key(tmp_path / "officer-1.key", passphrase)
    with pytest.raises(InputError, match="does not open"):
        load_identity(tmp_path / "officer-1.age", "wrong")


@pytest.mark.parametrize("has_library", [True, False], ids=["cryptography", "openssl"])
def test_the_script_stands_alone(who: Officers, whole: bytes, tmp_path: Path, *, has_library: bool) -> None:
    script, file = tmp_path / "verify.py", tmp_path / "p.zip"
    script.write_bytes(unpacked(whole)["verify.py"])
    file.write_bytes(whole)
    command = [
        sys.executable,
        "-I",
        *([] if has_library else ["-S"]),
        str(script),
        str(file),
        "--trust",
        str(who.trust),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "officer-1, officer-2" in done.stdout
    members = unpacked(whole)
    envelope = json.loads(members[verify.RELEASE])
    envelope["signatures"][0]["sig"] = envelope["signatures"][1]["sig"]
    file.write_bytes(repacked({**members, verify.RELEASE: dumped(envelope)}))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split(":")[0]) == (3, "tampered")


def test_the_script_is_short() -> None:
    assert len(Path(str(verify.__file__)).read_text(encoding="utf-8").splitlines()) < 200
