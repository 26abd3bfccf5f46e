"""The oversight report in Spanish: every section, figure and group of a closed list has its name."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest

from upwind.outcomes.answers import Activity, Grade, Outcome
from upwind.outcomes.clocks import Standing
from upwind.outcomes.oversight import AUDIENCES, Told, figures
from upwind.outcomes.report import as_json, as_pdf
from upwind.outcomes.suppression import HELD
from upwind.render.words import LANGUAGES
from upwind.review.log import NO_ENTRY, Draft, Head, LogEntry, chained
from upwind.store.responses import COMPLAINANTS
from upwind.web.access import Right

START = datetime(2026, 10, 1, tzinfo=UTC)
TABLE = tomllib.loads(files("upwind.outcomes").joinpath("words.toml").read_text(encoding="utf-8"))
FLIGHT = {"platform": "P", "seconds": 3600, "entries": []}
PLAIN = {"step": "acted", "text": "", "arrests": 1, "harmed_residents": None, "harmed_officers": None}
ACTED = {**PLAIN, "activity": "active", "evidence": "photo", "seized": [{"substance": "heroin", "grams": 3}]}


def told() -> Told:
    """Return a log in which every kind of entry that is counted stands, every outcome once."""
    rows: list[tuple[str, dict[str, Any]]] = [("flight", FLIGHT), ("site", {}), ("denied", {"right": "judge"})]
    for outcome in Outcome:
        rows.append(("release", {"release": str(outcome), "partner": "MEX"}))
        rows.append(("receipt", {"release": str(outcome)}))
        rows.append(("answer", {"release": str(outcome), "outcome": str(outcome), **ACTED}))
    rows.append(("complaint", {"by": "partner"}))
    rows.append(("reminder", {"standing": "escalated"}))
    entries: list[LogEntry] = []
    for seq, (what, body) in enumerate(rows, start=1):
        draft = Draft(who="somebody", what=what, case="s", body=body)
        entries.append(chained(draft, seq, START, entries[-1].digest if entries else NO_ENTRY))
    return Told(every=entries, start=START, end=START.replace(year=2027))


def test_every_name_has_a_spanish_one_and_none_is_left_over() -> None:
    said = figures(told())
    groups = {*Activity, *Grade, *COMPLAINANTS, *Right, Standing.REMINDER, Standing.ESCALATED, HELD, "other substances"}
    named = {name for figure in said for name in (figure.section, figure.name)} | {*AUDIENCES, *map(str, groups)}
    leg = "hours from judgement to release"  # of a confirmed case, which this log has none of
    assert set(TABLE["names"]) == named | {f"{leg} by month", f"{leg} by partner"}
    assert all(set(text) == set(LANGUAGES) for text in TABLE["page"].values())


@pytest.mark.parametrize("audience", AUDIENCES)
def test_the_pdf_is_made_in_both_languages(audience: str) -> None:
    report = json.loads(as_json(told(), audience, Head(size=3, root="ab" * 32)))
    english, spanish = (as_pdf(report, language) for language in LANGUAGES)
    assert english.startswith(b"%PDF")
    assert spanish.startswith(b"%PDF")
    assert english != spanish
