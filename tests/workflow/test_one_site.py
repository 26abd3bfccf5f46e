"""One site by its id, from a drone's track to what a partner says became of it, and to those who oversee."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from makers.handing import released, staffed
from makers.served import served

MISSION = Path(__file__).parents[2] / "missions" / "exercise-one"


@pytest.mark.slow
def test_a_site_keeps_its_id_from_track_to_outcome(tmp_path: Path) -> None:
    desk = staffed(tmp_path)
    store = f"sqlite:///{tmp_path}/data/upwind/upwind.db"
    desk.run("run", str(MISSION), "--out", "out", "--store", store)
    site = json.loads((tmp_path / "out" / "sites.geojson").read_text(encoding="utf-8"))["features"][0]["id"]
    assert (tmp_path / "out" / "sheet-1.html").exists()
    desk.run("run", str(MISSION), "--out", "again", "--store", store)

    with served(desk):
        waiting = [row["id"] for row in desk.ask("analyst-1", "GET", "/cases").json()["cases"]]
        assert waiting.count(site) == 1
        for who in ("analyst-1", "reviewer-1"):
            assert desk.judged(who, site).status_code == 201
        assert desk.ask("analyst-1", "GET", f"/cases/{site}").json()["state"] == "confirmed"

        sent = released(desk, site)
        (tmp_path / "drop").mkdir()
        desk.run("release", "deliver", sent, "--trust", "keys", "--to", "drop")
        assert (tmp_path / "drop" / f"{sent}.zip").read_bytes() == (tmp_path / "p.zip").read_bytes()
        listed = ("--trust", "keys", "--recalled", "drop/recalled.json")
        desk.run("release", "open", f"drop/{sent}.zip", "--identity", "keys/partner-1.age", *listed, "--out", "opened")
        told = json.loads((tmp_path / "opened" / "site.geojson").read_text(encoding="utf-8"))
        assert told["properties"]["emission_rate"]["lower"] < told["properties"]["emission_rate"]["upper"]

        release = desk.ask("partner-1", "GET", "/releases").json()["releases"][0]["id"]
        assert told["id"] == release == sent
        assert desk.ask("partner-1", "GET", "/recalled").content == (tmp_path / "recalled.json").read_bytes()
        desk.ask("partner-1", "POST", f"/releases/{release}/receipt", json={})
        for step in ({"step": "received"}, {"step": "classified"}, {"step": "acting"}):
            assert desk.ask("partner-1", "POST", f"/releases/{release}/answers", json=step).status_code == 201
        acted = {"step": "acted", "outcome": "benign source", "activity": "none", "evidence": "photo"}
        assert desk.ask("partner-1", "POST", f"/releases/{release}/answers", json=acted).status_code == 201

        entries = desk.ask("auditor-1", "GET", "/log?limit=10000").json()["entries"]
        whats = [entry["what"] for entry in entries if entry["case"] == site]
    ways = ["site", "claim", "judgement", "claim", "judgement", "draft", "signature", "signature", "release"]
    ways += ["delivery", "receipt"]
    assert [what for what in whats if what != "flight-request"] == [*ways, *["answer"] * 4]

    desk.run("log", "verify")
    desk.run("report", "--out", "oversight.pdf")
    figures = json.loads((tmp_path / "oversight.json").read_text(encoding="utf-8"))["figures"]
    said = {(row["figure"], row["group"]): row["value"] for row in figures}
    assert said["flights", ""] == 1
    assert said["sites confirmed", ""] == 1
    assert said["false leads", ""] == 1
    assert said["hours from detection to judgement", ""] is not None
    desk.run("report", "check", "oversight.json")
