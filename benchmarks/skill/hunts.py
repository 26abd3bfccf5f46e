"""Time to a region of ten metres that holds the source: legs as proposed, against infotaxis, on the same hunts.

From the top of the checkout::

    python -m benchmarks.skill.hunts        # both conditions; 10 s of one core a hunt and searcher
    python -m benchmarks.skill.hunts --first 0 --count 20         # hunts that may be looked at: 0-399
    python -m benchmarks.skill.hunts --write --date 2026-01-31    # docs/adaptive-figures.md from what was flown

Who hunts: `legs` flies the first leg that `upwind propose` would, thinking up to three ahead, `greedy` one; `infotaxis`
moves on a lattice by a grid of its own and states the region of that grid; `infotaxis, our region` flies as that one
does and states the region of upwind's posterior, which is what lets one compare ways to fly alone; `space-aware` is the
same with the cost of Loisy and Eloy; `moves` makes the moves of infotaxis by upwind's posterior. All get the same
readings, wind, speed and sensor. Rows go to `out/hunts.jsonl`: a stopped run goes on.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.skill.hunt_grade import Searcher, Told, grade, told
from benchmarks.skill.hunt_page import graded_text, page
from benchmarks.skill.hunters import ByLegs, ByMoves, Moved
from benchmarks.skill.infotaxis import Infotaxis

from upwind.exercise.hunt import FAINT, USUAL, make_hunt

__all__ = ["main"]

CHECKOUT = Path(__file__).parents[2]
LEDGER = CHECKOUT / "out" / "hunts.jsonl"
CONDITIONS = {"usual": USUAL, "faint": FAINT}
SEARCHERS: dict[str, Callable[[Told], Searcher]] = {
    "legs": ByLegs,
    "infotaxis, our region": lambda told: Moved(told, aware=False),
    "infotaxis": lambda told: Infotaxis(told, aware=False),
    "space-aware, our region": lambda told: Moved(told, aware=True),
    "moves": ByMoves,
    "greedy": lambda told: ByLegs(told, ahead=1),
}
#: Those that are flown unless told otherwise.
USUALLY = ("legs", "infotaxis, our region", "infotaxis")


def main() -> int:
    """Fly hunts that were not flown yet, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--condition", action="append", choices=CONDITIONS, help="default: both")
    parser.add_argument("--searcher", action="append", choices=SEARCHERS, help=f"default: {'; '.join(USUALLY)}")
    parser.add_argument("--first", type=int, default=460, metavar="N", help="the first hunt (default 460)")
    parser.add_argument("--count", type=int, default=60, metavar="N", help="how many hunts (default 60)")
    parser.add_argument("--ledger", type=Path, default=LEDGER, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write the page instead")
    parser.add_argument("--date", default="", help="of the run, stands on the page")
    arguments = parser.parse_args()
    rows = _read(arguments.ledger)
    wanted = range(arguments.first, arguments.first + arguments.count)
    if arguments.write:
        out = CHECKOUT / "docs" / "adaptive-figures.md"
        graded = [row for row in rows if row["seed"] in wanted]
        out.write_text(page(graded, arguments.date), encoding="utf-8")
        kept = CHECKOUT / "src" / "upwind" / "flights" / "data" / "hunts.toml"
        kept.write_text(graded_text(graded, arguments.date), encoding="utf-8")
        return 0
    done = {(row["condition"], row["searcher"], row["seed"]) for row in rows}
    conditions = arguments.condition or list(CONDITIONS)
    for seed, condition in itertools.product(wanted, conditions):
        hunt = None
        for name in arguments.searcher or USUALLY:
            if (condition, name, seed) in done:
                continue
            hunt = hunt or make_hunt(seed, CONDITIONS[condition])
            row = {"condition": condition, "searcher": name, "seed": seed}
            _keep(arguments.ledger, row | grade(hunt, SEARCHERS[name](told(hunt))))
    return 0


def _read(ledger: Path) -> list[dict[str, Any]]:
    lines = ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def _keep(ledger: Path, row: dict[str, Any]) -> None:
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    time = "not" if row["time_s"] is None else f"after {row['time_s']:.0f} s"
    print(f"{row['condition']} {row['seed']} {row['searcher']}: found {time}, cpu {row['cpu_s']:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
