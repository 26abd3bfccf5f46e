"""Plans near borders, of which none may lead where nobody allowed; writes docs/gate-figures.md.

From the top of the checkout, a third of a second a plan; what is done stands in the ledger, and is not done again::

    python -m validation.illegal_plans --date 2026-01-31 --plans 10000 --ledger plans.jsonl

What the gate lets through is looked at by another computation: shapely's, on the waypoints of the exported GeoJSON
alone. They are joined by straight lines, each goes on for half a minute beyond its end and turns a full circle to
either side there, and from places along it leads the straight way home; none may meet a state, or a restricted area
from the ground up, that is not allowed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import shapely
from pyproj import Geod
from validation.grounds import met
from validation.ledger import CHECKOUT, commit

from upwind import __version__
from upwind.arrays import FloatArray
from upwind.flights.audit.entries import ENTERED, audit
from upwind.flights.borders.airspace import shipped_airspaces
from upwind.flights.borders.atlas import Atlas, atlas_of
from upwind.flights.borders.shipped import states
from upwind.flights.exports import exported
from upwind.flights.plan import Breeze, plan_sorties
from upwind.flights.plan.gate import asked_for, is_settled, swept
from upwind.flights.plan.leave import Leave
from upwind.flights.plan.route import route_of
from upwind.flights.plan.survey import Effort
from upwind.records import Authorisation, Platform, Sensor

GEOD = Geod(ellps="WGS84")
CRAFT = Platform(name="wing", speed_m_s=25.0, bank_deg=25.0, endurance_h=3.0)
EYE = Sensor(name="scanner", swath_m=600.0, height_m=400.0, overlap=0.2)
START = datetime(2026, 10, 15, 12, tzinfo=UTC)
LATE_S, HOMEWARD = 30.0, 20
#: Where degrees are wide enough, and the seam is far, for straight lines in degrees.
NORTHMOST, EASTMOST = 65.0, 178.0
#: Airspace up to here holds the survey over any ground.
HIGH_M = 6000.0
#: Who allowed what, by shares. "centre": the state under the area's centre, and nobody else; where most can go wrong.
WRONGS = {
    "centre": 0.65,
    "right": 0.1,
    "some": 0.05,
    "none": 0.04,
    "state": 0.04,
    "time": 0.04,
    "low": 0.04,
    "platform": 0.04,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one plan: who was given what, whether it was let through, and what it enters unasked."""

    wrong: str
    passed: bool
    entered: frozenset[str]
    unasked: frozenset[str]


def area_about(rng: np.random.Generator, place: FloatArray) -> list[list[FloatArray]]:
    """Return an area of 2-20 km² up to 8 km from a place: a box turned about, half of them with a notch."""
    east, north, _ = GEOD.fwd(*place, rng.uniform(0.0, 360.0), rng.uniform(0.0, 8000.0))
    size, shape = rng.uniform(2e6, 20e6), rng.uniform(0.4, 2.5)
    x, y = np.sqrt(size * shape) / 2.0, np.sqrt(size / shape) / 2.0
    ring = [[-x, -y], [x, -y], [x, y], [-x, y]]
    if rng.random() < 0.5:  # noqa: PLR2004 - half of them
        ring.insert(3, [rng.uniform(-0.5, 0.5) * x, rng.uniform(-0.5, 0.5) * y])
    turn = np.exp(1j * rng.uniform(0.0, 2.0 * np.pi))
    flat = np.array([complex(*one) * turn for one in [*ring, ring[0]]])
    bearing, far = 90.0 - np.degrees(np.angle(flat)), np.abs(flat)
    longitude, latitude, _ = GEOD.fwd(np.full(len(flat), east), np.full(len(flat), north), bearing, far)
    return [[np.column_stack([longitude, latitude])]]


def led(document: dict[str, Any], base: tuple[float, float] | None, wind_m_s: float) -> shapely.Geometry:
    """Return everywhere that an exported plan leads to."""
    marks = [one for one in document["features"] if one["properties"]["kind"] == "waypoint"]
    places = np.array([one["geometry"]["coordinates"] for one in marks])
    sortie = np.array([one["properties"]["sortie"] for one in marks])
    home = places[0] if base is None else np.array(base)
    radius = CRAFT.speed_m_s**2 / (9.80665 * np.tan(np.radians(CRAFT.bank_deg)))
    ways = []
    for one in np.unique(sortie).tolist():
        own = places[sortie == one]
        for begin, end in pairwise(own):
            if np.array_equal(begin, end):
                continue
            bearing = GEOD.inv(*begin, *end)[0]
            beyond = GEOD.fwd(*end, bearing, LATE_S * (CRAFT.speed_m_s + wind_m_s))[:2]
            ways.append(shapely.LineString([begin, end, beyond]))
            for side in (-90.0, 90.0):
                centre = GEOD.fwd(*end, bearing + side, radius)[:2]
                ring = [GEOD.fwd(*centre, turn, radius)[:2] for turn in range(0, 361, 15)]
                ways.append(shapely.LineString(ring))
            parts = np.linspace(0.0, 1.0, HOMEWARD)
            ways += [shapely.LineString([begin + part * (end - begin), home]) for part in parts]
    return shapely.MultiLineString(ways)


def authorisation(state: str, wrong: str, end: datetime) -> Authorisation:
    """Return an authorisation of a state that covers all, or fails in one way."""
    late = timedelta(days=1) if wrong == "time" else timedelta(0)
    return Authorisation(
        id=f"{state}-1",
        state="ATA" if wrong == "state" else state,
        start=START + late,
        end=end + late,
        floor_m=0.0,
        ceiling_m=399.0 if wrong == "low" else 6000.0,
        platform="balloon" if wrong == "platform" else "*",
        special_use=wrong == "right",
        basis="",
        recorded_by="",
        area=None,
        conditions="",
    )


def attempt(rng: np.random.Generator, place: FloatArray, atlas: Atlas) -> Outcome:
    """Plan near a place, ask the gate, and look at what would have been entered."""
    area = area_about(rng, place)
    wind = Breeze(speed=float(rng.uniform(0.0, 0.6) * CRAFT.speed_m_s), from_deg=float(rng.uniform(0.0, 360.0)))
    away = GEOD.fwd(*area[0][0][0], rng.uniform(0.0, 360.0), rng.uniform(0.0, 6000.0))
    base = (float(away[0]), float(away[1])) if rng.random() < 0.7 else None  # noqa: PLR2004 - most start somewhere
    sorties = plan_sorties(area, CRAFT, EYE, wind, base, Effort(courses=1, kicks=2))
    route = route_of(sorties, CRAFT, base)
    document = json.loads(exported(route, {}, PurePath("plan.geojson")))
    entered = met(led(document, base, wind.speed), HIGH_M)
    wrong = str(rng.choice(list(WRONGS), p=list(WRONGS.values())))
    named = sorted({name.split("*")[0] for name in entered})
    middle = shapely.Point(*np.mean(area[0][0][:4], axis=0))
    own = sorted(name for name in met(middle, HIGH_M) if "*" not in name)
    given = {"none": [], "some": named[: len(named) // 2], "centre": own}.get(wrong, named)
    end = START + timedelta(seconds=sum(sortie.time_s for sortie in sorties)) + timedelta(hours=6)
    kind = "right" if wrong in ("some", "centre") else wrong
    leave = [authorisation(state, kind, end) for state in given]
    flights = (sorties, CRAFT, base, START.timestamp(), wind)
    asked = asked_for(audit(swept(*flights), leave, atlas))
    settled = is_settled(Leave(authorisations=tuple(leave), atlas=atlas), *flights)
    if settled and asked:
        print(f"settled, but swept it would be refused: {asked}", file=sys.stderr)
    passed = settled or not asked
    allowed = set(given) if kind == "right" else set()
    return Outcome(
        wrong=wrong,
        passed=passed,
        entered=entered,
        unasked=frozenset(name for name in entered if name.split("*")[0] not in allowed),
    )


def place_near(rng: np.random.Generator) -> FloatArray:
    """Return a place on the edge of a state, or, for every fourth, of a restricted area."""
    lines, closed = edges()
    chosen = closed if rng.random() < 0.25 else lines  # noqa: PLR2004 - every fourth
    return chosen[rng.integers(len(chosen))]


@cache
def edges() -> tuple[FloatArray, FloatArray]:
    """Return the vertices of states, and of restricted areas."""
    outlines = states()
    lines = np.column_stack((outlines.longitude, outlines.latitude))
    lines = lines[(np.abs(lines[:, 0]) < EASTMOST) & (np.abs(lines[:, 1]) < NORTHMOST)]
    return lines, np.concatenate([ring for one in shipped_airspaces() if one.kind in ENTERED for ring in one.rings])


def known(ledger: Path | None, seed: int) -> dict[int, Outcome]:
    """Return what the ledger holds of a seed, by number; a torn last line is as if it were not there."""
    if ledger is None or not ledger.exists():
        return {}
    found = {}
    for line in ledger.read_text(encoding="utf-8").splitlines(keepends=True):
        row = json.loads(line) if line.endswith("\n") else {"seed": None}
        if row.pop("seed") == seed:
            entered, unasked = frozenset(row["entered"]), frozenset(row["unasked"])
            found[row["number"]] = Outcome(wrong=row["wrong"], passed=row["passed"], entered=entered, unasked=unasked)
    return found


def note(ledger: Path | None, seed: int, number: int, one: Outcome) -> None:
    """Write one plan's outcome down."""
    if ledger is None:
        return
    said = {"seed": seed, "number": number, "wrong": one.wrong, "passed": one.passed}
    said |= {"entered": sorted(one.entered), "unasked": sorted(one.unasked)}
    with ledger.open("a", encoding="utf-8") as out:
        out.write(json.dumps(said) + "\n")


def table(found: list[Outcome]) -> list[str]:
    """Return the table of what was let through and what was not."""
    lines = ["| authorisations | plans | let through | of these illegal | legal but refused |", "|---" * 5 + "|"]
    for wrong in [*WRONGS, "all"]:
        own = [one for one in found if wrong in ("all", one.wrong)]
        counts = Counter((one.passed, bool(one.unasked)) for one in own)
        through = counts[True, True] + counts[True, False]
        lines.append(f"| {wrong} | {len(own):,} | {through:,} | {counts[True, True]:,} | {counts[False, False]:,} |")
    return lines


def main() -> int:
    """Draw plans, ask the gate, compare, and write the section; 1 where an illegal one was let through."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="of the comparison, stands on the page")
    parser.add_argument("--plans", type=int, default=500, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--ledger", type=Path, metavar="F.jsonl", help="what is done, line by line")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "gate-figures.md", metavar="F.md")
    arguments = parser.parse_args()
    atlas = atlas_of(shipped_airspaces())
    done = known(arguments.ledger, arguments.seed)
    for number in range(arguments.plans):
        if number in done:
            continue
        rng = np.random.default_rng([arguments.seed, number])
        done[number] = attempt(rng, place_near(rng), atlas)
        note(arguments.ledger, arguments.seed, number, done[number])
        if done[number].passed and done[number].unasked:
            print(f"illegal: plan {number}: {done[number]}", file=sys.stderr)
    found = [done[number] for number in range(arguments.plans)]
    lines = [
        "# Plans near borders",
        "",
        f"Written by `python -m validation.illegal_plans` on {arguments.date}, upwind {__version__} at {commit()}.",
        "",
        f"{arguments.plans:,} areas of 2-20 km² within 8 km of borders and restricted areas, seed",
        f"{arguments.seed}, in winds up to 60 % of the airspeed. Truth is shapely's, on the waypoints of the exported",
        "GeoJSON. A legal plan that was refused comes nearer to a border than the margin of the gate.",
        "",
        '"centre": the state under the middle of the area allowed it, and nobody else, as a careless planner asks.',
        '"some": half of the states entered. "state", "time", "low", "platform": a leave that fails in just that.',
        "",
        *table(found),
    ]
    print("\n".join(lines))
    arguments.out.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return int(any(one.passed and one.unasked for one in found))


if __name__ == "__main__":
    sys.exit(main())
