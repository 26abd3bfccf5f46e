"""Several aircraft for one survey: its sorties divided so that they keep clear and the last one home is home early.

Sorties as long as the endurance may divide badly, so surveys of shorter sorties, as many for each aircraft, are
planned, too, and the same lines in bands beside one another; all are flown one way round or the other. The earliest end
counts, then the least in all. All aircraft together fly no less than the survey's lower bound, so that the last one is
home no earlier than an equal part of it. Where keeping clear takes as long as one aircraft alone, fewer are tried;
where that is so of two, there is no plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from upwind.errors import InputError
from upwind.flights.plan.air import Air
from upwind.flights.plan.apart import met
from upwind.flights.plan.bands import banded, turned
from upwind.flights.plan.field import Field, Laid
from upwind.flights.plan.ground import Polygon
from upwind.flights.plan.layers import layers_below, parted, raised
from upwind.flights.plan.occupied import Climb, Occupied, climb_of, occupied, timed
from upwind.flights.plan.separation import Nearness, Separation, separation_of
from upwind.flights.plan.sortie import Sortie
from upwind.flights.plan.staggered import Flown, Option, staggered
from upwind.flights.plan.survey import Breeze, Effort, Survey, lay, resurveyed, sorties_of, survey_of
from upwind.geo import Frame
from upwind.records import Platform, Sensor

__all__ = ["Fleet", "Unclear", "divided", "plan_fleet"]

_HOUR = 3600.0
#: Endurances tried, over an equal part of the time.
_LOOSER = (1.0, 1.04, 1.1)
#: Bands that take longer one by one come home one by one: over the base only one is held at once.
_RAMPS = (0.0, 0.3, -0.3, 0.6, -0.6, 0.9, -0.9)
#: Heights of transits keep a lost link clear of lines, too: they may take so many times as long. A choice.
_UNLAYERED = 1.1
#: Fewer aircraft than so many need no others to keep clear of.
_PAIR = 2
#: Ways are held in pieces of this part of the separation.
_PIECE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A survey whose sorties stand in the order of the aircraft that fly them, `shares` of them each.

    Attributes
    ----------
    begins
        When each sortie takes off after the plan's start, in the survey's order. [s]
    held
        Where each may be and when; none where nobody looked whether they keep clear.
    separation
        What is kept; None where nobody looked.
    layers
        The heights above ground that transits are flown at, aircraft by aircraft and over again. [m]
    climb_s
        The most that a climb over the base takes, and a descent. [s]
    unheld_s
        When the last aircraft would be home if none kept clear. [s]
    near
        How near each pair is expected to come, the nearest first; see `nearness`.
    """

    survey: Survey
    shares: tuple[int, ...]
    begins: tuple[float, ...]
    held: tuple[Occupied, ...] = ()
    separation: Separation | None = None
    layers: tuple[float, ...] = ()
    climb_s: float = 0.0
    unheld_s: float = math.nan
    near: tuple[Nearness, ...] = ()

    @property
    def of(self) -> tuple[int, ...]:
        """Which aircraft flies each sortie, from 0, in the survey's order."""
        return tuple(number for number, share in enumerate(self.shares) for _ in range(share))

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
        """Time until the last aircraft is home, as planned. [s]"""
        flown = zip(self.begins, self.survey.sorties, strict=True)
        return max(begin + sortie.time_s for begin, sortie in flown)

    @property
    def latest_s(self) -> float:
        """By then the last one has landed for certain. [s]"""
        return max((begin + one.home_s for begin, one in zip(self.begins, self.held, strict=True)), default=math.nan)

    @property
    def makespan_bound_s(self) -> float:
        """No fleet of as many that covers the area is home earlier. [s]"""
        return self.survey.lower_bound_s / len(self.shares)

    def starts(self, start: float) -> list[float]:
        """Return when each sortie takes off, in the survey's order, if the plan starts at `start`. [s]"""
        return [start + begin for begin in self.begins]

    def starts_of(self, number: int, start: float) -> list[float]:
        """Return when each sortie of one aircraft, from 0, takes off. [s]"""
        return [start + begin for begin, who in zip(self.begins, self.of, strict=True) if who == number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """That no plan keeps aircraft clear and is home before one alone: where the first two would meet otherwise.

    `pair` counts aircraft from 1; `after_s` is after the start; `place` is longitude, latitude [deg].
    """

    pair: tuple[int, int]
    after_s: float
    place: tuple[float, float]
    alone_s: float
    separation: Separation


def plan_fleet(
    polygons: Sequence[Polygon],
    chosen: tuple[Platform, Sensor],
    wind: Breeze | None,
    base: tuple[float, float] | None,
    aircraft: int,
    ceiling_m: float = math.inf,
) -> Fleet | Unclear:
    """Return a survey and who of so many aircraft flies which of its sorties, when, clear of all others.

    Parameters
    ----------
    polygons, wind, base
        As `plan_survey` takes them.
    chosen
        The platform of all aircraft, and their sensor.
    ceiling_m
        No transit is higher above ground. [m]

    Raises
    ------
    InputError
        As `plan_survey`.
    """
    platform, sensor = chosen
    field, laid = lay(polygons, platform, sensor, wind, base)
    survey = survey_of(field, laid, sensor)
    if aircraft == 1:
        return divided(survey, 1)
    ways = list(_keepings(platform, field, float(sensor.height_m or 0.0), aircraft, ceiling_m))
    fleets, unheld = [], []
    for one in _laid(polygons, laid, chosen, (wind, base), aircraft):
        own = survey if one is laid else resurveyed(survey, field, one, sensor)
        round_again = sorties_of(field, turned(one), sensor)
        unheld.append(divided(own, aircraft))
        fleets += [_cleared(own, round_again, keeping, aircraft) for keeping in ways]
    without = min(unheld, key=_worth)
    sooner = [fleet for fleet in fleets if fleet.makespan_s < survey.time_s or len(without.begins) == 1]
    if sooner:
        return replace(min(sooner, key=_worth), unheld_s=without.makespan_s)
    fewer = plan_fleet(polygons, chosen, wind, base, aircraft - 1, ceiling_m) if aircraft > _PAIR else None
    if isinstance(fewer, Fleet):
        return replace(fewer, shares=(*fewer.shares, 0), unheld_s=without.makespan_s)
    return _unclear(without, ways[0], survey.time_s)


def divided(survey: Survey, aircraft: int) -> Fleet:
    """Return a survey's sorties divided as if none need keep clear: all aircraft start at once, the longest ones first.

    References
    ----------
    Graham 1969, doi 10.1137/0117039 (unverified).
    """
    free = [0.0] * aircraft
    given = []
    for number in sorted(range(len(survey.sorties)), key=lambda number: -survey.sorties[number].time_s):
        who = free.index(min(free))
        given.append(Flown(aircraft=who, number=number, option=0, begin=free[who]))
        free[who] += survey.sorties[number].time_s
    return _fleet(survey, given, aircraft)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keeping:
    """How aircraft are kept clear: the air, what they keep, how they climb, and heights of transits [m]."""

    air: Air
    separation: Separation
    climb: Climb
    layers: tuple[float, ...]

    def option(self, sortie: Sortie, frame: Frame) -> Option:
        """Return one way round of a sortie, its transits parted from its lines, and where it may be."""
        if self.climb.way_m is not None and sortie.lines[0, 0] > 0:
            sortie = parted(sortie, timed(sortie, frame, self.air), self.climb.way_m)
        ways = timed(sortie, frame, self.air)
        return Option(sortie=sortie, held=occupied(ways, self.air, self.climb, _PIECE * self.separation.across_m))


def _keepings(platform: Platform, field: Field, lines_m: float, aircraft: int, ceiling_m: float) -> Iterator[_Keeping]:
    """Yield how aircraft may be kept clear: with transits at the lines' height, all above them, and each above others.

    More heights keep transits apart, and take longer to climb to.
    """
    separation = separation_of(platform)
    step = float(math.ceil(separation.up_m))
    most = layers_below(ceiling_m, lines_m, step, aircraft) if field.base is not None else 0
    for count in sorted({0, min(most, 1), most}):
        layers = tuple(lines_m + (1 + layer) * step for layer in range(count))
        climb = climb_of(platform, max(layers, default=lines_m), count * step)
        yield _Keeping(air=field.air, separation=separation, climb=climb, layers=layers)


def _laid(
    polygons: Sequence[Polygon],
    laid: Laid,
    chosen: tuple[Platform, Sensor],
    conditions: tuple[Breeze | None, tuple[float, float] | None],
    aircraft: int,
) -> Iterator[Laid]:
    """Yield the survey of the whole endurance, bands of its lines, then surveys of shorter sorties."""
    platform, sensor = chosen
    yield laid
    whole = laid.time / _HOUR
    rounds = math.ceil(whole / (aircraft * platform.endurance_h) - 1e-9)
    # Bands want lines of one course, as they are laid where nothing is kicked.
    plain = lay(polygons, platform, sensor, *conditions, Effort(kicks=0))
    for ramp in _RAMPS:
        yield banded(*plain, aircraft * rounds, ramp)
    for looser in _LOOSER:
        hours = looser * whole / (aircraft * rounds)
        if hours >= platform.endurance_h:
            continue
        try:
            yield lay(polygons, replace(platform, endurance_h=hours), sensor, *conditions)[1]
        except InputError:
            # So short a sortie holds no line with its way there and back; the whole endurance does.
            continue


def _cleared(survey: Survey, round_again: Sequence[Sortie], keeping: _Keeping, aircraft: int) -> Fleet:
    """Return a survey's sorties divided so that aircraft keep clear, each flown one way round or the other."""
    ways = zip(survey.sorties, round_again, strict=True)
    options = [[keeping.option(sortie, survey.frame) for sortie in both] for both in ways]
    given = staggered(options, aircraft, len(keeping.layers), keeping.separation.across_m)
    given.sort(key=lambda one: (one.aircraft, one.begin))
    chosen = [options[one.number][one.option] for one in given]
    sorties = [
        raised(option.sortie, keeping.layers[one.aircraft % len(keeping.layers)]) if keeping.layers else option.sortie
        for one, option in zip(given, chosen, strict=True)
    ]
    fleet = _fleet(survey, given, aircraft)
    return replace(
        fleet,
        survey=replace(survey, sorties=tuple(sorties)),
        held=tuple(option.held for option in chosen),
        separation=keeping.separation,
        layers=keeping.layers,
        climb_s=keeping.climb.over_s,
    )


def _fleet(survey: Survey, given: Sequence[Flown], aircraft: int) -> Fleet:
    """Return a fleet of who flies each sortie from when."""
    order = sorted(given, key=lambda one: (one.aircraft, one.begin))
    return Fleet(
        survey=replace(survey, sorties=tuple(survey.sorties[one.number] for one in order)),
        shares=tuple(sum(one.aircraft == who for one in order) for who in range(aircraft)),
        begins=tuple(one.begin for one in order),
    )


def _worth(fleet: Fleet) -> tuple[float, float]:
    return fleet.makespan_s * (1.0 if fleet.layers else _UNLAYERED), fleet.survey.time_s


def _unclear(fleet: Fleet, keeping: _Keeping, alone_s: float) -> Unclear:
    """Return where the first two aircraft of a fleet that none keeps clear would come too near each other."""
    held = [keeping.option(sortie, fleet.survey.frame).held for sortie in fleet.survey.sorties]
    firsts = [fleet.of.index(who) for who in range(len(fleet.shares)) if fleet.shares[who]]
    found = [
        (clash, pair)
        for pair in combinations(firsts, 2)
        if (clash := met(held[pair[0]], held[pair[1]], keeping.separation.across_m)) is not None
    ]
    clash, pair = min(found, key=lambda one: one[0].after_s)
    place = fleet.survey.frame.to_geographic(*(np.array([along]) for along in clash.place))
    return Unclear(
        pair=(fleet.of[pair[0]] + 1, fleet.of[pair[1]] + 1),
        after_s=clash.after_s,
        place=(float(place[0][0]), float(place[1][0])),
        alone_s=alone_s,
        separation=keeping.separation,
    )
