"""Plans as ground stations, aircraft and maps read them: one module a format, chosen by the file's ending.

A new format is one module and one line in `EXPORTS`; what it writes, `readers.plans` reads back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from upwind.errors import InputError
from upwind.flights.exports import geojson, kml, qgroundcontrol, waypoints, wpml
from upwind.records import Route

__all__ = ["EXPORTS", "exported", "require_known"]

Said = Mapping[str, Any]

#: What a file's ending makes of a route and of what is said of it: times, bound, authority.
EXPORTS: Mapping[str, Callable[[Route, Said], bytes]] = {
    ".plan": qgroundcontrol.write,
    ".waypoints": waypoints.write,
    ".kml": kml.write,
    ".kmz": wpml.write,
    ".geojson": geojson.write,
}


def require_known(path: PurePath) -> None:
    """Raise `InputError` where no format has this ending."""
    if path.suffix.lower() not in EXPORTS:
        msg = f"{path.name}: no format of plans ends so; give one of {', '.join(EXPORTS)}"
        raise InputError(msg)


def exported(route: Route, said: Said, path: PurePath) -> bytes:
    """Return a route in the format that a file's ending asks for.

    Parameters
    ----------
    route
        Positions to 1e-7 degrees, so that every format tells the same.
    said
        What goes along where the format has room for it; JSON's types.
    path
        Of the file to be.

    Raises
    ------
    InputError
        No format has this ending.
    """
    require_known(path)
    return EXPORTS[path.suffix.lower()](route, said)
