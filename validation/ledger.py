"""What has been answered already: JSON lines, keyed by the code that answered, so that a stopped run goes on."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import upwind

__all__ = ["CHECKOUT", "LEDGER", "Ledger", "code_of", "commit"]

CHECKOUT = Path(__file__).parents[1]
LEDGER = CHECKOUT / "out" / "skill.jsonl"

#: An answer depends on these parts of the installed package, on where its readings come from, and on these libraries.
_METHOD = ("arrays.py", "compounds", "dispersion", "geo.py", "invert", "records.py")
_LIBRARIES = ("numba", "numpy", "pyproj")

Row = dict[str, Any]
Key = tuple[str, str, str, int]


@cache
def code_of(origin: str) -> str:
    """Return a digest of the installed code that an answer depends on; `origin` is "exercise" or "readers"."""
    package = Path(upwind.__file__).parent
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for part in sorted((*_METHOD, origin)):
        place = package / part
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for path in (file for file in files if file.is_file() and "__pycache__" not in file.parts):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def commit() -> str:
    """Return the checkout's commit, with a plus where its sources were changed since."""

    def git(*arguments: str) -> str:
        told = subprocess.run(
            ["git", "-C", str(CHECKOUT), *arguments],  # noqa: S607 - whichever git the user has
            check=True,
            capture_output=True,
            text=True,
        )
        return told.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src/upwind")
    return git("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")


class Ledger:
    """The rows of a file, the last one of each key; `append` writes through."""

    def __init__(self, path: Path = LEDGER) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self._rows = {key_of(row): row for row in _whole(lines)}

    def __contains__(self, key: Key) -> bool:
        return key in self._rows

    def append(self, row: Row) -> None:
        """Keep a row, on disk before this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, allow_nan=False) + "\n")
        self._rows[key_of(row)] = row

    def rows(self, experiment: str, code: str, seed: int) -> list[Row]:
        """Return the rows of one experiment that one code and seed answered."""
        return [row for key, row in self._rows.items() if (key[0], *key[2:]) == (experiment, code, seed)]


def key_of(row: Row) -> Key:
    """Return what tells a row from others: experiment, case, code and seed."""
    return str(row["experiment"]), str(row["case"]), str(row["code"]), int(row["seed"])


def _whole(lines: Iterable[str]) -> list[Row]:
    """Return the rows of whole lines: a stopped run may have left half a one at the end."""
    return [json.loads(line) for line in lines if line.endswith("}")]
