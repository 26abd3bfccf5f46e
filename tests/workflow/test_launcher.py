"""`./upwind` on a machine that has nothing yet: what it makes, what it says, what it survives.

A checkout of its own without dependencies keeps these tests off the network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PYTHON = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
OLD = """#!/bin/sh
case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac
"""
WITHOUT_VENV = f"""#!/bin/sh
case "$1" in
-I) script=$2; shift 2; exec {PYTHON} -I -c 'import runpy, sys
sys.modules["ensurepip"] = None
runpy.run_path(sys.argv[1], run_name="__main__")' "$script" "$@";;
*) exec {PYTHON} "$@";;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout in a folder with a space in its name, its lock file empty."""
    made = tmp_path / "a checkout"
    (made / "scripts").mkdir(parents=True)
    for name in ("upwind", "scripts/ready.sh", "scripts/set_up.py"):
        shutil.copy(TOP / name, made / name)
    (made / "src").symlink_to(TOP / "src")
    (made / "requirements.lock").touch()
    (made / "bin").mkdir()
    for tool in ("dirname", "readlink", "cmp"):
        (made / "bin" / tool).symlink_to(str(shutil.which(tool)))
    (made / "bin" / "python3").symlink_to(PYTHON)
    return made


def start(checkout: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {"PATH": str(checkout / "bin"), "HOME": str(checkout), "LANG": os.environ.get("LANG", "C")}
    command = [checkout / "upwind", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment, cwd="/")


def said(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def replace_python(checkout: Path, script: str) -> None:
    (checkout / "bin" / "python3").unlink()
    (checkout / "bin" / "python3").write_text(script)
    (checkout / "bin" / "python3").chmod(0o755)


@pytest.mark.slow
def test_a_set_up_happens_once_and_again_when_it_must(checkout: Path) -> None:
    half = checkout / ".venv"  # as an interrupted call leaves it
    half.mkdir()
    (half / "upwind-unfinished").touch()
    (half / "leftover").touch()

    answers = [said(process) for process in [start(checkout, "--version"), start(checkout, "--version")]]
    assert [(code, out) for code, out, _ in answers] == [(0, answers[0][1])] * 2
    assert sum("ready after" in err for _, _, err in answers) == 1, "two calls at once set up once"
    assert not (half / "leftover").exists()
    assert said(start(checkout, "--version"))[2] == "", "a later call does nothing"

    (checkout / "requirements.lock").write_text("# changed\n")
    assert "ready after" in said(start(checkout, "--version"))[2], "a new lock file is installed"

    link = checkout.parent / "link"
    link.symlink_to(checkout / "upwind")
    done = subprocess.run([link, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, answers[0][1], "")


def test_an_old_python_is_one_line(checkout: Path) -> None:
    replace_python(checkout, OLD)
    code, out, err = said(start(checkout, "--version"))
    assert (code, out) == (1, "")
    assert err.startswith("upwind: needs Python 3.11")
    assert "found Python 3.9.2" in err
    assert len(err.splitlines()) == 1


def test_a_missing_venv_names_the_debian_package(checkout: Path) -> None:
    replace_python(checkout, WITHOUT_VENV)
    code, out, err = said(start(checkout, "--version"))
    assert (code, out) == (1, "")
    assert "apt install python3-venv" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert not (checkout / ".venv").exists()
