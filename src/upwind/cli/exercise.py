"""`upwind exercise make` and `score`: a mission with known truth, and how well answers fit it."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from upwind.cli.files import write_together
from upwind.cli.graded import grade
from upwind.cli.values import seed_of
from upwind.errors import InputError
from upwind.exercise.city.files import city_files
from upwind.exercise.conditions import ACETONE, METHANE, Conditions, Kind
from upwind.exercise.mission import mission_files
from upwind.exercise.scenes import make_scene

__all__ = ["add_arguments", "run"]

_GASES = {gas.name: gas for gas in (METHANE, ACETONE)}
#: Sources at least 40 m apart find room in the smallest box up to this number.
_MOST = 5
#: A mission of many flights, beside the kinds of one.
_CITY = "city"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="make|score")
    make = actions.add_parser("make", help="write a mission with known truth", allow_abbrev=False)
    make.add_argument("--seed", type=seed_of, required=True, metavar="N", help="the same seed gives the same bytes")
    make.add_argument("--sources", type=int, choices=range(_MOST + 1), help="how many (default: drawn from 0 to 3)")
    kinds = [*(str(kind) for kind in Kind), _CITY]
    make.add_argument("--kind", choices=kinds, default="drone", help="who measures; city: five flights over a city")
    make.add_argument("--gas", choices=sorted(_GASES), help="what leaks (default: methane)")
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the mission goes")
    check = actions.add_parser("score", help="compare answers with the truth", allow_abbrev=False)
    check.add_argument("truth", type=Path, metavar="TRUTH.csv", help="the mission's truth")
    check.add_argument("found", type=Path, nargs="+", metavar="FOUND", help="sources, sites, or a search map (.tif)")
    check.add_argument("--gas", help="which gas the truth is of, where an answer speaks of several")
    check.add_argument("--out", type=Path, metavar="F.json", help="write every figure there, too")


def run(arguments: argparse.Namespace) -> int:
    """Make or score."""
    if arguments.action == "score":
        return grade(arguments.truth, arguments.found, arguments.gas, arguments.out)
    return _make_city(arguments) if arguments.kind == _CITY else _make(arguments)


def _make(arguments: argparse.Namespace) -> int:
    kind = Kind(arguments.kind)
    conditions = Conditions(kind=kind, gas=_GASES[arguments.gas or METHANE.name])
    scene = make_scene(np.random.default_rng(arguments.seed), conditions, arguments.sources)
    files = mission_files(scene, arguments.out.resolve().name, f"{kind}-{arguments.seed}.csv")
    _write(arguments.out, files)
    count = f"{len(scene.sources)} source{'' if len(scene.sources) == 1 else 's'}"
    print(f"{count}, {scene.readings.gas.size} readings; the mission is in {arguments.out}")
    return 0


def _make_city(arguments: argparse.Namespace) -> int:
    if arguments.sources is not None or arguments.gas is not None:
        msg = "a city has sources and gases of its own; leave --sources and --gas out"
        raise InputError(msg)
    files = city_files(arguments.seed, arguments.out.resolve().name)
    _write(arguments.out, files)
    print(f"A fictional city with one hidden source; the mission is in {arguments.out}")
    return 0


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_together({folder / name: text for name, text in files.items()})
