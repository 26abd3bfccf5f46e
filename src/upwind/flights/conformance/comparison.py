"""How far a flown track kept to its plan: line by line, whatever the order and direction in which they were flown.

Every figure is measured on the track between its believed samples; what lies in a gap of the track is not shown as
flown. Distances beside a line weigh by the length along it, so that hovering adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

import numpy as np

from upwind.arrays import TRAJECTORY
from upwind.flights.audit.flown import Flown, flown_of
from upwind.flights.audit.suspects import is_believed
from upwind.flights.conformance.lines import legs_of, way_length_m
from upwind.flights.conformance.measures import Comparison, line_flown, passes_along, worst_of
from upwind.flights.conformance.passes import Pieces, pieces_of, ways_of
from upwind.readers.plans import read_plan
from upwind.records import Conformance, Flight, Route, Trajectory

__all__ = ["TOLERANCE_M", "conform", "conformance_of"]

#: Unless somebody says otherwise, so far beside its line a track keeps to it: several times what a receiver errs, and
#: less than half of the distance between most lines. [m]
TOLERANCE_M = 25.0
#: Farther than so many tolerances, and than this [m], from a line a track is not on it at all.
_REACH_TOLERANCES, _REACH_M = 4.0, 100.0


def conform(route: Route, trajectory: Trajectory, tolerance_m: float = TOLERANCE_M) -> Conformance:
    """Return how far a track kept to a plan.

    Parameters
    ----------
    route
        As planned. Its survey lines are compared; where it marks none, all its ways within sorties.
    trajectory
        As flown; all its flights together.
    tolerance_m
        So far beside a line it counts as flown. [m]
    """
    flown = flown_of(trajectory)
    compared = Comparison(
        route=route,
        legs=legs_of(route),
        ways=ways_of(flown),
        tolerance_m=tolerance_m,
        reach_m=max(_REACH_TOLERANCES * tolerance_m, _REACH_M),
    )
    chosen = _chosen(compared)
    lines = tuple(line_flown(compared, line, pieces) for line, pieces in enumerate(chosen))
    begun = sorted((line.start, number) for number, line in enumerate(lines) if line.start is not None)
    order = tuple(number for _, number in begun)
    worst = filter(None, (worst_of(compared.ways, pieces) for pieces in chosen))
    planned_m = sum(line.length_m for line in lines)
    return Conformance(
        plan=route.name,
        plan_sha256=route.sha256,
        track=trajectory.name,
        tolerance_m=tolerance_m,
        reach_m=compared.reach_m,
        lines=lines,
        planned_m=planned_m,
        planned_way_m=_planned_way_m(route),
        flown_way_m=_flown_way_m(flown),
        share=sum(line.share * line.length_m for line in lines) / planned_m if lines else None,
        order=order,
        in_order=list(order) == sorted(order),
        backward=sum(bool(line.backward) for line in lines),
        worst=max(worst, key=lambda deviation: deviation.metres, default=None),
    )


def conformance_of(
    flight: Flight, trajectories: Sequence[Trajectory], tolerance_m: float = TOLERANCE_M
) -> Conformance | None:
    """Return how far a flight of a mission kept to its plan; None where it has none, or no track.

    Parameters
    ----------
    flight
        Whose `plan` is read.
    trajectories
        Those of its files, which are compared together: one plan may have been flown over several files.
    tolerance_m
        So far beside a line it counts as flown. [m]

    Raises
    ------
    FormatError
        The plan is none.
    """
    if flight.plan is None or not trajectories:
        return None
    return conform(read_plan(flight.plan), _together(trajectories), tolerance_m)


def _chosen(compared: Comparison) -> list[Pieces]:
    """Return the pieces by which each line was flown."""
    legs, ways = compared.legs, compared.ways
    pieces = pieces_of(ways, legs, compared.tolerance_m, compared.reach_m)
    order = np.argsort(pieces.line, kind="stable")
    bounds = np.searchsorted(pieces.line[order], np.arange(legs.lines + 1)).tolist()
    return [
        passes_along(
            ways, pieces.taken(order[begin:end]), float(legs.length[legs.of_line(line)].sum()), compared.reach_m
        )
        for line, (begin, end) in enumerate(pairwise(bounds))
    ]


def _planned_way_m(route: Route) -> float:
    """Return the length of all ways of a plan, those from one sortie to the next left out. [m]"""
    within = np.flatnonzero(np.diff(route.sortie) == 0)
    ends = np.array([within, within + 1])
    return way_length_m(route.longitude[ends], route.latitude[ends])


def _flown_way_m(flown: Flown) -> float:
    """Return the length of a track from each believed sample to the next of its flight. [m]"""
    believed = np.flatnonzero(is_believed(flown.flags))
    ends = np.array([believed[:-1], believed[1:]])
    ends = ends[:, flown.flight[ends[0]] == flown.flight[ends[1]]]
    return way_length_m(flown.longitude[ends], flown.latitude[ends])


def _together(trajectories: Sequence[Trajectory]) -> Trajectory:
    """Return several trajectories as one; flights of different files stay apart."""
    if len(trajectories) == 1:
        return trajectories[0]
    flights = accumulate((len(one.flights) for one in trajectories), initial=0)
    platforms = accumulate((len(one.platforms) for one in trajectories), initial=0)
    moved = [
        replace(one, flight=one.flight + flight, platform=one.platform + platform)
        for one, flight, platform in zip(trajectories, flights, platforms, strict=False)
    ]
    columns = (*(spec.name for spec in TRAJECTORY), "row", "flight", "platform")
    return replace(
        trajectories[0],
        name=", ".join(one.name for one in trajectories),
        sha256="",
        flights=tuple(name for one in trajectories for name in one.flights),
        platforms=tuple(name for one in trajectories for name in one.platforms),
        notes=tuple(note for one in trajectories for note in one.notes),
        **{name: np.concatenate([getattr(one, name) for one in moved]) for name in columns},
    )
