"""Cases from the exercise simulator: meandering filaments, which no model of the locator is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from validation.cases import Case, Experiment, Half, Trial

from upwind.exercise.conditions import ACETONE, SURVEY, Conditions, Kind, WindPlace
from upwind.exercise.mission import AREA_REACH
from upwind.exercise.scenes import as_track, make_scene
from upwind.exercise.score import Release
from upwind.exercise.survey import Scene

__all__ = ["EXPERIMENTS", "FIRST_HELD_OUT", "trial_of"]

#: Seeds from here on are never tuned on.
FIRST_HELD_OUT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    """Exercises alike: seed s has `numbers[s % len(numbers)]` sources; so many cases of each half."""

    name: str
    what: str
    conditions: Conditions
    numbers: tuple[int, ...]
    tuning: int
    held_out: int

    def cases(self) -> list[Case]:
        """Return the cases, named by their seeds."""
        halves = [(Half.TUNING, 0, self.tuning), (Half.HELD_OUT, FIRST_HELD_OUT, self.held_out)]
        return [
            Case(experiment=self.name, name=str(first + number), half=half)
            for half, first, count in halves
            for number in range(count)
        ]

    def trial(self, case: Case) -> Trial:
        """Return the exercise of a case's seed."""
        seed = int(case.name)
        number = self.numbers[seed % len(self.numbers)]
        return trial_of(make_scene(np.random.default_rng(seed), self.conditions, number), case.name)


def trial_of(scene: Scene, name: str) -> Trial:
    """Return a scene as a trial; the area is the one that its mission would name."""
    reach = AREA_REACH * scene.side_m
    (west, east), (south, north) = scene.frame.to_geographic(np.array([-reach, reach]), np.array([-reach, reach]))
    truth = []
    for number, source in enumerate(scene.sources, start=1):
        place = np.array([source.easting_m]), np.array([source.northing_m])
        longitude, latitude = scene.frame.to_geographic(*place)
        release = Release(
            file=name,
            source=f"S{number}",
            longitude=float(longitude[0]),
            latitude=float(latitude[0]),
            height_m=source.height_m,
            rate_kg_h=source.rate_kg_h,
            peak=scene.peak[number - 1],
        )
        truth.append(release)
    area = float(west), float(south), float(east), float(north)
    return Trial(tracks=(as_track(scene),), area=area, gas=scene.conditions.gas.name, truth=tuple(truth))


_FAMILIES = (
    _Family(
        name="exercise-drone",
        what="drone with a methane sensor over 200-400 m, 600-1,200 readings at 1 Hz, 0-3 sources of 1-5 kg/h",
        conditions=Conditions(),
        numbers=(0, 1, 2, 3),
        tuning=60,
        held_out=140,
    ),
    _Family(
        name="exercise-drone-survey",
        what="the same gas and sensor, flown as a survey should be: lines 12-25 m apart over 150-300 m, 3-12 m high",
        conditions=SURVEY,
        numbers=(0, 1, 2, 3),
        tuning=60,
        held_out=140,
    ),
    _Family(
        name="exercise-drone-mast",
        what="the same, wind from a mast only",
        conditions=Conditions(wind_places=(WindPlace.MAST,)),
        numbers=(0, 1, 2, 3),
        tuning=0,
        held_out=40,
    ),
    _Family(
        name="exercise-drone-acetone",
        what="drone with an acetone sensor, 0-2 sources of 0.3-3 kg/h",
        conditions=Conditions(gas=ACETONE),
        numbers=(0, 1, 2),
        tuning=0,
        held_out=42,
    ),
    _Family(
        name="exercise-drone-coarse",
        what="drone with a methane sensor whose steps are four times its noise, 0-2 sources",
        conditions=Conditions(resolution=4.0),
        numbers=(0, 1, 2),
        tuning=0,
        held_out=42,
    ),
    _Family(
        name="exercise-samplers",
        what="27-51 samplers on three arcs, three ten-minute means, one methane source",
        conditions=Conditions(kind=Kind.SAMPLERS),
        numbers=(1,),
        tuning=40,
        held_out=200,
    ),
    _Family(
        name="exercise-beams",
        what="eight open paths over a field of 60-150 m, two hours of five-minute means, one or two methane sources",
        conditions=Conditions(kind=Kind.BEAMS, box_m=(60.0, 150.0), apart_m=15.0),
        numbers=(1, 2),
        tuning=40,
        held_out=60,
    ),
)

EXPERIMENTS = tuple(
    Experiment(
        name=family.name,
        what=family.what,
        cases=family.cases,
        trial=family.trial,
        origin="exercise",
        single=family.numbers == (1,),
    )
    for family in _FAMILIES
)
