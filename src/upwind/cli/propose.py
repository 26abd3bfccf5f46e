"""`upwind propose`: the next leg of a flight whose readings already say something, for a person to approve."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from upwind import __version__
from upwind.cli.files import require_apart, require_place, write_together
from upwind.cli.leave import add_leave, airspace_lines, judged, leave_of, refuse_unasked, require_authority, told
from upwind.cli.lost_link import (
    add_autopilot,
    beside,
    fenced,
    flown_by,
    lost_link_lines,
    require_autopilot,
    settings_of,
)
from upwind.cli.screen import progress, table, tell
from upwind.cli.values import area_of, metres_of, seed_of
from upwind.errors import InputError
from upwind.flights.adaptive.graded import Graded, graded
from upwind.flights.adaptive.next_leg import Conditions, Thought, sortie_of, think
from upwind.flights.adaptive.propose import Proposal
from upwind.flights.catalogue import platform, sensor
from upwind.flights.exports import exported, require_known
from upwind.flights.plan.gate import MARGIN_M
from upwind.flights.plan.route import route_of
from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.survey import Breeze
from upwind.pipeline import read_flight, require_near
from upwind.readers import require_locatable
from upwind.readers.files import open_file
from upwind.records import Platform, Track
from upwind.render.content import Input, Provenance
from upwind.render.geojson import estimate_json, provenance_json, significant
from upwind.render.numbers import figure, interval, percent, span

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind propose flight.csv --platform quadcopter --authorisations allowed.toml --out next.plan
  upwind propose flight.csv --platform quadcopter --area -98.61,42.48,-98.59,42.50 --height 6 --out next.plan
  upwind propose flight.csv --platform quadcopter --choose 2 --out next.plan

Nothing flies by itself: a person looks at the table, and approves a leg by loading its plan. Every state and
restricted airspace that the leg could enter needs an authorisation: where one is missing the exit code is 3 and no
plan is written.
"""
#: Rows of the table.
_SHOWN = 5
_NEGATIVE = re.compile(r"-[\d.]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was asked for, and what came of it."""

    arguments: argparse.Namespace
    craft: Platform
    start: datetime
    thought: Thought
    chosen: Proposal
    sortie: Sortie


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    parser._negative_number_matcher = _NEGATIVE  # noqa: SLF001 - or `--area -98.6,…` would be taken for an option
    parser.add_argument("tracks", type=Path, nargs="+", metavar="TRACK", help="what was flown so far, track tables")
    parser.add_argument("--platform", required=True, metavar="P", help="of the catalogue, or a TOML file")
    parser.add_argument("--sensor", metavar="S", help="of the catalogue, or a TOML file; its response time counts")
    parser.add_argument("--gas", metavar="G", help="a gas column's name (needed where there are several)")
    parser.add_argument("--wind", type=Path, metavar="F", help="wind columns against time, for tracks without them")
    parser.add_argument("--area", type=area_of, metavar="W,S,E,N", help="where sources and legs may be, in degrees")
    parser.add_argument("--height", type=metres_of, metavar="M", help="of the leg above ground (default: as flown)")
    parser.add_argument("--speed", type=metres_of, metavar="M/S", help="over ground (default: the platform's cruise)")
    parser.add_argument("--choose", type=_rank_of, default=1, metavar="N", help="which proposal is written (default 1)")
    parser.add_argument("--seed", type=seed_of, default=0, metavar="N", help="the same seed gives the same proposals")
    add_leave(parser)
    add_autopilot(parser)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="F", help=".plan, .waypoints, .kml, .kmz or .geojson"
    )


def run(arguments: argparse.Namespace) -> int:
    """Propose legs, hold the chosen one against borders and airspace, and write it where every entry is authorised."""
    require_known(arguments.out)
    require_autopilot(arguments)
    results = [arguments.out, *beside(arguments.autopilot, arguments.out)]
    for path in results:
        require_place(path)
    require_apart(results, _inputs(arguments))
    require_authority(arguments)
    craft = platform(arguments.platform)
    tracks = read_flight(arguments.tracks, arguments.wind)
    require_locatable(tracks)
    if arguments.area is not None:
        require_near(arguments.area, tracks)
    with progress("proposing") as advance:
        thought = think(tracks, _gas_of(tracks, arguments.gas), _conditions(arguments, craft), arguments.seed)
        advance(0.8)
        asked = _asked(arguments, craft, thought)
        wind = Breeze(speed=thought.wind_m_s, from_deg=thought.wind_from_deg)
        flights = ([asked.sortie], craft, arguments.base, asked.start.timestamp(), wind)
        _show(asked)
        leave = leave_of(arguments)
        verdict = judged(leave, flights, is_shown=False)
        if verdict is not None:
            refuse_unasked(verdict, asked.start)
    route = flown_by(fenced(route_of([asked.sortie], craft, arguments.base), flights, leave), arguments.autopilot)
    settled = settings_of(route, craft, arguments.out)
    write_together({arguments.out: exported(route, _record(asked), arguments.out), **settled})
    tell([*airspace_lines(leave, asked.sortie.waypoints), *lost_link_lines({arguments.out: route}, craft)])
    print(f"Proposal {arguments.choose} is in {arguments.out}; fly it only when a person has approved it")
    return 0


def _rank_of(text: str) -> int:
    if text not in {str(number) for number in range(1, _SHOWN + 1)}:
        msg = f"{text!r} is no row of the table, from 1 to {_SHOWN}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _inputs(arguments: argparse.Namespace) -> list[Path]:
    """Return the files that are read, as far as they are named by their paths."""
    chosen = [Path(name) for name in (arguments.platform, arguments.sensor or "") if Path(name).is_file()]
    return [*arguments.tracks, *filter(None, (arguments.wind, arguments.authorisations)), *arguments.airspace, *chosen]


def _gas_of(tracks: Sequence[Track], wanted: str | None) -> str:
    """Return the gas that is sought."""
    present = list(dict.fromkeys(gas.name for track in tracks for gas in track.gases))
    if wanted is None and len(present) == 1:
        return present[0]
    if wanted not in present:
        fault = "several gases are in the tracks" if wanted is None else f"gas {wanted!r} is in no track"
        msg = f"{fault}; give --gas, one of {', '.join(present) or 'none'}"
        raise InputError(msg)
    return wanted


def _conditions(arguments: argparse.Namespace, craft: Platform) -> Conditions:
    eye = sensor(arguments.sensor) if arguments.sensor else None
    return Conditions(
        craft=craft,
        speed_m_s=arguments.speed or craft.speed_m_s,
        height_m=arguments.height,
        response_s=None if eye is None else eye.response_s,
        area=arguments.area,
    )


def _asked(arguments: argparse.Namespace, craft: Platform, thought: Thought) -> _Asked:
    if arguments.choose > len(thought.proposals):
        msg = f"there are {len(thought.proposals)} proposals; --choose one of them"
        raise InputError(msg)
    chosen = thought.proposals[arguments.choose - 1]
    return _Asked(
        arguments=arguments,
        craft=craft,
        start=arguments.start or datetime.now(UTC).replace(microsecond=0),
        thought=thought,
        chosen=chosen,
        sortie=sortie_of(chosen, thought),
    )


def _show(asked: _Asked) -> None:
    """Print the best proposals, and what is known before them."""
    rows = []
    for number, one in enumerate(asked.thought.proposals[:_SHOWN], start=1):
        length = float(np.hypot(*np.diff(one.corners, axis=0).T).sum())
        rows.append(
            [
                str(number),
                f"{length:.0f}",
                span(one.time_s),
                f"{figure(one.gain.median)} ({figure(one.gain.lower)}-{figure(one.gain.upper)})",
                figure(1000.0 * one.rate),
                str(one.ahead),
                interval(one.radius),
            ]
        )
    heads = ["leg", "m", "time", "expected gain [nat]", "mnat/s", "legs ahead", "radius afterwards (90 %)"]
    title = f"{len(asked.thought.proposals)} legs for {asked.thought.gas}; now {asked.thought.standing}"
    table(title, heads, rows, right=heads)
    print("Time includes the way to the leg. A leg is a proposal: a person approves each before it is flown.")
    tell([_how_sure(graded())])


def _how_sure(known: Graded) -> str:
    """Return in plain words how often a small region was right where the truth was known."""
    share = known.share
    said = f"{percent(share.median)} ({100.0 * share.lower:.0f}-{100.0 * share.upper:.0f})"
    return (
        f"How sure: in graded hunts the first region as small as a circle of {known.within_m:g} m held the source in "
        f"{known.right} of {known.stated}, {said}; hunted was {known.condition}. Before anybody relies on a small "
        "region, pass it again from another side."
    )


def _record(asked: _Asked) -> dict[str, Any]:
    """Return what goes along with the plan."""
    arguments, one, thought = asked.arguments, asked.chosen, asked.thought
    provenance = Provenance(
        version=__version__,
        seed=arguments.seed,
        command=f"upwind propose {' '.join(path.name for path in arguments.tracks)} --platform {asked.craft.name}",
        inputs=tuple(Input(name=path.name, sha256=open_file(path).sha256) for path in _inputs(arguments)),
    )
    return {
        "plan": {
            "status": "proposed; a person approves it before it is flown",
            "gas": thought.gas,
            "time_s": significant(one.time_s),
            "expected_gain": estimate_json(one.gain),
            "radius_afterwards": estimate_json(one.radius),
            "legs_ahead": one.ahead,
            "small_regions_right": {**estimate_json(graded().share), "hunted": graded().condition},
            "platform": asked.craft.name,
            "wind": {"speed_m_s": significant(thought.wind_m_s), "from_deg": significant(thought.wind_from_deg)},
            "margin_m": MARGIN_M,
        },
        **told(arguments, asked.sortie.waypoints, asked.start, one.time_s),
        "upwind": provenance_json(provenance),
    }
