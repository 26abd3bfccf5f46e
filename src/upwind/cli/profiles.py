"""Benign profiles that the user imported: where they are kept, and which ones `explain` takes."""

from __future__ import annotations

import argparse
from pathlib import Path

from upwind.cli.files import write_beside
from upwind.errors import InputError
from upwind.explain.imported import measured_in, stored
from upwind.explain.profiles import CLASSES, Profiles, restored, shipped
from upwind.readers.files import File, open_file
from upwind.readers.speciate import read_speciate
from upwind.store.folder import data_folder

__all__ = ["IMPORTED", "SHIPPED", "chosen", "declare", "keep"]

_NAME = "profiles.csv.gz"
SHIPPED, IMPORTED = "shipped", "imported"


def declare(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare what `upwind import profiles` takes."""
    profiles = kinds.add_parser(
        "profiles", help="a database of benign profiles: EPA SPECIATE as CSV tables in a zip or folder"
    )
    profiles.add_argument("file", type=Path, metavar="FILE.zip")


def keep(path: Path) -> int:
    """Learn from a database, keep what was learnt in the user's data folder, and say what it was."""
    profiles, digest = read_speciate(path)
    made = measured_in(profiles)
    place = data_folder() / _NAME
    place.parent.mkdir(parents=True, exist_ok=True)
    write_beside(place, stored(made))
    print(f"{len(profiles)} gas profiles of {len(set(made.references))} references (sha256 {digest[:12]})")
    for number, name in enumerate(CLASSES):
        own = made.classes == number
        print(f"  {name:28} {len(set(made.references[own])):4} references, {own.sum():4} compositions")
    print(f"`upwind explain` takes them from now on (--profiles {SHIPPED} goes back). They are in {place}")
    return 0


def chosen(said: str | None) -> tuple[Profiles, File | None]:
    """Return the profiles to explain by, and their file where they are not those that come with the package.

    Parameters
    ----------
    said
        "shipped", "imported" or None: what was imported where there is any.

    Raises
    ------
    InputError
        None were imported.
    FormatError
        What was imported is damaged.
    """
    place = data_folder() / _NAME
    if said == SHIPPED or (said is None and not place.exists()):
        return shipped(), None
    if not place.exists():
        msg = f"no profiles were imported ({place} is not there); upwind import profiles FILE.zip does it"
        raise InputError(msg)
    file = open_file(place)
    try:
        return restored(file.content), file
    except (ValueError, KeyError, IndexError):
        remedy = "import them again: upwind import profiles FILE.zip"
        raise file.fault(0, "", "what was imported is damaged", remedy) from None
