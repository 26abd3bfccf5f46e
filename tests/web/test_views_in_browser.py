"""Every view in a real browser, in both languages and both schemes: nothing that axe faults, nothing that leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from makers.browser import entered, host, picture, wait_for_map
from makers.served import Desk, served
from makers.views import VIEWS, furnished

if TYPE_CHECKING:
    from playwright.sync_api import Browser

axe = pytest.importorskip("axe_playwright_python.sync_playwright")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(furnished(tmp_path_factory.mktemp("views"))) as made:
        assert made.ask("analyst-1", "POST", "/claims", json={"case": "site-0"}).status_code == 201
        yield made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", VIEWS)
def test_axe_finds_no_fault(browser: Browser, desk: Desk, name: str, language: str, scheme: str) -> None:
    page = entered(browser, desk, name, color_scheme=scheme, viewport={"width": 1440, "height": 900})
    asked: list[str] = []
    faults = []
    page.on("request", lambda request: asked.append(request.url))
    for view, path in VIEWS[name].items():
        page.goto(f"{host(desk)}{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.locator("html").get_attribute("lang") == language
        if page.locator("[data-map]").count():
            wait_for_map(page)
        picture(page, f"{view}-{language}-{scheme}")
        found = axe.Axe().run(page).response["violations"]
        faults += [(view, one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
    assert not faults
    assert all(url.startswith((host(desk), "blob:", "data:")) for url in asked)
    page.context.close()


def test_views_fit_a_telephone(browser: Browser, desk: Desk) -> None:
    for name, views in VIEWS.items():
        page = entered(browser, desk, name, viewport={"width": 390, "height": 844})
        for view, path in views.items():
            page.goto(f"{host(desk)}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, view
            picture(page, f"{view}-telephone")
        page.context.close()
