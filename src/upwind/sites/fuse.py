"""Evidence becomes sites: the log-odds of each are a sum whose every term is shown.

The terms are the prior's log-odds after what all places of the evidence say of it together (`company`), a weight where
several gases came from there at once, a weight a pass (`emission`) and a weight a report (`hearsay`); the probability
is the logistic of their sum. Pure: the same events and evidence give the same sites again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from upwind.geo import Frame, frame_of
from upwind.invert.regions import density_of, region
from upwind.records import Estimate, Site, SiteEvent, Term
from upwind.sites.company import Named, priors
from upwind.sites.emission import LEVEL, Habits, Pass, Passes, noticed, weigh
from upwind.sites.evidence import Evidence
from upwind.sites.gather import Gathered, gathered
from upwind.sites.hearsay import Hearing, terms_of
from upwind.sites.rates import rates_of
from upwind.sites.ratios import ratios

__all__ = ["Settings", "Weighed", "probability_of", "sites_after", "weighed"]

#: No locator's word is worth more than the draws behind it: p / (1 - p) is held to this.
_MOST_SURE = 1000.0
#: Chance that a flight shows a site that emits, where no flight was silent that could say.
_SHOWS = 0.5
#: Kinds of terms that are passes.
_PASSES = ("seen", "silent")
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is believed beforehand; the numbers are what `python -m validation.fuse --fit` chose.

    `prior` is the probability of an emitting site at a place as small as one source's, before anything was seen there;
    its odds may be wrong by the factor `prior_error` either way (90 %), for all places of a mission
    alike. `places` is the number of such places in which a locator could have put its source: so much does it say of
    this one. `together` is how many times as often a site lets out two of the measured gases at once as what passes or
    errs does; it may be wrong by `prior_error` too.
    """

    prior: float = 0.01
    prior_error: float = 5.0
    places: float = 100.0
    together: float = 5.0
    habits: Habits = field(default_factory=Habits)
    hearing: Hearing = field(default_factory=lambda: Hearing(ratios=ratios()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Every term of a site, the prior first, and what its passes say."""

    terms: tuple[Term, ...]
    passes: Passes


def sites_after(events: Iterable[SiteEvent], evidence: Evidence, settings: Settings) -> tuple[Site, ...]:
    """Return the sites that evidence amounts to after events, the most probable first."""
    every = gathered(events, evidence)
    sites = [_site(one, said) for one, said in zip(every, weighed(every, settings), strict=True)]
    return tuple(sorted(sites, key=lambda site: (-site.probability.median, site.id)))


def weighed(every: Sequence[Gathered], settings: Settings) -> tuple[Weighed, ...]:
    """Return what each of all places of one mission amounts to: they share what is not known of the prior."""
    alone = [_weighed(one, settings) for one in every]
    named = [
        Named(log_odds=sum(term.weight.median for term in said.terms), noticed=_noticed(one, settings))
        for one, said in zip(every, alone, strict=True)
    ]
    shared = priors(named, settings.prior, settings.prior_error)
    return tuple(
        replace(said, terms=(replace(said.terms[0], weight=prior), *said.terms[1:]))
        for said, prior in zip(alone, shared, strict=True)
    )


def _weighed(one: Gathered, settings: Settings) -> Weighed:
    """Return what a place amounts to where it is the only one."""
    passes = [
        Pass(hour=hour, ratio=_ratio(each.probability, settings.places) if each.seen else _silence(each.probability))
        for each, hour in zip(one.passes, _hours(one), strict=True)
    ]
    said = weigh(passes, settings.habits)
    terms = [_believed("prior", "", math.log(settings.prior / (1.0 - settings.prior)), settings)]
    if both := _together(one):
        terms.append(_believed("together", ", ".join(both), math.log(settings.together), settings))
    terms += [
        Term(
            kind="seen" if each.seen else "silent",
            name="",
            evidence=each.flight,
            weight=weight,
            undiscounted=alone,
            time=each.time,
        )
        for each, weight, alone in zip(one.passes, said.weights, said.alone, strict=True)
    ]
    return Weighed(terms=(*terms, *terms_of(one.reports, one.near, settings.hearing)), passes=said)


def _noticed(one: Gathered, settings: Settings) -> float:
    """Return how much likelier a site is named by these flights than what is none. [nats]

    What a flight that saw it would have shown is not known apart from that: as much as those that were silent.
    """
    quiet = [each.probability for each in one.passes if not each.seen]
    usual = float(np.mean(quiet)) if quiet else _SHOWS
    silent = [
        Pass(hour=hour, ratio=_silence(usual if each.seen else each.probability))
        for each, hour in zip(one.passes, _hours(one), strict=True)
    ]
    sure = max(each.probability for each in one.passes if each.seen)
    return noticed(silent, _ratio(sure, settings.places), settings.habits)


def _hours(one: Gathered) -> list[float]:
    first = one.passes[0].time
    return [(each.time - first).total_seconds() / 3600.0 for each in one.passes]


def _silence(chance: float) -> float:
    return 1.0 - min(chance, 1.0 - 1e-9)


def probability_of(terms: Sequence[Term]) -> Estimate:
    """Return the logistic of the terms' sum; the interval is over what is believed rather than measured.

    That is the prior, and what several gases and reports are worth: their spreads' squares add. The duty cycle is a
    site's own, and the weights of passes are means over it already: it makes no probability less sure.
    """
    total = sum(term.weight.median for term in terms)
    believed = [term for term in terms if term.kind not in _PASSES]
    wide = [math.hypot(*(_reach(term, side) for term in believed)) for side in (-1.0, 1.0)]
    lower, median, upper = (1.0 / (1.0 + math.exp(-value)) for value in (total - wide[0], total, total + wide[1]))
    return Estimate(median=median, lower=lower, upper=upper, level=LEVEL, units="1")


def _believed(kind: str, evidence: str, weight: float, settings: Settings) -> Term:
    """Return a term that is believed rather than measured."""
    wide = math.log(settings.prior_error)
    return Term(
        kind=kind,
        name="",
        evidence=evidence,
        weight=Estimate(median=weight, lower=weight - wide, upper=weight + wide, level=LEVEL, units="nats"),
        undiscounted=weight,
    )


def _together(one: Gathered) -> list[str]:
    """Return the flights that saw more than one gas of the site."""
    gases: dict[str, set[str]] = {}
    for each in one.sightings:
        gases.setdefault(each.flight, set()).add(each.source.gas)
    return sorted(flight for flight, seen in gases.items() if len(seen) > 1)


def _ratio(probability: float, places: float) -> float:
    return min(probability / max(1.0 - probability, 1e-12), _MOST_SURE) * places


def _reach(term: Term, side: float) -> float:
    end = term.weight.upper if side > 0.0 else term.weight.lower
    return abs(end - term.weight.median)


def _site(one: Gathered, said: Weighed) -> Site:
    middle = frame_of(one.places[:, 0], one.places[:, 1])
    median = (np.median(values, keepdims=True) for values in middle.to_local(one.places[:, 0], one.places[:, 1]))
    longitude, latitude = (float(value[0]) for value in middle.to_geographic(*median))
    sources = tuple(each.source for each in one.sightings)
    if len(sources) == 1:
        longitude, latitude = sources[0].longitude, sources[0].latitude
    frame = Frame(longitude=longitude, latitude=latitude)
    easting, northing = frame.to_local(one.places[:, 0], one.places[:, 1])
    density = density_of(easting, northing) if len(sources) > 1 else None
    best = max(sources, key=lambda source: (source.probability, source.gas))
    return Site(
        id=one.id,
        longitude=longitude,
        latitude=latitude,
        radius_90_m=float(np.quantile(np.hypot(easting, northing), LEVEL)),
        region_90=sources[0].region_90 if density is None else region(density, LEVEL, frame),
        region_50=sources[0].region_50 if density is None else region(density, _HALF, frame),
        probability=probability_of(said.terms),
        compounds=tuple(dict.fromkeys([best.gas, *sorted(source.gas for source in sources)])),
        emission_rates=rates_of(sources),
        sources=sources,
        flights=tuple(dict.fromkeys(flight for each in one.sightings for flight in each.flights)),
        reports=tuple(report.id for report in one.reports),
        duty_cycle=said.passes.duty_cycle,
        terms=said.terms,
    )
