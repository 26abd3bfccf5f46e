"""Whose word counts, and what was called back: every broken or hostile document has its word, and good ones pass."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from makers.releases import NOW, content
from makers.trust import YEAR, Keyring, Lists, lists, roots

from upwind.errors import FindingError, InputError
from upwind.release import verify
from upwind.release.keys import load_recipient
from upwind.release.package import drafted, sign
from upwind.release.trust import Change, installed, next_root, root_of, sign_root
from upwind.release.verify import Refused, verified

RECALLED = "2026-10-21T00:00:00Z"


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "ring")


@pytest.fixture
def at_one(ring: Keyring) -> Keyring:
    """Return a folder of trust at version 1."""
    ring.put(ring.root(signers="ab"))
    return ring


def package(ring: Keyring, signers: str) -> bytes:
    octets, recipient = drafted(content()), load_recipient(ring.folder / "a.age.pub")
    for name in signers:
        octets = sign(octets, ring.keys[name], recipient)
    return octets


def word(octets: bytes, ring: Keyring, recalled: bytes | None = None) -> str:
    """Return the word for which a package is refused; "" where it is not."""
    place = ring.folder / "recalled.json"
    if recalled is not None:
        place.write_bytes(recalled)
    try:
        verified(octets, str(ring.trust), None, NOW, None if recalled is None else str(place))
    except Refused as error:
        return str(error).split(":", maxsplit=1)[0]
    return ""


def test_keys_alone_still_count(ring: Keyring) -> None:
    assert word(package(ring, "ab"), ring) == ""
    assert word(package(ring, "ad"), ring) == "foreign"


def test_a_new_key_counts_once_old_and_new_have_signed(ring: Keyring) -> None:
    octets = package(ring, "ad")
    ring.put(ring.root(signers="ab"))
    assert word(octets, ring) == "foreign"
    ring.put(ring.root(signers="bc", add="d"))
    assert word(octets, ring) == ""
    assert word(package(ring, "bc"), ring) == ""


def test_a_revoked_key_is_named_as_such(at_one: Keyring) -> None:
    octets = package(at_one, "ab")
    at_one.put(at_one.root(signers="bc", add="d", revoke="a"))
    with pytest.raises(Refused, match=r"^revoked: the key of a, since 2026-10-20T12:00:00Z: it was lost"):
        verified(octets, str(at_one.trust), None, NOW)
    assert word(package(at_one, "bd"), at_one) == ""
    for signers in ("ab", "ad"):
        with pytest.raises(FindingError, match="may not sign root documents"):
            at_one.root(signers=signers)


def test_a_lost_key_may_sign_its_own_end(at_one: Keyring) -> None:
    """Whoever has but two keys revokes one with it; it does not count among those of the new document."""
    at_one.put(at_one.root(signers="abd", add="d", revoke="a"))
    assert word(package(at_one, "bd"), at_one) == ""
    assert word(package(at_one, "ab"), at_one) == "revoked"


def test_a_person_gets_a_new_key(at_one: Keyring, tmp_path: Path) -> None:
    other = Keyring(tmp_path / "other")
    before = root_of(at_one.trust)
    change = Change(
        officers=[other.public("a")],
        roots=[other.public("a")],
        revoked=["a"],
        why="a new laptop",
        until=NOW + YEAR,
        at=NOW,
    )
    octets = next_root(before, change)
    for key in (at_one.keys["b"], at_one.keys["c"]):
        octets, _, lacking = sign_root(octets, before, key)
    assert lacking == ""
    at_one.put(octets)
    recipient = load_recipient(at_one.folder / "a.age.pub")
    fresh = sign(sign(drafted(content()), other.keys["a"], recipient), at_one.keys["b"], recipient)
    assert word(fresh, at_one) == ""
    assert word(package(at_one, "ab"), at_one) == "revoked"


def test_a_folder_that_ran_out_says_so(ring: Keyring) -> None:
    ring.put(ring.root(signers="ab", until=NOW))
    assert word(package(ring, "ab"), ring) == "expired"
    ring.put(ring.root(signers="bc"))  # what ran out may still be followed
    assert word(package(ring, "ab"), ring) == ""


def test_each_hostile_root_document_is_named(at_one: Keyring) -> None:
    octets, wrong = package(at_one, "ab"), []
    assert word(octets, at_one) == ""
    told = list(roots(at_one))
    for name, root, expected in told:
        (at_one.trust / "2.root.json").write_bytes(root)
        if (found := word(octets, at_one)) != expected:
            wrong.append((name, expected, found))
    assert not wrong
    assert len({name for name, _, _ in told}) == len(told) > 15


def test_a_root_document_is_put_in_only_where_it_follows(at_one: Keyring) -> None:
    good = at_one.root(signers="ab", add="d")
    assert installed(good, at_one.trust)[0] == "2.root.json"
    for name, root, _ in roots(at_one):
        with pytest.raises(FindingError, match=r"^(foreign|tampered|malformed|rolled-back): "):
            installed(root, at_one.trust)
        assert not (at_one.trust / "2.root.json").exists(), name
    first = (at_one.trust / "1.root.json").read_bytes()
    at_one.put(good)
    with pytest.raises(FindingError, match=r"^rolled-back"):
        installed(first, at_one.trust)


def test_two_people_must_be_left_and_a_reason_given(at_one: Keyring) -> None:
    before = root_of(at_one.trust)
    plain = {"until": NOW + YEAR, "at": NOW}
    for revoked, why, says in (
        (["a", "b"], "lost", "fewer than 2"),
        (["a"], " ", "--why"),
        (["e"], "lost", "no key of e"),
    ):
        with pytest.raises(InputError, match=says):
            next_root(before, Change(revoked=revoked, why=why, **plain))


def test_a_root_that_begins_a_folder_needs_no_keys_beside_it(at_one: Keyring) -> None:
    """Whoever gets a folder today gets the last root document by hand; the ones before are not needed."""
    at_one.put(at_one.root(signers="bc", add="d"))
    fresh = at_one.folder / "fresh"
    fresh.mkdir()
    shutil.copy(at_one.trust / "2.root.json", fresh)
    assert root_of(fresh)["version"] == 2
    verified(package(at_one, "ad"), str(fresh), None, NOW)


def test_each_list_is_named(at_one: Keyring) -> None:
    octets = package(at_one, "ab")
    what, _ = verified(octets, str(at_one.trust), None, NOW)
    made = Lists(ring=at_one, what=what)
    assert word(octets, at_one, made.made(recalled={"release-0": RECALLED}, latest={"series-0": RECALLED})) == ""
    assert word(octets, at_one, made.made()) == ""
    wrong = [
        (name, expected, found)
        for name, one, expected in lists(made)
        if (found := word(octets, at_one, one)) != expected
    ]
    assert not wrong


def test_no_byte_of_a_list_can_be_changed_unseen(at_one: Keyring) -> None:
    octets = package(at_one, "ab")
    what, _ = verified(octets, str(at_one.trust), None, NOW)
    one = Lists(ring=at_one, what=what).made(recalled={"release-0": RECALLED})
    for place in range(0, len(one), 3):
        changed = bytearray(one)
        changed[place] ^= 1
        assert word(octets, at_one, bytes(changed)) in ("tampered", "foreign", "malformed"), place


def test_a_list_of_a_thief_counts_no_more_once_the_key_is_revoked(at_one: Keyring) -> None:
    """What the thief's list said of its version is forgotten with the key, or no list could ever follow it."""
    octets = package(at_one, "bc")
    what, _ = verified(octets, str(at_one.trust), None, NOW)
    made = Lists(ring=at_one, what=what)
    assert word(octets, at_one, made.made(version=10**9)) == ""
    assert word(octets, at_one, made.made(version=4)) == "rolled-back"
    stolen = made.made(version=10**9)
    at_one.put(at_one.root(signers="bc", add="d", revoke="a"))
    assert word(octets, at_one, stolen) == "revoked"
    assert word(octets, at_one, made.made(signer="b", version=5)) == ""
    assert word(octets, at_one, made.made(signer="b", version=4)) == "rolled-back"


def test_a_list_names_nobody(at_one: Keyring) -> None:
    what = {"log": {"size": 1}, "release": "release-1", "series": "series-1"}
    said = json.loads(base64.b64decode(json.loads(Lists(ring=at_one, what=what).made())["payload"]))
    assert set(said["predicate"]) == {"version", "root", "at", "expires", "log", "recalled", "latest"}
    assert said["subject"] == []


def test_the_script_takes_root_documents_and_a_list(ring: Keyring, tmp_path: Path) -> None:
    """Alone, with openssl in place of the library, at the time that it is."""
    ring.put(ring.root(signers="ab", until=NOW + 100 * YEAR))
    recipient = load_recipient(ring.folder / "a.age.pub")
    octets = drafted(content(end=NOW + 90 * YEAR))
    for name in "ab":
        octets = sign(octets, ring.keys[name], recipient)
    what, _ = verified(octets, str(ring.trust), None, NOW)
    (tmp_path / "p.zip").write_bytes(octets)
    made = Lists(ring=ring, what=what)
    script = [
        sys.executable,
        "-I",
        "-S",
        str(verify.__file__),
        "p.zip",
        "--trust",
        str(ring.trust),
        "--recalled",
        "l.json",
    ]
    for days, gone, code, begins in (
        (36_500, {}, 0, f"{what['release']} for MEX"),
        (36_500, {what["release"]: RECALLED}, 3, f"recalled: {RECALLED}"),
        (1, {}, 3, "expired: "),
    ):
        (tmp_path / "l.json").write_bytes(made.made(days=days, recalled=gone))
        done = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout[: len(begins)]) == (code, begins), done.stderr
