"""ADS-B positions as JSON: rows of the `traffic` package, readsb and tar1090, the OpenSky network.

One flight is one aircraft, by its 24-bit address (or the file's own `flight_id`): a call sign that changes does not
split it.

References
----------
readsb, README-json.md; OpenSky REST API documentation, "All State Vectors" and "Track by Aircraft".
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from upwind.readers.files import File
from upwind.readers.telemetry.samples import FEET, Sample, known_platforms, many, number, time_of, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]

Record = dict[str, Any]

_TRIES = 4

#: Where a file was cut off within its rows: behind which sign the last whole row ends, and what closes the rest.
_CLOSINGS = (("}", "]"), ("]", "]}"), ("}", "]}"))


def read(file: File) -> Trajectory:
    """Return the trajectory of a JSON file of ADS-B positions.

    Raises
    ------
    FormatError
        It is no JSON, or of none of the known shapes, or holds no position.
    """
    documents, notes = _documents(file)
    rows = count()
    samples: list[Sample] = []
    icao: dict[str, str] = {}
    for document in documents:
        samples.extend(_samples(document, rows, icao))
    if next(rows) == 0:
        fault = "this JSON holds no rows of ADS-B positions"
        raise file.fault(0, "", fault, "give JSON of traffic, readsb (aircraft, trace) or OpenSky (states, track)")
    return trajectory_from(file, known_platforms(samples, icao), notes)


def _documents(file: File) -> tuple[list[Any], list[str]]:
    """Return the JSON values of a file, one or one a line, and what was lost of a damaged one."""
    text = file.content.decode("utf-8-sig", "replace")
    whole = _parsed(text)
    if whole is not None:
        return [whole], []
    lines = [line for line in text.splitlines() if line.strip()]
    parsed = [_parsed(line) for line in lines]
    good = [value for value in parsed if isinstance(value, dict)]
    if len(good) > 1:
        lost = len(lines) - len(good)
        return good, [f"{lost:,} of {many(len(lines), 'line')} left out: no JSON"] * bool(lost)
    rest = _rescued(text)
    if rest:
        return [rest], ["the JSON is cut off: read as far as the last whole row"]
    raise file.fault(0, "", "this is no JSON, or it is broken", "copy it again, whole")


def _rescued(text: str) -> Any:  # noqa: ANN401 (JSON may be anything)
    """Return the value of a JSON text that is cut off within its rows, without the last of them; None for others."""
    for sign, closing in _CLOSINGS:
        end = len(text)
        for _ in range(_TRIES):  # a sign may stand within a row too
            end = text.rfind(sign, 0, end)
            rest = _parsed(text[: end + 1] + closing) if end > 0 else None
            if rest:
                return rest
    return None


def _parsed(text: str) -> Any:  # noqa: ANN401 (JSON may be anything)
    """Return the value of a JSON text, None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _samples(document: Any, rows: Iterator[int], icao: dict[str, str]) -> Iterator[Sample]:  # noqa: ANN401
    """Yield the positions of one JSON value; `icao` gathers each flight's address."""
    if isinstance(document, list):
        for record in document:
            if isinstance(record, dict):
                yield from _samples(record, rows, icao)
        return
    if not isinstance(document, dict):
        return
    shapes = {"aircraft": _snapshot, "ac": _snapshot, "trace": _trace, "states": _states, "path": _path}
    for key, shape in shapes.items():
        if isinstance(document.get(key), list):
            found = list(shape(document, rows))
            break
    else:
        if not document.keys() & {"icao24", "hex", "latitude", "lat"}:
            return
        found = [_record(document, next(rows), time_of(document.get("now")))]
    for address, sample in found:
        icao.setdefault(sample.flight, address)
        yield sample


Found = tuple[str, Sample]


def _snapshot(document: Record, rows: Iterator[int]) -> Iterator[Found]:
    """Yield the aircraft of readsb's `aircraft.json`, or of a query to ADS-B Exchange."""
    now = time_of(document.get("now"))
    for record in document.get("aircraft") or document.get("ac") or ():
        row = next(rows)
        if isinstance(record, dict):
            yield _record(record, row, now)


def _record(record: Record, row: int, now: float) -> Found:
    """Return the position of one object, whose keys are those of `traffic` or of readsb."""
    address = _text(record.get("icao24") or record.get("hex")).lower()
    callsign = _text(record.get("callsign") or record.get("flight"))
    flight = _text(record.get("flight_id")) or address or callsign
    baro = record.get("altitude", record.get("alt_baro"))
    ground = record.get("onground", record.get("on_ground")) in (True, 1) or baro == "ground"
    time = time_of(record.get("timestamp", record.get("time")))
    if math.isnan(time):
        time = now - max(0.0, _or_zero(record.get("seen_pos")))
    sample = Sample(
        row=row,
        time=time,
        longitude=number(record.get("longitude", record.get("lon"))),
        latitude=number(record.get("latitude", record.get("lat"))),
        height=0.0 if ground else math.nan,
        pressure_altitude=number(baro) * FEET,
        ellipsoidal_height=number(record.get("geoaltitude", record.get("alt_geom"))) * FEET,
        flight=flight,
        platform=callsign,
    )
    return address, sample


def _trace(document: Record, rows: Iterator[int]) -> Iterator[Found]:
    """Yield the points of readsb's `trace_full_*.json`: seconds after the start, place, pressure altitude, ...."""
    address = _text(document.get("icao")).lower()
    start = number(document.get("timestamp"))
    for point in document["trace"]:
        row = next(rows)
        seconds, latitude, longitude, baro, *_ = _cells(point, 4)
        said, geometric = _cells(point, 11)[8::2]
        yield (
            address,
            Sample(
                row=row,
                time=start + number(seconds),
                longitude=number(longitude),
                latitude=number(latitude),
                height=0.0 if baro == "ground" else math.nan,
                pressure_altitude=number(baro) * FEET,
                ellipsoidal_height=number(geometric) * FEET,
                flight=address,
                platform=_text(said.get("flight")) if isinstance(said, dict) else "",
            ),
        )


def _states(document: Record, rows: Iterator[int]) -> Iterator[Found]:
    """Yield the state vectors of OpenSky's `/states/all`; heights are in metres there."""
    taken = number(document.get("time"))
    for state in document["states"]:
        row = next(rows)
        cells = _cells(state, 14)
        address = _text(cells[0]).lower()
        times = (number(cells[3]), number(cells[4]), taken)
        yield (
            address,
            Sample(
                row=row,
                time=next((time for time in times if not math.isnan(time)), math.nan),
                longitude=number(cells[5]),
                latitude=number(cells[6]),
                height=0.0 if cells[8] is True else math.nan,
                pressure_altitude=number(cells[7]),
                ellipsoidal_height=number(cells[13]),
                flight=address,
                platform=_text(cells[1]),
            ),
        )


def _path(document: Record, rows: Iterator[int]) -> Iterator[Found]:
    """Yield the waypoints of OpenSky's track of one aircraft."""
    address = _text(document.get("icao24")).lower()
    callsign = _text(document.get("callsign") or document.get("calllsign"))  # the API spells it with three l
    for point in document["path"]:
        row = next(rows)
        time, latitude, longitude, baro, _track, ground = _cells(point, 6)
        yield (
            address,
            Sample(
                row=row,
                time=number(time),
                longitude=number(longitude),
                latitude=number(latitude),
                height=0.0 if ground is True else math.nan,
                pressure_altitude=number(baro),
                flight=address,
                platform=callsign,
            ),
        )


def _cells(row: object, width: int) -> Sequence[Any]:
    """Return a row's first cells, None where it has fewer."""
    cells = row if isinstance(row, list) else []
    return [*cells[:width], *[None] * (width - len(cells))]


def _text(value: object) -> str:
    """Return a name, "" where there is none."""
    return value.strip() if isinstance(value, str) else ""


def _or_zero(value: object) -> float:
    """Return a number, 0 where there is none."""
    seconds = number(value)
    return 0.0 if math.isnan(seconds) else seconds
