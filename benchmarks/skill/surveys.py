"""Concave surveys in wind, split into sorties: how far from their bounds, and the order beside OR-Tools' routing.

    python -m benchmarks.skill.surveys
    python -m benchmarks.skill.surveys --ortools 5      # seconds a case; needs ortools

Times are of the processor. Areas, bases and winds were drawn up once; no figure was
set for one of them, but the rules of lanes were chosen while all eight were looked at. The same
matrix of times, lines and sorties of the survey without lanes, is given to OR-Tools (guided local search from the
cheapest arcs; two nodes a line of which one is visited, a dimension of time), and to the order's own search.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from upwind.arrays import FloatArray, IntArray
from upwind.flights.plan import Breeze, Survey, plan_survey
from upwind.flights.plan.air import air_of
from upwind.flights.plan.bound import Flights, any_lines, eroded, straight
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.ground import ground_of
from upwind.flights.plan.legs import columns, cost
from upwind.flights.plan.rebuild import rebuilt
from upwind.flights.plan.search import best_laid
from upwind.flights.plan.strips import Swath
from upwind.geo import Frame
from upwind.records import Platform, Sensor

__all__ = ["CASES", "Case", "parts_of", "placed", "planned"]

_FRAME = Frame(longitude=9.0, latitude=48.0)
_SENSOR = Sensor(name="scanner", swath_m=300.0, height_m=400.0, overlap=0.2)
_WIND_M_S, _SPEED_M_S = 7.5, 25.0
_KM = 1000.0
_HOLE = ((-6, -6), (-3, -6), (-3, -3), (-6, -3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An area's rings and its base [km], the endurance [h], and where a wind of 30 % of the airspeed comes from."""

    rings: tuple[tuple[tuple[float, float], ...], ...]
    endurance_h: float
    base: tuple[float, float]
    wind_from: float


_STAR = tuple(
    (away * math.cos(0.2 * at * math.pi), away * math.sin(0.2 * at * math.pi)) for at, away in enumerate([12, 5] * 5)
)
_L = ((-9, -9), (9, -9), (9, 0), (0, 0), (0, 9), (-9, 9))
CASES = {
    "L with a hole, 234 km2": Case(rings=(_L, _HOLE), endurance_h=3.0, base=(-12, -12), wind_from=240.0),
    "L with a hole, 740 km2": Case(
        rings=(((-15.8, -15.8), (15.8, -15.8), (15.8, 0), (0, 0), (0, 15.8), (-15.8, 15.8)), _HOLE),
        endurance_h=4.0,
        base=(-18, 0),
        wind_from=200.0,
    ),
    "U": Case(
        rings=(((-9, -9), (9, -9), (9, 9), (4, 9), (4, -3), (-4, -3), (-4, 9), (-9, 9)),),
        endurance_h=3.0,
        base=(0, 12),
        wind_from=270.0,
    ),
    "star": Case(rings=(_STAR,), endurance_h=2.5, base=(14, 0), wind_from=120.0),
    "T, base within": Case(
        rings=(((-12, 6), (-12, 12), (12, 12), (12, 6), (3, 6), (3, -12), (-3, -12), (-3, 6)),),
        endurance_h=2.5,
        base=(0, 0),
        wind_from=20.0,
    ),
    "comb": Case(
        rings=(
            (
                *((-10, -8), (10, -8), (10, 8), (6, 8), (6, -3), (2, -3)),
                *((2, 8), (-2, 8), (-2, -3), (-6, -3), (-6, 8), (-10, 8)),
            ),
        ),
        endurance_h=3.0,
        base=(-14, 0),
        wind_from=310.0,
    ),
    "arrow": Case(
        rings=(((-12, -4), (0, -10), (12, -4), (12, 2), (0, -4), (-12, 2)),),
        endurance_h=1.5,
        base=(0, 0),
        wind_from=70.0,
    ),
    "L, short sorties": Case(rings=(_L,), endurance_h=1.5, base=(2, 2), wind_from=225.0),
}


def planned(case: Case) -> Survey:
    """Return the survey of a case."""
    base = placed((case.base,))[0]
    return plan_survey(
        [[placed(ring) for ring in case.rings]],
        _platform(case),
        _SENSOR,
        Breeze(speed=_WIND_M_S, from_deg=case.wind_from),
        (float(base[0]), float(base[1])),
    )


def _platform(case: Case) -> Platform:
    return Platform(name="wing", speed_m_s=_SPEED_M_S, bank_deg=25.0, endurance_h=case.endurance_h)


def placed(places: tuple[tuple[float, float], ...]) -> FloatArray:
    """Return places [km] as longitudes and latitudes. [deg]"""
    return np.column_stack(_FRAME.to_geographic(*(_KM * np.array(places, dtype=np.float64)).T))


def _field(case: Case) -> Field:
    ground = ground_of([[placed(ring) for ring in case.rings]])
    easting, northing = ground.frame.to_local(*placed((case.base,)).T)
    return Field(
        ground=ground,
        swath=Swath(width=300.0, overlap=0.2),
        air=air_of(_platform(case), _WIND_M_S, case.wind_from),
        base=(float(easting[0]), float(northing[0])),
        endurance=case.endurance_h * 3600.0,
    )


def parts_of(case: Case) -> tuple[float, ...]:
    """Return what a gap is made of: courses, overlap, turns, ways, what the bound has for these two, and the gap.

    All as shares of the bound, in S, the sum of the bound's proof.
    """
    field = _field(case)
    laid = best_laid(field, 8, 60, 0)
    kernels, home, air = columns(laid.legs), len(laid.legs.time), field.air
    tours = [[home, *order.tolist(), home] for order in laid.sorties]
    joints = [joint for tour in tours for joint in pairwise(tour)]
    leg_s = np.append(laid.legs.time, 0.0)
    places = [np.vstack([ends[:, :2], field.base]) for ends in (laid.legs.start, laid.legs.end)]
    drift = np.array([air.east, air.north]) / (air.speed**2 - air.wind**2)
    spent = np.array([cost(kernels, a, b) - leg_s[b] + float((places[0][b] - places[1][a]) @ drift) for a, b in joints])
    is_way = np.array([home in joint for joint in joints])
    flown = np.concatenate(laid.sorties)
    way = laid.legs.end[flown, :2] - laid.legs.start[flown, :2]
    lengths = np.hypot(way[:, 0], way[:, 1])
    cheapest = float(straight(air, np.array([math.atan2(air.north, air.east) + math.pi / 2.0]))[0][0])
    lines = float((straight(air, np.arctan2(way[:, 1], way[:, 0]))[0] * lengths).sum())
    flights = Flights(air=air, base=field.base, endurance=field.endurance)
    bound = any_lines(field.ground, field.swath, flights)
    least = eroded(field.ground, field.swath) / field.swath.spacing * cheapest
    length = float(lengths.sum()) * cheapest
    parts = (lines - length, length - least, spent[~is_way].sum(), spent[is_way].sum(), least - bound)
    return (*(float(part) / bound for part in parts), laid.time / bound - 1.0)


def _matrix(laid: Laid) -> IntArray:
    """Return times from leg to leg, the base last, in milliseconds."""
    kernels, count = columns(laid.legs), len(laid.legs.time) + 1
    times = [[0.0 if a == b else cost(kernels, a, b) for b in range(count)] for a in range(count)]
    return np.round(np.array(times) * _KM).astype(np.int64)


def _by_ortools(matrix: IntArray, vehicles: int, endurance_s: float, seconds: int) -> float:
    """Return the time of what OR-Tools' routing finds; infinite where it finds nothing. [s]"""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 - measured only where installed

    home = len(matrix) - 1
    manager = pywrapcp.RoutingIndexManager(len(matrix), vehicles, home)
    routing = pywrapcp.RoutingModel(manager)
    arc = routing.RegisterTransitMatrix(matrix.tolist())
    routing.SetArcCostEvaluatorOfAllVehicles(arc)
    routing.AddDimension(arc, 0, round(endurance_s * _KM), True, "time")  # noqa: FBT003 - its own signature
    for line in range(home // 2):
        pair = [manager.NodeToIndex(2 * line), manager.NodeToIndex(2 * line + 1)]
        routing.AddDisjunction(pair, 10**11, 1)
    asked: Any = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromSeconds(seconds)
    found = routing.SolveWithParameters(asked)
    return math.inf if found is None else found.ObjectiveValue() / _KM


def _contest(case: Case, seconds: int) -> str:
    field = _field(case)
    # Without kicks there are no lanes: lines of one course alone.
    laid = best_laid(field, 4, 0, 0)
    matrix = _matrix(laid)
    begin = time.process_time()
    sorties = rebuilt(laid.legs, laid.sorties, field.endurance, 1000, np.random.default_rng(0))
    ours = sum(Laid(course=laid.course, legs=laid.legs, sorties=sorties).times)
    took = time.process_time() - begin
    theirs = _by_ortools(matrix, len(laid.sorties) + 1, field.endurance, seconds)
    return f"start {laid.time:,.0f} s, ours {ours:,.0f} s in {took:.1f} s, OR-Tools {theirs:,.0f} s in {seconds} s"


def main() -> None:
    """Print a row a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ortools", type=int, metavar="SECONDS", help="of OR-Tools' search, a case")
    asked = parser.parse_args()
    planned(CASES["arrow"])
    for name, case in CASES.items():
        if asked.ortools:
            print(f"{name}: {_contest(case, asked.ortools)}", flush=True)
            continue
        begin = time.process_time()
        survey = planned(case)
        took = time.process_time() - begin
        parallel = survey.time_s / survey.parallel_bound_s - 1.0
        print(
            f"{name}: {len(survey.sorties)} sorties, {survey.time_s:,.0f} s, bound {survey.lower_bound_s:,.0f} s, gap "
            f"{survey.gap:.1%}, over the bound of parallel lines {parallel:+.1%}, {took:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
