"""Who would be in harm's way of a mission's sites: the same computation as `upwind protect`, for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from upwind.readers import read_wind
from upwind.readers.files import open_file
from upwind.readers.mission import Mission
from upwind.readers.places import places_of
from upwind.readers.population import read_population
from upwind.records import Emission, Lead, Protection, Site, Wind
from upwind.safety import Scenario, protect
from upwind.safety.around import box_about, is_town, surroundings

__all__ = ["protected"]

#: Sheets are made for so many of the most probable sites; the others get theirs from `upwind protect`.
_MOST = 20


def protected(mission: Mission, sites: Sequence[Site], seed: int) -> Mapping[str, Protection]:
    """Return what was computed to protect people about each site, by its id."""
    places = () if mission.places is None else places_of(open_file(mission.places, binary=True))
    wind = _wind(mission)
    found = {}
    for site in sites[:_MOST]:
        lead = _lead(site)
        areas = () if mission.population is None else read_population(mission.population, box_about(lead))
        around = surroundings(lead, places, areas)
        asked = Scenario(town=is_town(around))
        found[site.id] = protect(lead, wind, around, asked, np.random.default_rng(seed))
    return found


def _lead(site: Site) -> Lead:
    reach = (-site.radius_90_m, site.radius_90_m)
    return Lead(
        id=site.id,
        longitude=site.longitude,
        latitude=site.latitude,
        easting_90=reach,
        northing_90=reach,
        emissions=tuple(Emission(compound=gas, rate=site.emission_rates.get(gas)) for gas in site.compounds),
    )


def _wind(mission: Mission) -> Wind | None:
    """Return the rows of all of the mission's wind files; None where it has none."""
    paths = dict.fromkeys(flight.wind for flight in mission.flights if flight.wind is not None)
    read = [read_wind(path) for path in paths]
    if not read:
        return None
    return Wind(**{each.name: np.concatenate([getattr(one, each.name) for one in read]) for each in fields(Wind)})
