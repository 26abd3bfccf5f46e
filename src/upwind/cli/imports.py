"""`upwind import`: reference data that others made, into the user's data folder."""

from __future__ import annotations

import argparse

from upwind.cli.profiles import declare, keep

__all__ = ["add_arguments", "run"]

_EXAMPLES = """\
examples:
  upwind import profiles speciate.zip
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.epilog = _EXAMPLES
    declare(parser.add_subparsers(dest="kind", required=True, metavar="KIND"))


def run(arguments: argparse.Namespace) -> int:
    """Take reference data in."""
    return keep(arguments.file)
