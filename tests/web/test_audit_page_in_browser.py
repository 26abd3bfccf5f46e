"""The page of an audit in a real browser: it fits a phone, says nothing to the console, and shows what matters."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from makers.audited import COUNT, PROVENANCE, make_track
from makers.browser import overheard

from upwind.render.audit import audit_page


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("page") / "audit.html"
    page = audit_page("drill", [make_track()], [COUNT], PROVENANCE)
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Any, file: Path) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    said = overheard(opened)
    opened.goto(file.as_uri())
    yield opened
    assert said == []
    opened.close()


def test_nothing_is_wider_than_a_phone(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_answer_is_on_the_first_screen(page: Any) -> None:
    seen = page.locator("#entries h2").bounding_box()
    assert seen["y"] + seen["height"] < 844
    said = page.locator("#entries h2").inner_text()
    assert said.startswith("Whose land and sea: 2 of 3 entries are unauthorised: Mexico, territorial sea")
    assert said.endswith("2020-09-13 12:43:20\N{EN DASH}13:20:00 UTC.")


def test_the_language_switches_names_of_states_and_pictures_too(page: Any) -> None:
    page.click("[data-switch]")
    assert "México, mar territorial" in page.locator("#entries h2").inner_text()
    assert page.get_attribute(".map", "aria-label").startswith("Mapa")
    assert page.locator(".pin text.state").first.text_content().count("México") == 1


def test_a_button_shows_what_is_unauthorised(page: Any) -> None:
    home = page.get_attribute(".map", "viewBox")
    page.click("[data-act=near]")
    assert page.get_attribute(".map", "viewBox") != home
    assert page.locator(".entry.refused").first.is_visible()


def test_a_stretch_tells_when_it_was_flown(page: Any) -> None:
    page.locator(".map").scroll_into_view_if_needed()
    mark = page.evaluate(
        "(() => { const leg = document.querySelector('.map .leg.refused.core');"
        "const at = leg.getPointAtLength(leg.getTotalLength() / 2).matrixTransform(leg.getScreenCTM());"
        "return [at.x, at.y]; })()"
    )
    page.mouse.move(*mark)
    assert "UTC" in page.text_content(".tip")
