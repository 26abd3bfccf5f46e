"""What stands about a place: of a map and a population, that which lies near enough to count."""

from __future__ import annotations

import math
from collections.abc import Sequence

from upwind.records import Lead, Place, PopulatedArea
from upwind.safety.protect import Surroundings

__all__ = ["box_about", "is_town", "surroundings"]

Box = tuple[float, float, float, float]

#: People are looked for as far as this from the place. [deg of latitude]
_BOX_DEG = 0.1
#: So many buildings within the box are a town.
_TOWN = 30
#: Spread of the log of a number of people, judged: a census, and a grid that a model spread it over.
_CENSUS_ERROR, _GRID_ERROR = 0.1, 0.3


def box_about(lead: Lead) -> Box:
    """Return the box in which people count: west, south, east, north. [deg]"""
    across = _BOX_DEG / max(math.cos(math.radians(lead.latitude)), 0.1)
    west, south = lead.longitude - across, lead.latitude - _BOX_DEG
    return west, south, lead.longitude + across, lead.latitude + _BOX_DEG


def surroundings(lead: Lead, places: Sequence[Place], areas: tuple[PopulatedArea, ...]) -> Surroundings:
    """Return what of a map stands about a lead, and who lives there; areas are those that `box_about` was read for."""
    west, south, east, north = box_about(lead)
    near = tuple(each for each in places if west <= each.longitude <= east and south <= each.latitude <= north)
    is_grid = bool(areas) and areas[0].id.startswith("cell")
    return Surroundings(places=near, areas=areas, persons_error=_GRID_ERROR if is_grid else _CENSUS_ERROR)


def is_town(around: Surroundings) -> bool:
    """Return whether the place is among houses; without a map it is taken to be."""
    return not around.places or sum("building" in each.tags for each in around.places) >= _TOWN
