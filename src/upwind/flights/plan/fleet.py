"""Several aircraft for one survey: its sorties divided so that the last one home is home early.

All start at once. Sorties as long as the endurance may divide badly, so surveys of shorter sorties, as many for each
aircraft, are planned, too; the earliest end counts, then the least in all. All aircraft together fly no less than the
survey's lower bound, so that the last one is home no earlier than an equal part of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from upwind.errors import InputError
from upwind.flights.plan.ground import Polygon
from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.survey import Breeze, Survey, plan_survey
from upwind.records import Platform, Sensor

__all__ = ["Fleet", "divided", "plan_fleet"]

_HOUR = 3600.0
#: Endurances tried, over an equal part of the time.
_LOOSER = (1.0, 1.04, 1.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A survey whose sorties stand in the order of the aircraft that fly them, `shares` of them each."""

    survey: Survey
    shares: tuple[int, ...]

    @property
    def sorties(self) -> tuple[tuple[Sortie, ...], ...]:
        """Those of each aircraft, one after another."""
        found, begin = [], 0
        for share in self.shares:
            found.append(self.survey.sorties[begin : begin + share])
            begin += share
        return tuple(found)

    @property
    def makespan_s(self) -> float:
        """Time until the last aircraft is home. [s]"""
        return max(sum(sortie.time_s for sortie in own) for own in self.sorties)

    @property
    def makespan_bound_s(self) -> float:
        """No fleet of as many that covers the area is home earlier. [s]"""
        return self.survey.lower_bound_s / len(self.shares)

    def starts(self, start: float) -> list[float]:
        """Return when each sortie starts, in the survey's order; all aircraft start at `start`. [s]"""
        found = []
        for own in self.sorties:
            at = start
            for sortie in own:
                found.append(at)
                at += sortie.time_s
        return found


def plan_fleet(
    polygons: Sequence[Polygon],
    chosen: tuple[Platform, Sensor],
    wind: Breeze | None,
    base: tuple[float, float] | None,
    aircraft: int,
) -> Fleet:
    """Return a survey and who of so many aircraft flies which of its sorties.

    Parameters
    ----------
    polygons, wind, base
        As `plan_survey` takes them.
    chosen
        The platform of all aircraft, and their sensor.

    Raises
    ------
    InputError
        As `plan_survey`.
    """
    platform, sensor = chosen
    surveys = [plan_survey(polygons, platform, sensor, wind, base)]
    whole = surveys[0].time_s / _HOUR
    rounds = math.ceil(whole / (aircraft * platform.endurance_h) - 1e-9)
    for looser in _LOOSER if aircraft > 1 else ():
        hours = looser * whole / (aircraft * rounds)
        if hours >= platform.endurance_h:
            continue
        try:
            surveys.append(plan_survey(polygons, replace(platform, endurance_h=hours), sensor, wind, base))
        except InputError:
            # So short a sortie holds no line with its way there and back; the whole endurance does.
            continue
    # With less endurance more sorties are needed: only the bound of the whole endurance holds for every fleet.
    bound = min(survey.lower_bound_s for survey in surveys)
    fleets = [divided(replace(survey, lower_bound_s=bound), aircraft) for survey in surveys]
    return min(fleets, key=lambda fleet: (fleet.makespan_s, fleet.survey.time_s))


def divided(survey: Survey, aircraft: int) -> Fleet:
    """Return a survey's sorties divided: the longest one left to whoever has the least to fly (Graham 1969).

    References
    ----------
    Graham 1969, doi 10.1137/0117039 (unverified).
    """
    groups: list[list[Sortie]] = [[] for _ in range(aircraft)]
    for sortie in sorted(survey.sorties, key=lambda sortie: -sortie.time_s):
        min(groups, key=lambda own: sum(one.time_s for one in own)).append(sortie)
    return Fleet(
        survey=replace(survey, sorties=tuple(sortie for own in groups for sortie in own)),
        shares=tuple(len(own) for own in groups),
    )
