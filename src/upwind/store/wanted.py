"""Flights that people ask for while they review: which case, why, and the ground to fly over."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from upwind.geo import Frame
from upwind.review.kinds import What
from upwind.review.log import stamp
from upwind.review.standing import fold
from upwind.store.ledger import entries_of, entries_of_kind
from upwind.store.session import Session

__all__ = ["WantedFlight", "area_json", "wanted_flights"]

#: Ground is flown over as far as twice the radius that holds the site with 90 %, and this far at least. [m]
_REACH, _LEAST_M = 2.0, 150.0
_CORNERS = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFlight:
    """A flight that somebody asked for; `radius` is how far from the site it should look. [m]"""

    case: str
    longitude: float
    latitude: float
    radius: float
    why: str
    who: str
    at: datetime


def wanted_flights(session: Session) -> list[WantedFlight]:
    """Return the flights that are asked for now, the longest waiting first; of a forgotten site there is no place."""
    found = []
    for case in dict.fromkeys(entry.case for entry in entries_of_kind(session, What.FLIGHT_REQUEST)):
        entries, row = entries_of(session, case), session.row("site", id=case)
        if row is None or row[8] is None or not fold(case, entries).wants_flight:
            continue
        asked = [entry for entry in entries if entry.what == What.FLIGHT_REQUEST][-1]
        radius = json.loads(row[8])["properties"].get("radius_90_m")
        found.append(
            WantedFlight(
                case=case,
                longitude=row[2],
                latitude=row[3],
                radius=max(_REACH * radius if isinstance(radius, int | float) else 0.0, _LEAST_M),
                why=asked.body["why"],
                who=asked.who,
                at=asked.at,
            )
        )
    return sorted(found, key=lambda one: one.at)


def area_json(wanted: Sequence[WantedFlight]) -> Mapping[str, Any]:
    """Return the ground of flights as GeoJSON that `upwind plan` takes, a Feature each."""
    return {"type": "FeatureCollection", "features": [_feature(one) for one in wanted]}


def _feature(one: WantedFlight) -> Mapping[str, Any]:
    angle = np.linspace(0.0, 2.0 * np.pi, _CORNERS, endpoint=False)
    frame = Frame(longitude=one.longitude, latitude=one.latitude)
    around = np.column_stack(frame.to_geographic(one.radius * np.cos(angle), one.radius * np.sin(angle))).round(7)
    ring = [*around.tolist(), around[0].tolist()]
    return {
        "type": "Feature",
        "properties": {"case": one.case, "why": one.why, "asked": stamp(one.at)},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
