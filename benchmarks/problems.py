"""The problems that speed and skill are compared on: drone flights over three methane sources, with n readings."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from validation.cases import Trial
from validation.simulated import trial_of

from upwind.exercise.conditions import SURVEY
from upwind.exercise.mission import mission_files
from upwind.exercise.scenes import make_scene
from upwind.exercise.survey import Readings, Scene

__all__ = ["SOURCES", "Problem", "make_problem", "repeated"]

SOURCES = 3
#: One flight holds so many readings at 1 Hz; more are the same flight again, half an hour later each time.
_FLIGHT, _PAUSE_S = 1000, 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One flight on disk: its track table, the truth beside it, and what a judge needs."""

    track: Path
    truth: Path
    trial: Trial

    @property
    def area(self) -> str:
        """Return the area as the command line takes it."""
        return "--area=" + ",".join(f"{edge:.7f}" for edge in self.trial.area or ())


def make_problem(seed: int, readings: int, folder: Path) -> Problem:
    """Write the flight of a seed, thinned or repeated to so many readings, and return it."""
    scene = make_scene(np.random.default_rng(seed), replace(SURVEY, samples=(_FLIGHT, _FLIGHT)), SOURCES)
    scene = repeated(scene, readings // _FLIGHT) if readings > _FLIGHT else _thinned(scene, readings)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"drone-{seed}-{readings}.csv"
    for file, text in mission_files(scene, "speed", name).items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    return Problem(track=folder / name, truth=folder / "truth.csv", trial=trial_of(scene, name))


def _thinned(scene: Scene, readings: int) -> Scene:
    """Return the scene with so many of its readings, evenly spaced."""
    keep = np.linspace(0, scene.readings.gas.size - 1, readings).round().astype(int)
    return replace(scene, readings=_readings(scene.readings, keep, scene.readings.time_s[keep]))


def repeated(scene: Scene, times: int) -> Scene:
    """Return the scene flown so many times through the same air."""
    readings = scene.readings
    keep = np.tile(np.arange(readings.gas.size), times)
    later = np.repeat(np.arange(times) * _PAUSE_S, readings.gas.size)
    return replace(scene, readings=_readings(readings, keep, readings.time_s[keep] + later))


def _readings(readings: Readings, keep: np.ndarray, time_s: np.ndarray) -> Readings:
    columns = {field.name: getattr(readings, field.name) for field in fields(Readings)}
    kept = {name: column[keep] for name, column in columns.items() if isinstance(column, np.ndarray)}
    return replace(readings, **kept | {"time_s": time_s, "sensor": tuple(readings.sensor[i] for i in keep)})
