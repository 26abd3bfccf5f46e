"""`QGC WPL 110`: a row a mission item, the first of which is home; Mission Planner, QGroundControl and MAVProxy.

References
----------
MAVLink, file formats, mavlink.io/en/file_formats/#mission_plain_text_file.
"""

from __future__ import annotations

import math

from upwind.readers.files import File, shown
from upwind.readers.plans.missions import Item, route_of
from upwind.records import Home, Route

__all__ = ["read"]

_CELLS = 12
_VERSION = "110"
_LAYOUT = "give 12 numbers a row: index, current, frame, command, 4 parameters, latitude, longitude, height, continue"


def read(file: File) -> Route:
    """Return the route of a `QGC WPL 110` file.

    Raises
    ------
    FormatError
        It is of another version, a row is not twelve numbers, rows are not counted from 0, or there is no waypoint.
    """
    file.require_text()
    lines = file.content.decode("utf-8-sig", errors="replace").splitlines()
    rows = [(number, line.split()) for number, line in enumerate(lines, start=1) if line.strip()]
    first, head = rows[0]
    if head[2:] != [_VERSION]:
        version = shown(" ".join(head[2:])) or "none"
        raise file.fault(first, "", f"this is version {version} of the layout", f"save it as QGC WPL {_VERSION}")
    if not file.growing and file.content.strip() and len(rows) == 1:
        raise file.fault(0, "", "there is no row in this plan", _LAYOUT)
    items = [_item(file, number, cells, count) for count, (number, cells) in enumerate(rows[1:])]
    return route_of(file, items[1:], _home(file, items[0]), None)


def _item(file: File, number: int, cells: list[str], count: int) -> Item:
    """Return the mission item of one row."""
    if len(cells) != _CELLS:
        raise file.fault(number, "", f"{len(cells)} cells, not {_CELLS}", _LAYOUT)
    try:
        index, _, frame, command = (int(cell) for cell in cells[:4])
        values = tuple(float(cell) for cell in cells[4:11])
    except ValueError:
        raise file.fault(number, "", "a cell is no number", _LAYOUT) from None
    if index != count:
        raise file.fault(
            number, "", f"the row is counted {index}, not {count}", "count rows from 0: one may be missing"
        )
    if any(math.isinf(value) for value in values):
        raise file.fault(number, "", "a number is beyond all bounds", _LAYOUT)
    p1, p2, p3, p4, latitude, longitude, height = values
    params = (p1, p2, p3, p4, latitude, longitude, height)
    return Item(place="", text_line=number, command=command, frame=frame, params=params)


def _home(file: File, item: Item) -> Home | None:
    """Return home, which stands in the first row; all zeros where the ground station did not know it."""
    latitude, longitude, height = item.params[4:]
    if latitude == longitude == 0.0:
        return None
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0):  # noqa: PLR2004 - the globe
        raise file.fault(item.text_line, "", "home is not on the globe", "give latitude and longitude in degrees")
    return Home(longitude=longitude, latitude=latitude, height_m=height)
