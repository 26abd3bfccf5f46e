"""State vectors of the OpenSky network as CSV: a row an aircraft and second, heights in metres.

References
----------
OpenSky historical data, table `state_vectors_data4`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator

from upwind.readers.files import File
from upwind.readers.telemetry.samples import Sample, known_platforms, many, number, time_of, trajectory_from
from upwind.records import Trajectory

__all__ = ["read"]

_TRUE = frozenset({"true", "1", "t"})


def read(file: File) -> Trajectory:
    """Return the trajectory of a CSV file of state vectors; rows without a position are left out.

    Raises
    ------
    FormatError
        A column that is needed is missing, the cells cannot be read, or there is no position.
    """
    text = io.StringIO(file.content.decode("utf-8-sig", "replace"), newline="")
    lines = csv.DictReader(text, strict=True)
    notes: list[str] = []
    try:
        missing = {"time", "icao24", "lat", "lon"} - {name.strip() for name in lines.fieldnames or ()}
        if missing:
            fault = f'the column "{min(missing)}" is missing'
            raise file.fault(
                1, "", fault, "give OpenSky's state vectors: time,icao24,lat,lon,…,baroaltitude,geoaltitude"
            )
        samples = list(_samples(lines, notes))
    except csv.Error as error:
        fault = f"the cells cannot be read ({error})"
        raise file.fault(lines.line_num, "", fault, "close every quote, double those within") from None
    return trajectory_from(file, known_platforms(samples, {sample.flight: sample.flight for sample in samples}), notes)


def _samples(lines: csv.DictReader[str], notes: list[str]) -> Iterator[Sample]:
    """Yield the rows; one with fewer cells than the header is noted."""
    names = list(lines.fieldnames or ())
    last = names[-1] if names else ""
    short = 0
    for row, line in enumerate(lines):
        if line[last] is None:
            short += 1
            continue
        cells = {name.strip(): line[name] for name in names}
        address = cells["icao24"].strip().lower()
        yield Sample(
            row=row,
            time=time_of(cells["time"]),
            longitude=number(cells["lon"]),
            latitude=number(cells["lat"]),
            height=0.0 if cells.get("onground", "").strip().lower() in _TRUE else math.nan,
            pressure_altitude=number(cells.get("baroaltitude")),
            ellipsoidal_height=number(cells.get("geoaltitude")),
            flight=address,
            platform=cells.get("callsign", "").strip().removeprefix("NULL"),
        )
    if short:
        notes.append(f"{many(short, 'row')} with fewer cells than the header left out")
