"""Hazard zones and people as GeoJSON: a Feature for the place, for each outline and each facility."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from upwind.records import Estimate, Facility, Isolation, Limit, Opening, Protection, WindOfHour, Zone
from upwind.render.content import NOTICE, Provenance
from upwind.render.geojson import provenance_json
from upwind.render.words import word

__all__ = ["protection_document"]

_DIGITS = 4


def protection_document(protection: Protection, provenance: Provenance) -> dict[str, Any]:
    """Return the FeatureCollection of `upwind protect`; the same input gives the same document."""
    precaution = protection.precaution
    return {
        "type": "FeatureCollection",
        "status": NOTICE,
        "upwind": provenance_json(provenance),
        "wind": _wind(protection.wind),
        "spread": "town" if protection.town else "open country",
        "release_kg": protection.release_kg,
        "precaution": {
            "distance_m": _rounded(precaution.metres),
            "cause": precaution.cause,
            "compound": precaution.compound or None,
            "scenario": precaution.scenario or None,
            "limit": precaution.kind or None,
        },
        "exposed": _exposed(protection),
        "zones": [_zone(zone) for zone in protection.zones],
        "shelter": [
            {"minutes": minutes, "indoor_over_outdoor": _estimate(ratio)}
            for minutes, ratio in protection.shelter.items()
        ],
        "inside": [_opening(opening) for opening in protection.openings],
        "published_isolation": [_isolation(each) for each in protection.isolations],
        "risk_of_violence": None,
        "why_no_risk_of_violence": "for the partner authority alone; never computed",
        "notes": [word(key, "en", compound=compound) for key, compound in protection.notes],
        "features": [_place(protection), *_outlines(protection), *map(_facility, protection.facilities)],
    }


def _place(protection: Protection) -> dict[str, Any]:
    lead = protection.lead
    compounds = [
        {"compound": each.compound, "emission_rate": None if each.rate is None else _estimate(each.rate)}
        for each in lead.emissions
    ]
    properties = {"kind": "place", "id": lead.id, "status": NOTICE, "compounds": compounds}
    return _feature(_point(lead.longitude, lead.latitude), properties)


def _outlines(protection: Protection) -> Iterator[dict[str, Any]]:
    for zone in protection.zones:
        for probability, outline in zone.outlines.items():
            if outline["coordinates"]:
                yield _feature(dict(outline), {"kind": "zone", "probability": probability, **_zone(zone)})


def _facility(facility: Facility) -> dict[str, Any]:
    properties = {
        "kind": facility.kind,
        "name": facility.name,
        "status": NOTICE,
        "distance_m": _rounded(facility.distance_m),
        "bearing_deg": round(facility.bearing_deg, 1),
        "chance_in_warning_zone": round(facility.chance, 4),
    }
    return _feature(_point(facility.longitude, facility.latitude), properties)


def _zone(zone: Zone) -> dict[str, Any]:
    return {
        "status": NOTICE,
        "scenario": zone.scenario,
        "compound": zone.compound,
        **_limit(zone.limit),
        "all_round_as_dense": zone.is_all_round,
        "distance": _estimate(zone.distance),
        "exposed": None if zone.exposed is None else _estimate(zone.exposed),
        "exposed_if_sheltered": None if zone.sheltered is None else _estimate(zone.sheltered),
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "limit": limit.kind,
        "minutes": limit.minutes,
        "concentration_mg_m3": _rounded(limit.mg_m3),
        "basis": limit.basis,
        "stands_in": limit.stands_in,
        "verified": limit.verified,
    }


def _exposed(protection: Protection) -> dict[str, Any] | None:
    exposure = protection.exposure
    if exposure is None:
        return None
    return {"within_precaution": _estimate(exposure.within_distance), "in_warning_zone": _estimate(exposure.in_zone)}


def _opening(opening: Opening) -> dict[str, Any]:
    shares = {"of_lower_flammable_limit": opening.of_flammable, "of_level_3_10_min": opening.of_level_3}
    return {
        "compound": opening.compound,
        "concentration": _estimate(opening.inside),
        **{name: None if share is None else _estimate(share) for name, share in shares.items()},
    }


def _isolation(isolation: Isolation) -> dict[str, Any]:
    return {
        "compound": isolation.compound,
        "un": isolation.un,
        "guide": isolation.guide,
        "isolation_m": isolation.isolation_m,
        "downwind_day_m": isolation.day_m,
        "downwind_night_m": isolation.night_m,
        "source": isolation.source,
    }


def _wind(wind: WindOfHour) -> dict[str, Any]:
    known = math.isfinite(wind.wind_from)
    return {
        "rows": wind.kind,
        "count": wind.rows,
        "wind_from_deg": round(wind.wind_from, 1) if known else None,
        "spread_deg": round(wind.spread_deg, 1) if known else None,
        "speed": _estimate(wind.speed),
        "calm": round(wind.calm, 4),
    }


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point(longitude: float, latitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(longitude, 7), round(latitude, 7)]}


def _estimate(estimate: Estimate) -> dict[str, float | str]:
    said = estimate.as_json()
    return {name: value if isinstance(value, str) else _rounded(value) for name, value in said.items()}


def _rounded(value: float) -> float:
    """Return a number with four significant digits, more than any of these deserves."""
    if value == 0.0 or not math.isfinite(value):
        return float(value)
    return round(float(value), _DIGITS - 1 - math.floor(math.log10(abs(value))))
