"""Maps in a real browser: measured by keys and by pointer, windowed, found again by their address, reached by keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from makers.browser import entered, host, picture, wait_for_map
from makers.served import Desk, served
from makers.views import furnished
from pyproj import Geod

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GEOD = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served(furnished(tmp_path_factory.mktemp("maps"))) as made:
        yield made


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    made = entered(browser, desk, "analyst-1", viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    made.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    made.on("pageerror", lambda fault: faults.append(str(fault)))
    yield made
    # Software that draws maps warns of its own slowness.
    assert [fault for fault in faults if "GPU stall" not in fault and "WebGL" not in fault] == []
    made.context.close()


def opened(page: Page, desk: Desk, path: str) -> Page:
    page.goto(f"{host(desk)}{path}")
    wait_for_map(page)
    page.locator("[data-measure]").wait_for(state="visible")
    return page


def address(page: Page, part: str) -> list[float]:
    """Return the numbers of a part of the address behind its hash, once they are there."""
    for _ in range(100):
        if found := re.search(rf"[#&]{part}=([-\d.,/]+)", page.evaluate("location.hash")):
            return [float(number) for number in re.split("[,/]", found[1])]
        page.wait_for_timeout(50)
    pytest.fail(f"no {part} in {page.url}")


def measured(page: Page) -> tuple[float, float]:
    said = re.match(r"([\d.]+) (k?m), (\d+)°", page.locator("[data-measure] output").inner_text())
    assert said is not None
    return float(said[1]) * (1000 if said[2] == "km" else 1), float(said[3])


def hold_true(page: Page) -> None:
    """Hold the distance and bearing that are shown against a geodesic between the two places in the address."""
    west, south, east, north = address(page, "measure")
    azimuth, _, metres = GEOD.inv(west, south, east, north)
    long, bearing = measured(page)
    assert long == pytest.approx(metres, rel=0.005, abs=0.5)
    assert (bearing - azimuth + 180) % 360 - 180 == pytest.approx(0, abs=1)
    assert metres > 10


def test_a_distance_is_measured_by_keys_alone(page: Page, desk: Desk) -> None:
    opened(page, desk, "/cases/site-1")
    page.keyboard.press("d")
    assert page.locator("[data-measure] button").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Enter")
    for key in ("ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    hold_true(page)
    picture(page, "measured")
    page.keyboard.press("Escape")
    assert page.locator("[data-measure] button").get_attribute("aria-pressed") == "false"
    assert "measure=" not in page.url


def test_a_distance_is_measured_by_the_pointer_and_found_again(page: Page, desk: Desk) -> None:
    opened(page, desk, "/search-map")
    page.locator("[data-measure] button").click()
    box = page.locator("[data-map] canvas").bounding_box()
    assert box is not None
    for x, y in ((0.4, 0.6), (0.6, 0.3)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        page.wait_for_timeout(400)
    hold_true(page)
    before, kept = measured(page), address(page, "measure")
    link = page.evaluate("location.href")
    page.goto("about:blank")
    page.goto(link)
    wait_for_map(page)
    page.locator("[data-measure] output", has_text="°").wait_for()
    assert measured(page) == before
    assert address(page, "measure") == kept


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((0.0, 0.0), (1.0, 0.0)),
        ((-106.0, 28.0), (-106.0, 29.0)),
        ((179.9, -20.0), (-179.9, -20.2)),
        ((10.0, 60.0), (60.0, -30.0)),
    ],
)
def test_long_ways_are_geodesics(page: Page, desk: Desk, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.goto(f"{host(desk)}/search-map#measure={start[0]},{start[1]},{end[0]},{end[1]}")
    page.locator("[data-measure] output", has_text="°").wait_for()
    azimuth, _, metres = GEOD.inv(*start, *end)
    assert measured(page)[0] == pytest.approx(metres, abs=10)  # as it is written, to ten metres
    assert (measured(page)[1] - azimuth + 180) % 360 - 180 == pytest.approx(0, abs=1)


def test_a_time_window_limits_tracks_and_is_in_the_address(page: Page, desk: Desk) -> None:
    opened(page, desk, "/cases/site-0")
    page.keyboard.press("]")
    start, end = address(page, "window")
    words = page.locator("[data-window] output").inner_text()
    assert words.startswith("2026-03-01 08:00:00")
    assert end - start == pytest.approx((24 * 3600 + 600) / 5, abs=2)
    link = page.evaluate("location.href")
    page.goto("about:blank")
    page.goto(link)
    wait_for_map(page)
    assert page.locator("[data-window] output").inner_text() == words


def test_pages_are_reached_and_passes_chosen_by_keys(page: Page, desk: Desk) -> None:
    page.goto(f"{host(desk)}/cases/site-0")
    page.keyboard.press("p")
    page.wait_for_url("**/cases/site-0/passes")
    page.locator("[name=pass]").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Show").press("Enter")
    page.wait_for_url("**/passes?pass=*")
    assert page.locator("article").count() == 1
    assert "2026-03-02" in page.locator("article h2").inner_text()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/search-map*")
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url("**/flights")


def test_a_search_map_is_whole_without_a_script(browser: Browser, desk: Desk) -> None:
    page = entered(browser, desk, "analyst-1", java_script_enabled=False)
    page.goto(f"{host(desk)}/search-map")
    page.locator("select[name=layer]").select_option("shown")
    page.get_by_role("button", name="Show").click()
    still = page.locator("img.still")
    assert still.is_visible()
    assert not page.locator("[data-map]").is_visible()
    assert page.locator("main tbody tr").count() == 20
    picture(page, "searched-without-script")
    page.context.close()
