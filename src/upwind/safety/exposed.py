"""How many people, and which schools and clinics, are where a limit is passed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.geo import Frame
from upwind.records import Estimate, Exposure, Facility, Place, PopulatedArea
from upwind.safety.climate import DRAWS, estimate_of
from upwind.safety.people import facility_kind, residents_of

__all__ = ["Counted", "count", "exposure_of", "facilities_of", "people_of"]

#: Facilities farther off are not listed, unless a zone may reach them. [m]
_LISTED_M = 500.0
#: Nor are those that a zone reaches less often.
_LEAST_CHANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Where somebody is: first the homes, then the facilities.

    `places` (place, 2) in the local frame [m]; `persons` (home,); `factor` (draw,) is the error of their number.
    `known` says whether there was any population layer.
    """

    places: FloatArray
    persons: FloatArray
    factor: FloatArray
    facilities: tuple[Place, ...]
    known: bool


def people_of(
    around: tuple[Sequence[Place], Sequence[PopulatedArea]],
    persons_error: float,
    frame: Frame,
    reach_m: float,
    rng: np.random.Generator,
) -> Counted:
    """Return who is within reach of the frame's origin.

    Parameters
    ----------
    around
        The map's places, and the populated areas.
    persons_error
        Standard deviation of the log of how many there are.
    reach_m
        Whoever is farther off is left out.
    """
    places, areas = around
    homes = residents_of([area for area in areas if _is_near(area, frame, reach_m)], places, frame)
    near = np.hypot(homes.easting, homes.northing) <= reach_m
    facilities = [place for place in places if facility_kind(place) is not None]
    at = np.array([[place.longitude, place.latitude] for place in facilities]).reshape(-1, 2)
    east, north = frame.to_local(at[:, 0], at[:, 1])
    where = np.column_stack([np.append(homes.easting[near], east), np.append(homes.northing[near], north)])
    return Counted(
        places=where,
        persons=homes.persons[near],
        factor=np.exp(persons_error * rng.standard_normal(DRAWS)),
        facilities=tuple(facilities),
        known=bool(areas),
    )


def _is_near(area: PopulatedArea, frame: Frame, reach_m: float) -> bool:
    """Return whether an area's box comes within reach of the frame's origin; it may do so and the area not."""
    corners = np.concatenate([rings[0] for rings in area.polygons])
    low, high = corners.min(axis=0), corners.max(axis=0)
    nearest = np.clip([frame.longitude, frame.latitude], low, high)
    east, north = frame.to_local(nearest[0], nearest[1])
    return math.hypot(float(east), float(north)) <= reach_m


def count(people: Counted, above: BoolArray) -> Estimate | None:
    """Return how many are where something is so, from (draw, place); None where nobody knows who lives there."""
    if not people.known:
        return None
    return estimate_of(above[:, : len(people.persons)] @ people.persons * people.factor, "persons")


def exposure_of(people: Counted, warned: BoolArray, metres: float) -> Exposure | None:
    """Return who is within a distance whatever the wind, and who is in the zone to warn in."""
    within = np.hypot(*people.places.T) <= metres
    around, in_zone = count(people, np.broadcast_to(within, warned.shape)), count(people, warned)
    return Exposure(within_distance=around, in_zone=in_zone) if around is not None and in_zone is not None else None


def facilities_of(people: Counted, warned: BoolArray) -> tuple[Facility, ...]:
    """Return the facilities nearby, and those that the zone to warn in may reach, the nearest first."""
    homes = len(people.persons)
    chances = warned[:, homes:].mean(axis=0)
    found = [
        _facility(place, where, float(chance))
        for place, where, chance in zip(people.facilities, people.places[homes:], chances, strict=True)
    ]
    listed = [each for each in found if each.distance_m <= _LISTED_M or each.chance >= _LEAST_CHANCE]
    # A map often has a school as a point, as an area and as a building: the nearest of one name stands for all.
    by_name = {
        (each.kind, each.name or number): each
        for number, each in sorted(enumerate(listed), key=lambda row: -row[1].distance_m)
    }
    return tuple(sorted(by_name.values(), key=lambda each: each.distance_m))


def _facility(place: Place, where: FloatArray, chance: float) -> Facility:
    return Facility(
        kind=facility_kind(place) or "",
        name=place.name,
        longitude=place.longitude,
        latitude=place.latitude,
        distance_m=float(np.hypot(*where)),
        bearing_deg=math.degrees(math.atan2(where[0], where[1])) % 360.0,
        chance=chance,
    )
