"""KML plans: the lines and points of its placemarks; KMZ is unpacked before.

`ExtendedData` of a placemark holds what GeoJSON has as properties: `kind`, `sequence`, `sortie`.

References
----------
OGC 12-007r2, KML 2.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from upwind.readers.files import File
from upwind.readers.plans.features import Feature, Position, route_of
from upwind.readers.telemetry.markup import Markup, said, tag_of
from upwind.records import HeightOver, Home, Route

__all__ = ["positions_of", "read", "whole"]

#: A height above ground needs no ground to be known; what is clamped to the ground says no height.
_OVER = {"relativeToGround": HeightOver.GROUND, "absolute": HeightOver.SEA}
_REMEDY = "give longitude,latitude[,height] with blanks between positions"


@dataclass(slots=True, kw_only=True)
class _Placemark:
    """What has been read of one placemark."""

    place: str
    properties: dict[str, str] = field(default_factory=dict)
    shapes: list[tuple[tuple[Position, ...], HeightOver]] = field(default_factory=list)

    def features(self) -> Iterator[Feature]:
        """Yield its points and lines."""
        for positions, over in self.shapes:
            yield Feature(place=self.place, positions=positions, over=over, properties=self.properties)


def read(file: File) -> Route:
    """Return the route of a KML file.

    Raises
    ------
    FormatError
        It is no XML, is cut off, or its points and lines are no plan.
    """
    features: list[Feature] = []
    home = None
    for one in _placemarks(file):
        found = list(one.features())
        if one.properties.get("kind") == "home" and found:
            longitude, latitude, height = found[0].positions[0]
            home = Home(longitude=longitude, latitude=latitude, height_m=height, over=found[0].over)
            continue
        features += found
    return route_of(file, features, home)


def whole(file: File) -> Iterator[tuple[str, Element]]:
    """Yield the elements of a document as they begin and end.

    Raises
    ------
    FormatError
        It is cut off or broken: a part of a plan is another plan.
    """
    document = Markup(file=file, content=file.content)
    yield from document
    if document.notes:
        raise file.fault(0, "", "the XML is cut off or broken", "copy it again, whole")


def positions_of(file: File, place: str, text: str) -> tuple[Position, ...]:
    """Return the positions of a `coordinates` element; a height that is not said is NaN."""
    found: list[Position] = []
    for part in text.split():
        try:
            cells = [float(cell) for cell in part.split(",")]
        except ValueError:
            cells = []
        if len(cells) not in (2, 3) or not all(map(math.isfinite, cells)):
            raise file.fault(0, place, "it holds something that is no position", _REMEDY)
        found.append((cells[0], cells[1], cells[2] if len(cells) > 2 else math.nan))  # noqa: PLR2004 - a height
    if not found:
        raise file.fault(0, place, "there is no position in it", _REMEDY)
    return tuple(found)


def _placemarks(file: File) -> Iterator[_Placemark]:
    """Yield the placemarks of a document in their order."""
    count = 0
    inner = _Placemark(place="outside of placemarks")
    for event, element in whole(file):
        tag = tag_of(element)
        if event == "start":
            if tag == "Placemark":
                count += 1
                inner = _Placemark(place=f"placemark {count}")
        elif tag == "Placemark":
            yield inner
            element.clear()
        elif tag == "Data":
            inner.properties[str(element.get("name"))] = said(element, "value")
        elif tag in ("Point", "LineString"):
            inner.shapes.append(_shape(file, inner.place, element))


def _shape(file: File, place: str, element: Element) -> tuple[tuple[Position, ...], HeightOver]:
    """Return the positions of a point or a line, and what their heights are measured from."""
    positions = positions_of(file, place, said(element, "coordinates"))
    if tag_of(element) == "Point":
        positions = positions[:1]
    elif len(positions) == 1:
        raise file.fault(0, place, "a line needs at least two positions", _REMEDY)
    over = _OVER.get(said(element, "altitudeMode"))
    if over is None:
        return tuple((longitude, latitude, math.nan) for longitude, latitude, _ in positions), HeightOver.GROUND
    return positions, over
