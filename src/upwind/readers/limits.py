"""What no reading can be: bounds in the layout's units, and what was probably meant instead."""

from __future__ import annotations

import numpy as np

from upwind.arrays import FloatArray
from upwind.readers.columns import NUMBERS, Column
from upwind.readers.tables import Table

__all__ = ["require_gas", "require_within"]

#: Narrower than the contract: below 3 kPa nothing flies, so such a number is of another unit.
_LEAST = {"pressure": 3000.0}

_NOUNS = {
    "longitude": "a longitude",
    "latitude": "a latitude",
    "height": "a height above ground",
    "duration": "an averaging time",
    "end_longitude": "a longitude",
    "end_latitude": "a latitude",
    "end_height": "a height above ground",
    "wind_speed": "a wind speed",
    "wind_from": "a direction",
    "wind_height": "a height above ground",
    "sigma_wind_direction": "a standard deviation of direction",
    "friction_velocity": "a friction velocity",
    "temperature": "an air temperature",
    "pressure": "an air pressure",
    "altitude": "an altitude",
    "pressure_altitude": "an altitude",
}

#: A value of a mole fraction or a mass concentration below `_NOISE` is no noise; above these it is no gas.
_NOISE = -100.0
_MOST = {"ppm": 1e6, "mg/m3": 1e7}

#: What loggers write for "nothing".
_SENTINELS = tuple(-float(digit * count) for digit in "789" for count in range(3, 8))


def require_within(table: Table, column: Column, values: FloatArray) -> None:
    """Raise `FormatError` at the first value, in the layout's unit, that cannot be."""
    spec = NUMBERS[column.name]
    lower, upper = _LEAST.get(column.name, spec.lower), spec.upper
    wrong = (values < lower) | (values > upper) | np.isinf(values)
    if not wrong.any():
        return
    row = int(np.argmax(wrong))
    written, value = table.numbers[column.header][row], values[row]
    unit = "" if column.unit == column.units else f" {column.unit}"
    if np.isinf(value):
        raise table.fault(row, column.place, f"{written:g}{unit} is not a number", "leave the cell empty instead")
    noun = _NOUNS.get(column.name, "a value")
    within = f"({lower:g} to {upper:g})" if not unit else f"({lower:g} to {upper:g} {column.units})"
    fault = f"{written:.10g}{unit} is not {noun} {within}"
    raise table.fault(row, column.place, fault, _remedy(column, float(written)))


def require_gas(table: Table, column: Column, values: FloatArray) -> None:
    """Raise `FormatError` at the first value, in ppm or mg/m3, that no gas can have."""
    written = table.numbers[column.header]
    wrong = (values < _NOISE) | (values > _MOST[column.units]) | np.isinf(values) | np.isin(written, _SENTINELS)
    if wrong.any():
        row = int(np.argmax(wrong))
        fault = f"{written[row]:.10g} {column.unit} is no concentration"
        raise table.fault(row, column.place, fault, "leave the cell empty where nothing was observed")


def _remedy(column: Column, written: float) -> str:
    """Return what was probably meant."""
    if written in _SENTINELS:
        return "leave the cell empty where nothing was observed"
    if column.name == "temperature" and column.unit == "K":
        return 'if it is in Celsius or Fahrenheit, write "temperature [degC]" or "temperature [degF]"'
    if column.name == "pressure" and column.unit == "Pa" and written > 0:
        return 'if it is in hPa or kPa, write "pressure [hPa]" or "pressure [kPa]"'
    if column.name.endswith("longitude") and 180 < written <= 360:  # noqa: PLR2004 (degrees)
        return f"west is negative: write {written - 360:.7g}"
    if column.name == "latitude":
        return "are longitude and latitude swapped?"
    return "correct it, or leave the cell empty"
