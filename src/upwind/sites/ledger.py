"""Decisions about which evidence is of which site, as a list of events that only grows.

What a site consists of is a fold over the list: every event assigns pieces of evidence (keys of sightings, ids of
reports) to a site. Nothing is ever taken out of the list; what was merged is split again by one more event. With the
evidence itself, the list gives every posterior again.
"""

from __future__ import annotations

from collections.abc import Iterable

from upwind.records import Decision, SiteEvent

__all__ = ["NOWHERE", "after"]

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
