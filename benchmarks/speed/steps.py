"""Time a step of the sequential locator and write its section of docs/speed.md, leaving the others as they stand.

From the top of the checkout, on a machine that does nothing else::

    python -m benchmarks.speed.steps --date 2026-01-31

`python -m benchmarks.speed.speed` writes the whole page, this section included.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from validation.ledger import CHECKOUT, commit

from upwind import __version__
from upwind.exercise.conditions import Conditions
from upwind.exercise.scenes import as_track, make_scene
from upwind.exercise.survey import Scene
from upwind.invert import Settings
from upwind.invert.growth import rows_of
from upwind.invert.layout import HEADER, NUMBER, PER_SOURCE
from upwind.invert.observations import Observations, common_frame, gather
from upwind.invert.sequential import State, init, one_by_one, step

__all__ = ["replaced", "section", "section_of"]

HEADING = "## Following a flight"
#: Flights beyond those that anything was tuned on; so many of each kind.
SEED, FLIGHTS = 3200, 5
#: Readings of the locator (2 s each) that stand before the first step, and after the last.
FEW, MANY, END = 100, 1000, 1200
#: After so many steps the sources are put back.
HELD = 10
#: How far about the truth the sources are put [m], and the log rate.
ABOUT_M, ABOUT_RATE = 3.0, 0.1


@dataclass(frozen=True, slots=True)
class Times:
    """Of steps: wall and CPU [ms], and how many sources the population had, (step,)."""

    wall: np.ndarray
    cpu: np.ndarray
    sources: np.ndarray


def section(date: str) -> list[str]:
    """Measure, and return the section's lines."""
    rows = {
        f"{MANY:,} to {END:,}, five sources in the population": [_many(SEED + i) for i in range(FLIGHTS)],
        f"{FEW} to {MANY // 2}, three sources, as the posterior has them": [_whole(SEED + i) for i in range(FLIGHTS)],
    }
    return [
        HEADING,
        "",
        f"Written by `python -m benchmarks.speed.steps` on {date}, upwind {__version__} at {commit()}; others",
        f"kept {os.getloadavg()[1]:.1f} processes busy in the five minutes before: CPU time stands beside the wall's.",
        f"One `step` of the sequential locator, one thread, {FLIGHTS} exercise flights each, at most five sources. In",
        f"the first row the population is put on the flight's five true sources, again after every {HELD} steps: left",
        "to itself it may come to hold fewer.",
        "",
        "| readings before | steps | sources, mean | wall p50 / p99 / max [ms] | CPU p50 / p99 / max [ms] |",
        "|---|---|---|---|---|",
        *(_row(name, times) for name, times in rows.items()),
        "",
    ]


def _row(name: str, flights: list[Times]) -> str:
    times = _together(flights)
    return (
        f"| {name} | {len(times.wall):,} | {times.sources.mean():.1f} | {_spread(times.wall)} | {_spread(times.cpu)} |"
    )


def _spread(values: np.ndarray) -> str:
    return f"{np.median(values):.1f} / {np.quantile(values, 0.99):.1f} / {values.max():.1f}"


def _many(seed: int) -> Times:
    """Return the times of steps over a long past with five sources in the population."""
    scene, observations = _flight(seed, 2 * END, 5)
    rng = np.random.default_rng(seed)
    state = init(rng, rows_of(observations, np.arange(MANY)), Settings())
    times = []
    for first in range(MANY, END, HELD):
        state, measured = _timed(rng, _put(rng, state, scene, observations), observations, (first, first + HELD))
        times.append(measured)
    return _together(times)


def _whole(seed: int) -> Times:
    """Return the times of steps over a whole flight."""
    _, observations = _flight(seed, MANY, 3)
    rng = np.random.default_rng(seed)
    state = init(rng, rows_of(observations, np.arange(FEW)), Settings())
    return _timed(rng, state, observations, (FEW, MANY // 2))[1]


def _flight(seed: int, samples: int, sources: int) -> tuple[Scene, Observations]:
    scene = make_scene(np.random.default_rng(seed), Conditions(samples=(samples, samples)), sources)
    track = as_track(scene)
    observations = gather([track], track.gases[0].name, common_frame([track]), (10**9, 10**9))
    if observations is None:
        msg = "a flight of the exercise has readings with wind"
        raise RuntimeError(msg)
    return scene, observations


def _put(rng: np.random.Generator, state: State, scene: Scene, observations: Observations) -> State:
    """Return the state with each member's sources put about the true ones."""
    truth = scene.sources
    place = scene.frame.to_geographic(np.array([s.easting_m for s in truth]), np.array([s.northing_m for s in truth]))
    easting, northing = observations.frame.to_local(*place)
    log_rate = np.log([s.rate_kg_h for s in truth])
    states = state.members.states.copy()
    first = HEADER + len(state.ground.problem.turn_precision)
    slots = states[:, first : first + len(truth) * PER_SOURCE].reshape(len(states), len(truth), PER_SOURCE)
    slots[:, :, 0] = easting + rng.normal(0.0, ABOUT_M, slots.shape[:2])
    slots[:, :, 1] = northing + rng.normal(0.0, ABOUT_M, slots.shape[:2])
    slots[:, :, 2] = [s.height_m for s in truth]
    slots[:, :, 3] = log_rate + rng.normal(0.0, ABOUT_RATE, slots.shape[:2])
    states[:, first : first + len(truth) * PER_SOURCE] = slots.reshape(len(states), -1)
    states[:, NUMBER] = len(truth)
    return replace(state, members=replace(state.members, states=states))


def _timed(
    rng: np.random.Generator, state: State, observations: Observations, between: tuple[int, int]
) -> tuple[State, Times]:
    step(rng, state, next(one_by_one(observations, between[0])))  # what is compiled or loaded once
    measured = []
    for observation in one_by_one(
        rows_of(observations, np.arange(min(between[1], len(observations.time)))), between[0]
    ):
        wall, cpu = time.perf_counter(), time.thread_time()
        state = step(rng, state, observation)
        cost = time.perf_counter() - wall, time.thread_time() - cpu
        measured.append((1e3 * cost[0], 1e3 * cost[1], state.members.states[:, NUMBER].mean()))
    return state, Times(*np.array(measured).T)


def _together(times: list[Times]) -> Times:
    return Times(*(np.concatenate([getattr(one, of) for one in times]) for of in ("wall", "cpu", "sources")))


def replaced(page: str, lines: list[str]) -> str:
    """Return the page with these lines in place of its section of the same heading, or at its end."""
    before, _, rest = page.partition(f"{lines[0]}\n")
    _, mark, after = rest.partition("\n## ")
    return f"{before.rstrip()}\n\n" + "\n".join(lines).rstrip() + "\n" + (f"\n{mark[1:]}{after}" if mark else "")


def section_of(page: str, heading: str) -> list[str]:
    """Return the lines of a page's section; none where it has no such."""
    _, found, rest = page.partition(f"{heading}\n")
    return [*(found + rest.partition("\n## ")[0]).rstrip().splitlines(), ""] if found else []


def main() -> int:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", required=True, help="of the measurement, stands in the section")
    parser.add_argument("--out", type=Path, default=CHECKOUT / "docs" / "speed.md", metavar="F.md")
    arguments = parser.parse_args()
    lines = section(arguments.date)
    print("\n".join(lines))
    page = arguments.out.read_text(encoding="utf-8")
    arguments.out.write_text(replaced(page, lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
