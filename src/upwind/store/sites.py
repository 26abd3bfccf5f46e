"""Candidate sites in the store: they arrive once, whatever is run again, and new evidence finds the same case."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from upwind.errors import ConflictError
from upwind.readers.sites import candidate_of
from upwind.records import Candidate
from upwind.review.docket import order
from upwind.review.judgement import Verdict
from upwind.review.kinds import What
from upwind.review.log import Draft, LogEntry, moment, stamp
from upwind.review.standing import fold
from upwind.store.cases import enter
from upwind.store.clearances import note_marking
from upwind.store.leases import require_case
from upwind.store.ledger import append, entries_of
from upwind.store.passages import note_site
from upwind.store.session import Session

__all__ = ["OF_FLIGHT", "arrive", "attach", "evidence_of", "places_within", "seed", "sites_within", "split"]

#: Stands between a flight and its file in the name of evidence.
OF_FLIGHT = " · "


def arrive(session: Session, who: str, candidates: Sequence[Candidate], origin: str) -> list[str]:
    """Return the ids of the candidates that were new, or of which more is known now.

    Parameters
    ----------
    origin
        The file or mission that they come from.
    """
    return [each.id for each in candidates if _arrive(session, who, each, origin)]


def attach(session: Session, case: str, name: str, digest: str) -> None:
    """Note that evidence on the shelf belongs to a case."""
    session.do("insert_evidence", digest=digest, case_id=case, name=name)


def evidence_of(session: Session, case: str) -> list[tuple[str, str]]:
    """Return the digest and name of all evidence on the shelf that belongs to a case."""
    return [(row[0], row[1]) for row in session.rows("evidence_of_case", case_id=case)]


def seed(session: Session, who: str, case: str, truth: Verdict) -> LogEntry:
    """Return the entry that says what a case truly is, to measure reviewers by; nobody who judges reads it.

    Raises
    ------
    ConflictError
        Somebody has taken it up already.
    """
    require_case(session, case)
    if any(entry.what in (What.CLAIM, What.KNOWN) for entry in entries_of(session, case)):
        msg = f"case {case} was taken up already"
        raise ConflictError(msg)
    return enter(session, Draft(who=who, what=What.KNOWN, case=case, body={"truth": str(truth)}))


def split(session: Session, person: str, case: str, places: Sequence[tuple[float, float]]) -> list[str]:
    """Return the ids of the cases that stand for one which is several places.

    Parameters
    ----------
    places
        Longitude and latitude of each, two or more. [deg]
    """
    require_case(session, case)
    row = session.row("site", id=case)
    if row is None or row[8] is None or len(places) < 2 or fold(case, entries_of(session, case)).into:  # noqa: PLR2004
        msg = f"case {case} cannot be split: it is closed, forgotten, or fewer than two places were given"
        raise ConflictError(msg)
    parts = [_part(row[8], f"{case}-{number}", place) for number, place in enumerate(places, start=1)]
    for part in parts:
        _arrive(session, person, part, f"split of {case}")
    ids = [part.id for part in parts]
    enter(session, Draft(who=person, what=What.SPLIT, case=case, body={"into": ids}))
    return ids


def sites_within(session: Session, box: tuple[float, float, float, float]) -> list[str]:
    """Return the ids of the sites in a box of west, south, east, north. [deg]"""
    return [name for name, _, _ in places_within(session, box)]


def places_within(session: Session, box: tuple[float, float, float, float]) -> list[tuple[str, float, float]]:
    """Return the id, longitude and latitude of the sites in a box of west, south, east, north. [deg]"""
    west, south, east, north = box
    rows = session.rows("sites_within", west=west, south=south, east=east, north=north)
    return [(row[0], row[1], row[2]) for row in rows]


def _part(text: str, name: str, place: tuple[float, float]) -> Candidate:
    """Return the candidate that a Feature becomes at another place and under another id."""
    feature = json.loads(text)
    feature["geometry"] = {"type": "Point", "coordinates": list(place)}
    feature["properties"] |= {"id": name, "split_from": feature["properties"]["id"]}
    return candidate_of(feature, name, "")


def _arrive(session: Session, who: str, candidate: Candidate, origin: str) -> bool:
    feature = json.dumps(candidate.feature, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sha256 = hashlib.sha256(feature.encode()).hexdigest()
    known = session.row("site", id=candidate.id)
    if known is not None and known[7] == sha256:
        return False
    body = {"sha256": sha256, "probability": f"{candidate.probability:.6g}", "from": origin}
    entry = append(session, Draft(who=who, what=What.SITE, case=candidate.id, body=body))
    note_marking(session, candidate.marking)
    values = {
        "id": candidate.id,
        "longitude": candidate.longitude,
        "latitude": candidate.latitude,
        "probability": candidate.probability,
        "marking": candidate.marking,
        "sha256": sha256,
        "feature": feature,
        "compounds": ", ".join(candidate.compounds),
    }
    if known is not None:
        came = moment(known[6])
        session.do("update_site", **values)
        note_site(session, candidate.id, known[1], candidate.feature)
        session.do("update_rank", case_id=candidate.id, ranked=order(candidate, candidate.seen or came))
        return True
    session.do("insert_site", number=entry.seq, came=stamp(session.now), **values)
    note_site(session, candidate.id, entry.seq, candidate.feature)
    _open(session, candidate)
    return True


def _open(session: Session, candidate: Candidate) -> None:
    standing = fold(candidate.id, ())
    session.do(
        "insert_standing",
        case_id=candidate.id,
        state=str(standing.state),
        round=standing.round,
        stage=standing.stage,
        waits=1,
        since=stamp(session.now),
        ranked=order(candidate, candidate.seen or session.now),
    )
