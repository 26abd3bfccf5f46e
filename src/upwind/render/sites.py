"""Sites as GeoJSON: ranked, with every term of their log-odds, and the decisions that made them."""

from __future__ import annotations

import math
from typing import Any

from upwind.records import Parting, Protection, Report, Site, Term, Zone
from upwind.render.content import NOTICE, Fused, Provenance
from upwind.render.explained import explained_json
from upwind.render.geojson import degrees_json, estimate_json, geometry_json, provenance_json, significant
from upwind.render.readings import Weather

__all__ = ["site_of", "sites_collection"]

_PROBABILITY_DECIMALS = 6


def sites_collection(fused: Fused, provenance: Provenance) -> dict[str, Any]:
    """Return the candidate sites as they are ranked; all reports, and of which site each is; and the events."""
    assigned = site_of(fused)
    return {
        "type": "FeatureCollection",
        "status": NOTICE,
        "upwind": provenance_json(provenance),
        "reports": [_report(report, assigned.get(report.id)) for report in fused.reports],
        **_parting(fused.parting),
        "events": [event.as_json() for event in fused.events],
        "features": [_feature(site, fused) for site in fused.sites],
    }


def _parting(parting: Parting | None) -> dict[str, Any]:
    """Return how many sites there would be, were emitters fewer or more about."""
    if parting is None:
        return {}
    counts = {"sites_if_fewer": parting.sites_if_fewer, "sites_if_more": parting.sites_if_more}
    return {"emitters_per_km2": estimate_json(parting.emitters), **counts}


def site_of(fused: Fused) -> dict[str, str]:
    """Return the site of each report that is of one."""
    return {report: site.id for site in fused.sites for report in site.reports}


def _feature(site: Site, fused: Fused) -> dict[str, Any]:
    gas = site.compounds[0]
    rate = site.emission_rates.get(gas)
    answer = fused.explained.get(site.id)
    told = explained_json(answer) if answer is not None else {"explanations": None}
    return {
        "type": "Feature",
        "id": site.id,
        "geometry": {"type": "Point", "coordinates": degrees_json([site.longitude, site.latitude])},
        "properties": {
            "id": site.id,
            "status": NOTICE,
            "gas": gas,
            "compounds": list(site.compounds),
            "probability": round(site.probability.median, _PROBABILITY_DECIMALS),
            "probability_90": estimate_json(site.probability),
            "emission_rate": estimate_json(rate) if rate is not None else None,
            **({"why": _why_no_rate(site, gas)} if rate is None else {}),
            "emission_rates": {name: estimate_json(each) for name, each in site.emission_rates.items()},
            "duty_cycle": estimate_json(site.duty_cycle),
            **told,
            **({} if answer is not None else {"why_no_explanations": "benign alternatives were not computed"}),
            **_protected_json(fused.protected.get(site.id)),
            "flights": list(site.flights),
            "reports": list(site.reports),
            "terms": [_term(term) for term in site.terms],
            "radius_90_m": significant(site.radius_90_m),
            "region_90": geometry_json(site.region_90),
            "region_50": geometry_json(site.region_50),
            "winds": [_wind(name, fused.winds[name]) for name in _flown_past(site) if name in fused.winds],
        },
    }


def _protected_json(protection: Protection | None) -> dict[str, Any]:
    """Return how far to keep away, the zones behind that, and how many people it is; nothing where nobody asked."""
    if protection is None:
        return {}
    exposure = protection.exposure
    return {
        "keep_away_m": significant(protection.precaution.metres),
        "keep_away_for": protection.precaution.cause,
        "zones": [_zone(zone) for zone in protection.zones if zone.outlines],
        "people_at_risk": None if exposure is None else estimate_json(exposure.in_zone),
    }


def _zone(zone: Zone) -> dict[str, Any]:
    """Return how far a limit is passed, and the outlines that are not empty; `upwind protect` tells more."""
    return {
        "scenario": zone.scenario,
        "compound": zone.compound,
        "limit": zone.limit.kind,
        "minutes": zone.limit.minutes,
        "concentration_mg_m3": significant(zone.limit.mg_m3),
        "verified": zone.limit.verified,
        "distance": estimate_json(zone.distance),
        "outlines": [
            {"probability": chance, "geometry": geometry_json(outline)}
            for chance, outline in zone.outlines.items()
            if outline["coordinates"]
        ],
    }


def _flown_past(site: Site) -> list[str]:
    """Return the flights that saw a site, and those that were silent about it."""
    return list(dict.fromkeys([*site.flights, *(term.evidence for term in site.terms if term.kind == "silent")]))


def _wind(flight: str, weather: Weather) -> dict[str, Any]:
    """Return the mean wind of a flight; the spread is None where nobody knows it."""
    spread = round(weather.spread) if math.isfinite(weather.spread) else None
    return {
        "flight": flight,
        "wind_from": round(weather.wind_from) % 360,
        "spread": spread,
        "speed": round(weather.speed, 1),
    }


def _why_no_rate(site: Site, gas: str) -> str:
    return next((source.why_no_rate for source in site.sources if source.gas == gas), "")


def _term(term: Term) -> dict[str, Any]:
    return {
        "kind": term.kind,
        "name": term.name,
        "evidence": term.evidence,
        "weight": estimate_json(term.weight),
        "undiscounted": significant(term.undiscounted),
        "counted_with": term.counted_with or None,
        "time": None if term.time is None else f"{term.time:%Y-%m-%dT%H:%M:%SZ}",
    }


def _report(report: Report, site: str | None) -> dict[str, Any]:
    return {
        "id": report.id,
        "time": report.time.isoformat().replace("+00:00", "Z"),
        "longitude": report.longitude,
        "latitude": report.latitude,
        "radius_m": report.radius_m,
        "kind": report.kind,
        "reliability": report.reliability,
        "credibility": report.credibility,
        "origin": report.origin,
        "text": report.text,
        "site": site,
    }
