"""ARINC 424 fixed records of special-use airspace (section U, subsection R), as in the FAA's CIFP.

Every other record of such a file is passed over. An area is what shares region, type, designation and multiple code;
the records of one area trace its outline, each from its own position to that of the next. Columns are those of ARINC
424, paragraph 4.1.18.

What the FAA's readme of its file adds: no time code is part-time, at times that the file does not give; ceilings are
"to and including"; and the limits GND to 0 ft above ground mean that the part is not in the area of the same
designation. Such a part is an area of kind "excluded" here: the area it is taken from stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from upwind.arrays import FloatArray
from upwind.readers.files import File, shown
from upwind.readers.outlines import NAUTICAL_MILE_M, Line, Position, arc, chords, circle, closed, geodesic, loxodrome
from upwind.records import Airspace, Datum, Level

__all__ = ["read"]

FOOT_M = 0.3048

_RECORD = re.compile(r"[ST].{3}UR")
_WIDTH = 132
_LATITUDE = re.compile(r"([NS])(\d\d)([0-5]\d)([0-5]\d{3})")
_LONGITUDE = re.compile(r"([EW])([01]\d\d)([0-5]\d)([0-5]\d{3})")

_KINDS = {
    "A": "alert",
    "C": "caution",
    "D": "danger",
    "M": "military operations area",
    "N": "national security",
    "P": "prohibited",
    "R": "restricted",
    "T": "training",
    "W": "warning",
    "U": "unknown",
}

#: By the ICAO region with which a record begins; what is no region of these states has state "".
_STATES = {"K": "USA", **dict.fromkeys(("PA", "PG", "PH", "PM", "PW", "TJ"), "USA"), "MM": "MEX", "C": "CAN"}

#: Time codes (5.131): C at all times, H at all times but holidays, N not at all times, P announced by NOTAM.
_ACTIVE = {"C": "always", "H": "by schedule", "N": "by schedule", "P": "by notice"}

_GROUND = Level(metres=0.0, datum=Datum.GROUND)

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TIMES = re.compile(r"([1-7])([0-2]\d[0-5]\d)([1-7])([0-2]\d[0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """One line of the file, with spaces up to its full width."""

    line: int
    text: str

    @property
    def area(self) -> str:
        """Region, type, designation and multiple code, which name an area."""
        return self.text[6:20]

    @property
    def via(self) -> str:
        """How the outline goes on from here."""
        return self.text[30]


def read(file: File) -> tuple[Airspace, ...]:
    """Return the areas of a file in its order; each has one ring.

    Raises
    ------
    FormatError
        No record is one of special-use airspace, or one of them cannot be read; the message says which.
    """
    file.require_text()
    areas: dict[str, list[_Record]] = {}
    for line, text in enumerate(file.content.decode("latin-1").splitlines(), start=1):
        if _RECORD.match(text):
            record = _Record(line=line, text=text.ljust(_WIDTH))
            areas.setdefault(record.area, []).append(record)
    if not areas:
        raise file.fault(0, "", "there is no special-use airspace in it", "give records of section U, subsection R")
    return tuple(_airspace(file, records) for records in areas.values())


def _airspace(file: File, records: list[_Record]) -> Airspace:
    """Return the airspace of the records of one area."""
    traced = [record for record in records if record.text[24] in "01"]
    if not traced:
        raise file.fault(records[0].line, "", "this continues a record that is not there", "give the area's first one")
    first = traced[0]
    region, kind = first.text[6:8], first.text[8]
    if kind not in _KINDS:
        raise file.fault(first.line, "column 9", f"{shown(kind)!r} is no type", f"give one of {', '.join(_KINDS)}")
    _check_order(file, traced)
    state = _STATES.get(region[:1], _STATES.get(region, ""))
    active, schedule = _times(records, "by schedule" if state == "USA" else "unknown")
    floor, ceiling = _level(file, first, 81), _level(file, first, 87)
    return Airspace(
        id=f"{region}:{first.text[8:19].strip()}:{first.text[19].strip()}",
        name=first.text[93:123].strip() or first.text[9:19].strip(),
        state=state,
        kind="excluded" if floor == ceiling == _GROUND else _KINDS[kind],
        rings=(_ring(file, traced),),
        floor=floor,
        ceiling=ceiling,
        active=active,
        schedule=schedule,
    )


def _check_order(file: File, traced: list[_Record]) -> None:
    """Raise where records of one outline are out of order, or not all there."""
    before = -1
    for record in traced:
        number = record.text[20:24]
        if not number.isdecimal() or int(number) <= before:
            fault = f"the sequence number {shown(number)!r} is not more than the one before"
            raise file.fault(record.line, "columns 21-24", fault, "give the records of an area in order, each once")
        before = int(number)
    for record in traced:
        if (record.text[31] == "E") != (record is traced[-1]):
            fault = (
                "the outline does not end here" if record is traced[-1] else "the outline ends before this area does"
            )
            raise file.fault(record.line, "column 32", fault, "end the area's last record, and no other, with E")


def _ring(file: File, traced: list[_Record]) -> FloatArray:
    """Return the outline as a ring."""
    try:
        return closed(map(chords, _lines(file, traced)))
    except ValueError as error:
        raise file.fault(traced[0].line, "", str(error), "give an outline that encloses ground") from None


def _lines(file: File, traced: list[_Record]) -> list[Line]:
    """Return the lines that an outline is made of."""
    if traced[0].via == "C":
        return [circle(_position(file, traced[0], 51), _radius(file, traced[0]))]
    corners = [_position(file, record, 32) for record in traced]
    ends = zip(corners, [*corners[1:], corners[0]], strict=True)
    return [_line(file, record, both) for record, both in zip(traced, ends, strict=True)]


def _line(file: File, record: _Record, ends: tuple[Position, Position]) -> Line:
    """Return the line from a record's position to the next one's."""
    if record.via == "G":
        return geodesic(*ends)
    if record.via == "H":
        return loxodrome(*ends)
    if record.via in {"L", "R"}:
        return arc(_position(file, record, 51), *ends, clockwise=record.via == "R")
    fault = f"the outline goes on by {shown(record.via)!r}, which is not known"
    raise file.fault(record.line, "column 31", fault, "give C for a circle alone, G, H, L or R")


def _position(file: File, record: _Record, at: int) -> Position:
    """Return the latitude and, behind it, the longitude that begin at a column, as longitude and latitude."""
    north = _LATITUDE.fullmatch(record.text[at : at + 9])
    east = _LONGITUDE.fullmatch(record.text[at + 9 : at + 19])
    if north is not None and east is not None:
        longitude, latitude = _degrees(east), _degrees(north)
        if abs(longitude) <= 180.0 and abs(latitude) <= 90.0:  # noqa: PLR2004 - the globe
            return longitude, latitude
    place, found = f"columns {at + 1}-{at + 19}", shown(record.text[at : at + 19].strip())
    raise file.fault(record.line, place, f"{found!r} is no position", "write N37140000W115480000")


def _degrees(match: re.Match[str]) -> float:
    """Return degrees of hemisphere, degrees, minutes and hundredths of seconds."""
    hundredths = int(match[2]) * 360_000 + int(match[3]) * 6_000 + int(match[4])
    return (-hundredths if match[1] in "SW" else hundredths) / 360_000


def _radius(file: File, record: _Record) -> float:
    """Return the radius of a circle. [m]"""
    tenths = record.text[70:74]
    if not tenths.isdecimal() or int(tenths) == 0:
        fault = f"{shown(tenths)!r} is no radius"
        raise file.fault(record.line, "columns 71-74", fault, "give tenths of nautical miles in four digits")
    return int(tenths) / 10.0 * NAUTICAL_MILE_M


def _level(file: File, record: _Record, at: int) -> Level:
    """Return the floor or the ceiling that begins at a column; what is not specified is no limit."""
    text, unit = record.text[at : at + 5].strip(), record.text[at + 5]
    none = Level(metres=float("-inf" if at == 81 else "inf"), datum=Datum.SEA)  # noqa: PLR2004 - the floor's column
    if text in {"UNLTD", "NOTSP", "UNKNN", "BYNTM", ""}:
        return none
    if text in {"GND", "SFC"}:
        return _GROUND
    if text == "MSL":
        return Level(metres=0.0, datum=Datum.SEA)
    if text.startswith("FL") and text[2:].isdecimal():
        return Level(metres=round(int(text[2:]) * 100 * FOOT_M, 4), datum=Datum.PRESSURE)
    if text.isdecimal() and unit in "AM ":
        return Level(metres=round(int(text) * FOOT_M, 4), datum=Datum.GROUND if unit == "A" else Datum.SEA)
    fault = f"{shown(text + unit)!r} is no height"
    raise file.fault(record.line, f"columns {at + 1}-{at + 6}", fault, "write 01500A, 17999M, FL180, GND or UNLTD")


def _times(records: list[_Record], uncoded: str) -> tuple[str, str]:
    """Return when an area is active, `uncoded` where no code says so, and the times that continuation records give."""
    codes = {record.text[26] for record in records}
    times = [
        record.text[at : at + 10].strip()
        for record in records
        if record.text[24] not in "01"
        for at in range(29, 99, 10)
    ]
    schedule = "; ".join(_said(time) for time in times if time)
    if any(record.text[27] == "N" for record in records):
        return "by notice", schedule
    known = [_ACTIVE[code] for code in _ACTIVE if code in codes]
    return known[-1] if known else "by schedule" if schedule else uncoded, schedule


def _said(time: str) -> str:
    """Return days and times of the day in words, or as they stand."""
    match = _TIMES.fullmatch(time)
    if match is None:
        return time
    return f"{_DAYS[int(match[1]) - 1]} {match[2]} to {_DAYS[int(match[3]) - 1]} {match[4]}"
