"""How far answers to the same readings lie apart when only the locator's seed differs.

Reads the ledger rows of `python -m validation.skill --seed 0`, `--seed 1` and so on for the cases that all seeds
answered. A sampler that has converged scatters by a small part of its own intervals; where the scatter is as wide as
the intervals, the intervals are not the posterior's.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from validation.experiments import EXPERIMENTS
from validation.ledger import LEDGER, Ledger, code_of

#: Of a normal density, the width of the 90 % interval in standard deviations.
WIDTH_90 = 3.29


def main() -> int:
    """Print the scatter between seeds over the posterior's own spread, median and worst case of each experiment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=4, metavar="N", help="seeds 0 to N-1")
    parser.add_argument("--ledger", type=Path, default=LEDGER, metavar="FILE")
    arguments = parser.parse_args()
    ledger = Ledger(arguments.ledger)
    for name, experiment in EXPERIMENTS.items():
        seeds = [ledger.rows(name, code_of(experiment.origin), seed) for seed in range(arguments.seeds)]
        rows = [{str(row["case"]): row["best"] for row in of if row["best"]} for of in seeds]
        common = sorted(set.intersection(*(set(of) for of in rows)))
        if common:
            told = [_scatter([of[case] for of in rows]) for case in common]
            worst = max(range(len(told)), key=lambda number: told[number])
            print(
                f"{name}: {len(common)} cases, scatter over spread: median {np.median(told):.2f}, "
                f"worst {told[worst]:.2f} ({common[worst]})"
            )
    return 0


def _scatter(answers: list[dict[str, Any]]) -> float:
    """Return how far places scatter between seeds, in standard deviations of the posterior, on the worse axis."""
    axes = []
    for axis in ("easting", "northing"):
        places = np.array([one[f"{axis}_m"] for one in answers])
        width = np.median([one[f"{axis}_width_m"] for one in answers])
        axes.append(float(places.std(ddof=1) / (width / WIDTH_90)))
    return max(axes)


if __name__ == "__main__":
    sys.exit(main())
