"""Every view in English and in Spanish: no word is the same in both that should not be."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2 as httpx
import pytest
from makers.pages import read_in, same_words
from makers.served import Desk, served
from makers.views import UNTOLD_SITES, VIEWS, furnished, site_feature

from upwind.web.pages.told import site_told

#: Words that are spelt alike in both languages.
ALIKE = {"auditor", "error", "factor", "gas", "material", "script", "total"}
#: Names, which no language changes: of what is called so, of data and their makers, of states, units and markings.
NAMES = {
    "upwind",
    "earth",
    "geonames",
    "natural",
    "odbl",
    "openstreetmap",
    "mex",
    "usa",
    "utc",
    "ppm",
    "min",
    "unclassified",
}
#: What a person or a mission wrote, in whatever language: platforms, missions, letters.
WRITTEN = {"quadcopter", "letter", "agreement", "exercise"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(furnished(tmp_path_factory.mktemp("languages"))) as made:
        assert made.ask("analyst-1", "POST", "/claims", json={"case": "site-0"}).status_code == 201
        yield made


PATHS = [(name, path) for name, paths in VIEWS.items() for path in paths.values()]
#: Of a case the machine's word may be withheld from somebody, so all are read.
PATHS += [("analyst-2", f"/cases/site-{number}") for number in range(8)]


@pytest.mark.parametrize(("name", "path"), PATHS)
def test_no_word_is_left_in_the_other_language(desk: Desk, name: str, path: str) -> None:
    said = {}
    for language in ("en", "es"):
        headers = {"Authorization": f"Bearer {desk.tokens[name]}", "Accept": "text/html"}
        address = f"{desk.api.removesuffix('/api/v1')}{path}{'&' if '?' in path else '?'}lang={language}"
        answer = httpx.get(address, headers=headers)
        said[language] = read_in(answer.text, language)
    assert same_words(said["en"], said["es"]) <= ALIKE | NAMES | WRITTEN


def test_where_the_data_cannot_tell_no_explanation_is_named_as_found(desk: Desk) -> None:
    headers = {"Authorization": f"Bearer {desk.tokens['analyst-1']}"}
    address = f"{desk.api.removesuffix('/api/v1')}/cases/site-"
    pages = (httpx.get(f"{address}{number}?lang=es", headers=headers).text for number in UNTOLD_SITES)
    page = next(page for page in pages if "<details><summary>Las probabilidades, con todo" in page)
    heading = read_in(page[page.index("<h1>") : page.index("</h1>")], "es")
    assert heading.endswith("Los datos no permiten distinguir")
    said = read_in(page, "es")
    assert "Los datos no permiten distinguir : menos de dos compuestos rebasan sus límites" in said
    assert "lo que se supuso antes de medir" in said
    assert "La más probable" not in said


def test_sites_of_before_are_told_in_the_words_that_they_came_with() -> None:
    feature = site_feature(UNTOLD_SITES[0], 0.8)
    del feature["properties"]["in_parts"]
    told = site_told(feature, "es")
    assert told["abstained"] == feature["properties"]["why_abstained"]
    assert told["would_separate"] == feature["properties"]["would_separate"]
    odd = {"why_abstained": {"says": ["none"]}, "would_separate": "all"}
    feature["properties"] |= {"in_parts": odd, "places": [{"name": "x"}]}
    assert site_told(feature, "es")["abstained"] == told["abstained"]
