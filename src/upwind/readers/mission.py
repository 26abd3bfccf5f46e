"""A mission: which flights there were, which files they left, and what was asked of them (`mission.toml`)."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upwind.readers.decisions import decisions_of
from upwind.readers.files import File, open_file, shown
from upwind.readers.keys import TEXT, TEXTS, WHOLE, Kind, check_keys, items, nearest, parsed_toml
from upwind.readers.ratios import ratios_of
from upwind.readers.reports import reports_of
from upwind.records import Flight, Report, SiteEvent

__all__ = ["MOST_SOURCES", "Mission", "Truth", "read_area", "read_mission"]

_MISSION_KEYS = {
    "name": TEXT,
    "area": TEXT,
    "gas": TEXTS,
    "max_sources": WHOLE,
    "truth": TEXT,
    "reports": TEXT,
    "ratios": TEXT,
    "decisions": TEXT,
    "places": TEXT,
    "population": TEXT,
    "authorisations": TEXT,
    "flight": Kind(words="tables, each headed [[flight]]", fits=lambda value: isinstance(value, list)),
}
_FLIGHT_KEYS = {
    "id": TEXT,
    "files": TEXTS,
    "platform": TEXT,
    "sensor": TEXT,
    "wind": TEXT,
    "plan": TEXT,
    "authority": TEXT,
    "group": TEXT,
}
_TRUTH_HEADS = ("file", "source", "longitude", "latitude", "height_m", "rate_kg_h")
_LONGEST_NAME = 80
#: Unless the mission says otherwise.
_SOURCES = 5
#: Nobody can tell more sources apart in one area, and the computation grows with them.
MOST_SOURCES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """A known release of a trial or an exercise; `height` [m] and `emission_rate` [kg/h] are NaN where unknown.

    `gas` is "" where the truth does not tell gases apart.
    """

    file: str
    name: str
    longitude: float
    latitude: float
    height: float
    emission_rate: float
    gas: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """What `mission.toml` says: `area` is west, south, east, north [deg]; `files` are those that were read for it.

    `ratios` are likelihood ratios of kinds of report that it brings, by kind; `decisions` are people's, about sites.
    """

    name: str
    area: tuple[float, float, float, float] | None
    gases: tuple[str, ...]
    max_sources: int
    truth: tuple[Truth, ...]
    reports: tuple[Report, ...]
    ratios: Mapping[str, Mapping[str, Any]]
    decisions: tuple[SiteEvent, ...]
    places: Path | None
    population: Path | None
    authorisations: Path | None
    flights: tuple[Flight, ...]
    files: tuple[tuple[str, str], ...]


def read_mission(path: Path) -> Mission:
    """Return the mission of a folder, or of its `mission.toml`.

    Raises
    ------
    FormatError
        The file is no TOML, has an unknown key, a value of the wrong kind or a needed one missing, or names a file
        that is not there.
    """
    place = path / "mission.toml" if path.is_dir() else path
    file = open_file(place)
    said = parsed_toml(file, "mission.toml")
    check_keys(file, "", said, _MISSION_KEYS, needed=("name", "flight"))
    folder = place.parent
    paths = _Paths(file=file, folder=folder)
    if not _can_name(said["name"]):
        fault = f"{shown(said['name'])!r} cannot name a folder"
        raise file.fault(
            0, 'key "name"', fault, f"give a short name without slashes, such as {folder.resolve().name!r}"
        )
    if not 1 <= said.get("max_sources", 1) <= MOST_SOURCES:
        fault = f"{said['max_sources']} is not from 1 to {MOST_SOURCES}"
        raise file.fault(0, 'key "max_sources"', fault, "give how many sources there can be at most")
    area = _opened(paths.optional(said, "area"))
    truth = _opened(paths.optional(said, "truth"))
    reports = _opened(paths.optional(said, "reports"))
    ratios, decisions = (_opened(paths.optional(said, key)) for key in ("ratios", "decisions"))
    read = [one for one in (file, area, truth, reports, ratios, decisions) if one is not None]
    return Mission(
        name=said["name"],
        area=_box(area) if area is not None else None,
        gases=tuple(said.get("gas", ())),
        max_sources=said.get("max_sources", _SOURCES),
        truth=tuple(_truths(truth)) if truth is not None else (),
        reports=reports_of(reports) if reports is not None else (),
        ratios=ratios_of(ratios) if ratios is not None else {},
        decisions=decisions_of(decisions) if decisions is not None else (),
        places=paths.optional(said, "places"),
        population=paths.optional(said, "population"),
        authorisations=paths.optional(said, "authorisations"),
        flights=_flights(paths, said),
        files=tuple((one.name, one.sha256) for one in read),
    )


def read_area(path: Path) -> tuple[float, float, float, float]:
    """Return the box round a GeoJSON area: west, south, east, north, in degrees.

    Raises
    ------
    FormatError
        It is no GeoJSON, or holds no position on the globe.
    """
    return _box(open_file(path))


def _can_name(text: str) -> bool:
    """Return whether a text can be a folder's name anywhere."""
    plain = Path(text).name == text and text.isprintable() and not text.startswith(".") and "\\" not in text
    return plain and 0 < len(text) <= _LONGEST_NAME


def _opened(path: Path | None) -> File | None:
    return open_file(path) if path is not None else None


def _box(file: File) -> tuple[float, float, float, float]:
    try:
        document = json.loads(file.content)
    except (ValueError, RecursionError):
        raise file.fault(0, "", "this is not JSON", "give a GeoJSON Feature, FeatureCollection or geometry") from None
    positions = list(_positions(document))
    if not positions:
        raise file.fault(0, "", "there is no position in it", "give a GeoJSON Feature, FeatureCollection or geometry")
    longitudes, latitudes = zip(*positions, strict=True)
    if not (max(map(abs, longitudes)) <= 180 and max(map(abs, latitudes)) <= 90):  # noqa: PLR2004 - the globe
        raise file.fault(0, "", "a position is not on the globe", "give longitude, latitude in degrees, in this order")
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paths:
    """Files that a mission names, relative to its own folder."""

    file: File
    folder: Path

    def existing(self, name: str, place: str) -> Path:
        found = self.folder / name
        if not found.is_file():
            near = nearest(Path(name).name, [one.name for one in sorted(found.parent.glob("*")) if one.is_file()])
            raise self.file.fault(0, place, f"there is no file {shown(name)!r} beside the mission", near)
        return found

    def optional(self, table: Mapping[str, Any], key: str, where: str = "") -> Path | None:
        return self.existing(table[key], f'{where}key "{key}"') if key in table else None

    def described(self, table: Mapping[str, Any], key: str, where: str) -> Path | None:
        """Return the TOML file that describes a platform or sensor; None where its text names none."""
        return self.optional(table, key, where) if table.get(key, "").endswith(".toml") else None


def _flights(paths: _Paths, said: Mapping[str, Any]) -> tuple[Flight, ...]:
    flights: list[Flight] = []
    for where, table in items(paths.file, said, "flight"):
        check_keys(paths.file, where, table, _FLIGHT_KEYS, needed=("id", "files"))
        if table["id"] in {flight.id for flight in flights}:
            raise paths.file.fault(
                0, f'{where}key "id"', f"{shown(table['id'])!r} is taken", "give each flight its own id"
            )
        flights.append(
            Flight(
                id=table["id"],
                files=tuple(paths.existing(name, f'{where}key "files"') for name in table["files"]),
                platform=table.get("platform", ""),
                sensor=table.get("sensor", ""),
                wind=paths.optional(table, "wind", where),
                plan=paths.optional(table, "plan", where),
                authority=table.get("authority", ""),
                group=table.get("group", ""),
                platform_file=paths.described(table, "platform", where),
                sensor_file=paths.described(table, "sensor", where),
            )
        )
    return tuple(flights)


def _truths(file: File) -> Iterator[Truth]:
    file.require_text()
    lines = csv.reader(io.StringIO(file.content.decode("utf-8-sig", errors="replace")))
    heads = [head.strip() for head in next(lines, [])]
    for head in _TRUTH_HEADS:
        if head not in heads:
            raise file.fault(
                1, f'column "{head}"', "this column is missing", f"the columns are {', '.join(_TRUTH_HEADS)}"
            )
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(heads):
            raise file.fault(number, "", f"{len(cells)} cells, not {len(heads)}", "give one cell a column")
        row = dict(zip(heads, (cell.strip() for cell in cells), strict=True))
        at = [_number(file, number, row, head) for head in _TRUTH_HEADS[2:]]
        if not (abs(at[0]) <= 180 and abs(at[1]) <= 90):  # noqa: PLR2004 - the globe
            raise file.fault(number, "", "this position is not on the globe", "give degrees")
        yield Truth(
            file=row["file"],
            name=row["source"],
            longitude=at[0],
            latitude=at[1],
            height=at[2],
            emission_rate=at[3],
            gas=row.get("gas", ""),
        )


def _number(file: File, line: int, row: Mapping[str, str], head: str) -> float:
    try:
        value = float(row[head]) if row[head] else math.nan
    except ValueError:
        raise file.fault(line, f'column "{head}"', f"{shown(row[head])!r} is no number", "give one") from None
    return value


def _positions(node: object) -> Iterator[tuple[float, float]]:
    """Yield every position of a GeoJSON document."""
    if isinstance(node, dict):
        for key in ("geometry", "geometries", "features", "coordinates"):
            yield from _positions(node.get(key))
    elif isinstance(node, list):
        if len(node) >= 2 and all(isinstance(item, (int, float)) for item in node):  # noqa: PLR2004 - a position
            yield float(node[0]), float(node[1])
        else:
            for item in node:
                yield from _positions(item)
