"""Candidate sites: the GeoJSON that `upwind run` writes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, cast

from upwind.errors import FormatError
from upwind.readers.files import File, open_file, shown
from upwind.records import Candidate

__all__ = ["candidate_of", "read_candidates"]

_NEEDED = "give a FeatureCollection of Points with properties id and probability, as `upwind run` writes it"
_FARTHEST_EAST, _FARTHEST_NORTH = 180.0, 90.0
_LONGEST_ID = 200


def read_candidates(path: Path) -> list[Candidate]:
    """Return the candidate sites of a file.

    Raises
    ------
    FormatError
        It is no FeatureCollection, or a Feature is no candidate site.
    """
    file = open_file(path)
    return _candidates(file, _document(file))


def _candidates(file: File, document: Mapping[str, Any]) -> list[Candidate]:
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise file.fault(0, "", "this is no FeatureCollection", _NEEDED)
    heard = _reports(document.get("reports"))
    found: dict[str, Candidate] = {}
    for number, feature in enumerate(features, start=1):
        candidate = candidate_of(feature, file.shown, f"feature {number}")
        if candidate.id in heard:
            candidate = _with_reports(candidate, heard[candidate.id])
        if candidate.id in found:
            fault = f"id {shown(candidate.id)!r} stands twice"
            raise file.fault(0, f"feature {number}", fault, "give each site its own id")
        found[candidate.id] = candidate
    return list(found.values())


def _reports(said: object) -> dict[str, list[dict[str, str]]]:
    """Return what the reports of each site say, in their own words; those without words are named in its Feature."""
    heard: dict[str, list[dict[str, str]]] = {}
    for report in said if isinstance(said, list) else ():
        if isinstance(report, dict) and isinstance(report.get("text"), str) and report["text"].strip():
            told = {name: str(report.get(name, "")) for name in ("id", "kind", "text")}
            heard.setdefault(str(report.get("site")), []).append(told)
    return heard


def _with_reports(candidate: Candidate, heard: Sequence[Mapping[str, str]]) -> Candidate:
    """Return a candidate whose Feature holds the words of its reports too, which its file keeps beside the sites."""
    properties = {**candidate.feature["properties"], "report_texts": list(heard)}
    return replace(candidate, feature={**candidate.feature, "properties": properties})


def _document(file: File) -> dict[str, Any]:
    """Return the JSON object of a file; nulls stay, for a Feature is kept as it came."""
    try:
        document = json.loads(file.content.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise file.fault(0, "", f"this is not JSON ({error})", _NEEDED) from None
    if not isinstance(document, dict):
        raise file.fault(0, "", "this is no JSON object", _NEEDED)
    return document


def _no_number(word: str) -> NoReturn:
    msg = f"{word} is no number in JSON"
    raise ValueError(msg)


def candidate_of(feature: object, file: str, place: str) -> Candidate:
    """Return the candidate site of one Feature; `file` and `place` are where messages say that it stands."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise FormatError(file, place, "this is no Feature with properties", _NEEDED)
    said = feature["properties"]
    name = said.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID or not name.isprintable():
        raise FormatError(file, f'{place}: property "id"', f"{shown(repr(name))} is no id", "give a text")
    probability = _number(said.get("probability"))
    if probability is None or not 0 <= probability <= 1:
        fault = f"{shown(repr(said.get('probability')))} is no probability"
        raise FormatError(file, f'{place}: property "probability"', fault, "give a number from 0 to 1")
    longitude, latitude = _position(file, place, feature.get("geometry"))
    return Candidate(
        id=name,
        longitude=longitude,
        latitude=latitude,
        probability=probability,
        compounds=_compounds(said),
        unexplained=_bounded(file, place, said, ("unexplained", "probability", 1.0)),
        abstained=said.get("abstained") is True,
        people=_bounded(file, place, said, ("people_at_risk", "median", math.inf)),
        seen=_time(file, place, said.get("seen")),
        marking=str(said.get("marking") or ""),
        feature=feature,
    )


def _position(file: str, place: str, geometry: object) -> tuple[float, float]:
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    is_point = isinstance(geometry, dict) and geometry.get("type") == "Point"
    if is_point and isinstance(coordinates, list) and len(coordinates) > 1:
        longitude, latitude = _number(coordinates[0]), _number(coordinates[1])
        if _is_on_globe(longitude, latitude):
            return cast("float", longitude), cast("float", latitude)
    raise FormatError(file, place, "its geometry is no Point on the globe", "give longitude, latitude in degrees")


def _is_on_globe(longitude: float | None, latitude: float | None) -> bool:
    if longitude is None or latitude is None:
        return False
    return abs(longitude) <= _FARTHEST_EAST and abs(latitude) <= _FARTHEST_NORTH


def _compounds(said: Mapping[str, Any]) -> tuple[str, ...]:
    named = said.get("compounds") or ([said["gas"]] if said.get("gas") else [])
    return tuple(map(str, named)) if isinstance(named, list) else ()


def _within(value: object, key: str) -> object:
    """Return a number that may stand under a key of a table, such as an estimate's median."""
    return value.get(key) if isinstance(value, dict) else value


def _bounded(file: str, place: str, said: Mapping[str, Any], of: tuple[str, str, float]) -> float | None:
    """Return a property's number, from 0 to the most it can be; None where there is none."""
    name, key, most = of
    number = _number(_within(said.get(name), key))
    if number is not None and not 0 <= number <= most:
        raise FormatError(file, f'{place}: property "{name}"', f"{number:g} cannot be", f"give 0 to {most:g}")
    return number


def _number(value: object) -> float | None:
    """Return a finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _time(file: str, place: str, value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - refused below
    if moment.tzinfo is None:
        remedy = "give a time with its offset from UTC, such as 2026-03-01T12:00:00Z"
        raise FormatError(file, f'{place}: property "seen"', f"{value!r} is no time", remedy)
    return moment
