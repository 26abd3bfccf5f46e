"""`upwind exercise make` and `score`: a mission with known truth, and how well answers fit it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from upwind.cli.files import write_beside, write_together
from upwind.cli.screen import table
from upwind.cli.values import seed_of
from upwind.errors import FormatError
from upwind.exercise.conditions import ACETONE, METHANE, Conditions, Kind
from upwind.exercise.mission import mission_files
from upwind.exercise.scenes import make_scene
from upwind.exercise.score import Score, read_truth, releases_of, score, summary

__all__ = ["add_arguments", "run"]

_GASES = {gas.name: gas for gas in (METHANE, ACETONE)}
#: Sources at least 40 m apart find room in the smallest box up to this number.
_MOST = 5
_REMEDY = "give the GeoJSON that `upwind locate` writes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="make|score")
    make = actions.add_parser("make", help="write a mission with known truth", allow_abbrev=False)
    make.add_argument("--seed", type=seed_of, required=True, metavar="N", help="the same seed gives the same bytes")
    make.add_argument("--sources", type=int, choices=range(_MOST + 1), help="how many (default: drawn from 0 to 3)")
    make.add_argument("--kind", choices=[str(kind) for kind in Kind], default="drone", help="who measures")
    make.add_argument("--gas", choices=sorted(_GASES), default="methane", help="what leaks")
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the mission goes")
    check = actions.add_parser("score", help="compare answers with the truth", allow_abbrev=False)
    check.add_argument("truth", type=Path, metavar="TRUTH.csv", help="the mission's truth")
    check.add_argument("found", type=Path, nargs="+", metavar="FOUND.geojson", help="what `upwind locate` wrote")
    check.add_argument("--gas", help="which gas the truth is of, where an answer speaks of several")
    check.add_argument("--out", type=Path, metavar="F.json", help="write every figure there, too")


def run(arguments: argparse.Namespace) -> int:
    """Make or score."""
    return _make(arguments) if arguments.action == "make" else _score(arguments)


def _make(arguments: argparse.Namespace) -> int:
    kind = Kind(arguments.kind)
    conditions = Conditions(kind=kind, gas=_GASES[arguments.gas])
    scene = make_scene(np.random.default_rng(arguments.seed), conditions, arguments.sources)
    files = mission_files(scene, arguments.out.resolve().name, f"{kind}-{arguments.seed}.csv")
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_together({arguments.out / name: text for name, text in files.items()})
    count = f"{len(scene.sources)} source{'' if len(scene.sources) == 1 else 's'}"
    print(f"{count}, {scene.readings.gas.size} readings; the mission is in {arguments.out}")
    return 0


def _score(arguments: argparse.Namespace) -> int:
    truth = read_truth(arguments.truth)
    scores = []
    for path in arguments.found:
        document = _answer(path)
        try:
            scores.append(score(document, releases_of(document, truth), arguments.gas))
        except (KeyError, IndexError, TypeError, ValueError):
            raise FormatError(path.name, "", "a Feature or number_of_sources lacks a property", _REMEDY) from None
    together = summary(scores)
    if arguments.out is not None:
        written = {"answers": [one.as_json() for one in scores], "summary": together}
        write_beside(arguments.out, json.dumps(written, indent=1, allow_nan=False) + "\n")
    _show(arguments.found, scores, together)
    return 0


def _answer(path: Path) -> dict[str, Any]:
    """Return the FeatureCollection in a file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise FormatError(path.name, "", "is no JSON", _REMEDY) from None
    if not isinstance(document, dict) or not {"features", "number_of_sources"} <= document.keys():
        raise FormatError(path.name, "", "has no features or no number_of_sources", _REMEDY)
    return document


def _show(paths: list[Path], scores: list[Score], together: dict[str, Any]) -> None:
    """Print a row a true source, and what all say together."""
    rows = []
    for path, one in zip(paths, scores, strict=True):
        head = (path.name, f"{one.most_probable} of {one.true}", str(one.phantoms))
        rows += [
            (
                *head,
                match.source,
                f"{match.error_m:.1f}",
                "none" if match.rate_ratio is None else f"{match.rate_ratio:.2f}",
                _says(held=match.rate_held),
                _says(held=match.region_held),
            )
            for match in one.matches
        ] or [(*head, "none found" if one.true else "no true source", "", "", "", "")]
    heads = ("answer", "number", "phantoms", "source", "off by [m]", "rate ratio", "rate holds", "region holds")
    table("", heads, rows, right=("off by [m]", "rate ratio"))
    print(f"number right {_percent(together['number_right'])}, found {_percent(together['found_within_30_m'])}")


def _says(*, held: bool | None) -> str:
    return "none" if held is None else "yes" if held else "no"


def _percent(share: float | None) -> str:
    return "not applicable" if share is None else f"{100 * share:.0f} %"
