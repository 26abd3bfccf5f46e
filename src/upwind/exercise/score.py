"""How well an answer fits the truth: pure functions on what `upwind locate` writes and on known releases.

A found source is right when it lies within `NEAR_M` of a true one; the assignment finds as many as can be, then as near
as can be. Intervals are judged on the sources found, so a reader must look at the share found beside them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np

from upwind.errors import FormatError, InputError
from upwind.geo import Frame

__all__ = [
    "NEAR_M",
    "SEEN",
    "Match",
    "Release",
    "Score",
    "assign",
    "holds",
    "read_truth",
    "releases_of",
    "score",
    "summary",
]

#: A found source within this distance of a true one counts as that one [m].
NEAR_M = 30.0
#: A source whose best reading stands out by less than so many standard deviations of noise is one nobody saw.
SEEN = 3.0
#: The column of an exercise's truth that says so.
_PEAK = "peak_signal_to_noise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One row of `truth.csv`; `peak` is how far its best reading stands out in noise, infinite where not said.

    `gas`, `flight` and `kind` ("hidden", or a trade) are those of a mission of several; "" where the truth has no such
    column.
    """

    file: str
    source: str
    longitude: float
    latitude: float
    height_m: float
    rate_kg_h: float
    peak: float = math.inf
    gas: str = ""
    flight: str = ""
    kind: str = ""

    @property
    def seen(self) -> bool:
        """Return whether any reading could have shown it."""
        return self.peak >= SEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One true source and the one found for it.

    `rate_ratio` is the median rate over the true one; each `*_held` says whether the 90 % interval or region holds the
    truth. None: the answer gives none.
    """

    source: str
    seen: bool
    error_m: float
    rate_ratio: float | None
    rate_held: bool | None
    easting_held: bool
    northing_held: bool
    region_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One answer against its truth.

    How many sources are true and how many of them any reading could show, the `most_probable` number, those reported,
    and those reported rightly.
    """

    files: tuple[str, ...]
    true: int
    seen: int
    most_probable: int
    reported: int
    phantoms: int
    matches: tuple[Match, ...]

    @property
    def number_right(self) -> bool:
        """Return whether the most probable number of sources is the true one."""
        return self.most_probable == self.true

    @property
    def seen_number_right(self) -> bool:
        """Return whether the most probable number lies between the sources seen and the true ones."""
        return self.seen <= self.most_probable <= self.true

    def as_json(self) -> dict[str, Any]:
        """Return the score with all its matches."""
        return asdict(self) | {"number_right": self.number_right, "found": len(self.matches)}


def read_truth(path: Path) -> tuple[Release, ...]:
    """Return the releases of a `truth.csv`.

    Raises
    ------
    FormatError
        A column is missing, or a value is no number.
    """
    names = ("longitude", "latitude", "height_m", "rate_kg_h")
    rows = csv.DictReader(StringIO(path.read_bytes().decode("utf-8-sig", errors="replace"), newline=""))
    lacking = [name for name in ("file", "source", *names) if name not in (rows.fieldnames or ())]
    if lacking:
        raise FormatError(path.name, "row 1", f"column {lacking[0]!r} is missing", "name it in the first row")
    releases = []
    for number, row in enumerate(rows, start=2):
        values = {name: _number(row[name]) for name in names}
        wrong = [name for name, value in values.items() if not math.isfinite(value)]
        if wrong:
            place = f"row {number}, column {wrong[0]!r}"
            raise FormatError(path.name, place, f"{row[wrong[0]]!r} is no number", "give a finite number")
        releases.append(
            Release(
                file=row["file"],
                source=row["source"],
                **values,
                peak=_peak(row),
                gas=row.get("gas") or "",
                flight=row.get("flight") or "",
                kind=row.get("kind") or "",
            )
        )
    return tuple(releases)


def _number(text: str | None) -> float:
    """Return the number a cell holds, NaN if none."""
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _peak(row: Mapping[str, str | None]) -> float:
    """Return the truth's peak, infinite where it does not say."""
    peak = _number(row.get(_PEAK))
    return math.inf if math.isnan(peak) else peak


def releases_of(document: Mapping[str, Any], releases: Sequence[Release]) -> tuple[Release, ...]:
    """Return the releases that happened while the answer's inputs were measured, each source once.

    Raises
    ------
    InputError
        The answer does not say its inputs and the truth is of several files.
    """
    inputs = document.get("upwind", {}).get("inputs")
    files = {release.file for release in releases}
    if inputs is None and len(files) > 1:
        msg = "the answer does not name its inputs (`upwind.inputs`), so its releases cannot be told from the others"
        raise InputError(msg)
    names = files if inputs is None else {Path(str(item["name"])).name for item in inputs}
    own = {(one.source, one.longitude, one.latitude): one for one in releases if one.file in names}
    return tuple(own.values())


def score(document: Mapping[str, Any], releases: Sequence[Release], gas: str | None = None) -> Score:
    """Return how well one answer fits.

    Parameters
    ----------
    document
        The FeatureCollection of `upwind locate`.
    releases
        What was true during its inputs (see `releases_of`).
    gas
        Which gas; needed where the answer speaks of several.

    Raises
    ------
    InputError
        The answer speaks of several gases and none was named.
    """
    gases = {str(row["gas"]) for row in document["number_of_sources"]} | {
        str(feature["properties"]["gas"]) for feature in document["features"]
    }
    if gas is None and len(gases) > 1:
        msg = f"the answer speaks of {', '.join(sorted(gases))}: say which gas the truth is of"
        raise InputError(msg)
    wanted = gases if gas is None else {gas}
    features = [feature for feature in document["features"] if feature["properties"]["gas"] in wanted]
    numbers = [row for row in document["number_of_sources"] if row["gas"] in wanted]
    best = max(numbers, key=lambda row: float(row["probability"]), default={"n": len(features)})
    pairs = assign([[_distance(release, feature) for release in releases] for feature in features])
    return Score(
        files=tuple(str(item["name"]) for item in document.get("upwind", {}).get("inputs", ())),
        true=len(releases),
        seen=sum(release.seen for release in releases),
        most_probable=int(best["n"]),
        reported=len(features),
        phantoms=len(features) - len(pairs),
        matches=tuple(_match(releases[truth], features[found]) for found, truth in pairs),
    )


def assign(distance_m: Sequence[Sequence[float]]) -> tuple[tuple[int, int], ...]:
    """Return pairs (found, true) within `NEAR_M`: as many as can be, then with the least sum of distances.

    Examples
    --------
    >>> assign([[5.0, 8.0], [4.0, 40.0]])
    ((0, 1), (1, 0))
    """
    plans: dict[int, tuple[int, float, tuple[tuple[int, int], ...]]] = {0: (0, 0.0, ())}
    for found, row in enumerate(distance_m):
        near = [(truth, metres) for truth, metres in enumerate(row) if metres <= NEAR_M]
        for (taken, (count, total, pairs)), (truth, metres) in product(list(plans.items()), near):
            if taken >> truth & 1:
                continue
            plan = (count + 1, total + metres, (*pairs, (found, truth)))
            known = plans.get(taken | 1 << truth)
            if known is None or plan[1] < known[1]:
                plans[taken | 1 << truth] = plan
    return max(plans.values(), key=lambda plan: (plan[0], -plan[1]))[2]


def _offset(release: Release, feature: Mapping[str, Any]) -> tuple[float, float]:
    """Return how far east and north of the found source the true one lies [m]."""
    longitude, latitude = feature["geometry"]["coordinates"][:2]
    frame = Frame(longitude=float(longitude), latitude=float(latitude))
    easting, northing = frame.to_local(np.array([release.longitude]), np.array([release.latitude]))
    return float(easting[0]), float(northing[0])


def _distance(release: Release, feature: Mapping[str, Any]) -> float:
    return float(np.hypot(*_offset(release, feature)))


def _match(release: Release, feature: Mapping[str, Any]) -> Match:
    properties = feature["properties"]
    easting, northing = _offset(release, feature)
    rate = properties.get("emission_rate")
    return Match(
        source=release.source,
        seen=release.seen,
        error_m=float(np.hypot(easting, northing)),
        rate_ratio=None if rate is None else float(rate["median"]) / release.rate_kg_h,
        rate_held=None if rate is None else bool(rate["lower"] <= release.rate_kg_h <= rate["upper"]),
        easting_held=bool(properties["easting_90"][0] <= easting <= properties["easting_90"][1]),
        northing_held=bool(properties["northing_90"][0] <= northing <= properties["northing_90"][1]),
        region_held=holds(properties["region_90"], release.longitude, release.latitude),
    )


def holds(geometry: Mapping[str, Any], longitude: float, latitude: float) -> bool:
    """Return whether a GeoJSON Polygon or MultiPolygon holds a position; holes do not belong to it."""
    parts = geometry["coordinates"]
    polygons = [parts] if geometry["type"] == "Polygon" else parts
    return any(sum(_crossings(ring, longitude, latitude) for ring in polygon) % 2 == 1 for polygon in polygons)


def _crossings(ring: Sequence[Sequence[float]], longitude: float, latitude: float) -> int:
    """Return how many edges of a ring lie east of a position, on its latitude."""
    count = 0
    for start, end in pairwise(ring):
        if (start[1] > latitude) != (end[1] > latitude):
            part = (latitude - start[1]) / (end[1] - start[1])
            count += start[0] + part * (end[0] - start[0]) > longitude
    return count


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """Return the figures of many answers together; null where nothing speaks of them."""
    matches = [match for one in scores for match in one.matches]
    empty = [one for one in scores if one.true == 0]
    ratios = np.array([match.rate_ratio for match in matches if match.rate_ratio is not None])
    errors = np.array([match.error_m for match in matches])
    true, seen = sum(one.true for one in scores), sum(one.seen for one in scores)
    return {
        "answers": len(scores),
        "true_sources": true,
        "seen_sources": seen,
        "number_right": _share(one.number_right for one in scores),
        "seen_number_right": _share(one.seen_number_right for one in scores),
        "phantoms_an_answer": _share(one.phantoms for one in scores),
        "phantoms_a_source_free_answer": _share(one.phantoms for one in empty),
        "found_within_30_m": len(matches) / true if true else None,
        "seen_found_within_30_m": sum(match.seen for match in matches) / seen if seen else None,
        "position_error_m": {"median": _percentile(errors, 50), "p90": _percentile(errors, 90)},
        "rate_ratio": {
            "median": _percentile(ratios, 50),
            "p10": _percentile(ratios, 10),
            "p90": _percentile(ratios, 90),
        },
        "rate_within_factor_2": _share(bool(0.5 <= ratio <= 2.0) for ratio in ratios),  # noqa: PLR2004 - its name
        "intervals_90_hold": {
            "matches": len(matches),
            "rate": _share(match.rate_held for match in matches if match.rate_held is not None),
            "easting": _share(match.easting_held for match in matches),
            "northing": _share(match.northing_held for match in matches),
            "region": _share(match.region_held for match in matches),
        },
    }


def _share(values: Iterable[float]) -> float | None:
    """Return the mean, None of nothing."""
    known = list(values)
    return sum(known) / len(known) if known else None


def _percentile(values: np.ndarray[Any, np.dtype[np.float64]], percent: float) -> float | None:
    return float(np.percentile(values, percent)) if values.size else None
