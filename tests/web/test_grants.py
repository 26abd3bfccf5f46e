"""Roles that take two, and marked cases that are there for the cleared alone: through the API."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from makers.candidates import judgement
from makers.door import Desk, desk_in, marked

from upwind.store import accounts, clearances


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, "site-1", "site-2", "site-3") as made:
        yield made


def test_roles_that_two_must_grant(desk: Desk) -> None:
    asked = desk.ask("administrator-1", "POST", "/grants", json={"name": "analyst-1", "role": "reviewer"})
    assert (asked.status_code, asked.json()["status"]) == (201, "pending")
    name = asked.json()["id"]
    assert desk.ask("administrator-1", "POST", f"/grants/{name}/confirm").status_code == 409
    assert (
        desk.ask("administrator-1", "POST", "/grants", json={"name": "analyst-1", "role": "reviewer"}).status_code
        == 409
    )
    assert [each["id"] for each in desk.ask("auditor-1", "GET", "/grants").json()["grants"]] == [name]
    assert desk.store.read(partial(accounts.require_account, name="analyst-1")).roles == {"analyst"}
    assert desk.ask("administrator-2", "POST", f"/grants/{name}/confirm").json()["status"] == "granted"
    assert desk.store.read(partial(accounts.require_account, name="analyst-1")).roles == {"analyst", "reviewer"}
    told = desk.ask("auditor-1", "GET", "/log").json()["entries"]
    assert [(each["what"], each["who"]) for each in told[-2:]] == [
        ("grant-asked", "administrator-1"),
        ("grant", "administrator-2"),
    ]
    assert told[-1]["body"]["by"] == ["administrator-1", "administrator-2"]
    assert desk.ask("administrator-2", "POST", f"/grants/{name}/confirm").status_code == 404


def test_roles_that_may_not_stand_together(desk: Desk) -> None:
    for name, role in (("analyst-1", "auditor"), ("auditor-1", "analyst"), ("analyst-1", "partner")):
        assert desk.ask("administrator-1", "POST", "/grants", json={"name": name, "role": role}).status_code == 422
    assert desk.ask("administrator-1", "POST", "/grants", json={"name": "nobody", "role": "analyst"}).status_code == 404
    assert desk.ask("administrator-1", "POST", "/grants", json={"name": "analyst-1", "role": "king"}).status_code == 422


def test_a_wish_of_somebody_who_is_no_administrator_any_more_counts_for_nothing(desk: Desk) -> None:
    desk.ask("administrator-1", "POST", "/grants", json={"name": "analyst-1", "role": "releaser"})
    revoked = desk.ask("administrator-2", "POST", "/grants/administrator-1:administrator/revoke")
    assert revoked.status_code == 200
    assert desk.ask("administrator-2", "POST", "/grants/analyst-1:releaser/confirm").status_code == 404
    assert desk.ask("administrator-1", "GET", "/grants").status_code == 403  # at once, though lately known
    asked = desk.ask("administrator-2", "POST", "/grants", json={"name": "analyst-1", "role": "releaser"})
    assert asked.json()["status"] == "pending"


def test_a_marked_case_is_there_for_the_cleared_alone(desk: Desk) -> None:
    marked(desk)
    assert "site-9" in desk.ask("analyst-1", "GET", "/cases").text
    assert desk.ask("analyst-1", "GET", "/cases/site-9").status_code == 200
    assert "site-9" not in desk.ask("analyst-2", "GET", "/cases").text
    assert "site-9" not in desk.ask("analyst-2", "GET", "/cases?state=open").text
    for path in ("/", "/cases/site-1", "/cases/site-1/map"):  # which lies at the same place
        for who, is_seen in (("analyst-1", True), ("analyst-2", False)):
            answer = desk.client.get(path, headers={"Authorization": f"Bearer {desk.tokens[who]}"})
            assert ("site-9" in answer.text) is is_seen, (path, who)
    none = desk.ask("analyst-2", "GET", "/cases/none").text
    for method, path, body in (
        ("GET", "/cases/site-9", None),
        ("POST", "/cases/site-9/heartbeat", {}),
        ("POST", "/cases/site-9/judgements", judgement()),
        ("POST", "/cases/site-9/undo", {"seq": 1}),
        ("POST", "/cases/site-9/steps/comment", {"text": "there?"}),
        ("POST", "/claims", {"case": "site-9"}),
        ("POST", "/cases/site-1/steps/merge", {"into": "site-9"}),
    ):
        answer = desk.ask("analyst-2", method, path, json=body)
        assert (answer.status_code, answer.text) == (404, none.replace("none", "site-9")), path
    assert desk.ask("analyst-2", "POST", "/claims", json={}).json()["case"] != "site-9"
    assert desk.ask("analyst-1", "POST", "/cases/site-9/steps/assign", json={"to": "analyst-2"}).status_code == 409
    assert desk.ask("analyst-1", "POST", "/claims", json={}).json()["case"] == "site-9"


@pytest.mark.parametrize(
    ("clearance", "marking", "is_seen"),
    [
        ("", "", True),
        ("", "UNCLASSIFIED", True),
        ("", "UNCLASSIFIED//TLP:AMBER", True),
        ("", "UNCLASSIFIED//REL TO MEX", False),
        ("", "UNCLASSIFIED//NOFORN", False),
        ("", "RESTRICTED", False),
        ("UNCLASSIFIED", "UNCLASSIFIED//REL TO MEX", True),
        ("CONFIDENTIAL", "SECRET", False),
        ("SECRET", "SECRET//NOFORN", True),
        ("SECRET//REL TO MEX", "SECRET//REL TO MEX, COL", True),
        ("SECRET//REL TO MEX", "SECRET//REL TO COL", False),
        ("SECRET//REL TO MEX", "RESTRICTED", False),
        ("SECRET", "TOP SECRET", False),
        ("SECRET", "anything", False),
    ],
)
def test_what_a_clearance_opens(clearance: str, marking: str, is_seen: bool) -> None:  # noqa: FBT001
    assert clearances.sees(clearance, marking) is is_seen
