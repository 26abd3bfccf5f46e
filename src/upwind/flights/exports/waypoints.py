"""`QGC WPL 110`: a row a mission item, home first; ArduPilot's ground stations read it.

References
----------
MAVLink, file formats, mavlink.io/en/file_formats/#mission_plain_text_file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from upwind.flights.exports.items import Item, home_of, items_of
from upwind.records import Route

__all__ = ["write"]


def write(route: Route, said: Mapping[str, Any]) -> bytes:
    """Return the rows; the layout has no room for anything else that is said, nor for "unknown": that is 0."""
    del said
    home = home_of(route)
    first = Item(command=16, frame=0, params=(0, 0, 0, 0, home.latitude, home.longitude, home.height_m))
    rows = ["QGC WPL 110", *(_row(number, item) for number, item in enumerate([first, *items_of(route)]))]
    return ("\n".join(rows) + "\n").encode()


def _row(number: int, item: Item) -> str:
    first, second, third, fourth, latitude, longitude, height = (
        0.0 if math.isnan(value) else value for value in item.params
    )
    cells = [number, int(number == 0), item.frame, item.command]
    values = [f"{value:.8g}" for value in (first, second, third, fourth)]
    return "\t".join([*map(str, cells), *values, f"{latitude:.8f}", f"{longitude:.8f}", f"{height:.3f}", "1"])
