"""Two people review a case in a real browser by keys alone; pages on a telephone, in Spanish, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from makers.browser import logged_in, picture
from makers.served import Desk, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("desk"))
    made.people(reviewer_1="--role reviewer", analyst_1="--role analyst", analyst_2="--role analyst")
    made.import_sites(
        "site-a",
        "site-b",
        "site-c",
        emission_rate={"median": 0.4, "lower": 0.2, "upper": 0.9, "level": 0.9, "units": "kg/h"},
    )
    with served(made):
        yield made


def enter(browser: Browser, desk: Desk, name: str, **options: object) -> Page:
    """Come in, and note on the page what it asks for."""
    page = browser.new_page(**options)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.requests_made = requests
    return logged_in(page, desk, name)


def judge(page: Page, case: str, verdict: str) -> None:
    """Select a case by keys, claim it, and judge it without a pointer."""
    rows = page.locator("[data-case]")
    names = [rows.nth(number).get_attribute("data-case") for number in range(rows.count())]
    for _ in range(names.index(case)):
        page.keyboard.press("j")
    assert page.locator('[aria-selected="true"]').get_attribute("data-case") == case
    page.keyboard.press("Enter") if names.index(case) else page.locator(f'tr[data-case="{case}"] a').press("Enter")
    page.wait_for_url(f"**/cases/{case}")
    page.keyboard.press("c")
    page.wait_for_selector("form[data-judgement]")
    page.keyboard.press(verdict)
    page.keyboard.press("l")
    page.keyboard.type("likely (55")
    page.keyboard.press("Tab")
    page.keyboard.type("m")
    page.keyboard.press("Tab")
    page.keyboard.type("Seen on two days.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))


def test_the_search_is_one_key_away_from_every_page(desk: Desk, browser: Browser) -> None:
    page = enter(browser, desk, "analyst-2")
    page.goto(f"{desk.api.removesuffix('/api/v1')}/flights")
    page.keyboard.press("/")
    page.wait_for_url("**/docket#search")
    page.wait_for_function("document.activeElement?.type === 'search'")
    page.keyboard.type("no such words")
    page.keyboard.press("Enter")
    page.wait_for_url("**/docket?**q=no+such+words**")
    page.keyboard.press("/")  # also where nothing was found
    assert page.evaluate("document.activeElement?.type") == "search"
    page.close()


def test_two_people_decide_a_case_by_keys(browser: Browser, desk: Desk) -> None:
    first, second = enter(browser, desk, "analyst-1"), enter(browser, desk, "reviewer-1")
    judge(first, "site-a", "1")
    first.goto(f"{desk.api.removesuffix('/api/v1')}/cases/site-a")
    assert "Seen on two days." in first.content()
    second.goto(f"{desk.api.removesuffix('/api/v1')}/cases/site-a")
    assert "Seen on two days." not in second.content()
    picture(second, "case")
    second.goto(desk.api.removesuffix("/api/v1"))
    judge(second, "site-a", "1")
    second.goto(f"{desk.api.removesuffix('/api/v1')}/?state=confirmed")
    assert second.locator('tr[data-case="site-a"]').count() == 1
    host = desk.api.removesuffix("/api/v1")
    assert all(url.startswith(host) for page in (first, second) for url in page.requests_made)


def test_keys_are_shown_and_bound_anew(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "analyst-2")
    page.keyboard.press("?")
    assert page.locator("dialog#keys").is_visible()
    picture(page, "keys")
    button = page.locator('[data-bind="next"]')
    button.click()
    button.press("x")
    page.keyboard.press("Escape")
    assert not page.locator("dialog#keys").is_visible()
    page.keyboard.press("x")
    second = page.locator("tr[data-case]").nth(1).get_attribute("data-case")
    assert page.locator("tr[aria-selected=true]").get_attribute("data-case") == second
    page.close()


def test_it_is_whole_on_a_telephone_and_in_spanish(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "analyst-2", viewport={"width": 390, "height": 844})
    for path in ("/", "/cases/site-b", "/?lang=es", "/cases/site-b"):
        page.goto(f"{desk.api.removesuffix('/api/v1')}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    assert page.locator("html").get_attribute("lang") == "es"
    assert "Explicaciones inofensivas" in page.content()
    picture(page, "telefono")


def test_a_page_is_readable_before_any_script(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "analyst-2", java_script_enabled=False)
    assert page.locator("tr[data-case]").count() >= 2
    page.get_by_role("link", name="site-c").click()
    page.get_by_role("button", name="Claim").click()
    assert page.locator("form[data-judgement]").count() == 1


def test_what_changed_is_said_and_nothing_moves(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "analyst-2")
    before = page.locator("main tbody").inner_html()
    page.wait_for_timeout(600)
    desk.ask("analyst-1", "POST", "/cases/site-b/steps/comment", json={"text": "look at the wind"})
    page.locator("[data-news]").wait_for(state="visible", timeout=10_000)
    assert page.locator("main tbody").inner_html() == before


def test_the_next_cases_are_there_already(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "analyst-2")
    page.wait_for_timeout(2_000)
    page.locator("tr[data-case] a").nth(1).press("Enter")
    page.wait_for_url("**/cases/*")
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
    assert timing["deliveryType"] == "navigational-prefetch"
    before = page.url
    page.keyboard.press("k")
    page.wait_for_url(lambda url: url != before)


def test_a_case_taken_by_a_key_is_shown_as_ones_own(browser: Browser, desk: Desk) -> None:
    """The browser has fetched the case ahead of time, when nobody had it."""
    page = enter(browser, desk, "analyst-2")
    page.wait_for_timeout(2_000)
    page.keyboard.press("t")
    page.wait_for_url("**/cases/*")
    assert page.locator("form[data-judgement]").count() == 1
    case = page.locator("[data-case]").first.get_attribute("data-case")
    assert desk.ask("analyst-2", "POST", f"/cases/{case}/steps/give-back", json={}).status_code == 201


def test_whoever_works_on_a_case_keeps_it(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "analyst-2")
    page.clock.install()
    page.keyboard.press("t")
    page.wait_for_selector("form[data-judgement]")
    case = page.locator("[data-case]").first.get_attribute("data-case")
    page.keyboard.press("l")
    with page.expect_response("**/heartbeat") as told:
        page.clock.fast_forward("02:01")
    assert told.value.status == 200
    asked = len(page.requests_made)
    page.clock.fast_forward("02:01")  # nobody has touched anything since
    page.wait_for_timeout(300)
    assert not [url for url in page.requests_made[asked:] if url.endswith("/heartbeat")]
    assert desk.ask("analyst-2", "POST", f"/cases/{case}/steps/give-back", json={}).status_code == 201


def test_a_step_is_taken_back_by_a_key(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "analyst-2")
    desk.ask("analyst-2", "POST", "/cases/site-c/steps/comment", json={"text": "this was another case"})
    page.goto(f"{desk.api.removesuffix('/api/v1')}/cases/site-c")
    page.keyboard.press("z")
    page.locator("td", has_text="taken back").wait_for()


def test_hypotheses_and_sources_are_kept(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "analyst-2")
    page.goto(f"{desk.api.removesuffix('/api/v1')}/cases/site-c")
    page.keyboard.press("c")
    page.locator("summary").first.click()
    page.fill("[name=hypothesis-0-name]", "a paint shop")
    page.fill("[name=hypothesis-0-inconsistent]", "F1, F2")
    page.locator("summary").nth(1).click()
    page.fill("[name=source-0-id]", "F1")
    page.select_option("[name=source-0-reliability]", "B")
    page.check("[value=unsure]")
    page.select_option("[name=likelihood]", "unlikely")
    page.select_option("[name=confidence]", "low")
    page.fill("[name=reason]", "One pass alone.")
    page.get_by_role("button", name="Enter the judgement").click()
    assert "Credibility: give a whole number, 1 to 6" in page.locator("[role=alert]").inner_text()
    assert page.locator("[name=hypothesis-0-inconsistent]").input_value() == "F1, F2"
    page.select_option("[name=source-0-credibility]", "2")
    page.get_by_role("button", name="Enter the judgement").click()
    page.wait_for_url(re.compile(r"/$"))
    (said,) = desk.ask("analyst-2", "GET", "/cases/site-c").json()["judgements"]
    assert said["hypotheses"] == [{"name": "a paint shop", "consistent": [], "inconsistent": ["F1", "F2"]}]
    assert said["sources"] == [{"id": "F1", "reliability": "B", "credibility": 2}]
