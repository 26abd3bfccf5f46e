"""Tables of compounds in air samples: a row a compound, as `upwind explain` takes them.

Columns: `sample` (absent: one sample), `compound`, `cas`, `value` (empty: below the limit), `unit`, `detection_limit`,
`uncertainty` (1 sigma), `sensor`. Other columns are passed over.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from upwind import compounds
from upwind.compounds.figures import pid_factor
from upwind.compounds.species import by_key, keys_of, meant
from upwind.readers.files import File, open_file, shown
from upwind.readers.rows import Row, rows_of
from upwind.records import Reading, Sample, SumReading

__all__ = ["COLUMNS", "UNITS", "read_samples"]

COLUMNS = ("sample", "compound", "cas", "value", "unit", "detection_limit", "uncertainty", "sensor")

#: Molar volume of air at 298.15 K and 1 atm. [l/mol]
MOLAR_VOLUME_L = 24.465

#: A unit, whether it counts molecules, and how many ug/m3 (or ppb, or wt%) one of it is.
UNITS = {
    "ppb": (True, 1.0),
    "ppm": (True, 1e3),
    "ug/m3": (False, 1.0),
    "mg/m3": (False, 1e3),
    "wt%": (False, 1.0),
}
WHOLE = "wt%"

#: What tables write for "nothing".
_NOTHING = frozenset({"", "nan", "na", "n/a", "null", "none", "nd", "n.d.", "<lod", "bdl"})

#: Sums over all that is there: they bound a total and name nothing. Isobutylene equivalents are what a PID reads.
_SUMS = frozenset({"tvoc", "voc", "vocs", "tvocs", "pid", "mox", "total", "total voc", "cov", "covt"})
_EQUIVALENTS = frozenset({"pid", "isobutylene equivalents", "isobutylene equivalent", "equivalentes de isobutileno"})
_SUM_SENSORS = frozenset({"pid", "mox"})

_MOST = 1e9


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Return the samples of a table, in the order in which they first stand there.

    Raises
    ------
    FormatError
        It is no such table: a column is missing, a unit unknown, a number none, or nothing in it is a known compound.
    """
    file = open_file(path)
    line, columns, found = rows_of(file, "a row a compound")
    _require(file, line, columns)
    rows = [_Line(file=file, line=row.line, cells=row.cells) for row in found]
    grouped: dict[str, list[_Line]] = {}
    for row in rows:
        grouped.setdefault(row.cell("sample"), []).append(row)
    samples = tuple(_sample(name, own) for name, own in grouped.items())
    if not any(sample.readings for sample in samples):
        unknown = ", ".join(dict.fromkeys(name for sample in samples for name in sample.not_recognised))
        fault = f"no compound is known ({shown(unknown, 80)})" if unknown else "no row is of a single compound"
        raise file.fault(0, 'column "compound"', fault, "give names or CAS numbers of compounds")
    return samples


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line(Row):
    """One row of a table of compounds."""

    def number(self, column: str) -> float:
        """Return a number, NaN where the cell is empty."""
        text = self.cell(column)
        if text.casefold() in _NOTHING:
            return math.nan
        if column == "detection_limit" and text.casefold() in {"inf", "+inf", "infinity"}:
            return math.inf
        try:
            value = float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
        except ValueError:
            fault = f'"{shown(text)}" is not a number'
            raise self.fault(column, fault, "write a number, or leave the cell empty where below the limit") from None
        if not 0.0 <= value <= _MOST or "_" in text:
            fault = f"{shown(text)} is no amount of a gas"
            raise self.fault(column, fault, "write a number of 0 or more, or leave the cell empty")
        return value

    def unit(self) -> str:
        """Return the unit of the closed list."""
        text = self.cell("unit")
        plain = text.casefold().replace("µ", "u").replace("\N{GREEK SMALL LETTER MU}", "u").replace("³", "3")
        plain = {"%": WHOLE, "wt %": WHOLE, "wt.%": WHOLE, "ppbv": "ppb", "ppmv": "ppm"}.get(plain, plain)
        if plain not in UNITS:
            fault = f'"{shown(text)}" is no unit known here' if text else "no unit"
            msg = "unit"
            raise self.fault(msg, fault, f"write one of {', '.join(UNITS)}")
        return plain


def _require(file: File, line: int, columns: Sequence[str]) -> None:
    """Raise `FormatError` unless the needed columns are there, each once."""
    for needed in ("value", "unit"):
        if needed not in columns:
            near = difflib.get_close_matches(needed, columns, n=1)
            remedy = f'rename "{shown(near[0])}"' if near else "columns are compound, value, unit, and optional others"
            raise file.fault(line, "", f'there is no column "{needed}"', remedy)
    if not {"compound", "cas"} & set(columns):
        raise file.fault(line, "", 'there is no column "compound"', "columns are compound, value, unit, and others")
    twice = next((name for name in columns if name in COLUMNS and columns.count(name) > 1), None)
    if twice is not None:
        raise file.fault(line, "", f'column "{twice}" stands twice', "keep one of them")


def _sample(name: str, rows: Sequence[_Line]) -> Sample:
    """Return one sample; what no table knows is named, sums over everything are left out."""
    units = [row.unit() for row in rows]
    whole = [unit == WHOLE for unit in units]
    if any(whole) and not all(whole):
        odd = rows[whole.index(not whole[0])]
        msg = "unit"
        raise odd.fault(msg, "the sample has both wt% and concentrations", "give one kind a sample")
    readings, sums, unknown = [], [], []
    for row, unit in zip(rows, units, strict=True):
        words = row.cell("compound") or row.cell("cas")
        if not words:
            msg = "compound"
            raise row.fault(msg, "no compound and no CAS number", "name the compound")
        keys = _keys(row)
        reading = _reading(row, unit, keys)
        if keys:
            readings.append(reading)
        elif _is_sum(row):
            sums.append(_sum(row, unit))
        else:
            unknown.append(words)
    return Sample(
        name=name,
        readings=tuple(readings),
        is_whole=all(whole),
        not_recognised=tuple(dict.fromkeys(unknown)),
        sums=tuple(sums),
    )


def _is_sum(row: _Line) -> bool:
    """Return whether a row is of a sensor that answers to many compounds at once."""
    return row.cell("compound").casefold() in _SUMS | _EQUIVALENTS or row.cell("sensor").casefold() in _SUM_SENSORS


def _sum(row: _Line, unit: str) -> SumReading:
    """Return a sum, in isobutylene equivalents where it says so: as such, as of a PID, or of one set to a compound."""
    name, sensor = row.cell("compound").casefold(), row.cell("sensor").casefold()
    counts, scale = UNITS[unit]
    is_pid = name in _EQUIVALENTS or (sensor == "pid" and name in _SUMS)
    if sensor == "pid" and not is_pid:
        scale /= pid_factor(row.cell("cas") or row.cell("compound"))
    known = counts and (is_pid or sensor == "pid")
    value, limit, uncertainty = (
        row.number(column) * scale / UNITS["ppm"][1] if known else math.nan
        for column in ("value", "detection_limit", "uncertainty")
    )
    return SumReading(
        sensor="PID" if known else ("MOX" if "mox" in (name, sensor) else "sum"),
        value=math.nan if value < limit else value,
        limit=limit,
        uncertainty=uncertainty,
    )


def _keys(row: _Line) -> frozenset[str]:
    """Return the species that a row may mean."""
    cas, name = row.cell("cas"), row.cell("compound")
    if _is_sum(row):
        return frozenset()
    found = keys_of(name, cas) or keys_of(name)
    return meant(found, row.cell("sensor"))


def _reading(row: _Line, unit: str, keys: frozenset[str]) -> Reading:
    """Return a row's amounts as masses: [wt%] where parts of the whole are given, else [ug/m3]."""
    counts, scale = UNITS[unit]
    first = compounds.find(row.cell("cas")) or compounds.find(row.cell("compound"))
    known = [by_key()[key].molar_mass_g_mol for key in sorted(keys) if key in by_key()]
    mass = first.molar_mass_g_mol if first is not None else (sum(known) / len(known) if known else 100.0)
    scale *= mass / MOLAR_VOLUME_L if counts else 1.0
    value, limit = row.number("value"), row.number("detection_limit")
    if math.isfinite(limit) and value < limit:
        value = math.nan
    return Reading(
        compound=row.cell("compound") or row.cell("cas"),
        keys=keys,
        amount=value * scale,
        limit=limit * scale,
        uncertainty=row.number("uncertainty") * scale,
    )
