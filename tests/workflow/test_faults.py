"""A few rounds of `validation.faults`: what was acknowledged outlives a kill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from makers import postgres

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_nothing_is_lost_when_things_are_killed(engine: str) -> None:
    if engine == "postgresql" and postgres.BIN is None:
        pytest.skip("PostgreSQL is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "validation.faults", "--engine", engine, "--rounds", "3"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.startswith("3 kills")
    assert " 0 judgements acknowledged" not in last
