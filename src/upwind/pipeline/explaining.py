"""What explains a mission's sites: by their compounds, and by what a map shows where they may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from upwind.explain import Moment, Neighbourhood, from_sources
from upwind.explain.whereabouts import Whereabouts, of_posterior, of_source, within
from upwind.records import Explained, Place, Site
from upwind.render.content import Analysis
from upwind.sites.evidence import Evidence

__all__ = ["explained"]


def explained(
    places: Sequence[Place], analyses: Sequence[Analysis], evidence: Evidence, sites: Sequence[Site]
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
        answers[site.id] = from_sources(site.sources, there, _around(places, site, moment))
    return answers


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
