"""OpenAir text, the format in which glider pilots' programs exchange airspace.

A line is a record: two letters or one, then its value. `AC` begins an area. Straight lines are taken as geodesics, as
states publish them; what only says how to paint an area or whom to call is passed over. The format has no standard;
this is after SeeYou's description (Naviter, OpenAir file format specification 2.1.0, 2025) and what openAIP adds to it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from upwind.arrays import FloatArray
from upwind.readers.files import File, shown
from upwind.readers.outlines import NAUTICAL_MILE_M, Position, arc, chords, circle, closed, geodesic, sector
from upwind.records import Airspace, Datum, Level

__all__ = ["read"]

FOOT_M = 0.3048

#: The longest radius that is taken for one. [nautical miles]
_FARTHEST_NM = 1000.0

_KINDS = {
    "R": "restricted",
    "P": "prohibited",
    "Q": "danger",
    "D": "danger",
    "GP": "glider prohibited",
    "W": "wave window",
    "CTR": "control zone",
    "TRA": "temporary reserved",
    "TSA": "temporary segregated",
    "TFR": "temporary restricted",
    "UNC": "unclassified",
}
#: What is longer is a word, RESTRICTED for one, and no abbreviation. [letters]
_SHORT = 4

#: Classes, where D is the airspace class and not a danger area.
_CLASSES = "ABCDEFG"

#: How to paint an area, labels, frequencies, call signs, transponder codes.
_PASSED_OVER = {"AF", "AG", "AT", "AX", "SB", "SP", "TC", "TO", "TP"}

_LINE = re.compile(r"([A-Z]{1,2})(?:\s+(.*)|$)")
_VARIABLE = re.compile(r"([A-Z])\s*=\s*(.+)")
_ANGLE = r"(\d{1,3}(?:\.\d+)?)(?:\s*:\s*(\d{1,2}(?:\.\d+)?))?(?:\s*:\s*(\d{1,2}(?:\.\d+)?))?"
_POSITION = re.compile(rf"{_ANGLE}\s*([NS])[\s,]*{_ANGLE}\s*([EW])", re.IGNORECASE)
_HEIGHT = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>FT|F|M)?\s*(?P<datum>AGL|GND|SFC|ASFC|AMSL|MSL|ALT|STD)?", re.IGNORECASE
)
_FLIGHT_LEVEL = re.compile(r"FL\s*(\d{1,3})", re.IGNORECASE)
_GROUND = {"GND", "SFC", "ASFC", "AGL", "0"}
_UNLIMITED = {"UNL", "UNLIM", "UNLTD", "UNLIMITED"}


@dataclass(slots=True, kw_only=True)
class _Draft:
    """An area as far as it has been read; `parts` of its outline are joined by straight lines."""

    line: int
    kind: str
    name: str = ""
    id: str = ""
    floor: Level | None = None
    ceiling: Level | None = None
    active: str = "unknown"
    schedule: list[str] = field(default_factory=list)
    parts: list[FloatArray] = field(default_factory=list)
    is_round: bool = False


@dataclass(slots=True, kw_only=True)
class _State:
    """Where the reader is in a file: the line, the centre and turn that variables set, the area that is being read."""

    file: File
    line: int = 0
    place: str = ""
    centre: Position | None = None
    clockwise: bool = True
    draft: _Draft | None = None

    def area(self) -> _Draft:
        """Return the area that is being read."""
        if self.draft is None:
            raise self.file.fault(self.line, self.place, "this belongs to no area", "begin each area with AC")
        return self.draft


def read(file: File, state: str = "") -> tuple[Airspace, ...]:
    """Return the areas of a file in its order; `state` is the ISO A3 code of who publishes them.

    An area's id is what `AI` says, else its name; where areas share it, the later ones get ` #2`, ` #3`.

    Raises
    ------
    FormatError
        A record is not known or cannot be read, or an area has no outline, no floor or no ceiling.
    """
    file.require_text()
    reading = _State(file=file)
    found: list[Airspace] = []
    for reading.line, raw in enumerate(file.content.decode("utf-8-sig", errors="replace").splitlines(), start=1):
        text = raw.partition("*")[0].strip()
        if not text:
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise reading.file.fault(
                reading.line,
                reading.place,
                f"{shown(text)!r} is no record",
                "begin each line with a record's letters, or with *",
            )
        if match[1] == "AC":
            _finish(reading, found, state)
        _take(reading, match[1], (match[2] or "").strip())
    _finish(reading, found, state)
    if not found:
        raise file.fault(0, "", "there is no area in it", "begin each area with AC and its class")
    return _told_apart(found)


def _take(reading: _State, letters: str, value: str) -> None:
    """Take one record in."""
    reading.place = f"record {letters}"
    if letters == "AC":
        reading.draft = _Draft(line=reading.line, kind=_kind(reading, value, _CLASSES))
        reading.centre, reading.clockwise = None, True
    elif letters == "V":
        _set_variable(reading, value)
    elif letters in {"DP", "DA", "DB", "DC"}:
        try:
            _draw(reading, letters, value)
        except ValueError as error:
            raise reading.file.fault(reading.line, reading.place, str(error), "stay away from the poles") from None
    elif letters in {"AL", "AH", "AN", "AI", "AY", "AA"}:
        _describe(reading, letters, value)
    elif letters not in _PASSED_OVER:
        raise reading.file.fault(
            reading.line,
            reading.place,
            "this record is not known",
            "give AC, AN, AL, AH, AY, AI, AA, DP, V, DA, DB or DC",
        )


def _describe(reading: _State, letters: str, value: str) -> None:
    """Take in what an area is called, how high it is, and when it is active."""
    area = reading.area()
    if letters == "AL":
        area.floor = _level(reading, value)
    elif letters == "AH":
        area.ceiling = _level(reading, value)
    elif letters == "AN":
        area.name = value
    elif letters == "AI":
        area.id = value
    elif letters == "AY" and value.upper() not in {"", "NONE"}:
        area.kind = _kind(reading, value, "")
    elif letters == "AA" and value.upper() == "NONE":
        area.active = "by notice"
    elif letters == "AA":
        area.active = "by schedule"
        area.schedule.append(value)


def _kind(reading: _State, value: str, classes: str) -> str:
    """Return the kind of a class or a type; what is not known is kept as it stands."""
    if not value:
        raise reading.file.fault(reading.line, reading.place, "the class is missing", "write AC R, or another class")
    if value.upper() in list(classes):
        return f"class {value.upper()}"
    return _KINDS.get(value.upper(), value.lower().replace("_", " ") if len(value) > _SHORT else value)


def _set_variable(reading: _State, value: str) -> None:
    """Set the centre or the turn of the arcs to come."""
    match = _VARIABLE.fullmatch(value)
    if match is None:
        raise reading.file.fault(
            reading.line, reading.place, f"{shown(value)!r} sets nothing", "write V X=39:06:36 N 119:42:00 W, or V D=-"
        )
    if match[1] == "X":
        reading.centre = _position(reading, match[2])
    elif match[1] == "D" and match[2] in {"+", "-"}:
        reading.clockwise = match[2] == "+"
    elif match[1] not in {"T", "W", "Z"}:  # T, W and Z are about labels and airways on the screen
        raise reading.file.fault(
            reading.line, reading.place, f"{shown(value)!r} is not known", "set X to a position, or D to + or -"
        )


def _draw(reading: _State, letters: str, value: str) -> None:
    """Go on with the outline of an area."""
    area = reading.area()
    if area.is_round or (letters == "DC" and area.parts):
        raise reading.file.fault(
            reading.line, reading.place, "a circle is an outline by itself", "give the rest as an area of its own"
        )
    if letters == "DP":
        area.parts.append(np.array([_position(reading, value)]))
    elif letters == "DC":
        (radius,) = _numbers(reading, value, 1)
        area.is_round = True
        area.parts.append(chords(circle(_centre(reading), _metres(reading, radius))))
    elif letters == "DA":
        radius, first, last = _numbers(reading, value, 3)
        bearings = (first, last)
        line = sector(_centre(reading), _metres(reading, radius), bearings, clockwise=reading.clockwise)
        area.parts.append(chords(line, whole=True))
    else:
        ends = [_position(reading, part) for part in _halves(reading, value)]
        line = arc(_centre(reading), ends[0], ends[1], clockwise=reading.clockwise)
        area.parts.append(chords(line, whole=True))


def _halves(reading: _State, value: str) -> list[str]:
    """Return the two positions of an arc, as text."""
    found = [match[0] for match in _POSITION.finditer(value)]
    if len(found) != 2:  # noqa: PLR2004 - both ends
        raise reading.file.fault(
            reading.line,
            reading.place,
            f"{len(found)} positions, not 2",
            "write DB 39:06:36 N 119:42:00 W, 39:08:00 N 119:44:00 W",
        )
    return found


def _centre(reading: _State) -> Position:
    if reading.centre is None:
        raise reading.file.fault(
            reading.line, reading.place, "there is no centre", "set one before, as in V X=39:06:36 N 119:42:00 W"
        )
    return reading.centre


def _metres(reading: _State, radius: float) -> float:
    """Return a radius. [m]"""
    if not 0.0 < radius <= _FARTHEST_NM:
        raise reading.file.fault(
            reading.line, reading.place, f"{radius:g} is no radius", f"give nautical miles, up to {_FARTHEST_NM:g}"
        )
    return radius * NAUTICAL_MILE_M


def _numbers(reading: _State, value: str, count: int) -> list[float]:
    """Return so many plain numbers."""
    cells = [cell for cell in re.split(r"[,\s]+", value) if cell]
    if len(cells) != count or not all(re.fullmatch(r"[+-]?\d+(?:\.\d*)?|[+-]?\.\d+", cell) for cell in cells):
        raise reading.file.fault(
            reading.line, reading.place, f"{shown(value)!r} is not {count} numbers", "write DC 5, or DA 10,270,290"
        )
    return [float(cell) for cell in cells]


def _position(reading: _State, value: str) -> Position:
    """Return longitude and latitude; degrees, minutes or seconds may have decimals."""
    match = _POSITION.fullmatch(value.strip())
    if match is not None:
        latitude, longitude = (_degrees(match, first) for first in (1, 5))
        if abs(latitude) <= 90.0 and abs(longitude) <= 180.0:  # noqa: PLR2004 - the globe
            return longitude, latitude
    raise reading.file.fault(
        reading.line,
        reading.place,
        f"{shown(value)!r} is no position",
        "write 39:06:36 N 119:42:00 W, or 39:06.6 N 119:42.0 W",
    )


def _degrees(match: re.Match[str], first: int) -> float:
    """Return degrees of the groups that begin with `first`: degrees, minutes, seconds, hemisphere."""
    degrees, minutes, seconds = (float(match[group] or 0.0) for group in range(first, first + 3))
    size = degrees + minutes / 60.0 + seconds / 3600.0 if max(minutes, seconds) < 60.0 else np.inf  # noqa: PLR2004
    return -size if match[first + 3].upper() in "SW" else size


def _level(reading: _State, value: str) -> Level:
    """Return a floor or a ceiling; a height without a datum is above mean sea level, one without a unit is in feet."""
    plain = value.strip().upper()
    if plain in _GROUND:
        return Level(metres=0.0, datum=Datum.GROUND)
    if plain == "MSL":
        return Level(metres=0.0, datum=Datum.SEA)
    if plain in _UNLIMITED:
        return Level(metres=np.inf, datum=Datum.SEA)
    if (level := _FLIGHT_LEVEL.fullmatch(plain)) is not None:
        return Level(metres=round(int(level[1]) * 100 * FOOT_M, 4), datum=Datum.PRESSURE)
    match = _HEIGHT.fullmatch(plain)
    if match is None:
        raise reading.file.fault(
            reading.line,
            reading.place,
            f"{shown(value)!r} is no height",
            "write FL100, 1500ft AMSL, 300m AGL, GND or UNL",
        )
    metres = float(match["number"]) * (1.0 if match["unit"] == "M" else FOOT_M)
    if match["datum"] == "STD":
        return Level(metres=round(metres, 4), datum=Datum.PRESSURE)
    ground = match["datum"] in {"AGL", "GND", "SFC", "ASFC"}
    return Level(metres=round(metres, 4), datum=Datum.GROUND if ground else Datum.SEA)


def _finish(reading: _State, found: list[Airspace], state: str) -> None:
    """Add the area that has been read, if there is one."""
    area = reading.draft
    if area is None:
        return
    for is_there, what in ((area.parts, "outline"), (area.floor, "floor (AL)"), (area.ceiling, "ceiling (AH)")):
        if not is_there:
            raise reading.file.fault(area.line, "", f"this area has no {what}", "give one before the next AC")
    if area.floor is None or area.ceiling is None:
        return
    try:
        ring = _ring(area)
    except ValueError as error:
        raise reading.file.fault(area.line, "", str(error), "give an outline that encloses ground") from None
    found.append(
        Airspace(
            id=area.id or area.name or f"area {len(found) + 1}",
            name=area.name,
            state=state,
            kind=area.kind,
            rings=(ring,),
            floor=area.floor,
            ceiling=area.ceiling,
            active=area.active,
            schedule="; ".join(area.schedule),
        )
    )


def _ring(area: _Draft) -> FloatArray:
    """Return the outline as a ring, its parts joined by geodesics."""
    if area.is_round:
        return closed(area.parts)
    pieces: list[FloatArray] = []
    for part, following in pairwise([*area.parts, area.parts[0]]):
        start, end = part[-1], following[0]
        pieces += [part[:-1], chords(geodesic((start[0], start[1]), (end[0], end[1])))]
    return closed(pieces)


def _told_apart(found: list[Airspace]) -> tuple[Airspace, ...]:
    """Return areas of which no two have one id."""
    seen = Counter[str]()
    apart: list[Airspace] = []
    for airspace in found:
        seen[airspace.id] += 1
        number = seen[airspace.id]
        apart.append(airspace if number == 1 else replace(airspace, id=f"{airspace.id} #{number}"))
    return tuple(apart)
