"""Search maps in the store: what each run left to find, its file on the shelf and its digest in the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from upwind.errors import AbsentError, InputError
from upwind.release.markings import marking_of, rolled_up
from upwind.render.objections import Objection
from upwind.review.kinds import What
from upwind.review.log import Draft
from upwind.store.ledger import append, entries_of_kind
from upwind.store.session import Session

__all__ = ["EVERYWHERE", "Box", "KeptMap", "record_search_map", "search_map_of", "search_maps"]

#: West, south, east, north. [deg]
Box = tuple[float, float, float, float]
#: Of a map that does not say what it covers, as those of before did not.
EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)
#: Stands for markings of which one cannot be read, and is none itself: the map is nobody's, as that site is.
_UNREADABLE = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMap:
    """A search map on the shelf: of which mission and flights, when the last of them ended, and when it came.

    `marking` is that of all sites within it together, so that a map tells nobody of a place that a case would not.
    """

    sha256: str
    mission: str
    flights: tuple[str, ...]
    until: str
    came: datetime
    marking: str


def record_search_map(
    session: Session, who: str, mission: str, digest: str, audit: Mapping[str, Any], box: Box = EVERYWHERE
) -> bool:
    """Return whether the search map of a mission is another one than that which the log holds last.

    Parameters
    ----------
    digest
        Of the file, which is on the shelf already.
    audit
        As `upwind run` writes it, for its register of `flights`.
    box
        What the map covers: west, south, east, north. [deg]
    """
    last = next((one for one in search_maps(session) if one.mission == mission), None)
    if last is not None and last.sha256 == digest:
        return False
    rows = audit["flights"]
    body = {
        "mission": mission,
        "sha256": digest,
        "flights": [row["flight"] for row in rows],
        "until": max((row["to"] for row in rows), default=""),
        "box": [f"{edge:.6f}" for edge in box],
    }
    append(session, Draft(who=who, what=What.SEARCH_MAP, body=body))
    return True


def search_maps(session: Session) -> list[KeptMap]:
    """Return every search map, the latest first."""
    return [
        KeptMap(
            sha256=entry.body["sha256"],
            mission=entry.body["mission"],
            flights=tuple(entry.body["flights"]),
            until=entry.body["until"],
            came=entry.at,
            marking=_marking(session, entry.body.get("box", EVERYWHERE)),
        )
        for entry in reversed(entries_of_kind(session, What.SEARCH_MAP))
    ]


def search_map_of(session: Session, digest: str) -> KeptMap:
    """Return the search map of a digest, so that no other evidence is had by one.

    Raises
    ------
    AbsentError
        The digest is no search map's.
    """
    for one in search_maps(session):
        if one.sha256 == digest:
            return one
    msg = Objection("no_search_map")
    raise AbsentError(msg)


def _marking(session: Session, box: Iterable[float | str]) -> str:
    """Return the banner over all sites in a box."""
    west, south, east, north = map(float, box)
    found = [row[0] for row in session.rows("markings_within", west=west, south=south, east=east, north=north)]
    try:
        return str(rolled_up(marking_of(marking) for marking in found if marking))
    except InputError:
        return _UNREADABLE
