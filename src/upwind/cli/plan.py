"""`upwind plan`: from an area to sorties that may be flown, with how far from the best possible they are."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from upwind import __version__
from upwind.cli.files import require_apart, require_place, write_together
from upwind.cli.leave import add_leave, require_authority, require_leave, told
from upwind.cli.screen import progress, table
from upwind.cli.weather import breeze_of
from upwind.flights.catalogue import platform, sensor
from upwind.flights.exports import exported, require_known
from upwind.flights.plan import Breeze, Survey, plan_survey
from upwind.flights.plan.gate import MARGIN_M, swept
from upwind.flights.plan.route import route_of
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
        "--wind", type=Path, metavar="F", help="wind columns; their mean is planned for (default: still)"
    )
    add_leave(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="F", help=".plan, .waypoints, .kml, .kmz or .geojson"
    )


def run(arguments: argparse.Namespace) -> int:
    """Plan, hold the plan against borders and airspace, and write it where every entry is authorised."""
    require_known(arguments.out)
    require_place(arguments.out)
    require_apart([arguments.out], _inputs(arguments))
    require_authority(arguments)
    craft, eye = platform(arguments.platform), sensor(arguments.sensor)
    wind = breeze_of(arguments.wind)
    start = arguments.start or datetime.now(UTC).replace(microsecond=0)
    with progress("planning") as advance:
        survey = plan_survey(read_polygons(arguments.area), craft, eye, wind, arguments.base)
        advance(0.7)
        way = swept(survey.sorties, craft, arguments.base, start.timestamp(), wind)
        require_leave(way, arguments.authorisations, arguments.airspace, start)
    said = _said(arguments, survey, (craft, eye, wind), start)
    write_together({arguments.out: exported(route_of(survey.sorties, craft, arguments.base), said, arguments.out)})
    _show(survey, start)
    print(f"Results are in {arguments.out}")
    return 0


def _inputs(arguments: argparse.Namespace) -> list[Path]:
    """Return the files that are read, as far as they are named by their paths."""
    chosen = [Path(name) for name in (arguments.platform, arguments.sensor) if Path(name).is_file()]
    asked = [arguments.area, *filter(None, (arguments.wind, arguments.authorisations)), *arguments.airspace]
    return [*asked, *chosen]


def _said(
    arguments: argparse.Namespace, survey: Survey, chosen: tuple[Platform, Sensor, Breeze | None], start: datetime
) -> dict[str, Any]:
    """Return what goes along with a plan: its figures, who allowed looking, and what others must be told."""
    craft, eye, wind = chosen
    provenance = Provenance(
        version=__version__,
        seed=0,
        command=f"upwind plan {arguments.area.name} --platform {craft.name} --sensor {eye.name}",
        inputs=tuple(Input(name=path.name, sha256=open_file(path).sha256) for path in _inputs(arguments)),
    )
    return {
        "plan": {
            "time_s": survey.time_s,
            "lower_bound_s": survey.lower_bound_s,
            "gap": survey.gap,
            "length_m": survey.length_m,
            "sorties": len(survey.sorties),
            "coverage": survey.coverage,
            "course_deg": survey.course,
            "platform": craft.name,
            "sensor": eye.name,
            "wind": None if wind is None else {"speed_m_s": wind.speed, "from_deg": wind.from_deg},
            "margin_m": MARGIN_M,
        },
        **told(arguments, survey.waypoints, start, survey.time_s),
        "upwind": provenance_json(provenance),
    }


def _show(survey: Survey, start: datetime) -> None:
    """Print a row a sortie, and how far the whole is from the best possible."""
    rows: list[Sequence[str]] = []
    at = start
    for number, sortie in enumerate(survey.sorties, start=1):
        rows.append(
            [
                str(number),
                str(len(sortie.lines)),
                f"{sortie.length_m / 1000:,.1f}",
                _span(sortie.time_s),
                f"{at:%m-%d %H:%M}",
            ]
        )
        at += timedelta(seconds=sortie.time_s)
    lines = sum(len(sortie.lines) for sortie in survey.sorties)
    title = f"{lines} lines in {len(rows)} sortie{'s' * (len(rows) != 1)}, course {survey.course:.0f}°"
    heads = ["sortie", "lines", "km", "time", "from (UTC)"]
    table(title, heads, rows, right=("sortie", "lines", "km", "time"))
    print(
        f"In all {survey.length_m / 1000:,.1f} km in {_span(survey.time_s)}; {survey.coverage:.2%} of the area is seen."
    )
    print(f"No plan of straight lines takes less than {_span(survey.lower_bound_s)}: the gap is {survey.gap:.2%}.")


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
