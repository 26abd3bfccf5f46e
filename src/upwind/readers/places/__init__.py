"""What stands on the ground, of every format that `PLACES` lists: map extracts, GeoJSON, tables.

A new format is one module and one line in `PLACES`; modules are named as text and loaded when a file asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from upwind.readers.files import File, open_file
from upwind.readers.loading import load
from upwind.records import Place

__all__ = ["PLACES", "PlaceFormat", "places_of", "read_places"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFormat:
    """One format of maps: how its files begin, and the module whose `read` returns places."""

    name: str
    module: str
    head: re.Pattern[bytes]

    def recognises(self, file: File) -> bool:
        """Return whether the file's content begins as this format does."""
        return self.head.match(file.head) is not None

    def read(self, file: File) -> tuple[Place, ...]:
        """Return the file's places."""
        read = cast("Callable[[File], tuple[Place, ...]]", load(self.module).read)
        return read(file)


def _format(module: str, name: str, head: bytes) -> PlaceFormat:
    """Return one format."""
    return PlaceFormat(name=name, module=f"upwind.readers.places.{module}", head=re.compile(head, re.DOTALL))


#: Tried in this order; the last one takes what no other knows.
PLACES = (
    # A block begins with its header's length and, in that, the word OSMHeader (wiki.openstreetmap.org/wiki/PBF_Format).
    _format("openstreetmap", "OpenStreetMap extract", rb".{4}\x0a\x09OSMHeader"),
    _format("geojson", "GeoJSON", rb"(?:\xef\xbb\xbf)?\s*\{"),
    _format("table", "table of places", b""),
)


def read_places(path: Path) -> tuple[Place, ...]:
    """Return the places of a map, in its own order.

    Parameters
    ----------
    path
        An OpenStreetMap extract (`.osm.pbf`), GeoJSON whose properties are OpenStreetMap's tags, or a table (CSV) with
        the columns `longitude`, `latitude`, `name` and a column a tag. A tag `rate` is what it emits [kg/h], a number
        or a range such as ``0.02-0.3``.

    Raises
    ------
    FormatError
        It is none of them, is not what its format says, is damaged, or there is no place in it.
    """
    return places_of(open_file(path, binary=True))


def places_of(file: File) -> tuple[Place, ...]:
    """Return the places of a map that has been read, so that its hash can stand beside what comes of it."""
    layout = next(layout for layout in PLACES if layout.recognises(file))
    if file.name.lower().endswith(".pbf") and layout is not PLACES[0]:
        fault = "the name says OpenStreetMap extract, the content is not"
        raise file.fault(0, "", fault, "copy it again, or rename it")
    places = layout.read(file)
    if not places:
        raise file.fault(0, "", "there is no place in it", "give buildings, shops, works as points or areas with tags")
    return places
