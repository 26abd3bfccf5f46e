"""What `upwind plan --prior` takes and leaves beside the plan: a search by a map of where something could be."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from upwind.cli.values import count_of, metres_of, rate_of, shares_of
from upwind.errors import InputError
from upwind.flights.plan import Breeze
from upwind.flights.plan.ground import ground_of
from upwind.flights.search.belief import Duties
from upwind.flights.search.chances import Outlook, Rates
from upwind.flights.search.maps import scaled, uniform_map
from upwind.flights.search.reckoning import chance_of, finds_an_hour
from upwind.flights.search.sorties import Search, Sought, Terms, plan_search
from upwind.readers.areas import read_polygons
from upwind.readers.geotiff import read_search_map
from upwind.records import Platform, Sensor
from upwind.records.mapped import SearchMap
from upwind.render.geotiff import geotiff, search_map_raster
from upwind.render.readings import Weather
from upwind.render.search_page import SearchPicture, search_map_page

__all__ = ["OUTLOOK_ERROR_DEG", "UNIFORM", "add_search", "maps_of", "require_prior", "search_figures", "search_of"]

#: In place of a map: nothing is known of where.
UNIFORM = "uniform"
_CLASSES = "ABCDEF"
_HEIGHT_M, _STABILITY, _EXPECTED = 30.0, "D", 1.0
#: How far the direction of a wind that is expected may err, one standard deviation. [deg]
OUTLOOK_ERROR_DEG = 12.0
#: A uniform map has about so many cells, none smaller than this. [m]
_CELLS, _LEAST_CELL_M = 10_000, 50.0
_OPTIONS = ("expected", "gas", "rate", "duty", "stability", "height", "sorties", "show_map", "map_out")


def add_search(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a search; all but the map have defaults."""
    group = parser.add_argument_group("search", "fly where something may be, in place of lines over the whole area")
    rates, duties = Rates(), ",".join(f"{share:g}" for share in Duties().shares)
    group.add_argument(
        "--prior", metavar="MAP.tif", help=f'where something could be: a search map, a raster, or "{UNIFORM}"'
    )
    group.add_argument(
        "--expected", type=rate_of, metavar="N", help=f"sites in the area (default: as the map says; {UNIFORM}: 1)"
    )
    group.add_argument("--gas", metavar="G", help="what is sought (default: the sensor's first detection limit)")
    group.add_argument(
        "--rate",
        type=rate_of,
        metavar="KG_H",
        help=f"median emission rate (default {rates.median_kg_h:g} kg/h; two of three within a factor 2.2)",
    )
    group.add_argument(
        "--duty", type=shares_of, metavar="D,…", help=f"shares of the time that sites emit (default {duties})"
    )
    group.add_argument("--stability", choices=_CLASSES, help=f"Pasquill class expected (default {_STABILITY}, neutral)")
    group.add_argument(
        "--height", type=metres_of, metavar="M", help=f"above ground (default: the sensor's, or {_HEIGHT_M:g} m)"
    )
    group.add_argument("--sorties", type=count_of, metavar="N", help="how many, one after another (default 1)")
    group.add_argument("--show-map", type=Path, metavar="F.html", help="the map before and after, as a page")
    group.add_argument("--map-out", type=Path, metavar="F.tif", help="the search map that is left if nothing is found")


def require_prior(arguments: argparse.Namespace) -> None:
    """Raise `InputError` where what belongs to a search is asked of a survey."""
    given = [name for name in _OPTIONS if getattr(arguments, name) is not None]
    if arguments.pattern is not None and "height" in given:
        given.remove("height")
    if arguments.prior is None and given:
        msg = f"--{given[0].replace('_', '-')} belongs to a search; give --prior MAP.tif or --prior {UNIFORM}, too"
        raise InputError(msg)


def search_of(arguments: argparse.Namespace, craft: Platform, eye: Sensor, wind: Breeze | None) -> Search:
    """Return the search that was asked for."""
    polygons = read_polygons(arguments.area)
    if not eye.detection_limits and arguments.gas is None:
        msg = f"sensor {eye.name!r} has no detection limit to search by; give one with detection_limits"
        raise InputError(msg)
    duties, rates = Duties(), Rates()
    sought = Sought(
        gas=arguments.gas or eye.detection_limits[0].gas,
        rates=rates if arguments.rate is None else Rates(median_kg_h=arguments.rate, spread=rates.spread),
        duties=duties if arguments.duty is None else Duties(shares=arguments.duty, on_h=duties.on_h),
    )
    still = Breeze(speed=0.0, from_deg=0.0)
    breeze = wind if wind is not None else still
    terms = Terms(
        platform=craft,
        sensor=eye,
        outlook=Outlook(
            speed_m_s=breeze.speed,
            wind_from_deg=breeze.from_deg,
            direction_error_deg=OUTLOOK_ERROR_DEG,
            pasquill=_CLASSES.index(arguments.stability or _STABILITY),
        ),
        height_m=arguments.height or eye.height_m or _HEIGHT_M,
        base=arguments.base,
        sorties=arguments.sorties or 1,
    )
    return plan_search(_prior(arguments), polygons, sought, terms)


def _prior(arguments: argparse.Namespace) -> SearchMap:
    """Return the map that was named."""
    if arguments.prior != UNIFORM:
        known = read_search_map(arguments.prior)
        return known if arguments.expected is None else scaled(known, arguments.expected)
    ground = ground_of(read_polygons(arguments.area))
    corners = np.column_stack(ground.frame.to_geographic(*ground.vertices.T))
    west, south, east, north = (float(edge) for edge in (*corners.min(axis=0), *corners.max(axis=0)))
    box_m2 = float(np.prod(np.ptp(ground.vertices, axis=0)))
    # Of the box's cells those in the area hold what is expected there.
    expected = (arguments.expected or _EXPECTED) * box_m2 / ground.size
    return uniform_map((west, south, east, north), max(math.sqrt(box_m2 / _CELLS), _LEAST_CELL_M), expected)


def search_figures(search: Search) -> dict[str, Any]:
    """Return what a search is expected to find, for the plan's own record."""
    return {
        "time_s": search.time_s,
        "length_m": search.length_m,
        "sorties": len(search.sorties),
        "expected_by_model": search.expected,
        "probability_of_a_find": chance_of(search.finds).as_json(),
        "finds_an_hour": finds_an_hour(search.finds, search.time_s).as_json(),
        "bound_by_model": sum(worth.bound for worth in search.worths),
        "gap": search.gap,
        "even_coverage": finds_an_hour(
            sum(worth.even_finds for worth in search.worths), sum(worth.even_s for worth in search.worths)
        ).as_json(),
    }


def maps_of(arguments: argparse.Namespace, search: Search, weather: Weather | None) -> dict[str | Path, bytes | str]:
    """Return what was asked for of the map, by where it goes."""
    found: dict[str | Path, bytes | str] = {}
    if arguments.show_map is not None:
        ends = [sortie.waypoints[sortie.lines][..., :2] for sortie in search.sorties]
        picture = SearchPicture(
            name=arguments.area.name,
            grid=search.before.grid,
            before=search.before.undiscovered,
            after=np.where(search.before.undiscovered > 0.0, search.after.undiscovered, 0.0),
            legs=np.concatenate(ends),
            chance=chance_of(search.finds),
            time_s=search.time_s,
            weather=weather,
            source="" if arguments.prior == UNIFORM else Path(arguments.prior).name,
        )
        found[arguments.show_map] = search_map_page(picture, arguments.language)
    if arguments.map_out is not None:
        found[arguments.map_out] = geotiff(search_map_raster(search.after))
    return found
