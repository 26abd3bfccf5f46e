"""What `upwind plan --aircraft` takes and leaves: a file an aircraft, and who flies what."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from upwind.cli.screen import table
from upwind.cli.sorties import span
from upwind.cli.values import count_of
from upwind.errors import InputError
from upwind.flights.plan.fleet import Fleet

__all__ = ["add_fleet", "files_of", "fleet_figures", "require_fleet", "show_fleet"]


def add_fleet(parser: argparse.ArgumentParser) -> None:
    """Declare how many aircraft there are."""
    parser.add_argument(
        "--aircraft",
        type=count_of,
        default=1,
        metavar="N",
        help="of this platform, at once; a file each: F-1, F-2",
    )


def require_fleet(arguments: argparse.Namespace) -> None:
    """Raise `InputError` where several aircraft are asked for what only one flies."""
    if arguments.aircraft == 1:
        return
    for name, what in (("prior", "a search"), ("pattern", "a pattern"), ("report", "the page of a plan")):
        if getattr(arguments, name) is not None:
            msg = f"--{name}: {what} is of one aircraft; leave out --{name} or --aircraft"
            raise InputError(msg)


def files_of(path: Path, aircraft: int) -> list[Path]:
    """Return the file of each aircraft; the one that was named where there is only one."""
    if aircraft == 1:
        return [path]
    return [path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, aircraft + 1)]


def fleet_figures(fleet: Fleet, number: int) -> dict[str, Any]:
    """Return what one aircraft's file says of it and of all; `number` counts from 0."""
    own: Sequence[Any] = fleet.sorties[number]
    return {
        "number": number + 1,
        "of": len(fleet.shares),
        "sorties": len(own),
        "time_s": sum(sortie.time_s for sortie in own),
        "length_m": sum(sortie.length_m for sortie in own),
        "makespan_s": fleet.makespan_s,
        "makespan_lower_bound_s": fleet.makespan_bound_s,
    }


def show_fleet(fleet: Fleet, start: datetime) -> None:
    """Print a row a sortie with its aircraft, and how early the last one is home."""
    rows = []
    flown = zip(fleet.survey.sorties, fleet.starts(0.0), strict=True)
    of = [number for number, share in enumerate(fleet.shares, start=1) for _ in range(share)]
    for number, (sortie, at) in zip(of, flown, strict=True):
        km, begins = f"{sortie.length_m / 1000:,.1f}", start + timedelta(seconds=at)
        rows.append([str(number), str(len(sortie.lines)), km, span(sortie.time_s), f"{begins:%m-%d %H:%M}"])
    survey, heads = fleet.survey, ("aircraft", "lines", "km", "time", "from (UTC)")
    table(f"{len(rows)} sorties of {len(fleet.shares)} aircraft", heads, rows, right=heads[:-1])
    print(f"The last one is home after {span(fleet.makespan_s)}; no fleet of as many is before", end=" ")
    print(f"{span(fleet.makespan_bound_s)}: the gap is {fleet.makespan_s / fleet.makespan_bound_s - 1.0:.2%}.")
    print(
        f"In all {survey.length_m / 1000:,.1f} km in {span(survey.time_s)}; {survey.coverage:.2%} of the area is seen."
    )
    print(f"No plan of straight lines takes less than {span(survey.lower_bound_s)}: the gap is {survey.gap:.2%}.")
