"""From a lead to everybody who would be in harm's way: releases, zones, people, and the distance to keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from upwind import compounds
from upwind.arrays import BoolArray, FloatArray
from upwind.compounds import Compound
from upwind.dispersion.site import Building
from upwind.geo import Frame
from upwind.records import Emission, Isolation, Lead, Limit, Place, PopulatedArea, Precaution, Protection, Wind, Zone
from upwind.safety import plume
from upwind.safety.climate import DRAWS, estimate_of, wind_of_hour
from upwind.safety.dense import ENOUGH, all_round, heavy, stilled
from upwind.safety.exposed import Counted, count, exposure_of, facilities_of, people_of
from upwind.safety.indoors import air_changes, mean_ratio
from upwind.safety.inside import House, house_of, opening_of
from upwind.safety.isolation import UNIDENTIFIED_M, isolation_of
from upwind.safety.limits import MINUTES, limits_of
from upwind.safety.releases import Release, as_measured, spilled_indoors, spilled_outdoors
from upwind.safety.zones import MODEL_ERROR, PROBABILITIES, Draws, Rose, distances, passed, rates, rose

__all__ = ["Scenario", "Surroundings", "protect"]

#: Of the normal distribution: half the width of its central 90 %.
_NINETY = 1.6449
#: A pool is hardly above the ground. [m]
_POOL_HEIGHT_M = 0.65
#: Distances at which a limit may be passed. [m]
_ALONG = np.geomspace(2.0, plume.FARTHEST_M, 120)
#: Limits whose zone is one to warn in; the drawn zones are all those of one hour or of no time.
_WARNING = (("level 2", 60.0), ("flammable 10 %", None))
_DRAWN_MINUTES = (60.0, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What stands about the place, and who lives there; `persons_error` is the spread of the log of their number."""

    places: tuple[Place, ...] = ()
    areas: tuple[PopulatedArea, ...] = ()
    persons_error: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What an operator asks: the time of day [s since 1970], an inventory of each compound [kg], town or country."""

    time_s: float | None = None
    release_kg: float | None = None
    town: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """One release against one limit: the rate that counts [mg/s] and how far the limit is passed [m], (draw,).

    `is_heavy` says in which draws the release is heavier than the wind carries off, and `axis` is what those read then.
    """

    release: Release
    ground: plume.Ground
    is_heavy: BoolArray
    axis: FloatArray
    limit: Limit
    rate: FloatArray
    far: FloatArray


def protect(
    lead: Lead, wind: Wind | None, around: Surroundings, asked: Scenario, rng: np.random.Generator
) -> Protection:
    """Return zones and people for a lead.

    Parameters
    ----------
    lead
        Place and emissions.
    wind
        Meets `WIND`; None: the assumed worst and usual case, from any side.
    around
        The map and the population; both may be empty.
    asked
        The hour, and a release that an operator chose.
    rng
        Decides every draw.
    """
    frame = Frame(longitude=lead.longitude, latitude=lead.latitude)
    open_ground = plume.Ground(town=asked.town, building=None)
    here = (lead.longitude, lead.latitude)
    blowing, told = wind_of_hour(wind, asked.time_s, here, open_ground.roughness_m, rng)
    draws = Draws(
        blowing=blowing,
        origin=_origins(lead, rng),
        factor=np.exp(MODEL_ERROR * rng.standard_normal(DRAWS)),
        air_changes=air_changes(rng, DRAWS),
    )
    house = house_of(around.places, frame, rng)
    known = [(each, compounds.find(each.compound)) for each in lead.emissions]
    releases, notes = _releases(known, asked.release_kg, draws, rng)
    reaches = [reach for release in releases for reach in _reaches(release, house, asked, draws)]
    notes += [("note_dense", name) for name in _heavy_of(reaches)]
    isolations = tuple(filter(None, (isolation_of(compound) for _, compound in known if compound is not None)))
    off_m = np.hypot(*draws.origin.T)
    precaution = _precaution(reaches, isolations, off_m)
    farthest = [float((each.far + off_m).max()) for each in reaches if each.limit.kind != "odour"]
    counted_m = 1.1 * max([precaution.metres, *farthest])
    people = people_of((around.places, around.areas), around.persons_error, frame, counted_m, rng)
    zones, warned = _zones(reaches, people, frame, draws)
    measured = [each for each in releases if each.scenario == "as measured"]
    return Protection(
        lead=lead,
        wind=told,
        town=asked.town,
        release_kg=asked.release_kg,
        zones=zones,
        facilities=facilities_of(people, warned),
        isolations=isolations,
        openings=tuple(opening_of(each, house, draws.air_changes, blowing.temperature_k) for each in measured),
        exposure=exposure_of(people, warned, precaution.metres),
        shelter={minutes: estimate_of(mean_ratio(draws.air_changes, minutes), "1") for minutes in MINUTES},
        precaution=precaution,
        notes=tuple(notes),
    )


def _origins(lead: Lead, rng: np.random.Generator) -> FloatArray:
    """Return where the source may be, (draw, 2). [m]"""
    bounds = np.array([lead.easting_90, lead.northing_90])
    spread = np.ptp(bounds, axis=1) / (2.0 * _NINETY)
    origin: FloatArray = bounds.mean(axis=1) + spread * rng.standard_normal((DRAWS, 2))
    return origin


def _releases(
    known: Sequence[tuple[Emission, Compound | None]],
    release_kg: float | None,
    draws: Draws,
    rng: np.random.Generator,
) -> tuple[list[Release], list[tuple[str, str]]]:
    """Return every scenario of every compound, and notes on what could not be computed."""
    warmth_k = draws.blowing.temperature_k
    releases: list[Release | None] = []
    notes: list[tuple[str, str]] = []
    for emission, compound in known:
        if compound is None:
            notes.append(("note_unknown", emission.compound))
            continue
        if not limits_of(compound):
            notes.append(("note_no_limits", compound.name))
        releases.append(as_measured(compound, emission, rng, DRAWS))
        if releases[-1] is None:
            notes.append(("note_no_rate", compound.name))
        if release_kg is not None:
            releases.append(spilled_outdoors(compound, release_kg, draws.blowing.speed, warmth_k))
            if releases[-1] is None:
                notes.append(("note_no_vapour", compound.name))
            releases.append(spilled_indoors(compound, release_kg, draws.air_changes, warmth_k))
    return [each for each in releases if each is not None], notes


def _reaches(release: Release, house: House, asked: Scenario, draws: Draws) -> Iterator[_Reach]:
    """Yield how far each limit of a release's compound is passed."""
    outdoors = release.scenario == "spill outdoors"
    pool = Building(width_m=release.pool_m, height_m=_POOL_HEIGHT_M)
    ground = plume.Ground(town=asked.town, building=pool if outdoors else house.size)
    is_heavy = heavy(release, draws.blowing, release.pool_m if outdoors else house.size.width_m)
    if is_heavy.mean() < ENOUGH:
        is_heavy = np.zeros_like(is_heavy)
    axis = plume.axis(stilled(draws.blowing, is_heavy), ground, _ALONG)
    for limit in limits_of(release.compound):
        rate = rates(release, limit, draws)
        far = distances(axis, _ALONG, rate, limit)
        yield _Reach(release=release, ground=ground, is_heavy=is_heavy, axis=axis, limit=limit, rate=rate, far=far)


def _heavy_of(reaches: Sequence[_Reach]) -> list[str]:
    """Return the compounds of which some release is heavier than the wind carries off."""
    return list(dict.fromkeys(each.release.compound.name for each in reaches if each.is_heavy.any()))


def _zones(
    reaches: Sequence[_Reach], people: Counted, frame: Frame, draws: Draws
) -> tuple[tuple[Zone, ...], BoolArray]:
    """Return all zones, and in which draws each place of `people` is in one to warn in, (draw, place)."""
    drawn = [float(np.quantile(each.far, 0.99)) for each in reaches if each.limit.minutes in _DRAWN_MINUTES]
    about = rose(1.2 * max(drawn, default=0.0))
    warned = np.zeros((DRAWS, len(people.places)), dtype=np.bool_)
    places = np.concatenate([people.places, about.places])
    fields: dict[tuple[object, ...], FloatArray] = {}
    zones: list[Zone] = []
    for each in reaches:
        field = _field(each, places, draws, fields)
        at_people, at_rose = field[:, : len(people.places)], field[:, len(people.places) :]
        if (each.limit.kind, each.limit.minutes) in _WARNING:
            warned |= passed(at_people, each.rate, each.limit)
        zones.append(_zone(each, (people, at_people), (about, at_rose), frame, draws))
    return tuple(zones), warned


def _field(reach: _Reach, places: FloatArray, draws: Draws, known: dict[tuple[object, ...], FloatArray]) -> FloatArray:
    """Return what places read of a release, (draw, place), and keep it in `known`: limits share it. [s m-3]"""
    light = (reach.ground,)
    if light not in known:
        known[light] = plume.field(draws.blowing, reach.ground, draws.origin, places)
    if not reach.is_heavy.any():
        return known[light]
    heavy_one = (reach.ground, reach.release.scenario, reach.release.compound.cas)
    if heavy_one not in known:
        rows = np.flatnonzero(reach.is_heavy)
        field = known[light].copy()
        field[rows] = all_round(reach.axis[rows], _ALONG, draws.origin[rows], places)
        known[heavy_one] = field
    return known[heavy_one]


def _zone(
    reach: _Reach,
    people: tuple[Counted, FloatArray],
    about: tuple[Rose, FloatArray],
    frame: Frame,
    draws: Draws,
) -> Zone:
    counted, at_people = people
    limit, rate = reach.limit, reach.rate
    exposed = sheltered = None
    if limit.kind != "odour":
        exposed = count(counted, passed(at_people, rate, limit))
    if limit.minutes is not None:
        sheltered = count(counted, passed(at_people, rate * mean_ratio(draws.air_changes, limit.minutes), limit))
    outlines = {}
    if limit.minutes in _DRAWN_MINUTES:
        share = passed(about[1], rate, limit).mean(axis=0)
        outlines = {each: about[0].outline(share, each, frame) for each in PROBABILITIES}
    return Zone(
        scenario=reach.release.scenario,
        compound=reach.release.compound.name,
        limit=limit,
        is_all_round=bool(reach.is_heavy.any()),
        distance=estimate_of(reach.far, "m"),
        outlines=outlines,
        exposed=exposed,
        sheltered=sheltered,
    )


def _precaution(reaches: Sequence[_Reach], isolations: Sequence[Isolation], off_m: FloatArray) -> Precaution:
    """Return the largest of what zones reach, what the guidebook says, and what it says of the unidentified.

    All are about the source, so that how far it may be off (draw,) [m] adds to each.
    """
    off = float(np.quantile(off_m, 0.95))
    found = [Precaution(metres=UNIDENTIFIED_M + off, cause="unidentified")]
    found += [
        Precaution(metres=each.isolation_m + off, cause="isolation", compound=each.compound) for each in isolations
    ]
    found += [
        Precaution(
            metres=float(np.quantile(np.where(each.far > 0.0, each.far + off_m, 0.0), 0.95)),
            cause="zone",
            compound=each.release.compound.name,
            scenario=each.release.scenario,
            kind=each.limit.kind,
        )
        for each in reaches
        if (each.limit.kind, each.limit.minutes) in _WARNING
    ]
    return max(found, key=lambda each: each.metres)
