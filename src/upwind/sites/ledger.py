"""Decisions about which evidence is of which site, as a list of events that only grows.

What a site consists of is a fold over the list: every event assigns pieces of evidence (keys of sightings, ids of
reports) to a site. Nothing is ever taken out of the list; what was merged is split again by one more event. With the
evidence itself, the list gives every posterior again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from upwind.errors import InputError
from upwind.records import Decision, SiteEvent

__all__ = ["NOWHERE", "after", "decided"]

#: The site of evidence that was parted from any: it stays out until another event says otherwise.
NOWHERE = ""


def after(events: Iterable[SiteEvent]) -> dict[str, str]:
    """Return which site each piece of evidence is of, after events in their order.

    Examples
    --------
    >>> minted = [
    ...     SiteEvent(decision=Decision.MINTED, site="a", evidence=("1",)),
    ...     SiteEvent(decision=Decision.MINTED, site="b", evidence=("2",)),
    ... ]
    >>> merged = [*minted, SiteEvent(decision=Decision.MERGED, site="a", other="b")]
    >>> after(merged)
    {'1': 'a', '2': 'a'}
    >>> after([*merged, SiteEvent(decision=Decision.SPLIT, site="a", other="b", evidence=("2",))])
    {'1': 'a', '2': 'b'}
    """
    assigned: dict[str, str] = {}
    for event in events:
        if event.decision is Decision.MERGED:
            assigned |= {key: event.site for key, site in assigned.items() if site == event.other}
        elif event.decision is Decision.PARTED:
            assigned |= dict.fromkeys(event.evidence, NOWHERE)
        else:
            site = event.other if event.decision is Decision.SPLIT else event.site
            assigned |= dict.fromkeys(event.evidence, site)
    return assigned


def decided(events: Sequence[SiteEvent], people: Iterable[SiteEvent]) -> tuple[SiteEvent, ...]:
    """Return the events, and after them what people decided.

    A split without evidence moves what its other site was founded on and joined to: so it takes a merge back.

    Raises
    ------
    InputError
        A decision names a site or a piece of evidence that there is not.
    """
    sites = {event.site for event in events}
    known = set(after(events))
    every = list(events)
    for event in people:
        if event.decision is Decision.SPLIT and not event.evidence:
            own = tuple(key for one in every if one.site == event.other for key in one.evidence)
            made = replace(event, evidence=own)
        else:
            made = event
        other = event.other if event.decision is Decision.MERGED or not event.evidence else ""
        missing = [name for name in (event.site, other) if name and name not in sites]
        missing += [key for key in event.evidence if key not in known]
        if missing:
            msg = f"decision to {event.decision} {event.site}: there is no {missing[0]!r} among sites or evidence"
            raise InputError(msg)
        sites.add(event.other)
        every.append(made)
    return tuple(every)
