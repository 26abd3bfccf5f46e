"""Airspace of any kind that upwind knows, recognised by content."""

from __future__ import annotations

import re
from pathlib import Path

from upwind.readers import arinc424, geofence, openair
from upwind.readers.files import open_file
from upwind.records import Airspace

__all__ = ["read_airspaces"]

_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
_ARINC_424 = re.compile(rb"^(?:HDR\d\d|[ST].{3}[A-Z ][A-Z ].{100})", re.MULTILINE)
_OPENAIR = re.compile(rb"^(?:\xef\xbb\xbf)?[ \t]*AC(?:[ \t]|$)", re.MULTILINE)


def read_airspaces(path: Path) -> tuple[Airspace, ...]:
    """Return the areas of a file: ARINC 424 records, OpenAir text, GeoJSON, or the fences of a QGroundControl plan.

    Raises
    ------
    FormatError
        It is none of these, or not as its layout says.
    """
    file = open_file(path)
    if _JSON.match(file.head):
        return geofence.read(file)
    file.require_text()
    if _OPENAIR.search(file.head):
        return openair.read(file)
    if _ARINC_424.search(file.head):
        return arinc424.read(file)
    kinds = "ARINC 424 records, OpenAir text, GeoJSON or a QGroundControl plan"
    raise file.fault(0, "", "no airspace is recognised in it", f"give {kinds}")
