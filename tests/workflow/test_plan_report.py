"""The page of a plan, and a run's page where a flight had one, as users get them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import shapely

from upwind.readers.plans import read_plan

ROOT = Path(__file__).parents[2]
WING = 'name = "wing"\nspeed_m_s = 25.0\nbank_deg = 25.0\nendurance_h = 200\n'
SCANNER = 'name = "line scanner"\nswath_m = 300.0\noverlap = 0.2\nheight_m = 400\n'
SEA = (-40.0, 20.0)
#: 700 m north of the border of Arizona with Sonora, at 31.3327 N.
NOGALES = (-110.5, 31.339)
USA = """
[[authorisation]]
id = "USA-1"
state = "USA"
from = 2026-10-01T00:00:00Z
to = 2026-11-01T00:00:00Z
floor_m = 0
platform = "*"
special_use = true
"""


def upwind(at: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upwind", *arguments],
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def plan(at: Path, corner: tuple[float, float], *more: str) -> subprocess.CompletedProcess[str]:
    hole = shapely.box(corner[0] + 0.01, corner[1] + 0.01, corner[0] + 0.015, corner[1] + 0.015)
    area = shapely.box(*corner, corner[0] + 0.03, corner[1] + 0.03).difference(hole)
    (at / "area.geojson").write_text(json.dumps(shapely.geometry.mapping(area)))
    (at / "wing.toml").write_text(WING)
    (at / "scanner.toml").write_text(SCANNER)
    (at / "usa.toml").write_text(USA)
    given = ["area.geojson", "--platform", "wing.toml", "--sensor", "scanner.toml", "--start", "2026-10-15T12:00:00Z"]
    return upwind(at, "plan", *given, "--out", "survey.plan", "--report", "plan.html", *more)


def pictures(page: str) -> list[ET.Element]:
    """Return the page's drawings; each must be well formed, and nothing may be fetched from anywhere."""
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    assert "http-equiv" in page
    return [ET.fromstring(one) for one in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)]  # noqa: S314 - our own


def marks(page: str, kind: str) -> list[ET.Element]:
    maps = [one for one in pictures(page) if "map" in one.get("class", "").split()]
    return [mark for one in maps for mark in one.iter() if mark.get("class") == kind]


def test_the_page_shows_the_plan_that_is_written(tmp_path: Path) -> None:
    done = plan(
        tmp_path, SEA, "--wind", "6,200", "--base=-40.01,20.01", "--authority", "an <order>", "--language", "es"
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "plan.html").read_text()
    assert '<html lang="es">' in page
    route = read_plan(tmp_path / "survey.plan")
    assert len(marks(page, "surveyed")) == int(route.line.max()) + 1
    (margin,) = marks(page, "margin")
    assert float(margin.get("stroke-width", "0")) == 400.0
    (area,) = marks(page, "aim")
    assert area.get("d", "").count("M") == 2
    assert len(marks(page, "depot")) == 1
    assert "an &lt;order&gt;" in page
    assert page.count(">not recorded<") == 2
    assert re.search(r"200°, 6\.0 m/s", page)
    gap = re.search(r"the gap is ([\d.]+)%", done.stdout)
    assert gap
    assert f"the gap is {gap[1]} %" in page
    assert not marks(page, "leg swept refused")


def test_why_a_plan_was_stopped_is_a_picture_and_no_plan(tmp_path: Path) -> None:
    done = plan(tmp_path, NOGALES, "--authorisations", "usa.toml")
    assert done.returncode == 3
    assert not (tmp_path / "survey.plan").exists()
    page = (tmp_path / "plan.html").read_text()
    stretches = marks(page, "leg swept refused")
    assert stretches
    assert marks(page, "border")
    assert "No plan was written" in page
    verdicts = page[page.index("not authorised: 1 of 2 kinds of entry") :]
    assert verdicts.index("Mexico") < verdicts.index("United States")
    # Nothing that could be loaded: no position in degrees, as every exported file has them.
    assert not re.search(r"-110\.\d{3}|31\.3[34]\d", page)


def test_where_nothing_is_allowed_the_whole_is_marked(tmp_path: Path) -> None:
    assert plan(tmp_path, (-110.0, 29.0)).returncode == 3
    page = (tmp_path / "plan.html").read_text()
    assert len(marks(page, "margin refused")) == 1
    assert not marks(page, "leg swept refused")
    assert "no authorisation of" in page


@pytest.mark.parametrize("planned", [True, False])
def test_a_run_draws_what_was_planned_beside_what_was_flown(tmp_path: Path, *, planned: bool) -> None:
    """Two lines of 1 km over the ocean; the first is flown 11 m north of it, the second not at all."""
    south, north, west, east = -30.0, -29.9990977, -20.0, -19.9896296
    lines = [[[west, south], [east, south]], [[east, north], [west, north]]]
    (tmp_path / "f.geojson").write_text(json.dumps({"type": "MultiLineString", "coordinates": lines}))
    rows = [
        f"2026-03-01T12:{at // 60:02d}:{at % 60:02d}Z,{west + (east - west) * at / 100},{south + 1e-4},50"
        for at in range(101)
    ]
    (tmp_path / "f.csv").write_text("\n".join(["time,longitude [deg],latitude [deg],height [m]", *rows, ""]))
    mission = 'name = "m"\n[[flight]]\nid = "one"\nfiles = ["f.csv"]\nplatform = "kite"\n'
    (tmp_path / "mission.toml").write_text(mission + 'plan = "f.geojson"\n' * planned)
    done = upwind(tmp_path, "run", "mission.toml", "--out", "out")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out" / "report.html").read_text()
    assert len(marks(page, "planned")) == len(marks(page, "planned missed")) == len(marks(page, "kept")) == planned
    assert ("flew 50 % of 2.0 km of planned lines within 25 m" in page) == planned
    assert ("11.1 m, line 1" in page) == planned
