"""NetCDF trajectories, as the climate and forecast conventions lay them out.

References
----------
CF Metadata Conventions 1.11, chapter 9 and appendix H.4: discrete sampling geometries, trajectory data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any, TypeAlias

import netCDF4
import numpy as np

from upwind.arrays import BoolArray, FloatArray, IntArray
from upwind.readers.columns import Column, Needs, Role, gas_unit
from upwind.readers.files import File, shown
from upwind.readers.loading import load
from upwind.readers.tables import Table
from upwind.readers.times import BadTimeError, require_plausible
from upwind.readers.variables import Variable, columns_of

__all__ = ["read"]

Held: TypeAlias = "netCDF4.Variable[Any]"

_STANDARD_NAMES = {
    "longitude": "longitude",
    "latitude": "latitude",
    "height": "height",
    "altitude": "altitude",
    "height_above_mean_sea_level": "altitude",
    "barometric_altitude": "pressure_altitude",
    "wind_speed": "wind_speed",
    "wind_from_direction": "wind_from",
    "eastward_wind": "eastward_wind",
    "northward_wind": "northward_wind",
    "air_temperature": "temperature",
    "air_pressure": "pressure",
}
_GAS = re.compile(r"(?P<kind>mole_fraction|mass_concentration)_of_(?P<gas>\w+?)(?:_in_(?:dry_)?air)?")

#: What CF writes for a mole fraction, in ppm.
_FRACTIONS = {"1": 1e6, "mol mol-1": 1e6, "mol/mol": 1e6, "1e-3": 1e3, "1e-6": 1.0, "1e-9": 1e-3, "1e-12": 1e-6}

_CALENDARS = frozenset({"standard", "gregorian", "proleptic_gregorian"})


def read(file: File, needs: Needs) -> Table:
    """Return the table of a NetCDF file with trajectories.

    One trajectory, several side by side (trajectory, obs), and ragged arrays of both kinds are known; each trajectory
    becomes a flight and a sensor of its own. Rows without time or position are left out.

    Raises
    ------
    FormatError
        The file is broken, or has no variable of time or of a needed column.
    """
    try:
        with netCDF4.Dataset(shown(file.name), memory=file.content) as dataset:
            return _table(file, dataset, needs)
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        raise file.fault(0, "", f"the NetCDF file is broken ({error})", "copy it again, whole") from None


def _table(file: File, dataset: netCDF4.Dataset, needs: Needs) -> Table:
    """Return the table of an open file."""
    clock = _clock(file, dataset)
    seconds = _seconds(file, clock)
    there = np.isfinite(seconds)
    columns, numbers, texts = columns_of(file, list(_variables(dataset, clock, there)), needs)
    names = _trajectories(dataset, clock)
    if names is not None:
        for name in ("flight", "sensor"):
            columns = (*columns, Column(header=name, name=name, role=Role.TEXT))
            texts[name] = tuple(np.asarray(names)[there].tolist())
    try:
        time = require_plausible(seconds[there])
    except BadTimeError as error:
        raise file.fault(0, f"row {error.index + 1}", error.fault, error.remedy) from None
    table = Table(
        file=file,
        columns=(Column(header=clock.name, name="time", role=Role.TIME), *columns),
        time=time,
        numbers=numbers,
        texts=texts,
        lines=None,
        row=np.flatnonzero(there),
    )
    return table.located() if "longitude" in needs else table


def _clock(file: File, dataset: netCDF4.Dataset) -> Held:
    """Return the variable of time."""
    for variable in dataset.variables.values():
        units = _said(variable, "units")
        if variable.ndim in (1, 2) and re.fullmatch(r"\w+ since \d.*", units):
            return variable
    fault = "no variable holds times"
    raise file.fault(0, "", fault, 'give a trajectory with a variable in "seconds since 1970-01-01"')


def _said(variable: Held, attribute: str) -> str:
    """Return an attribute as text, "" where it is not there."""
    return str(getattr(variable, attribute, ""))


def _floats(variable: Held) -> FloatArray:
    """Return all values of a variable in one row, NaN where nothing was observed."""
    values: FloatArray = variable[:].astype(np.float64).filled(np.nan)
    return values.ravel()


def _seconds(file: File, clock: Held) -> FloatArray:
    """Return the times since 1970-01-01T00:00Z in seconds, NaN where there is none."""
    calendar = _said(clock, "calendar") or "standard"
    place = f'variable "{shown(clock.name)}"'
    if calendar not in _CALENDARS:
        raise file.fault(0, place, f"the calendar {shown(calendar)} is not that of clocks", "give the standard one")
    try:
        ends = netCDF4.num2date(np.array([0, _MANY]), clock.units, calendar, only_use_cftime_datetimes=False)
        start, later = np.asarray(ends)
        step = float((later - start).total_seconds()) / _MANY
        begin = float(start.replace(tzinfo=UTC).timestamp())
    except (ValueError, TypeError, OverflowError, AttributeError) as error:
        raise file.fault(0, place, f"the units cannot be read ({error})", 'write "seconds since 1970-01-01"') from None
    return begin + step * _floats(clock)


_MANY = 1_000_000


def _variables(dataset: netCDF4.Dataset, clock: Held, there: BoolArray) -> Iterator[Variable]:
    """Yield the variables that have one value a time."""
    for variable in dataset.variables.values():
        if variable.dimensions != clock.dimensions or variable is clock or variable.dtype.kind not in "iuf":
            continue
        if _said(variable, "instance_dimension"):
            continue
        values = _floats(variable)[there]
        standard = _said(variable, "standard_name")
        name, unit, gas = _STANDARD_NAMES.get(standard, variable.name), _said(variable, "units"), ""
        if match := _GAS.fullmatch(standard):
            gas = match["gas"].replace("_", " ")
            values, unit = _gas(values, unit, match["kind"])
        yield Variable(name=name, unit=unit, values=values, low=np.zeros(len(values), dtype=np.bool_), gas=gas)


def _gas(values: FloatArray, unit: str, kind: str) -> tuple[FloatArray, str]:
    """Return a gas in ppm or mg/m3 and that unit; unchanged where its own is in the list or is no such unit."""
    if gas_unit(unit):
        return values, unit
    if kind == "mole_fraction":
        return (values * _FRACTIONS[unit], "ppm") if unit in _FRACTIONS else (values, unit)
    way = load("upwind.readers.units").conversion(unit, "mg/m**3")
    return (values * way[0], "mg/m3") if way else (values, unit)


def _trajectories(dataset: netCDF4.Dataset, clock: Held) -> list[str] | None:
    """Return which trajectory each value belongs to, None where the file does not tell several apart."""
    index = _instances(dataset, clock)
    if index is None:
        return None
    count = int(index.max(initial=0)) + 1
    names = [str(number) for number in range(count)]
    for variable in dataset.variables.values():
        if _said(variable, "cf_role") == "trajectory_id":
            cells = variable[:]
            joined = netCDF4.chartostring(cells) if cells.dtype.kind == "S" and cells.ndim > 1 else cells
            given = [str(cell).strip() for cell in np.ravel(joined)]
            names = given if len(given) >= count else names
    return [names[number] for number in index]


def _instances(dataset: netCDF4.Dataset, clock: Held) -> IntArray | None:
    """Return the number of each value's trajectory, None where the file does not tell several apart."""
    if clock.ndim > 1:
        rows, width = clock.shape
        return np.repeat(np.arange(rows, dtype=np.int64), width)
    for variable in dataset.variables.values():
        if _said(variable, "sample_dimension") == clock.dimensions[0]:
            counts = np.asarray(variable[:], dtype=np.int64).ravel()
            index = np.repeat(np.arange(len(counts)), counts)
            if len(index) == clock.shape[0]:
                return index
        if _said(variable, "instance_dimension") and variable.dimensions == clock.dimensions:
            return np.asarray(variable[:], dtype=np.int64).ravel()
    return None
