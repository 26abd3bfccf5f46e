"""What a package tells: fixed once, and told alike by all its formats."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from upwind.release.policy import ClearedSite
from upwind.release.sanitise import Outgoing, outgoing

__all__ = ["Content", "content_of", "release_id", "series_of", "stamp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything that leaves, and nothing else.

    `marking` is the banner. `log` is the head of the log (size, root) at the last entry that the gate looked at;
    `custody` the digests of what the site was computed from; `agreement` that of the agreement's text. `sheet` is the
    public-safety sheet as language to lines.
    """

    release: str
    series: str
    partner: str
    at: datetime
    expires: datetime
    marking: str
    languages: tuple[str, ...]
    legal_basis: str
    judgements: int
    signatures: int
    site: Outgoing
    sheet: Mapping[str, tuple[str, ...]]
    custody: tuple[str, ...]
    log: Mapping[str, Any]
    agreement: str


def release_id(site: str, partner: str, at: datetime) -> str:
    """Return a release's id, which follows from site, partner and time."""
    return f"release-{_digest('release', site, partner, stamp(at))}"


def series_of(site: str, partner: str) -> str:
    """Return what all releases of one site to one partner share, and which tells neither."""
    return f"series-{_digest('series', site, partner)}"


def stamp(time: datetime) -> str:
    """Return a time as packages spell it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def content_of(
    cleared: ClearedSite, sheet: Mapping[str, tuple[str, ...]], custody: tuple[str, ...], log: Mapping[str, Any]
) -> Content:
    """Return what goes out of a cleared site: its allowed part, the sheet, and what proves where it comes from."""
    agreement = cleared.agreement
    return Content(
        release=release_id(cleared.id, agreement.partner, cleared.at),
        series=series_of(cleared.id, agreement.partner),
        partner=agreement.partner,
        at=cleared.at,
        expires=agreement.end,
        marking=str(cleared.marking),
        languages=agreement.languages,
        legal_basis=agreement.legal_basis,
        judgements=cleared.judgements,
        signatures=agreement.signatures,
        site=outgoing(cleared.feature, agreement),
        sheet=sheet,
        custody=custody,
        log=log,
        agreement=agreement.digest,
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
