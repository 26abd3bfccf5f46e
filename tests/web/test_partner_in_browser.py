"""A partner in a real browser, in both languages: downloads, takes in hand, answers, settles what was recalled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from makers.browser import logged_in
from makers.served import Desk, served
from makers.trust import YEAR, Keyring
from makers.views import furnished

from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store import recalls, releases, reminders
from upwind.store.ledger import append
from upwind.store.places import default_url, open_store, shelf_of
from upwind.store.session import Session

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


#: What a partner reads: the language's words, of the table that a person of that language would check.
SAID = {
    "es": {"list": "Lista de retiros", "package": "Descargar el paquete", "send": "Enviar",
           "reminder": "Recordatorio sobre", "recalled": "Retirada"},
    "en": {"list": "List of recalls", "package": "Download the package", "send": "Send",
           "reminder": "Reminder about", "recalled": "Recalled"},
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a desk with a release a language to answer, overdue by now, and one a language that was recalled."""
    folder = tmp_path_factory.mktemp("partner")
    made = furnished(folder)
    url = default_url({"XDG_DATA_HOME": str(folder / "data")})
    ring = Keyring(folder / "ring")
    ring.put(ring.root(signers="ab", until=datetime.now(UTC) + YEAR))

    def released(session: Session, name: str) -> None:
        digest = shelf_of(url).put(name.encode())
        times = {"time": "2026-10-01T08:00:00Z", "expires": "2099-12-24T08:00:00Z"}
        told = {"release": name, "series": f"series of {name}", "partner": "MEX", "sha256": digest}
        body = {**told, **times, "signers": ["a", "b"]}
        append(session, Draft(who="a", what=What.RELEASE, case="site-6", body=body))

    def release(session: Session) -> None:
        for language in SAID:
            released(session, f"release-{language}")
            released(session, f"gone-{language}")

    def follow(session: Session) -> None:
        for language in SAID:
            releases.recall(session, "a", f"gone-{language}", "it was a bakery")
        reminders.remind(session, "timer")
        recalls.issue(
            session, ring.keys["a"], {"version": 1, "roles": {"recalls": [ring.keys["a"].id]}}, session.now + YEAR
        )

    with open_store(url, lambda: datetime.now(UTC) - timedelta(days=45)) as store:
        store.write(release)
    with open_store(url) as store:
        store.write(follow)
        (folder / "recalled.json").write_bytes(store.read(recalls.newest))
    with served(made):
        yield made


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("language", SAID)
def test_a_partner_goes_its_way(browser: Browser, desk: Desk, language: str) -> None:
    said, host = SAID[language], desk.api.removesuffix("/api/v1")
    page = logged_in(browser.new_page(viewport={"width": 390, "height": 844}), desk, "partner-1")
    assert page.locator("html").get_attribute("lang") == "es"  # before anybody chose
    page.goto(f"{host}/?lang={language}")
    assert downloaded(page, said["list"]) == (desk.folder / "recalled.json").read_bytes()

    page.get_by_role("link", name=f"release-{language}").click()
    assert f"{said['reminder']} release-{language}" in page.inner_text("main")
    assert downloaded(page, said["package"]) == f"release-{language}".encode()
    page.locator('form[action$="/receipt"] button').click()
    page.locator('form.answer select[name="step"]').select_option("received")
    page.locator("form.answer textarea").fill("recibido")
    page.locator("form.answer").get_by_role("button", name=said["send"]).click()
    page.wait_for_selector("td:has-text('recibido')")

    page.goto(f"{host}/releases/gone-{language}")
    assert said["recalled"] in page.locator('[role="alert"]').inner_text()
    assert page.get_by_role("link", name=said["package"]).count() == 0
    page.locator('select[name="state"]').select_option("destroyed")
    page.locator('form[action$="/recall"] button').click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()

    entries = desk.ask("auditor-1", "GET", "/log?limit=10000").json()["entries"]
    told = [(one["what"], one["who"]) for one in entries if one["body"].get("release") == f"release-{language}"]
    assert told[-2:] == [("receipt", "partner-1"), ("answer", "partner-1")]
    last = [one["body"] for one in entries if one["body"].get("release") == f"gone-{language}"][-1]
    assert last["state"] == "destroyed"
