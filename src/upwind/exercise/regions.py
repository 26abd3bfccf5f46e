"""Regions in which something hides and is not always there, to grade searches by: settlements, sites, days, finds.

A region is a square with a few settlements. Sites stand mostly within them, emit at a log-normal rate, and are silent
most of the time: on and off are the two states of a Markov process whose spells last hours. Whoever plans gets a map of
where sites could be that is informative and wrong (settlements misplaced, misjudged, missing, or of no interest) and a
forecast of each day's wind that errs. What a flown path finds is decided by filaments of gas in that day's true wind,
which are late and noisy in the sensor: no plume formula takes part, and nothing of `dispersion`.

Every range here is a choice, made before any search was graded by it. At the median rate, 0.1 g/s of acetone, the mean
plume of a house holds a part per billion out to a few hundred metres.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.exercise.conditions import ACETONE
from upwind.exercise.filaments import Filaments, Receptors, TrueSource, concentration
from upwind.exercise.sensors import GasSensor, sense
from upwind.exercise.survey import GAS_CONSTANT
from upwind.exercise.wind import Stability, Weather, WindSeries, blow, draw_weather

__all__ = ["DAY_S", "FlownPath", "Forecast", "HiddenSite", "Region", "Sniffer", "finds", "make_region"]

DAY_S = 86_400.0
#: Every flight day's wind blows from half an hour before the first take-off for so long. [s]
BEFORE_S, LONGEST_S = 1_800.0, 6.0 * 3_600.0
#: The region's side and the step of its map. [m]
SIDE_M, CELL_M = 10_000.0, 100.0
MOST_SITES = 5
#: Log-normal emission rate: median [kg/h] and standard deviation of its logarithm.
RATE_MEDIAN, RATE_SPREAD = 0.36, 0.8
#: Share of the time that a site emits, and mean length of a spell of emission. [h]
DUTY, ON_H = (0.1, 0.6), (2.0, 8.0)
#: Height at which a site's vents are. [m]
VENT_M = (1.0, 6.0)
#: Gas is followed no further than this downwind, and this far aside for each metre downwind. [m], [1]
REACH_M, ASIDE = 3_000.0, 0.6
#: A pass begins and ends within these of the site and of its gas. [m]
BEHIND_M, BESIDE_M = 100.0, 200.0
#: A find is so many readings in a row over the limit.
IN_A_ROW = 2
TICK_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenSite:
    """A site that nobody but the exercise knows.

    `switches` are the times [s] at which it goes from silent to emitting or back, ascending; `first_on` is whether it
    emits before the first of them; `duty` the share of the time that it emits.
    """

    source: TrueSource
    duty: float
    first_on: bool
    switches: FloatArray

    def emits(self, time_s: float) -> bool:
        """Return whether it emits at a time."""
        return bool(self.first_on ^ (np.searchsorted(self.switches, time_s, side="right") % 2 == 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a planner is told of a flight day: the wind at 10 m and how the air mixes."""

    speed_m_s: float
    wind_from_deg: float
    stability: Stability


@dataclass(frozen=True, slots=True, kw_only=True)
class Sniffer:
    """A sensor in the air: the least enhancement it tells from none [ppb], and its time to 90 % of a step [s]."""

    limit_ppb: float
    response_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlownPath:
    """Where an aircraft was, second by second: `start_s` since the mission's first midnight, and columns (tick,) [m].

    Easting and northing are about the region's middle, `up` is above ground.
    """

    start_s: float
    easting: FloatArray
    northing: FloatArray
    up: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region with its truth, `sites`, and what a planner may know of it: `prior` and `forecasts`.

    `prior` (row, column) is the expected number of sites in each cell of `CELL_M`, rows from the south, columns from
    the west; `weathers` and `forecasts` have one entry a flight day.
    """

    seed: int
    prior: FloatArray
    sites: tuple[HiddenSite, ...]
    weathers: tuple[Weather, ...]
    forecasts: tuple[Forecast, ...]

    def wind(self, day: int) -> WindSeries:
        """Return the true wind of a flight day, whose time zero is the take-off."""
        rng = np.random.default_rng([self.seed, 1, day])
        return blow(rng, self.weathers[day], (-BEFORE_S, LONGEST_S), TICK_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settlement:
    """One place where people live: its middle, its standard deviation [m] and its share."""

    easting: float
    northing: float
    size: float
    weight: float


def make_region(seed: int, days: int = 3) -> Region:
    """Return a region; the same seed gives the same one.

    Parameters
    ----------
    seed
        Decides everything, the air of every flight too.
    days
        How many flight days there are.

    Examples
    --------
    >>> region = make_region(7)
    >>> region.prior.shape, len(region.forecasts)
    ((100, 100), 3)
    """
    rng = np.random.default_rng([seed, 0])
    settlements = _draw_settlements(rng)
    background = rng.uniform(0.1, 0.25)
    truth = _density(settlements, background)
    number = int(rng.integers(MOST_SITES + 1))
    sites = tuple(_draw_site(rng, truth, days) for _ in range(number))
    weathers = tuple(_draw_day(rng) for _ in range(days))
    return Region(
        seed=seed,
        prior=0.5 * MOST_SITES * _density(_misjudged(rng, settlements), 0.2),
        sites=sites,
        weathers=weathers,
        forecasts=tuple(_forecast(rng, weather) for weather in weathers),
    )


def finds(region: Region, day: int, path: FlownPath, sniffer: Sniffer) -> tuple[bool, ...]:
    """Return which of the region's sites a flown path finds.

    Parameters
    ----------
    region
        With its truth.
    day
        Of the flight, from 0. Its wind is that from the path's start on, whatever the hour of that is.
    path
        As flown, one position a second.
    sniffer
        A find is `IN_A_ROW` readings in a row that exceed its limit over the air's own gas, in which white noise of a
        third of the limit stands.

    Returns
    -------
    tuple
        One answer a site. Whether a site emits is asked once a pass, for when the gas that is met left it.
    """
    series = region.wind(day)
    return tuple(_is_found(region, day, number, path, (series, sniffer)) for number in range(len(region.sites)))


def _is_found(region: Region, day: int, number: int, path: FlownPath, met: tuple[WindSeries, Sniffer]) -> bool:
    """Return whether any pass of a path meets one site's gas."""
    site, (series, sniffer) = region.sites[number], met
    east = path.easting - site.source.easting_m
    north = path.northing - site.source.northing_m
    tick = np.rint(np.arange(east.size) * TICK_S - series.start_s).astype(np.int64)
    along = east * series.toward_east[tick] + north * series.toward_north[tick]
    aside = np.abs(east * series.toward_north[tick] - north * series.toward_east[tick])
    near = (along > -BEHIND_M) & (along < REACH_M) & (aside < ASIDE * np.maximum(along, 0.0) + BESIDE_M)
    slow = max(float(series.weather.speed_at(np.array(3.0))) - 0.5 * series.weather.sigma_meander, 0.8)
    for first, last in _spans(near):
        nearest = first + int(np.argmin(aside[first:last]))
        left_s = path.start_s + nearest * TICK_S - max(along[nearest], 0.0) / slow
        if not site.emits(left_s):
            continue
        rng = np.random.default_rng([region.seed, 2, day, number, first])
        before = min(1.4 * max(float(along[first:last].max()), 0.0) / slow + 60.0, BEFORE_S + first)
        window = _window(series, first, last, round(before))
        place = (east[first:last], north[first:last], path.up[first:last])
        if _smells(rng, site.source, window, place, sniffer):
            return True
    return False


def _smells(
    rng: np.random.Generator,
    source: TrueSource,
    series: WindSeries,
    place: tuple[FloatArray, FloatArray, FloatArray],
    sniffer: Sniffer,
) -> bool:
    """Return whether readings along places about a source [m] stand out."""
    ticks = place[0].size
    nothing = np.zeros((1, ticks))
    receptors = Receptors(
        easting=place[0][None],
        northing=place[1][None],
        up=place[2][None],
        beam_east=nothing,
        beam_north=nothing,
        beam_up=nothing,
        ticks=ticks,
        tick_s=TICK_S,
    )
    here = replace(source, easting_m=0.0, northing_m=0.0)
    # Far from the source filaments are large: fewer of them make as smooth a cloud.
    far = float(np.hypot(place[0], place[1]).min())
    filaments = Filaments(per_second=float(np.clip(1_000.0 / max(far, 1.0), 1.0, 4.0)))
    mass = concentration(rng, (here,), series, receptors, filaments)[0]
    weather = series.weather
    moles = mass / ACETONE.molar_mass * GAS_CONSTANT * weather.temperature_k / weather.pressure_pa
    # First order: 90 % of a step is reached after ln(10) time constants.
    sensor = GasSensor(
        transport_s=0.0,
        response_s=sniffer.response_s / float(np.log(10.0)),
        noise=sniffer.limit_ppb / 3.0,
        resolution=0.0,
    )
    over = sense(rng, sensor, moles * ACETONE.per_mole, TICK_S)[0] > sniffer.limit_ppb
    row = np.convolve(over, np.ones(IN_A_ROW), mode="valid") if over.size >= IN_A_ROW else np.zeros(1)
    return bool((row > IN_A_ROW - 0.5).any())


def _window(series: WindSeries, first: int, last: int, before: int) -> WindSeries:
    """Return the wind of one pass, its time zero at the pass's first tick."""
    zero = round(-series.start_s / TICK_S) + first
    part = slice(max(zero - before, 0), zero + (last - first) + 2)
    return WindSeries(
        weather=series.weather,
        start_s=float(part.start - zero) * TICK_S,
        tick_s=TICK_S,
        toward_east=series.toward_east[part],
        toward_north=series.toward_north[part],
        eddy_east=series.eddy_east[part],
        eddy_north=series.eddy_north[part],
    )


def _spans(near: BoolArray) -> list[tuple[int, int]]:
    """Return where an array is true, as (first, one after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int64)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _draw_settlements(rng: np.random.Generator) -> list[_Settlement]:
    """Return one or two towns, and villages of which half cluster about them."""
    half = 0.45 * SIDE_M
    towns = rng.uniform(-half, half, (int(rng.integers(1, 3)), 2))
    found = [_settlement(rng, town, (400.0, 900.0)) for town in towns]
    for _ in range(int(rng.integers(4, 10))):
        place = rng.uniform(-half, half, 2)
        if rng.uniform() < 0.5:  # noqa: PLR2004 - half of them
            place = np.clip(towns[int(rng.integers(len(towns)))] + rng.normal(0.0, 1_500.0, 2), -half, half)
        found.append(_settlement(rng, place, (100.0, 300.0)))
    return found


def _settlement(rng: np.random.Generator, place: FloatArray, size_m: tuple[float, float]) -> _Settlement:
    size = float(rng.uniform(*size_m))
    # Sites go with houses, houses with the settled area, and nobody knows why one place draws more than another.
    weight = size**1.5 * float(np.exp(rng.normal(0.0, 0.6)))
    return _Settlement(easting=float(place[0]), northing=float(place[1]), size=size, weight=weight)


def _misjudged(rng: np.random.Generator, settlements: list[_Settlement]) -> list[_Settlement]:
    """Return the settlements as a planner's map has them."""
    known = [
        _Settlement(
            easting=one.easting + float(rng.normal(0.0, 150.0)),
            northing=one.northing + float(rng.normal(0.0, 150.0)),
            size=one.size * float(np.exp(rng.normal(0.0, 0.2))),
            weight=one.weight * float(np.exp(rng.normal(0.0, 0.6))),
        )
        for one in settlements
        if rng.uniform() > 1.0 / 8.0
    ]
    idle = _settlement(rng, rng.uniform(-0.45 * SIDE_M, 0.45 * SIDE_M, 2), (100.0, 400.0))
    return [*known, idle]


def _density(settlements: list[_Settlement], background: float) -> FloatArray:
    """Return the probability of each cell, of which a share is spread evenly."""
    middle = -0.5 * SIDE_M + CELL_M * (np.arange(round(SIDE_M / CELL_M)) + 0.5)
    total = np.zeros((middle.size, middle.size))
    for one in settlements:
        east = np.exp(-0.5 * ((middle - one.easting) / one.size) ** 2)
        north = np.exp(-0.5 * ((middle - one.northing) / one.size) ** 2)
        total += one.weight * north[:, None] * east[None, :] / one.size**2
    return np.asarray((1.0 - background) * total / total.sum() + background / total.size)


def _draw_site(rng: np.random.Generator, density: FloatArray, days: int) -> HiddenSite:
    row, column = divmod(int(rng.choice(density.size, p=density.ravel())), density.shape[1])
    east, north = (-0.5 * SIDE_M + CELL_M * (cell + rng.uniform()) for cell in (column, row))
    source = TrueSource(
        easting_m=float(east),
        northing_m=float(north),
        height_m=float(rng.uniform(*VENT_M)),
        rate_kg_h=float(RATE_MEDIAN * np.exp(RATE_SPREAD * rng.standard_normal())),
    )
    duty, on_h = float(rng.uniform(*DUTY)), float(rng.uniform(*ON_H))
    first_on = bool(rng.uniform() < duty)
    mean_h, spells, state = (on_h * (1.0 - duty) / duty, on_h), [0.0], first_on
    while spells[-1] < (days + 2) * DAY_S:
        spells.append(spells[-1] + 3_600.0 * float(rng.exponential(mean_h[state])))
        state = not state
    return HiddenSite(source=source, duty=duty, first_on=first_on, switches=np.array(spells[1:]))


def _draw_day(rng: np.random.Generator) -> Weather:
    """Return the weather of a flight day: flights are by day, so the air is seldom stable."""
    kinds = (Stability.UNSTABLE, Stability.NEUTRAL, Stability.STABLE)
    weather = draw_weather(rng, kinds[int(rng.choice(3, p=(0.55, 0.35, 0.1)))])
    return replace(weather, swing_deg=float(rng.uniform(4.0, 10.0)), veer_deg_h=float(rng.normal(0.0, 8.0)))


def _forecast(rng: np.random.Generator, weather: Weather) -> Forecast:
    return Forecast(
        speed_m_s=weather.speed_m_s * float(np.exp(rng.normal(0.0, 0.15))),
        wind_from_deg=float((weather.wind_from_deg + weather.veer_deg_h + rng.normal(0.0, 12.0)) % 360.0),
        stability=weather.stability,
    )
