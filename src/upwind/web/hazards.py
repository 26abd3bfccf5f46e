"""Whom opening a site's door would harm, for its map and the table beside it: the distance to keep, and the zones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from upwind.geo import Frame
from upwind.web.outside import estimate_in, is_area, is_number, rows_in

__all__ = ["hazard_features", "hazard_rows"]

_CORNERS = 72
#: Farther than this no zone of a leak reaches: a figure from outside that says so is none. [m]
_FARTHEST_M = 100_000.0
#: The limits that have words.
_LIMITS = frozenset({"level 1", "level 2", "level 3", "flammable 10 %", "flammable 60 %", "odour"})


def hazard_features(said: Mapping[str, Any], place: tuple[float, float]) -> Iterator[dict[str, Any]]:
    """Yield the circle to keep out of, and every outline of a zone, as GeoJSON.

    Parameters
    ----------
    said
        The properties of a site's Feature. Features come from outside too: what is no such thing is passed over.
    place
        Longitude and latitude of the site. [deg]
    """
    metres = _keep_away(said)
    if metres:
        frame = Frame(longitude=place[0], latitude=place[1])
        turn = np.linspace(0.0, 2.0 * math.pi, _CORNERS + 1)
        x, y = frame.to_geographic(metres * np.sin(turn), metres * np.cos(turn))
        ring = [[round(float(east), 6), round(float(north), 6)] for east, north in zip(x, y, strict=True)]
        yield _feature({"type": "Polygon", "coordinates": [ring]}, {"role": "keep"})
    for zone in _zones(said):
        for outline in rows_in(zone.get("outlines")):
            if is_area(outline.get("geometry")):
                told = {"role": "zone", "limit": zone["limit"], "chance": outline.get("probability")}
                yield _feature(outline["geometry"], {**told, "name": f"{zone['compound']}, {zone['limit']}"})


def hazard_rows(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same for the table: `keep_m` and `why`, and a row a zone, those that reach farthest first."""
    rows = [
        {
            "compound": zone["compound"],
            "limit": zone["limit"],
            "kind": zone["limit"].replace(" ", "_").replace("%", "percent"),
            "minutes": _number(zone.get("minutes")),
            "mg_m3": _number(zone.get("concentration_mg_m3")),
            "is_verified": bool(zone.get("verified")),
            "distance": zone["distance"],
            "is_drawn": any(is_area(one.get("geometry")) for one in rows_in(zone.get("outlines"))),
        }
        for zone in _zones(said)
    ]
    rows.sort(key=lambda row: -row["distance"]["upper"])
    why = said.get("keep_away_for")
    is_known = why in ("zone", "isolation", "unidentified")
    return {"keep_m": _keep_away(said), "why": why if is_known else "", "zones": rows}


def _keep_away(said: Mapping[str, Any]) -> float:
    """Return the distance to keep from a site; 0 where nobody computed it. [m]"""
    metres = said.get("keep_away_m")
    return float(metres) if is_number(metres) and 0.0 < metres < _FARTHEST_M else 0.0


def _zones(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the zones that are whole."""
    for zone in rows_in(said.get("zones")):
        limit, compound = zone.get("limit"), zone.get("compound")
        is_known = isinstance(limit, str) and limit in _LIMITS and isinstance(compound, str)
        if is_known and estimate_in(zone.get("distance")) is not None:
            yield zone


def _number(value: object) -> float | None:
    return float(value) if is_number(value) else None


def _feature(geometry: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": dict(said)}
