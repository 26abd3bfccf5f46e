"""Finds per flight hour of searches that are planned, against even coverage, over simulated regions.

From the top of the checkout::

    python -m benchmarks.skill.search                        # 200 regions for each sniffer; half an hour of one core
    python -m benchmarks.skill.search --first 1000 --count 20    # others, such as those that may be looked at
    python -m benchmarks.skill.search --first 1000 --count 300 --limit 3    # what the reckoning is fitted to
    python -m benchmarks.skill.search --write --date 2026-01-31  # docs/search-figures.md from what was flown

Each region of `upwind.exercise.regions` is searched on three days, once as planned and once by even coverage, with the
same platform, sensor, hours, forecasts and true wind. Even coverage flies lines across the forecast wind, evenly spaced
over the whole region and shifted from day to day: the better of the usual ways. What is found is decided by the
exercise alone. Rows go to `out/search.jsonl`: a stopped run goes on.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.skill.search_page import page

from upwind.arrays import FloatArray
from upwind.exercise.regions import CELL_M, SIDE_M, FlownPath, Forecast, Region, Sniffer, finds, make_region
from upwind.exercise.wind import Stability
from upwind.flights import catalogue
from upwind.flights.search.belief import Belief, Duties
from upwind.flights.search.chances import Chances, Outlook, Rates, chances_of
from upwind.flights.search.choose import Chosen, Effort, choose
from upwind.flights.search.lattice import lattice_over
from upwind.flights.search.legs import Leg, Motion, as_table, flight_time, leg_time, link_time
from upwind.flights.search.silence import silence
from upwind.records import DetectionLimit, Platform, Sensor

__all__ = ["main"]

CHECKOUT = Path(__file__).parents[2]
LEDGER = CHECKOUT / "out" / "search.jsonl"
PLATFORMS = ("quadcopter",)
DAYS, HEIGHT_M, TAKE_OFF_H = 3, 30.0, 15.0
#: Three standard deviations of the noise of a good sniffer, and of a usual one (`ACETONE.noise`). [ppb]
LIMITS_PPB = (1.0, 3.0)
RESPONSE_S = 1.0
#: What the planner thinks of sites: the rates as they are drawn, duty cycles and spells only about so.
RATES, DUTIES = Rates(median_kg_h=0.36, spread=0.8), Duties(shares=(0.15, 0.35, 0.55), on_h=4.0)
#: What the reckoning is fitted to: other regions, and the usual sniffer alone.
FITTED, FITTED_PPB = range(1000, 1300), 3.0
#: Rounds of improvement a plan: each adds some per mille.
ROUNDS = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """What one way of searching one region came to: which sites each day found, what the planner's model expected."""

    found: tuple[tuple[bool, ...], ...]
    hours: float
    expected: tuple[float, ...]

    @property
    def new(self) -> tuple[int, ...]:
        """How many sites each day's flight finds that none before it found."""
        days = np.array(self.found, dtype=bool).reshape(len(self.found), -1)
        return tuple(int(one) for one in np.diff(np.logical_or.accumulate(days).sum(axis=1), prepend=0))

    def as_json(self) -> dict[str, Any]:
        """Return it as a row has it."""
        return {"found": sum(self.new), "hours": self.hours, "new": self.new, "expected": self.expected}


def main() -> int:
    """Search regions that were not searched yet, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--platform", action="append", help="default: quadcopter")
    parser.add_argument("--limit", type=float, action="append", metavar="PPB", help="of the sniffer; default: 1 and 3")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first region")
    parser.add_argument("--count", type=int, default=200, metavar="N", help="how many regions")
    parser.add_argument("--ledger", type=Path, default=LEDGER, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write the page instead")
    parser.add_argument("--date", default="", help="of the run, stands on the page")
    arguments = parser.parse_args()
    rows = _read(arguments.ledger)
    wanted = range(arguments.first, arguments.first + arguments.count)
    if arguments.write:
        out = CHECKOUT / "docs" / "search-figures.md"
        graded = [row for row in rows if row["region"] in wanted]
        others = [row for row in rows if row["region"] in FITTED and row["limit_ppb"] == FITTED_PPB]
        out.write_text(page(graded, others, arguments.date), encoding="utf-8")
        return 0
    done = {(row["platform"], row["limit_ppb"], row["region"]) for row in rows}
    contests = itertools.product(arguments.platform or PLATFORMS, arguments.limit or LIMITS_PPB)
    for (platform, limit), number in itertools.product(contests, wanted):
        if (platform, limit, number) not in done:
            _keep(arguments.ledger, _row(catalogue.platform(platform), limit, number))
    return 0


def _sensor(limit_ppb: float) -> Sensor:
    """Return a sniffer for acetone."""
    limits = (DetectionLimit(gas="acetone", limit=limit_ppb, units="ppb"),)
    return Sensor(name="sniffer", kind="in situ", response_s=RESPONSE_S, detection_limits=limits)


def _row(platform: Platform, limit_ppb: float, number: int) -> dict[str, Any]:
    """Return what both searches of one region came to."""
    region = make_region(number, DAYS)
    started = time.process_time()
    days, bound = _planned(region, platform, limit_ppb)
    planned = _searched(region, platform, limit_ppb, days)
    between = time.process_time()
    even = _searched(region, platform, limit_ppb, _even(region, platform))
    return {
        "platform": platform.name,
        "limit_ppb": limit_ppb,
        "region": number,
        "sites": len(region.sites),
        "planned": planned.as_json(),
        "even": even.as_json(),
        "weather": [[str(forecast.stability), forecast.speed_m_s] for forecast in region.forecasts],
        "bound": bound,
        "told": _told(region, platform, limit_ppb, days),
        "met": int(np.sum(planned.found)),
        "cpu_s": [between - started, time.process_time() - between],
    }


def _outlook(forecast: Forecast) -> Outlook:
    """Return what a planner makes of a forecast: Pasquill classes B or C, D and E by day, by the wind's speed."""
    brisk = 3.5
    pasquill = {Stability.UNSTABLE: 1 if forecast.speed_m_s < brisk else 2, Stability.NEUTRAL: 3, Stability.STABLE: 4}
    return Outlook(
        speed_m_s=forecast.speed_m_s,
        wind_from_deg=forecast.wind_from_deg,
        pasquill=pasquill[forecast.stability],
    )


def _cells() -> tuple[FloatArray, FloatArray]:
    middle = -0.5 * SIDE_M + CELL_M * (np.arange(round(SIDE_M / CELL_M)) + 0.5)
    easting, northing = np.meshgrid(middle, middle)
    return easting.ravel(), northing.ravel()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """One day's flight, and the weather that it was planned for."""

    legs: Sequence[Leg]
    motion: Motion
    outlook: Outlook


def _believed(region: Region) -> Belief:
    """Return what the planner's map says, before any flight."""
    expected = region.prior.ravel()
    share = 1.0 / (RATES.classes * len(DUTIES.shares))
    duty = np.array(DUTIES.shares)[None, :, None]
    every = np.broadcast_to(share * expected, (RATES.classes, len(DUTIES.shares), expected.size))
    return Belief(emitting=every * duty, silent=every * (1.0 - duty), expected=expected, duties=DUTIES)


def _planned(region: Region, platform: Platform, limit_ppb: float) -> tuple[list[_Day], float]:
    """Return the flights by plan, each day's chosen by what the days before it left, and the sum of their bounds."""
    easting, northing = _cells()
    belief, days, bound = _believed(region), [], 0.0
    for day, forecast in enumerate(region.forecasts):
        outlook = _outlook(forecast)
        chances: Chances = chances_of(_sensor(limit_ppb), "acetone", platform, outlook, RATES, HEIGHT_M)
        lattice = lattice_over(easting, northing, belief.worth(), chances, outlook.wind_from_deg)
        motion = Motion.of(platform, outlook.speed_m_s, outlook.wind_from_deg)
        effort = Effort(time_s=3600.0 * platform.endurance_h, height_m=HEIGHT_M, rounds=ROUNDS)
        chosen: Chosen = choose(np.random.default_rng([region.seed, 9, day]), lattice, motion, effort)
        days.append(_Day(legs=chosen.legs, motion=motion, outlook=outlook))
        bound += chosen.bound
        belief = belief.after(silence(chosen.legs, easting, northing, chances, outlook.wind_from_deg)).later(24.0)
    return days, bound


def _even(region: Region, platform: Platform) -> list[_Day]:
    """Return the flights by even coverage: each day's lines lie between those of the days before."""
    days = []
    for day, forecast in enumerate(region.forecasts):
        motion = Motion.of(platform, forecast.speed_m_s, forecast.wind_from_deg)
        # Multiples of the golden section fall into the widest gaps.
        shift = (0.5 + 0.618034 * day) % 1.0
        legs = _lawnmower(forecast.wind_from_deg, shift, motion, 3600.0 * platform.endurance_h)
        days.append(_Day(legs=legs, motion=motion, outlook=_outlook(forecast)))
    return days


def _searched(region: Region, platform: Platform, limit_ppb: float, days: Sequence[_Day]) -> _Searched:
    """Return what flights find, and what the planner's model expected each of them to."""
    easting, northing = _cells()
    belief, expected = _believed(region), []
    for day in days:
        chances = chances_of(_sensor(limit_ppb), "acetone", platform, day.outlook, RATES, HEIGHT_M)
        miss = silence(day.legs, easting, northing, chances, day.outlook.wind_from_deg)
        expected.append(float((belief.worth() * (1.0 - miss)).sum()))
        belief = belief.after(miss).later(24.0)
    times = [flight_time(as_table(day.legs), day.motion.as_tuple()) for day in days]
    return _Searched(
        found=tuple(_found(region, number, day, limit_ppb) for number, day in enumerate(days)),
        hours=float(sum(times)) / 3600.0,
        expected=tuple(expected),
    )


def _told(region: Region, platform: Platform, limit_ppb: float, days: Sequence[_Day]) -> float:
    """Return the finds of all days that the model would expect of the true sites, did it know when they emit."""
    told = 0.0
    for (number, day), site in itertools.product(enumerate(days), region.sites):
        source = site.source
        if site.emits((24.0 * number + TAKE_OFF_H) * 3600.0):
            rates = Rates(median_kg_h=source.rate_kg_h, spread=0.0, classes=1)
            chances = chances_of(_sensor(limit_ppb), "acetone", platform, day.outlook, rates, HEIGHT_M)
            place = np.array([source.easting_m]), np.array([source.northing_m])
            told += 1.0 - float(silence(day.legs, *place, chances, day.outlook.wind_from_deg)[0, 0])
    return told


def _lawnmower(wind_from_deg: float, shift: float, motion: Motion, time_s: float) -> list[Leg]:
    """Return lines across the wind, as close together as the time allows."""
    close, wide = 50.0, SIDE_M
    for _ in range(40):
        middle = 0.5 * (close + wide)
        needed = flight_time(as_table(_lines(wind_from_deg, shift, middle)), motion.as_tuple())
        close, wide = (close, middle) if needed <= time_s else (middle, wide)
    return _lines(wind_from_deg, shift, wide)


def _lines(wind_from_deg: float, shift: float, spacing: float) -> list[Leg]:
    """Return the chords of the region across the wind, there and back."""
    bearing = np.radians(wind_from_deg + 180.0)
    toward, across = np.array([np.sin(bearing), np.cos(bearing)]), np.array([-np.cos(bearing), np.sin(bearing)])
    half = 0.5 * SIDE_M
    reach = half * np.abs(toward).sum()
    legs: list[Leg] = []
    for x in np.arange(-reach + shift * spacing, reach, spacing):
        # Where the line x toward + y across is inside on both axes.
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.sort(np.stack([(-half - x * toward) / across, (half - x * toward) / across]), axis=0)
        low, high = float(np.nanmax(ends[0])), float(np.nanmin(ends[1]))
        if high - low > CELL_M:
            start, end = (tuple(map(float, x * toward + y * across)) for y in (low, high))
            leg = Leg(start=(start[0], start[1]), end=(end[0], end[1]), height_m=HEIGHT_M)
            legs.append(leg if len(legs) % 2 == 0 else leg.reversed())
    return legs


def _found(region: Region, number: int, day: _Day, limit_ppb: float) -> tuple[bool, ...]:
    """Return which sites one day's flight finds."""
    path = _path(day.legs, day.motion, (24.0 * number + TAKE_OFF_H) * 3600.0)
    return tuple(finds(region, number, path, Sniffer(limit_ppb=limit_ppb, response_s=RESPONSE_S)))


def _path(legs: Sequence[Leg], motion: Motion, start_s: float) -> FlownPath:
    """Return the legs as flown, second by second; a way between legs is drawn straight and takes its time."""
    table = as_table(legs)
    points, times = [table[0, :2], table[0, 2:]], [0.0, float(leg_time(table[0], motion.as_tuple()))]
    for one, other in pairwise(table):
        points += [other[:2], other[2:]]
        times.append(times[-1] + float(link_time(one, other, motion.as_tuple())))
        times.append(times[-1] + float(leg_time(other, motion.as_tuple())))
    clock = np.arange(0.0, times[-1], 1.0)
    easting, northing = (np.interp(clock, times, np.array(points)[:, axis]) for axis in range(2))
    return FlownPath(start_s=start_s, easting=easting, northing=northing, up=np.full(clock.size, HEIGHT_M))


def _read(ledger: Path) -> list[dict[str, Any]]:
    lines = ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def _keep(ledger: Path, row: dict[str, Any]) -> None:
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    print(
        f"{row['platform']} {row['limit_ppb']:g} ppb {row['region']}: {row['sites']} sites, "
        f"planned {row['planned']['found']}, even {row['even']['found']}, "
        f"cpu {row['cpu_s'][0]:.1f} + {row['cpu_s'][1]:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
