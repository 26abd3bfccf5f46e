"""`upwind audit --report`: a page beside the audit, which names the unauthorised entry first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def upwind(*arguments: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "upwind", *map(str, arguments)], cwd=at, capture_output=True, text=True, check=False
    )


def write_flight(path: Path, longitude: float, latitude: float) -> None:
    """Write a flight to the east along a parallel, 10 m a second for 100 s."""
    rows = [f"2026-07-20T12:{n // 60:02d}:{n % 60:02d}Z,{longitude + n * 1e-4},{latitude},80" for n in range(100)]
    head = "time,longitude [deg],latitude [deg],height [m]"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")


def test_a_flight_over_tijuana_without_leave_is_named_first(tmp_path: Path) -> None:
    write_flight(tmp_path / "f.csv", -116.95, 32.50)
    done = upwind("audit", "f.csv", "--out", "a.json", "--report", "a.html", "--language", "es", at=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "a.html" in done.stdout
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert '<html lang="es">' in page
    body = page.split("<body>")[1]
    assert body.index("México") < body.index("<table")
    assert "1 de 1 entradas no está autorizada" in body


def test_a_flight_over_the_ocean_entered_nothing(tmp_path: Path) -> None:
    write_flight(tmp_path / "f.csv", -20.0, -30.0)
    done = upwind("audit", "f.csv", "--out", "a.json", "--report", "a.html", at=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "land or territorial sea was entered" in (tmp_path / "a.html").read_text(encoding="utf-8")
