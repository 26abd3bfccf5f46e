"""A mission's flights are audited as it is run: nothing ends well that nobody allowed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def run(mission: Path, out: Path) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Return how a run ended, and its audit."""
    done = subprocess.run(
        [sys.executable, "-m", "upwind", "run", str(mission), "--out", str(out)],
        cwd=out.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done, json.loads((out / "audit.json").read_text())


@pytest.fixture
def mission(tmp_path: Path) -> Path:
    """Return a mission of one aircraft, from California into Baja California, and of one post on the ground."""
    folder = tmp_path / "mission"
    folder.mkdir()
    head = "time,longitude [deg],latitude [deg],height [m]"
    rows = [
        f"2026-01-20T12:00:{second:02}Z,-117.03,{32.56 - second * 0.001:.4f},{100 + second}" for second in range(40)
    ]
    (folder / "flight.csv").write_text("\n".join([head, *rows]) + "\n")
    (folder / "post.csv").write_text("\n".join([head, *rows[:2]]) + "\n")
    (folder / "mission.toml").write_text(
        'name = "small"\nauthorisations = "authorisations.toml"\n'
        '[[flight]]\nid = "F1"\nfiles = ["flight.csv"]\nplatform = "kite"\n'
        '[[flight]]\nid = "P1"\nfiles = ["post.csv"]\nplatform = "fixed"\n'
    )
    allow(folder, {})
    return folder


def allow(folder: Path, ceilings: dict[str, int]) -> None:
    """Write an authorisation for each state, up to a ceiling; of a state elsewhere if there is none."""
    (folder / "authorisations.toml").write_text(
        "\n".join(
            f'[[authorisation]]\nid = "{state}-1"\nstate = "{state}"\nfrom = 2026-01-20T12:00:00Z\n'
            f'to = 2026-01-20T12:00:39Z\nfloor_m = 0\nceiling_m = {ceiling}\nplatform = "kite"\n'
            for state, ceiling in (ceilings or {"GTM": 1}).items()
        )
    )


def test_without_authorisations_a_run_stops_a_script_and_writes_all_the_same(mission: Path, tmp_path: Path) -> None:
    done, audit = run(mission, tmp_path / "out")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert {(entry["state"], entry["flight"], entry["platform"]) for entry in audit["entries"]} == {
        ("MEX", "F1", "kite"),
        ("USA", "F1", "kite"),
    }
    assert {entry["authorised_by"] for entry in audit["entries"]} == {None}
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {"sources.geojson", "audit.json", "report.html"}


def test_with_authorisations_it_ends_well_and_says_whose(mission: Path, tmp_path: Path) -> None:
    allow(mission, {"USA": 200, "MEX": 139})
    done, audit = run(mission, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert {(entry["state"], entry["authorised_by"]) for entry in audit["entries"]} == {
        ("MEX", "MEX-1"),
        ("USA", "USA-1"),
    }
    allow(mission, {"USA": 200, "MEX": 138})
    done, audit = run(mission, tmp_path / "out")
    assert done.returncode == 3
    assert {(entry["state"], entry["authorised_by"]) for entry in audit["entries"]} == {("MEX", None), ("USA", "USA-1")}


@pytest.mark.slow
def test_fixed_sensors_enter_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "prairie-grass"
    shutil.copytree(ROOT / "missions" / "prairie-grass", folder, ignore=shutil.ignore_patterns("out"))
    done, audit = run(folder, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert audit["entries"] == []
