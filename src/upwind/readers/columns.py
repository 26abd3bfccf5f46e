"""What the header cells of a table mean: `name [unit]`, the known names, the closed list of gas units."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from upwind import compounds
from upwind.arrays import TRACK, WIND, ArraySpec
from upwind.errors import FormatError
from upwind.readers.files import File, shown
from upwind.readers.loading import load

__all__ = ["ALTITUDES", "BEAM", "GAS_UNITS", "TRACK_NEEDS", "WIND_NEEDS", "Column", "Needs", "Role", "gas_unit", "lay"]

Needs = tuple[str, ...]

#: Columns that a track, and that a wind file, cannot be without.
TRACK_NEEDS: Needs = ("time", "longitude", "latitude", "height")
WIND_NEEDS: Needs = ("time",)

#: The three columns that make a row a beam: all of them or none.
BEAM = ("end_longitude", "end_latitude", "end_height")

#: Kept among the extra columns, in metres: heights over another datum than the ground.
ALTITUDES = (
    ArraySpec(name="altitude", units="m", meaning="above mean sea level", lower=-1000, upper=100_000),
    ArraySpec(name="pressure_altitude", units="m", meaning="of the standard atmosphere", lower=-2000, upper=100_000),
)

#: Kept among the extra columns, as text, but for `sensor`.
_TEXTS = ("sensor", "flight", "platform")

NUMBERS = {spec.name: spec for spec in (*TRACK, *WIND, *ALTITUDES) if spec.name != "time"}
_KNOWN = {"time": "", **{name: spec.units for name, spec in NUMBERS.items()}, **dict.fromkeys(_TEXTS, "")}

#: The closed list: a unit, what upwind keeps it as, and how many of it make one of that.
GAS_UNITS = {
    "ppm": ("ppm", 1.0),
    "ppb": ("ppm", 1e3),
    "ppt": ("ppm", 1e6),
    "ppmv": ("ppm", 1.0),
    "ppbv": ("ppm", 1e3),
    "umol/mol": ("ppm", 1.0),
    "nmol/mol": ("ppm", 1e3),
    "ug/m3": ("mg/m3", 1e3),
    "mg/m3": ("mg/m3", 1.0),
    "g/m3": ("mg/m3", 1e-3),
}

_CELL = re.compile(r"(?P<name>.*?)\s*(?:\[(?P<unit>[^\[\]]*)\])?")
_MOST_COLUMNS = 2000
_MOST_SLIPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """Where a header stands."""

    file: File
    line: int

    def fault(self, header: str | None, fault: str, remedy: str) -> FormatError:
        """Return the error that says what is wrong with one header cell, or with the header (None)."""
        place = "" if header is None else f'column "{shown(header, 60)}"'
        return self.file.fault(self.line, place, fault, remedy)


class Role(Enum):
    """What a column is for."""

    TIME = auto()
    TEXT = auto()
    NUMBER = auto()
    GAS = auto()
    EXTRA = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as its header cell says it: a value v in `unit` is (v + `offset`) * `scale` in `units`."""

    header: str
    name: str
    role: Role
    unit: str = ""
    units: str = ""
    scale: float = 1.0
    offset: float = 0.0

    @property
    def place(self) -> str:
        """The column as messages name it."""
        return f'column "{shown(self.header, 60)}"'


def gas_unit(unit: str) -> str | None:
    """Return the unit of the closed list that `unit` spells, or None: ``µg/m³``, ``PPM`` and ``mg m-3`` are known."""
    text = unicodedata.normalize("NFKC", unit).replace("\N{GREEK SMALL LETTER MU}", "u")
    text = re.sub(r"\s*/\s*", "/", " ".join(text.split()))
    text = re.sub(r"[ .*](m|mol)(?:\^|\*\*)?(?:-|\N{MINUS SIGN})([13])$", r"/\1\2", text).replace("/mol1", "/mol")
    text = re.sub(r"/m(?:\^|\*\*)3$", "/m3", text)
    if text[:2].lower() == "pp":
        text = text.lower()
    return text if text in GAS_UNITS else None


def lay(headers: Sequence[str], file: File, needs: Needs, line: int = 0) -> tuple[Column, ...]:
    """Return the columns of a header.

    Parameters
    ----------
    headers
        The header cells, stripped.
    file
        Named in messages.
    needs
        Names that must be there.
    line
        Where the header stands in a text file.

    Raises
    ------
    FormatError
        A needed column is missing, a known one is misspelt or in no unit of its kind, or one stands there twice.
    """
    head = _Header(file=file, line=line)
    if len(headers) > _MOST_COLUMNS:
        raise head.fault(None, f"there are {len(headers)} columns", f"no more than {_MOST_COLUMNS} are read")

    named = [header or f"(column {number})" for number, header in enumerate(headers, start=1)]
    cells = [_cell(header) for header in named]
    missing = [name for name in _KNOWN if name not in {name for name, _ in cells}]
    columns = tuple(_column(header, *cell, missing, head) for header, cell in zip(named, cells, strict=True))
    for name in needs:
        if name in missing:
            raise _lacks(name, named, head)
    _require_once(columns, head)
    present = {column.name for column in columns if column.role is Role.NUMBER}
    if present & set(BEAM):
        for name in BEAM:
            if name not in present:
                raise head.fault(
                    None, f'the column "{_right(name)}" of the beams is missing', "a beam needs all three end_*"
                )
    return columns


def _cell(header: str) -> tuple[str, str | None]:
    """Return name and unit (None: no brackets) of a header cell."""
    match = _CELL.fullmatch(header)
    if match is None:
        return header, None
    unit = match["unit"]
    return match["name"].strip(), None if unit is None else unit.strip()


def _right(name: str) -> str:
    """Return a known column's header as the layout spells it."""
    return f"{name} [{_KNOWN[name]}]" if _KNOWN[name] else name


def _column(header: str, name: str, unit: str | None, missing: Sequence[str], head: _Header) -> Column:
    """Return what one header cell means."""
    if name in _KNOWN:
        return _known(header, name, unit, head)
    gas = gas_unit(unit) if unit else None
    if gas and not name:
        raise head.fault(header, "the gas has no name", "write a name before the unit")
    if gas:
        return Column(header=header, name=name, role=Role.GAS, unit=gas, units=GAS_UNITS[gas][0])
    if unit and _near_gas_unit(unit) and compounds.find(name):
        raise head.fault(header, f"[{shown(unit)}] is no unit of a gas", f"write one of {', '.join(GAS_UNITS)}")
    for right in missing:
        if _misspelt(name, right) and (_KNOWN[right] or unit is None):
            raise head.fault(header, "this is no column of the layout", f'write "{_right(right)}"')
    return Column(header=header, name=header, role=Role.EXTRA)


def _known(header: str, name: str, unit: str | None, head: _Header) -> Column:
    """Return a known column, with the way from its unit to the layout's."""
    units = _KNOWN[name]
    if not units:
        if unit:
            kind = "ISO 8601 such as 2026-03-01T12:00:00Z, and" if name == "time" else "text and"
            raise head.fault(
                header, f"[{shown(unit)}] is not known here", f'{name} is {kind} has no unit: write "{name}"'
            )
        return Column(header=header, name=name, role=Role.TIME if name == "time" else Role.TEXT)
    if not unit:
        raise head.fault(header, "the unit is missing", f'write "{_right(name)}"')
    way = (1.0, 0.0) if unit == units else load("upwind.readers.units").conversion(unit, units)
    if way is None:
        other = {"m/s": "or knot, km/h", "K": "or degC, degF", "Pa": "or hPa", "m": "or ft, km", "s": "or min, h"}
        remedy = f'write "{_right(name)}" {other.get(units, "")}'
        raise head.fault(header, f"[{shown(unit)}] is no unit of {name.replace('_', ' ')}", remedy.strip())
    scale, offset = way
    return Column(header=header, name=name, role=Role.NUMBER, unit=unit, units=units, scale=scale, offset=offset)


def _lacks(name: str, headers: Sequence[str], head: _Header) -> FormatError:
    """Return the error that a needed column is not there, with the header that may have been meant."""
    near = difflib.get_close_matches(name, headers, n=1, cutoff=0.6)
    meant = f', perhaps in place of "{shown(near[0])}"' if near else ""
    fault = f'the column "{_right(name)}" is missing'
    return head.fault(None, fault, f"add it to the header{meant}")


def _require_once(columns: Sequence[Column], head: _Header) -> None:
    """Raise `FormatError` where two columns would be one."""
    seen: dict[str, Column] = {}
    for column in columns:
        key = column.name.casefold() if column.role is Role.GAS else column.name
        if key in seen:
            first = seen[key].header
            twice = "stands there twice" if first == column.header else f'is there as "{shown(first)}" too'
            raise head.fault(column.header, twice, "keep one of them")
        seen[key] = column


def _near_gas_unit(unit: str) -> bool:
    """Return whether a unit is a slip of the pen away from one of a gas, and no unit of its own right."""
    plain = "".join(unit.casefold().split())
    return plain not in _REAL_UNITS and any(_slips(plain, right) == 1 for right in GAS_UNITS)


#: Units of their own right that are one slip away from one of a gas.
_REAL_UNITS = frozenset(
    {"ppq", "mol/mol", "mmol/mol", "pmol/mol", "kg/m3", "ng/m3", "mg/m2", "ug/m2", "g/m2", "mg/m", "ug/m", "g/m"}
)


def _misspelt(name: str, right: str) -> bool:
    """Return whether a name is a slip of the pen away from a known one."""
    plain, known = (re.sub(r"[\s_.-]+|\(.*\)$", "", text.casefold()) for text in (name, right))
    if plain == known:
        return True
    if re.search(r"\d", plain):  # a numbered column is meant as it is
        return False
    if min(len(plain), len(known)) < len("time") or abs(len(plain) - len(known)) > _MOST_SLIPS:
        return False
    return plain not in _REAL_WORDS and _slips(plain, known) <= (1 if len(known) < len("latitude") else _MOST_SLIPS)


#: Names of their own right that are one slip away from a known one.
_REAL_WORDS = frozenset({"light", "weight", "flights", "sensors", "tensor", "timer", "times", "lime", "rime", "fright"})


def _slips(one: str, other: str) -> int:
    """Return the least number of letters added, left out, changed, or swapped with the next (Damerau-Levenshtein)."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for place, wanted in enumerate(other, start=1):
            cost = min(above[place] + 1, line[-1] + 1, above[place - 1] + (letter != wanted))
            if row > 1 and place > 1 and letter == other[place - 2] and one[row - 2] == wanted:
                cost = min(cost, before[place - 2] + 1)
            line.append(cost)
        before, above = above, line
    return above[-1]
