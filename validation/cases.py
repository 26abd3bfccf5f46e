"""What a validation is made of: cases of experiments, each with its readings and its truth, and which half it is of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from upwind.exercise.score import Release
from upwind.records import Track

__all__ = ["TRACKS", "Area", "Case", "Experiment", "Half", "Trial"]

#: Measured releases lie beside the checkout; where they do not, their experiments have no cases.
TRACKS = Path(__file__).parents[2] / "shared" / "data" / "tracks"

#: West, south, east, north [deg].
Area = tuple[float, float, float, float]


class Half(StrEnum):
    """Whether anything may be fitted to a case."""

    TUNING = "tuning"
    HELD_OUT = "held-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of an experiment: its name says, with the experiment's, which readings and truth it has."""

    experiment: str
    name: str
    half: Half


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is given to the locator (`tracks`, `area`, `gas`) and what was true meanwhile."""

    tracks: tuple[Track, ...]
    area: Area | None
    gas: str
    truth: tuple[Release, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A family of cases.

    Attributes
    ----------
    cases
        Every case; none where its data are absent.
    trial
        The readings and truth of one of them.
    origin
        The folder of `upwind` that these come through, "exercise" or "readers".
    single
        Every case has one source, and its most probable one is judged wherever it lies; otherwise sources are judged
        that lie within 30 m of true ones.
    rated
        The truth holds emission rates.
    """

    name: str
    what: str
    cases: Callable[[], Sequence[Case]]
    trial: Callable[[Case], Trial]
    origin: str
    single: bool = False
    rated: bool = True
