"""From an exercise to the report: two people judge, officers sign, a partner asks and acts, a flight looks again."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from makers.browser import host, logged_in, overheard, picture
from makers.handing import released, staffed
from makers.served import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
EXERCISE = ROOT / "missions" / "exercise-one"
FLIGHT = """
[[flight]]
id = "{name}"
files = ["{name}.csv"]
platform = "quadcopter"
sensor = "drone"
authority = "exercise: nobody was looked at"
"""
#: What the pages say: the words of the language, as somebody who speaks it would write them.
SEND = {"en": "Send", "es": "Enviar"}
PACKAGE = "Descargar el paquete"
REPLY = "Estaba activo por la mañana de ambos días."


class Mission:
    """The shipped exercise, flown anew on days that are counted from today."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        with (EXERCISE / "drone-12.csv").open(encoding="utf-8", newline="") as file:
            self.head, *self.rows = csv.reader(file)
        said = (EXERCISE / "mission.toml").read_text(encoding="utf-8")
        (folder / "mission.toml").write_text(said.partition("[[flight]]")[0].replace('truth = "truth.csv"\n', ""))
        (folder / "area.geojson").write_bytes((EXERCISE / "area.geojson").read_bytes())

    def fly(self, name: str, day: int, rng: np.random.Generator, *, is_on: bool) -> None:
        """Add a flight: the exercise's readings with noise on them, or those of air in which nothing is let out."""
        date = (datetime.now(UTC) + timedelta(days=day)).date().isoformat()
        gas = self.head.index("methane [ppm]")
        rows = [[row[0].replace("2030-01-01", date), *row[1:]] for row in self.rows]
        for row in rows:
            ppm = float(row[gas]) if is_on else 2.05
            row[gas] = f"{ppm + rng.normal(0.0, 0.003):.4f}"
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([self.head, *rows])
        with (self.folder / "mission.toml").open("a", encoding="utf-8") as file:
            file.write(FLIGHT.format(name=name))


def judge(page: Page, case: str) -> None:
    """Take a case and confirm it."""
    page.locator(f'tr[data-case="{case}"] a').first.click()
    page.wait_for_url(f"**/cases/{case}")
    page.locator("[data-claim]").click()
    page.locator('form[data-judgement] input[value="confirmed"]').check()
    page.locator('select[name="likelihood"]').select_option("likely")
    page.locator('select[name="confidence"]').select_option("moderate")
    page.locator('textarea[name="reason"]').fill("E1, E2, E3: 2 h")
    picture(page, f"story-{page.locator('html').get_attribute('lang')}")
    page.locator("form[data-judgement] button").click()
    page.wait_for_url(lambda url: "/cases/" not in url)


def answer(page: Page, step: str, text: str, language: str, **chosen: str) -> None:
    form = page.locator("form.answer")
    form.locator('select[name="step"]').select_option(step)
    for name, value in chosen.items():
        form.locator(f'select[name="{name}"]').select_option(value)
    form.locator("textarea").fill(text)
    form.get_by_role("button", name=SEND[language]).click()
    page.wait_for_selector(f"td:has-text('{text}')")


@pytest.mark.slow
def test_an_exercise_ends_in_a_report(browser: Browser, tmp_path: Path) -> None:
    """One judges in English, one in Spanish; the partner reads in Spanish, and acts in English."""
    rng, mission = np.random.default_rng(5), Mission(tmp_path / "mission")
    for number in (1, 2, 3):
        mission.fly(f"E{number}", number - 5, rng, is_on=True)
    desk = staffed(tmp_path)
    store = f"sqlite:///{tmp_path}/data/upwind/upwind.db"
    desk.run("run", "mission", "--out", "out", "--store", store)
    case = json.loads((tmp_path / "out" / "sites.geojson").read_text(encoding="utf-8"))["features"][0]["id"]

    with served(desk):
        pages: dict[str, Any] = {name: browser.new_page() for name in ("analyst-1", "reviewer-1")}
        pages["partner-1"] = browser.new_page(viewport={"width": 390, "height": 844})
        heard = {name: overheard(page) for name, page in pages.items()}
        for (name, page), language in zip(pages.items(), ("en", "es", "es"), strict=True):
            logged_in(page, desk, name).goto(f"{host(desk)}/?lang={language}")
        for name in ("analyst-1", "reviewer-1"):
            judge(pages[name], case)
        page, sent = pages["partner-1"], released(desk, case)

        page.reload()
        page.get_by_role("link", name=sent).click()
        with page.expect_download() as waiting:
            page.get_by_role("link", name=PACKAGE).click()
        waiting.value.save_as(tmp_path / "got.zip")
        checked = ("got.zip", "--trust", "keys", "--recalled", "recalled.json")
        desk.run("release", "verify", *checked)
        desk.run("release", "open", *checked, "--identity", "keys/partner-1.age", "--out", "opened")
        page.locator('form[action$="/receipt"] button').click()
        answer(page, "received", "expediente 7", "es")
        answer(page, "needs more", "¿a qué hora?", "es")
        desk.run("release", "reply", sent, "--text", REPLY, "--as", "releaser-1")
        page.reload()
        assert REPLY in page.inner_text("main")
        page.goto(f"{page.url}?lang=en")
        assert REPLY in page.inner_text("main")
        answer(page, "acting", "con protección civil", "en")
        coded = {"outcome": "dismantled", "activity": "active"}
        answer(page, "acted", "sin heridos", "en", evidence="photo", **coded)
        picture(page, "story-partner")

        assert "not enough data" in desk.run("release", "refly", sent)
        for number in (1, 2, 3, 4):
            mission.fly(f"R{number}", number, rng, is_on=False)
        desk.run("run", "mission", "--out", "again", "--store", store)
        assert "gone" in desk.run("release", "refly", sent)
        answer(page, "verified", "ya no emite", "en", evidence="re-flight", **coded)
        hosts = [line for lines in heard.values() for line in lines if not line.startswith(host(desk))]
        assert hosts == []
        for each in pages.values():
            each.close()

    desk.run("log", "verify")
    desk.run("report", "--out", "oversight.pdf")
    desk.run("report", "check", "oversight.json")
    figures = json.loads((tmp_path / "oversight.json").read_text(encoding="utf-8"))["figures"]
    told = {(row["figure"], row["group"]): row["value"] for row in figures}
    assert told["sites confirmed", ""] == told["releases", "MEX"] == 1
    assert told["false leads", ""] == 0
