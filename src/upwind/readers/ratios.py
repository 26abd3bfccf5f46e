"""Likelihood ratios of kinds of report that a mission brings along, as `upwind report ratios` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from upwind.readers.files import File
from upwind.readers.keys import TEXT, check_keys, number, parsed_toml

__all__ = ["ratios_of"]

_MOST = 1e6
_RATIO = number("a ratio, more than 0", 0.0, _MOST, over=True)
_KEYS = {"ratio": _RATIO, "lower": _RATIO, "upper": _RATIO, "source": TEXT}


def ratios_of(file: File) -> Mapping[str, Mapping[str, Any]]:
    """Return each kind's `ratio`, `lower`, `upper` and `source`.

    Raises
    ------
    FormatError
        It is no TOML, a kind has not all four, or they are not in order.
    """
    said = parsed_toml(file, "ratios.toml")
    for kind, table in said.items():
        if not isinstance(table, dict):
            raise file.fault(0, f'key "{kind}"', "this is not a table", f"head each kind as a table, such as [{kind}]")
        check_keys(file, f"{kind}: ", table, _KEYS, needed=tuple(_KEYS))
        if not table["lower"] < table["upper"] or not table["lower"] <= table["ratio"] <= table["upper"]:
            raise file.fault(0, f'{kind}: key "ratio"', "lower, ratio, upper are not in order", "give lower < upper")
    return said
