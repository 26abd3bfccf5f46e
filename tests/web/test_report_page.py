"""The report in a real browser: it fetches nothing, fits a phone, moves by mouse and keys, and speaks Spanish."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers.browser import overheard

from upwind.arrays import WIND
from upwind.records import Estimate, Gas, Located, Source, Status, Track, Wind
from upwind.render.content import Analysis, Provenance
from upwind.render.report import report_page

BOX = [[-98.571, 42.489], [-98.569, 42.489], [-98.569, 42.491], [-98.571, 42.491], [-98.571, 42.489]]


def make_page() -> str:
    rows = 60
    none = np.full(rows, np.nan)
    east = np.linspace(-0.004, 0.004, rows)
    time = 1.7e9 + np.arange(rows)
    wind = Wind(**{spec.name: none for spec in WIND} | {"time": time, "wind_from": none + 1, "wind_speed": none + 1})
    track = Track(
        name="a.csv",
        sha256="0" * 64,
        time=time,
        longitude=-98.57 + east,
        latitude=np.full(rows, 42.493),
        height=np.full(rows, 20.0),
        duration=none,
        end_longitude=none,
        end_latitude=none,
        end_height=none,
        sensor=np.zeros(rows, dtype=np.int64),
        sensors=("nose",),
        gases=(Gas(name="methane", units="ppm", values=2 + np.exp(-((east / 0.001) ** 2))),),
        wind=wind,
        extra={},
    )
    rate = Estimate(median=2.0, lower=1.0, upper=4.0, level=0.9, units="kg/h")
    region = {"type": "Polygon", "coordinates": [BOX]}
    source = Source(
        gas="methane",
        probability=0.9,
        longitude=-98.57,
        latitude=42.49,
        height=rate,
        emission_rate=rate,
        why_no_rate="",
        easting_90=(-80.0, 80.0),
        northing_90=(-100.0, 100.0),
        region_90=region,
        region_50=region,
    )
    answer = Located(
        gas="methane",
        status=Status.LOCATED,
        why="",
        number_of_sources=((0, 0.1), (1, 0.9)),
        sources=(source,),
        fit=None,
        posterior=None,
    )
    analysis = Analysis(name="F", flights=("F",), platform="", tracks=(track,), located=(answer,), known=())
    return report_page("drill", [analysis], Provenance(version="0", seed=0, command="", inputs=()))


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    file = tmp_path / "report.html"
    file.write_text(make_page(), encoding="utf-8")
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    said = overheard(opened)
    opened.goto(file.as_uri())
    yield opened
    assert said == []
    opened.close()


def box_of(page: Any) -> list[float]:
    return [float(value) for value in page.get_attribute(".map", "viewBox").split()]


def test_nothing_is_wider_than_a_phone(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_language_switches_everywhere(page: Any) -> None:
    assert page.is_visible("text=Unreviewed lead, not for action")
    page.click("[data-switch]")
    assert page.evaluate("document.documentElement.lang") == "es"
    assert not page.is_visible("text=Unreviewed lead, not for action")
    assert page.is_visible("text=Indicio sin revisar")
    assert page.get_attribute(".map", "aria-label").startswith("Mapa")


def test_the_map_moves_by_buttons_and_keys(page: Any) -> None:
    home = box_of(page)
    page.click("[data-act=in]")
    assert box_of(page)[2] == pytest.approx(home[2] * 0.6, rel=1e-3)
    page.focus(".map")
    before = box_of(page)
    page.keyboard.press("ArrowRight")
    assert box_of(page)[0] > before[0]
    page.keyboard.press("0")
    np.testing.assert_allclose(box_of(page), home, atol=0.1)
    page.click("[data-act=near]")
    assert box_of(page)[2] != pytest.approx(home[2])


def test_the_map_follows_the_mouse_and_tells_a_reading(page: Any) -> None:
    page.evaluate("document.querySelector('.map').scrollIntoView()")
    home, seen = box_of(page), page.locator(".map").bounding_box()
    x, y = seen["x"] + seen["width"] / 2, seen["y"] + seen["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y)
    page.mouse.up()
    assert box_of(page)[0] < home[0]
    mark = page.evaluate(
        "(() => { const r = [...document.querySelectorAll('.map .dot')].at(-1).getBoundingClientRect();"
        "return [r.x + r.width / 2, r.y + r.height / 2]; })()"
    )
    page.mouse.move(*mark)
    assert "ppm" in page.text_content(".tip")


def test_pins_keep_their_size(page: Any) -> None:
    def width() -> float:
        return float(page.locator(".pin circle.source").first.bounding_box()["width"])

    before = width()
    page.click("[data-act=in]")
    assert width() == pytest.approx(before, rel=0.02)


def test_the_policy_allows_nothing_from_outside(page: Any) -> None:
    policy = page.get_attribute("meta[http-equiv]", "content")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_time_tells_the_local_one_where_the_pointer_rests(page: Any) -> None:
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") is not None
    assert page.evaluate("document.querySelector('time').title").startswith("2023-11-1")
