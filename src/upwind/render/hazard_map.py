"""The map of a public-safety sheet: one zone as outlines, houses, facilities, and the distance to keep.

It reads in black and white too: probabilities are told by strokes, facilities by numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from upwind.arrays import FloatArray
from upwind.geo import Frame
from upwind.records import Place, Protection, Zone
from upwind.render.map import compass
from upwind.render.readings import Weather
from upwind.render.svg import element, path
from upwind.render.view import View, grid, grid_step, pin, scale_bar, view_of
from upwind.render.words import Language, word

__all__ = ["MOST_FACILITIES", "hazard_map", "shown_zone", "wind_arrow"]

_MARGIN = 1.15
_STROKES = {0.05: "rare", 0.5: "even", 0.95: "sure"}
#: Limits in the order in which the map prefers to show them.
_GRAVEST = ("level 2", "flammable 10 %", "level 1", "level 3", "flammable 60 %", "odour")
#: Facilities that get a number, here and in the list.
MOST_FACILITIES = 6
#: The picture shows at most this many times the distance to keep.
_WIDEST = 4.0


def shown_zone(protection: Protection) -> Zone | None:
    """Return the zone that the map shows: of the gravest limit that has one, the widest."""
    drawn = [zone for zone in protection.zones if any(each["coordinates"] for each in zone.outlines.values())]
    ranked = sorted(drawn, key=lambda zone: (_GRAVEST.index(zone.limit.kind), -zone.distance.upper))
    return ranked[0] if ranked else None


def hazard_map(protection: Protection, places: Sequence[Place], language: Language) -> str:
    """Return the map as SVG in local metres."""
    lead = protection.lead
    frame = Frame(longitude=lead.longitude, latitude=lead.latitude)
    zone = shown_zone(protection)
    keep = protection.precaution.metres
    rings = [] if zone is None else [*_rings(frame, zone.outlines[0.05])]
    widest = min(max([keep, *(float(np.hypot(*ring).max()) for ring in rings)]), _WIDEST * keep)
    view = view_of(np.array([[-widest, widest], [-widest, widest]]), _MARGIN)
    marks = [
        grid(view, grid_step(view)),
        element("path", class_="house", d="".join(_houses(frame, places, view))),
        *_outlines(frame, zone),
        element("circle", class_="keep", cx=0, cy=0, r=keep),
        pin(element("path", class_="place", d="M-16,0H16M0,-16V16"), 0.0, 0.0, view),
        *_facilities(frame, protection, view),
        scale_bar(view),
    ]
    return element("svg", *marks, class_="map", viewBox=view.box, role="img", aria_label=word("sheet_map", language))


def wind_arrow(protection: Protection) -> str:
    """Return the arrow that flies with the wind; north alone where it comes from any side."""
    wind = protection.wind
    known = math.isfinite(wind.wind_from)
    weather = Weather(wind_from=wind.wind_from, spread=wind.spread_deg, speed=wind.speed.median) if known else None
    return compass(weather)


def _rings(frame: Frame, outline: Mapping[str, Any]) -> Iterator[FloatArray]:
    polygons = outline["coordinates"] if outline["type"] == "MultiPolygon" else [outline["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield np.stack(frame.to_local(*np.asarray(ring, dtype=np.float64)[:, :2].T))


def _outlines(frame: Frame, zone: Zone | None) -> Iterator[str]:
    for probability, outline in (zone.outlines if zone is not None else {}).items():
        kind = "smell" if zone is not None and zone.limit.kind == "odour" else "hazard"
        d = "".join(path([(x, -y) for x, y in ring.T], closed=True) for ring in _rings(frame, outline))
        yield element("path", class_=f"{kind} {_STROKES[probability]}", d=d)


def _houses(frame: Frame, places: Sequence[Place], view: View) -> Iterator[str]:
    """Yield the outlines of buildings in view; all are projected at once."""
    buildings = [place for place in places if "building" in place.tags and place.outline is not None]
    if not buildings:
        return
    east, north = frame.to_local(
        np.array([each.longitude for each in buildings]), np.array([each.latitude for each in buildings])
    )
    for place, x, y in zip(buildings, east, north, strict=True):
        if max(abs(x), abs(y)) <= view.width / 2.0 and place.outline is not None:
            for ring in _rings(frame, place.outline):
                yield path([(a, -b) for a, b in ring.T], closed=True)


def _facilities(frame: Frame, protection: Protection, view: View) -> Iterator[str]:
    for number, facility in enumerate(protection.facilities[:MOST_FACILITIES], start=1):
        east, north = frame.to_local(np.array(facility.longitude), np.array(facility.latitude))
        marks = element("circle", class_="facility", r=19) + element("text", str(number), class_="facility", y=9)
        if max(abs(float(east)), abs(float(north))) <= view.width / 2.0:
            yield pin(marks, float(east), float(north), view)
