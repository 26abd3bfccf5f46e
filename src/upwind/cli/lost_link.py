"""What `upwind plan` tells an autopilot beside the way: its fence, and how it comes home without a link."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from upwind.errors import InputError
from upwind.flights.exports.parameters import parameters, settings, suffix_of
from upwind.flights.plan.fence import MOST_CORNERS, fence_of
from upwind.flights.plan.gate import Flights
from upwind.flights.plan.leave import Leave
from upwind.records import Autopilot, HeightOver, LostLink, Platform, Route
from upwind.render.planned import Secured

__all__ = [
    "add_autopilot",
    "beside",
    "fenced",
    "flown_by",
    "lost_link_lines",
    "require_autopilot",
    "secured_by",
    "settings_of",
]

_FENCED = (".plan", ".geojson")


def add_autopilot(parser: argparse.ArgumentParser) -> None:
    """Declare what flies the aircraft."""
    parser.add_argument(
        "--autopilot",
        type=Autopilot,
        choices=tuple(Autopilot),
        metavar=f"{{{','.join(Autopilot)}}}",
        help="writes its settings for a lost link beside the plan, and home as a rally point into a .plan",
    )


def require_autopilot(arguments: argparse.Namespace) -> None:
    """Raise `InputError` where an autopilot is named whose settings are not known, or not its own."""
    if arguments.autopilot is None:
        return
    if arguments.base is None:
        msg = "--autopilot: it returns to where it took off, and the plan does not say where; give --base LON,LAT"
        raise InputError(msg)
    if arguments.out.suffix.lower() == ".kmz":
        msg = "--autopilot: a .kmz is for DJI's aircraft, whose settings stand in it; leave it out, or write a .plan"
        raise InputError(msg)


def beside(autopilot: Autopilot | None, plan: Path) -> list[Path]:
    """Return where the settings for a plan belong, if any."""
    return [] if autopilot is None else [plan.with_suffix(suffix_of(autopilot))]


def fenced(route: Route, flights: Flights, leave: Leave, home_m: float | None = None) -> Route:
    """Return a route with its fence, and with how a lost link comes home from it.

    Parameters
    ----------
    route
        Above the sea, or over home, where the ground is followed.
    flights
        The same, as the gate let them through.
    leave
        What they were held against.
    home_m
        Height of the way home above ground; that of the highest waypoint where it is None. [m]
    """
    sorties, _, base, *_ = flights
    highest = float(max(sortie.waypoints[:, 2].max() for sortie in sorties)) if home_m is None else home_m
    over = HeightOver.HOME if all(sortie.altitude is None for sortie in sorties) else HeightOver.GROUND
    lost = None if base is None else LostLink(height_m=round(highest, 2), over=over)
    return replace(route, fence=fence_of(leave, flights), lost_link=lost)


def flown_by(route: Route, autopilot: Autopilot | None) -> Route:
    """Return a route as an autopilot takes it: PX4 knows no heights above ground, so that level ground is taken."""
    level = autopilot is Autopilot.PX4 and all(over is HeightOver.GROUND for over in route.over)
    over = (HeightOver.HOME,) * len(route.over) if level else route.over
    return replace(route, over=over, autopilot=autopilot)


def secured_by(routes: Iterable[Route], unheard: tuple[str, ...]) -> Secured:
    """Return what keeps the aircraft of routes where they may be."""
    kept = tuple(routes)
    return Secured(
        fences=tuple(route.fence for route in kept),
        homes=tuple(route.lost_link for route in kept),
        unheard=unheard,
    )


def settings_of(route: Route, craft: Platform, plan: Path) -> dict[str | Path, bytes | str]:
    """Return the file of settings for a route's plan, by its path; none where no autopilot is named."""
    if route.autopilot is None:
        return {}
    (path,) = beside(route.autopilot, plan)
    return {path: parameters(settings(route, craft), route.autopilot, plan)}


def lost_link_lines(routes: dict[Path, Route], craft: Platform) -> Iterator[str]:
    """Yield what to know of fences and lost links: what the files hold, and what must be set by hand."""
    path, route = next(iter(routes.items()))
    suffix = path.suffix.lower()
    if any(one.fence is None for one in routes.values()):
        yield f"No geofence: none of up to {MOST_CORNERS} corners was found between what is flown and what may not be."
    elif suffix in _FENCED:
        yield "Geofence: holds all that may be swept, and nothing that is not allowed. A ceiling is no part of it."
    lost = route.lost_link
    if lost is None:
        yield "Lost link: the gate looked at the straight way to the first waypoint; take off there, or give --base."
        return
    heights = [one.lost_link.height_m for one in routes.values() if one.lost_link is not None]
    said = _range(heights)
    datum = "the ground" if lost.over is HeightOver.GROUND else "the base"
    held = f"Lost link: the gate let the straight way to the base pass, {said} m above {datum}"
    if route.autopilot is not None:
        if route.autopilot is Autopilot.PX4:
            yield "Heights are above the base, as PX4 takes them: the ground is held to be level with it."
        yield f"{held}; load {', '.join(str(beside(route.autopilot, one)[0]) for one in routes)}, too."
    elif suffix == ".kmz":
        yield f"{held}: {'in the plan' if lost.over is HeightOver.HOME else 'set it so, if the aircraft can'}."
    else:
        centimetres = f"RTL_ALT {_range([100.0 * height for height in heights])} cm"
        ours = centimetres if craft.category == "multirotor" else f"RTL_ALTITUDE {said}"
        yield f"{held}: set {ours} (ArduPilot) or RTL_RETURN_ALT {said} (PX4), or plan with --autopilot."


def _range(values: list[float]) -> str:
    """Return the least and the greatest of several, one where they are the same."""
    return "-".join(dict.fromkeys(f"{value:g}" for value in (min(values), max(values))))
