"""DJI WPML: the waylines that an aircraft flies (`wpmz/waylines.wpml`), or the template that they were made from.

A folder is a sortie. Legs on which pictures are taken or data recorded by distance or time are survey lines.

References
----------
DJI Cloud API, WPML: waylines.wpml, template.kml and common elements, developer.dji.com (unverified).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from xml.etree.ElementTree import Element

import numpy as np

from upwind.arrays import IntArray
from upwind.readers.files import File, shown
from upwind.readers.plans.features import Feature, route_of
from upwind.readers.plans.kml import positions_of, whole
from upwind.readers.telemetry.markup import said, tag_of
from upwind.records import HeightOver, Home, Route

__all__ = ["read"]

_OVER = {
    "WGS84": HeightOver.ELLIPSOID,
    "EGM96": HeightOver.SEA,
    "relativeToStartPoint": HeightOver.HOME,
    "aboveGroundLevel": HeightOver.GROUND,
    "realTimeFollowSurface": HeightOver.GROUND,
}
#: What triggers work all along a leg, and not at a waypoint alone.
_TRIGGERS = ("multipleDistance", "multipleTiming")


@dataclass(slots=True, kw_only=True)
class _Waypoint:
    place: str
    index: int
    feature: Feature


@dataclass(slots=True, kw_only=True)
class _Folder:
    """What has been read of one folder: its waypoints, and from which to which of them a sensor works."""

    over: HeightOver = HeightOver.HOME
    height: float = math.nan
    waypoints: list[_Waypoint] = field(default_factory=list)
    works: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Where in the document the reading is."""

    file: File
    count: int = 0
    home: Home | None = None
    speed_m_s: float | None = None
    folders: list[_Folder] = field(default_factory=list)

    def end(self, element: Element) -> None:
        """Take up an element that is whole."""
        match tag_of(element):
            case "takeOffRefPoint":
                self.home = _home(self.file, (element.text or "").strip())
            case "autoFlightSpeed" if self.speed_m_s is None:
                self.speed_m_s = _number(self.file, "autoFlightSpeed", element.text)
            case "executeHeightMode" | "heightMode" if self.folders:
                self.folders[-1].over = self._over((element.text or "").strip())
            case "globalHeight" if self.folders:
                self.folders[-1].height = _number(self.file, "globalHeight", element.text)
            case "actionGroup" if self.folders:
                self.folders[-1].works += _works(self.file, element)
            case "Placemark":
                self.count += 1
                self._placemark(element)
                element.clear()

    def _over(self, mode: str) -> HeightOver:
        if mode not in _OVER:
            raise self.file.fault(0, "height mode", f"{shown(mode)!r} is not known", f"known are {', '.join(_OVER)}")
        return _OVER[mode]

    def _placemark(self, element: Element) -> None:
        """Take up a placemark that is a point: a waypoint."""
        place = f"placemark {self.count}"
        point = next((child for child in element if tag_of(child) == "Point"), None)
        if point is None:
            return
        if not self.folders:
            self.folders.append(_Folder())
        folder = self.folders[-1]
        longitude, latitude, _ = positions_of(self.file, place, said(point, "coordinates"))[0]
        height = said(element, "executeHeight") or said(element, "height") or said(element, "ellipsoidHeight")
        metres = _number(self.file, f"{place}: height", height) if height else folder.height
        index = _count(self.file, f"{place}: index", said(element, "index") or str(len(folder.waypoints)))
        # The height mode may stand after the placemarks, so what the height is over is filled in at the end.
        feature = Feature(place=place, positions=((longitude, latitude, metres),), over=HeightOver.HOME, properties={})
        folder.waypoints.append(_Waypoint(place=place, index=index, feature=feature))


def read(file: File) -> Route:
    """Return the route of DJI waylines.

    Raises
    ------
    FormatError
        It is no XML, is cut off, there is no waypoint, two have one index, or a height mode is not known.
    """
    reading = _Reading(file=file)
    for event, element in whole(file):
        if event == "end":
            reading.end(element)
        elif tag_of(element) == "Folder":
            reading.folders.append(_Folder())
    features: list[Feature] = []
    lines: list[IntArray] = []
    for sortie, folder in enumerate(one for one in reading.folders if one.waypoints):
        waypoints = _in_order(file, folder.waypoints)
        lines.append(_lines(waypoints, folder.works))
        features += [
            Feature(
                place=one.place,
                positions=one.feature.positions,
                over=folder.over,
                properties={"kind": "waypoint", "sequence": len(features) + number, "sortie": sortie},
            )
            for number, one in enumerate(waypoints)
        ]
    if not features:
        raise file.fault(0, "", "there is no waypoint in it", "a wayline has a Placemark with a Point a waypoint")
    route = route_of(file, features, reading.home)
    return replace(route, line=_legs(lines), speed_m_s=reading.speed_m_s)


def _in_order(file: File, waypoints: Sequence[_Waypoint]) -> list[_Waypoint]:
    """Return waypoints in flying order."""
    ordered = sorted(waypoints, key=lambda one: one.index)
    for one, other in pairwise(ordered):
        if one.index == other.index:
            raise file.fault(0, other.place, f"the index {other.index} is taken", "give each waypoint its own")
    return ordered


def _lines(waypoints: Sequence[_Waypoint], works: Sequence[tuple[int, int]]) -> IntArray:
    """Return of each waypoint the line that the leg after it is a part of, from 0 within its folder, -1 for none."""
    index = np.array([one.index for one in waypoints])
    line = np.full(len(waypoints), -1, dtype=np.int64)
    for number, (first, last) in enumerate(sorted(set(works))):
        line[(index >= first) & (index < last)] = number
    line[-1] = -1
    return line


def _legs(folders: Sequence[IntArray]) -> IntArray:
    """Return the line of each leg, numbered from 0 throughout; no leg leads from one folder to the next."""
    legs, count = [], 0
    for line in folders:
        _, number = np.unique(line[line >= 0], return_inverse=True)
        numbered = line.copy()
        numbered[line >= 0] = number + count
        count += len(np.unique(number))
        legs.append(numbered)
    return np.concatenate(legs)[:-1]


def _works(file: File, group: Element) -> list[tuple[int, int]]:
    """Return the waypoints between which a group of actions works all along; none where it does so at waypoints."""
    trigger = next((said(child, "actionTriggerType") for child in group if tag_of(child) == "actionTrigger"), "")
    if trigger not in _TRIGGERS:
        return []
    first, last = (
        _count(file, f"action group: {name}", said(group, name))
        for name in ("actionGroupStartIndex", "actionGroupEndIndex")
    )
    return [(first, last)]


def _home(file: File, text: str) -> Home:
    """Return home of `takeOffRefPoint`: latitude, longitude and height above the ellipsoid."""
    try:
        latitude, longitude, height = (float(cell) for cell in text.split(","))
    except ValueError:
        latitude = longitude = height = math.nan
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0 and math.isfinite(height)):  # noqa: PLR2004 - the globe
        raise file.fault(0, "takeOffRefPoint", f"{shown(text)!r} is no place", "give latitude,longitude,height")
    return Home(longitude=longitude, latitude=latitude, height_m=height, over=HeightOver.ELLIPSOID)


def _number(file: File, place: str, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise file.fault(0, place, f"{shown((text or '').strip())!r} is no number", "give one")
    return value


def _count(file: File, place: str, text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 1 << 31:
        raise file.fault(0, place, f"{shown(text)!r} is no count", "give a whole number from 0")
    return value
