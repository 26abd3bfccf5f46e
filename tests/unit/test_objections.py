"""Objections: both languages, no place that English lacks, none missing, none unused; said in the language asked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from upwind.render.objections import Objection, said_in, table

SOURCE = Path(__file__).parents[2] / "src" / "upwind"


def raised() -> Iterator[tuple[str, set[str]]]:
    """Yield the key of every objection that the code makes, and the places it fills."""
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Objection":
                assert isinstance(node.args[0], ast.Constant), file
                yield str(node.args[0].value), {str(each.arg) for each in node.keywords}


@pytest.mark.parametrize("key", sorted(table()))
def test_an_objection_is_whole_and_its_places_are_filled(key: str) -> None:
    assert set(table()[key]) == {"en", "es"}
    english, spanish = (set(re.findall(r"\{(\w+)\}", table()[key][language])) for language in ("en", "es"))
    assert spanish <= english
    assert table()[key]["en"] != table()[key]["es"]
    filled = [places for one, places in raised() if one == key]
    assert filled
    assert all(places == english for places in filled)


def test_no_objection_is_missing() -> None:
    assert {key for key, _ in raised()} == set(table())


def test_an_objection_is_english_and_knows_other_words() -> None:
    said = Objection("of_another", case="site-{1}", until="2026-03-01T12:00:00Z")
    assert said == "case site-{1} is another person's until 2026-03-01T12:00:00Z"
    assert said_in(said, "es") == "otra persona tiene el caso site-{1} hasta 2026-03-01T12:00:00Z"
    assert said_in("a fault of a disk", "es") == "a fault of a disk"
