"""A plan as it was asked for: the record that goes along with it, and what its page shows."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from upwind import __version__
from upwind.cli.crews import apart_of, crewed
from upwind.cli.leave import told
from upwind.cli.search import OUTLOOK_ERROR_DEG, UNIFORM, search_figures
from upwind.flights.audit.entries import Audit
from upwind.flights.audit.picture import pictures
from upwind.flights.plan import Breeze, Survey
from upwind.flights.plan.air import air_of
from upwind.flights.plan.fleet import Fleet
from upwind.flights.plan.gate import MARGIN_M, entered
from upwind.flights.plan.leave import Leave
from upwind.flights.search.patterned import Pattern
from upwind.flights.search.reckoning import chance_of, finds_an_hour, reckoned
from upwind.flights.search.sorties import Search
from upwind.readers.areas import read_polygons
from upwind.readers.files import open_file
from upwind.records import Platform, Sensor
from upwind.render.content import Input, Provenance
from upwind.render.geojson import provenance_json
from upwind.render.plan import plan_page
from upwind.render.planned import Finding, PlannedSortie, PlanPicture, Secured, Told
from upwind.render.readings import Weather

__all__ = ["Asked", "inputs_of", "page_of", "record_of", "weather_planned"]

#: Options that change a plan, as far as they are given.
_OPTIONS = (
    "tolerance",
    "pattern",
    "spacing",
    "downwind",
    "halvings",
    "expected",
    "gas",
    "rate",
    "duty",
    "stability",
    "height",
    "sorties",
    "base",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for: the options, and what they name."""

    arguments: argparse.Namespace
    craft: Platform
    eye: Sensor
    wind: Breeze | None
    start: datetime


def inputs_of(arguments: argparse.Namespace) -> list[Path]:
    """Return the files that are read, as far as they are named by their paths."""
    chosen = [Path(name) for name in (arguments.platform, arguments.sensor) if Path(name).is_file()]
    prior = [Path(arguments.prior)] if arguments.prior not in (None, UNIFORM) else []
    wind = [arguments.wind] if isinstance(arguments.wind, Path) else []
    allowed = [arguments.authorisations] if arguments.authorisations else []
    prior += [arguments.terrain] if arguments.terrain else []
    return [arguments.area, *prior, *wind, *allowed, *arguments.airspace, *chosen]


def record_of(asked: Asked, plan: Survey | Search | Pattern, fleet: Fleet | None) -> dict[str, Any]:
    """Return what goes along with a plan: its figures, who allowed looking, and what others must be told."""
    wind = asked.wind
    return {
        "plan": {
            **_figures(plan),
            "platform": asked.craft.name,
            "sensor": asked.eye.name,
            "wind": None if wind is None else {"speed_m_s": wind.speed, "from_deg": wind.from_deg},
            "margin_m": MARGIN_M,
        },
        **told(asked.arguments, plan.waypoints, asked.start, plan.time_s if fleet is None else fleet.latest_s),
        "upwind": provenance_json(_provenance(asked)),
    }


def page_of(
    asked: Asked,
    plan: Survey | Search | Pattern,
    verdict: tuple[Audit, Leave],
    fleet: Fleet | None,
    secured: Secured | None = None,
) -> str:
    """Return the page of a plan of one aircraft, or of a fleet's; what is `secured` only where it is let through."""
    arguments = asked.arguments
    judged, leave = verdict
    swept = pictures([judged], leave.authorisations, leave.atlas)[0]
    is_search = isinstance(plan, Search)
    air = air_of(asked.craft, *((asked.wind.speed, asked.wind.from_deg) if asked.wind is not None else (0.0, 0.0)))
    picture = PlanPicture(
        name=arguments.area.name,
        platform=asked.craft.name,
        sensor=asked.eye.name,
        area=tuple(ring for polygon in read_polygons(arguments.area) for ring in polygon),
        sorties=tuple(_sorties(plan, asked.start) if fleet is None else crewed(fleet, air, asked.start)),
        finding=_whole(plan) if isinstance(plan, Search) else None,
        base=arguments.base,
        weather=weather_planned(asked.wind, is_search=is_search),
        margin_m=MARGIN_M,
        bound_s=None if isinstance(plan, Search) else plan.lower_bound_s,
        gap=plan.gap,
        coverage=plan.coverage if isinstance(plan, Survey) else None,
        entered=entered(judged),
        swept=swept,
        told=Told(
            authority=arguments.authority,
            remote_id=arguments.remote_id,
            operator=arguments.operator,
            start=asked.start,
            end=asked.start + timedelta(seconds=plan.time_s if fleet is None else fleet.latest_s),
            upper_m=float(plan.waypoints[:, 2].max()),
        ),
        secured=secured,
        apart=None if fleet is None else apart_of(fleet, asked.start),
    )
    return plan_page(picture, _provenance(asked), arguments.language)


def _figures(plan: Survey | Search | Pattern) -> dict[str, Any]:
    """Return how long a plan is, what it sees, and how far from the best possible it is."""
    if isinstance(plan, Search):
        return search_figures(plan)
    figures = {
        "time_s": plan.time_s,
        "lower_bound_s": plan.lower_bound_s,
        "gap": plan.gap,
        "length_m": plan.length_m,
        "sorties": len(plan.sorties),
    }
    if isinstance(plan, Pattern):
        return {**figures, "pattern": plan.kind}
    return {**figures, "coverage": plan.coverage, "course_deg": plan.course}


def _provenance(asked: Asked) -> Provenance:
    arguments = asked.arguments
    said = ["upwind plan", arguments.area.name, f"--platform {asked.craft.name}", f"--sensor {asked.eye.name}"]
    said += [f"--prior {Path(arguments.prior).name}"] if arguments.prior is not None else []
    for name in _OPTIONS:
        value = getattr(arguments, name)
        if value is not None:
            said.append(f"--{name} {','.join(map(str, value)) if isinstance(value, tuple) else value}")
    if asked.wind is not None:
        said.append(f"--wind {asked.wind.speed:g},{asked.wind.from_deg:g}")
    said += [f"--aircraft {arguments.aircraft}"] if arguments.aircraft > 1 else []
    said.append(f"--start {asked.start:%Y-%m-%dT%H:%M:%SZ}")
    return Provenance(
        version=__version__,
        seed=0,
        command=" ".join(said),
        inputs=tuple(Input(name=path.name, sha256=open_file(path).sha256) for path in inputs_of(arguments)),
    )


def _sorties(plan: Survey | Search | Pattern, start: datetime) -> Iterator[PlannedSortie]:
    for number, sortie in enumerate(plan.sorties):
        yield PlannedSortie(
            start=start,
            time_s=sortie.time_s,
            length_m=sortie.length_m,
            path=sortie.path,
            lines=sortie.waypoints[sortie.lines][..., :2],
            finding=_finding(plan, number) if isinstance(plan, Search) else None,
        )
        start += timedelta(seconds=sortie.time_s)


def _finding(search: Search, number: int) -> Finding:
    worth = search.worths[number]
    return Finding(
        chance=chance_of(worth.finds),
        an_hour=finds_an_hour(worth.finds, search.sorties[number].time_s),
        even=finds_an_hour(worth.even_finds, worth.even_s),
        legs=tuple(chance_of(reckoned(expected, unled=worth.unled)) for expected in worth.legs),
    )


def _whole(search: Search) -> Finding:
    even, even_s = (sum(getattr(worth, name) for worth in search.worths) for name in ("even_finds", "even_s"))
    return Finding(
        chance=chance_of(search.finds),
        an_hour=finds_an_hour(search.finds, search.time_s),
        even=finds_an_hour(even, even_s),
        legs=(),
    )


def weather_planned(wind: Breeze | None, *, is_search: bool) -> Weather | None:
    """Return the wind planned for; only a search reckons with an error of its direction."""
    if wind is None:
        return None
    spread = OUTLOOK_ERROR_DEG if is_search else np.nan
    return Weather(wind_from=wind.from_deg, spread=spread, speed=wind.speed)
