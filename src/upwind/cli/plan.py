"""`upwind plan`: from an area, or a map of what may be there, to sorties that may be flown, and how good they are."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from upwind import __version__
from upwind.cli.files import require_apart, require_place, write_together
from upwind.cli.leave import add_leave, require_authority, require_leave, told
from upwind.cli.screen import progress
from upwind.cli.search import UNIFORM, add_search, maps_of, require_prior, search_figures, search_of
from upwind.cli.sorties import show_search, show_survey
from upwind.cli.values import wind_of
from upwind.cli.weather import breeze_of
from upwind.flights.catalogue import platform, sensor
from upwind.flights.exports import exported, require_known
from upwind.flights.plan import Breeze, Survey, plan_survey
from upwind.flights.plan.gate import MARGIN_M, swept
from upwind.flights.plan.route import route_of
from upwind.flights.search.sorties import Search
from upwind.readers.areas import read_polygons
from upwind.readers.files import open_file
from upwind.records import Platform, Sensor
from upwind.render.content import Input, Provenance
from upwind.render.geojson import provenance_json

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind plan area.geojson --platform caravan --sensor hytes --authorisations allowed.toml --out survey.plan
  upwind plan area.geojson --platform wing.toml --sensor scanner.toml --base -117.1,32.8 --out survey.kmz
  upwind plan area.geojson --platform wing.toml --sensor scanner.toml --wind wind.csv --out survey.geojson
  upwind plan area.geojson --platform quadcopter --sensor ptr-ms --prior map.tif --wind 4,240 --out search.plan

Every state and restricted airspace that the flight could enter needs an authorisation: the exit code is 3, nothing is
written, and what to ask for is printed, where one is missing.
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
    add_leave(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="F", help=".plan, .waypoints, .kml, .kmz or .geojson"
    )


def run(arguments: argparse.Namespace) -> int:
    """Plan, hold the plan against borders and airspace, and write it where every entry is authorised."""
    results = [arguments.out, *filter(None, (arguments.show_map, arguments.map_out))]
    require_known(arguments.out)
    for path in results:
        require_place(path)
    require_apart(results, _inputs(arguments))
    require_authority(arguments)
    require_prior(arguments)
    craft, eye = platform(arguments.platform), sensor(arguments.sensor)
    wind = breeze_of(arguments.wind)
    start = arguments.start or datetime.now(UTC).replace(microsecond=0)
    with progress("planning") as advance:
        plan: Survey | Search = (
            plan_survey(read_polygons(arguments.area), craft, eye, wind, arguments.base)
            if arguments.prior is None
            else search_of(arguments, craft, eye, wind)
        )
        advance(0.7)
        way = swept(plan.sorties, craft, arguments.base, start.timestamp(), wind)
        require_leave(way, arguments.authorisations, arguments.airspace, start)
    said = _said(arguments, plan, (craft, eye, wind), start)
    contents: dict[str | Path, bytes | str] = {}
    contents[arguments.out] = exported(route_of(plan.sorties, craft, arguments.base), said, arguments.out)
    if isinstance(plan, Search):
        contents |= maps_of(arguments, plan)
    write_together(contents)
    show_search(plan, start) if isinstance(plan, Search) else show_survey(plan, start)
    print(f"Results are in {' and '.join(map(str, contents))}")
    return 0


def _inputs(arguments: argparse.Namespace) -> list[Path]:
    """Return the files that are read, as far as they are named by their paths."""
    chosen = [Path(name) for name in (arguments.platform, arguments.sensor) if Path(name).is_file()]
    prior = [Path(arguments.prior)] if arguments.prior not in (None, UNIFORM) else []
    wind = [arguments.wind] if isinstance(arguments.wind, Path) else []
    allowed = [arguments.authorisations] if arguments.authorisations else []
    return [arguments.area, *prior, *wind, *allowed, *arguments.airspace, *chosen]


def _said(
    arguments: argparse.Namespace,
    plan: Survey | Search,
    chosen: tuple[Platform, Sensor, Breeze | None],
    start: datetime,
) -> dict[str, Any]:
    """Return what goes along with a plan: its figures, who allowed looking, and what others must be told."""
    craft, eye, wind = chosen
    prior = "" if arguments.prior is None else f" --prior {Path(arguments.prior).name}"
    provenance = Provenance(
        version=__version__,
        seed=0,
        command=f"upwind plan {arguments.area.name} --platform {craft.name} --sensor {eye.name}{prior}",
        inputs=tuple(Input(name=path.name, sha256=open_file(path).sha256) for path in _inputs(arguments)),
    )
    return {
        "plan": {
            **(search_figures(plan) if isinstance(plan, Search) else _survey_figures(plan)),
            "platform": craft.name,
            "sensor": eye.name,
            "wind": None if wind is None else {"speed_m_s": wind.speed, "from_deg": wind.from_deg},
            "margin_m": MARGIN_M,
        },
        **told(arguments, plan.waypoints, start, plan.time_s),
        "upwind": provenance_json(provenance),
    }


def _survey_figures(survey: Survey) -> dict[str, Any]:
    """Return how long a survey is, what it sees, and how far from the best possible it is."""
    return {
        "time_s": survey.time_s,
        "lower_bound_s": survey.lower_bound_s,
        "gap": survey.gap,
        "length_m": survey.length_m,
        "sorties": len(survey.sorties),
        "coverage": survey.coverage,
        "course_deg": survey.course,
    }
