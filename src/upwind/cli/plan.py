"""`upwind plan`: from an area, or a map of what may be there, to sorties that may be flown, and how good they are."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from upwind.cli.crews import transit_m
from upwind.cli.files import require_apart, require_place, write_together
from upwind.cli.fleet import add_fleet, files_of, fleet_figures, fleet_of, levelled, require_fleet, show_fleet
from upwind.cli.leave import (
    add_leave,
    airspace_lines,
    judged,
    leave_of,
    refuse_unasked,
    require_authority,
    unheard,
)
from upwind.cli.lost_link import (
    add_autopilot,
    beside,
    fenced,
    flown_by,
    lost_link_lines,
    require_autopilot,
    secured_by,
    settings_of,
)
from upwind.cli.patterns import add_pattern, pattern_of, require_pattern
from upwind.cli.planned import Asked, inputs_of, page_of, record_of, weather_planned
from upwind.cli.screen import progress, tell
from upwind.cli.search import add_search, maps_of, require_prior, search_of
from upwind.cli.sorties import show_pattern, show_search, show_survey
from upwind.cli.terrain import add_terrain, follow, grounded, require_terrain, show_terrain, terrain_of
from upwind.cli.uploading import link_of, send
from upwind.cli.values import wind_of
from upwind.cli.weather import breeze_of
from upwind.errors import InputError
from upwind.flights.audit.entries import Audit
from upwind.flights.catalogue import platform, sensor
from upwind.flights.exports import exported, require_known
from upwind.flights.plan import Survey, plan_survey
from upwind.flights.plan.fleet import Fleet
from upwind.flights.plan.gate import asked_for
from upwind.flights.plan.leave import Leave
from upwind.flights.plan.route import route_of
from upwind.flights.plan.terrain import Terrain
from upwind.flights.search.patterned import Pattern
from upwind.flights.search.sorties import Search
from upwind.readers.areas import read_polygons
from upwind.records import Route
from upwind.render.words import LANGUAGES

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind plan area.geojson --platform caravan --sensor hytes --authorisations allowed.toml --out survey.plan
  upwind plan area.geojson --platform wing.toml --sensor scanner.toml --base -117.1,32.8 --out survey.kmz
  upwind plan area.geojson --platform wing.toml --sensor scanner.toml --wind wind.csv --out survey.geojson
  upwind plan block.geojson --platform quadcopter --sensor ptr-ms --pattern transects --wind 4,240 --out smell.plan
  upwind plan area.geojson --platform quadcopter --sensor ptr-ms --prior map.tif --wind 4,240 --out search.plan

Every state and restricted airspace that the flight could enter needs an authorisation: where one is missing the exit
code is 3, no plan is written, what to ask for is printed, and the page of --report shows where.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("area", type=Path, metavar="AREA.geojson", help="what to cover; holes need not be covered")
    parser.add_argument("--platform", required=True, metavar="P", help="of the catalogue, or a TOML file")
    parser.add_argument("--sensor", required=True, metavar="S", help="of the catalogue, or a TOML file")
    parser.add_argument(
        "--wind",
        type=wind_of,
        metavar="F",
        help="SPEED,FROM in m/s and degrees, or wind columns, whose mean is planned for (default: still)",
    )
    add_search(parser)
    add_pattern(parser)
    add_terrain(parser)
    add_leave(parser)
    add_fleet(parser)
    add_autopilot(parser)
    parser.add_argument(
        "--report", type=Path, metavar="F.html", help="a page with map and tables; written with exit 3, too"
    )
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="the page's first language (default en)")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="F", help=".plan, .waypoints, .kml, .kmz or .geojson"
    )
    parser.add_argument(
        "--upload", type=link_of, metavar="udp://HOST:PORT", help="give the plan to an aircraft by MAVLink, too"
    )


def run(arguments: argparse.Namespace) -> int:
    """Plan, hold the plan against borders and airspace, and write it where every entry is authorised."""
    _require(arguments)
    asked = Asked(
        arguments=arguments,
        craft=platform(arguments.platform),
        eye=sensor(arguments.sensor),
        wind=breeze_of(arguments.wind),
        start=arguments.start or datetime.now(UTC).replace(microsecond=0),
    )
    with progress("planning") as advance:
        plan, fleet = _planned(asked)
        terrain = terrain_of(arguments, asked.craft, asked.wind, float(plan.waypoints[0, 2]))
        if terrain is not None:
            plan = replace(plan, sorties=follow(plan.sorties, terrain))
        fleet = replace(fleet, survey=plan) if fleet is not None and isinstance(plan, Survey) else None
        advance(0.7)
        leave = leave_of(arguments)
        verdict = _judged(asked, plan, fleet, leave)
    if verdict is not None and asked_for(verdict):
        # The page is a picture of why not; nothing that could be flown is written.
        if arguments.report:
            write_together({arguments.report: page_of(asked, plan, (verdict, leave), fleet)})
            print(f"# {arguments.report} shows where.")
        refuse_unasked(verdict, asked.start)
    routes = _routes(asked, plan, fleet, leave, terrain)
    contents = _exports(asked, plan, fleet, routes)
    if verdict is not None and arguments.report:
        secured = secured_by(routes.values(), unheard(leave, plan.waypoints))
        contents[arguments.report] = page_of(asked, plan, (verdict, leave), fleet, secured)
    if isinstance(plan, Search):
        contents |= maps_of(arguments, plan, weather_planned(asked.wind, is_search=True))
    write_together(contents)
    _show(plan, fleet, asked.start)
    if terrain is not None:
        show_terrain(plan.sorties, terrain)
    tell([*airspace_lines(leave, plan.waypoints), *lost_link_lines(routes, asked.craft)])
    print(f"Results are in {' and '.join(map(str, contents))}")
    if arguments.upload is not None:
        _upload(arguments, routes[arguments.out])
    return 0


def _judged(asked: Asked, plan: Survey | Search | Pattern, fleet: Fleet | None, leave: Leave) -> Audit | None:
    """Return the gate's verdict at the greatest height, or at that of lines below it where that alone refuses.

    None as `judged` has it.
    """
    arguments, start = asked.arguments, asked.start.timestamp()
    begins = start if fleet is None else fleet.starts(start)
    lower = None if fleet is None else levelled(fleet, asked.eye.height_m or 0.0)
    verdicts = []
    for sorties in filter(None, (plan.sorties, lower)):
        flights = (sorties, asked.craft, arguments.base, begins, asked.wind)
        verdicts.append(judged(leave, flights, is_shown=arguments.report is not None))
        if verdicts[-1] is not None and asked_for(verdicts[-1]):
            return verdicts[-1]
    return verdicts[0]


def _upload(arguments: argparse.Namespace, route: Route) -> None:
    """Give the plan, which the gate has let through, to an aircraft."""
    held = send(route, arguments.upload)
    print(f"The aircraft at {':'.join(map(str, arguments.upload))} holds {held}, read back as they were sent")


def _require(arguments: argparse.Namespace) -> None:
    """Raise `InputError` where options do not go together, or results have no place."""
    require_fleet(arguments)
    if arguments.upload is not None and arguments.aircraft > 1:
        msg = "--upload is for one aircraft; give each its own file of --aircraft in a ground station"
        raise InputError(msg)
    plans = files_of(arguments.out, arguments.aircraft)
    settled = [one for path in plans for one in beside(arguments.autopilot, path)]
    results = [*plans, *settled, *filter(None, (arguments.show_map, arguments.map_out, arguments.report))]
    require_known(arguments.out)
    for path in results:
        require_place(path)
    require_apart(results, inputs_of(arguments))
    require_authority(arguments)
    require_prior(arguments)
    require_pattern(arguments)
    require_terrain(arguments)
    require_autopilot(arguments)


def _routes(
    asked: Asked, plan: Survey | Search | Pattern, fleet: Fleet | None, leave: Leave, terrain: Terrain | None
) -> dict[Path, Route]:
    """Return the route of each file that is to be, fenced; more aircraft than sorties stay at home."""
    arguments, start = asked.arguments, asked.start.timestamp()
    found = {}
    for number, path in enumerate(files_of(arguments.out, arguments.aircraft)):
        own = plan.sorties if fleet is None else fleet.sorties[number]
        if own:
            begins = start if fleet is None else fleet.starts_of(number, start)
            route = grounded(route_of(own, asked.craft, arguments.base), terrain, arguments.out)
            flights = (own, asked.craft, arguments.base, begins, asked.wind)
            home_m = None if fleet is None else transit_m(fleet, number)
            found[path] = flown_by(fenced(route, flights, leave, home_m), arguments.autopilot)
    return found


def _exports(
    asked: Asked, plan: Survey | Search | Pattern, fleet: Fleet | None, routes: dict[Path, Route]
) -> dict[str | Path, bytes | str]:
    """Return the plan's file, or each aircraft's, and the settings that go with it."""
    out, record = asked.arguments.out, record_of(asked, plan, fleet)
    names = files_of(out, asked.arguments.aircraft)
    found: dict[str | Path, bytes | str] = {}
    for path, route in routes.items():
        said = record if fleet is None else {**record, "aircraft": fleet_figures(fleet, names.index(path), asked.start)}
        found |= {path: exported(route, said, out), **settings_of(route, asked.craft, path)}
    return found


def _planned(asked: Asked) -> tuple[Survey | Search | Pattern, Fleet | None]:
    """Return the search by a map or the pattern where one is named, or else the survey; who flies it, if several."""
    arguments = asked.arguments
    if arguments.prior is not None:
        return search_of(arguments, asked.craft, asked.eye, asked.wind), None
    if arguments.pattern is not None and asked.wind is not None:
        return pattern_of(arguments, asked.craft, asked.eye, asked.wind), None
    area = read_polygons(arguments.area)
    if arguments.aircraft > 1:
        fleet = fleet_of(asked)
        return fleet.survey, fleet
    return plan_survey(area, asked.craft, asked.eye, asked.wind, arguments.base), None


def _show(plan: Survey | Search | Pattern, fleet: Fleet | None, start: datetime) -> None:
    """Print the sorties of a plan and how good it is."""
    if fleet is not None:
        show_fleet(fleet, start)
    elif isinstance(plan, Search):
        show_search(plan, start)
    elif isinstance(plan, Pattern):
        show_pattern(plan, start)
    else:
        show_survey(plan, start)
