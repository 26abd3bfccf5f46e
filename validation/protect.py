"""Do hazard zones hold? Zones of `upwind protect` against releases that another model carried.

Each case draws weather, a release and what is known of both; an anemometer's last hour, with its errors, is the wind
file, and a rate with an interval of 90 % stands for the locator's. The exercise's filaments bring the truth, as a mean
of half an hour: how far it passes the odour threshold of acetone, and at which places. The ground is open country, for
that is what the exercise knows; its filaments start as wide as a house's wake.

From the top of the checkout::

    python -m validation.protect --count 100                    # a table on screen
    python -m validation.protect --count 100 --date 2026-01-31  # docs/protect-figures.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import shape
from validation.ledger import CHECKOUT, commit
from validation.protect_measured import HEADS, judged_rows

from upwind.arrays import FloatArray
from upwind.cli.screen import progress, table
from upwind.exercise.filaments import Filaments, Receptors, TrueSource, concentration, warm_up_s
from upwind.exercise.wind import Stability, WindError, WindSeries, blow, draw_weather, measure
from upwind.geo import Frame
from upwind.records import Emission, Estimate, Lead, Wind, Zone
from upwind.safety import Scenario, Surroundings, protect

PAGE = CHECKOUT / "docs" / "protect-figures.md"
HERE = Frame(longitude=-100.0, latitude=40.0)
MEAN_S, HOUR_S = 1800, 3600
RADII = np.geomspace(15.0, 500.0, 16)
TURNS = np.radians(np.arange(-60.0, 61.0, 5.0))
#: Rate of the releases [kg/h], and the spread of the log of what the locator says of it.
RATES, RATE_ERROR = (2.0, 60.0), 0.4
NINETY = 1.6449
ACETONE_ODOUR_MG_M3 = 4.0785 * 58.08 / 24.465
#: Noon, evening and midnight at the place, so that speed and sun tell the class.
STARTS = {
    Stability.UNSTABLE: datetime(2026, 6, 1, 19, tzinfo=UTC),
    Stability.NEUTRAL: datetime(2026, 6, 2, 1, tzinfo=UTC),
    Stability.STABLE: datetime(2026, 6, 2, 7, tzinfo=UTC),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One case: true and told distances [m], and how the outlines held at the places where gas was looked for.

    `missed` is the share of passed places outside of the 5 % outline, `within` the share of places inside of the 95 %
    outline that were passed; NaN where there was no such place.
    """

    stability: Stability
    truth: float
    told: Estimate
    missed: float
    within: float

    @property
    def held(self) -> bool:
        """Whether the interval held the truth."""
        return self.told.lower <= self.truth <= self.told.upper


def main() -> int:
    """Judge the cases, print what came of them, and write the page if its date is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60, metavar="N", help="cases")
    parser.add_argument("--date", metavar="DATE", help="write docs/protect-figures.md, as of that day")
    arguments = parser.parse_args()
    cases = []
    with progress("releases") as advance:
        for number in range(arguments.count):
            cases.append(judge(number))
            advance((number + 1) / arguments.count)
    heads = ("weather", "releases", "held by 90 %", "beyond", "short of", "missed by 5 %", "passed in 95 %")
    rows = [_row(str(each), [case for case in cases if case.stability is each]) for each in Stability]
    rows.append(_row("all", cases))
    table("Zones against the exercise's filaments", heads, rows)
    if arguments.date:
        _write(PAGE, arguments.date, heads, rows)
    return 0


def judge(number: int) -> Judged:
    """Return one case, the same for the same number."""
    rng = np.random.default_rng([20260131, number])
    stability = list(Stability)[number % 3]
    weather = draw_weather(rng, stability)
    early = -max(HOUR_S, warm_up_s(weather, float(RADII[-1]))) - 60.0
    series = blow(rng, weather, (early, MEAN_S + 60.0), 1.0)
    rate = float(np.exp(rng.uniform(*np.log(RATES))))
    passed, places = _truth(rng, series, rate)
    told = rate * float(np.exp(RATE_ERROR * rng.standard_normal()))
    zone = _zone(_lead(told), _wind(rng, series, STARTS[stability].timestamp()), rng)
    where = shapely.points(*HERE.to_geographic(places[:, 0], places[:, 1]))
    inside = {share: shapely.contains(shape(zone.outlines[share]), where) for share in (0.05, 0.95)}
    return Judged(
        stability=stability,
        truth=_farthest(passed, places),
        told=zone.distance,
        missed=float((~inside[0.05][passed > 1.0]).mean()) if (passed > 1.0).any() else np.nan,
        within=float((passed[inside[0.95]] > 1.0).mean()) if inside[0.95].any() else np.nan,
    )


def _truth(rng: np.random.Generator, series: WindSeries, rate_kg_h: float) -> tuple[FloatArray, FloatArray]:
    """Return the mean concentration over the threshold at places, (place,), and the places, (place, 2) [m]."""
    toward = np.radians(series.weather.wind_from_deg + 180.0)
    radius, turn = (each.ravel() for each in np.meshgrid(RADII, toward + TURNS, indexing="ij"))
    places = np.column_stack([radius * np.sin(turn), radius * np.cos(turn)])
    none = np.zeros((len(places), 1))
    receptors = Receptors(
        easting=places[:, :1],
        northing=places[:, 1:],
        up=none + 1.5,
        beam_east=none,
        beam_north=none,
        beam_up=none,
        ticks=MEAN_S,
        tick_s=1.0,
    )
    source = TrueSource(easting_m=0.0, northing_m=0.0, height_m=2.0, rate_kg_h=rate_kg_h)
    read = concentration(rng, (source,), series, receptors, Filaments(per_second=2.0, size_m=2.3))[0]
    return read.mean(axis=1) * 1e6 / ACETONE_ODOUR_MG_M3, places


def _farthest(passed: FloatArray, places: FloatArray) -> float:
    """Return how far the threshold is passed, by the highest reading on each circle; 0 where it is nowhere. [m]"""
    highest = passed.reshape(len(RADII), -1).max(axis=1)
    above = np.flatnonzero(highest >= 1.0)
    if not len(above):
        return 0.0
    last = int(above[-1])
    if last == len(RADII) - 1:
        return float(np.hypot(*places[-1]))
    fall = np.log(highest[last]) / np.log(highest[last] / max(highest[last + 1], 1e-9))
    return float(RADII[last] * (RADII[last + 1] / RADII[last]) ** fall)


def _wind(rng: np.random.Generator, series: WindSeries, start_s: float) -> Wind:
    """Return the anemometer's hour before the release, ten minutes a row."""
    time = np.arange(-HOUR_S, 0.0)
    error = WindError(
        direction_deg=rng.uniform(6.0, 10.0), direction_time_s=600.0, speed=rng.uniform(0.05, 0.15), speed_time_s=600.0
    )
    speed, wind_from = measure(rng, series, error, time, np.full(len(time), 10.0))
    east, north = (-(speed * turn(np.radians(wind_from))).reshape(-1, 600).mean(axis=1) for turn in (np.sin, np.cos))
    none = np.full(len(east), np.nan)
    return Wind(
        time=start_s + time[::600],
        wind_speed=np.hypot(east, north),
        wind_from=np.degrees(np.arctan2(-east, -north)) % 360.0,
        wind_height=np.full(len(east), 10.0),
        sigma_wind_direction=none,
        friction_velocity=none,
        obukhov_length=none,
        temperature=none,
        pressure=none,
    )


def _lead(rate: float) -> Lead:
    spread = float(np.exp(NINETY * RATE_ERROR))
    estimate = Estimate(median=rate, lower=rate / spread, upper=rate * spread, level=0.9, units="kg/h")
    return Lead(
        id="case",
        longitude=HERE.longitude,
        latitude=HERE.latitude,
        easting_90=(0.0, 0.0),
        northing_90=(0.0, 0.0),
        emissions=(Emission(compound="acetone", rate=estimate),),
    )


def _zone(lead: Lead, wind: Wind, rng: np.random.Generator) -> Zone:
    protection = protect(lead, wind, Surroundings(), Scenario(town=False), rng)
    return next(zone for zone in protection.zones if zone.limit.kind == "odour")


def _row(name: str, cases: Sequence[Judged]) -> tuple[str, ...]:
    shares = {
        "held": np.mean([case.held for case in cases]),
        "beyond": np.mean([case.truth > case.told.upper for case in cases]),
        "short": np.mean([case.truth < case.told.lower for case in cases]),
        "missed": _mean([case.missed for case in cases]),
        "within": _mean([case.within for case in cases]),
    }
    return (name, str(len(cases)), *(_percent(share) for share in shares.values()))


def _mean(shares: Sequence[float]) -> float:
    """Return the mean of what is known; NaN where nothing is."""
    known = [share for share in shares if np.isfinite(share)]
    return float(np.mean(known)) if known else np.nan


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %" if np.isfinite(share) else "none there"


def _write(page: Path, date: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write the page of figures."""
    made = f"As of {date} (code {commit()}), `python -m validation.protect --count {rows[-1][1]} --date {date}`."
    told = (
        "*Held*: the 90 % interval of the distance held the true one; *beyond*, *short of*: the truth lay farther, or\n"
    )
    parts = [
        "# How well hazard zones hold\n",
        made,
        told + "or nearer.\n",
        "## Against the exercise's filaments\n",
        "Half-hour means over open country, 15 to 500 m; the hour before is the wind file, the rate has an interval.",
        "*Missed by 5 %*: share of the places that passed the limit outside of the 5 % outline; *passed in 95 %*:",
        "share of the places inside of the 95 % outline that passed it.\n",
        *_markdown(heads, rows),
    ]
    measured = judged_rows()
    if measured:
        parts += [
            "\n## Against measured releases: Project Prairie Grass\n",
            "The highest ten-minute mean on an arc, taken as a limit, against how far a zone says that it is passed;",
            "with rate and weather as measured, only the model errs. *Told / true*: median ratio of distances.",
            "The highest of many samplers is above the plume's mean axis, which may be why it is below 1.\n",
            *_markdown(HEADS, measured),
        ]
    page.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]


if __name__ == "__main__":
    sys.exit(main())
