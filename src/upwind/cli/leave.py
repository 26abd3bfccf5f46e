"""The one door that every plan goes through before it may leave: who allowed it, and what others must be told."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from upwind.arrays import FloatArray
from upwind.cli.values import moment_of, position_of
from upwind.errors import FindingError, InputError
from upwind.flights.audit.entries import Audit, audit
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import atlas_of
from upwind.flights.borders.lookup import locate_points
from upwind.flights.permission.draft import draft
from upwind.flights.plan.gate import Flights, asked_for, is_settled, swept
from upwind.flights.plan.leave import Leave
from upwind.readers.airspaces import read_airspaces
from upwind.readers.authorisations import read_authorisations
from upwind.records import Entry

__all__ = [
    "add_leave",
    "airspace_lines",
    "judged",
    "leave_of",
    "refuse_unasked",
    "require_authority",
    "told",
    "unheard",
]


#: A centimetre, as waypoints have it. [decimals of a degree]
_DECIMALS = 7


def add_leave(parser: argparse.ArgumentParser) -> None:
    """Declare when and whence a plan is flown, who allowed that, and who must be told."""
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


def require_authority(arguments: argparse.Namespace) -> None:
    """Raise `InputError` where an authority must be recorded and none is given."""
    if not arguments.authority and (arguments.require_authority or os.environ.get("UPWIND_REQUIRE_AUTHORITY") == "1"):
        msg = "no collection authority is recorded; give --authority TEXT: who allowed looking there"
        raise InputError(msg)


def leave_of(arguments: argparse.Namespace) -> Leave:
    """Return who allowed what, and borders, land and airspace."""
    path: Path | None = arguments.authorisations
    allowed = read_authorisations(path) if path else ()
    special = [one for path in arguments.airspace for one in read_airspaces(path)]
    return Leave(authorisations=tuple(allowed), atlas=atlas_of(special or shipped_airspaces()))


def judged(leave: Leave, flights: Flights, *, is_shown: bool) -> Audit | None:
    """Return the audit of all that flights sweep; None where it is not shown, and known without it that all is allowed.

    Parameters
    ----------
    leave
        What the flights are held against.
    flights
        As `plan.gate.swept` takes them.
    is_shown
        Whether somebody wants to see it in any case.
    """
    if not is_shown and is_settled(leave, *flights):
        return None
    return audit(swept(*flights), leave.authorisations, leave.atlas)


def refuse_unasked(judged: Audit, start: datetime) -> None:
    """Raise `FindingError` where a plan could enter what nobody allowed, and print what to ask for.

    Parameters
    ----------
    judged
        The audit of all that the plan sweeps.
    start
        Of the first sortie.
    """
    wanted = asked_for(judged)
    if wanted:
        print(f"# For --start {start:%Y-%m-%dT%H:%M:%SZ}; another start is another time to ask for.")
        print("# What would have to be allowed, for whoever may allow it; --authorisations FILE reads it.")
        print("\n".join(map(draft, wanted)))
        raise FindingError(_finding(wanted))


def _finding(wanted: Sequence[Entry]) -> str:
    """Return in a line what a plan could enter that nobody allowed."""
    first, states = wanted[0], ", ".join(sorted({entry.state for entry in wanted}))
    where = f"{first.state} ({first.name or first.kind})"
    others = f", and {len(wanted) - 1} more" if len(wanted) > 1 else ""
    return (
        f"unauthorised ({states}): {first.flight} could enter {where} at {first.start:%Y-%m-%d %H:%M:%SZ}: "
        f"{first.why_not}{others}; nothing that could be flown is written"
    )


def unheard(leave: Leave, waypoints: FloatArray) -> tuple[str, ...]:
    """Return the states whose land or sea waypoints are over, and of whose restricted airspace nothing is known."""
    found = locate_points(leave.atlas.borders, *np.ascontiguousarray(waypoints[:, :2].T))
    over = {leave.atlas.states[area] for area in np.unique(found.area[found.inside]).tolist()}
    return tuple(sorted(over - {one.state for one in leave.atlas.airspaces}))


def airspace_lines(leave: Leave, waypoints: FloatArray) -> Iterator[str]:
    """Yield a line where somebody must look up airspace that is not known here."""
    states = unheard(leave, waypoints)
    if states:
        yield f"Restricted airspace of {', '.join(states)} is not known here: look it up, or give it with --airspace."


def told(arguments: argparse.Namespace, waypoints: FloatArray, start: datetime, time_s: float) -> dict[str, Any]:
    """Return what goes along with every plan: its authority, Remote ID, and when and where a NOTAM would say it is.

    Parameters
    ----------
    arguments
        As `add_leave` declares them.
    waypoints
        Longitude, latitude [deg] and height [m], (waypoint, 3).
    start, time_s
        Of the first sortie, and how long all take. [s]
    """
    end = start + timedelta(seconds=time_s)
    return {
        "authority": arguments.authority,
        "remote_id": {"uas_id": arguments.remote_id, "operator_id": arguments.operator},
        "notam": {
            "from": start.isoformat().replace("+00:00", "Z"),
            "to": end.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "box": np.round([*waypoints[:, :2].min(axis=0), *waypoints[:, :2].max(axis=0)], _DECIMALS).tolist(),
            "lower_m": 0.0,
            "upper_m": float(waypoints[:, 2].max()),
        },
    }
