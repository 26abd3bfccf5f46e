"""A search: from a map of where something could be to the sorties that are worth flying, and what each may find.

Each sortie is chosen by what is left if those before it found nothing, and beside it stands what even coverage, which
has seen as little, would find in the same air. Where a map says little, more may be reckoned with of even lines: then
they are flown. What the model expects is not yet what to believe; see `reckoning`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.errors import InputError
from upwind.flights.permission.areas import inside
from upwind.flights.plan.air import Air, air_of
from upwind.flights.plan.ground import Polygon
from upwind.flights.plan.legs import legs_of
from upwind.flights.plan.paths import Flight, fly
from upwind.flights.plan.sortie import Sortie, Sorties, sortie_of
from upwind.flights.search.belief import Belief, Duties, believe
from upwind.flights.search.chances import Chances, Outlook, Rates, chances_of
from upwind.flights.search.choose import Effort, choose
from upwind.flights.search.even import evenly
from upwind.flights.search.lattice import Lattice, lattice_over
from upwind.flights.search.legs import Leg, Motion, as_table
from upwind.flights.search.reckoning import reckoned
from upwind.flights.search.silence import silence
from upwind.geo import Frame, frame_of
from upwind.records import Platform, Sensor
from upwind.records.mapped import SearchMap

__all__ = ["Search", "Sought", "Terms", "Worth", "plan_search"]

_HOUR = 3600.0
#: More cells than this within the area are finer than any plume is known.
_MOST_CELLS = 250_000
#: A tour that takes too long once its turns are flown in the wind is chosen again in so much of the time, so often.
_SHORTER, _TRIES = 0.96, 8
#: A map whose cells differ by less than this share says the same of all of them.
_SAME = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for: a gas, at what rates it is emitted, and how often."""

    gas: str
    rates: Rates
    duties: Duties


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms: aircraft and sensor, the weather expected, height above ground [m], base, number of sorties.

    `base` is longitude, latitude [deg], or None; `seed` decides which parts of a tour are tried again.
    """

    platform: Platform
    sensor: Sensor
    outlook: Outlook
    height_m: float
    base: tuple[float, float] | None = None
    sorties: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the model expects of one sortie.

    Attributes
    ----------
    legs
        Expected number of finds of each leg, in the order flown: what the legs before it leave.
    unled
        Whether no map led the legs: they are the lines of even coverage, or the map is the same all over the area.
    bound
        No legs across the wind find more in the time.
    even, even_s
        Expected number of finds of even coverage, and the time that it takes. [s]
    """

    legs: tuple[float, ...]
    unled: bool
    bound: float
    even: float
    even_s: float

    @property
    def expected(self) -> float:
        """Expected number of finds."""
        return sum(self.legs)

    @property
    def finds(self) -> float:
        """Number of finds to reckon with."""
        return reckoned(self.expected, unled=self.unled)

    @property
    def even_finds(self) -> float:
        """Number of finds to reckon with of even coverage."""
        return reckoned(self.even, unled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Sorties):
    """Sorties in the order flown with their worth, the map before them, and after them if they find nothing."""

    worths: tuple[Worth, ...]
    before: SearchMap
    after: SearchMap

    @property
    def expected(self) -> float:
        """Number of finds that the model expects of all sorties."""
        return sum(worth.expected for worth in self.worths)

    @property
    def finds(self) -> float:
        """Number of finds to reckon with."""
        return sum(worth.finds for worth in self.worths)

    @property
    def gap(self) -> float:
        """How much more the best legs could find than these, by the model: bound / expected - 1."""
        return sum(worth.bound for worth in self.worths) / self.expected - 1.0 if self.expected > 0.0 else math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The cells that are searched, easting and northing (cell,) [m] in a frame; `kept` (row, column) says which."""

    frame: Frame
    easting: FloatArray
    northing: FloatArray
    kept: BoolArray


def plan_search(searched: SearchMap, polygons: Sequence[Polygon], sought: Sought, terms: Terms) -> Search:
    """Return the sorties that are expected to find the most within an area.

    Parameters
    ----------
    searched
        Where something could be; what lies outside the area is neither sought nor flown over.
    polygons
        The area: each an outer ring and its holes, (vertex, 2): longitude, latitude. [deg]
    sought
        What is looked for.
    terms
        Who flies, in what weather, how often.

    Raises
    ------
    InputError
        Map and area have too little or too much in common, nothing is to be found there, the wind is too strong or,
        for a sniffer, none, the sensor has no limit for the gas, or the base is too far away.
    """
    outlook = terms.outlook
    air = air_of(terms.platform, outlook.speed_m_s, outlook.wind_from_deg)
    chances = chances_of(terms.sensor, sought.gas, terms.platform, outlook, sought.rates, terms.height_m)
    place = _place(searched, polygons)
    inner = replace(searched, undiscovered=np.where(place.kept, searched.undiscovered, 0.0))
    belief = _cut(believe(inner, sought.rates, sought.duties), place.kept)
    if not belief.expected.sum() > 0.0:
        msg = "the map says that there is nothing to find in the area; give one with a probability above 0 there"
        raise InputError(msg)
    other, base = belief, None
    if terms.base is not None:
        easting, northing = place.frame.to_local(np.array([terms.base[0]]), np.array([terms.base[1]]))
        base = (float(easting[0]), float(northing[0]))
    flown = _Air(chances=chances, air=air, base=base, wind_from=outlook.wind_from_deg)
    sorties, worths = [], []
    for number in range(terms.sorties):
        sortie, worth, belief, other = _sortie(number, place, (belief, other), flown, terms)
        sorties.append(sortie)
        worths.append(worth)
    return Search(
        sorties=tuple(sorties), worths=tuple(worths), before=inner, after=_after(searched, inner, belief, place)
    )


def _place(searched: SearchMap, polygons: Sequence[Polygon]) -> _Place:
    longitude, latitude = searched.grid.middles()
    area = {"type": "MultiPolygon", "coordinates": polygons}
    kept = inside(area, longitude.ravel(), latitude.ravel()).reshape(longitude.shape)
    count = int(np.count_nonzero(kept))
    if count <= 1:
        msg = f"{count} of the map's cells lie in the area: it lies elsewhere, or its cells are too large to choose by"
        raise InputError(msg)
    if count > _MOST_CELLS:
        msg = f"{count:,} of the map's cells lie in the area, more than {_MOST_CELLS:,}; coarsen it with gdalwarp -tr"
        raise InputError(msg)
    frame = frame_of(longitude[kept], latitude[kept])
    easting, northing = frame.to_local(longitude[kept], latitude[kept])
    return _Place(frame=frame, easting=easting, northing=northing, kept=kept)


def _cut(belief: Belief, kept: BoolArray) -> Belief:
    """Return a belief of the cells that are searched alone."""
    cells = kept.ravel()
    return replace(
        belief,
        emitting=belief.emitting[..., cells],
        silent=belief.silent[..., cells],
        expected=belief.expected[cells],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Air:
    """What is the same for all sorties: chances, and how the aircraft moves."""

    chances: Chances
    air: Air
    base: tuple[float, float] | None
    wind_from: float

    @property
    def motion(self) -> Motion:
        """As the choice of legs reckons with it."""
        air = self.air
        return Motion(airspeed_m_s=air.speed, radius_m=air.radius, wind_east=air.east, wind_north=air.north)

    def quiet(self, legs: Sequence[Leg], place: _Place) -> FloatArray:
        """Return the probability that legs show nothing of a site that emits, (rate, cell)."""
        return silence(legs, place.easting, place.northing, self.chances, self.wind_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Best:
    """Legs of a sortie, whether no map led them, and what no legs exceed."""

    legs: tuple[Leg, ...]
    unled: bool
    bound: float


def _sortie(
    number: int, place: _Place, beliefs: tuple[Belief, Belief], flown: _Air, terms: Terms
) -> tuple[Sortie, Worth, Belief, Belief]:
    """Return one sortie, its worth, and both beliefs after it: of who flies it, and of who covers evenly."""
    belief, other = beliefs
    lattice = lattice_over(place.easting, place.northing, belief.worth(), flown.chances, flown.wind_from)
    sortie, effort, best = _flown(number, place, (lattice, belief), flown, terms)
    left, found = belief.worth(), []
    miss = np.ones_like(left)
    for leg in best.legs:
        quiet = flown.quiet([leg], place)
        found.append(float((left * (1.0 - quiet)).sum()))
        left, miss = left * quiet, miss * quiet
    lines, even_s = evenly(lattice, flown.motion, effort, number)
    even_miss = flown.quiet(lines, place)
    worth = Worth(
        legs=tuple(found),
        unled=best.unled,
        bound=max(best.bound, sum(found)),
        even=float((other.worth() * (1.0 - even_miss)).sum()),
        even_s=even_s,
    )
    hours = sortie.time_s / _HOUR
    return sortie, worth, belief.after(miss).later(hours), other.after(even_miss).later(hours)


def _flown(
    number: int, place: _Place, sought: tuple[Lattice, Belief], flown: _Air, terms: Terms
) -> tuple[Sortie, Effort, _Best]:
    """Return the best legs that fit into the endurance once their turns are flown in the wind, as a sortie."""
    lattice, belief = sought
    endurance = terms.platform.endurance_h * _HOUR
    for tried in range(_TRIES):
        effort = Effort(time_s=endurance * _SHORTER**tried, height_m=terms.height_m, base=flown.base)
        chosen = choose(np.random.default_rng([terms.seed, number]), lattice, flown.motion, effort)
        lines, lines_s = evenly(lattice, flown.motion, effort, number)
        options = [_Best(legs=chosen.legs, unled=_is_even(belief), bound=chosen.bound)]
        if lines_s <= effort.time_s:
            options.append(_Best(legs=lines, unled=True, bound=chosen.bound))
        worth = [float((belief.worth() * (1.0 - flown.quiet(one.legs, place))).sum()) for one in options]
        best = max(zip(options, worth, strict=True), key=lambda pair: reckoned(pair[1], unled=pair[0].unled))[0]
        if not best.legs:
            break
        sortie = sortie_of(place.frame, _path(best.legs, flown.air, flown.base), terms.height_m)
        if sortie.time_s <= endurance:
            return sortie, effort, best
    msg = "the platform cannot fly there, see anything and return within its endurance; give a nearer base"
    raise InputError(msg)


def _is_even(belief: Belief) -> bool:
    """Return whether the map that a belief came from is the same everywhere, but for how cells narrow poleward."""
    return float(np.ptp(belief.expected)) < _SAME * float(belief.expected.mean())


def _path(legs: Sequence[Leg], air: Air, base: tuple[float, float] | None) -> Flight:
    every = legs_of(as_table(legs), air, base)
    return fly(every, 2 * np.arange(len(legs), dtype=np.int64), air)


def _after(searched: SearchMap, inner: SearchMap, belief: Belief, place: _Place) -> SearchMap:
    """Return the map that the sorties leave if they find nothing; outside the area it is as it was."""
    undiscovered, shown = searched.undiscovered.copy(), searched.shown.copy()
    undiscovered[place.kept] = -np.expm1(-belief.undiscovered)
    shown[place.kept] = 1.0 - (1.0 - inner.shown[place.kept]) * (1.0 - belief.shown)
    return replace(searched, undiscovered=undiscovered, shown=np.clip(shown, 0.0, 1.0 - 1e-12))
