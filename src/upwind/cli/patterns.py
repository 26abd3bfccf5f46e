"""What `upwind plan --pattern` takes: a pattern of a sniffer about a block, in place of lines all over it."""

from __future__ import annotations

import argparse

from upwind.cli.values import halvings_of, metres_of
from upwind.errors import InputError
from upwind.flights.plan import Breeze
from upwind.flights.search.patterned import PATTERNS, Pattern, Shape, plan_pattern
from upwind.readers.areas import read_polygons
from upwind.records import Platform, Sensor

__all__ = ["add_pattern", "pattern_of", "require_pattern"]

_DOWNWIND_M, _HEIGHT_M, _HALVINGS = 500.0, 30.0, 2
_OPTIONS = ("spacing", "downwind", "halvings")


def add_pattern(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a pattern; all but its kind have defaults."""
    group = parser.add_argument_group("pattern", "fly about a block for a sniffer, along and across the wind")
    group.add_argument("--pattern", choices=PATTERNS, help="transects downwind first, a spiral inward, a perimeter")
    group.add_argument(
        "--spacing", type=metres_of, metavar="M", help="of transects or the spiral's turns (default: eight in all)"
    )
    group.add_argument(
        "--downwind", type=metres_of, metavar="M", help=f"how far beyond the block (default {_DOWNWIND_M:g} m)"
    )
    group.add_argument(
        "--halvings", type=halvings_of, metavar="N", help=f"of what a perimeter holds (default {_HALVINGS})"
    )


def require_pattern(arguments: argparse.Namespace) -> None:
    """Raise `InputError` where what belongs to a pattern is asked without one, or a pattern cannot be flown."""
    given = [name for name in _OPTIONS if getattr(arguments, name) is not None]
    if arguments.pattern is None:
        if given:
            msg = f"--{given[0]} belongs to a pattern; give --pattern {' or '.join(PATTERNS)}, too"
            raise InputError(msg)
        return
    if arguments.prior is not None:
        msg = "a search by a map chooses its own legs; give --prior or --pattern, not both"
        raise InputError(msg)
    if arguments.wind is None:
        msg = "a pattern lies along and across the wind; give --wind SPEED,FROM or a wind file"
        raise InputError(msg)


def pattern_of(arguments: argparse.Namespace, craft: Platform, eye: Sensor, wind: Breeze) -> Pattern:
    """Return the pattern that was asked for."""
    shape = Shape(
        kind=arguments.pattern,
        height_m=arguments.height or eye.height_m or _HEIGHT_M,
        downwind_m=arguments.downwind or _DOWNWIND_M,
        spacing_m=arguments.spacing,
        halvings=arguments.halvings or _HALVINGS,
    )
    return plan_pattern(read_polygons(arguments.area), craft, shape, wind, arguments.base)
