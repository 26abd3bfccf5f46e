"""What a person is refused is said in the language of the page, also by the store, and fields as forms call them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from makers.door import Desk, desk_in

SAID = {"verdict": "confirmed", "likelihood": "likely", "confidence": "high", "reason": "Visto dos veces.", "key": "k"}
#: Words that English refusals have and Spanish ones do not.
ENGLISH = re.compile(r"\b(the|this|give|case|there|was|and|person|of|is|to|at)\b", re.IGNORECASE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, *(f"site-{number}" for number in range(1, 6)), salt="none") as made:
        yield made


def refused(desk: Desk, who: str, path: str, language: str = "es", **form: Any) -> str:
    """Return what a page says of why it refused a form."""
    headers = {
        "Authorization": f"Bearer {desk.tokens[who]}",
        "Accept": "text/html",
        "Accept-Language": language,
        "Idempotency-Key": "k",
    }
    answer = desk.client.post(path, data=form, headers=headers)
    assert answer.status_code >= 400, answer.text
    said = re.findall(r'<p class="fault" role="alert">(.*?)</p>', answer.text)
    assert said, answer.text
    return html.unescape(re.sub(r"<[^>]+>", "", " / ".join(said)))


def test_what_the_store_refuses_is_said_in_spanish(desk: Desk) -> None:
    for case in ("site-1", "site-2", "site-3"):
        assert desk.ask("analyst-1", "POST", "/claims", json={"case": case}).status_code == 201
    assert desk.judged("analyst-2", "site-5").status_code == 201
    said = [
        refused(desk, "analyst-2", "/cases/site-1/claim"),
        refused(desk, "analyst-1", "/cases/site-4/claim"),
        refused(desk, "analyst-2", "/cases/site-5/claim"),
        refused(desk, "analyst-2", "/cases/site-4/judge", **SAID),
        refused(desk, "analyst-1", "/cases/site-5/undo", seq="6"),
        refused(desk, "analyst-1", "/cases/site-1/step", step="comment", text=" "),
        refused(desk, "analyst-1", "/cases/site-1/step", step="hand-over", other="auditor-1"),
        refused(desk, "analyst-1", "/cases/site-1/step", step="duplicate", other="site-1"),
        refused(desk, "analyst-1", "/searches", name=""),
        refused(desk, "administrator-1", "/accounts/grant", name="nobody", role="analyst"),
    ]
    assert said[0].startswith("No fue posible: otra persona tiene el caso site-1 hasta 2026-03-01T12:10:00")
    assert "analyst-1 ya tiene 3 casos (site-1, site-2, site-3)" in said[1]
    assert "esta persona ya juzgó el caso site-5" in said[2]
    assert not [text for text in said if ENGLISH.search(text)]


def test_a_form_filled_in_wrongly_is_corrected_in_spanish_by_its_own_names(desk: Desk) -> None:
    assert desk.ask("analyst-1", "POST", "/claims", json={"case": "site-1"}).status_code == 201
    mixed = {**SAID, "reason": "Es probable, con confianza alta.", "source-1-id": "r", "source-1-reliability": "Z"}
    said = refused(desk, "analyst-1", "/cases/site-1/judge", **mixed)
    assert "Motivo: la probabilidad y la confianza están en una misma oración" in said
    assert "Fuentes calificadas 1 Confiabilidad: indique una letra, de la A a la F" in said
    assert not ENGLISH.search(said)


def test_programs_and_english_pages_are_told_in_english(desk: Desk) -> None:
    assert desk.ask("analyst-1", "POST", "/claims", json={"case": "site-1"}).status_code == 201
    answer = desk.ask("analyst-2", "POST", "/claims", json={"case": "site-1"}, headers={"Accept-Language": "es"})
    assert answer.json()["error"].startswith("case site-1 is another person's until")
    assert "case site-1 is another person's until" in refused(desk, "analyst-2", "/cases/site-1/claim", "en")


def test_a_page_that_is_not_there_is_said_in_spanish(desk: Desk) -> None:
    headers = {"Authorization": f"Bearer {desk.tokens['analyst-1']}", "Accept": "text/html", "Accept-Language": "es"}
    answer = desk.client.get("/cases/none", headers=headers)
    assert answer.status_code == 404
    assert '<p lang="es"><small>no hay ningún caso none</small></p>' in answer.text
