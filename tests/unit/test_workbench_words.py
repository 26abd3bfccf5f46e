"""The workbench's words: both languages, the same places for values, none missing and none unused."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "src" / "upwind" / "web"
TABLE = tomllib.loads((WEB / "words.toml").read_text(encoding="utf-8"))
MARKUP = "\n".join(file.read_text(encoding="utf-8") for file in sorted((WEB / "templates").glob("*.html")))
ASKED = set(re.findall(r'\bt\("(\w+)"\s*[,)]', MARKUP))
#: What is put together of a beginning and a word of a closed list.
BEGINNINGS = {*re.findall(r'\bt\("(\w+_)" ~', MARKUP), *re.findall(r'choose\("\w+", \w+, "(\w+_)"', MARKUP)}
#: What modules name: faults' words, and the fields of an answer that are counts.
NAMED = (
    set(re.findall(r'choose\("(\w+)"', MARKUP))
    | {"absent", "forbidden", "wrong", "credit_own", "no_molar_mass"}
    | {"arrests", "harmed_residents", "harmed_officers"}
)


@pytest.mark.parametrize("key", sorted(TABLE))
def test_a_word_is_whole_and_used(key: str) -> None:
    assert set(TABLE[key]) == {"en", "es"}
    assert all(text.strip() for text in TABLE[key].values())
    assert len({tuple(sorted(re.findall(r"\{\w+\}", text))) for text in TABLE[key].values()}) == 1
    assert key in ASKED | NAMED or key.startswith(tuple(BEGINNINGS))


def test_no_word_is_missing() -> None:
    assert set(TABLE) >= ASKED | NAMED
    for beginning in BEGINNINGS:
        assert any(key.startswith(beginning) for key in TABLE), beginning
