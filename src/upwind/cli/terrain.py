"""What `upwind plan --terrain` takes: an elevation model that the waypoints of whatever is planned follow."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from upwind.cli.values import metres_of
from upwind.errors import InputError
from upwind.flights.plan import Breeze, Sortie
from upwind.flights.plan.route import over_home
from upwind.flights.plan.terrain import CLIMB, Terrain, followed
from upwind.readers.geotiff import read_raster
from upwind.records import HeightOver, Home, Platform, Route

__all__ = ["add_terrain", "follow", "grounded", "require_terrain", "show_terrain", "terrain_of"]

_TOLERANCE_M = 30.0


def add_terrain(parser: argparse.ArgumentParser) -> None:
    """Declare the options of terrain following."""
    group = parser.add_argument_group("terrain", "keep the height above ground by more waypoints along the lines")
    group.add_argument(
        "--terrain", type=Path, metavar="DEM.tif", help="the ground's height above mean sea level in metres, GeoTIFF"
    )
    group.add_argument(
        "--tolerance",
        type=metres_of,
        metavar="M",
        help=f"between the height asked for and that between waypoints (default {_TOLERANCE_M:g} m)",
    )


def require_terrain(arguments: argparse.Namespace) -> None:
    """Raise `InputError` where a tolerance is given and no terrain."""
    if arguments.terrain is None and arguments.tolerance is not None:
        msg = "--tolerance belongs to terrain; give --terrain DEM.tif, too"
        raise InputError(msg)


def terrain_of(arguments: argparse.Namespace, craft: Platform, wind: Breeze | None, height_m: float) -> Terrain | None:
    """Return the terrain to follow, if any; the platform climbs as it says, before the wind, or as `CLIMB`."""
    if arguments.terrain is None:
        return None
    fastest = craft.speed_m_s + (wind.speed if wind is not None else 0.0)
    return Terrain(
        ground=read_raster(arguments.terrain),
        height_m=height_m,
        tolerance_m=arguments.tolerance or _TOLERANCE_M,
        climb=CLIMB if craft.climb_m_s is None else craft.climb_m_s / fastest,
    )


def follow(sorties: Sequence[Sortie], terrain: Terrain) -> tuple[Sortie, ...]:
    """Return sorties that follow the terrain."""
    return tuple(followed(sortie, terrain) for sortie in sorties)


def grounded(route: Route, terrain: Terrain | None, path: Path) -> Route:
    """Return a route as a file's format takes heights: DJI's knows none above the sea, so they are over home there."""
    if terrain is None:
        return route
    home = route.home or Home(longitude=float(route.longitude[0]), latitude=float(route.latitude[0]), height_m=np.nan)
    level = terrain.elevation(np.array([home.longitude]), np.array([home.latitude]))
    home = replace(home, height_m=float(level[0]), over=HeightOver.SEA)
    return over_home(route, home) if path.suffix.lower() == ".kmz" else replace(route, home=home)


def show_terrain(sorties: Sequence[Sortie], terrain: Terrain) -> None:
    """Print between which heights above ground the waypoints of lines are, and between which above the sea."""
    on = [np.arange(first, last + 1) for sortie in sorties for first, last in sortie.lines]
    above = np.concatenate(
        [sortie.waypoints[first : last + 1, 2] for sortie in sorties for first, last in sortie.lines]
    )
    sea = np.concatenate([sortie.altitude for sortie in sorties if sortie.altitude is not None])
    print(
        f"Lines follow the ground by {sum(map(len, on)):,} waypoints, {above.min():,.0f}-{above.max():,.0f} m above it "
        f"at these, {terrain.tolerance_m:g} m off at most between; {sea.min():,.0f}-{sea.max():,.0f} m above the sea, "
        f"no steeper than {terrain.climb:.0%}."
    )
