"""Plans of flights: every format that `PLANS` lists, recognised by what the file holds.

A new format is one module and one line in `PLANS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from upwind.readers.files import File, open_file
from upwind.readers.layout import Layout
from upwind.readers.plans.archive import unpacked
from upwind.records import Route

__all__ = ["PLANS", "PlanFormat", "plan_of", "read_plan"]


#: One format of plans.
PlanFormat = Layout[Callable[[File], Route]]


def _format(module: str, name: str, head: bytes, *suffixes: str) -> PlanFormat:
    """Return one format; text may begin with a byte order mark and blanks."""
    return Layout(
        name=name,
        module=f"upwind.readers.plans.{module}",
        head=re.compile(rb"(?:\xef\xbb\xbf)?\s*" + head, re.DOTALL),
        suffixes=suffixes,
    )


#: Tried in this order, on what an archive holds.
PLANS = (
    _format("qgroundcontrol", "QGroundControl plan", rb'\{(?=.*"(?:fileType|mission)"\s*:)', ".plan"),
    _format("waypoints", "QGC WPL waypoints", rb"QGC WPL\b", ".waypoints", ".txt"),
    _format("wpml", "DJI WPML", rb"<(?:[?!].*?<)?kml\b[^>]*wpmz", ".kmz"),
    _format("kml", "KML", rb"<(?:[?!].*?<)?kml[\s>/]", ".kml", ".kmz"),
    _format("geojson", "GeoJSON", rb"\{", ".geojson", ".json"),
)


def read_plan(path: Path) -> Route:
    """Return what a plan says of the way to fly.

    Parameters
    ----------
    path
        A plan in one of the formats of `PLANS`.

    Raises
    ------
    FormatError
        It is none of them, is not what its layout says, is cut off, or has no waypoint in it.
    """
    return plan_of(open_file(path))


def plan_of(file: File) -> Route:
    """Return the route of a plan that has been read, so that its hash can stand beside what comes of it."""
    file = unpacked(file)
    for layout in PLANS:
        if layout.recognises(file):
            return layout.read(file)
    file.require_text()
    known = ", ".join(layout.name for layout in PLANS)
    raise file.fault(0, "", "this is no plan of a flight", f"give one of these: {known}")
