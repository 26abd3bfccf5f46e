"""Variables under names of their own (ICARTT, NetCDF), as columns of the layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from upwind import compounds
from upwind.arrays import BoolArray, FloatArray
from upwind.readers.columns import GAS_UNITS, NUMBERS, Column, Needs, Role, gas_unit
from upwind.readers.files import File, shown
from upwind.readers.loading import load

__all__ = ["Variable", "columns_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable: `values` (record,) in `unit`, NaN = not observed.

    `low` (record,) marks values below the limit of detection; where it is a gas they become `limit`. `gas` is its
    name where the file says that it is one.
    """

    name: str
    unit: str
    values: FloatArray
    low: BoolArray
    limit: float = 0.0
    gas: str = ""

    def is_time(self, word: str) -> bool:
        """Return whether this is a time in seconds whose name has one of the words (joined by "|")."""
        return bool(re.search(word, self.name, re.IGNORECASE)) and self.unit.casefold().startswith("s")


#: How variables are called, in the order in which they are chosen; the unit must be of the column's kind too.
_CALLED = {
    "longitude": r"(?:g_?|gps_?|ins_?)?lon(?:g|gitude)?(?:_\w+)?",
    "latitude": r"(?:g_?|gps_?|ins_?)?lat(?:itude)?(?:_\w+)?",
    "height": r"\w*agl\w*|height(?:_above_ground)?|rad(?:ar)?_?alt(?:itude)?(?:_\w+)?",
    "pressure_altitude": r"altp|palt|press(?:ure)?_?alt(?:itude)?(?:_\w+)?",
    "altitude": r"(?:gps|geometric|msl|g)_?alt(?:itude)?(?:_\w+)?|alt(?:itude)?(?:_\w+)?",
    "wind_speed": r"(?:wind_?sp(?:ee)?d|wnd_?spd|wspd|ws|wns)(?:_\w+)?",
    "wind_from": r"(?:wind_?dir(?:ection)?|wind_from(?:_direction)?|wnd_?dir|wdir|wd|wnd)(?:_\w+)?",
    "temperature": r"(?:static_?air_?|static_?|ambient_?|air_?)?temp(?:erature)?(?:_\w+)?|t",
    "pressure": r"(?:static_?|ambient_?|air_?)?press(?:ure)?(?:_\w+)?|p",
}
_HALF_TURN = 180.0
_EAST = r"u(?:_?winds?(?:_\w+)?)?|eastward_wind"
_NORTH = r"v(?:_?winds?(?:_\w+)?)?|northward_wind"

Named = tuple[tuple[Column, ...], dict[str, FloatArray], dict[str, tuple[str, ...]]]


def columns_of(file: File, variables: Sequence[Variable], needs: Needs) -> Named:
    """Return columns, numbers and texts of variables other than time; what the layout does not know becomes text.

    The wind is that at the aircraft, so its height is the aircraft's.

    Raises
    ------
    FormatError
        No variable is a needed column (the height apart, which may be unknown), or two are called the same.
    """
    left = {variable.name: variable for variable in variables}
    if len(left) < len(variables):
        twice = next(name for name, count in Counter(variable.name for variable in variables).items() if count > 1)
        raise file.fault(0, f'variable "{shown(twice)}"', "stands there twice", "give each a name of its own")
    taken = _Taken()
    for name in _CALLED:
        _take_known(taken, name, left)
    _take_vector(taken, left)
    for need in needs:
        if need not in {"time", "height", *(column.name for column in taken.columns)}:
            raise file.fault(0, "", f"no variable is a {need}", "give a file that holds positions")
    _take_gases(taken, left)
    texts: dict[str, tuple[str, ...]] = {}
    for variable in left.values():
        header = f"{variable.name} [{variable.unit}]" if variable.unit else variable.name
        taken.columns.append(Column(header=header, name=header, role=Role.EXTRA))
        texts[header] = tuple("" if np.isnan(value) else f"{value:.10g}" for value in variable.values)
    return tuple(taken.columns), taken.numbers, texts


@dataclass(frozen=True, slots=True)
class _Taken:
    """The columns taken so far, and their numbers by header."""

    columns: list[Column] = field(default_factory=list)
    numbers: dict[str, FloatArray] = field(default_factory=dict)

    def add(self, column: Column, values: FloatArray) -> None:
        """Take one column."""
        self.columns.append(column)
        self.numbers[column.header] = values

    def find(self, name: str) -> FloatArray | None:
        """Return the numbers of a known column in its own unit, None where it is not taken."""
        return next((self.numbers[column.header] for column in self.columns if column.name == name), None)


def _take_known(taken: _Taken, name: str, left: dict[str, Variable]) -> None:
    """Take the variable that is called like a known column and has a unit of its kind, if there is one."""
    for variable in left.values():
        if not re.fullmatch(_CALLED[name], variable.name, re.IGNORECASE):
            continue
        way = _way(variable.unit, NUMBERS[name].units)
        if way is None:
            continue
        del left[variable.name]
        scale, offset = way
        units = NUMBERS[name].units
        column = Column(
            header=variable.name,
            name=name,
            role=Role.NUMBER,
            unit=variable.unit,
            units=units,
            scale=scale,
            offset=offset,
        )
        values = variable.values
        west = (name == "longitude") & (values * scale > _HALF_TURN)
        taken.add(column, np.where(west, values - 2 * _HALF_TURN / scale, values))
        return


def _take_vector(taken: _Taken, left: dict[str, Variable]) -> None:
    """Take the wind, in metres a second, from its components if not from speed and direction; and its height."""
    parts = [_component(pattern, left) for pattern in (_EAST, _NORTH)]
    if taken.find("wind_from") is None and parts[0] is not None and parts[1] is not None:
        (east, one), (north, other) = parts[0], parts[1]
        for name in (one, other):
            del left[name]
        taken.columns[:] = [column for column in taken.columns if column.name != "wind_speed"]
        taken.add(_plain("wind_speed"), np.hypot(east, north))
        taken.add(_plain("wind_from"), np.degrees(np.arctan2(-east, -north)) % (2 * _HALF_TURN))
    height = next((column for column in taken.columns if column.name == "height"), None)
    wind = taken.find("wind_speed")
    if height is not None and wind is not None:
        metres = (taken.numbers[height.header] + height.offset) * height.scale
        taken.add(_plain("wind_height"), np.where(np.isfinite(wind), np.maximum(metres, 0.0), np.nan))


def _component(pattern: str, left: dict[str, Variable]) -> tuple[FloatArray, str] | None:
    """Return one component of the wind in metres a second and its variable's name."""
    for variable in left.values():
        way = _way(variable.unit, "m/s") if re.fullmatch(pattern, variable.name, re.IGNORECASE) else None
        if way is not None:
            return variable.values * way[0], variable.name
    return None


def _take_gases(taken: _Taken, left: dict[str, Variable]) -> None:
    """Take every mole fraction, and every gas that the file calls one, that was observed at all.

    Of several variables of one compound the one with the most values bears its name alone, the others bear the rest
    of their variable's name too.
    """
    named: set[str] = set()
    for variable in sorted(left.values(), key=lambda variable: -int(np.isfinite(variable.values).sum())):
        unit = gas_unit(variable.unit) or gas_unit(variable.unit.rstrip("vV"))
        if unit is None or not (variable.gas or GAS_UNITS[unit][0] == "ppm") or not np.isfinite(variable.values).any():
            continue
        del left[variable.name]
        stem, _, rest = variable.name.partition("_")
        compound = compounds.find(variable.gas or variable.name) or compounds.find(stem)
        name = compound.name if compound else variable.gas or variable.name
        if name in named:
            name = f"{name} ({rest.replace('_', ' ') or variable.name})"
        named.add(name)
        column = Column(header=variable.name, name=name, role=Role.GAS, unit=unit, units=GAS_UNITS[unit][0])
        taken.add(column, np.where(variable.low, variable.limit, variable.values))


def _plain(name: str) -> Column:
    """Return a known column in the layout's own unit."""
    units = NUMBERS[name].units
    return Column(header=f"{name} [{units}]", name=name, role=Role.NUMBER, unit=units, units=units)


def _way(unit: str, units: str) -> tuple[float, float] | None:
    """Return scale and offset from a variable's unit to the layout's; None where one is not the other."""
    if unit == units:
        return 1.0, 0.0
    way: tuple[float, float] | None = load("upwind.readers.units").conversion(unit, units)
    return way
