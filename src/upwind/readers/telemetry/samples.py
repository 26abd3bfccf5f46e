"""Positions as telemetry gives them, one by one, and the trajectory that they make."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any, NamedTuple

import numpy as np

from upwind.arrays import TRAJECTORY, BoolArray, FloatArray, IntArray
from upwind.readers.files import File
from upwind.records import Trajectory

__all__ = [
    "FEET",
    "Sample",
    "distinct",
    "known_platforms",
    "many",
    "number",
    "seconds_of",
    "time_of",
    "trajectory_from",
]

#: The international foot. [m]
FEET = 0.3048

#: A number of this size or more counts milli-, micro- or nanoseconds since 1970, not seconds.
_FINER = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))

_EARLIEST_S = datetime(1900, 1, 1, tzinfo=UTC).timestamp()
_LATEST_S = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_COLUMNS = tuple(spec.name for spec in TRAJECTORY)
_HEIGHTS = tuple(spec for spec in TRAJECTORY if spec.name not in ("time", "longitude", "latitude"))
_BOUNDS = {spec.name: (spec.lower, spec.upper) for spec in TRAJECTORY}


class Sample(NamedTuple):
    """One row of positions as written: NaN, and "", where the file does not say.

    `time` [s] since 1970-01-01T00:00Z, `longitude`, `latitude` [deg], heights [m] as `TRAJECTORY` says them; `row`
    counts the file's rows of positions from 0.
    """

    row: int
    time: float
    longitude: float
    latitude: float
    height: float = math.nan
    altitude: float = math.nan
    ellipsoidal_height: float = math.nan
    pressure_altitude: float = math.nan
    flight: str = ""
    platform: str = ""


def number(value: object) -> float:
    """Return a number as a file gives it, text included; NaN where it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def seconds_of(text: str) -> float:
    """Return a time of ISO 8601, UTC where it names no offset, in seconds since 1970-01-01T00:00Z; NaN for others.

    A date alone is no time.
    """
    if len(text.strip()) < len("20200915T0043"):
        return math.nan
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return math.nan
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.timestamp()


def time_of(value: object) -> float:
    """Return a time, ISO 8601 or a number of any fineness, in seconds since 1970-01-01T00:00Z; NaN if it is none."""
    time = number(value)
    if math.isnan(time) and isinstance(value, str):
        return seconds_of(value)
    return time * next((scale for least, scale in _FINER if time >= least), 1.0)


def many(count: int, noun: str) -> str:
    """Return a count with its noun, such as "1 line" or "2,833 lines"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def distinct(name: str, taken: set[str]) -> str:
    """Return a name that no other flight of the file has, and take it: two flights of one name are two flights."""
    numbered = (f"{name} ({number})".strip() for number in count(2))
    chosen = next(text for text in chain((name,), numbered) if text not in taken)
    taken.add(chosen)
    return chosen


def known_platforms(samples: Sequence[Sample], otherwise: dict[str, str]) -> Iterator[Sample]:
    """Yield the samples, those without a platform under the one that their flight had last, or else has next.

    Parameters
    ----------
    samples
        In the file's order; a radio call sign is not sent with every position.
    otherwise
        A flight's platform where none of its samples names one.
    """
    last = {sample.flight: sample.platform for sample in reversed(samples) if sample.platform}
    for sample in samples:
        platform = sample.platform or last.get(sample.flight, "") or otherwise.get(sample.flight, "")
        if sample.platform:
            last[sample.flight] = platform
        yield sample if platform == sample.platform else sample._replace(platform=platform)


def trajectory_from(file: File, samples: Iterable[Sample], notes: Iterable[str] = ()) -> Trajectory:
    """Return the trajectory of a file's samples; those without a position are left out, in the file's order.

    What cannot be is left out too, and a note says how much of it there was; 0,0, jumps and duplicates stay.

    Raises
    ------
    FormatError
        There is no position with a time in the file.
    """
    every = [sample for sample in samples if math.isfinite(sample.longitude) and math.isfinite(sample.latitude)]
    if not every:
        raise file.fault(0, "", _also("no position in it", notes), "give a log with positions and their times")
    columns = {name: np.array([getattr(sample, name) for sample in every], dtype=np.float64) for name in _COLUMNS}
    said = [*file.notes, *notes]
    there = _on_globe(columns, said) & _timed(columns, said)
    if not there.any():
        fault = _also("no position with a time in it", said)
        raise file.fault(0, "", fault, "an audit needs to know when it flew: give the log with times in UTC")
    _bound_heights(columns, there, said)
    kept = [sample for sample, keep in zip(every, there.tolist(), strict=True) if keep]
    flight, flights = _named([sample.flight for sample in kept])
    platform, platforms = _named([sample.platform for sample in kept])
    located: dict[str, Any] = {name: values[there] for name, values in columns.items()}
    return Trajectory(
        name=file.name,
        sha256=file.sha256,
        row=np.array([sample.row for sample in kept], dtype=np.int64),
        flight=flight,
        flights=flights,
        platform=platform,
        platforms=platforms,
        notes=tuple(said),
        **located,
    )


def _also(fault: str, notes: Iterable[str]) -> str:
    """Return a fault, with the first thing that was noted behind it."""
    first = next(iter(notes), "")
    return f"{fault} ({first})" if first else fault


def _on_globe(columns: dict[str, FloatArray], notes: list[str]) -> BoolArray:
    """Return which positions lie on the globe, and note how many do not."""
    on = (np.abs(columns["latitude"]) <= _BOUNDS["latitude"][1]) & (
        np.abs(columns["longitude"]) <= _BOUNDS["longitude"][1]
    )
    if not on.all():
        off = many(int((~on).sum()), "position")
        notes.append(f"{off} off the globe (latitude beyond 90 or longitude beyond 180) left out")
    return on


def _timed(columns: dict[str, FloatArray], notes: list[str]) -> BoolArray:
    """Return which samples have a time, and note how many have none."""
    timed = (columns["time"] >= _EARLIEST_S) & (columns["time"] <= _LATEST_S)
    if not timed.all():
        notes.append(f"{many(int((~timed).sum()), 'position')} without a time of the years 1900 to 2100 left out")
    return timed


def _bound_heights(columns: dict[str, FloatArray], there: BoolArray, notes: list[str]) -> None:
    """Make NaN of the heights that nothing flies at, and note how many there were."""
    for spec in _HEIGHTS:
        values = columns[spec.name]
        wrong = ~np.isnan(values) & ~((values >= spec.lower) & (values <= spec.upper))
        values[wrong] = np.nan
        if wild := int((wrong & there).sum()):
            name = spec.name.replace("_", " ")
            notes.append(
                f"{many(wild, 'value')} of {name} beyond {spec.lower:g} to {spec.upper:g} m taken as not known"
            )


def _named(names: Sequence[str]) -> tuple[IntArray, tuple[str, ...]]:
    """Return which name each sample has, and the names in the order of appearance."""
    index = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([index[name] for name in names], dtype=np.int64), tuple(index)
