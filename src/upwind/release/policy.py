"""The gate: whether a site may be released to a partner, and if not, who or what is missing.

`clear` is the only way to a `ClearedSite`, and packages are built of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from upwind.errors import FindingError
from upwind.records import Agreement
from upwind.release.markings import Marking, marking_of, rolled_up

__all__ = ["Answer", "ClearedSite", "Docket", "NotClearedError", "clear"]

_KEY = object()
#: An answer on whether the place is already worked on is good for so long.
_ANSWER_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What whoever must be asked said of a place: that nobody works on it (`is_free`), or that somebody does."""

    asked: str
    is_free: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """What the log says of a site until now.

    `state` is its standing; `confirmed_by` are the people whose judgements confirm it. `answers` say whether others
    work on the place already, and `is_recalled` that its last release to this partner was recalled for good.
    """

    state: str
    confirmed_by: frozenset[str]
    answers: tuple[Answer, ...] = ()


class NotClearedError(FindingError):
    """The gate stays shut; `missing` says who or what is missing, a line each."""

    def __init__(self, site: str, partner: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{site} cannot be released to {partner}: {'; '.join(missing)}")
        self.missing = missing


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class ClearedSite:
    """A site that may be released to one partner at one time; only `clear` makes one."""

    id: str
    feature: Mapping[str, Any]
    agreement: Agreement
    marking: Marking
    judgements: int
    at: datetime

    def __init__(self, key: object, **fields: object) -> None:
        if key is not _KEY:
            msg = "only release.policy.clear makes a ClearedSite"
            raise TypeError(msg)
        for name, value in fields.items():
            object.__setattr__(self, name, value)


def clear(
    feature: Mapping[str, Any], docket: Docket, agreement: Agreement, releaser: str, now: datetime
) -> ClearedSite:
    """Return the site, cleared for the agreement's partner.

    Parameters
    ----------
    feature
        The site as GeoJSON; its property `marking`, where it has one, is held to.
    docket
        What the log says of it.
    releaser
        Who wants to release it.
    now
        The time for which everything must be in force.

    Raises
    ------
    NotClearedError
        Something or somebody is missing.
    """
    site = str(feature["properties"]["id"])
    ceiling = marking_of(agreement.marking)
    own = marking_of(str(feature["properties"].get("marking") or "UNCLASSIFIED"))
    missing = [*_people(docket, agreement, releaser), *_terms(agreement, now), *_deconflicted(docket, agreement, now)]
    withheld = own.allows(agreement.partner, ceiling)
    if withheld:
        missing.append(f"the site's marking keeps it from {agreement.partner}: {withheld}")
    if missing:
        raise NotClearedError(site, agreement.partner, tuple(missing))
    marking = rolled_up([own, Marking(level=own.level, rel_to=frozenset({agreement.partner}), tlp=ceiling.tlp)])
    return ClearedSite(
        _KEY,
        id=site,
        feature=feature,
        agreement=agreement,
        marking=marking,
        judgements=len(docket.confirmed_by - {releaser}),
        at=now,
    )


def _people(docket: Docket, agreement: Agreement, releaser: str) -> list[str]:
    """Return what is missing of judgements: enough people, none of them the releaser, and a standing that says so."""
    others = docket.confirmed_by - {releaser}
    missing = []
    if docket.state != "confirmed":
        missing.append(f"its standing is {docket.state}, not confirmed")
    if len(others) < agreement.threshold:
        words = f"{len(others)} of {agreement.threshold} confirming judgements by people other than {releaser}"
        missing.append(words)
    elif releaser in docket.confirmed_by:
        missing.append(f"{releaser} judged it, so somebody else must release it")
    return missing


def _terms(agreement: Agreement, now: datetime) -> list[str]:
    """Return what is missing of the agreement: that it is in force, and that its checks are fresh."""
    missing = []
    if not agreement.start <= now < agreement.end:
        missing.append(
            f"the agreement with {agreement.partner} is in force from {agreement.start:%Y-%m-%d %H:%M} "
            f"to {agreement.end:%Y-%m-%d %H:%M} UTC, not at {now:%Y-%m-%d %H:%M}"
        )
    until = agreement.end_use_check + timedelta(days=agreement.end_use_days)
    if not agreement.end_use_check <= now.date() <= until:
        missing.append(
            f"the end-use and human-rights check of {agreement.end_use_check} is good for {agreement.end_use_days} days"
        )
    return missing


def _deconflicted(docket: Docket, agreement: Agreement, now: datetime) -> list[str]:
    """Return what is missing of the answer whether others already work on the place."""
    if not agreement.deconfliction:
        return []
    fresh = [one for one in docket.answers if timedelta(0) <= now - one.at <= timedelta(days=_ANSWER_DAYS)]
    if not fresh:
        return [f"an answer of {agreement.deconfliction} on whether the place is already worked on"]
    last = max(fresh, key=lambda one: one.at)
    return [] if last.is_free else [f"{last.asked} says that the place is already worked on"]
