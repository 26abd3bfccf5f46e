"""Even coverage: lines across the wind as far apart as the time asks for, what a search is held against."""

from __future__ import annotations

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.search.choose import Effort
from upwind.flights.search.lattice import Lattice, Stretch
from upwind.flights.search.legs import Leg, Motion, as_table, flight_time

__all__ = ["evenly"]

#: Multiples of the golden section fall into the widest gaps between those before.
_GOLDEN = 0.618034
#: Spacings tried, from one row to all rows apart.
_TRIED = 60


def evenly(lattice: Lattice, motion: Motion, effort: Effort, sortie: int) -> tuple[tuple[Leg, ...], float]:
    """Return lines over the whole map, there and back, and how long they take, ways from and to the base included.

    Parameters
    ----------
    lattice
        Whose rows lie across the wind.
    motion
        Of the aircraft.
    effort
        The lines lie as close as its time allows; a single one is flown whatever it takes.
    sortie
        From 0: the lines of each lie between those of the sorties before.
    """
    rows = lattice.allowed.shape[0]
    shift = (0.5 + _GOLDEN * sortie) % 1.0
    for spacing in np.geomspace(1.0, rows, _TRIED):
        legs = _lines(lattice, effort.height_m, float(spacing), shift)
        time_s = float(flight_time(_with_base(legs, effort), motion.as_tuple()))
        if legs and time_s <= effort.time_s:
            return legs, time_s
    legs = _lines(lattice, effort.height_m, float(rows), 0.5)
    return legs, float(flight_time(_with_base(legs, effort), motion.as_tuple()))


def _lines(lattice: Lattice, height_m: float, spacing: float, shift: float) -> tuple[Leg, ...]:
    """Return a leg over each chosen row, from its first to its last column, each flown back from the one before."""
    legs: list[Leg] = []
    for row in np.unique(np.arange(shift * spacing, lattice.allowed.shape[0], spacing).astype(np.int64)).tolist():
        columns = np.flatnonzero(lattice.allowed[row])
        if columns.size:
            leg = lattice.leg(Stretch(row, int(columns[0]), int(columns[-1]) + 1), height_m)
            legs.append(leg if len(legs) % 2 == 0 else leg.reversed())
    return tuple(legs)


def _with_base(legs: tuple[Leg, ...], effort: Effort) -> FloatArray:
    if effort.base is None:
        return as_table(legs)
    ends = np.array([[*effort.base, *effort.base]])
    return np.concatenate([ends, as_table(legs), ends])
