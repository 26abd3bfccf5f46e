"""Units of other spellings, through Pint. Loaded only where a column is not in the layout's own unit."""

from __future__ import annotations

import re
from functools import cache

import pint

__all__ = ["conversion"]

#: Words with at most a one-digit exponent, joined by signs: nothing that Pint could be made to compute.
_PLAIN = re.compile(r"[A-Za-z°µμ_]+(?:(?:\^|\*\*)?-?\d)?(?:\s*[ */·.]\s*[A-Za-z°µμ_]+(?:(?:\^|\*\*)?-?\d)?){0,4}")
_BARE_EXPONENT = re.compile(r"(?<=[A-Za-zµμ])(-?\d)")

#: Spellings of the climate conventions and of flight instruments that Pint does not know.
_SPELT = {
    "degs": "degree",
    "deg n": "degree",
    "deg e": "degree",
    "degrees_north": "degree",
    "degrees_east": "degree",
    "degree_north": "degree",
    "degree_east": "degree",
    "degrees_true": "degree",
    "secs": "second",
    "mins": "minute",
    "mb": "millibar",
}


#: So many of a unit are converted, so that what is lost beside an offset does not matter.
_MANY = 1000.0

#: What the layout calls an angle; Pint would take any ratio for one.
_ANGLES = frozenset({"degree", "radian", "milliradian", "arcminute", "arcsecond", "grade", "turn"})


def conversion(unit: str, units: str) -> tuple[float, float] | None:
    """Return (scale, offset) with (v + offset) * scale in `units` for v in `unit`; None where one is not the other."""
    if not _PLAIN.fullmatch(unit):
        return None
    spelt = _SPELT.get(unit.casefold(), unit.replace("·", "*"))
    word = spelt.casefold() if len(spelt) >= len("knot") else spelt
    for text in dict.fromkeys((spelt, _BARE_EXPONENT.sub(r"**\1", spelt), word)):
        try:
            zero, many = (_registry().Quantity(number, text) for number in (0.0, _MANY))
            if units == "deg" and not _is_angle(zero):
                continue
            low, high = (float(quantity.to(units).magnitude) for quantity in (zero, many))
        except (pint.PintError, AttributeError, TypeError, ValueError):
            continue
        scale = (high - low) / _MANY
        return (float(f"{scale:.14g}"), float(f"{low / scale:.14g}")) if scale > 0 else None
    return None


def _is_angle(quantity: pint.Quantity[float]) -> bool:
    """Return whether a quantity is an angle and no other ratio."""
    names = {name for name, _ in quantity.unit_items()}
    return bool(names) and names <= _ANGLES


@cache
def _registry() -> pint.UnitRegistry[float]:
    """Return Pint's registry, made once."""
    return pint.UnitRegistry()
