"""Let HyPlan plan a square, and time any sequence of lines; run by its own interpreter, which needs no upwind.

HyPlan's own way: `box_around_center_line` lays the lines, `greedy_optimize` orders them from an airport beside the
square. A sequence is timed by HyPlan's own model: lines at the cruise speed, turns by `Aircraft.time_to_cruise` (its
Dubins paths at the bank it gives the aircraft for cruise). The ways from and to the airport count for neither.
"""

from __future__ import annotations

import argparse
import json
import time
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

from hyplan.aircraft import KingAirB200
from hyplan.flight_box import box_around_center_line
from hyplan.flight_line import FlightLine
from hyplan.flight_optimizer import greedy_optimize
from hyplan.units import ureg

ALTITUDE = ureg.Quantity(3000.0, "meter")
#: Endless for its purpose: the order is compared, not refuelling.
HOURS = 1000.0


class Swath:
    """A sensor of a fixed swath."""

    def __init__(self, width_m: float) -> None:
        self.width_m = width_m

    def swath_width(self, altitude: object) -> object:
        """Return the swath, whatever the altitude."""
        del altitude
        return ureg.Quantity(self.width_m, "meter")


def main() -> None:
    """Read the question, answer it, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("question", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    asked = json.loads(arguments.question.read_text(encoding="utf-8"))
    aircraft = KingAirB200()
    answer = times_of(asked["lines"], aircraft) if "lines" in asked else planned(asked, aircraft)
    arguments.out.write_text(json.dumps(answer | {"version": version("hyplan")}), encoding="utf-8")


def planned(asked: dict[str, float], aircraft: KingAirB200) -> dict[str, object]:
    """Return HyPlan's plan of a square, and what its aircraft is like."""
    begin = time.perf_counter()
    side = ureg.Quantity(asked["side_m"], "meter")
    lines = box_around_center_line(
        Swath(asked["swath_m"]), ALTITUDE, asked["latitude"], asked["longitude"], 90.0, side, side,
        overlap=100.0 * asked["overlap"],
    )  # fmt: skip
    port = SimpleNamespace(
        icao_code="NEAR", name="NEAR", latitude=asked["latitude"] - asked["side_m"] / 2.0 / 111_000.0 - 0.1,
        longitude=asked["longitude"], elevation=ureg.Quantity(0.0, "meter"),
    )  # fmt: skip
    found = greedy_optimize(
        aircraft, lines, [port], port, max_endurance=HOURS, max_daily_flight_time=HOURS, takeoff_landing_overhead=0.0
    )
    took = time.perf_counter() - begin
    sequence = [[[one.lon1, one.lat1], [one.lon2, one.lat2]] for one in found["flight_sequence"]]
    return {
        "seconds": took,
        "speed_m_s": aircraft.cruise_speed_at(ALTITUDE).m_as("meter/second"),
        "bank_deg": aircraft.turn_model.bank_by_phase.for_phase("cruise"),
        "covered": found["lines_covered"],
        "laid": len(lines),
    } | times_of(sequence, aircraft)


def times_of(sequence: list[list[list[float]]], aircraft: KingAirB200) -> dict[str, object]:
    """Return the time on lines and between them [h], by HyPlan's model."""
    lines = [
        FlightLine.from_endpoints(lat1=a[1], lon1=a[0], lat2=b[1], lon2=b[0], altitude_msl=ALTITUDE)
        for a, b in sequence
    ]
    speed = aircraft.cruise_speed_at(ALTITUDE)
    on = sum(float((one.length / speed).m_as("hour")) for one in lines)
    between = sum(
        float(aircraft.time_to_cruise(one.waypoint2, two.waypoint1)["total_time"].m_as("hour"))
        for one, two in pairwise(lines)
    )
    return {"lines_h": on, "turns_h": between, "lines": len(lines)}


if __name__ == "__main__":
    main()
