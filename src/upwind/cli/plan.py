"""`upwind plan`: from an area to sorties that may be flown, with how far from the best possible they are."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from upwind import __version__
from upwind.cli.entries import finding_of
from upwind.cli.files import require_place, write_together
from upwind.cli.screen import progress, table
from upwind.cli.values import moment_of, position_of
from upwind.errors import FindingError, InputError
from upwind.flights.audit.entries import audit
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import atlas_of
from upwind.flights.catalogue import platform, sensor
from upwind.flights.exports import exported, require_known
from upwind.flights.permission.draft import draft
from upwind.flights.plan import Breeze, Survey, plan_survey
from upwind.flights.plan.gate import MARGIN_M, asked_for, swept
from upwind.flights.plan.route import route_of
from upwind.readers import read_wind
from upwind.readers.airspaces import read_airspaces
from upwind.readers.areas import read_polygons
from upwind.readers.authorisations import read_authorisations
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
    parser.add_argument("--base", type=position_of, metavar="LON,LAT", help="where every sortie starts and ends")
    parser.add_argument("--start", type=moment_of, metavar="TIME", help="of the first sortie, ISO 8601 (default: now)")
    parser.add_argument("--authorisations", type=Path, metavar="F", help="who allowed what, as TOML or JSON")
    parser.add_argument(
        "--airspace", type=Path, action="append", default=[], metavar="F", help="in place of that brought along"
    )
    parser.add_argument(
        "--authority", default="", metavar="TEXT", help="who allowed looking there; recorded in the plan"
    )
    parser.add_argument(
        "--require-authority",
        action="store_true",
        help="refuse a plan without --authority (or UPWIND_REQUIRE_AUTHORITY=1)",
    )
    parser.add_argument("--remote-id", default="", metavar="ID", help="the aircraft's Remote ID, recorded in the plan")
    parser.add_argument(
        "--operator", default="", metavar="ID", help="the operator's registration, recorded in the plan"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="F", help=".plan, .waypoints, .kml, .kmz or .geojson"
    )


def run(arguments: argparse.Namespace) -> int:
    """Plan, hold the plan against borders and airspace, and write it where every entry is authorised."""
    require_known(arguments.out)
    require_place(arguments.out)
    if not arguments.authority and (arguments.require_authority or os.environ.get("UPWIND_REQUIRE_AUTHORITY") == "1"):
        msg = "no collection authority is recorded; give --authority TEXT: who allowed looking there"
        raise InputError(msg)
    craft, eye = platform(arguments.platform), sensor(arguments.sensor)
    wind = _breeze(arguments.wind)
    start = arguments.start or datetime.now(UTC).replace(microsecond=0)
    with progress("planning") as advance:
        survey = plan_survey(read_polygons(arguments.area), craft, eye, wind, arguments.base)
        advance(0.7)
        _require_leave(arguments, survey, craft, start)
    said = _said(arguments, survey, (craft, eye, wind), start)
    write_together({arguments.out: exported(route_of(survey, craft, arguments.base), said, arguments.out)})
    _show(survey, start)
    print(f"Results are in {arguments.out}")
    return 0


def _breeze(path: Path | None) -> Breeze | None:
    """Return the mean wind of a file, as a vector; still air without one."""
    if path is None:
        return None
    wind = read_wind(path)
    toward = np.radians(wind.wind_from + 180.0)
    east, north = (float(np.nanmean(wind.wind_speed * part)) for part in (np.sin(toward), np.cos(toward)))
    if not np.isfinite(east + north):
        msg = f'{path.name}: no row has both "wind_speed [m/s]" and "wind_from [deg]"; add these columns'
        raise InputError(msg)
    return Breeze(speed=float(np.hypot(east, north)), from_deg=float(np.degrees(np.arctan2(-east, -north)) % 360.0))


def _require_leave(arguments: argparse.Namespace, survey: Survey, craft: Platform, start: datetime) -> None:
    """Raise `FindingError` where the plan could enter what nobody allowed, and say what to ask for."""
    authorisations = read_authorisations(arguments.authorisations) if arguments.authorisations else ()
    airspaces = [one for path in arguments.airspace for one in read_airspaces(path)]
    atlas = atlas_of(airspaces or shipped_airspaces())
    judged = audit(swept(survey, craft, arguments.base, start.timestamp()), authorisations, atlas)
    wanted = asked_for(judged)
    if wanted:
        print("# What would have to be allowed, for whoever may allow it; upwind plan --authorisations FILE reads it.")
        print("\n".join(map(draft, wanted)))
        raise FindingError(finding_of(wanted))


def _said(
    arguments: argparse.Namespace, survey: Survey, chosen: tuple[Platform, Sensor, Breeze | None], start: datetime
) -> dict[str, Any]:
    """Return what goes along with a plan: its figures, who allowed looking, and what others must be told."""
    craft, eye, wind = chosen
    end = start + timedelta(seconds=survey.time_s)
    places = survey.waypoints
    files = [arguments.area, *filter(None, (arguments.wind, arguments.authorisations)), *arguments.airspace]
    provenance = Provenance(
        version=__version__,
        seed=0,
        command=f"upwind plan {arguments.area.name} --platform {craft.name} --sensor {eye.name}",
        inputs=tuple(Input(name=path.name, sha256=open_file(path).sha256) for path in files),
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
        "authority": arguments.authority,
        "remote_id": {"uas_id": arguments.remote_id, "operator_id": arguments.operator},
        "notam": {
            "from": start.isoformat().replace("+00:00", "Z"),
            "to": end.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "box": [float(edge) for edge in (*places[:, :2].min(axis=0), *places[:, :2].max(axis=0))],
            "lower_m": 0.0,
            "upper_m": float(places[:, 2].max()),
        },
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
