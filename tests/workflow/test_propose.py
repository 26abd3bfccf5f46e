"""`upwind propose` as users start it: a leg from what was flown, through the same gate as every plan."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from upwind.readers.plans import read_plan

ROOT = Path(__file__).parents[2]
FLOWN = ROOT / "missions" / "exercise-one" / "drone-12.csv"
#: 3 km north of the border of Arizona with Sonora, at 31.3327 N.
NOGALES = (-110.5, 31.334)


def upwind(at: Path, track: Path, *more: str, out: str = "next.plan") -> subprocess.CompletedProcess[str]:
    given = [str(track), "--platform", "quadcopter", "--speed", "5", "--start", "2030-01-01T12:30:00Z", "--out", out]
    return subprocess.run(
        [sys.executable, "-m", "upwind", "propose", *given, *more],
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def moved(at: Path, place: tuple[float, float]) -> Path:
    """Return the shipped flight as if it had been flown elsewhere."""
    with FLOWN.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first = {name: float(rows[0][f"{name} [deg]"]) for name in ("longitude", "latitude")}
    for row in rows:
        for name, to in zip(("longitude", "latitude"), place, strict=True):
            row[f"{name} [deg]"] = f"{float(row[f'{name} [deg]']) - first[name] + to:.7f}"
    path = at / "elsewhere.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.slow
def test_a_leg_is_proposed_written_and_the_same_again(tmp_path):
    done = upwind(tmp_path, FLOWN)
    assert done.returncode == 0, done.stderr
    assert "expected gain [nat]" in done.stdout
    assert "a person approves each before it is flown" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    route = read_plan(tmp_path / "next.plan")
    assert len(route.longitude) >= 3
    with FLOWN.open(encoding="utf-8") as file:
        last = list(csv.DictReader(file))[-1]
    assert route.longitude[0] == pytest.approx(float(last["longitude [deg]"]), abs=2e-4)
    assert route.latitude[0] == pytest.approx(float(last["latitude [deg]"]), abs=2e-4)
    again = upwind(tmp_path, FLOWN, out="again.plan")
    assert again.returncode == 0
    assert (tmp_path / "again.plan").read_bytes() == (tmp_path / "next.plan").read_bytes()


@pytest.mark.slow
def test_a_leg_where_nobody_allowed_it_is_not_written(tmp_path):
    done = upwind(tmp_path, moved(tmp_path, NOGALES))
    assert done.returncode == 3, done.stderr
    assert "USA" in done.stdout
    assert not (tmp_path / "next.plan").exists()


@pytest.mark.slow
def test_the_record_says_that_a_person_approves(tmp_path):
    done = upwind(tmp_path, FLOWN, "--choose", "2", "--height", "8", out="next.geojson")
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "next.geojson").read_text())
    assert "a person approves" in json.dumps(document)
    assert '"expected_gain"' in json.dumps(document)


def test_a_gas_that_is_not_there_is_named(tmp_path):
    done = upwind(tmp_path, FLOWN, "--gas", "acetone")
    assert done.returncode == 1
    assert "acetone" in done.stderr
    assert "methane" in done.stderr
    assert not (tmp_path / "next.plan").exists()
