"""Cases from measured releases: Prairie Grass, Ginninderra, and a drone round a car (see the model card)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from validation.cases import TRACKS, Area, Case, Experiment, Half, Trial

from upwind.arrays import BoolArray
from upwind.exercise.score import Release
from upwind.geo import Frame
from upwind.readers import read_track
from upwind.records import Gas, Track, Wind

__all__ = ["EXPERIMENTS", "rows_of"]

#: The search box of Prairie Grass, and how far its middle may be from the source, in its widths.
BOX_M, OFF_CENTRE = 2000.0, 0.4
#: Runs whose number leaves this remainder by 4 are tuned on.
TUNED_REMAINDER = 1
#: The last day of Ginninderra that is tuned on.
TUNED_TO = date(2015, 5, 27)
#: A day, or a pair of days, must hold so much release.
LEAST_RELEASE = timedelta(hours=6)
#: Windows without release: no longer, no fewer rows, and so long after the last release.
LONGEST_OFF, LEAST_ROWS, SETTLING = timedelta(hours=2.5), 100, timedelta(minutes=10)
#: People and vehicles stood here during the flights round a car [deg], and so far about [m].
TAKE_OFF, TAKE_OFF_M = Frame(longitude=5.9343, latitude=53.3279), 40.0


def rows_of(track: Track, keep: BoolArray) -> Track:
    """Return the track with the readings that `keep` (reading,) marks."""
    columns = {f.name: getattr(track, f.name) for f in fields(Track)}
    kept: dict[str, Any] = {name: value[keep] for name, value in columns.items() if isinstance(value, np.ndarray)}
    wind = Wind(**{f.name: getattr(track.wind, f.name)[keep] for f in fields(Wind)})
    gases = tuple(Gas(name=gas.name, units=gas.units, values=gas.values[keep]) for gas in track.gases)
    return replace(track, **kept, wind=wind, gases=gases, extra={})


# Prairie Grass


@cache
def _prairie_truth() -> Mapping[str, Release]:
    return {row["run"]: _release(row["run"], row) for row in _table(TRACKS / "prairie-grass" / "truth.csv")}


def _release(name: str, row: Mapping[str, str]) -> Release:
    return Release(
        file=name,
        source=name,
        longitude=float(row["longitude"]),
        latitude=float(row["latitude"]),
        height_m=float(row["height_m"] or "nan"),
        rate_kg_h=float(row["rate_kg_h"] or "nan"),
    )


def _table(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _box_about(release: Release) -> Area:
    """Return the search box of a run: always the same, its middle somewhere else than the source."""
    rng = np.random.default_rng([int(release.source.removeprefix("run")), 1956])
    middle = rng.uniform(-OFF_CENTRE, OFF_CENTRE, 2) * BOX_M
    frame = Frame(longitude=release.longitude, latitude=release.latitude)
    edges = middle[:, None] + np.array([-0.5, 0.5]) * BOX_M
    (west, east), (south, north) = frame.to_geographic(edges[0], edges[1])
    return float(west), float(south), float(east), float(north)


def _prairie_cases(experiment: str) -> list[Case]:
    runs = [(run, int(run.removeprefix("run"))) for run in _prairie_truth()]
    return [
        Case(experiment=experiment, name=run, half=Half.TUNING if n % 4 == TUNED_REMAINDER else Half.HELD_OUT)
        for run, n in runs
    ]


def _prairie_trial(case: Case) -> Trial:
    release = _prairie_truth()[case.name]
    suffix = "-sparse20" if case.experiment.endswith("sparse20") else ""
    track = read_track(TRACKS / "prairie-grass" / f"{case.name}{suffix}.csv")
    return Trial(tracks=(track,), area=_box_about(release), gas="sulfur dioxide", truth=(release,))


# Ginninderra


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """A stretch of one kind: "release", "off" or "transition"."""

    start: datetime
    end: datetime
    kind: str
    release: Release


@cache
def _periods() -> tuple[_Period, ...]:
    rows = _table(TRACKS / "ginninderra" / "periods.csv")
    return tuple(
        _Period(
            start=datetime.fromisoformat(row["from"]),
            end=datetime.fromisoformat(row["to"]),
            kind=row["kind"],
            release=_release("release", row),
        )
        for row in rows
    )


def _released(day: date) -> timedelta:
    """Return how long gas was released within a UTC day."""
    begin = datetime.combine(day, datetime.min.time(), UTC)
    end = begin + timedelta(days=1)
    shares = (min(p.end, end) - max(p.start, begin) for p in _periods() if p.kind == "release")
    return sum((share for share in shares if share > timedelta()), timedelta())


def _half(*days: date) -> Half | None:
    """Return the half that all the days are of, None where they straddle."""
    halves = {Half.TUNING if day <= TUNED_TO else Half.HELD_OUT for day in days}
    return halves.pop() if len(halves) == 1 else None


def _day_cases(experiment: str) -> list[Case]:
    days = sorted({moment.date() for p in _periods() for moment in (p.start, p.end)})
    spans = [(day,) for day in days] + [(day, day + timedelta(days=1)) for day in days[:-1]]
    if experiment.endswith("pairs"):
        spans = [span for span in spans if len(span) > 1 and all(_released(day) for day in span)]
    else:
        spans = [span for span in spans if len(span) == 1]
    enough = [span for span in spans if sum(map(_released, span), timedelta()) >= LEAST_RELEASE]
    named = [("+".join(day.isoformat() for day in span), _half(*span)) for span in enough]
    return [Case(experiment=experiment, name=name, half=half) for name, half in named if half is not None]


@cache
def _campaign() -> Track:
    return read_track(TRACKS / "ginninderra" / "campaign1.csv.gz")


def _within(track: Track, begin: datetime, end: datetime) -> BoolArray:
    return np.asarray((track.time >= begin.timestamp()) & (track.time + track.duration <= end.timestamp()))


def _day_trial(case: Case) -> Trial:
    begin = datetime.combine(date.fromisoformat(case.name[:10]), datetime.min.time(), UTC)
    end = begin + timedelta(days=case.name.count("+") + 1)
    inside = [p for p in _periods() if p.kind == "release" and p.end > begin and p.start < end]
    lengths = [(min(p.end, end) - max(p.start, begin)).total_seconds() for p in inside]
    rate = float(np.average([p.release.rate_kg_h for p in inside], weights=lengths))
    track = rows_of(_campaign(), _within(_campaign(), begin, end))
    return Trial(tracks=(track,), area=None, gas="methane", truth=(replace(inside[0].release, rate_kg_h=rate),))


def _off_windows() -> Iterator[tuple[datetime, datetime]]:
    """Give the stretches without release, none longer than may be."""
    before = None
    for period in _periods():
        if period.kind != "off":
            before = period.end
            continue
        start = period.start if before is None else max(period.start, before + SETTLING)
        while start < period.end:
            yield start, min(start + LONGEST_OFF, period.end)
            start += LONGEST_OFF


def _off_cases(experiment: str) -> list[Case]:
    return [
        Case(experiment=experiment, name=f"{start.isoformat()}/{end.isoformat()}", half=half)
        for start, end in _off_windows()
        if (half := _half(start.date())) and int(_within(_campaign(), start, end).sum()) >= LEAST_ROWS
    ]


def _off_trial(case: Case) -> Trial:
    start, end = (datetime.fromisoformat(text) for text in case.name.split("/"))
    track = rows_of(_campaign(), _within(_campaign(), start, end))
    return Trial(tracks=(track,), area=None, gas="methane", truth=())


# A drone round a car


def _car_cases(experiment: str) -> list[Case]:
    rows = _table(TRACKS / "co2-drone-nl" / "truth.csv")
    return [Case(experiment=experiment, name=row["file"], half=Half.HELD_OUT) for row in rows]


def _car_trial(case: Case) -> Trial:
    folder = TRACKS / "co2-drone-nl"
    row = next(row for row in _table(folder / "truth.csv") if row["file"] == case.name)
    track = read_track(folder / case.name)
    away = np.hypot(*TAKE_OFF.to_local(track.longitude, track.latitude)) > TAKE_OFF_M
    return Trial(tracks=(rows_of(track, away),), area=None, gas="carbon dioxide", truth=(_release("car", row),))


def _experiment(name: str, what: str, **how: Any) -> Experiment:  # noqa: ANN401 - the fields of Experiment
    cases = how.pop("cases")
    return Experiment(name=name, what=what, origin="readers", cases=lambda: cases(name), **how)


EXPERIMENTS = (
    _experiment(
        "prairie-grass",
        "Project Prairie Grass, all arcs; one source of sulfur dioxide, box of 2 km off centre",
        cases=_prairie_cases,
        trial=_prairie_trial,
        single=True,
    ),
    _experiment(
        "prairie-grass-sparse20",
        "the same runs, 20 samplers at 100 m or more",
        cases=_prairie_cases,
        trial=_prairie_trial,
        single=True,
    ),
    _experiment(
        "ginninderra-days",
        "Ginninderra 2015, beams, towers and points; single UTC days with 6 h or more of methane release",
        cases=_day_cases,
        trial=_day_trial,
        single=True,
    ),
    _experiment(
        "ginninderra-pairs",
        "the same, pairs of consecutive days",
        cases=_day_cases,
        trial=_day_trial,
        single=True,
    ),
    _experiment(
        "ginninderra-off",
        "the same field with the release shut: windows of 2.5 h or less",
        cases=_off_cases,
        trial=_off_trial,
    ),
    _experiment(
        "drone-round-a-car",
        "cheap carbon dioxide sensor on a drone, 100-300 m boxes round a running car; rate unknown",
        cases=_car_cases,
        trial=_car_trial,
        single=True,
        rated=False,
    ),
)
