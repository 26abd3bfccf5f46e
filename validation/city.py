"""How often a dwelling is flagged that should be, and one that should not: `docs/city-figures.md`.

python -m validation.city simulate --cities 20     # out/city/N.json, a file a city; goes on where it was
python -m validation.city explain                  # out/city/scores.jsonl: what `upwind explain` says of each sample
python -m validation.city write --date 2026-11-26  # docs/city-figures.md
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from validation.city_page import page
from validation.city_scores import Row, explain_all, is_asked
from validation.city_visits import HIDDEN, visits_of

FOLDER = Path("out/city")
SCORES = FOLDER / "scores.jsonl"
#: Hidden sources are laid over so many of a city's redraws; benign visits count in all of them.
HIDDEN_REDRAWS = 2


def main() -> None:
    """Simulate, explain or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["simulate", "explain", "write"])
    parser.add_argument("--cities", type=int, default=20)
    parser.add_argument("--date", default="")
    arguments = parser.parse_args()
    if arguments.step == "simulate":
        simulate(arguments.cities)
        return
    rows = [row for seed in range(1, arguments.cities + 1) for row in _rows(seed)]
    if arguments.step == "explain":
        explain_all([row for row in rows if is_asked(row)], SCORES)
    else:
        Path("docs/city-figures.md").write_text(page(rows, SCORES, arguments.date), encoding="utf-8")


def simulate(cities: int) -> None:
    """Write the visits of each city that is not yet there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for seed in range(1, cities + 1):
        place = FOLDER / f"{seed}.json"
        if place.exists():
            continue
        rows = [
            {**sample.label, "value": sample.value.round(3).tolist(), "sigma": sample.sigma.round(3).tolist()}
            for sample in visits_of(seed)
        ]
        part = place.with_suffix(".part")
        part.write_text(json.dumps(rows), encoding="utf-8")
        part.replace(place)
        print(f"city {seed}: {len(rows)} samples", flush=True)


def _rows(seed: int) -> list[Row]:
    """Return the rows of a city that are graded."""
    every: list[Row] = json.loads((FOLDER / f"{seed}.json").read_text(encoding="utf-8"))
    return [row for row in every if row["kind"] != HIDDEN or row["redraw"] < HIDDEN_REDRAWS]


if __name__ == "__main__":
    main()
