"""A plan as DJI WPML in a `.kmz`: a folder a sortie, a placemark a waypoint, the sensor at work along each line.

References
----------
DJI Cloud API, WPML: waylines.wpml, template.kml and common elements, developer.dji.com (unverified).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from upwind.flights.exports.geojson import ends_of
from upwind.records import HeightOver, Route

__all__ = ["write"]

_MODES = {
    HeightOver.GROUND: "realTimeFollowSurface",
    HeightOver.HOME: "relativeToStartPoint",
    HeightOver.ELLIPSOID: "WGS84",
    HeightOver.SEA: "WGS84",
}
#: Members carry no date, so that one plan is the same bytes at any time.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
#: Heights over the take-off that the layout has room for. [m]
_LOWEST_M, _HIGHEST_M = 2.0, 1500.0
#: Where nobody says how fast: what DJI's aircraft can all fly. [m/s]
_SPEED_M_S = 10.0
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:wpml="http://www.dji.com/wpmz/1.0.6">\n<Document>\n'
)
_TAIL = "</Document>\n</kml>\n"


def write(route: Route, said: Mapping[str, Any]) -> bytes:
    """Return the archive of template and waylines; the layout has no room for what else is said."""
    del said
    speed = route.speed_m_s or _SPEED_M_S
    config = (
        "<wpml:missionConfig><wpml:flyToWaylineMode>safely</wpml:flyToWaylineMode>"
        "<wpml:finishAction>goHome</wpml:finishAction><wpml:exitOnRCLost>executeLostAction</wpml:exitOnRCLost>"
        "<wpml:executeRCLostAction>goBack</wpml:executeRCLostAction>"
        f"{_take_off(route)}"
        f"<wpml:globalTransitionalSpeed>{speed:g}</wpml:globalTransitionalSpeed>{_return(route)}</wpml:missionConfig>\n"
    )
    folders = "".join(_folder(route, sortie, speed) for sortie in np.unique(route.sortie).tolist())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in (("template.kml", config), ("waylines.wpml", config + folders)):
            packed.writestr(zipfile.ZipInfo(f"wpmz/{name}", _NO_DATE), _HEAD + body + _TAIL)
    return archive.getvalue()


def _take_off(route: Route) -> str:
    """Return how high to climb over home first, and home, if any.

    An aircraft takes the height it finds, so that what is not known of home may stand there as 0.
    """
    if route.home is None:
        return ""
    lost = _over_home(route)
    climb = "" if lost is None else f"<wpml:takeOffSecurityHeight>{lost:g}</wpml:takeOffSecurityHeight>"
    place = f"{route.home.latitude:.8f},{route.home.longitude:.8f},{np.nan_to_num(route.home.height_m):.3f}"
    return f"{climb}<wpml:takeOffRefPoint>{place}</wpml:takeOffRefPoint>"


def _return(route: Route) -> str:
    """Return the height of the way home, over home."""
    lost = _over_home(route)
    return "" if lost is None else f"<wpml:globalRTHHeight>{lost:g}</wpml:globalRTHHeight>"


def _over_home(route: Route) -> float | None:
    """Return the height of a lost link's way home, as far as the layout has room for it. [m]"""
    lost = route.lost_link
    fits = lost is not None and lost.over is HeightOver.HOME and _LOWEST_M <= lost.height_m <= _HIGHEST_M
    return lost.height_m if lost is not None and fits else None


def _folder(route: Route, sortie: int, speed: float) -> str:
    """Return one sortie; indices count from 0 within it."""
    waypoints = np.flatnonzero(route.sortie == sortie)
    first = int(waypoints[0])
    lines = [(start - first, stop - first) for start, stop in ends_of(route) if start in waypoints]
    return (
        f"<Folder>\n<wpml:templateId>0</wpml:templateId><wpml:waylineId>{sortie}</wpml:waylineId>"
        f"<wpml:executeHeightMode>{_MODES[route.over[first]]}</wpml:executeHeightMode>"
        f"<wpml:autoFlightSpeed>{speed:g}</wpml:autoFlightSpeed>\n"
        + "".join(_placemarks(route, waypoints.tolist(), dict(lines)))
        + "</Folder>\n"
    )


def _placemarks(route: Route, waypoints: list[int], lines: Mapping[int, int]) -> Iterator[str]:
    """Yield each waypoint; the one that begins a line holds the sensor's work along it."""
    for index, at in enumerate(waypoints):
        work = _work(index, lines[index]) if index in lines else ""
        yield (
            f"<Placemark><Point><coordinates>{route.longitude[at]:.8f},{route.latitude[at]:.8f}</coordinates></Point>"
            f"<wpml:index>{index}</wpml:index><wpml:executeHeight>{np.nan_to_num(route.height[at]):.3f}"
            "</wpml:executeHeight><wpml:useGlobalSpeed>1</wpml:useGlobalSpeed>"
            "<wpml:waypointTurnParam><wpml:waypointTurnMode>toPointAndStopWithDiscontinuityCurvature"
            f"</wpml:waypointTurnMode></wpml:waypointTurnParam>{work}</Placemark>\n"
        )


def _work(first: int, last: int) -> str:
    return (
        f"<wpml:actionGroup><wpml:actionGroupId>{first}</wpml:actionGroupId>"
        f"<wpml:actionGroupStartIndex>{first}</wpml:actionGroupStartIndex>"
        f"<wpml:actionGroupEndIndex>{last}</wpml:actionGroupEndIndex>"
        "<wpml:actionGroupMode>sequence</wpml:actionGroupMode><wpml:actionTrigger>"
        "<wpml:actionTriggerType>multipleTiming</wpml:actionTriggerType>"
        "<wpml:actionTriggerParam>1</wpml:actionTriggerParam></wpml:actionTrigger></wpml:actionGroup>"
    )
