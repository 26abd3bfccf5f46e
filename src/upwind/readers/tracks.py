"""What becomes of a table: a track or a wind, checked row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from upwind import compounds
from upwind.arrays import TRACK, WIND, FloatArray, IntArray
from upwind.errors import FormatError, UnfinishedError
from upwind.readers.columns import BEAM, GAS_UNITS, NUMBERS, Column, Role
from upwind.readers.files import shown
from upwind.readers.limits import require_gas, require_within
from upwind.readers.tables import Table
from upwind.records import Gas, Track, Wind

__all__ = [
    "in_layout",
    "labels_of",
    "numbers_of",
    "require_forward",
    "require_locatable",
    "speaks_of_gas",
    "track_of",
    "wind_of",
]

_DECIMALS = {"longitude": 9, "latitude": 9, "end_longitude": 9, "end_latitude": 9}


def track_of(table: Table) -> Track:
    """Return the table as a track.

    Raises
    ------
    FormatError
        A value is impossible, a time goes back within a sensor, a beam has only a part of its end, or there are
        fewer than two rows (`UnfinishedError`).
    """
    if len(table.time) < 2:  # noqa: PLR2004 (as the layout says)
        fault = f"{len(table.time)} rows of readings, a track needs at least two"
        raise UnfinishedError(table.file.shown, "", fault, "give the whole track")
    numbers = numbers_of(table)
    sensor, sensors = labels_of(table, "sensor")
    require_forward(table, ("sensor",))
    _require_whole_beams(table, numbers)
    for name in ("longitude", "latitude"):
        missing = np.isnan(numbers[name])
        if missing.any():
            remedy = "leave out the rows without a position"
            raise table.fault(int(np.argmax(missing)), table.place_of(name), f"the {name} is missing", remedy)
    gases = tuple(_gas(table, column) for column in table.columns if column.role is Role.GAS)
    return Track(
        name=table.file.name,
        sha256=table.file.sha256,
        time=table.time,
        sensor=sensor,
        sensors=sensors,
        gases=gases,
        wind=_wind(table.time, numbers),
        extra=_extra(table, numbers),
        **{spec.name: numbers[spec.name] for spec in TRACK if spec.name != "time"},
    )


def require_locatable(tracks: Sequence[Track]) -> None:
    """Raise `FormatError` unless no track is there twice, one has a gas, and any reading of them has wind."""
    seen: dict[str, Track] = {}
    for track in tracks:
        if track.sha256 in seen:
            fault = f"the same readings as {shown(seen[track.sha256].name)}: they would count twice"
            raise FormatError(track.name, "", fault, "name each file once")
        seen[track.sha256] = track
    if not any(track.gases for track in tracks):
        raise _no_gas(tracks[0])
    winds = [np.isfinite(track.wind.wind_speed) & np.isfinite(track.wind.wind_from) for track in tracks]
    if not any(wind.any() for wind in winds):
        fault = 'no row has both "wind_speed [m/s]" and "wind_from [deg]"'
        remedy = "add these columns, or a wind file (--wind FILE; in a mission: wind) of the same time"
        raise FormatError(tracks[0].name, "", fault, remedy)


def speaks_of_gas(track: Track) -> bool:
    """Return whether a track has a gas, or a column that was meant as one; others only say where a flight was."""
    return bool(track.gases) or _meant_as_gas(track) is not None


def _meant_as_gas(track: Track) -> str | None:
    """Return the first column that is called as a compound is, but is in no unit of a gas."""
    return next((header for header in track.extra if compounds.find(header.partition("[")[0])), None)


def _no_gas(track: Track) -> FormatError:
    """Return the error that a track has no gas column, naming the column that may have been meant as one."""
    units = f"give one in {', '.join(GAS_UNITS)}"
    header = _meant_as_gas(track)
    if header is None:
        return FormatError(track.name, "", "there is no gas column", units)
    unit = header.partition("[")[2]
    fault = f"[{shown(unit.rstrip(']'))}] is no unit of a gas" if unit else "the unit is missing"
    return FormatError(track.name, f'column "{shown(header, 60)}"', fault, units)


def wind_of(table: Table) -> Wind:
    """Return the table as a wind; a column that is not there is all NaN.

    Raises
    ------
    FormatError
        A value is impossible, a time goes back, there is no row (`UnfinishedError`) or no weather in it.
    """
    if not len(table.time):
        raise UnfinishedError(table.file.shown, "", "no row of readings", "give a wind file with at least one")
    numbers = numbers_of(table)
    weather = [spec.name for spec in WIND if spec.name != "time" and np.isfinite(numbers[spec.name]).any()]
    if not weather:
        remedy = 'give "wind_speed [m/s]" and "wind_from [deg]" against "time"'
        raise table.file.fault(0, "", "there is no wind in this file", remedy)
    require_forward(table, ())
    return _wind(table.time, numbers)


def significant(values: FloatArray, digits: int = 10) -> FloatArray:
    """Return values rounded to so many significant digits, so that equal values in two units are equal floats."""
    with np.errstate(divide="ignore", invalid="ignore"):
        place = digits - 1 - np.floor(np.log10(np.abs(values)))
        place = np.clip(np.where(np.isfinite(place), place, 0.0), -300, 300)
        power = 10.0 ** np.abs(place)
        rounded = np.where(place >= 0, np.rint(values * power) / power, np.rint(values / power) * power)
    return np.where(np.isfinite(rounded), rounded, values)


def numbers_of(table: Table) -> dict[str, FloatArray]:
    """Return every known column in the layout's unit, within its bounds; all NaN where the file has none."""
    numbers = {name: np.full(len(table.time), np.nan) for name in NUMBERS}
    for column in table.columns:
        if column.role is not Role.NUMBER:
            continue
        values = in_layout(table.numbers[column.header], column)
        require_within(table, column, values)
        numbers[column.name] = values
    numbers["obukhov_length"][numbers["obukhov_length"] == 0] = np.nan
    return numbers


def in_layout(written: FloatArray, column: Column) -> FloatArray:
    """Return what a column of numbers says in the layout's unit, rounded so that no unit tells in the last digits."""
    values = (written + column.offset) * column.scale
    decimals = _DECIMALS.get(column.name)
    return significant(values) if decimals is None else np.round(values, decimals)


def _wind(time: FloatArray, numbers: Mapping[str, FloatArray]) -> Wind:
    """Return the weather columns."""
    return Wind(time=time, **{spec.name: numbers[spec.name] for spec in WIND if spec.name != "time"})


def _gas(table: Table, column: Column) -> Gas:
    """Return one gas in ppm or mg/m3."""
    written = table.numbers[column.header]
    units, many = GAS_UNITS[column.unit]
    values = significant(written / many)
    require_gas(table, column, values)
    return Gas(name=column.name, units=units, values=values)


def labels_of(table: Table, name: str) -> tuple[IntArray, tuple[str, ...]]:
    """Return which sensor, flight or platform each row is of, and their names in the order of appearance.

    Parameters
    ----------
    table
        Where the known text column `name` may be missing: then every row is of the one that is called "".
    """
    names = table.texts.get(next((column.header for column in table.columns if column.name == name), ""))
    if names is None:
        return np.zeros(len(table.time), dtype=np.int64), ("",)
    number = {label: index for index, label in enumerate(dict.fromkeys(names))}
    return np.fromiter((number[label] for label in names), dtype=np.int64, count=len(names)), tuple(number)


def require_forward(table: Table, apart: Sequence[str]) -> None:
    """Raise `FormatError` at the first row whose time lies before that of the row above of the same labels.

    Parameters
    ----------
    table
        Any.
    apart
        The text columns that tell rows of different clocks apart, such as "sensor".
    """
    group = np.zeros(len(table.time), dtype=np.int64)
    labels = {name: labels_of(table, name) for name in apart}
    for index, names in labels.values():
        group = group * len(names) + index
    order = np.argsort(group, kind="stable")
    back = (np.diff(table.time[order]) < 0) & (np.diff(group[order]) == 0)
    if not back.any():
        return
    row = int(order[1:][back].min())
    above = int(np.flatnonzero(group[:row] == group[row])[-1])
    called = {name: names[index[row]] for name, (index, names) in labels.items()}
    of = " of " * any(called.values()) + " and ".join(
        f'{name} "{label[:40]}"' for name, label in called.items() if label
    )
    fault = f"the time{of} goes back by {table.time[above] - table.time[row]:g} s"
    apart_in = " or ".join(apart) or "sensor"
    remedy = f"sort the rows by time, or name the {'s or '.join(apart or ('sensor',))}s apart in a column {apart_in}"
    raise table.fault(row, table.place_of("time"), fault, remedy)


def _require_whole_beams(table: Table, numbers: Mapping[str, FloatArray]) -> None:
    """Raise `FormatError` at the first row that has a part of a beam's end."""
    there = np.array([np.isfinite(numbers[name]) for name in BEAM])
    part = there.any(axis=0) & ~there.all(axis=0)
    if part.any():
        row = int(np.argmax(part))
        name = BEAM[int(np.argmin(there[:, row]))]
        remedy = "fill all three end_* of a beam, none of a point"
        raise table.fault(row, table.place_of(name), "only a part of the beam's end is given", remedy)


def _extra(table: Table, numbers: Mapping[str, FloatArray]) -> dict[str, tuple[str, ...]]:
    """Return the columns that upwind keeps without reading them, and those kept in metres beside the height."""
    extra: dict[str, tuple[str, ...]] = {}
    for column in table.columns:
        if column.role is Role.EXTRA or (column.role is Role.TEXT and column.name != "sensor"):
            extra[column.name] = table.texts[column.header]
        elif column.name in ("altitude", "pressure_altitude"):
            values = numbers[column.name]
            extra[f"{column.name} [m]"] = tuple("" if np.isnan(value) else f"{value:.10g}" for value in values)
    return extra
