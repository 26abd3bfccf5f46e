"""A plan as KML 2.3, for maps: a Point a waypoint, a LineString a survey line.

References
----------
OGC 12-007r2, KML 2.3.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from upwind.flights.exports.geojson import ends_of
from upwind.records import HeightOver, Route

__all__ = ["coordinates", "write"]

_MODES = {HeightOver.GROUND: "relativeToGround", HeightOver.SEA: "absolute"}


def write(route: Route, said: Mapping[str, Any]) -> bytes:
    """Return the document; what is said of the plan is its description."""
    marks = [_placemark(route, [at], {"kind": "waypoint", "sequence": at}) for at in range(len(route.longitude))]
    lines = [
        _placemark(route, list(range(first, last + 1)), {"kind": "line", "sequence": number})
        for number, (first, last) in enumerate(ends_of(route))
    ]
    if route.home is not None:
        place = f"{route.home.longitude:.8f},{route.home.latitude:.8f}"
        point = f"<Point><coordinates>{place}</coordinates></Point>"
        lines.insert(0, f"<Placemark><name>home</name>{_extended({'kind': 'home'})}{point}</Placemark>")
    text = escape(json.dumps(said, ensure_ascii=False))
    body = "\n".join([*marks, *lines])
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
    document = f"<Document>\n<name>plan</name>\n<description>{text}</description>\n{body}\n</Document>"
    return f"{head}\n{document}\n</kml>\n".encode()


def coordinates(route: Route, waypoints: Sequence[int]) -> str:
    """Return positions as KML writes them; a height that is not known is left out."""
    return " ".join(
        f"{route.longitude[at]:.8f},{route.latitude[at]:.8f}"
        + ("" if math.isnan(route.height[at]) else f",{route.height[at]:.3f}")
        for at in waypoints
    )


def _placemark(route: Route, waypoints: Sequence[int], said: Mapping[str, Any]) -> str:
    kind = "Point" if len(waypoints) == 1 else "LineString"
    first = waypoints[0]
    mode = _MODES.get(route.over[first], "clampToGround")
    data = _extended({**said, "sortie": int(route.sortie[first])})
    shape = f"<altitudeMode>{mode}</altitudeMode><coordinates>{coordinates(route, waypoints)}</coordinates>"
    return f"<Placemark><name>{said['kind']} {said['sequence']}</name>{data}<{kind}>{shape}</{kind}></Placemark>"


def _extended(said: Mapping[str, Any]) -> str:
    data = "".join(
        f"<Data name={quoteattr(name)}><value>{escape(str(value))}</value></Data>" for name, value in said.items()
    )
    return f"<ExtendedData>{data}</ExtendedData>"
