"""A store in which every page has something to show: explained sites with tracks, flights, a release, people."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from makers.releases import agreed
from makers.served import Desk

from upwind.cli.stored import keep_sites
from upwind.records.mapped import Grid, SearchMap
from upwind.render.content import NOTICE
from upwind.render.geotiff import geotiff, search_map_raster
from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store.flown import record_flights
from upwind.store.ledger import append
from upwind.store.places import default_url, open_store, shelf_of
from upwind.store.search_maps import record_search_map
from upwind.store.session import Session

__all__ = ["CENTRE", "UNTOLD_SITES", "VIEWS", "furnished", "search_map", "search_map_file", "site_feature", "track"]

CENTRE = (-106.08, 28.63)
PEOPLE = {
    "analyst_1": "--role analyst",
    "analyst_2": "--role analyst",
    "reviewer_1": "--role reviewer",
    "flights_1": "--role flight-manager",
    "admin_1": "--role administrator",
    "admin_2": "--role administrator",
    "auditor_1": "--role auditor",
    "partner_1": "--role partner --partner MEX",
}

#: The sites of which the data cannot tell what they are; of any one the machine's word may be withheld from somebody.
UNTOLD_SITES = range(2, 8)
#: The views that each person has, by name.
VIEWS = {
    "analyst-1": {
        "docket": "/",
        "search": "/?q=toluene",
        "case": "/cases/site-1",
        "claimed": "/cases/site-0",
        "untold": f"/cases/site-{UNTOLD_SITES[0]}",
        "passes": "/cases/site-0/passes",
    },
    "flights-1": {
        "flights": "/flights",
        "searched": "/search-map",
        "statistics": "/statistics",
        "nothing": "/cases/site-99",
    },
    "admin-1": {"accounts": "/accounts"},
    "partner-1": {"releases": "/", "release": "/releases/release-1"},
}


def estimate(median: float, lower: float, upper: float, units: str = "1") -> dict[str, Any]:
    return {"median": median, "lower": lower, "upper": upper, "level": 0.9, "units": units}


#: What explanations are told beside their probabilities, where one holds, and where the data cannot tell.
TOLD = {
    "would_separate": "measure ethanol by themselves: surface coating or unexplained",
    "in_parts": {
        "why_abstained": None,
        "would_separate": [
            {"says": "beside it", "kind": "body and paint shop"},
            {"says": "alone", "compounds": ["ethanol"], "explanations": ["surface coating", "unexplained"]},
        ],
    },
    "places": [
        {"name": "", "kind": "body and paint shop", "distance": estimate(16.0, 6.0, 35.0, "m"), "probability": 0.4}
    ],
}
UNTOLD = {
    "abstained": True,
    "why_abstained": "fewer than two compounds are above their limits: there is no composition to explain",
    "would_separate": "more compounds, each by itself: a gas chromatograph or a PTR-MS",
    "in_parts": {"why_abstained": {"says": "too few"}, "would_separate": [{"says": "more compounds"}]},
}


def ring(longitude: float, latitude: float, radius: float) -> list[list[float]]:
    turn = [angle / 8 * math.pi for angle in range(17)]
    return [[longitude + radius * math.cos(each), latitude + 0.8 * radius * math.sin(each)] for each in turn]


def zone(limit: str, minutes: float | None, metres: float, longitude: float, latitude: float) -> dict[str, Any]:
    """Return a zone of toluene as `upwind run` writes it, its even outline north-east of the site."""
    reach = metres / 200_000.0
    outline = {"type": "Polygon", "coordinates": [ring(longitude + reach, latitude + reach, 1.5 * reach)]}
    return {
        "scenario": "as measured",
        "compound": "toluene",
        "limit": limit,
        "minutes": minutes,
        "concentration_mg_m3": 2100.0,
        "verified": minutes is not None,
        "distance": estimate(metres, metres / 2, metres * 2, "m"),
        "outlines": [{"probability": 0.5, "geometry": outline}],
    }


def site_feature(number: int, probability: float) -> dict[str, Any]:
    longitude, latitude = CENTRE[0] + number * 0.004, CENTRE[1] + number * 0.002
    weight = {"undiscounted": 1.0, "counted_with": None}
    properties = {
        "id": f"site-{number}",
        "gas": "acetone",
        "compounds": ["acetone", "toluene"],
        "probability": probability,
        "probability_90": estimate(probability, probability - 0.2, min(probability + 0.08, 0.99)),
        "emission_rates": {"acetone": estimate(0.42, 0.21, 0.9, "kg/h"), "toluene": estimate(0.1, 0.02, 0.3, "kg/h")},
        "duty_cycle": estimate(0.4, 0.1, 0.8),
        "people_at_risk": estimate(120, 80, 300, "people"),
        "flights": ["F1", "F2"],
        "reports": ["R1"],
        "explanations": [
            {
                "class": "surface coating",
                "probability": 0.55,
                "evidence": [
                    {"compound": "toluene", "log_likelihood_ratio": 1.4},
                    {"compound": "acetone or o-xylene", "any_of": ["acetone", "o-xylene"], "log_likelihood_ratio": 0.9},
                ],
            },
            {
                "class": "printing",
                "probability": 0.2,
                "evidence": [{"compound": "acetone", "log_likelihood_ratio": -0.7}],
            },
        ],
        **(UNTOLD if number in UNTOLD_SITES else TOLD),
        "unexplained": {"probability": 0.25, "log_bayes_factor": -1.1, "compounds": [], "evidence": []},
        "terms": [
            {"kind": "prior", "name": "", "evidence": "", "weight": estimate(-4.6, -5.7, -3.5, "nats"), **weight},
            {"kind": "seen", "name": "", "evidence": "F1", "weight": estimate(6.2, 4.0, 8.0, "nats"), **weight},
            {"kind": "report", "name": "tip", "evidence": "R1 B2", "weight": estimate(0.8, 0.1, 1.5, "nats"), **weight},
        ],
        "radius_90_m": 55.0,
        "region_90": {"type": "Polygon", "coordinates": [ring(longitude, latitude, 0.0005)]},
        "region_50": {"type": "Polygon", "coordinates": [ring(longitude, latitude, 0.0002)]},
        "keep_away_m": 160.0,
        "keep_away_for": "unidentified",
        "zones": [zone("level 2", 60.0, 70.0, longitude, latitude), zone("odour", None, 110.0, longitude, latitude)],
        "winds": [{"flight": flight, "wind_from": 200, "spread": 11, "speed": 3.2} for flight in ("F1", "F2")],
    }
    point = {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "geometry": point, "properties": properties}


def track(path: Path, day: int = 1, crest_ppb: float = 60.0) -> Path:
    """Write legs over the first sites on a day, with a crest where they pass: toluene's is a fifth of acetone's."""
    gases = "acetone [ppb],toluene [ppb]"
    rows = [f"time,longitude [deg],latitude [deg],height [m],{gases},wind_speed [m/s],wind_from [deg]"]
    for second in range(600):
        leg, along = divmod(second, 100)
        east = CENTRE[0] - 0.002 + 0.0001 * (along if leg % 2 == 0 else 99 - along)
        north = CENTRE[1] - 0.001 + 0.0008 * leg
        crest = math.exp(-(((east - CENTRE[0]) / 0.0008) ** 2) - ((north - CENTRE[1]) / 0.001) ** 2)
        acetone, toluene = 5 + crest_ppb * crest, 1 + crest_ppb / 5 * crest
        wind_from = 200 + 15 * math.sin(second)
        moment = f"2026-03-{day:02d}T08:{second // 60:02d}:{second % 60:02d}Z"
        rows.append(f"{moment},{east:.6f},{north:.6f},40,{acetone:.2f},{toluene:.2f},3.2,{wind_from:.0f}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def search_map() -> SearchMap:
    """Return a map of 12 x 10 cells of 100 m about the centre: its south-west is the likeliest, its north was flown."""
    rows, columns = np.mgrid[0:10, 0:12]
    step = 0.001
    grid = Grid(
        west=CENTRE[0] - 6 * step,
        north=CENTRE[1] + 5 * step,
        step_longitude=step,
        step_latitude=step,
        rows=10,
        columns=12,
    )
    undiscovered = 0.02 * np.exp(-0.3 * ((9 - rows) + columns))
    return SearchMap(grid=grid, undiscovered=undiscovered, shown=np.where(rows < 3, 0.8, 0.0))


def search_map_file() -> bytes:
    """Return the same as the file that `upwind run` writes."""
    return geotiff(search_map_raster(search_map()), NOTICE)


def furnished(folder: Path) -> Desk:
    """Return a desk whose store holds sites, flights, a release and everybody."""
    desk = Desk(folder)
    desk.people(**PEOPLE)
    url = default_url({"XDG_DATA_HOME": str(folder / "data")})
    path = folder / "sites.geojson"
    features = [site_feature(number, 0.9 - number / 20) for number in range(8)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    flight = {"flight": "F1", "platform": "quadcopter", "duration_s": 600.0, "files": [{"sha256": "ab" * 32}]}
    span = {"from": "2026-03-01T08:00:00Z", "to": "2026-03-01T08:10:00Z"}
    seen = {"kind": "land", "name": "", **span, "verdict": "inside", "disputed": False, "suspect": False}
    short = [{"says": "ends too early", "said": {"number": "3", "unit": "days"}}]
    refused = {"state": "MEX", "authorisation": "MEX-4", "shortfalls": short}
    entries = [
        {
            **seen,
            "flight": "F1",
            "state": "MEX",
            "authorised_by": None,
            "why_not": "it is too short",
            "refused": refused,
        },
        {**seen, "flight": "F1", "state": "USA", "verdict": "within error", "authorised_by": "USA-1", "why_not": ""},
    ]
    leave = {"id": "USA-1", "state": "USA", "from": "2026-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}
    leave |= {"platform": "*", "basis": "Letter of agreement 7", "recorded_by": "flights-1", "conditions": ""}
    told = {"release": "release-1", "series": "series-1", "partner": "MEX", "sha256": "cd" * 32}
    times = {"time": "2026-10-01T08:00:00.000000Z", "expires": "2026-12-24T08:00:00.000000Z"}
    release = {**told, **times, "signers": ["officer-1", "officer-2"]}

    def furnish(session: Session) -> None:
        audit = {"flights": [{**flight, **span}], "entries": entries, "authorisations": [leave]}
        record_flights(session, "test", audit)
        record_search_map(session, "test", "an exercise", searched, audit)
        append(session, agreed())
        append(session, Draft(who="officer-1", what=What.RELEASE, case="site-7", body=release))

    with open_store(url) as store:
        searched = shelf_of(url).put(search_map_file())
        tracks = {"F1": [track(folder / "f1.csv")], "F2": [track(folder / "f2.csv", day=2, crest_ppb=20.0)]}
        keep_sites(store, url, path, tracks)
        store.write(furnish)
    return desk
