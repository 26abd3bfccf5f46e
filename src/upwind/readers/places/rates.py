"""What a place emits, as whoever keeps its table says: `0.2` or `0.05-0.5`, in kg/h."""

from __future__ import annotations

import re

from upwind.readers.files import shown

__all__ = ["fault_of_rate", "rate_of"]

_NUMBER = r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)\s*"
_RATE = re.compile(rf"{_NUMBER}(?:(?:-|\N{{EN DASH}}|to){_NUMBER})?(?:kg/h)?\s*", re.ASCII)

#: No single place emits more, by far. [kg/h]
_MOST = 1e6


def rate_of(text: str) -> tuple[float, float] | None:
    """Return least and most of a rate [kg/h]; None where none is said.

    Examples
    --------
    >>> rate_of("0.05-0.5"), rate_of("0.2 kg/h"), rate_of("")
    ((0.05, 0.5), (0.2, 0.2), None)
    """
    match = _RATE.fullmatch(text)
    if match is None:
        return None
    least, most = float(match[1]), float(match[2] or match[1])
    return (least, most) if 0.0 < least <= most <= _MOST else None


def fault_of_rate(text: str) -> tuple[str, str] | None:
    """Return what is wrong with the text of a rate and what would be right; None where nothing is said or wrong."""
    if not text.strip() or rate_of(text) is not None:
        return None
    return f'"{shown(text)}" is no rate', "write a number above 0 or a range such as 0.05-0.5, in kg/h"
