"""Whether readings that keep one ratio mean one place: what `upwind.sites.coemission` was fitted to, and how it holds.

python -m validation.coemission simulate --cities 30   # out/coemission/N.json, a file a city; goes on where it was
python -m validation.coemission write                  # docs/coemission-figures.md

Truth is the exercise's: who brings most of each gas to a flight. Gases of one such emitter are of one place; those of
two, within 150 m of each other, are not. Cities of even seeds are fitted to, figures are of odd ones. No seed is one
of a mission that is shipped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from upwind.exercise.city.noses import ppb, smell
from upwind.exercise.city.patrols import TICK_S, transported
from upwind.exercise.city.world import LOW_M, draw_city
from upwind.sites.coemission import EVEN, MOST, SLOPE, agreement, beyond, weight_of

FOLDER = Path("out/coemission")
FIRST = 101
#: A gas that brings less than so many times the noise to any reading is seldom located.
LEAST_PEAK = 8.0
#: Places farther apart are told apart by where they are.
FARTHEST_M = 150.0
Floats = NDArray[np.float64]


def main() -> None:
    """Simulate or write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["simulate", "write"])
    parser.add_argument("--cities", type=int, default=30)
    arguments = parser.parse_args()
    if arguments.step == "write":
        Path("docs/coemission-figures.md").write_text(page(), encoding="utf-8")
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for seed in range(FIRST, FIRST + arguments.cities):
        place = FOLDER / f"{seed}.json"
        if not place.exists():
            place.write_text(json.dumps(list(pairs_of(seed))), encoding="utf-8")
            print(f"city {seed}", flush=True)


def pairs_of(seed: int) -> Iterator[tuple[bool, float, float]]:
    """Yield, for pairs of gases of a city's low flights: of one emitter or not, how far apart [m], agreement."""
    rng = np.random.default_rng(seed)
    city = draw_city(rng)
    nose = city.conditions.nose
    for patrol in city.patrols:
        if not (patrol.slot.height_m < LOW_M and patrol.slot.hour < 18.0):  # noqa: PLR2004 - shops are shut
            continue
        mass = transported(rng, patrol, city.emitters, city.spans)
        shares = np.array([ppb(nose, one.gas, patrol.weather) for one in city.emitters])
        read, noise = smell(rng, nose, shares.T @ mass, TICK_S)
        peak = mass.max(axis=1)[:, None] * shares / noise
        most, values = peak.argmax(axis=0), read[:, ::2]
        excess = beyond(np.arange(values.shape[1], dtype=np.float64), values)
        for pair in combinations(np.flatnonzero(peak.max(axis=0) >= LEAST_PEAK), 2):
            found = agreement(excess[list(pair)])
            one, other = (city.emitters[most[gas]] for gas in pair)
            apart = np.hypot(one.easting_m - other.easting_m, one.northing_m - other.northing_m)
            if found is not None and apart <= FARTHEST_M:
                yield one is other, float(apart), found


def page() -> str:
    """Return the figures."""
    every = {int(place.stem): json.loads(place.read_text(encoding="utf-8")) for place in sorted(FOLDER.glob("*.json"))}
    fit, held = (np.array([row for seed, rows in every.items() if seed % 2 == odd for row in rows]) for odd in (0, 1))
    even, slope = fitted(fit)
    lines = [
        "# Figures of co-emission",
        "",
        "Made by `python -m validation.coemission`. Two gases of a simulated flight, whose strongest emitters are one",
        f"or stand within {FARTHEST_M:.0f} m of each other, and how well their readings keep one ratio (the agreement",
        f"of `upwind.sites.coemission`). {len(every)} cities: {len(fit)} pairs of even seeds were fitted to,",
        f"{len(held)} of odd ones are counted here. The fit gives even odds at {even:.2f} and {slope:.1f} nats for",
        f"every 1 of agreement; the code has {EVEN:g} and {SLOPE:g}, and no more than {MOST:g} nats either way.",
        "",
        "| agreement | of one emitter | of two | weight at its middle [nats] |",
        "|---|---|---|---|",
    ]
    for low, high in ((-1.0, 0.4), (0.4, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
        rows = held[(held[:, 2] >= low) & (held[:, 2] < high)]
        weight = weight_of(0.5 * (max(low, 0.0) + min(high, 1.0)))
        name = f"{max(low, 0.0):.1f}-{min(high, 1.0):.1f}" if low > 0.0 else f"below {high:.1f}"
        lines.append(f"| {name} | {int(rows[:, 0].sum())} | {int((1 - rows[:, 0]).sum())} | {weight:.1f} |")
    weights = np.array([weight_of(row[2]) for row in held])
    lines += [
        "",
        f"Mean logarithmic loss, both kinds counted alike: {loss(weights, held[:, 0]):.3f}; of knowing nothing 0.693.",
        "",
        f"Worst: **{worst(held)}**. Places in line with the wind can look like one.",
        "",
        "The exercise's air is filaments in one gusty wind. Nobody has measured this on real streets.",
    ]
    return "\n".join(lines) + "\n"


def worst(held: Floats) -> str:
    """Return which pair of two places agreed most."""
    rows = held[held[:, 0] == 0.0]
    row = rows[rows[:, 2].argmax()]
    return f"two places {row[1]:.0f} m apart with an agreement of {row[2]:.2f}"


def fitted(rows: Floats) -> tuple[float, float]:
    """Return where the odds are even, and the slope, of the least loss."""
    found = minimize(lambda at: loss(at[1] * (rows[:, 2] - at[0]), rows[:, 0]), (0.6, 10.0), method="Nelder-Mead")
    return float(found.x[0]), float(found.x[1])


def loss(weights: Floats, true: Floats) -> float:
    """Return the mean logarithmic loss of weights of evidence, one place and two counted as often."""
    off = np.logaddexp(0.0, np.where(true > 0.0, -weights, weights))
    return float(0.5 * off[true > 0.0].mean() + 0.5 * off[true == 0.0].mean())


if __name__ == "__main__":
    main()
