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
}


def conversion(unit: str, units: str) -> tuple[float, float] | None:
    """Return (scale, offset) with (v + offset) * scale in `units` for v in `unit`; None where one is not the other."""
    if not _PLAIN.fullmatch(unit):
        return None
    spelt = _SPELT.get(unit.casefold(), unit.replace("·", "*"))
    for text in (spelt, _BARE_EXPONENT.sub(r"**\1", spelt)):
        try:
            zero, one = (_registry().Quantity(number, text).to(units).magnitude for number in (0.0, 1.0))
        except (pint.PintError, AttributeError, TypeError, ValueError):
            continue
        scale = round(one - zero, 15)
        return (scale, zero / scale) if scale else None
    return None


@cache
def _registry() -> pint.UnitRegistry[float]:
    """Return Pint's registry, made once."""
    return pint.UnitRegistry(cache_folder=None)
