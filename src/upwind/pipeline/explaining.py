"""What explains a mission's sites: by their compounds, and by what a map shows where they may be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

from upwind.compounds import find
from upwind.explain import Moment, Neighbourhood, from_sources
from upwind.explain.whereabouts import Whereabouts, of_posterior, of_source, within
from upwind.flights.catalogue import sensor_of
from upwind.readers.mission import Mission
from upwind.records import Explained, Gas, Place, Site
from upwind.render.content import Analysis
from upwind.sites.coemission import most_beside
from upwind.sites.evidence import Evidence

__all__ = ["explained"]


def explained(
    mission: Mission, places: Sequence[Place], analyses: Sequence[Analysis], evidence: Evidence, sites: Sequence[Site]
) -> dict[str, Explained]:
    """Return what explains each site, by its id.

    Without `places` only the compounds speak; a site of one gas is then seldom more than an abstention.
    """
    where = dict(_whereabouts(analyses))
    times = {id(one.source): one.time for one in evidence.sightings}
    answers = {}
    for site in sites:
        there = [where.get(id(source)) or of_source(source) for source in site.sources]
        moment = Moment(time=times[id(site.sources[0])])
        around, absent = _around(places, site, moment), _not_found(site, analyses)
        answers[site.id] = from_sources(site.sources, there, around, not_found=absent, sensor=_sensor(mission, site))
    return answers


def _sensor(mission: Mission, site: Site) -> str:
    """Return what a site was smelled with; "" where flights differ, for then each may tell what the other cannot."""
    known = {flight: sensor_of(flight) for flight in mission.flights if flight.id in site.flights}
    names = {flight.sensor if one is None else one.name for flight, one in known.items()}
    return names.pop() if len(names) == 1 else ""


def _not_found(site: Site, analyses: Sequence[Analysis]) -> dict[str, float]:
    """Return the gases that were flown and not found at a site, and the most that it could emit of each. [kg/h]"""
    limits: dict[str, float] = {}
    for analysis in analyses:
        for gas, most in _limits(site, analysis):
            limits[gas] = min(limits.get(gas, math.inf), most)
    return limits


def _limits(site: Site, analysis: Analysis) -> Iterator[tuple[str, float]]:
    """Yield what each source of a site says of each gas that was flown with it and is none of the site's."""
    own = {id(source) for answer in analysis.located for source in answer.sources}
    flown = {gas.name: gas for track in analysis.tracks for gas in track.gases}
    sources = [source for source in site.sources if id(source) in own]
    for source, gas in product(sources, sorted(set(flown) - set(site.compounds))):
        weigh = _mass_ratio(flown[gas], flown[source.gas])
        ratio = most_beside(analysis.tracks, source.gas, gas)
        if source.emission_rate is not None and weigh is not None and ratio is not None:
            yield gas, source.emission_rate.median * ratio * weigh


def _mass_ratio(gas: Gas, other: Gas) -> float | None:
    """Return what a ratio of two gases' readings is times in mass; None where no table knows one of them."""
    known = [find(each.name) for each in (gas, other)]
    if gas.units != other.units or known[0] is None or known[1] is None:
        return None
    return known[0].molar_mass_g_mol / known[1].molar_mass_g_mol if gas.units == "ppm" else 1.0


def _around(places: Sequence[Place], site: Site, moment: Moment) -> Neighbourhood | None:
    """Return the map about a site; None where there is no map."""
    if not places:
        return None
    about = within(site.longitude, site.latitude, max(site.radius_90_m, 1.0))
    return Neighbourhood(places=tuple(places), whereabouts=about, moment=moment)


def _whereabouts(analyses: Sequence[Analysis]) -> Iterator[tuple[int, Whereabouts]]:
    """Yield where each source is by the draws behind it, keyed by the source's identity."""
    for answer in (answer for analysis in analyses for answer in analysis.located):
        for number, source in enumerate(answer.sources):
            if answer.posterior is not None and (answer.posterior.source == number).any():
                yield id(source), of_posterior(answer.posterior, number)
