"""The operator's own basemap: what `upwind import basemap` takes, where it is kept, and how it goes again."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
from pathlib import Path

from upwind.errors import FormatError, InputError
from upwind.readers.pmtiles import Tileset, read_tileset
from upwind.store.folder import data_folder

__all__ = ["declare_basemap", "keep_basemap", "own_basemap"]

#: What the workbench's map draws; a basemap needs one of these layers at least.
LAYERS = ("labels", "lakes", "land", "parts", "states")


def declare_basemap(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare what `upwind import basemap` takes."""
    basemap = kinds.add_parser(
        "basemap", help="a basemap of your own (PMTiles, vector tiles) in place of the built-in one"
    )
    basemap.add_argument("file", type=Path, metavar="FILE.pmtiles", nargs="?")
    basemap.add_argument("--remove", action="store_true", help="go back to the built-in one")


def own_basemap() -> Path:
    """Return where the operator's own basemap is, if there is one: in the user's data folder."""
    return data_folder() / "basemap.pmtiles"


def keep_basemap(arguments: argparse.Namespace) -> int:
    """Keep an archive that the map can draw, and say what it holds; or let go of the one that is kept."""
    place = own_basemap()
    if arguments.remove == (arguments.file is not None):
        msg = "name one FILE.pmtiles, or --remove"
        raise InputError(msg)
    if arguments.remove:
        was_there = place.is_file()
        place.unlink(missing_ok=True)
        print("the built-in basemap is drawn again" if was_there else "there was no basemap of your own")
        return 0
    found = read_tileset(arguments.file)
    _require_drawn(arguments.file, found)
    _copy(arguments.file, place)
    west, south, east, north = found.box
    print(f"{found.size / 1e6:,.1f} MB, {found.tiles:,} tiles, zooms {found.zooms[0]}-{found.zooms[1]}")
    print(f"west {west:.4f}, south {south:.4f}, east {east:.4f}, north {north:.4f}; layers {', '.join(found.layers)}")
    if not found.attribution:
        print("It does not say whose data these are: see to it that its licence needs no credit on the map.")
    print(f"upwind serve draws it from now on. It is in {place}")
    return 0


def _require_drawn(path: Path, found: Tileset) -> None:
    if not set(found.layers) & set(LAYERS):
        held = ", ".join(found.layers[:8]) or "none that it names"
        remedy = f"rename some to {', '.join(LAYERS)} (docs: Serving the workbench, Your own basemap)"
        raise FormatError(
            str(path), "metadata, vector_layers", f"its layers are {held}, and the map draws none", remedy
        )


def _copy(path: Path, place: Path) -> None:
    """Put a copy in its place in one step; it may be far larger than memory."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(6)}.part")
    try:
        shutil.copyfile(path, beside)
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
