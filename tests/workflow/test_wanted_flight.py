"""A flight that a reviewer asks for reaches whoever plans flights, as ground to fly over."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from makers.candidates import feature
from pyproj import Geod

from upwind.cli import main
from upwind.store import steps
from upwind.store.places import open_store

EXAMPLE = Path(__file__).parents[2] / "missions" / "plan-example"
SITE = (124.55, -20.55)


@pytest.fixture
def url(tmp_path: Path) -> str:
    made = f"sqlite:///{tmp_path / 'upwind.db'}"
    sites = tmp_path / "sites.geojson"
    told = [feature("site-1", place=SITE, radius_90_m=60.0), feature("site-2", place=(124.6, -20.5))]
    sites.write_text(json.dumps({"type": "FeatureCollection", "features": told}), encoding="utf-8")
    assert main(["import", "sites", str(sites), "--store", made]) == 0
    return made


def ask(url: str, case: str, why: str) -> None:
    with open_store(url) as store:
        store.write(partial(steps.request_flight, person="analyst-1", case=case, why=why))


def test_what_was_asked_for_is_planned(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted, plan = tmp_path / "wanted.geojson", tmp_path / "survey.geojson"
    ask(url, "site-2", "to see it by night")
    ask(url, "site-1", "ether and butanol cannot be told apart")
    ask(url, "site-2", "")  # taken back
    assert main(["store", "requests", "--store", url, "--out", str(wanted)]) == 0
    said = capsys.readouterr().out
    assert "site-1: within 150 m of -20.55000, 124.55000: ether and butanol cannot be told apart" in said
    assert "site-2" not in said
    files = [f"{option}={EXAMPLE / option[2:]}.toml" for option in ("--platform", "--sensor", "--authorisations")]
    assert main(["plan", str(wanted), *files, "--out", str(plan)]) == 0
    marks = json.loads(plan.read_text(encoding="utf-8"))["features"]
    lines = [one["geometry"]["coordinates"] for one in marks if one["properties"]["kind"] == "line"]
    along = [Geod(ellps="WGS84").inv(*SITE, *place[:2])[2] for line in lines for place in line]
    assert min(along) < 200.0


def test_nobody_asks(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = tmp_path / "wanted.geojson"
    assert main(["store", "requests", "--store", url, "--out", str(wanted)]) == 0
    assert "nobody asks for a flight" in capsys.readouterr().out
    assert not wanted.exists()
    assert main(["store", "requests", "--store", f"sqlite:///{tmp_path / 'no.db'}"]) == 1
