"""How far a track kept to its plan, as `upwind audit` asks for it and shows it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from upwind.cli.screen import table
from upwind.cli.values import metres_of
from upwind.flights.conformance.comparison import TOLERANCE_M
from upwind.records import Conformance, LineFlown

__all__ = ["add_plan", "show_conformances"]

#: Lines of one track that are shown; all are in the file.
_MOST_LINES = 40
#: A distance that is this near to the reach of the comparison may have been more. [m]
_NEAR_REACH_M = 0.1
_HEADS = ("line", "flown [%]", "median [m]", "95 % [m]", "worst [m]", "from", "to")


def add_plan(parser: argparse.ArgumentParser) -> None:
    """Declare the options that name a plan to compare tracks with."""
    parser.add_argument(
        "--plan",
        type=Path,
        metavar="F",
        help="how far each track kept to this plan: QGroundControl .plan, .waypoints, DJI .kmz, KML, GeoJSON",
    )
    parser.add_argument(
        "--tolerance",
        type=metres_of,
        default=TOLERANCE_M,
        metavar="M",
        help="so many metres beside a planned line it counts as flown (default: %(default)g)",
    )


def show_conformances(conformances: Sequence[Conformance]) -> None:
    """Print a row a planned line of each track, and what the track did as a whole."""
    for one in conformances:
        rows = [_row(number, line) for number, line in enumerate(one.lines, start=1)]
        if rows:
            table(_title(one), _HEADS, rows[:_MOST_LINES], right=_HEADS[:5])
        else:
            print(f"{one.track}: there is no line in {one.plan} to compare it with")
        if len(rows) > _MOST_LINES:
            print(f"… and {len(rows) - _MOST_LINES:,} more lines in the file")
        for sentence in _sentences(one):
            print(sentence)


def _title(one: Conformance) -> str:
    share = 100.0 * (one.share or 0.0)
    return (
        f"{one.track} flew {share:.0f} % of the {one.planned_m / 1000.0:,.1f} km of lines of {one.plan} "
        f"within {one.tolerance_m:g} m"
    )


def _row(number: int, line: LineFlown) -> Sequence[str]:
    sizes = (line.cross_median_m, line.cross_95_m, line.cross_worst_m)
    start, end = line.start, line.end
    end_text = _moment(end, "%H:%M:%S" if start and end and start.date() == end.date() else "%Y-%m-%d %H:%M:%S")
    return [
        f"{number}{' backward' if line.backward else ''}",
        f"{100.0 * line.share:.0f}",
        *("-" if size is None else f"{size:.1f}" for size in sizes),
        _moment(start, "%Y-%m-%d %H:%M:%S"),
        end_text,
    ]


def _moment(moment: datetime | None, layout: str) -> str:
    return "-" if moment is None else moment.strftime(layout)


def _sentences(one: Conformance) -> Iterator[str]:
    """Yield what is to be known beside the lines."""
    missed = [number for number, line in enumerate(one.lines, start=1) if not line.flown]
    if missed:
        yield f"Less than half flown: line {', '.join(_ranges(missed))}"
    if not one.in_order:
        yield f"Not in the plan's order: {', '.join(_ranges([line + 1 for line in one.order]))}"
    if one.worst is not None:
        least = "at least " if one.worst.metres > one.reach_m - _NEAR_REACH_M else ""
        yield (
            f"Farthest from a line: {least}{one.worst.metres:.1f} m at {one.worst.time:%Y-%m-%d %H:%M:%SZ}, line "
            f"{one.worst.line + 1}, {one.worst.longitude:.6f}, {one.worst.latitude:.6f}"
        )
    yield f"Flown {one.flown_way_m / 1000.0:,.1f} km, planned {one.planned_way_m / 1000.0:,.1f} km"


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    """Yield numbers, neighbours that rise one by one as a range."""
    for _, part in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in part]
        yield str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}"
