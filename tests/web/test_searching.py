"""Searching the docket by pages and the API, and searches that a person keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from makers.door import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, "site-1", "site-2") as made:
        yield made


def found(desk: Desk, who: str, query: str) -> list[str]:
    answer = desk.ask(who, "GET", f"/cases?{query}")
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["cases"]]


def shown(desk: Desk, who: str, path: str, **more: object) -> str:
    headers = {"Authorization": f"Bearer {desk.tokens[who]}", "Accept": "text/html"}
    method = "POST" if "data" in more else "GET"
    answer = desk.client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_second_reviewer_cannot_find_out_a_first_verdict(desk: Desk) -> None:
    assert desk.judged("analyst-1", "site-1", reason="drums of turpentine").status_code == 201
    for state in ("", "&state=second", "&state=open", "&state=confirmed"):
        assert found(desk, "reviewer-1", f"q=turpentine{state}") == []
        assert "site-1" not in shown(desk, "reviewer-1", f"/docket?q=turpentine{state}")
    assert found(desk, "analyst-1", "q=turpentine") == ["site-1"]
    assert desk.judged("reviewer-1", "site-1").status_code == 201
    assert found(desk, "analyst-2", "q=turpentine&state=confirmed") == ["site-1"]
    assert 'href="/cases/site-1' in shown(desk, "analyst-2", "/docket?q=TURPENTINE&state=confirmed")


def test_cases_of_ones_own_are_listed(desk: Desk) -> None:
    assert desk.ask("analyst-1", "POST", "/claims", json={"case": "site-2"}).status_code == 201
    assert found(desk, "analyst-1", "whose=mine") == ["site-2"]
    assert found(desk, "analyst-2", "whose=free") == ["site-1"]
    assert "site-2" not in shown(desk, "analyst-2", "/docket?whose=free")
    answer = desk.ask("analyst-1", "GET", "/cases?whose=theirs")
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["faults"]] == ["whose"]


def test_a_search_is_kept_found_again_and_dropped(desk: Desk) -> None:
    name = "<b>night & day</b>"
    text = shown(desk, "analyst-1", "/searches", data={"name": name, "state": "open", "whose": "free", "q": "acetone"})
    assert "&lt;b&gt;night &amp; day&lt;/b&gt;" in text
    assert name not in text
    assert 'href="/docket?state=open&amp;whose=free&amp;q=acetone" aria-current="page"' in text
    kept = {"name": name, "state": "open", "whose": "free", "q": "acetone"}
    assert desk.ask("analyst-1", "GET", "/searches").json() == {"searches": [kept]}
    assert desk.ask("analyst-2", "GET", "/searches").json() == {"searches": []}
    assert "night" not in shown(desk, "analyst-2", "/docket")
    assert "night" not in shown(desk, "analyst-1", "/searches/drop", data={"name": name})
    assert desk.ask("analyst-1", "POST", "/searches", json={"name": "x", "state": "second"}).status_code == 204
    assert desk.ask("analyst-1", "POST", "/searches/drop", json={"name": "x"}).status_code == 204
    assert desk.ask("analyst-1", "GET", "/searches").json() == {"searches": []}
    for said in ({"name": ""}, {"name": 3}, {"name": "x", "state": "lost"}, {}):
        assert desk.ask("analyst-1", "POST", "/searches", json=said).status_code == 422
