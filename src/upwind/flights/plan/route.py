"""Sorties as a route: what is exported, audited before it may be, and compared with what was flown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from upwind.arrays import FloatArray
from upwind.flights.plan.sortie import Sortie
from upwind.records import HeightOver, Home, Platform, Route

__all__ = ["over_home", "route_of"]

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
        height=np.concatenate([_heights(one) for one in sorties]),
        over=tuple(
            HeightOver.GROUND if one.altitude is None else HeightOver.SEA for one in sorties for _ in one.waypoints
        ),
        sortie=sortie,
        line=line,
        command=np.full(count, _WAYPOINT, dtype=np.int64),
        params=np.column_stack([np.zeros((count, 3)), np.full(count, np.nan)]),
        home=None if base is None else Home(longitude=base[0], latitude=base[1], height_m=np.nan),
        speed_m_s=platform.speed_m_s,
    )


def over_home(route: Route, home: Home) -> Route:
    """Return a route above mean sea level with heights over where it starts from, whose height is known."""
    return replace(route, home=home, height=route.height - home.height_m, over=(HeightOver.HOME,) * len(route.over))


def _heights(sortie: Sortie) -> FloatArray:
    return sortie.waypoints[:, 2].copy() if sortie.altitude is None else sortie.altitude
