"""A flight beside its plan, as a page draws it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.audit.flown import flown_of
from upwind.flights.audit.suspects import is_believed
from upwind.readers.plans import read_plan
from upwind.records import Conformance, Flight, Trajectory
from upwind.render.kept import KeptPlan

__all__ = ["kept_plan"]


def kept_plan(flight: Flight, trajectories: Sequence[Trajectory], conformance: Conformance) -> KeptPlan | None:
    """Return a flight with its plan; None where it has none.

    Parameters
    ----------
    flight
        Whose `plan` was compared.
    trajectories
        Those of its files.
    conformance
        What the comparison came to.
    """
    if flight.plan is None:
        return None
    route = read_plan(flight.plan)
    way = np.column_stack([route.longitude, route.latitude])
    return KeptPlan(
        flight=flight.id,
        conformance=conformance,
        lines=tuple(way[line.first : line.last + 1] for line in conformance.lines),
        flown=tuple(one for trajectory in trajectories for one in _ways(trajectory)),
    )


def _ways(trajectory: Trajectory) -> Iterator[FloatArray]:
    """Yield the believed way of each flight of a track."""
    flown = flown_of(trajectory)
    believed = is_believed(flown.flags)
    for number in range(len(trajectory.flights)):
        rows = believed & (flown.flight == number)
        if rows.any():
            yield np.column_stack([flown.longitude[rows], flown.latitude[rows]])
