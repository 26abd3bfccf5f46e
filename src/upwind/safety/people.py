"""Who is there: residents spread over the houses of their area, and the places that need warning first.

The persons of an area go to its residential buildings by floor area, footprint times levels (dasymetric mapping; Eicher
and Brewer 2001, doi 10.1559/152304001782173727, unverified), and none is lost: an area without such buildings, and the
part of an area where the map does not reach, keep theirs spread evenly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from upwind.arrays import BoolArray, FloatArray
from upwind.geo import Frame
from upwind.records import Place, PopulatedArea

__all__ = ["FACILITIES", "Residents", "building_at", "facility_kind", "footprint_m2", "levels_of", "residents_of"]

#: Values of the tag "building" in which people live; "yes" is what nobody looked at.
_HOMES = frozenset(
    (
        "yes",
        "house",
        "apartments",
        "residential",
        "detached",
        "semidetached_house",
        "terrace",
        "bungalow",
        "dormitory",
        "cabin",
        "farm",
        "static_caravan",
        "houseboat",
        "hut",
    )
)
#: A building with one of these tags is something else, unless its own tag says that people live there.
_USES = ("amenity", "shop", "office", "craft", "industrial", "healthcare", "tourism", "man_made", "military")
#: Kinds of facility by the tags that tell them, the first that fits.
FACILITIES = {
    "kindergarten": (("amenity", ("kindergarten", "childcare")), ("building", ("kindergarten",))),
    "school": (("amenity", ("school", "college", "university")), ("building", ("school", "college", "university"))),
    "hospital": (("amenity", ("hospital",)), ("healthcare", ("hospital",)), ("building", ("hospital",))),
    "clinic": (("amenity", ("clinic", "doctors")), ("healthcare", ("clinic", "doctor", "centre"))),
    "home": (("amenity", ("nursing_home", "social_facility")), ("social_facility", ("nursing_home", "group_home"))),
}
#: Mean length of a degree of latitude. [m]
_DEGREE_M = 111_195.0
#: No building is wider. [m]
_WIDEST_M = 500.0
#: Evenly spread persons stand on so many points across an area's longer side.
_LATTICE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Residents:
    """Where persons live, in a local frame: easting, northing [m] and how many, each (place,)."""

    easting: FloatArray
    northing: FloatArray
    persons: FloatArray


def facility_kind(place: Place) -> str | None:
    """Return what kind of facility a place is; None for any other."""
    fits = (kind for kind, rules in FACILITIES.items() if any(place.tags.get(tag) in values for tag, values in rules))
    return next(fits, None)


def levels_of(place: Place) -> float:
    """Return the number of levels of a building, one where the map does not say."""
    try:
        levels = float(place.tags.get("building:levels", "1").split(";")[0].replace(",", "."))
    except ValueError:
        return 1.0
    return levels if 1.0 <= levels <= 200.0 else 1.0  # noqa: PLR2004 - no house is higher


def footprint_m2(place: Place) -> float:
    """Return the area of an outline less its holes; 0 for a point. [m2]"""
    return sum(_area(rings[0]) - sum(map(_area, rings[1:])) for rings in _polygons(place.outline))


def building_at(places: Sequence[Place], frame: Frame, reach_m: float) -> Place | None:
    """Return the building that holds the frame's origin, or else the nearest whose middle is within reach."""
    buildings = [place for place in places if "building" in place.tags and place.outline is not None]
    if not buildings:
        return None
    middles = np.array([[place.longitude, place.latitude] for place in buildings])
    away = np.hypot(*frame.to_local(middles[:, 0], middles[:, 1]))
    origin = np.array([[frame.longitude, frame.latitude]])
    order = [int(index) for index in np.argsort(away) if away[index] <= _WIDEST_M]
    around = (
        buildings[index]
        for index in order
        if _inside(origin, [ring for polygon in _polygons(buildings[index].outline) for ring in polygon])[0]
    )
    nearest = buildings[order[0]] if order and away[order[0]] <= reach_m else None
    return next(around, nearest)


def residents_of(areas: Sequence[PopulatedArea], places: Sequence[Place], frame: Frame) -> Residents:
    """Return every person of the areas at a building, or at a point of a lattice where there is none.

    The sum over an area's places is the area's number of persons.
    """
    homes = [place for place in places if _is_home(place)]
    middles = np.array([[place.longitude, place.latitude] for place in homes]).reshape(-1, 2)
    mapped = np.array([[place.longitude, place.latitude] for place in places]).reshape(-1, 2)
    at: list[FloatArray] = []
    persons: list[FloatArray] = []
    for area in areas:
        for spots, share in _spread(area, (homes, middles), mapped):
            at.append(spots)
            persons.append(share)
    if not at:
        return Residents(easting=np.empty(0), northing=np.empty(0), persons=np.empty(0))
    where = np.concatenate(at)
    easting, northing = frame.to_local(where[:, 0], where[:, 1])
    return Residents(easting=easting, northing=northing, persons=np.concatenate(persons))


def _spread(
    area: PopulatedArea, homes: tuple[Sequence[Place], FloatArray], mapped: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield positions and persons of one area: its homes, then the lattice of what the map does not cover."""
    rings = [ring for polygon in area.polygons for ring in polygon]
    lattice = _lattice(rings)
    covered = _within_box(lattice, mapped)
    own = np.flatnonzero(_inside(homes[1], rings))
    floors = np.array([footprint_m2(homes[0][index]) * levels_of(homes[0][index]) for index in own])
    in_map = area.persons * float(covered.mean()) if floors.sum() > 0.0 else 0.0
    if in_map > 0.0:
        yield homes[1][own], in_map * floors / floors.sum()
    rest = lattice[~covered] if in_map > 0.0 else lattice
    if len(rest):
        yield rest, np.full(len(rest), (area.persons - in_map) / len(rest))


def _within_box(points: FloatArray, mapped: FloatArray) -> BoolArray:
    """Return which points lie where the map has anything about them: within the box of all its places."""
    if not len(mapped):
        return np.zeros(len(points), dtype=np.bool_)
    within: BoolArray = ((points >= mapped.min(axis=0)) & (points <= mapped.max(axis=0))).all(axis=1)
    return within


def _lattice(rings: Sequence[FloatArray]) -> FloatArray:
    """Return points spread evenly over an area; one of its corners where it is too thin for any."""
    corners = np.concatenate(rings)
    low, high = corners.min(axis=0), corners.max(axis=0)
    steps = (np.arange(_LATTICE) + 0.5) / _LATTICE
    east, north = np.meshgrid(low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1]))
    points = np.column_stack([east.ravel(), north.ravel()])
    inside = points[_inside(points, rings)]
    return inside if len(inside) else corners[:1]


def _inside(points: FloatArray, rings: Sequence[FloatArray]) -> BoolArray:
    """Return which points an odd number of rings hold: outlines less their holes."""
    odd = np.zeros(len(points), dtype=np.bool_)
    for ring in rings:
        odd ^= _in_ring(points, np.asarray(ring, dtype=np.float64)[:, :2])
    return odd


def _in_ring(points: FloatArray, ring: FloatArray) -> BoolArray:
    """Return which points one ring holds: a ray to the east crosses it an odd number of times."""
    inside = np.zeros(len(points), dtype=np.bool_)
    low, high = ring.min(axis=0), ring.max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    if not len(near):
        return inside
    x, y = points[near, 0][:, None], points[near, 1][:, None]
    start, end = ring[:-1], ring[1:]
    between = (start[:, 1] > y) != (end[:, 1] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = start[:, 0] + (y - start[:, 1]) * (end[:, 0] - start[:, 0]) / (end[:, 1] - start[:, 1])
    inside[near] = (between & (x < at)).sum(axis=1) % 2 == 1
    return inside


def _is_home(place: Place) -> bool:
    kind = place.tags.get("building")
    if kind is None or kind not in _HOMES:
        return False
    return kind != "yes" or not any(tag in place.tags for tag in _USES)


def _polygons(outline: Mapping[str, Any] | None) -> list[list[FloatArray]]:
    if outline is None:
        return []
    polygons = outline["coordinates"] if outline["type"] == "MultiPolygon" else [outline["coordinates"]]
    return [[np.asarray(ring, dtype=np.float64)[:, :2] for ring in polygon] for polygon in polygons]


def _area(ring: FloatArray) -> float:
    """Return what a ring of the size of a building encloses, by the shoelace formula on a sphere's tangent. [m2]"""
    middle = ring.mean(axis=0)
    scale = _DEGREE_M * np.array([math.cos(math.radians(middle[1])), 1.0])
    x, y = ((ring - middle) * scale).T
    return 0.5 * abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])))
