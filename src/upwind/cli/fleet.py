"""What `upwind plan --aircraft` takes and leaves: a file an aircraft, and who flies what."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from upwind.cli.crews import transit_m
from upwind.cli.planned import Asked
from upwind.cli.screen import table, tell
from upwind.cli.values import count_of
from upwind.errors import FindingError, InputError
from upwind.flights.plan import Sortie
from upwind.flights.plan.air import air_of
from upwind.flights.plan.fleet import Fleet, plan_fleet
from upwind.flights.plan.layers import raised
from upwind.flights.plan.nearness import nearness
from upwind.flights.plan.occupied import LATE_S, SHARE, WIND_ERROR_M_S
from upwind.readers.areas import read_polygons
from upwind.readers.authorisations import read_authorisations
from upwind.records import Estimate, Platform
from upwind.render.numbers import span

__all__ = ["add_fleet", "files_of", "fleet_figures", "fleet_of", "levelled", "require_fleet", "show_fleet"]


def add_fleet(parser: argparse.ArgumentParser) -> None:
    """Declare how many aircraft there are."""
    parser.add_argument(
        "--aircraft",
        type=count_of,
        default=1,
        metavar="N",
        help="of this platform, kept clear of each other; a file each: F-1, F-2",
    )


def require_fleet(arguments: argparse.Namespace) -> None:
    """Raise `InputError` where several aircraft are asked for what only one flies."""
    if arguments.aircraft == 1:
        return
    for name, what in (("prior", "a search"), ("pattern", "a pattern")):
        if getattr(arguments, name) is not None:
            msg = f"--{name}: {what} is of one aircraft; leave out --{name} or --aircraft"
            raise InputError(msg)


def files_of(path: Path, aircraft: int) -> list[Path]:
    """Return the file of each aircraft; the one that was named where there is only one."""
    if aircraft == 1:
        return [path]
    return [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, aircraft + 1)]


def fleet_of(asked: Asked) -> Fleet:
    """Return who of several aircraft flies what, and when, clear of all others.

    Raises
    ------
    FindingError
        Nothing keeps them clear before one aircraft alone would be home.
    """
    arguments, chosen = asked.arguments, (asked.craft, asked.eye)
    area, ceiling = read_polygons(arguments.area), _ceiling(arguments, asked.craft)
    found = plan_fleet(area, chosen, asked.wind, arguments.base, arguments.aircraft, ceiling)
    if isinstance(found, Fleet):
        wind = (0.0, 0.0) if asked.wind is None else (asked.wind.speed, asked.wind.from_deg)
        return replace(found, near=nearness(found, air_of(asked.craft, *wind)))
    (one, other), (longitude, latitude) = found.pair, found.place
    when = asked.start + timedelta(seconds=found.after_s)
    msg = (
        f"aircraft {one} and {other} may come nearer than {found.separation.across_m:,.0f} m at {longitude:.4f}, "
        f"{latitude:.4f}, {when:%Y-%m-%dT%H:%M:%SZ}, and nothing keeps {arguments.aircraft} clear before one alone is "
        f"home ({span(found.alone_s)}); give fewer, or a platform file with climb_m_s or a smaller separation_m"
    )
    raise FindingError(msg)


def _ceiling(arguments: argparse.Namespace, craft: Platform) -> float:
    """Return how high transits may be: as high as every authorisation of the platform lets them be. [m]

    Where the ground is followed they stay at the lines' height.
    """
    if arguments.terrain is not None:
        return 0.0
    allowed = read_authorisations(arguments.authorisations) if arguments.authorisations else ()
    own = [one.ceiling_m for one in allowed if one.platform in ("*", craft.name) and one.ceiling_m is not None]
    return min(own, default=math.inf)


def levelled(fleet: Fleet, lines_m: float) -> tuple[Sortie, ...] | None:
    """Return the sorties with their transits at the height of lines [m]; None where they are so already.

    The gate takes all that a plan sweeps to be at its greatest height: lines below are held against it by these.
    """
    return tuple(raised(sortie, lines_m) for sortie in fleet.survey.sorties) if fleet.layers else None


def fleet_figures(fleet: Fleet, number: int, start: datetime) -> dict[str, Any]:
    """Return what one aircraft's file says of it and of all; `number` counts from 0."""
    own: Sequence[Any] = fleet.sorties[number]
    begins = [begin for begin, who in zip(fleet.begins, fleet.of, strict=True) if who == number]
    separation = fleet.separation
    return {
        "number": number + 1,
        "of": len(fleet.shares),
        "sorties": len(own),
        "take_off": [_zulu(start + timedelta(seconds=begin)) for begin in begins],
        "time_s": sum(sortie.time_s for sortie in own),
        "length_m": sum(sortie.length_m for sortie in own),
        "makespan_s": fleet.makespan_s,
        "makespan_latest_s": fleet.latest_s,
        "makespan_not_clear_s": fleet.unheld_s,
        "makespan_lower_bound_s": fleet.makespan_bound_s,
        "lost_link_height_m": transit_m(fleet, number),
        "separation": None
        if separation is None
        else {"across_m": separation.across_m, "height_m": separation.up_m, "assumed": _assumed()},
        "nearest": [
            {
                "aircraft": list(one.pair),
                "across": None if one.across is None else one.across.as_json(),
                "at": None if one.across is None else _zulu(start + timedelta(seconds=one.after_s)),
            }
            for one in fleet.near
        ],
    }


def _assumed() -> dict[str, float]:
    return {"wind_error_m_s": WIND_ERROR_M_S, "share_of_time": SHARE, "take_off_late_s": LATE_S}


def _zulu(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def show_fleet(fleet: Fleet, start: datetime) -> None:
    """Print a row a sortie with its aircraft, how early the last one is home, and how near they come."""
    rows = []
    for number, sortie, begin, held in zip(fleet.of, fleet.survey.sorties, fleet.begins, fleet.held, strict=True):
        times = [start + timedelta(seconds=begin + after) for after in (0.0, sortie.time_s, held.home_s)]
        said = [str(number + 1), str(len(sortie.lines)), f"{sortie.length_m / 1000:,.1f}", span(sortie.time_s)]
        rows.append([*said, *(f"{at:%m-%d %H:%M:%S}" for at in times), f"{transit_m(fleet, number):,.0f}"])
    heads = ("aircraft", "lines", "km", "time", "take-off (UTC)", "home", "landed by", "transits, m")
    flying, survey = sum(map(bool, fleet.shares)), fleet.survey
    table(f"{len(rows)} sorties of {flying} aircraft", heads, rows, right=(*heads[:4], heads[-1]))
    if flying < len(fleet.shares):
        print(f"More than {flying} aircraft would not be home earlier; the others stay on the ground.")
    print(
        f"The last one is home after {span(fleet.makespan_s)}, landed by {span(fleet.latest_s)}; if none kept clear it "
        f"were {span(fleet.unheld_s)}: that costs {fleet.makespan_s / fleet.unheld_s - 1.0:.1%}."
    )
    gap = fleet.makespan_s / fleet.makespan_bound_s - 1.0
    print(f"No fleet of as many is home before {span(fleet.makespan_bound_s)}: the gap is {gap:.2%}.")
    tell(_apart(fleet, start))
    print(
        f"In all {survey.length_m / 1000:,.1f} km in {span(survey.time_s)}; {survey.coverage:.2%} of the area is seen."
    )
    print(f"No plan of straight lines takes less than {span(survey.lower_bound_s)}: the gap is {survey.gap:.2%}.")


def _apart(fleet: Fleet, start: datetime) -> Iterator[str]:
    """Yield what aircraft keep, on what terms, how near they are expected to come, and what a lost link is clear of."""
    if fleet.separation is None:
        return
    across, up = fleet.separation.across_m, fleet.separation.up_m
    yield (
        f"Two in the air keep {across:,.0f} m over ground or {up:,.0f} m between heights, if each takes off up to "
        f"{LATE_S:.0f} s late, the wind is off by up to {WIND_ERROR_M_S:g} m/s, and the pace by {SHARE:.0%}. "
        "Whoever is later stays on the ground until a new plan."
    )
    nearest = next(iter(fleet.near), None)
    if nearest is None or nearest.across is None:
        yield "No two are expected in the air at near heights at once."
    else:
        at, (one, other) = start + timedelta(seconds=nearest.after_s), nearest.pair
        metres = _metres(nearest.across)
        yield f"The nearest expected is {metres}, aircraft {one} and {other}, about {at:%m-%d %H:%M} UTC."
    if not fleet.layers:
        yield "The straight way home of a lost link is not held clear of the others."
        return
    own = len(fleet.layers) >= sum(map(bool, fleet.shares))
    yield (
        "A lost link, straight home at the height of its transits, is clear of the lines"
        f"{' and, but for their ends, of other transits' if own else ', not of other transits'}; not while it "
        "climbs there, nor at the base."
    )


def _metres(across: Estimate) -> str:
    """Return how near two come; where nothing is uncertain of it, no interval."""
    if f"{across.lower:,.0f}" == f"{across.upper:,.0f}":
        return f"{across.median:,.0f} m, a distance on the ground that no error changes"
    return f"{across.median:,.0f} m ({across.lower:,.0f}-{across.upper:,.0f})"
