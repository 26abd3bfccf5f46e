"""`upwind audit --plan`: how far a flight kept to its plan, on the screen and in the file."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

#: Over the ocean, where no state asks for an authorisation: two lines of 1 km, 100 m apart.
SOUTH, NORTH, WEST, EAST = -30.0, -29.9990977, -20.0, -19.9896296


def upwind(*arguments: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upwind", *map(str, arguments)], cwd=at, capture_output=True, text=True, check=False
    )


def flight(path: Path) -> Path:
    """Write a flight along the first line, 11 m north of it, and then home without the second one."""
    begin = datetime(2026, 3, 1, 12, tzinfo=UTC)
    rows = [
        f"{begin + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ},{WEST + (EAST - WEST) * number / 100},{SOUTH + 1e-4}"
        for number in range(101)
    ]
    path.write_text("\n".join(["time,longitude [deg],latitude [deg]", *rows, ""]), encoding="utf-8")
    return path


def plan(path: Path) -> Path:
    lines = [[[WEST, SOUTH], [EAST, SOUTH]], [[EAST, NORTH], [WEST, NORTH]]]
    path.write_text(json.dumps({"type": "MultiLineString", "coordinates": lines}), encoding="utf-8")
    return path


def test_it_tells_line_by_line_what_was_flown(tmp_path: Path) -> None:
    flight(tmp_path / "f.csv")
    plan(tmp_path / "f.geojson")
    told = upwind("audit", "f.csv", "--plan", "f.geojson", "--out", "a.json", at=tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    assert "f.csv flew 50 % of the 2.0 km of lines of f.geojson within 25 m" in told.stdout
    assert "Less than half flown: line 2" in told.stdout
    document = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    kept = document["tracks"][0]["conformance"]
    assert kept["plan"]["name"] == "f.geojson"
    assert [line["flown"] for line in kept["lines"]] == [True, False]
    assert abs(kept["lines"][0]["cross_track_m"]["median"] - 11.09) < 0.05  # 1e-4 degrees of a meridian at 30 degrees
    assert kept["lines"][0]["from"] == "2026-03-01T12:00:00Z"
    assert {one["name"] for one in document["upwind"]["inputs"]} >= {"f.csv", "f.geojson"}
    told = upwind("audit", "f.csv", "--plan", "f.geojson", "--tolerance", "5", "--out", "a.json", at=tmp_path)
    assert "flew 0 % of the" in told.stdout


def test_a_plan_that_is_none_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    flight(tmp_path / "f.csv")
    (tmp_path / "f.plan").write_text("{}", encoding="utf-8")
    told = upwind("audit", "f.csv", "--plan", "f.plan", "--out", "a.json", at=tmp_path)
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "f.plan" in told.stderr
    assert not (tmp_path / "a.json").exists()
    told = upwind("audit", "f.csv", "--plan", "f.plan", "--tolerance", "-3", "--out", "a.json", at=tmp_path)
    assert told.returncode == 2


def test_without_a_plan_the_document_says_nothing_of_one(tmp_path: Path) -> None:
    flight(tmp_path / "f.csv")
    assert upwind("audit", "f.csv", "--out", "a.json", at=tmp_path).returncode == 0
    assert "conformance" not in (tmp_path / "a.json").read_text(encoding="utf-8")
