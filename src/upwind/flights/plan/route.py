"""Sorties as a route: what is exported, audited before it may be, and compared with what was flown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from upwind.flights.plan.survey import Sortie
from upwind.records import HeightOver, Home, Platform, Route

__all__ = ["route_of"]

#: A centimetre; every format holds as much. [decimals of a degree]
_DECIMALS = 7
_WAYPOINT = 16


def route_of(sorties: Sequence[Sortie], platform: Platform, base: tuple[float, float] | None) -> Route:
    """Return the waypoints of all sorties, their lines counted in the order flown."""
    waypoints = np.concatenate([one.waypoints for one in sorties])
    places = np.round(waypoints, _DECIMALS)
    count = len(places)
    sortie = np.repeat(np.arange(len(sorties)), [len(one.waypoints) for one in sorties])
    line = np.full(count - 1, -1, dtype=np.int64)
    number, begin = 0, 0
    for one in sorties:
        for first, last in one.lines:
            line[begin + first : begin + last] = number
            number += 1
        begin += len(one.waypoints)
    return Route(
        name="",
        sha256="",
        longitude=places[:, 0].copy(),
        latitude=places[:, 1].copy(),
        height=waypoints[:, 2].copy(),
        over=(HeightOver.GROUND,) * count,
        sortie=sortie,
        line=line,
        command=np.full(count, _WAYPOINT, dtype=np.int64),
        params=np.column_stack([np.zeros((count, 3)), np.full(count, np.nan)]),
        home=None if base is None else Home(longitude=base[0], latitude=base[1], height_m=np.nan),
        speed_m_s=platform.speed_m_s,
    )
