"""Who belongs together is decided once, as events; what each site then rests on follows from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from upwind.arrays import FloatArray
from upwind.records import Decision, Report, SiteEvent
from upwind.sites.association import joint_places, partition
from upwind.sites.evidence import Evidence, Sighting
from upwind.sites.hearsay import RADIUS_M, nearness
from upwind.sites.ledger import NOWHERE, after

__all__ = ["Gathered", "PassedBy", "decide", "gathered", "unmatched"]

#: Chances below this leave a silent pass without a word.
_LEAST_CHANCE = 0.01
#: A report whose place lies farther than about three of its widths from every site is of none of them.
_LEAST_FIT = 0.5 * math.exp(-4.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedBy:
    """One flight past a site: the probability of the source that it saw, or the chance with which it would have."""

    time: datetime
    flight: str
    seen: bool
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that speaks of one site: sightings and passes, the oldest first, its equally likely places, reports.

    `near` is how near each report points, as `hearsay.nearness` says it.
    """

    id: str
    sightings: tuple[Sighting, ...]
    places: FloatArray
    passes: tuple[PassedBy, ...]
    reports: tuple[Report, ...]
    near: FloatArray


def decide(evidence: Evidence, events: Sequence[SiteEvent] = ()) -> tuple[SiteEvent, ...]:
    """Return the events, and after them what decides about evidence that none of them speaks of.

    A new site is called after the oldest sighting in it; what people or earlier runs decided stays.
    """
    assigned = after(events)
    known = {key: site for key, site in assigned.items() if site != NOWHERE}
    free = [one for one in evidence.sightings if assigned.get(one.key) != NOWHERE]
    added = []
    for group in partition(free, known, evidence.about):
        new = tuple(one.key for one in group if one.key not in known)
        old = next((known[one.key] for one in group if one.key in known), None)
        if old is None:
            added.append(SiteEvent(decision=Decision.MINTED, site=f"site-{new[0]}", evidence=new))
        elif new:
            added.append(SiteEvent(decision=Decision.JOINED, site=old, evidence=new))
    groups = _by_site(evidence, after([*events, *added]))
    fresh = sorted((one for one in evidence.reports if one.id not in assigned), key=lambda one: one.id)
    nearest = _nearest(fresh, {name: joint_places(group) for name, group in groups.items()})
    told = [
        SiteEvent(decision=Decision.JOINED, site=site, evidence=(report.id,))
        for report, site in zip(fresh, nearest, strict=True)
        if site != NOWHERE
    ]
    return (*events, *added, *told)


def gathered(events: Iterable[SiteEvent], evidence: Evidence) -> tuple[Gathered, ...]:
    """Return what speaks of each site after events."""
    assigned = after(events)
    return tuple(
        _gathered(name, group, [one for one in evidence.reports if assigned.get(one.id) == name], evidence)
        for name, group in sorted(_by_site(evidence, assigned).items())
    )


def unmatched(events: Iterable[SiteEvent], reports: Iterable[Report]) -> tuple[Report, ...]:
    """Return the reports that are of no site."""
    assigned = after(events)
    return tuple(report for report in reports if assigned.get(report.id, NOWHERE) == NOWHERE)


def _by_site(evidence: Evidence, assigned: Mapping[str, str]) -> dict[str, list[Sighting]]:
    """Return each site's sightings, the oldest first."""
    groups: dict[str, list[Sighting]] = {}
    for one in sorted(evidence.sightings, key=lambda one: (one.time, one.key)):
        if assigned.get(one.key, NOWHERE) != NOWHERE:
            groups.setdefault(assigned[one.key], []).append(one)
    return groups


def _nearest(reports: Sequence[Report], places: Mapping[str, FloatArray]) -> list[str]:
    """Return the site that each report fits best; `NOWHERE` where it fits none."""
    names = sorted(places)
    if not names or not reports:
        return [NOWHERE] * len(reports)
    fits = np.array([nearness(reports, places[name]) for name in names])
    least = [_LEAST_FIT * min(1.0, (RADIUS_M / max(report.radius_m, 1.0)) ** 2) for report in reports]
    found = zip(fits.argmax(axis=0), fits.max(axis=0), least, strict=True)
    return [names[number] if fit > enough else NOWHERE for number, fit, enough in found]


def _gathered(name: str, group: Sequence[Sighting], reports: Sequence[Report], evidence: Evidence) -> Gathered:
    places = joint_places(group)
    sources = [one.source for one in group]
    passes = []
    for flight in sorted({one.flight for one in group}):
        own = [one for one in group if one.flight == flight]
        sure = max(one.source.probability for one in own)
        passes.append(PassedBy(time=min(one.time for one in own), flight=flight, seen=True, probability=sure))
    for look in evidence.looks:
        chance = look.chance(places, sources) if look.flight not in {one.flight for one in group} else None
        if chance is not None and chance >= _LEAST_CHANCE:
            passes.append(PassedBy(time=look.time, flight=look.flight, seen=False, probability=chance))
    reports = sorted(reports, key=lambda one: one.id)
    return Gathered(
        id=name,
        sightings=tuple(group),
        places=places,
        passes=tuple(sorted(passes, key=lambda one: (one.time, one.flight))),
        reports=tuple(reports),
        near=nearness(reports, places),
    )
