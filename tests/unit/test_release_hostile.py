"""Every broken or hostile package of the simulator is refused, by its own name; nothing of it is run or written."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from makers.hostile import Attack, Post, attacks, log_text, payload_with, posted
from makers.releases import NOW, officers

from upwind.errors import FindingError
from upwind.release.keys import load_identity
from upwind.release.package import opened, read
from upwind.release.verify import Refused, verified

WORDS = {"unsigned", "incomplete", "tampered", "foreign", "expired", "rolled-back", "recalled", "malformed"}
MOST_KB = 400_000


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Post:
    folder = tmp_path_factory.mktemp("post")
    return posted(officers(folder / "keys"), folder)


@pytest.fixture(scope="module")
def sent(post: Post) -> list[Attack]:
    return list(attacks(post))


def test_the_good_package_passes_beside_its_log(post: Post) -> None:
    """So what is refused below is refused for what was done to it."""
    place = post.folder / "good.jsonl"
    place.write_text(log_text(list(post.entries)), encoding="utf-8")
    assert verified(post.whole, str(post.who.trust), str(place), NOW)[1] == ["officer-1", "officer-2"]


def test_each_attack_is_named(post: Post, sent: list[Attack]) -> None:
    wrong = []
    for attack in sent:
        log = post.folder / "log.jsonl"
        log.write_text(attack.log, encoding="utf-8")
        path = str(log) if attack.name.startswith("log: ") else None
        try:
            verified(attack.octets, str(attack.trust), path, attack.now)
            word = "passed"
        except Refused as error:
            word = str(error).split(":")[0]
        if word != attack.word:
            wrong.append((attack.name, attack.word, word))
    assert not wrong


def test_each_word_is_reached(sent: list[Attack]) -> None:
    assert {attack.word for attack in sent} == WORDS
    assert len({attack.name for attack in sent}) == len(sent) > 70


def test_a_bomb_is_not_unpacked(sent: list[Attack]) -> None:
    """Two hundred million zeros in some thousand bytes take no memory to refuse."""
    bombs = [attack for attack in sent if "bomb" in attack.name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for attack in bombs:
        assert len(attack.octets) < 1_000_000
        with pytest.raises(Refused, match="claim"):
            verified(attack.octets, str(attack.trust), None, NOW)
    assert len(bombs) == 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KB


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/b", "..", ".ssh", "c:\\evil", "evil\n", ""])
def test_what_officers_signed_still_opens_nowhere_else(post: Post, name: str) -> None:
    octets = payload_with(post, {name: b"?"})
    verified(octets, str(post.who.trust), None, NOW)
    with pytest.raises(FindingError, match="malformed"):
        opened(octets, load_identity(post.who.folder / "partner.age", ""))


def test_what_is_no_package_is_no_draft_either(sent: list[Attack]) -> None:
    """Whoever signs reads first; what cannot be read is one clear line to an officer too."""
    for name in ("a letter instead", "another zip", "no JSON", "nested without end", "first half"):
        octets = next(attack.octets for attack in sent if attack.name == name)
        with pytest.raises(FindingError, match=r"^(malformed|tampered): "):
            read(octets)


def test_the_place_of_a_package_is_never_left(post: Post, tmp_path: Path) -> None:
    files = opened(post.whole, load_identity(post.who.folder / "partner.age", ""))
    assert all((tmp_path / name).resolve().parent == tmp_path.resolve() for name in files)
