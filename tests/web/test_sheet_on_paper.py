"""The safety sheet on paper: one page of A4 and of letter size, in both languages."""

import re
from pathlib import Path

import pytest

from upwind.cli import main

EXAMPLE = Path(__file__).parents[2] / "missions" / "protect-example"
MORE = [
    "--compound", "acetone", "--rate", "0.1,0.4,1.2", "--compound", "ammonia", "--rate", "0.1,1,10",
    "--compound", "hydrogen chloride", "--rate", "0.1,0.4,1.2", "--compound", "toluene", "--rate", "1,2,3",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("what", [[str(EXAMPLE / "sites.geojson")], ["--at=-30,25", *MORE]], ids=["site", "four"])
def test_the_sheet_prints_on_one_page(browser, tmp_path, language, what) -> None:
    around = ["--map", str(EXAMPLE / "places.geojson"), "--people", str(EXAMPLE / "census.geojson")]
    asked = ["--wind", str(EXAMPLE / "wind.csv"), "--release", "50", "--lang", language]
    assert main(["protect", *what, *around, *asked, "--out", str(tmp_path)]) == 0
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto((tmp_path / "sheet.html").as_uri())
    for size in ("A4", "Letter"):
        pdf = page.pdf(format=size)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, size
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not faults
    page.close()
