"""Every view in English and in Spanish: no word is the same in both that should not be."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2 as httpx
import pytest
from makers.pages import read_in, same_words
from makers.served import Desk, served
from makers.views import VIEWS, furnished

#: Words that are spelt alike in both languages.
ALIKE = {"auditor", "error", "factor", "gas", "material", "script", "total"}
#: Names, which no language changes: of what is called so, of data and their makers, of states and units.
NAMES = {"upwind", "earth", "geonames", "natural", "odbl", "openstreetmap", "mex", "usa", "utc", "ppm", "min"}
#: What a person or a mission wrote, in whatever language: platforms, missions, letters.
WRITTEN = {"quadcopter", "letter", "agreement", "exercise"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(furnished(tmp_path_factory.mktemp("languages"))) as made:
        assert made.ask("analyst-1", "POST", "/claims", json={"case": "site-0"}).status_code == 201
        yield made


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in VIEWS.items() for path in paths.values()])
def test_no_word_is_left_in_the_other_language(desk: Desk, name: str, path: str) -> None:
    said = {}
    for language in ("en", "es"):
        headers = {"Authorization": f"Bearer {desk.tokens[name]}", "Accept": "text/html"}
        address = f"{desk.api.removesuffix('/api/v1')}{path}{'&' if '?' in path else '?'}lang={language}"
        answer = httpx.get(address, headers=headers)
        said[language] = read_in(answer.text, language)
    assert same_words(said["en"], said["es"]) <= ALIKE | NAMES | WRITTEN
